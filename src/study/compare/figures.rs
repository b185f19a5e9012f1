//! The figures of two sides and their paired differences.

use std::collections::{BTreeMap, BTreeSet};

use super::{Differences, Pair, Simulated};
use crate::insight::difference::{Difference, Unit};
use crate::sim::measure::{CorrectnessWindow, EndpointWindow};
use crate::sim::summary::{Collected, Replicated};
use crate::stats::histogram::Sparse;
use crate::stats::interval::{Interval, paired, paired_quantiles, paired_ratios};

/// The level of all intervals.
const LEVEL: f64 = 0.95;
/// Requests beyond a percentile below which nothing is said about it.
const BEYOND_MIN: f64 = 10.0;
/// What a percentile read from a histogram may be off by, as a share of it: a quarter of a bucket.
const RESOLUTION: f64 = 1.0 / 512.0;
/// With few requests beyond a percentile in each replication, the jackknife promises too much: they
/// come in bursts, and their spread is skewed. The interval is wider by this over their number,
/// which was chosen by its coverage on M/M/1.
const SCARCE: f64 = 6.0;
/// The percentiles that are compared.
const PERCENTILES: [(&str, f64); 3] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

/// Something that is counted of what went wrong with the data.
type Count = fn(&CorrectnessWindow) -> u64;
/// The same replications of two sides: length in seconds, and what clients saw.
type Parts = Vec<(f64, EndpointWindow)>;

/// The indices of the replications that all sides have.
pub(super) fn common(sides: &[&Collected]) -> Vec<u32> {
    let mut sets = sides
        .iter()
        .map(|side| side.replicated().map(|one| one.index).collect());
    let first: BTreeSet<u32> = sets.next().unwrap_or_default();
    let shared = sets.fold(first, |common, other: BTreeSet<u32>| {
        common.intersection(&other).copied().collect()
    });
    shared.into_iter().collect()
}

/// The replications of a side with some indices.
fn chosen<'a>(side: &'a Collected, indices: &[u32]) -> Vec<Replicated<'a>> {
    let known: BTreeMap<u32, Replicated<'_>> =
        side.replicated().map(|one| (one.index, one)).collect();
    let found = indices.iter().filter_map(|index| known.get(index).copied());
    found.collect()
}

/// A side against the baseline.
pub(super) fn pair(side: usize, baseline: &Simulated, other: &Simulated) -> Pair {
    let indices = common(&[&baseline.collected, &other.collected]);
    let [a, b] = [baseline, other].map(|side| chosen(&side.collected, &indices));
    let names = |side: &Simulated| -> Vec<String> {
        let nodes = side.design.nodes.names();
        nodes.map(str::to_owned).collect()
    };
    let (before, after) = (names(baseline), names(other));
    let missing = |of: &[String], from: &[String]| -> Vec<String> {
        let gone = of.iter().filter(|name| !from.contains(name));
        gone.cloned().collect()
    };
    Pair {
        side,
        endpoints: endpoints(baseline, other, &a, &b),
        nodes: nodes(baseline, other, &a, &b),
        whole: whole(baseline, other, &a, &b),
        gone: missing(&before, &after),
        added: missing(&after, &before),
    }
}

/// Endpoints that belong together: name, and indices on both sides. All requests that are no
/// attack come last as `*` where there are several.
fn matched(baseline: &Collected, other: &Collected) -> Vec<(String, [Vec<usize>; 2])> {
    let (before, after) = (&baseline.meta().endpoints, &other.meta().endpoints);
    let client = |id: &str| id.split(" -> ").next().unwrap_or(id).to_owned();
    let endpoint = |id: &str| id.split_once('/').map_or("", |parts| parts.1).to_owned();
    let key = |id: &str| (client(id), endpoint(id));
    let mut list = Vec::new();
    let mut taken = BTreeSet::new();
    for (at, meta) in before.iter().enumerate() {
        // The same operation may be offered elsewhere: behind a balancer that was put before it.
        let same = after.iter().position(|other| other.name == meta.name);
        let moved = || {
            let matching = |&to: &usize| key(&after[to].name) == key(&meta.name);
            let mut found = (0..after.len()).filter(matching);
            found.next().filter(|_| found.next().is_none())
        };
        let place = same.or_else(moved).filter(|to| taken.insert(*to));
        if let Some(to) = place {
            list.push((meta.name.clone(), [vec![at], vec![to]]));
        }
    }
    let all = [calm(baseline), calm(other)];
    if list.len() != 1 || all.iter().any(|of| of.len() != 1) {
        list.push(("*".to_owned(), all));
    }
    list
}

