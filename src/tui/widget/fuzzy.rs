//! Finding names by a few of their letters.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// A name that matches: its position among all, and which of its letters matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The position of the name.
    pub index: usize,
    /// The positions of the letters that matched, ascending.
    pub letters: Vec<u32>,
}

/// The names that a pattern matches, the best first, equals in their order. All, in their order,
/// for an empty pattern.
pub fn rank<'a>(pattern: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<Match> {
    let all = names.into_iter().enumerate();
    if pattern.trim().is_empty() {
        return all
            .map(|(index, _)| Match {
                index,
                letters: Vec::new(),
            })
            .collect();
    }
    let pattern = Pattern::parse(pattern, CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut found = Vec::new();
    for (index, name) in all {
        let mut letters = Vec::new();
        let name = Utf32Str::new(name, &mut buffer);
        if let Some(score) = pattern.indices(name, &mut matcher, &mut letters) {
            letters.sort_unstable();
            letters.dedup();
            found.push((score, Match { index, letters }));
        }
    }
    found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), found.index));
    found.into_iter().map(|(_, found)| found).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first_and_nothing_is_lost_without_a_pattern() {
        let names = ["Database", "Balancer", "Cache", "postgres-16/4vcpu"];
        let order = |pattern: &str| -> Vec<usize> {
            rank(pattern, names)
                .iter()
                .map(|found| found.index)
                .collect()
        };
        assert_eq!(order(""), [0, 1, 2, 3]);
        assert_eq!(order("bal"), [1]);
        assert_eq!(order("pg16"), [3]);
        assert_eq!(order("zzz"), [0; 0]);
        assert_eq!(rank("dat", names)[0].letters, [0, 1, 2]);
    }
}
