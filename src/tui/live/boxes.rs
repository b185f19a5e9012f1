//! What a running design shows on the canvas, as plain data: figures in boxes, marks on wires, and
//! the dots that move along them.

use super::figures::{self, Which, clients};
use super::snapshot::{Play, Snapshot};
use super::timeline::Timeline;
use super::words;
use crate::insight::words::{count, rate, share, time};
use crate::sim::live::Stretch;
use std::sync::Arc;

/// From this utilisation on, a box is marked.
const SATURATED: f64 = 0.95;
/// Cells that a dot moves in a second.
const CELLS_PER_S: f64 = 9.0;

/// What one box shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoxFigures {
    /// Length and heat of its bar; nothing if nothing in it has a limit.
    pub utilization: Option<f64>,
    /// Waiting now.
    pub waiting: u64,
    /// The line under the bar, of the moving window: `412 waiting`, `hit 81%`, `615/s`.
    pub figure: String,
    /// Another line, if there is room: `pool 80 of 80`, `p99 1.9 s`.
    pub more: Option<String>,
    /// Small course of its most telling figure, oldest first; of clients the rate, else what waits.
    pub spark: Vec<f64>,
    /// It is saturated, or requests fail: shown as `!` besides the colour.
    pub alarm: bool,
    /// Share of its requests that it refused or answered with an error.
    pub failing: f64,
    /// Nothing of it is up: shown as a cross.
    pub down: bool,
    /// What was done to it, for its upper border: `slow ×5`.
    pub faults: Vec<String>,
}

/// What one wire shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WireFigures {
    /// Attempts per second.
    pub per_s: f64,
    /// Share of attempts that failed.
    pub failing: f64,
    /// Tries for each call.
    pub tries: f64,
    /// All of its breakers are open, some are, or some are being tried.
    pub breaker: BreakerMark,
    /// Connections in use and in all, if it has a pool.
    pub pool: Option<(u64, u64)>,
    /// A fault touches it: messages are late or lost.
    pub fault: bool,
}

/// The state of the breakers of a wire, all caller replicas together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BreakerMark {
    /// There is none.
    #[default]
    None,
    /// All let calls pass.
    Closed,
    /// Some let only probes pass.
    HalfOpen,
    /// Some let no call pass.
    PartlyOpen,
    /// None lets a call pass.
    Open,
}

/// What boxes and wires show of a run at one moment. It is worked out when the moving window is, some
/// times a second, and not for every frame: figures that change faster cannot be read.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// By index of node.
    pub boxes: Vec<BoxFigures>,
    /// By index of wire.
    pub wires: Vec<WireFigures>,
    /// The window and the faults that they were worked out from.
    from: Option<(Arc<Stretch>, Arc<Timeline>)>,
}

impl Shown {
    /// Works the figures out again if a picture of the run has others.
    pub fn refresh(&mut self, snapshot: &Snapshot) {
        let same = self.from.as_ref().is_some_and(|(window, timeline)| {
            Arc::ptr_eq(window, &snapshot.window) && Arc::ptr_eq(timeline, &snapshot.timeline)
        });
        if same && snapshot.play == Play::Playing {
            return;
        }
        self.boxes = boxes(snapshot);
        self.wires = wires(snapshot);
        self.from = Some((Arc::clone(&snapshot.window), Arc::clone(&snapshot.timeline)));
    }
}

/// Values of a small course.
const SPARK: usize = 8;

/// What the box of each node shows, by index of node.
pub fn boxes(snapshot: &Snapshot) -> Vec<BoxFigures> {
    (0..snapshot.meta().nodes.len())
        .map(|i| box_of(snapshot, i))
        .collect()
}

