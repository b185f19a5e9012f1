//! Priority queues: M/G/1 with and without interruption, and M/M/c without.

use super::moments::Moments;
use super::numeric::{at_least_one, not_negative, positive, stable};
use super::{Theory, TheoryError, loss::erlang_b};

/// The customers of one priority.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Class {
    /// Arrivals per second.
    pub arrival: f64,
    /// Their service time.
    pub service: Moments,
}

/// Mean times of one priority.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassTimes {
    /// Mean time until service begins, or the whole time in the queue where service may be
    /// interrupted.
    pub wait: f64,
    /// Mean time from arrival to departure.
    pub sojourn: f64,
}

/// Load of the first 0, 1, 2 … classes, the last of which must be below 1.
fn cumulative_loads(classes: &[Class]) -> Theory<Vec<f64>> {
    let mut loads = vec![0.0];
    let mut total = 0.0;
    for class in classes {
        let arrival = not_negative(class.arrival, "an arrival rate is not negative")?;
        total += arrival * class.service.mean;
        loads.push(total);
    }
    stable(total)?;
    Ok(loads)
}

/// M/G/1 with priorities that do not interrupt: `classes` from the most to the least important
/// (Cobham, 1954; Kleinrock, Queueing Systems, volume 2, 3.31).
///
/// # Errors
/// [`TheoryError`] for negative rates, or a load of 1 and more.
pub fn non_preemptive(classes: &[Class]) -> Theory<Vec<ClassTimes>> {
    let loads = cumulative_loads(classes)?;
    let residual: f64 = classes
        .iter()
        .map(|c| c.arrival * c.service.second / 2.0)
        .sum();
    let times = classes.iter().enumerate().map(|(k, class)| {
        let wait = residual / ((1.0 - loads[k]) * (1.0 - loads[k + 1]));
        ClassTimes {
            wait,
            sojourn: wait + class.service.mean,
        }
    });
    Ok(times.collect())
}

/// M/G/1 with priorities that interrupt; interrupted work resumes where it stopped. `classes` from
/// the most to the least important (Kleinrock, volume 2, 3.39; Harchol-Balter, 32.2).
///
/// # Errors
/// [`TheoryError`] for negative rates, or a load of 1 and more.
pub fn preemptive_resume(classes: &[Class]) -> Theory<Vec<ClassTimes>> {
    let loads = cumulative_loads(classes)?;
    let mut residual = 0.0;
    let times = classes.iter().enumerate().map(|(k, class)| {
        residual += class.arrival * class.service.second / 2.0;
        let before = 1.0 - loads[k];
        let sojourn = class.service.mean / before + residual / (before * (1.0 - loads[k + 1]));
        ClassTimes {
            wait: sojourn - class.service.mean,
            sojourn,
        }
    });
    Ok(times.collect())
}

/// Mean waits in M/M/c with priorities that do not interrupt, all classes served at the same rate:
/// arrival rates from the most to the least important (Kella and Yechiali, 1985; Gross and
/// Harris, 3.51).
///
/// # Errors
/// [`TheoryError`] for rates that make no queue, no worker, or a load of 1 and more.
pub fn many_workers(arrivals: &[f64], service: f64, workers: u32) -> Theory<Vec<f64>> {
    let service = positive(service, "a service rate is above 0")?;
    let capacity = service * f64::from(at_least_one(workers, "a station has a worker")?);
    let mut loads = vec![0.0];
    let mut total = 0.0;
    for arrival in arrivals {
        total += not_negative(*arrival, "an arrival rate is not negative")? / capacity;
        loads.push(total);
    }
    stable(total)?;
    let blocked = erlang_b(workers, total * f64::from(workers));
    let delayed = blocked / (1.0 - total * (1.0 - blocked));
    let waits = loads
        .windows(2)
        .map(|pair| delayed / (capacity * (1.0 - pair[0]) * (1.0 - pair[1])));
    Ok(waits.collect())
}

