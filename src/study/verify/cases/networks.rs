//! Networks of queues: open and closed.

use super::case;
use crate::insight::theory::closed::{self, mean_values};
use crate::insight::theory::mm1::Mm1;
use crate::insight::theory::mmc::Mmc;
use crate::insight::theory::network::{self, Station};
use crate::study::verify::Case;
use crate::study::verify::expected::{goodput, mean, node_mean, p99, utilization};

pub(super) const CASES: &[Case] = &[
    case!("tandem", "tandem", "Burke 1956; Reich 1957", || {
        let sojourns = [Mm1::new(80.0, 100.0)?, Mm1::new(80.0, 125.0)?];
        Ok(vec![
            mean(
                "users",
                sojourns[0].mean_sojourn() + sojourns[1].mean_sojourn(),
            ),
            p99(
                "users",
                network::tandem_percentile(80.0, [100.0, 125.0], 0.99)?,
            ),
            node_mean("mean at the second", "second", sojourns[1].mean_sojourn()),
        ])
    }),
    case!(
        "jackson",
        "Jackson",
        "Jackson 1963; Kleinrock 1975, section 4.8",
        || {
            let external = [60.0, 0.0, 0.0, 0.0];
            let routing = [
                vec![0.0, 0.5, 0.3, 0.2],
                vec![0.0, 0.0, 0.0, 1.0],
                vec![0.0, 0.0, 0.0, 1.0],
                vec![0.0; 4],
            ];
            let station = |mean: f64, workers| Station {
                service: 1.0 / mean,
                workers,
            };
            let stations = [
                station(0.01, 1),
                station(0.02, 1),
                station(0.07, 2),
                station(0.012, 1),
            ];
            let rates = network::traffic(&external, &routing)?;
            Ok(vec![
                mean(
                    "users",
                    network::mean_sojourn(&external, &routing, &stations)?,
                ),
                node_mean(
                    "mean at c",
                    "c",
                    Mmc::new(rates[2], 1.0 / 0.07, 2)?.mean_sojourn(),
                ),
                utilization("d", rates[3] * 0.012),
            ])
        }
    ),
    case!(
        "jackson-loop",
        "Jackson",
        "Baskett, Chandy, Muntz and Palacios 1975",
        || {
            // Of three visits to the disk, two are followed by another round.
            let routing = [vec![0.0, 1.0], vec![2.0 / 3.0, 0.0]];
            let stations = [
                Station {
                    service: 100.0,
                    workers: 1,
                },
                Station {
                    service: 1.0 / 0.012,
                    workers: 1,
                },
            ];
            let external = [20.0, 0.0];
            Ok(vec![
                mean(
                    "users",
                    network::mean_sojourn(&external, &routing, &stations)?,
                ),
                node_mean(
                    "mean at the disk",
                    "disk",
                    Mm1::new(60.0, 1.0 / 0.012)?.mean_sojourn(),
                ),
            ])
        }
    ),
    case!(
        "closed",
        "closed network",
        "mean value analysis: Reiser and Lavenberg 1980",
        || {
            let station = closed::Station::Queue {
                demand: 0.05,
                workers: 1,
            };
            let exact = mean_values(20, 1.0, &[station])?;
            Ok(vec![
                goodput("users", exact.throughput),
                mean("users", exact.response),
                utilization("server", exact.throughput * 0.05),
            ])
        }
    ),
    case!(
        "closed-network",
        "closed network",
        "mean value analysis: Reiser and Lavenberg 1980",
        || {
            let stations = [
                closed::Station::Queue {
                    demand: 0.06,
                    workers: 2,
                },
                closed::Station::Queue {
                    demand: 0.032,
                    workers: 1,
                },
            ];
            let exact = mean_values(30, 1.0, &stations)?;
            Ok(vec![
                goodput("users", exact.throughput),
                mean("users", exact.response),
                node_mean("mean at the processor", "cpu", exact.residence[0]),
                node_mean(
                    "mean at the disk, one visit",
                    "disk",
                    exact.residence[1] / 2.0,
                ),
            ])
        },
    ),
];
