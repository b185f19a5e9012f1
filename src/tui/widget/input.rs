//! A line of text with a cursor.

use crossterm::event::{KeyCode, KeyModifiers};

use crate::tui::keymap::Chord;

/// Most bytes of a line. What is pasted beyond is left out.
pub const BYTES_MAX: usize = 4096;

/// A line of text that is being typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// The byte before which the cursor stands; always between two characters.
    cursor: usize,
}

impl Input {
    /// A line that holds a text, with the cursor behind it.
    pub fn new(text: impl Into<String>) -> Input {
        let text: String = text.into();
        Input {
            cursor: text.len(),
            text,
        }
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or("")
    }

    /// Puts another text in the place of the whole.
    pub fn set(&mut self, text: impl Into<String>) {
        *self = Input::new(text);
    }

    /// Types a text. Breaks of lines and other control characters become blanks.
    pub fn insert(&mut self, text: &str) {
        let mut room = BYTES_MAX.saturating_sub(self.text.len());
        let mut clean = String::new();
        for letter in text.chars() {
            let letter = if letter.is_control() { ' ' } else { letter };
            if letter.len_utf8() > room {
                break;
            }
            room -= letter.len_utf8();
            clean.push(letter);
        }
        self.text.insert_str(self.cursor, &clean);
        self.cursor += clean.len();
    }

    /// Does what a key means in a line of text; `false` if it means nothing there.
    pub fn key(&mut self, chord: Chord) -> bool {
        if let Some(letter) = chord.typed() {
            self.insert(letter.encode_utf8(&mut [0; 4]));
            return true;
        }
        let ctrl = chord.modifiers.contains(KeyModifiers::CONTROL);
        match (chord.code, ctrl) {
            (KeyCode::Backspace, false) => self.cut(self.left()..self.cursor),
            (KeyCode::Delete, _) | (KeyCode::Char('d'), true) => {
                self.cut(self.cursor..self.right());
            }
            (KeyCode::Char('w') | KeyCode::Backspace, true) => {
                self.cut(self.word_left()..self.cursor);
            }
            (KeyCode::Char('u'), true) => self.cut(0..self.cursor),
            (KeyCode::Char('k'), true) => self.cut(self.cursor..self.text.len()),
            (KeyCode::Left, true) => self.cursor = self.word_left(),
            (KeyCode::Right, true) => self.cursor = self.word_right(),
            (KeyCode::Left, false) | (KeyCode::Char('b'), true) => self.cursor = self.left(),
            (KeyCode::Right, false) | (KeyCode::Char('f'), true) => self.cursor = self.right(),
            (KeyCode::Home, _) | (KeyCode::Char('a'), true) => self.cursor = 0,
            (KeyCode::End, _) | (KeyCode::Char('e'), true) => self.cursor = self.text.len(),
            _ => return false,
        }
        true
    }

    fn cut(&mut self, range: std::ops::Range<usize>) {
        self.cursor = range.start;
        self.text.replace_range(range, "");
    }

    fn left(&self) -> usize {
        let last = self.before().chars().next_back();
        self.cursor - last.map_or(0, char::len_utf8)
    }

    fn right(&self) -> usize {
        let next = self.text[self.cursor..].chars().next();
        self.cursor + next.map_or(0, char::len_utf8)
    }

    fn word_left(&self) -> usize {
        let before = self.before();
        let trimmed = before.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        trimmed.trim_end_matches(char::is_alphanumeric).len()
    }

    fn word_right(&self) -> usize {
        let after = &self.text[self.cursor..];
        let trimmed = after.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        self.text.len() - trimmed.trim_start_matches(char::is_alphanumeric).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::sequence;

    fn press(input: &mut Input, keys: &str) {
        for chord in sequence(keys) {
            assert!(input.key(chord), "{chord}");
        }
    }

    #[test]
    fn keys_change_the_text_where_the_cursor_is() {
        let mut input = Input::new("order d£");
        press(&mut input, "left backspace b ctrl-left X ctrl-e !");
        assert_eq!(input.text(), "order Xb£!");
        press(&mut input, "ctrl-w ctrl-w");
        assert_eq!(input.text(), "");
        press(&mut input, "backspace left delete right");
        assert_eq!(input, Input::default());
        assert!(!input.key(Chord::plain(KeyCode::Up)));
    }

    #[test]
    fn what_is_pasted_is_cut_and_kept_on_the_line() {
        let mut input = Input::new("a");
        input.insert(&"x\ny".repeat(2_000_000));
        assert!(input.text().len() <= BYTES_MAX);
        assert!(input.text().starts_with("ax y"));
    }
}
