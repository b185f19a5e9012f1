//! Words for a live run: moments, faults, and the sentence that says what matters now.

use super::figures::{self, ClientFigures, NodeFigures, Which, clients};
use super::snapshot::{Play, Snapshot};
use super::timeline::LiveFault;
use crate::design::model::{Fault, FaultEntry, Which as Replicas};
use crate::insight::words::{count, counted, number, rate, share, time};
use crate::tui::theme::Role;

/// From this share of offered requests on, goodput is well.
const GOOD: f64 = 0.98;
/// From this utilisation on, a node is saturated.
const SATURATED: f64 = 0.95;
/// From this many tries a call on, retries are worth a word.
const TRIES: f64 = 1.1;

/// A moment of a run: `05:42`, `1:05:42`, or `0.250 s` where a run takes only seconds.
pub fn moment(ns: u64, duration_ns: u64) -> String {
    let seconds = ns / 1_000_000_000;
    if duration_ns < 10_000_000_000 {
        return format!("{:.3} s", ns as f64 / 1e9);
    }
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if duration_ns >= 3_600_000_000_000 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// The clock of a run: state, speed, moment and length.
pub fn clock(snapshot: &Snapshot, unicode: bool) -> String {
    let duration = snapshot.duration_ns();
    let at = |ns| moment(ns, duration);
    let play = match (snapshot.play, unicode) {
        (Play::Playing, true) => "►",
        (Play::Playing, false) => ">",
        (Play::Paused, true) => "‖",
        (Play::Paused, false) => "paused",
        (Play::Seeking(to), _) => {
            return format!(
                "going to {}  {} / {}",
                at(to),
                at(snapshot.now_ns()),
                at(duration)
            );
        }
        (Play::Over, true) => "■",
        (Play::Over, false) => "over",
    };
    let speed = if unicode {
        snapshot.speed.label().to_owned()
    } else {
        snapshot.speed.label().replace('×', "x")
    };
    let asked = snapshot.speed.ratio();
    let slower =
        asked.is_some_and(|asked| snapshot.achieved > 0.0 && snapshot.achieved < asked * 0.8);
    let real =
        if snapshot.play == Play::Playing && (slower || asked.is_none()) && snapshot.achieved > 0.0
        {
            format!(" ({} in fact)", number(snapshot.achieved))
        } else {
            String::new()
        };
    format!(
        "{play} {speed}{real}  {} / {}",
        at(snapshot.now_ns()),
        at(duration)
    )
}

fn times(factor: f64) -> String {
    format!("×{}", number(factor))
}

fn which(replicas: &Replicas) -> String {
    match replicas {
        Replicas::All => String::new(),
        Replicas::Count { n } => format!(" ({})", counted(u64::from(*n), "replica", "replicas")),
        Replicas::Replica { index } => format!(" (replica {index})"),
    }
}

/// What a fault does, in a few words: `slow orders-db ×5`.
pub fn fault(entry: &FaultEntry) -> String {
    match &entry.fault {
        Fault::Crash { node, replicas } => format!("crash {node}{}", which(replicas)),
        Fault::Slow {
            node,
            factor,
            replicas,
        } => {
            format!("slow {node} {}{}", times(*factor), which(replicas))
        }
        Fault::Grey {
            node,
            replicas,
            factor,
            errors,
        } => {
            let errors = if errors.0 > 0.0 {
                format!(" {} errors", share(errors.0))
            } else {
                String::new()
            };
            format!("grey {node} {}{errors}{}", times(*factor), which(replicas))
        }
        Fault::Errors {
            node,
            rate,
            replicas,
        } => {
            format!("errors {node} {}{}", share(rate.0), which(replicas))
        }
        Fault::Latency { wire, .. } => format!("latency {wire}"),
        Fault::Loss { wire, rate } => format!("loss {wire} {}", share(rate.0)),
        Fault::Partition { a, .. } => format!("partition {}", a.join(", ")),
        Fault::Pause { node, replicas } => format!("pause {node}{}", which(replicas)),
        Fault::Flush { cache } => format!("flush {cache}"),
        Fault::Traffic { client, factor } => format!("traffic {client} {}", times(*factor)),
        Fault::HotKey { client, share: of } => format!("hot key {client} {}", share(of.0)),
        Fault::Zone { zone } => format!("zone {zone} down"),
    }
}

/// What was done by hand: `you  05:30 slow orders-db ×5 (recorded)`.
pub fn by_hand(done: &LiveFault, duration_ns: u64) -> String {
    let at = moment(done.at_ns().unwrap_or(0), duration_ns);
    let end = done.ends_ns().map_or(String::new(), |ends| {
        format!(" until {}", moment(ends, duration_ns))
    });
    let state = if done.written.is_some() {
        "in the file"
    } else {
        "recorded"
    };
    format!("you  {at}{end} {} ({state})", fault(&done.entry))
}

/// `last 5 s`: what a figure of the moving window is of.
pub fn window(snapshot: &Snapshot) -> String {
    format!("last {}", time(snapshot.window.seconds()))
}

/// A sentence and how it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// Whole sentences.
    pub text: String,
    /// [`Role::Good`], [`Role::Warn`], [`Role::Bad`] or [`Role::Text`].
    pub role: Role,
}

