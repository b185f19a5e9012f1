//! Open networks of exponential stations: the traffic equations, Jackson's theorem and tandems.

use super::mmc::Mmc;
use super::numeric::{not_negative, percentile, positive, solve, two_stage_tail};
use super::{Theory, TheoryError, mm1::Mm1};

/// Most stations of a network; the equations take time in proportion to the cube.
pub const MAX_STATIONS: usize = 1_000;

/// A station of a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Service rate of one worker.
    pub service: f64,
    /// Workers.
    pub workers: u32,
}

/// Arrivals per second at each station: λᵢ = γᵢ + Σⱼ λⱼ rⱼᵢ, where `external` are the γ and
/// `routing[j][i]` is the mean number of visits to i that follow a visit to j (Kleinrock, 4.64;
/// means above 1 are calls in a loop).
///
/// # Errors
/// [`TheoryError::Domain`] if sizes differ, a figure is negative, or requests never leave.
pub fn traffic(external: &[f64], routing: &[Vec<f64>]) -> Theory<Vec<f64>> {
    let size = external.len();
    if size > MAX_STATIONS || routing.len() != size || routing.iter().any(|row| row.len() != size) {
        return Err(TheoryError::Domain {
            must: "routing is square and has a row a station",
        });
    }
    let mut matrix = vec![vec![0.0; size]; size];
    for (from, row) in routing.iter().enumerate() {
        for (to, visits) in row.iter().enumerate() {
            matrix[to][from] = -not_negative(*visits, "visits are not negative")?;
        }
    }
    for (station, row) in matrix.iter_mut().enumerate() {
        row[station] += 1.0;
        not_negative(external[station], "an arrival rate is not negative")?;
    }
    let rates = solve(matrix, external.to_vec())?;
    for rate in &rates {
        not_negative(*rate, "every request leaves in the end")?;
    }
    Ok(rates)
}

/// Mean time that a request spends in the whole network, by Jackson's theorem: each station is an
/// M/M/c of its own (Jackson, 1963; Kleinrock, 4.67).
///
/// # Errors
/// [`TheoryError`] if sizes differ, nothing arrives, or a station is overloaded.
pub fn mean_sojourn(external: &[f64], routing: &[Vec<f64>], stations: &[Station]) -> Theory<f64> {
    if stations.len() != external.len() {
        return Err(TheoryError::Domain {
            must: "there is an arrival rate for each station",
        });
    }
    let rates = traffic(external, routing)?;
    let mut number = 0.0;
    for (station, rate) in stations.iter().zip(rates) {
        if rate > 0.0 {
            number += Mmc::new(rate, station.service, station.workers)?.mean_number();
        }
    }
    Ok(number / positive(external.iter().sum(), "something arrives")?)
}

/// Sojourn that a share `p` does not exceed in two M/M/1 queues one after the other, with the
/// service rates given: the sojourns are independent and exponential (Reich, 1957; Burke, 1964).
///
/// # Errors
/// [`TheoryError`] for rates not above 0, an overloaded queue, or unless 0 < p < 1.
pub fn tandem_percentile(arrival: f64, services: [f64; 2], p: f64) -> Theory<f64> {
    let rates = [
        Mm1::new(arrival, services[0])?.sojourn_rate(),
        Mm1::new(arrival, services[1])?.sojourn_rate(),
    ];
    percentile(|t| two_stage_tail(rates[0], rates[1], t), p, 1.0 / rates[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::numeric::integral;

    #[test]
    fn the_traffic_equations_have_their_solution() {
        // Station 0 sends half to 1 and half out; 1 sends everything back to 0.
        let rates = traffic(&[1.0, 0.0], &[vec![0.0, 0.5], vec![1.0, 0.0]]).unwrap();
        assert!((rates[0] - 2.0).abs() < 1e-14 && (rates[1] - 1.0).abs() < 1e-14);
        assert!(traffic(&[1.0], &[vec![1.0]]).is_err());
        assert!(traffic(&[1.0], &[vec![1.5]]).is_err());
        assert!(traffic(&[1.0], &[]).is_err());
        assert!(traffic(&[1.0], &[vec![f64::NAN]]).is_err());
    }

    #[test]
    fn the_network_is_the_sum_of_its_stations() {
        let stations = [
            Station {
                service: 4.0,
                workers: 1,
            },
            Station {
                service: 1.0,
                workers: 2,
            },
        ];
        let mean = mean_sojourn(&[1.0, 0.0], &[vec![0.0, 0.5], vec![1.0, 0.0]], &stations).unwrap();
        let parts = Mmc::new(2.0, 4.0, 1).unwrap().mean_number()
            + Mmc::new(1.0, 1.0, 2).unwrap().mean_number();
        assert!((mean - parts).abs() < 1e-12);
        let small = [Station {
            service: 1.0,
            workers: 1,
        }; 2];
        assert!(mean_sojourn(&[1.0, 0.0], &[vec![0.0, 0.5], vec![1.0, 0.0]], &small).is_err());
    }

    #[test]
    fn tandem_percentiles_enclose_the_right_share() {
        let p99 = tandem_percentile(0.8, [1.0, 1.25], 0.99).unwrap();
        let density = |t: f64| 0.2 * 0.45 / 0.25 * (libm::exp(-0.2 * t) - libm::exp(-0.45 * t));
        assert!((integral(density, 0.0, p99, 200) - 0.99).abs() < 1e-12);
        let alike = tandem_percentile(0.8, [1.0, 1.0], 0.5).unwrap();
        assert!((alike * 0.2 - 1.678_346_990_016_661).abs() < 1e-9);
    }
}