fn endpoints(
    baseline: &Simulated,
    other: &Simulated,
    a: &[Replicated<'_>],
    b: &[Replicated<'_>],
) -> Vec<Differences> {
    let matched = matched(&baseline.collected, &other.collected);
    let differences = matched.into_iter().map(|(id, [of_a, of_b])| Differences {
        id,
        figures: of_endpoint(&parts(a, &of_a), &parts(b, &of_b)),
    });
    differences.collect()
}

fn parts(side: &[Replicated<'_>], which: &[usize]) -> Parts {
    side.iter()
        .map(|one| (one.seconds, one.together(which)))
        .collect()
}

fn failed(seen: &EndpointWindow) -> f64 {
    seen.failed.iter().sum::<u64>() as f64
}

fn of_endpoint(a: &Parts, b: &Parts) -> Vec<Difference> {
    let mut figures = vec![
        ratio("goodput", Unit::PerSecond, a, b, |length_s, seen| {
            (seen.latency.len() as f64, length_s)
        }),
        ratio("failed", Unit::Share, a, b, |_, seen| {
            (failed(seen), seen.offered as f64)
        }),
        ratio("attempts", Unit::Number, a, b, |_, seen| {
            let finished = seen.latency.len() as f64 + failed(seen);
            (seen.attempts as f64, finished)
        }),
        ratio("mean", Unit::Seconds, a, b, |_, seen| {
            (seen.latency.sum() as f64 / 1e9, seen.latency.len() as f64)
        }),
    ];
    figures.extend(PERCENTILES.map(|(name, p)| percentile(name, p, a, b)));
    figures
}

/// What two sides are ranked by, where less is better throughout: p99 and failures of all requests
/// that are no attack, cost, and what went wrong with the data.
pub(super) fn ranked(baseline: &Simulated, other: &Simulated) -> Vec<Difference> {
    let indices = common(&[&baseline.collected, &other.collected]);
    let [a, b] = [baseline, other].map(|side| chosen(&side.collected, &indices));
    let seen = |side: &Simulated, of: &[Replicated<'_>]| parts(of, &calm(&side.collected));
    let (of_a, of_b) = (seen(baseline, &a), seen(other, &b));
    let mut figures = vec![
        percentile("p99", 0.99, &of_a, &of_b),
        ratio("failed", Unit::Share, &of_a, &of_b, |_, seen| {
            (failed(seen), seen.offered as f64)
        }),
        cost_per_hour(baseline, other, &a, &b),
    ];
    figures.extend(harm(&a, &b));
    figures
}

/// The endpoints that are no attack.
fn calm(side: &Collected) -> Vec<usize> {
    let metas = side.meta().endpoints.iter().enumerate();
    let calm = metas.filter(|(_, meta)| !meta.attack);
    calm.map(|(at, _)| at).collect()
}

fn ratio(
    name: &str,
    unit: Unit,
    a: &Parts,
    b: &Parts,
    of: impl Fn(f64, &EndpointWindow) -> (f64, f64),
) -> Difference {
    let pairs = |side: &Parts| -> Vec<(f64, f64)> {
        side.iter()
            .map(|(seconds, seen)| of(*seconds, seen))
            .collect()
    };
    of_ratios(name, unit, &pairs(a), &pairs(b))
}

fn of_ratios(name: &str, unit: Unit, a: &[(f64, f64)], b: &[(f64, f64)]) -> Difference {
    let value = |pairs: &[(f64, f64)]| {
        let above: f64 = pairs.iter().map(|pair| pair.0).sum();
        let below: f64 = pairs.iter().map(|pair| pair.1).sum();
        (below > 0.0).then(|| above / below)
    };
    let interval = paired_ratios(b, a, LEVEL).map(ends);
    Difference::new(name, unit, [value(a), value(b)], interval)
}

fn ends(interval: Interval) -> [f64; 2] {
    [interval.low, interval.high]
}

fn percentile(name: &str, p: f64, a: &Parts, b: &Parts) -> Difference {
    let sets = |side: &Parts| -> Vec<Sparse> {
        side.iter().map(|(_, seen)| seen.latency.clone()).collect()
    };
    let (sets_a, sets_b) = (sets(a), sets(b));
    let of = |sets: &[Sparse]| {
        let mut all = Sparse::default();
        for set in sets {
            all.merge(set);
        }
        let beyond = all.len() as f64 * (1.0 - p);
        (all.quantile(p).map(|ns| ns / 1e9), beyond)
    };
    let ((value_a, beyond_a), (value_b, beyond_b)) = (of(&sets_a), of(&sets_b));
    let beyond = beyond_a.min(beyond_b) / (sets_a.len().max(1) as f64);
    let interval = paired_quantiles(&sets_b, &sets_a, p, LEVEL)
        .filter(|_| beyond_a.min(beyond_b) >= BEYOND_MIN)
        .map(|found| {
            let blur = RESOLUTION * value_a.unwrap_or(0.0).max(value_b.unwrap_or(0.0));
            let wider = 1.0 + SCARCE / beyond;
            let end = |end: f64| found.estimate + wider * (end - found.estimate);
            [end(found.low) / 1e9 - blur, end(found.high) / 1e9 + blur]
        });
    Difference::new(name, Unit::Seconds, [value_a, value_b], interval)
}

/// How busy the nodes are that both sides have.
fn nodes(
    baseline: &Simulated,
    other: &Simulated,
    a: &[Replicated<'_>],
    b: &[Replicated<'_>],
) -> Vec<Differences> {
    let after = &other.collected.meta().nodes;
    let before = baseline.collected.meta().nodes.iter().enumerate();
    let busy = |side: &[Replicated<'_>], at: usize| -> Vec<(f64, f64)> {
        let of = side.iter().filter_map(|one| one.busy.get(at));
        of.map(|(busy, available)| (*busy as f64, *available as f64))
            .collect()
    };
    let both = before.filter_map(|(at, meta)| {
        let to = after.iter().position(|node| node.name == meta.name)?;
        let figure = of_ratios("utilization", Unit::Share, &busy(a, at), &busy(b, to));
        figure.baseline.zip(figure.value).map(|_| Differences {
            id: meta.name.clone(),
            figures: vec![figure],
        })
    });
    both.collect()
}

/// Cost, and what went wrong with the data.
fn whole(
    baseline: &Simulated,
    other: &Simulated,
    a: &[Replicated<'_>],
    b: &[Replicated<'_>],
) -> Vec<Difference> {
    let per_million = |side: &Simulated, of: &[Replicated<'_>]| -> Vec<(f64, f64)> {
        let calm = calm(&side.collected);
        let good = |one: &Replicated<'_>| one.together(&calm).latency.len() as f64 / 1e6;
        of.iter().map(|one| (one.cost, good(one))).collect()
    };
    let mut figures = vec![
        cost_per_hour(baseline, other, a, b),
        of_ratios(
            "cost per million",
            Unit::Dollars,
            &per_million(baseline, a),
            &per_million(other, b),
        ),
    ];
    figures.extend(harm(a, b));
    figures
}

/// Exact where replicas are all that is paid for; what is billed by use varies with the requests.
fn cost_per_hour(
    baseline: &Simulated,
    other: &Simulated,
    a: &[Replicated<'_>],
    b: &[Replicated<'_>],
) -> Difference {
    const NAME: &str = "cost per hour";
    let by_use = |side: &Simulated| {
        let mut nodes = side.collected.meta().nodes.iter();
        nodes.any(|node| node.cost_per_million > 0.0)
    };
    if by_use(baseline) || by_use(other) {
        let of = |side: &[Replicated<'_>]| -> Vec<(f64, f64)> {
            let hourly = |one: &Replicated<'_>| (one.cost, one.seconds / 3600.0);
            side.iter().map(hourly).collect()
        };
        return of_ratios(NAME, Unit::Dollars, &of(a), &of(b));
    }
    let costs = [baseline, other].map(|side| side.result.cost.per_hour);
    Difference::exact(NAME, Unit::Dollars, costs)
}

/// What went wrong with the data, by replication.
fn harm(a: &[Replicated<'_>], b: &[Replicated<'_>]) -> Vec<Difference> {
    let counts: [(&str, Count); 4] = [
        ("duplicate effects", |of| of.duplicate_effects),
        ("stale reads", |of| of.stale_reads),
        ("lost messages", |of| of.lost_messages),
        ("lost writes", |of| of.lost_writes),
    ];
    let difference = |(name, of): (&str, Count)| {
        let values = |side: &[Replicated<'_>]| -> Vec<f64> {
            side.iter().map(|one| of(&one.correctness) as f64).collect()
        };
        let (a, b) = (values(a), values(b));
        let mean = |values: &[f64]| {
            let sum: f64 = values.iter().sum();
            (!values.is_empty()).then(|| sum / values.len() as f64)
        };
        let interval = paired(&b, &a, LEVEL).map(ends);
        Difference::new(name, Unit::Number, [mean(&a), mean(&b)], interval)
    };
    counts.map(difference).into()
}