fn box_of(snapshot: &Snapshot, i: usize) -> BoxFigures {
    let Some(node) = figures::node(snapshot, i) else {
        return BoxFigures::default();
    };
    let points = snapshot.course.points();
    let known = points.partition_point(|point| point.to_ns <= snapshot.now_ns());
    let recent = &points[known.saturating_sub(SPARK)..known];
    let asked = node.arrivals_per_s.max(f64::MIN_POSITIVE);
    let mut figures = BoxFigures {
        utilization: node.utilization,
        waiting: node.waiting,
        failing: ((node.rejected_per_s + node.errors_per_s) / asked).min(1.0),
        down: node.replicas[0] > 0 && node.replicas[1] == node.replicas[0],
        faults: faults(snapshot, &node),
        ..BoxFigures::default()
    };
    if node.kind == "client" {
        let seen = clients(snapshot, Which::Client(i));
        figures.figure = rate(seen.offered_per_s);
        figures.more = seen.p99_s.map(|p99| format!("p99 {}", time(p99)));
        figures.failing = seen.failed_per_s / seen.offered_per_s.max(f64::MIN_POSITIVE);
        figures.failing = figures.failing.min(1.0);
        let own = |point: &super::course::Point| {
            let of = point.endpoints.iter().zip(&snapshot.meta().endpoints);
            let mine = of.filter(|(_, endpoint)| endpoint.client as usize == i);
            let offered: u32 = mine.map(|(seen, _)| seen.offered).sum();
            f64::from(offered) / point.seconds().max(1e-9)
        };
        figures.spark = recent.iter().map(own).collect();
        figures.alarm = figures.failing > 0.02;
        return figures;
    }
    figures.spark = recent
        .iter()
        .filter_map(|point| point.nodes.get(i))
        .map(|node| f64::from(node.waiting))
        .collect();
    figures.figure = match (node.hits, node.oldest_s) {
        (Some(hits), _) => format!("hit {}", share(hits)),
        (_, Some(oldest)) if node.waiting > 0 => {
            format!("{} waiting, {}", count(node.waiting), time(oldest))
        }
        _ if node.waiting > 0 || node.utilization.is_some() => {
            format!("{} waiting", count(node.waiting))
        }
        _ => rate(node.served_per_s),
    };
    figures.more = match node.pool {
        Some((busy, size)) => Some(format!("pool {} of {}", count(busy), count(size))),
        None if node.waiting > 0 && node.hits.is_some() => {
            Some(format!("{} waiting", count(node.waiting)))
        }
        None => Some(rate(node.served_per_s)),
    };
    let full = node.utilization.is_some_and(|busy| busy >= SATURATED);
    figures.alarm = node.waiting > 0 && full || figures.failing > 0.02 || node.replicas[1] > 0;
    figures
}

/// What the box of a folded group shows: as busy as its busiest node, all that waits in it together, and
/// every fault. Nothing without members.
pub fn together(members: &[&BoxFigures]) -> Option<BoxFigures> {
    let busy = members.iter().filter_map(|one| one.utilization);
    let waiting: u64 = members.iter().map(|one| one.waiting).sum();
    let mut faults: Vec<String> = members.iter().flat_map(|one| one.faults.clone()).collect();
    faults.dedup();
    let down = members.iter().filter(|one| one.down).count();
    (!members.is_empty()).then(|| BoxFigures {
        utilization: busy.max_by(f64::total_cmp),
        waiting,
        figure: format!("{} waiting", count(waiting)),
        more: (down > 0).then(|| format!("{down} of {} down", members.len())),
        spark: Vec::new(),
        alarm: members.iter().any(|one| one.alarm),
        failing: members.iter().map(|one| one.failing).fold(0.0, f64::max),
        down: down == members.len(),
        faults,
    })
}

