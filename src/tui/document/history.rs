//! The edits that were made, each with what takes it back. There is no limit on their number: an
//! edit keeps only the bytes that it changed.

use crate::design::edit::{Splice, redo, undo};

/// One edit: what a person would call it, and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What was done, in words: completes "Undid: …".
    pub title: String,
    /// The changes, in order.
    pub splices: Vec<Splice>,
}

/// A line of edits and a place in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    entries: Vec<Entry>,
    /// How many of the entries are done.
    done: usize,
}

impl History {
    /// Adds an edit that was just made. What had been undone is given up.
    pub fn push(&mut self, title: impl Into<String>, splices: Vec<Splice>) {
        self.entries.truncate(self.done);
        self.entries.push(Entry {
            title: title.into(),
            splices,
        });
        self.done += 1;
    }

    /// Takes the last edit back: the text before it, and the edit.
    pub fn undo(&mut self, text: &str) -> Option<(String, Entry)> {
        let entry = self.entries.get(self.done.checked_sub(1)?)?.clone();
        self.done -= 1;
        Some((undo(text, &entry.splices), entry))
    }

    /// Makes the edit again that was undone last: the text after it, and the edit.
    pub fn redo(&mut self, text: &str) -> Option<(String, Entry)> {
        let entry = self.entries.get(self.done)?.clone();
        self.done += 1;
        Some((redo(text, &entry.splices), entry))
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        self.done > 0
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        self.done < self.entries.len()
    }
}

/// The one splice that leads from a text to another: what lies between their common beginning and
/// end. `None` if they are the same.
pub fn difference(before: &str, after: &str) -> Option<Splice> {
    if before == after {
        return None;
    }
    let common = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum()
    };
    let head = common(&mut before.chars().zip(after.chars()));
    let (rest_before, rest_after) = (&before[head..], &after[head..]);
    let tail = common(&mut rest_before.chars().rev().zip(rest_after.chars().rev()));
    Some(Splice {
        at: head,
        removed: rest_before[..rest_before.len() - tail].to_owned(),
        inserted: rest_after[..rest_after.len() - tail].to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_undone_is_given_up_by_the_next_edit() {
        let mut history = History::default();
        let step = |before: &str, after: &str| vec![difference(before, after).unwrap()];
        history.push("one", step("a", "ab"));
        history.push("two", step("ab", "abc"));
        let (text, entry) = history.undo("abc").unwrap();
        assert_eq!((text.as_str(), entry.title.as_str()), ("ab", "two"));
        assert!(history.can_redo());
        history.push("three", step("ab", "xb"));
        assert!(!history.can_redo());
        assert_eq!(history.undo("xb").unwrap().0, "ab");
        assert_eq!(history.undo("ab").unwrap().0, "a");
        assert!(history.undo("a").is_none());
    }

    proptest! {
        #[test]
        fn a_difference_leads_from_one_text_to_the_other_and_back(before in "[ab£ç]{0,12}", after in "[ab£ç]{0,12}") {
            match difference(&before, &after) {
                None => prop_assert_eq!(before, after),
                Some(splice) => {
                    prop_assert_eq!(splice.apply(&before), after.clone());
                    prop_assert_eq!(splice.inverse().apply(&after), before);
                }
            }
        }
    }
}