/// Mean waits weighted by load: the conservation law says that no order of service that does not
/// interrupt changes this sum (Kleinrock, volume 2, 3.16).
///
/// # Errors
/// [`TheoryError::Domain`] unless there is a wait for each class.
pub fn conserved(classes: &[Class], waits: &[f64]) -> Theory<f64> {
    if classes.len() != waits.len() {
        return Err(TheoryError::Domain {
            must: "there is a wait for each class",
        });
    }
    Ok(classes
        .iter()
        .zip(waits)
        .map(|(c, wait)| c.arrival * c.service.mean * wait)
        .sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;
    use crate::insight::theory::mg1::mean_wait;
    use crate::insight::theory::mmc::Mmc;

    fn classes() -> Vec<Class> {
        vec![
            Class {
                arrival: 0.3,
                service: Moments::exponential(1.0).unwrap(),
            },
            Class {
                arrival: 0.5,
                service: Moments::exponential(1.0).unwrap(),
            },
        ]
    }

    #[test]
    fn without_interruption_work_is_conserved() {
        let mut classes = classes();
        classes[1].service = Moments::log_normal(0.8, 2.0).unwrap();
        let times = non_preemptive(&classes).unwrap();
        let waits: Vec<f64> = times.iter().map(|t| t.wait).collect();
        let mixed = Moments::mixture(&[(0.3, classes[0].service), (0.5, classes[1].service)]);
        let mixed = mixed.unwrap();
        let first_come = 0.8 * mixed.mean * mean_wait(0.8, &mixed).unwrap();
        assert!((conserved(&classes, &waits).unwrap() - first_come).abs() < 1e-12);
        assert!(waits[0] < waits[1]);
        assert!(conserved(&classes, &[]).is_err());
    }

    #[test]
    fn with_interruption_the_first_class_is_alone() {
        let times = preemptive_resume(&classes()).unwrap();
        assert!((times[0].sojourn - 1.0 / 0.7).abs() < 1e-12);
        // Of two exponential classes with one rate, the total number is that of M/M/1.
        let number = 0.3 * times[0].sojourn + 0.5 * times[1].sojourn;
        assert!((number - 4.0).abs() < 1e-12);
    }

    #[test]
    fn the_chain_without_interruption_says_the_same() {
        // State: waiting of class 1, waiting of class 2, and who is served (0 nobody, 1, 2).
        let places = 60_usize;
        let index = |i: usize, j: usize, s: usize| (i * places + j) * 3 + s;
        let mut chain = Chain::new(places * places * 3);
        let up = |n: usize| (n + 1).min(places - 1);
        for i in 0..places {
            for j in 0..places {
                for s in 0..3 {
                    let here = index(i, j, s);
                    if s == 0 && (i > 0 || j > 0) {
                        // Never entered; it leads back so that the chain stays whole.
                        chain.add(here, index(0, 0, 0), 1.0).unwrap();
                        continue;
                    }
                    if s == 0 {
                        chain.add(here, index(0, 0, 1), 0.3).unwrap();
                        chain.add(here, index(0, 0, 2), 0.4).unwrap();
                        continue;
                    }
                    chain.add(here, index(up(i), j, s), 0.3).unwrap();
                    chain.add(here, index(i, up(j), s), 0.4).unwrap();
                    let next = match (i, j) {
                        (0, 0) => index(0, 0, 0),
                        (0, _) => index(0, j - 1, 2),
                        _ => index(i - 1, j, 1),
                    };
                    chain.add(here, next, 1.0).unwrap();
                }
            }
        }
        let steady = chain.steady_state().unwrap();
        let mean = |of: fn(usize, usize) -> usize| -> f64 {
            steady
                .iter()
                .enumerate()
                .map(|(state, p)| of(state / 3 / places, state / 3 % places) as f64 * p)
                .sum()
        };
        let mut classes = classes();
        classes[1].arrival = 0.4;
        let times = non_preemptive(&classes).unwrap();
        assert!((mean(|i, _| i) / 0.3 - times[0].wait).abs() < 1e-6);
        assert!((mean(|_, j| j) / 0.4 - times[1].wait).abs() < 1e-5);
    }

    #[test]
    fn many_workers_reduce_to_what_is_known() {
        let one = many_workers(&[0.3, 0.5], 1.0, 1).unwrap();
        let times = non_preemptive(&classes()).unwrap();
        assert!((one[0] - times[0].wait).abs() < 1e-12);
        assert!((one[1] - times[1].wait).abs() < 1e-12);
        let alone = many_workers(&[3.2], 1.0, 4).unwrap();
        assert!((alone[0] - Mmc::new(3.2, 1.0, 4).unwrap().mean_wait()).abs() < 1e-12);
        let split = many_workers(&[1.2, 2.0], 1.0, 4).unwrap();
        assert!((1.2 * split[0] + 2.0 * split[1] - 3.2 * alone[0]).abs() < 1e-11);
        assert!(many_workers(&[4.0], 1.0, 4).is_err());
    }
}