/// Faults on a node, without its name.
fn faults(snapshot: &Snapshot, node: &figures::NodeFigures) -> Vec<String> {
    let active = |fault: &&crate::sim::live::ActiveFault| node.faults.contains(&fault.name);
    let active = snapshot.levels.faults.iter().filter(active);
    active
        .map(|fault| {
            let entry = snapshot.timeline.faults().get(fault.plan as usize);
            let words =
                entry.map_or_else(|| fault.name.clone(), |fault| words::fault(&fault.entry));
            let words = words.replace(&node.name, "");
            words.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// What each wire shows, by index of wire.
pub fn wires(snapshot: &Snapshot) -> Vec<WireFigures> {
    let seconds = snapshot.window.seconds();
    let levels = &snapshot.levels.wires;
    let wire = |(i, level): (usize, &crate::sim::live::WireLevel)| {
        let mut figures = WireFigures {
            pool: (level.pool_size > 0).then_some((level.pool_busy, level.pool_size)),
            fault: level.faults > 0,
            tries: 1.0,
            breaker: match level.breakers {
                None => BreakerMark::None,
                Some(of) if of.open == of.total => BreakerMark::Open,
                Some(of) if of.open > 0 => BreakerMark::PartlyOpen,
                Some(of) if of.half_open > 0 => BreakerMark::HalfOpen,
                Some(_) => BreakerMark::Closed,
            },
            ..WireFigures::default()
        };
        if let Some(seen) = snapshot.window.wires.get(i)
            && seconds > 0.0
        {
            let failed: u64 = seen.failed.iter().sum();
            figures.per_s = seen.attempts as f64 / seconds;
            // Attempts that a breaker or a limit refused never began.
            let began = seen.attempts.max(failed).max(1);
            figures.failing = failed as f64 / began as f64;
            figures.tries = seen.attempts as f64 / seen.calls.max(1) as f64;
        }
        figures
    };
    levels.iter().enumerate().map(wire).collect()
}

/// Cells of a path of so many cells that show a dot, `played_s` seconds of real time after the run
/// went on. The more there is on the wire, the closer the dots; their speed says nothing.
pub fn dots(length: u16, per_s: f64, played_s: f64) -> Vec<u16> {
    if !(per_s > 0.0) || length == 0 || !played_s.is_finite() {
        return Vec::new();
    }
    let distance = (11.0 - 2.5 * per_s.log10()).clamp(2.0, 16.0).round();
    let first = (played_s.max(0.0) * CELLS_PER_S).floor() % distance;
    let mut cells = Vec::new();
    let mut at = first;
    while at < f64::from(length) {
        cells.push(at as u16);
        at += distance;
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_group_is_as_busy_as_its_busiest_node_and_all_that_waits_is_summed() {
        let one = |utilization, waiting, down| BoxFigures {
            utilization,
            waiting,
            down,
            ..BoxFigures::default()
        };
        let members = [
            one(Some(0.2), 3, true),
            one(Some(0.9), 4, false),
            one(None, 5, false),
        ];
        let all = together(&members.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(all.figure, "12 waiting");
        assert_eq!(all.more.as_deref(), Some("1 of 3 down"));
        assert_eq!(all.utilization.map(heat), Some(heat(0.9)));
        assert!(!all.down);
        assert!(together(&[]).is_none());
    }

    fn heat(share: f64) -> u8 {
        crate::tui::theme::heat_step(share)
    }

    #[test]
    fn dots_stay_on_their_path_and_move() {
        for per_s in [0.0, 1e-9, 0.5, 30.0, 4e3, 1e12, f64::INFINITY, f64::NAN] {
            for tenth in 0..50 {
                let cells = dots(23, per_s, f64::from(tenth) / 10.0);
                assert!(cells.iter().all(|&cell| cell < 23), "{per_s}");
                assert!(cells.windows(2).all(|pair| pair[1] > pair[0] + 1));
            }
        }
        assert!(dots(23, 0.0, 1.0).is_empty() && dots(0, 5.0, 1.0).is_empty());
        assert!(dots(40, 5_000.0, 0.0).len() > dots(40, 5.0, 0.0).len());
        assert_ne!(dots(40, 5.0, 0.0), dots(40, 5.0, 0.2));
    }
}
