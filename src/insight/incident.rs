//! The chain of an incident along the timeline: which fault began, where it showed first, what
//! followed, what clients saw of it, and how it ended. Each link has its moment and its numbers.
//!
//! A figure has left its ordinary range when it is beyond what it was before the first fault by more
//! than its own noise, in two buckets of the series in a row.

use serde::Serialize;

use super::findings::endpoint_names;
use super::words::{count, list, number, share, time};
use crate::sim::result::{NodeSeries, Phase, RunResult};

/// Nodes, and endpoints, that are told of one fault.
const TOLD_MAX: usize = 5;
/// Standard deviations beyond the mean of before that are no noise.
const NOISE: f64 = 4.0;
/// A queue shorter than this is none.
const QUEUE_MIN: f64 = 1.0;
/// A node is called busier when its utilisation rises by at least this.
const BUSIER: f64 = 0.15;
/// A share of failed requests below this is nothing to tell.
const FAILED_MIN: f64 = 0.01;
/// A latency counts as risen from this multiple on.
const SLOWER: f64 = 1.5;
/// Attempts per call from which on retries are worth a link.
const ATTEMPTS_MIN: f64 = 1.05;
/// Share of wasted work from which on it is worth a link.
const WASTED_MIN: f64 = 0.05;

/// What a link tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The fault began.
    Begins,
    /// A queue grew.
    Queue,
    /// A node became busier.
    Busy,
    /// Requests became slower.
    Slow,
    /// Requests failed.
    Failing,
    /// The fault ended.
    Ends,
    /// All was as before.
    Recovered,
    /// It was not, by the end of the run.
    Stuck,
    /// Calls were tried again, which adds load.
    Retries,
    /// Work was done for callers that had given up.
    Waste,
}

/// One link of the chain.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// When, in seconds of simulated time; nothing for what is known of the whole run alone.
    pub at_s: Option<f64>,
    /// The fault, node, wire or endpoint.
    pub about: String,
    /// What happened.
    pub what: What,
    /// The same as a sentence.
    pub text: String,
}

/// A fault and all that followed, in order of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incident {
    /// The name of the fault.
    pub fault: String,
    /// The chain.
    pub links: Vec<Link>,
}

/// The chain of each fault of a run, in order of time; none where nothing went wrong.
pub fn incidents(result: &RunResult) -> Vec<Incident> {
    let Some((before, phases)) = result.phases.split_first() else {
        return Vec::new();
    };
    if before.name != "before" {
        return Vec::new();
    }
    let names = endpoint_names(result);
    let mut list: Vec<Incident> = Vec::new();
    for (at, phase) in phases.iter().enumerate() {
        if phase.name.starts_with("after ") {
            continue;
        }
        let after = phases[at + 1..]
            .iter()
            .find(|after| after.name.strip_prefix("after ") == Some(&phase.name));
        let next = phases[at + 1..]
            .iter()
            .find(|later| !later.name.starts_with("after "));
        let until_s = next.map_or(f64::INFINITY, |next| next.from_s);
        let story = Story {
            result,
            names: &names,
            before,
            fault: phase,
            after,
            until_s,
        };
        list.push(Incident {
            fault: phase.name.clone(),
            links: story.links(),
        });
    }
    list
}

/// One fault of a run.
struct Story<'r> {
    result: &'r RunResult,
    /// By endpoint: how sentences call it.
    names: &'r [String],
    before: &'r Phase,
    fault: &'r Phase,
    after: Option<&'r Phase>,
    /// Where the next fault begins.
    until_s: f64,
}

