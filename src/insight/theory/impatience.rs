//! Customers who give up: Erlang A, and patience of a fixed length.

use super::Theory;
use super::markov::birth_death;
use super::mm1::Mm1;
use super::numeric::{at_least_one, integral, positive, sum};

/// Most states of the chain behind Erlang A.
const MAX_STATES: usize = 4_000_000;

/// Erlang A, M/M/c+M: those who wait give up after an exponential time (Palm, 1957; Garnett,
/// Mandelbaum and Reiman, 2002). Stable at every load.
#[derive(Debug, Clone, PartialEq)]
pub struct ErlangA {
    arrival: f64,
    give_up: f64,
    workers: usize,
    probabilities: Vec<f64>,
}

impl ErlangA {
    /// A system by its arrival rate, the service rate of one worker, the number of workers and the
    /// rate at which one who waits gives up.
    ///
    /// Where those in service give up too, at the same rate, it is the same system with the service
    /// rate raised by that rate.
    ///
    /// # Errors
    /// [`super::TheoryError::Domain`] for rates that are not above 0, no worker, or a system so
    /// large that its chain has more than four million states.
    pub fn new(arrival: f64, service: f64, workers: u32, give_up: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service rate is above 0")?;
        let give_up = positive(give_up, "a rate of giving up is above 0")?;
        let workers = at_least_one(workers, "a station has a worker")? as usize;
        let death =
            |n: usize| service * n.min(workers) as f64 + give_up * n.saturating_sub(workers) as f64;
        // Beyond twice the number at which deaths balance births, probabilities at least halve.
        let balance = workers as f64 + arrival / give_up;
        let states = 2.0 * balance + 200.0;
        if states >= MAX_STATES as f64 {
            let must = "arrivals during one patience, and workers, are at most two million";
            return Err(super::TheoryError::Domain { must });
        }
        let probabilities = birth_death(|_| arrival, death, states as usize)?;
        Ok(Self {
            arrival,
            give_up,
            workers,
            probabilities,
        })
    }

    /// Mean number waiting.
    pub fn queue_mean(&self) -> f64 {
        let waiting = self.probabilities.iter().enumerate().skip(self.workers);
        sum(waiting.map(|(n, p)| (n - self.workers) as f64 * p))
    }

    /// Mean number waiting and served.
    pub fn mean_number(&self) -> f64 {
        sum(self
            .probabilities
            .iter()
            .enumerate()
            .map(|(n, p)| n as f64 * p))
    }

    /// Share of arrivals that give up while they wait.
    pub fn abandoned(&self) -> f64 {
        self.give_up * self.queue_mean() / self.arrival
    }

    /// Mean time waiting, of those who give up and those who do not.
    pub fn mean_wait(&self) -> f64 {
        self.queue_mean() / self.arrival
    }
}

/// M/M/c+D: those whose service has not begun after a fixed patience give up (Baccelli and
/// Hebuterne, 1981; Zeltyn and Mandelbaum, Queueing Systems 51 (2005), section 2). Stable at every
/// load.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WaitLimit {
    /// Share of arrivals that give up.
    pub abandoned: f64,
    /// Mean wait of those who are served.
    pub served_wait: f64,
    /// Mean wait of all; those who give up have waited for the whole patience.
    pub mean_wait: f64,
}

/// See [`WaitLimit`].
///
/// # Errors
/// [`super::TheoryError::Domain`] for figures that are not above 0.
pub fn wait_limit(arrival: f64, service: f64, workers: u32, patience: f64) -> Theory<WaitLimit> {
    let arrival = positive(arrival, "an arrival rate is above 0")?;
    let service = positive(service, "a service rate is above 0")?;
    let workers = at_least_one(workers, "a station has a worker")?;
    let patience = positive(patience, "a patience is above 0")?;
    let capacity = service * f64::from(workers);
    // The density of the offered wait is λ·π·exp(λ·min(x, patience) − cμx), where π is the
    // probability of one idle worker; all is taken relative to π. The states below, of 0 to c − 1
    // customers, sum to 1/B(c − 1) by the definition of Erlang B.
    let below = 1.0 / super::loss::erlang_b(workers - 1, arrival / service);
    let drift = arrival - capacity;
    let density = |x: f64| arrival * libm::exp(drift * x);
    let panels = 64 + (drift.abs() * patience).min(4_096.0) as u32;
    let within = integral(density, 0.0, patience, panels);
    let moment = integral(|x| x * density(x), 0.0, patience, panels);
    let beyond = density(patience) / capacity;
    let total = below + within + beyond;
    let abandoned = beyond / total;
    let served_wait = moment / (below + within);
    let mean_wait = moment / total + patience * abandoned;
    Ok(WaitLimit {
        abandoned,
        served_wait,
        mean_wait,
    })
}

/// M/M/1 in which each customer leaves at a fixed time after arrival, waiting or in service, and
/// frees the worker: a caller with a timeout that cancels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SojournLimit {
    /// Share of arrivals that leave unserved.
    pub abandoned: f64,
    /// Mean sojourn of those who are served in full.
    pub served_sojourn: f64,
    /// Share of time that the worker is busy, with work that is cut short included.
    pub utilization: f64,
}

