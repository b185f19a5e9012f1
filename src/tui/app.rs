//! The state of the program as a plain value. Nothing here sees a clock, a disk or a terminal.

use super::background::Standing;
use super::canvas::Canvas;
use super::caps::Caps;
use super::document::Document;
use super::explain::Explain;
use super::gallery::Gallery;
use super::glyphs::Glyphs;
use super::keymap::Chord;
use super::live::Snapshot;
use super::loads::Loads;
use super::theme::{Palette, Theme};
use super::view::hits::Hits;
use super::widget::input::Input;
use super::widget::picker::Picker;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

pub use super::canvas::{Boxing, Dragging, Labels, LabelsFor, Mode, Moving, Thing};

/// What fills the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// Files and lessons to open.
    Gallery,
    /// A design.
    Editor,
}

/// A view of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The canvas.
    Design,
    /// The running design.
    Live,
    /// Why the answer is what it is.
    Explain,
}

impl Tab {
    /// All of them, in the order of their keys.
    pub const ALL: [Tab; 3] = [Tab::Design, Tab::Live, Tab::Explain];

    /// The action that shows it.
    pub fn action(self) -> super::action::Action {
        match self {
            Tab::Design => super::action::Action::Design,
            Tab::Live => super::action::Action::Live,
            Tab::Explain => super::action::Action::Explain,
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Design => "design",
            Tab::Live => "live",
            Tab::Explain => "explain",
        }
    }
}

/// What an entry of a list stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// An action.
    Action(super::action::Action),
    /// A new node: its kind, and a component of the catalogue.
    Node(&'static str, Option<String>),
    /// A node to go to.
    GoTo(String),
    /// An entry of the gallery.
    Gallery(usize),
    /// A template to start from.
    Template(usize),
    /// The endpoint that a new wire becomes a step of: caller, callee, endpoint.
    Endpoint(String, String, String),
    /// A value for a field: path, RON.
    Value(String, String),
    /// A new item of a list: path of the list, RON.
    Item(String, String),
    /// A fault to begin now, as RON.
    Fault(String),
    /// The fault of a live run to end now, by its number.
    EndFault(usize),
    /// A problem to go to, by its path.
    Problem(String),
    /// Leave: how.
    Leave(Leave),
    /// What to do about a file that changed on disk.
    Disk(Disk),
    /// What to do about work that was recovered: take it, or not.
    Recover(bool),
}

/// How to leave when something is not saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Save first.
    Save,
    /// Do not save.
    Discard,
    /// Stay.
    Stay,
}

/// What to do about a file that changed on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// Take over what it says.
    Take,
    /// Keep what is on screen; the next save replaces the file.
    Keep,
}

/// What a line of text is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// The new name of a node.
    RenameNode(String),
    /// The new name of an entry at a path.
    RenameEntry(String),
    /// The name of a group of nodes.
    Group(Vec<String>),
    /// The text of a new note at a place.
    Note((i32, i32)),
    /// The name of a new entry of a map: its path and the value.
    Entry(String, String),
    /// The file to save to.
    SaveAs,
    /// The file to open.
    Open,
}

/// A question that is answered by a line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What is asked.
    pub title: String,
    /// What the answer is for.
    pub ask: Ask,
    /// The answer so far.
    pub input: Input,
    /// Why the answer cannot be taken; empty if it can.
    pub problem: String,
    /// Ways to complete a path.
    pub completions: Vec<String>,
}

/// What lies over the screen and takes the keys.
#[derive(Debug, Clone)]
pub enum Layer {
    /// A list that is searched by typing.
    Picker(Picker<Pick>),
    /// A line of text.
    Prompt(Prompt),
    /// The list of all keys, scrolled by so many lines.
    Keys(usize),
}

/// A message that something was done, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// Whole sentences.
    pub text: String,
    /// Whether it says that something did not work.
    pub is_bad: bool,
    /// When it goes, in milliseconds of the program's clock.
    pub until_ms: u64,
}

/// What is shown of the selected thing, field by field.
#[derive(Debug, Clone, Default)]
pub struct Inspector {
    /// Whether the keys go there.
    pub focused: bool,
    /// Whether it shows the design as a whole instead of the selected thing.
    pub whole: bool,
    /// The path of the chosen row; rows that add something end with `/+`.
    pub chosen: usize,
    /// The paths of the rows that are open.
    pub open: BTreeSet<String>,
    /// A value that is being typed.
    pub editing: Option<Editing>,
}

/// A value of a field that is being typed.
#[derive(Debug, Clone)]
pub struct Editing {
    /// The path of the value.
    pub path: String,
    /// What was typed.
    pub input: Input,
    /// Why it cannot be taken; empty if it can.
    pub problem: String,
}

