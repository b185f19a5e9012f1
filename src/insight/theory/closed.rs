//! Closed networks: a fixed number of users who wait for an answer and think before they ask again.
//! Solved by exact mean value analysis.

use super::numeric::{not_negative, positive, sum};
use super::{Theory, TheoryError};

/// Most users; time and memory grow with them.
pub const MAX_USERS: u32 = 100_000;

/// Most workers of a station that has several.
pub const MAX_WORKERS: u32 = 1_000;

/// A station, by its service demand: mean visits of a request × mean service time of a visit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Station {
    /// Time without a queue: thinking, networks, unlimited workers.
    Delay(f64),
    /// One queue before so many workers.
    Queue {
        /// Service demand of one request.
        demand: f64,
        /// Workers.
        workers: u32,
    },
}

/// The steady state of a closed network.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// Requests finished per second.
    pub throughput: f64,
    /// Mean time that a request spends at each station, all visits together.
    pub residence: Vec<f64>,
    /// Mean time from a request to its answer; delays are included, thinking is not.
    pub response: f64,
}

/// Mean value analysis (Reiser and Lavenberg, 1980) for `users` who think for a mean of `think`
/// seconds; stations with several workers by their marginal probabilities (Bolch, 8.2.1). Exact for
/// exponential service first come first served, and for any service under processor sharing or
/// without a queue; the distribution of think times does not matter.
///
/// # Errors
/// [`TheoryError::Domain`] without users, beyond the limits, for negative times, or if no time
/// passes at all.
pub fn mean_values(users: u32, think: f64, stations: &[Station]) -> Theory<Closed> {
    if users == 0 || users > MAX_USERS {
        return Err(TheoryError::Domain {
            must: "there is at least one user, and at most 100,000",
        });
    }
    let think = not_negative(think, "a think time is not negative")?;
    let mut queues: Vec<Marginals> = Vec::with_capacity(stations.len());
    for station in stations {
        queues.push(Marginals::new(*station)?);
    }
    let mut closed = Closed {
        throughput: 0.0,
        residence: Vec::new(),
        response: 0.0,
    };
    for present in 1..=users {
        closed.residence = queues.iter().map(Marginals::residence).collect();
        closed.response = sum(closed.residence.iter().copied());
        let cycle = positive(think + closed.response, "some time passes")?;
        closed.throughput = f64::from(present) / cycle;
        for (queue, residence) in queues.iter_mut().zip(&closed.residence) {
            queue.advance(closed.throughput, *residence);
        }
    }
    Ok(closed)
}

/// What mean value analysis carries from one population to the next.
struct Marginals {
    station: Station,
    number: f64,
    /// Probability of 0, 1 … workers − 1 requests at the station.
    few: Vec<f64>,
}

impl Marginals {
    fn new(station: Station) -> Theory<Self> {
        let mut few = Vec::new();
        match station {
            Station::Delay(time) => {
                not_negative(time, "a time is not negative")?;
            }
            Station::Queue { demand, workers } => {
                not_negative(demand, "a service demand is not negative")?;
                if workers == 0 || workers > MAX_WORKERS {
                    return Err(TheoryError::Domain {
                        must: "a station has a worker, and at most 1,000",
                    });
                }
                few = vec![0.0; workers as usize];
                few[0] = 1.0;
            }
        }
        Ok(Self {
            station,
            number: 0.0,
            few,
        })
    }

    /// Mean time at the station of a request that finds the network without itself.
    fn residence(&self) -> f64 {
        match self.station {
            Station::Delay(time) => time,
            Station::Queue { demand, workers } => {
                let workers = f64::from(workers);
                let idle = self.few.iter().enumerate();
                let idle = sum(idle.map(|(n, p)| (workers - 1.0 - n as f64) * p));
                demand / workers * (1.0 + self.number + idle)
            }
        }
    }

    /// Takes one more user in.
    fn advance(&mut self, throughput: f64, residence: f64) {
        self.number = throughput * residence;
        let Station::Queue { demand, workers } = self.station else {
            return;
        };
        let work = throughput * demand;
        for n in (1..self.few.len()).rev() {
            self.few[n] = work / n as f64 * self.few[n - 1];
        }
        let workers = f64::from(workers);
        let others = self.few.iter().enumerate().skip(1);
        let others = sum(others.map(|(n, p)| (workers - n as f64) * p));
        self.few[0] = (1.0 - (work + others) / workers).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::birth_death;

    #[test]
    fn one_queue_is_the_machine_repair_model() {
        for (users, workers) in [(1, 1), (20, 1), (20, 3), (50, 8), (5, 8)] {
            let (think, service) = (1.0, 0.1);
            let birth = |n: usize| (users as usize - n) as f64 / think;
            let death = |n: usize| n.min(workers as usize) as f64 / service;
            let chain = birth_death(birth, death, users as usize + 1).unwrap();
            let busy: f64 = chain
                .iter()
                .enumerate()
                .map(|(n, p)| n.min(workers as usize) as f64 * p)
                .sum();
            let station = Station::Queue {
                demand: service,
                workers,
            };
            let found = mean_values(users, think, &[station]).unwrap();
            let throughput = busy / service;
            assert!(
                (found.throughput / throughput - 1.0).abs() < 1e-9,
                "{users} {workers}"
            );
            let response = f64::from(users) / throughput - think;
            assert!((found.response - response).abs() < 1e-9);
        }
    }

    #[test]
    fn several_stations_agree_with_buzens_convolution() {
        let (users, think) = (12_usize, 0.5);
        let demands = [0.04, 0.1, 0.07];
        // G(n) over the queues, begun with the delay station thinkⁿ/n!.
        let mut g = vec![1.0];
        for n in 1..=users {
            let next = g[n - 1] * think / n as f64;
            g.push(next);
        }
        for demand in demands {
            for n in 1..=users {
                g[n] += demand * g[n - 1];
            }
        }
        let throughput = g[users - 1] / g[users];
        let stations = demands.map(|demand| Station::Queue { demand, workers: 1 });
        let found = mean_values(users as u32, think, &stations).unwrap();
        assert!((found.throughput / throughput - 1.0).abs() < 1e-12);
        let residence: f64 = found.residence.iter().sum();
        assert!((residence - found.response).abs() < 1e-14);
    }

    #[test]
    fn bounds() {
        let stations = [
            Station::Queue {
                demand: 0.1,
                workers: 1,
            },
            Station::Delay(0.3),
        ];
        let crowd = mean_values(10_000, 1.0, &stations).unwrap();
        assert!((crowd.throughput - 10.0).abs() < 1e-9);
        let one = mean_values(1, 1.0, &stations).unwrap();
        assert!((one.response - 0.4).abs() < 1e-15);
        assert!(mean_values(0, 1.0, &stations).is_err());
        assert!(mean_values(1, 0.0, &[]).is_err());
        assert!(
            mean_values(
                1,
                1.0,
                &[Station::Queue {
                    demand: 0.1,
                    workers: 0
                }]
            )
            .is_err()
        );
    }
}
