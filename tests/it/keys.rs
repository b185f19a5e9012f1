//! Scripts of keys: each file in `tests/keys` has a document, the keys that are pressed on it, and the
//! document that comes of it. `BUTTRESS_BLESS=1 cargo test --test it keys` writes what comes anew.
//!
//! A file has three parts, each after a line such as `--- keys`: `document` (`blank` for none), `keys`
//! (words as they are written in the list of keys, `'letters'` for what is typed, `_` in it for a
//! blank), and `expected`. What is saved under another name is expected after `--- saved NAME`.

use buttress::tui::app::App;
use buttress::tui::caps::{Caps, Depth};
use buttress::tui::effect::{Effect, Outcome};
use buttress::tui::keymap::{Chord, sequence};
use buttress::tui::update::{Event, refresh_gallery, update};
use buttress::tui::view;
use crossterm::event::KeyCode;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::path::{Path, PathBuf};

/// Columns and rows of the screen.
const SIZE: (u16, u16) = (80, 24);

/// A script: its parts by name, in their order.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let mut parts = Vec::new();
    for part in text.split("--- ").skip(1) {
        let (name, body) = part.split_once('\n').unwrap_or((part, ""));
        parts.push((name.trim(), body));
    }
    parts
}

/// The program, and what it has saved.
struct Session {
    app: App,
    saved: Vec<(PathBuf, String)>,
}

impl Session {
    fn new(document: &str) -> Session {
        let caps = Caps {
            depth: Depth::True,
            unicode: true,
        };
        let mut app = App::new(caps, SIZE);
        refresh_gallery(&mut app);
        let mut session = Session {
            app,
            saved: Vec::new(),
        };
        if document.trim() == "blank" {
            session.press("n");
        } else {
            session.take(Event::Outcome(Outcome::Opened {
                path: PathBuf::from("design.ron"),
                text: document.to_owned(),
                journal: None,
            }));
        }
        session
    }

    /// Takes an event in, does what it wants done, and draws.
    fn take(&mut self, event: Event) {
        for effect in update(&mut self.app, event) {
            if let Effect::Save { path, text, .. } = effect {
                self.saved.push((path.clone(), text.clone()));
                self.take(Event::Outcome(Outcome::Saved { path, text }));
            }
        }
        let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
        self.app.hits = view::draw(&self.app, &mut buffer).hits;
    }

    fn press(&mut self, keys: &str) {
        for word in keys.split_whitespace() {
            let letters = word
                .strip_prefix('\'')
                .and_then(|word| word.strip_suffix('\''));
            let chords: Vec<Chord> = match letters {
                Some(letters) => letters
                    .chars()
                    .map(|letter| if letter == '_' { ' ' } else { letter })
                    .map(|letter| Chord::plain(KeyCode::Char(letter)))
                    .collect(),
                None => sequence(word),
            };
            assert!(!chords.is_empty(), "{word} is a key");
            for chord in chords {
                self.take(Event::Key(chord));
            }
        }
    }
}

/// What comes of a script, in the form of its last parts.
fn played(document: &str, keys: &str) -> String {
    let mut session = Session::new(document);
    for line in keys.lines() {
        let keys = line.split(" # ").next().unwrap_or(line);
        session.press(keys);
    }
    let mut text = format!("--- expected\n{}", session.app.document.text());
    for (path, saved) in &session.saved {
        text.push_str(&format!("--- saved {}\n{saved}", path.display()));
    }
    text
}

#[test]
fn scripts_of_keys_make_the_documents_that_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 12, "a dozen scripts");
    let bless = std::env::var_os("BUTTRESS_BLESS").is_some();
    let mut wrong = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let parts = parts(&text);
        let [("document", document), ("keys", keys), ..] = parts.as_slice() else {
            panic!("{} has a document and keys", file.display());
        };
        let end = text.find("--- expected").unwrap_or(text.len());
        let new = format!("{}{}", &text[..end], played(document, keys));
        if bless {
            std::fs::write(&file, new).unwrap();
        } else if new != text {
            wrong.push(format!("{}:\n{new}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
