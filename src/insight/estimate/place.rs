//! Nodes as an estimate sees them: their stations; and the mean rates of flows.

use super::EstimateError;
use super::mix::Mix;
use super::plan::{Place, STATIONS, Spread, Station, time};
use crate::design::Node;
use crate::design::model::{Admission, Arrivals, Curve, Discipline, Flow, Kind, Per, WhenFull};
use crate::sim::distribution;

/// The stations of a node.
pub(super) fn place(node: &Node) -> Result<Place, EstimateError> {
    let unlimited = |limit: Option<u32>| limit.map_or(f64::INFINITY, f64::from);
    let mut place = Place {
        replicas: f64::from(node.common.replicas.max(1)),
        servers: [f64::INFINITY; STATIONS],
        places: f64::INFINITY,
        shares: false,
        limit_per_s: f64::INFINITY,
        disk: [Mix::zero(); 2],
        group_commit: false,
        spread: Spread::Turn,
    };
    let Some(serving) = node.serving() else {
        return Ok(place);
    };
    place.servers[Station::Workers as usize] = unlimited(serving.workers.get());
    place.servers[Station::Cores as usize] = unlimited(serving.cores);
    place.places = match serving.admission {
        Admission::Block => f64::INFINITY,
        Admission::Concurrency { limit } => {
            let workers = unlimited(serving.workers.get());
            (f64::from(limit) - workers).clamp(0.0, unlimited(serving.queue.get()))
        }
        Admission::Shed { full, .. } => f64::from(full).min(unlimited(serving.queue.get())),
        _ => unlimited(serving.queue.get()),
    };
    place.shares = matches!(
        serving.discipline,
        Discipline::ProcessorSharing | Discipline::PreemptivePriority
    );
    let global = serving
        .limits
        .iter()
        .filter(|limit| limit.per == Per::Global);
    place.limit_per_s = global
        .map(|limit| limit.rate.0)
        .fold(f64::INFINITY, f64::min);
    if let Kind::Database(db) = &node.kind {
        place.servers = [
            f64::from(db.connections),
            unlimited(serving.cores),
            f64::from(db.disk.channels),
            1.0,
        ];
        if db.when_full == WhenFull::Refuse {
            place.places = 0.0;
        }
        place.disk = [time(&db.disk.read)?, time(&db.disk.flush)?];
        place.group_commit = db.group_commit;
    }
    Ok(place)
}

/// Mean rate of a flow over a run.
pub fn mean_rate(flow: &Flow, duration_s: f64) -> f64 {
    let seconds = |time: crate::units::Nanos| (time.0 as f64 / 1e9).min(duration_s);
    if let Some(people) = &flow.people {
        return people.daily_users * people.requests_each / 86_400.0 * people.peak_factor;
    }
    match &flow.rate {
        None => 0.0,
        Some(Curve::Constant { rate }) => rate.0,
        Some(Curve::Ramp { from, to, over, at }) => {
            let (at, over_s) = (seconds(*at), over.0 as f64 / 1e9);
            let ramp = over_s.min(duration_s - at);
            let reached = if over_s > 0.0 {
                from.0 + (to.0 - from.0) * ramp / over_s
            } else {
                to.0
            };
            let rest = duration_s - at - ramp;
            (from.0 * at + f64::midpoint(from.0, reached) * ramp + to.0 * rest) / duration_s
        }
        Some(Curve::Step { from, to, at }) => {
            let at = seconds(*at);
            (from.0 * at + to.0 * (duration_s - at)) / duration_s
        }
        Some(Curve::Spike {
            base,
            peak,
            at,
            lasts,
        }) => {
            let at = seconds(*at);
            let lasts = seconds(*lasts).min(duration_s - at);
            (base.0 * (duration_s - lasts) + peak.0 * lasts) / duration_s
        }
        Some(Curve::Daily { low, high, .. }) => f64::midpoint(low.0, high.0),
        Some(Curve::Piecewise { points }) => {
            let mut area = 0.0;
            let mut last = (0.0, points.first().map_or(0.0, |point| point.1.0));
            for (time, rate) in points {
                let time_s = seconds(*time);
                area += (time_s - last.0) * f64::midpoint(last.1, rate.0);
                last = (time_s, rate.0);
            }
            (area + (duration_s - last.0) * last.1) / duration_s
        }
    }
}

/// Squared coefficient of variation of the gaps of a flow; of batches, their index of dispersion.
/// Bursts are taken as Poisson: their effect depends on how long they last.
pub(super) fn gaps(flow: &Flow) -> Result<f64, EstimateError> {
    Ok(match &flow.arrivals {
        Arrivals::Poisson | Arrivals::Bursts { .. } => 1.0,
        Arrivals::Even => 0.0,
        Arrivals::Renewal { gaps } => distribution(gaps)?.cv2().min(100.0),
        Arrivals::Batches { size } => {
            let size = distribution(&size.0)?;
            size.mean().max(1.0) * (1.0 + size.cv2().min(100.0))
        }
    })
}