impl Story<'_> {
    fn links(&self) -> Vec<Link> {
        let mut risen: Vec<Link> = self.nodes();
        risen.sort_by(by_time);
        risen.truncate(TOLD_MAX);
        let mut seen: Vec<Link> = self.endpoints();
        seen.sort_by(by_time);
        seen.truncate(TOLD_MAX);
        risen.extend(seen);
        risen.extend(self.end());
        risen.sort_by(by_time);
        let mut links = vec![Link {
            at_s: Some(self.fault.from_s),
            about: self.fault.name.clone(),
            what: What::Begins,
            text: format!("At {} {} began.", time(self.fault.from_s), self.fault.name),
        }];
        links.extend(risen);
        if links.len() > 2 {
            links.extend(self.amplifiers());
        }
        links
    }

    /// Nodes whose queue or use left its ordinary range, the earlier of both.
    fn nodes(&self) -> Vec<Link> {
        let nodes = self.result.series.nodes.iter();
        nodes.filter_map(|series| self.node(series)).collect()
    }

    fn node(&self, series: &NodeSeries) -> Option<Link> {
        let queue = self.onset(&series.queue, |usual| {
            (usual.mean + NOISE * usual.deviation)
                .max(3.0 * usual.mean)
                .max(QUEUE_MIN)
        });
        let busy = self.onset(&series.utilization, |usual| {
            usual.mean + (NOISE * usual.deviation).max(BUSIER)
        });
        let later = |since: f64| self.later(since);
        let about = series.id.clone();
        match (queue, busy) {
            (Some(queue), busy) if busy.as_ref().is_none_or(|busy| busy.at_s >= queue.at_s) => {
                let text = format!(
                    "{} the queue of {about} grew: {} waited on average before, up to {} at {}.",
                    later(queue.at_s),
                    number(queue.usual),
                    number(queue.most),
                    time(queue.most_at_s),
                );
                let what = What::Queue;
                Some(Link {
                    at_s: Some(queue.at_s),
                    about,
                    what,
                    text,
                })
            }
            (queue, Some(busy)) => {
                let full = queue.map_or(String::new(), |queue| {
                    format!(
                        " Its queue grew from {} on, to {} at {}.",
                        time(queue.at_s),
                        number(queue.most),
                        time(queue.most_at_s)
                    )
                });
                let text = format!(
                    "{} {about} became busier: {} instead of {}.{full}",
                    later(busy.at_s),
                    share(busy.most),
                    share(busy.usual),
                );
                let what = What::Busy;
                Some(Link {
                    at_s: Some(busy.at_s),
                    about,
                    what,
                    text,
                })
            }
            _ => None,
        }
    }

    /// What clients saw: failures, else slowness.
    fn endpoints(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for (at, of) in self.result.endpoints.iter().enumerate() {
            let series = self.result.series.endpoints.iter();
            let Some(series) = series.into_iter().find(|one| one.id == of.id) else {
                continue;
            };
            if of.attack {
                continue;
            }
            let name = self.names.get(at).unwrap_or(&of.id);
            let finished = series.completed_per_s.iter().zip(&series.failed_per_s);
            let failed: Vec<f64> = finished
                .map(|(good, bad)| {
                    if good + bad > 0.0 {
                        bad / (good + bad)
                    } else {
                        0.0
                    }
                })
                .collect();
            let failing = self.onset(&failed, |usual| {
                (usual.mean + NOISE * usual.deviation).max(usual.mean + FAILED_MIN)
            });
            let slow = self.onset(&series.p99_s, |usual| {
                (usual.mean + NOISE * usual.deviation).max(SLOWER * usual.mean)
            });
            if let Some(slow) = slow {
                let text = format!(
                    "{} {name} became slower: its p99 was {} before, up to {} at {}.",
                    self.later(slow.at_s),
                    time(slow.usual),
                    time(slow.most),
                    time(slow.most_at_s),
                );
                links.push(Link {
                    at_s: Some(slow.at_s),
                    about: of.id.clone(),
                    what: What::Slow,
                    text,
                });
            }
            if let Some(failing) = failing {
                let text = format!(
                    "{} {name} began to fail: {} of what was finished, up to {} at {}.{}",
                    self.later(failing.at_s),
                    share(failing.first),
                    share(failing.most),
                    time(failing.most_at_s),
                    causes(of),
                );
                links.push(Link {
                    at_s: Some(failing.at_s),
                    about: of.id.clone(),
                    what: What::Failing,
                    text,
                });
            }
        }
        links
    }

    /// The end of the fault, and whether all came back.
    fn end(&self) -> Vec<Link> {
        let Some(after) = self.after else {
            return Vec::new();
        };
        let fault = &self.fault.name;
        let mut links = vec![Link {
            at_s: Some(after.from_s),
            about: fault.clone(),
            what: What::Ends,
            text: format!("At {} {fault} was over.", time(after.from_s)),
        }];
        let (at_s, what, text) = match after.recovery_s {
            Some(recovery) if recovery > 0.0 => (
                after.from_s + recovery,
                What::Recovered,
                format!(
                    "At {} all was as before: {} after {fault} was over.",
                    time(after.from_s + recovery),
                    time(recovery)
                ),
            ),
            Some(_) => return links,
            None => (after.to_s, What::Stuck, self.stuck(after)),
        };
        links.push(Link {
            at_s: Some(at_s),
            about: fault.clone(),
            what,
            text,
        });
        links
    }

    /// What was still wrong at the end.
    fn stuck(&self, after: &Phase) -> String {
        let mut full: Vec<String> = Vec::new();
        for series in &self.result.series.nodes {
            let last = |values: &[f64]| values.last().copied().unwrap_or(0.0);
            let (busy, queue) = (last(&series.utilization), last(&series.queue));
            if busy >= 0.95 && queue >= QUEUE_MIN {
                full.push(format!(
                    "{} is {} busy with {} waiting",
                    series.id,
                    share(busy),
                    number(queue)
                ));
            }
        }
        full.truncate(TOLD_MAX);
        let still = if full.is_empty() {
            String::new()
        } else {
            format!(": {}", list(&full))
        };
        format!(
            "At {}, the end of the run, it has not come back{still}.",
            time(after.to_s)
        )
    }

    /// What turned the fault into more load than there was: of the whole run, since it is counted
    /// for the whole run.
    fn amplifiers(&self) -> Vec<Link> {
        let mut links = Vec::new();
        for wire in &self.result.wires {
            let tries = wire.attempts as f64 / (wire.calls.max(1)) as f64;
            if wire.retries > 0 && tries >= ATTEMPTS_MIN {
                let text = format!(
                    "Retries add load: along {} {} calls became {} attempts, {} each.",
                    wire.id,
                    count(wire.calls),
                    count(wire.attempts),
                    number(tries)
                );
                links.push(self.whole(&wire.id, What::Retries, text));
            }
        }
        for node in &self.result.nodes {
            if node.wasted_share >= WASTED_MIN {
                let text = format!(
                    "{} of the work of {} was for callers that had given up.",
                    share(node.wasted_share),
                    node.id
                );
                links.push(self.whole(&node.id, What::Waste, text));
            }
        }
        links
    }

    fn whole(&self, about: &str, what: What, text: String) -> Link {
        Link {
            at_s: None,
            about: about.to_owned(),
            what,
            text,
        }
    }

    /// `2.1 s later`, or `At once`.
    fn later(&self, at_s: f64) -> String {
        let since = at_s - self.fault.from_s;
        if since <= 0.0 {
            "At once".to_owned()
        } else {
            format!("{} later", time(since))
        }
    }

    /// Where a figure leaves its ordinary range after the fault begins, for two buckets in a row.
    /// Nothing if it does not, or was outside already.
    fn onset(&self, values: &[f64], limit: impl Fn(&Usual) -> f64) -> Option<Onset> {
        let edges = &self.result.series.edges_s;
        let span = |at: usize| (edges.get(at).copied(), edges.get(at + 1).copied());
        let inside = |at: &usize, from: f64, to: f64| {
            let (Some(start), Some(end)) = span(*at) else {
                return false;
            };
            start >= from - 1e-9 && end <= to + 1e-9
        };
        let all = 0..values.len();
        let calm: Vec<f64> = all
            .clone()
            .filter(|at| inside(at, self.result.warmup_s, self.before.to_s))
            .map(|at| values[at])
            .collect();
        let usual = Usual::of(&calm)?;
        let limit = limit(&usual);
        let watched: Vec<usize> = all
            .filter(|at| inside(at, self.fault.from_s, self.until_s))
            .collect();
        let first = watched
            .windows(2)
            .position(|two| two.iter().all(|at| values[*at] > limit))?;
        let was_outside = watched[first] > 0
            && first == 0
            && values[watched[first] - 1] > limit
            && self.fault.from_s > self.before.to_s + 1e-9;
        if was_outside {
            return None;
        }
        let (at, rest) = (watched[first], &watched[first..]);
        // The first of equals.
        let most = rest.iter().copied().reduce(|best, next| {
            if values[next] > values[best] {
                next
            } else {
                best
            }
        })?;
        Some(Onset {
            at_s: edges[at],
            usual: usual.mean,
            first: values[at],
            most: values[most],
            most_at_s: edges[most],
        })
    }
}

