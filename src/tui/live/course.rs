//! The course of a run's figures over simulated time, with a bounded number of points: when there
//! are too many, neighbours become one.

use std::sync::Arc;

use crate::sim::live::{Levels, Stretch};
use crate::study::run::Sparse;

/// Most points.
const POINTS_MAX: usize = 512;

/// What clients saw of one endpoint between two points.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EndpointPoint {
    /// Began.
    pub offered: u32,
    /// Completed.
    pub completed: u32,
    /// Failed.
    pub failed: u32,
    /// Latencies of what completed, in ns; shared, since courses are copied often.
    pub latency: Arc<Sparse>,
}

impl EndpointPoint {
    /// A quantile of the latency of what completed, in seconds; no number if nothing did.
    pub fn quantile_s(&self, p: f64) -> f64 {
        self.latency.quantile(p).map_or(f64::NAN, |ns| ns / 1e9)
    }

    fn join(&mut self, next: &Self) {
        self.offered += next.offered;
        self.completed += next.completed;
        self.failed += next.failed;
        if !next.latency.is_empty() {
            Arc::make_mut(&mut self.latency).merge(&next.latency);
        }
    }
}

/// What happened at one node between two points.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NodePoint {
    /// Busy worker-time over available worker-time.
    pub utilization: f32,
    /// Mean number waiting: at its stations, for connections to it, messages.
    pub waiting: f32,
}

/// One point: what happened until it since the one before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Point {
    /// Start, in ns.
    pub from_ns: u64,
    /// End, in ns.
    pub to_ns: u64,
    /// By endpoint.
    pub endpoints: Vec<EndpointPoint>,
    /// By node.
    pub nodes: Vec<NodePoint>,
}

impl Point {
    /// The point of a stretch.
    pub fn of(stretch: &Stretch, levels: &Levels, meta: &crate::sim::measure::Meta) -> Self {
        let endpoint = |window: &crate::sim::measure::EndpointWindow| EndpointPoint {
            offered: window.offered as u32,
            completed: window.latency.len() as u32,
            failed: window.failed.iter().sum::<u64>() as u32,
            latency: Arc::new(window.latency.clone()),
        };
        let node = |i: usize| NodePoint {
            utilization: super::figures::utilization(stretch, meta, i) as f32,
            waiting: super::figures::waiting_mean(stretch, levels, meta, i) as f32,
        };
        Self {
            from_ns: stretch.from_ns,
            to_ns: stretch.to_ns,
            endpoints: stretch.endpoints.iter().map(endpoint).collect(),
            nodes: (0..meta.nodes.len()).map(node).collect(),
        }
    }

    /// Its length in seconds.
    pub fn seconds(&self) -> f64 {
        self.to_ns.saturating_sub(self.from_ns) as f64 / 1e9
    }

    fn join(&mut self, next: &Point) {
        let (own, other) = (self.seconds(), next.seconds());
        let share = (other / (own + other).max(1e-12)) as f32;
        for (a, b) in self.endpoints.iter_mut().zip(&next.endpoints) {
            a.join(b);
        }
        for (a, b) in self.nodes.iter_mut().zip(&next.nodes) {
            a.utilization += (b.utilization - a.utilization) * share;
            a.waiting += (b.waiting - a.waiting) * share;
        }
        self.to_ns = next.to_ns;
    }
}

/// What clients saw in a step of a course.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// Start and end in seconds.
    pub time_s: (f64, f64),
    /// By endpoint.
    pub endpoints: Vec<EndpointPoint>,
}

/// A course with at most 512 points of equal length, the last one still growing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    points: Vec<Point>,
    /// Samples in a full point: a power of two.
    samples: u32,
    /// Samples in the last point.
    last: u32,
}

