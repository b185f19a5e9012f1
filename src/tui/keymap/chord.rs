//! One key as it is pressed, with its modifiers, and how it is written: `ctrl-p`, `U`, `enter`.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers. Shift is part of the letter where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd)]
pub struct Chord {
    /// The key.
    pub code: KeyCode,
    /// Control, alt, and shift for keys that are not letters.
    pub modifiers: KeyModifiers,
}

/// Keys that have names.
const NAMED: [(&str, KeyCode); 17] = [
    ("enter", KeyCode::Enter),
    ("esc", KeyCode::Esc),
    ("tab", KeyCode::Tab),
    ("backtab", KeyCode::BackTab),
    ("backspace", KeyCode::Backspace),
    ("delete", KeyCode::Delete),
    ("insert", KeyCode::Insert),
    ("left", KeyCode::Left),
    ("right", KeyCode::Right),
    ("up", KeyCode::Up),
    ("down", KeyCode::Down),
    ("home", KeyCode::Home),
    ("end", KeyCode::End),
    ("pageup", KeyCode::PageUp),
    ("pagedown", KeyCode::PageDown),
    ("space", KeyCode::Char(' ')),
    ("minus", KeyCode::Char('-')),
];

impl Chord {
    /// A key without modifiers.
    pub fn plain(code: KeyCode) -> Chord {
        Chord {
            code,
            modifiers: KeyModifiers::NONE,
        }
    }

    /// The key of an event of the terminal.
    pub fn of_event(event: KeyEvent) -> Chord {
        let mut modifiers =
            event.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT);
        if matches!(event.code, KeyCode::Char(_) | KeyCode::BackTab) {
            modifiers -= KeyModifiers::SHIFT;
        }
        Chord {
            code: event.code,
            modifiers,
        }
    }

    /// Reads a key as it is written.
    pub fn parse(text: &str) -> Option<Chord> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            let (modifier, after) = match rest.split_once('-') {
                Some(("ctrl", after)) if !after.is_empty() => (KeyModifiers::CONTROL, after),
                Some(("alt", after)) if !after.is_empty() => (KeyModifiers::ALT, after),
                Some(("shift", after)) if !after.is_empty() => (KeyModifiers::SHIFT, after),
                _ => break,
            };
            modifiers |= modifier;
            rest = after;
        }
        let named = NAMED.iter().find(|(name, _)| *name == rest);
        let mut letters = rest.chars();
        let code = match (named, letters.next(), letters.next()) {
            (Some((_, code)), ..) => *code,
            (None, Some(letter), None) => KeyCode::Char(letter),
            _ => return None,
        };
        Some(Chord { code, modifiers })
    }

    /// The letter that it types, if it types one.
    pub fn typed(self) -> Option<char> {
        match self.code {
            KeyCode::Char(letter)
                if !self
                    .modifiers
                    .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) =>
            {
                Some(letter)
            }
            _ => None,
        }
    }
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if self.modifiers.contains(modifier) {
                f.write_str(name)?;
            }
        }
        let named = NAMED.iter().find(|(_, code)| *code == self.code);
        match (named, self.code) {
            (Some((name, _)), _) if *name != "minus" => f.write_str(name),
            (_, KeyCode::Char(letter)) => write!(f, "{letter}"),
            (_, KeyCode::F(number)) => write!(f, "f{number}"),
            (_, other) => write!(f, "{other:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_written_alike() {
        for text in [
            "a",
            "U",
            "ctrl-p",
            "enter",
            "shift-left",
            "alt-x",
            "space",
            "?",
            "/",
            "=",
        ] {
            assert_eq!(Chord::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(
            Chord::parse("minus"),
            Some(Chord::plain(KeyCode::Char('-')))
        );
        assert_eq!(Chord::parse("-"), Some(Chord::plain(KeyCode::Char('-'))));
        assert_eq!(Chord::parse("banana"), None);
    }

    #[test]
    fn shift_is_part_of_a_letter() {
        let event = KeyEvent::new(KeyCode::Char('U'), KeyModifiers::SHIFT);
        assert_eq!(Chord::of_event(event), Chord::parse("U").unwrap());
        assert_eq!(Chord::of_event(event).typed(), Some('U'));
        assert_eq!(Chord::parse("ctrl-p").unwrap().typed(), None);
    }
}