/// What a figure was before anything went wrong.
struct Usual {
    mean: f64,
    deviation: f64,
}

impl Usual {
    fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let squares: f64 = values
            .iter()
            .map(|value| (value - mean) * (value - mean))
            .sum();
        Some(Self {
            mean,
            deviation: (squares / count).sqrt(),
        })
    }
}

/// Where a figure left its ordinary range, and how far it went.
struct Onset {
    at_s: f64,
    usual: f64,
    first: f64,
    most: f64,
    most_at_s: f64,
}

fn by_time(a: &Link, b: &Link) -> std::cmp::Ordering {
    let time = |link: &Link| link.at_s.unwrap_or(f64::INFINITY);
    time(a).total_cmp(&time(b))
}

/// Why requests failed in the whole run, the most frequent cause first.
fn causes(of: &crate::sim::result::EndpointFigures) -> String {
    let all: u64 = of.failed.values().sum();
    let Some((cause, most)) = of.failed.iter().max_by_key(|(_, count)| **count) else {
        return String::new();
    };
    if all == 0 {
        return String::new();
    }
    format!(
        " {} of all failures are {}.",
        share(*most as f64 / all as f64),
        cause.replace('_', " ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::result::{EndpointSeries, PhaseFigures};

    fn result() -> RunResult {
        let mut result = crate::store::samples::checkout();
        let phase = |name: &str, from_s: f64, to_s: f64, recovery_s: Option<f64>| Phase {
            name: name.to_owned(),
            from_s,
            to_s,
            endpoints: Vec::<PhaseFigures>::new(),
            recovery_s,
        };
        result.phases = vec![
            phase("before", 0.0, 20.0, None),
            phase("slow db", 20.0, 30.0, None),
            phase("after slow db", 30.0, 60.0, None),
        ];
        result.series.edges_s = (0..=30).map(|at| 2.0 * f64::from(at)).collect();
        let series = |of: &dyn Fn(i32) -> f64| (0..30).map(of).collect::<Vec<f64>>();
        let id = result.endpoints[1].id.clone();
        result.series.endpoints = vec![EndpointSeries {
            id,
            offered_per_s: series(&|_| 100.0),
            completed_per_s: series(&|at| if at < 12 { 100.0 } else { 20.0 }),
            failed_per_s: series(&|at| if at < 12 { 0.0 } else { 80.0 }),
            p50_s: series(&|_| 0.01),
            p99_s: series(&|at| if at < 11 { 0.04 } else { 0.5 }),
        }];
        result.series.nodes = vec![
            NodeSeries {
                id: "db".to_owned(),
                utilization: series(&|at| if at < 10 { 0.5 } else { 1.0 }),
                queue: series(&|at| if at < 11 { 0.2 } else { f64::from(at) }),
            },
            NodeSeries {
                id: "quiet".to_owned(),
                utilization: series(&|at| 0.1 + 0.01 * f64::from(at % 2)),
                queue: series(&|_| 0.0),
            },
        ];
        result
    }

    #[test]
    fn the_chain_is_told_in_order_of_time() {
        let found = incidents(&result());
        assert_eq!(found.len(), 1);
        let told: Vec<&str> = found[0]
            .links
            .iter()
            .map(|link| link.text.as_str())
            .collect();
        insta::assert_snapshot!("chain", told.join("\n"));
        let moments: Vec<f64> = found[0].links.iter().filter_map(|link| link.at_s).collect();
        assert!(moments.is_sorted(), "{moments:?}");
    }

    #[test]
    fn where_nothing_happens_nothing_is_told() {
        let mut calm = result();
        calm.phases.clear();
        assert!(incidents(&calm).is_empty());
        let mut harmless = result();
        for series in &mut harmless.series.nodes {
            series.utilization.fill(0.5);
            series.queue.fill(0.0);
        }
        harmless.series.endpoints.clear();
        let links = &incidents(&harmless)[0].links;
        assert_eq!(links[0].what, What::Begins);
        assert!(
            links
                .iter()
                .all(|link| link.what != What::Queue && link.what != What::Busy)
        );
    }

    #[test]
    fn a_series_without_buckets_before_the_fault_is_no_trouble() {
        let mut short = result();
        short.series.edges_s = vec![0.0, 60.0];
        short.phases[0].to_s = 0.0;
        assert!(!incidents(&short).is_empty());
        short.series.edges_s.clear();
        assert!(!incidents(&short).is_empty());
    }
}