/// See [`SojournLimit`]. The wait offered to an arrival is the content of a dam of limited height,
/// whose overflow is the work cut short; below the limit it has the density of M/M/1, scaled up
/// (Cohen, The Single Server Queue, 1969, III.5; Gavish and Schweitzer, Management Science 23,
/// 1977). One who arrives is cut short with the probability that the level crosses the limit. For a
/// load below 1.
///
/// # Errors
/// [`super::TheoryError`] for figures that are not above 0, or a load of 1 and more.
pub fn sojourn_limit(arrival: f64, service: f64, patience: f64) -> Theory<SojournLimit> {
    let queue = Mm1::new(arrival, service)?;
    let patience = positive(patience, "a patience is above 0")?;
    let within = 1.0 - queue.wait_tail(patience);
    let empty = (1.0 - queue.load()) / within;
    let abandoned = (1.0 - queue.load()) * queue.sojourn_tail(patience) / within;
    // P(sojourn > t) for t below the limit: P(wait > t) + density of the wait at t / λ.
    let exceeds = |t: f64| {
        let waits = 1.0 - (1.0 - queue.wait_tail(t)) / within;
        waits + (1.0 - queue.load()) * queue.sojourn_tail(t) / within
    };
    let panels = 64 + (queue.sojourn_rate() * patience).min(4_096.0) as u32;
    let all = integral(exceeds, 0.0, patience, panels);
    let served_sojourn = (all - patience * abandoned) / (1.0 - abandoned);
    Ok(SojournLimit {
        abandoned,
        served_sojourn,
        utilization: 1.0 - empty,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;
    use crate::insight::theory::mmc::Mmc;

    #[test]
    fn patience_without_end_is_erlang_c() {
        let patient = ErlangA::new(3.2, 1.0, 4, 1e-4).unwrap();
        let queue = Mmc::new(3.2, 1.0, 4).unwrap();
        assert!((patient.queue_mean() / queue.queue_mean() - 1.0).abs() < 2e-3);
        let limit = wait_limit(3.2, 1.0, 4, 60.0).unwrap();
        assert!((limit.mean_wait / queue.mean_wait() - 1.0).abs() < 1e-9);
        let limit = sojourn_limit(0.8, 1.0, 200.0).unwrap();
        assert!((limit.served_sojourn - 5.0).abs() < 1e-9);
        assert!((limit.utilization - 0.8).abs() < 1e-12);
    }

    #[test]
    fn equal_rates_make_erlang_a_a_poisson_queue() {
        // Where giving up is as quick as service, every customer leaves at the same rate: M/M/∞.
        let system = ErlangA::new(7.0, 1.0, 5, 1.0).unwrap();
        assert!((system.mean_number() - 7.0).abs() < 1e-10);
        assert!(system.abandoned() > 0.2 && system.abandoned() < 0.5);
        assert!((system.mean_wait() - system.abandoned()).abs() < 1e-12);
        assert!(ErlangA::new(1e9, 1.0, 5, 1e-9).is_err());
    }

    /// A chain in which a fixed patience is `phases` exponential ones is no exact model of the queue,
    /// but the offered wait itself can be cut into steps: levels fall by one a step, and arrivals
    /// raise them by their service.
    fn dam(arrival: f64, patience: f64, cells: usize, queue_only: bool) -> f64 {
        // Level i stands for a wait of i·step; it drains at rate 1/step. Services are geometric.
        let step = patience / cells as f64;
        let top = if queue_only { cells * 6 } else { cells };
        let stay = libm::exp(-step);
        let mut chain = Chain::new(top + 1);
        for level in 0..=top {
            if level > 0 {
                chain.add(level, level - 1, 1.0 / step).unwrap();
            }
            if queue_only && level >= cells {
                continue;
            }
            let mut rest = 1.0;
            for up in 1..=top - level {
                let part = if level + up == top {
                    rest
                } else {
                    rest * (1.0 - stay)
                };
                chain.add(level, level + up, arrival * part).unwrap();
                rest -= part;
            }
        }
        chain.steady_state().unwrap()[0]
    }

    #[test]
    fn the_discretised_dam_agrees() {
        // The probability of an idle worker tells all: work done is capacity times busy time.
        let (arrival, patience) = (0.8, 3.0);
        let idle = |cells, queue_only| dam(arrival, patience, cells, queue_only);
        let limit = sojourn_limit(arrival, 1.0, patience).unwrap();
        let (rough, fine) = (idle(60, false), idle(120, false));
        let extrapolated = 2.0 * fine - rough;
        assert!(
            (1.0 - limit.utilization - extrapolated).abs() < 1e-3,
            "{extrapolated}"
        );
        let limit = wait_limit(arrival, 1.0, 1, patience).unwrap();
        let (rough, fine) = (idle(40, true), idle(80, true));
        let extrapolated = 2.0 * fine - rough;
        let busy = arrival * (1.0 - limit.abandoned);
        assert!(
            (1.0 - busy - extrapolated).abs() < 2e-3,
            "{extrapolated} {busy}"
        );
    }

    #[test]
    fn overload_is_shed() {
        let limit = wait_limit(3.0, 1.0, 2, 0.5).unwrap();
        let served = 3.0 * (1.0 - limit.abandoned);
        assert!(served < 2.0 && served > 1.6, "{served}");
        let all = (1.0 - limit.abandoned) * limit.served_wait + limit.abandoned * 0.5;
        assert!((limit.mean_wait - all).abs() < 1e-12);
        assert!(sojourn_limit(1.0, 1.0, 0.5).is_err());
        assert!(wait_limit(1.0, 1.0, 0, 0.5).is_err());
    }
}