/// Everything.
#[derive(Debug)]
pub struct App {
    /// What the terminal can show.
    pub caps: Caps,
    /// Styles.
    pub theme: Theme,
    /// Symbols.
    pub glyphs: Glyphs,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// What fills the screen.
    pub screen: Screen,
    /// The view of the design.
    pub tab: Tab,
    /// The design.
    pub document: Document,
    /// The canvas.
    pub canvas: Canvas,
    /// How busy the nodes are, from rates and work, and the revision that it was computed for.
    pub loads: Loads,
    /// The revision of the document that [`App::loads`] is about.
    pub loads_of: u64,
    /// The newest picture of the run; `None` if none was started.
    pub live: Option<Arc<Snapshot>>,
    /// What boxes and wires show of the run.
    pub live_shown: super::live::boxes::Shown,
    /// The revision of the document that runs.
    pub live_of: u64,
    /// The number of the last notice of the run that was told.
    pub live_notice: u64,
    /// The simulated answer, and whether it is of the design as it is.
    pub answer: Option<Standing>,
    /// The revision that the simulated answer was asked for.
    pub asked_of: u64,
    /// The explanation of the newest answer.
    pub explain: Option<Explain>,
    /// The inspector.
    pub inspector: Inspector,
    /// The gallery.
    pub gallery: Gallery,
    /// What lies over the screen, the topmost last.
    pub layers: Vec<Layer>,
    /// The keys of a sequence that has begun.
    pub pending: Vec<Chord>,
    /// The newest message.
    pub toast: Option<Toast>,
    /// What was copied, as a document of its own.
    pub clipboard: String,
    /// Whether a node that is added is wired from the selected one.
    pub wires_new: bool,
    /// Where things are on the screen that was drawn last.
    pub hits: Hits,
    /// The program's clock, in milliseconds.
    pub now_ms: u64,
    /// What the file on disk says, if it is not what was last read or saved; `None` inside if it
    /// has gone.
    pub disk: Option<Option<String>>,
    /// What is to be done once the design is saved.
    pub after_save: Option<AfterSave>,
    /// Text of an earlier session that was never saved.
    pub recovered: Option<String>,
    /// The revision of the document that the journal has.
    pub journalled: u64,
}

/// What is done once the design is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterSave {
    /// The program ends.
    Quit,
    /// Another design is opened.
    Open(Opening),
}

/// A design to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// A file.
    File(PathBuf),
    /// A text, and a name for the messages.
    Text(String),
}

/// How long a message stays, at least.
const TOAST_MS: u64 = 4_000;
/// How much longer it stays for each letter.
const TOAST_MS_PER_LETTER: u64 = 40;

impl App {
    /// The program as it begins: in the gallery.
    pub fn new(caps: Caps, size: (u16, u16)) -> App {
        App {
            caps,
            theme: Theme::new(Palette::default(), caps.depth),
            glyphs: Glyphs {
                unicode: caps.unicode,
            },
            size,
            screen: Screen::Gallery,
            tab: Tab::Design,
            document: Document::new(super::document::BLANK),
            canvas: Canvas::default(),
            loads: Loads::default(),
            loads_of: u64::MAX,
            live: None,
            live_shown: super::live::boxes::Shown::default(),
            live_of: 0,
            live_notice: 0,
            answer: None,
            asked_of: 0,
            explain: None,
            inspector: Inspector::default(),
            gallery: Gallery::default(),
            layers: Vec::new(),
            pending: Vec::new(),
            toast: None,
            clipboard: String::new(),
            wires_new: true,
            hits: Hits::default(),
            now_ms: 0,
            disk: None,
            after_save: None,
            recovered: None,
            journalled: 0,
        }
    }

    /// Says that something was done.
    pub fn say(&mut self, text: impl Into<String>) {
        self.toast(text.into(), false);
    }

    /// Says why something was not done.
    pub fn complain(&mut self, text: impl Into<String>) {
        self.toast(text.into(), true);
    }

    fn toast(&mut self, text: String, is_bad: bool) {
        let letters = text.chars().count() as u64;
        self.toast = Some(Toast {
            until_ms: self.now_ms + TOAST_MS + TOAST_MS_PER_LETTER * letters,
            text,
            is_bad,
        });
    }

    /// The path of what the inspector shows; empty for the design as a whole.
    pub fn inspected(&self) -> String {
        use crate::design::path::escape_key;
        if self.inspector.whole {
            return String::new();
        }
        match self.canvas.selection.as_slice() {
            [Thing::Node(name)] => super::document::parts::node_path(name),
            [Thing::Wire(from, to)] => {
                format!("wires/{}", escape_key(&format!("{from} -> {to}")))
            }
            [Thing::Note(index)] => format!("notes/{index}"),
            _ => String::new(),
        }
    }
}