impl Sentence {
    fn new(role: Role, text: String) -> Self {
        Self { text, role }
    }
}

/// What matters most at this moment, with its numbers.
pub fn sentence(snapshot: &Snapshot) -> Sentence {
    if let Some(stopped) = &snapshot.stopped {
        return Sentence::new(Role::Bad, format!("The run stopped: {stopped}."));
    }
    if snapshot.window.seconds() <= 0.0 {
        let text = "The run stands at its start; space lets it go.".to_owned();
        return Sentence::new(Role::Text, text);
    }
    let seen = clients(snapshot, Which::All);
    let nodes: Vec<NodeFigures> = (0..snapshot.meta().nodes.len())
        .filter_map(|i| figures::node(snapshot, i))
        .collect();
    if seen.offered_per_s <= 0.0 && seen.in_flight == 0 {
        let text = format!("No client asked for anything in the {}.", window(snapshot));
        return Sentence::new(Role::Text, text);
    }
    let good = seen.goodput_per_s / seen.offered_per_s.max(f64::MIN_POSITIVE);
    let cause = cause(snapshot, &nodes);
    if good < GOOD && seen.offered_per_s > 0.0 {
        return trouble(snapshot, &seen, good, cause, &nodes);
    }
    if let Some(cause) = cause {
        let p99 = seen
            .p99_s
            .map_or(String::new(), |p99| format!("; p99 is {}", time(p99)));
        return Sentence::new(Role::Warn, format!("{cause}{p99} ({}).", window(snapshot)));
    }
    let p99 = seen
        .p99_s
        .map_or(String::new(), |p99| format!(" with a p99 of {}", time(p99)));
    let fullest = fullest(&nodes).map_or(String::new(), |(node, load)| {
        format!("; {} fills first, {} busy", node.name, share(load))
    });
    let text = format!(
        "{} are answered{p99}{fullest} ({}).",
        rate(seen.goodput_per_s),
        window(snapshot)
    );
    Sentence::new(Role::Good, text)
}

fn trouble(
    snapshot: &Snapshot,
    seen: &ClientFigures,
    good: f64,
    cause: Option<String>,
    nodes: &[NodeFigures],
) -> Sentence {
    let since = bad_since(snapshot).map_or(String::new(), |ns| {
        format!(" since {}", moment(ns, snapshot.duration_ns()))
    });
    let mut text = format!(
        "Goodput is {} of {} offered{since}",
        share(good.min(1.0)),
        rate(seen.offered_per_s)
    );
    if let Some(cause) = cause {
        text.push_str(&format!(": {cause}"));
    } else if let Some(cause) = main_cause(snapshot) {
        text.push_str(&format!(": most fail by {cause}"));
    }
    let retried = nodes.iter().filter_map(|node| Some((node, node.tries?)));
    if let Some((node, tries)) = retried
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, tries)| *tries > TRIES)
    {
        text.push_str(&format!(
            "; retries add {} to the calls of {}",
            share(tries - 1.0),
            node.name
        ));
    }
    let role = if good < 0.9 { Role::Bad } else { Role::Warn };
    Sentence::new(role, format!("{text}."))
}

/// Steps of a run in which goodput is looked at: about as long as the moving window.
const STEPS: usize = 120;