impl Course {
    /// The points, in order of time.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// What clients saw in at most so many steps of equal length until a moment (the last may be
    /// shorter): start and end in seconds, and figures by endpoint.
    pub fn clients(&self, until_ns: u64, most: usize) -> Vec<Step> {
        let known = self.points.partition_point(|point| point.to_ns <= until_ns);
        let each = self.points.len().div_ceil(most.max(1)).max(1);
        let step = |points: &[Point]| {
            let (first, rest) = points.split_first()?;
            let mut endpoints = first.endpoints.clone();
            for point in rest {
                for (a, b) in endpoints.iter_mut().zip(&point.endpoints) {
                    a.join(b);
                }
            }
            let to_ns = rest.last().map_or(first.to_ns, |last| last.to_ns);
            Some(Step {
                time_s: (first.from_ns as f64 / 1e9, to_ns as f64 / 1e9),
                endpoints,
            })
        };
        self.points[..known].chunks(each).filter_map(step).collect()
    }

    /// The moment up to which it is known, in ns.
    pub fn end_ns(&self) -> u64 {
        self.points.last().map_or(0, |point| point.to_ns)
    }

    /// Adds the next sample; one from before its end is known already and left out.
    pub fn push(&mut self, sample: Point) {
        if sample.from_ns < self.end_ns() {
            return;
        }
        self.samples = self.samples.max(1);
        if self.last < self.samples
            && let Some(point) = self.points.last_mut()
        {
            point.join(&sample);
            self.last += 1;
            return;
        }
        if self.points.len() >= POINTS_MAX {
            self.halve();
        }
        self.points.push(sample);
        self.last = 1;
    }

    fn halve(&mut self) {
        let mut joined: Vec<Point> = Vec::with_capacity(POINTS_MAX);
        for (i, point) in std::mem::take(&mut self.points).into_iter().enumerate() {
            match joined.last_mut() {
                Some(last) if i % 2 == 1 => last.join(&point),
                _ => joined.push(point),
            }
        }
        self.points = joined;
        self.samples *= 2;
    }

    /// Forgets what came after a moment.
    pub fn truncate(&mut self, now_ns: u64) {
        let kept = self.points.partition_point(|point| point.to_ns <= now_ns);
        if kept < self.points.len() {
            self.points.truncate(kept);
            // A point that was cut is lost whole; the next sample begins a new one.
            self.last = self.samples;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(i: u64) -> Point {
        Point {
            from_ns: i * 100,
            to_ns: (i + 1) * 100,
            endpoints: vec![EndpointPoint {
                offered: 2,
                completed: 1,
                failed: 1,
                latency: Arc::new(Sparse::of_values(7, &[i])),
            }],
            nodes: vec![NodePoint {
                utilization: 0.25,
                waiting: 4.0,
            }],
        }
    }

    #[test]
    fn nothing_is_lost_when_points_are_joined() {
        let mut course = Course::default();
        for i in 0..10_000 {
            course.push(sample(i));
            assert!(course.points().len() <= POINTS_MAX);
        }
        let offered: u32 = course
            .points()
            .iter()
            .map(|point| point.endpoints[0].offered)
            .sum();
        assert_eq!((offered, course.end_ns()), (20_000, 1_000_000));
        let gaps = course
            .points()
            .windows(2)
            .filter(|pair| pair[0].to_ns != pair[1].from_ns);
        assert_eq!(gaps.count(), 0);
        let steps = course.clients(500_000, 40);
        assert!(steps.len() <= 40 && steps.len() >= 10);
        let values: u64 = steps
            .iter()
            .map(|step| step.endpoints[0].latency.len())
            .sum();
        assert!((4_900..=5_000).contains(&values), "{values}");
        let even = course.points().iter().all(|point| {
            (point.nodes[0].utilization - 0.25).abs() < 1e-6
                && (point.nodes[0].waiting - 4.0).abs() < 1e-5
        });
        assert!(even);
    }

    #[test]
    fn what_is_known_is_not_counted_twice() {
        let mut course = Course::default();
        for i in 0..600 {
            course.push(sample(i));
        }
        let whole = course.clone();
        for i in 300..600 {
            course.push(sample(i));
        }
        assert_eq!(course, whole);
        course.truncate(30_050);
        assert!(course.end_ns() <= 30_050);
        course.push(sample(1_000));
        assert_eq!(course.end_ns(), 100_100);
    }
}
