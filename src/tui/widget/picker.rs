//! A list that is searched by typing: the palette, the kinds of node, menus, files. What choosing
//! means is data, so that the list itself knows nothing of it.

use super::fuzzy::{Match, rank};
use super::input::Input;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<T> {
    /// What is searched and shown first.
    pub label: String,
    /// What explains it, of less weight.
    pub detail: String,
    /// What stands at the right: a key, a source.
    pub aside: String,
    /// What it stands for.
    pub value: T,
}

/// A list with what was typed and which entry is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker<T> {
    /// What the list is for.
    pub title: String,
    /// A sentence under the list about all of it; empty if there is nothing to say.
    pub note: String,
    /// What was typed.
    pub input: Input,
    /// All entries.
    pub items: Vec<Item<T>>,
    /// The entries that match, the best first.
    pub matches: Vec<Match>,
    /// The chosen one among the matches.
    pub chosen: usize,
}

impl<T: Clone> Picker<T> {
    /// A list of entries.
    pub fn new(title: impl Into<String>, items: Vec<Item<T>>) -> Picker<T> {
        let mut picker = Picker {
            title: title.into(),
            note: String::new(),
            input: Input::default(),
            items,
            matches: Vec::new(),
            chosen: 0,
        };
        picker.search();
        picker
    }

    /// Finds the matches of what is typed.
    pub fn search(&mut self) {
        let names: Vec<String> = self
            .items
            .iter()
            .map(|item| format!("{} {}", item.label, item.detail))
            .collect();
        let text = self.input.text();
        let labels = self.items.iter().map(|item| item.label.as_str());
        // A name that matches by itself goes before one whose explanation does.
        let mut matches = rank(text, labels);
        for found in rank(text, names.iter().map(String::as_str)) {
            if !matches.iter().any(|known| known.index == found.index) {
                matches.push(Match {
                    letters: Vec::new(),
                    ..found
                });
            }
        }
        self.matches = matches;
        self.chosen = 0;
    }

    /// Moves the choice by so many entries, and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.matches.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// The chosen entry.
    pub fn current(&self) -> Option<&Item<T>> {
        let found = self.matches.get(self.chosen)?;
        self.items.get(found.index)
    }
}
