//! Waiting before several servers, by formula.

use super::plan::Spread;
use super::solve::Demand;
use crate::insight::theory::loss::erlang_b;

/// Servers beyond which the recursion of Erlang's formula gives way to Sakasegawa's approximation.
const EXACT_SERVERS_MAX: f64 = 64.0;
/// A queue with more load than this is taken to be this busy while it is worked out; it is reported
/// as full.
const LOAD_MAX: f64 = 0.995;

/// What comes to one queue.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    /// Arrivals per second.
    pub rate: f64,
    /// Mean time of service.
    pub mean: f64,
    /// Mean square of it.
    pub second: f64,
    /// Servers.
    pub servers: f64,
    /// Places to wait; infinite if there is no limit.
    pub places: f64,
    /// Squared coefficient of variation of the gaps between arrivals.
    pub gaps: f64,
}

/// What waiting there is.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wait {
    /// Work that arrives over what can be done.
    pub load: f64,
    /// Chance of having to wait.
    pub chance: f64,
    /// Mean wait of those that have to.
    pub mean_if: f64,
    /// Chance of finding no place.
    pub refused: f64,
}

impl Wait {
    /// Mean wait of all.
    pub(super) fn mean(&self) -> f64 {
        self.chance * self.mean_if
    }
}

/// Waiting at a queue: Erlang's M/M/c or M/M/c/K, exact for exponential times, scaled by the
/// variability of gaps and times (Allen and Cunneen; the single server is then Pollaczek and
/// Khinchine's for Poisson arrivals).
pub(super) fn wait(of: &Load) -> Wait {
    let offered = of.rate * of.mean;
    let load = offered / of.servers;
    if !load.is_finite() || load <= 0.0 {
        return Wait::default();
    }
    let times = (of.second / (of.mean * of.mean) - 1.0).max(0.0);
    let variability = 0.5 * (of.gaps + times);
    if of.places.is_finite() {
        return limited(of, load, variability);
    }
    let stable = load.min(LOAD_MAX);
    let chance = delayed(of.servers, stable);
    let mean_if = variability * of.mean / (of.servers * (1.0 - stable));
    Wait {
        load,
        chance,
        mean_if,
        refused: 0.0,
    }
}

/// The chance of a wait (Erlang C).
fn delayed(servers: f64, load: f64) -> f64 {
    if servers <= EXACT_SERVERS_MAX {
        let blocked = erlang_b(servers as u32, servers * load);
        return blocked / (1.0 - load * (1.0 - blocked));
    }
    libm::pow(load, (2.0 * (servers + 1.0)).sqrt() - 1.0)
}

/// With few places to wait: those who find none are refused.
fn limited(of: &Load, load: f64, variability: f64) -> Wait {
    let servers = of.servers.min(5_000.0);
    let blocked = erlang_b(servers.max(1.0) as u32, of.rate * of.mean);
    let places = of.places;
    // Weights of the states with a queue are geometric; sums over them in closed form.
    let power = libm::pow(load, places);
    let (sum, queued) = if (load - 1.0).abs() < 1e-6 {
        (places, places * (places + 1.0) / 2.0)
    } else {
        let sum = load * (1.0 - power) / (1.0 - load);
        let gap = 1.0 - load;
        let queued = load * (1.0 - (places + 1.0) * power + places * power * load) / (gap * gap);
        (sum, queued)
    };
    if !sum.is_finite() || !queued.is_finite() {
        // So much comes that the queue is always full.
        return Wait {
            load,
            chance: 1.0,
            mean_if: places * of.mean / of.servers,
            refused: 1.0 - 1.0 / load,
        };
    }
    let total = 1.0 + blocked * sum;
    let refused = (blocked * power / total).clamp(0.0, 1.0);
    let accepted = of.rate * (1.0 - refused);
    let mean = blocked * queued / total / accepted.max(f64::MIN_POSITIVE);
    let full = places * of.mean / of.servers;
    let scale = if load < 1.0 { variability } else { 1.0 };
    let mean = (mean * scale).min(full);
    let waits = blocked * (sum / load) / total / (1.0 - refused).max(f64::MIN_POSITIVE);
    let chance = waits.clamp(0.0, 1.0);
    Wait {
        load,
        chance,
        mean_if: if chance > 0.0 { mean / chance } else { 0.0 },
        refused,
    }
}

