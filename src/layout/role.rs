//! What a cell of a drawing is and to whom it belongs. The terminal turns roles into colours, an
//! export turns them into classes; nothing here knows either.

use unicode_width::UnicodeWidthChar;

/// What a cell shows. A theme gives each role a style; colour is never the only sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// Nothing: the empty canvas.
    #[default]
    Empty,
    /// The border of a box.
    Border,
    /// The border of a box in one of eight steps of heat, 0 (cool) to 7 (at its limit).
    Heat(u8),
    /// The name of a node.
    Title,
    /// The number of replicas, a small word after a name.
    Count,
    /// A line about a node.
    Detail,
    /// The filled part of a bar.
    Bar,
    /// The figure at the end of a bar.
    Figure,
    /// Something to look at: a queue that grows, a limit that is reached.
    Warning,
    /// What does not work: a crashed node, a wire that nothing passes.
    Failed,
    /// A fault mark on a box.
    Mark,
    /// What is selected.
    Selected,
    /// What is not selected while something else is.
    Dimmed,
    /// A wire along which calls wait for their answer.
    Wire,
    /// A wire along which messages pass and nobody waits.
    WireAsync,
    /// A short text at a wire.
    WireLabel,
    /// Traffic that moves along a wire.
    Traffic,
    /// The frame of a group.
    Group,
    /// The name of a group.
    GroupTitle,
    /// Free text on the canvas.
    Note,
    /// A box while it is dragged.
    Ghost,
    /// A line that shows what a dragged box is aligned with.
    Guide,
    /// A key that jumps to a box.
    Jump,
}

/// The step of [`Role::Heat`] for a load: 0 when idle, 7 from 95% on. The middle steps are narrower
/// where it begins to matter. What is no number is hottest.
pub fn heat_step(load: f64) -> u8 {
    const FROM: [f64; 7] = [0.1, 0.3, 0.5, 0.65, 0.75, 0.85, 0.95];
    if load.is_nan() {
        return 7;
    }
    FROM.iter().filter(|from| load >= **from).count() as u8
}

/// To whom a cell belongs: what a click on it means. Indices are those of the scene's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Owner {
    /// Nobody.
    #[default]
    Nothing,
    /// The node of this index among `Scene::nodes`.
    Node(usize),
    /// The wire of this index among `Scene::wires`; of several that share the cell, the first.
    Wire(usize),
    /// The frame or the folded box of the group of this index among `Scene::groups`.
    Group(usize),
    /// The note of this index among `Scene::notes`.
    Note(usize),
}

/// A piece of text in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The text, on one line.
    pub text: String,
    /// What it is.
    pub role: Role,
}

impl Run {
    /// A piece of text.
    pub fn new(text: impl Into<String>, role: Role) -> Run {
        Run {
            text: text.into(),
            role,
        }
    }
}

/// The columns that a character takes; control characters take none.
pub fn char_width(letter: char) -> i32 {
    letter.width().map_or(0, |width| width as i32)
}

/// The columns that a text takes.
pub fn width(text: &str) -> i32 {
    text.chars().map(char_width).fold(0, i32::saturating_add)
}

/// The text, shortened to so many columns with `…` at its end if it is longer.
pub fn shortened(text: &str, columns: i32) -> String {
    if width(text) <= columns {
        return text
            .chars()
            .filter(|letter| char_width(*letter) > 0)
            .collect();
    }
    let mut kept = String::new();
    let mut used = 1;
    for letter in text.chars() {
        let wide = char_width(letter);
        if wide == 0 {
            continue;
        }
        if used + wide > columns {
            break;
        }
        used += wide;
        kept.push(letter);
    }
    if columns > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_and_shortened_by_columns() {
        assert_eq!(width("api"), 3);
        assert_eq!(width("注文"), 4);
        assert_eq!(shortened("orders-db", 20), "orders-db");
        assert_eq!(shortened("orders-db", 5), "orde…");
        assert_eq!(shortened("注文注文", 4), "注…");
        assert_eq!(shortened("abc", 0), "");
        assert_eq!(shortened("a\u{7}b\nc", 9), "abc");
    }
}