/// Since when goodput is below what is offered, in ns.
fn bad_since(snapshot: &Snapshot) -> Option<u64> {
    let endpoints = &snapshot.meta().endpoints;
    let is_good = |step: &super::course::Step| {
        let (mut offered, mut completed) = (0, 0);
        for (seen, endpoint) in step.endpoints.iter().zip(endpoints) {
            if !endpoint.attack {
                offered += seen.offered;
                completed += seen.completed;
            }
        }
        f64::from(completed) >= f64::from(offered) * 0.9
    };
    let share = snapshot.course.end_ns() as f64 / snapshot.duration_ns().max(1) as f64;
    let most = (STEPS as f64 * share).ceil() as usize;
    let steps = snapshot.course.clients(snapshot.now_ns(), most);
    let last = steps.iter().rposition(is_good)?;
    steps.get(last + 1).map(|step| (step.time_s.0 * 1e9) as u64)
}

/// Why most requests of clients fail.
fn main_cause(snapshot: &Snapshot) -> Option<String> {
    let mut sums = [0_u64; crate::sim::measure::CAUSES];
    for (seen, endpoint) in snapshot
        .window
        .endpoints
        .iter()
        .zip(&snapshot.meta().endpoints)
    {
        if !endpoint.attack {
            for (sum, failed) in sums.iter_mut().zip(seen.failed) {
                *sum += failed;
            }
        }
    }
    let (i, most) = sums.iter().enumerate().max_by_key(|(_, failed)| **failed)?;
    (*most > 0).then(|| crate::sim::measure::CAUSE_NAMES[i].replace('_', " "))
}

fn load(node: &NodeFigures) -> f64 {
    let pool = node
        .pool
        .map_or(0.0, |(busy, size)| busy as f64 / size.max(1) as f64);
    node.utilization
        .unwrap_or(0.0)
        .max(if node.waiting > 0 { pool } else { 0.0 })
}

fn fullest(nodes: &[NodeFigures]) -> Option<(&NodeFigures, f64)> {
    let loads = nodes
        .iter()
        .map(|node| (node, node.utilization.unwrap_or(0.0)));
    loads
        .filter(|(_, load)| *load > 0.0)
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// What is behind the trouble: what is down, or the saturated node that waits for no other one.
fn cause(snapshot: &Snapshot, nodes: &[NodeFigures]) -> Option<String> {
    if let Some(node) = nodes.iter().find(|node| node.replicas[1] > 0) {
        let [all, down, ..] = node.replicas;
        return Some(if down == all {
            format!("{} is down", node.name)
        } else {
            format!("{down} of {all} replicas of {} are down", node.name)
        });
    }
    if let Some(node) = nodes.iter().find(|node| node.replicas[2] > 0) {
        return Some(format!("{} stands still", node.name));
    }
    let wires = &snapshot.meta().wires;
    let full = |i: usize| {
        nodes
            .get(i)
            .is_some_and(|node| load(node) >= SATURATED && node.waiting > 0)
    };
    let waits_for_other = |i: usize| {
        wires
            .iter()
            .any(|wire| wire.from as usize == i && wire.to as usize != i && full(wire.to as usize))
    };
    let deepest = (0..nodes.len())
        .filter(|&i| full(i) && !waits_for_other(i))
        .max_by_key(|&i| nodes[i].waiting)?;
    let node = &nodes[deepest];
    let busy = match node.pool {
        Some((busy, size)) if busy >= size && node.utilization.unwrap_or(0.0) < SATURATED => {
            format!("all {} connections to {} are taken", count(size), node.name)
        }
        _ => {
            let part = node
                .busiest
                .map_or(String::new(), |part| format!("'s {part}"));
            format!(
                "{}{part} is {} busy",
                node.name,
                share(node.utilization.unwrap_or(0.0))
            )
        }
    };
    let held = wires
        .iter()
        .filter(|wire| wire.to as usize == deepest && full(wire.from as usize))
        .filter_map(|wire| nodes.get(wire.from as usize))
        .find(|caller| caller.workers > 0 && caller.busy >= caller.workers);
    let held = held.map_or(String::new(), |caller| {
        format!(
            ", and {} holds all {} workers waiting for it",
            caller.name,
            count(caller.workers)
        )
    });
    Some(format!("{busy} with {} waiting{held}", count(node.waiting)))
}