/// Waiting at a station of each of several replicas. Of the load, a share is seen by an arrival: it
/// does not wait for itself.
pub(super) fn queued(
    demand: &Demand,
    servers: f64,
    places: f64,
    replicas: f64,
    spread: Spread,
    seen: f64,
    gaps: f64,
) -> Wait {
    let (rate, servers, places, gaps) = match spread {
        // To where least waits: as if there were one queue, nearly.
        Spread::Least => (demand.rate, servers * replicas, places * replicas, gaps),
        Spread::Chance | Spread::Choices(_) => {
            let thinned = 1.0 + (gaps - 1.0) / replicas;
            (demand.rate / replicas, servers, places, thinned)
        }
        // Every n-th arrival: the gaps are sums of n.
        Spread::Turn => (demand.rate / replicas, servers, places, gaps / replicas),
    };
    let mut found = wait(&Load {
        rate: rate * seen,
        mean: demand.time / demand.rate,
        second: demand.square / demand.rate,
        servers,
        places,
        gaps,
    });
    found.load /= seen.max(f64::MIN_POSITIVE);
    if let Spread::Choices(choices) = spread {
        found.mean_if *= shortened(found.load, choices.min(replicas));
    }
    found
}

/// By how much the wait is shorter if the shortest of several queues is joined: the ratio of the
/// mean waits of the supermarket model (Mitzenmacher 2001) and of one queue.
fn shortened(load: f64, choices: f64) -> f64 {
    if choices < 2.0 || load >= 0.999 || load <= 0.0 {
        return 1.0;
    }
    let mut sum = 0.0;
    for level in 2..40 {
        let power = (libm::pow(choices, f64::from(level)) - choices) / (choices - 1.0);
        let term = libm::pow(load, power);
        sum += term;
        if term < 1e-12 {
            break;
        }
    }
    sum * (1.0 - load) / load
}

/// Commits that arrive during a flush share the next one: a device that is never full. It is busy
/// for a flush, and again if anybody came meanwhile.
pub(super) fn grouped(demand: &Demand, replicas: f64) -> Wait {
    let rate = demand.rate / replicas;
    let flush = demand.time / demand.rate;
    let nobody = libm::exp(-rate * flush);
    let busy = flush / (flush + nobody / rate);
    let square = demand.square / demand.rate;
    Wait {
        load: busy,
        chance: busy,
        // What is left of the flush under way.
        mean_if: square / (2.0 * flush),
        refused: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::loss::Mmck;
    use crate::insight::theory::mmc::Mmc;

    fn load(rate: f64, servers: f64, places: f64) -> Load {
        Load {
            rate,
            mean: 0.01,
            second: 2e-4,
            servers,
            places,
            gaps: 1.0,
        }
    }

    #[test]
    fn exponential_times_are_exact() {
        for (rate, servers) in [(80.0, 1), (170.0, 2), (900.0, 10)] {
            let exact = Mmc::new(rate, 100.0, servers).unwrap();
            let found = wait(&load(rate, f64::from(servers), f64::INFINITY));
            assert!((found.mean() / exact.mean_wait() - 1.0).abs() < 1e-9);
            assert!((found.chance / exact.delay_probability() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn refusals_are_exact_for_exponential_times() {
        for (rate, servers, places) in [(80.0, 1, 4_u32), (150.0, 1, 4), (250.0, 2, 10)] {
            let exact = Mmck::new(rate, 100.0, servers, places + servers).unwrap();
            let found = wait(&load(rate, f64::from(servers), f64::from(places)));
            let blocked = exact.blocked();
            assert!(
                (found.refused / blocked - 1.0).abs() < 1e-9,
                "{found:?} {blocked}"
            );
        }
    }
}
