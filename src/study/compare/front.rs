//! Which sides are beaten by another: worse in something and better in nothing.
//!
//! Latency, failures, cost and harm to the data count where their paired interval says so;
//! objectives and the number of parts count as they are.

use super::figures::ranked;
use super::{Simplicity, Simulated};
use crate::insight::difference::Verdict;

/// For each side, the first that beats it.
pub(super) fn beaten(sides: &[Simulated], simple: &[Simplicity]) -> Vec<Option<usize>> {
    let count = sides.len();
    let mut scores = vec![vec![Score::default(); count]; count];
    for one in 0..count {
        for other in one + 1..count {
            let score = score(&sides[one], &sides[other], &simple[one], &simple[other]);
            scores[other][one] = score.turned();
            scores[one][other] = score;
        }
    }
    (0..count)
        .map(|side| (0..count).find(|&other| scores[other][side].wins()))
        .collect()
}

/// In how many ways one side is better than another, and worse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Score {
    better: u32,
    worse: u32,
}

impl Score {
    fn wins(self) -> bool {
        self.better > 0 && self.worse == 0
    }

    fn turned(self) -> Self {
        Self {
            better: self.worse,
            worse: self.better,
        }
    }

    fn count(&mut self, ordering: std::cmp::Ordering) {
        match ordering {
            std::cmp::Ordering::Less => self.better += 1,
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => self.worse += 1,
        }
    }
}

/// `one` against `other`; less is better throughout.
fn score(
    one: &Simulated,
    other: &Simulated,
    simple: &Simplicity,
    simple_other: &Simplicity,
) -> Score {
    let mut score = Score::default();
    for difference in ranked(one, other) {
        match difference.verdict {
            Verdict::Rises => score.better += 1,
            Verdict::Falls => score.worse += 1,
            Verdict::NotSeen | Verdict::Unknown => {}
        }
    }
    let unmet = |side: &Simulated| {
        let objectives = side.result.objectives.iter();
        objectives.filter(|objective| !objective.met).count()
    };
    score.count(unmet(one).cmp(&unmet(other)));
    score.count(simple.parts.cmp(&simple_other.parts));
    score.count(simple.stateful.cmp(&simple_other.stateful));
    score
}
