//! The shell around the program: reads events, lets `update` decide, does what it wants done, and
//! draws. The only part that sees the clock, files and the terminal.

use super::app::App;
use super::background::{Background, Standing};
use super::caps::Caps;
use super::disk::{self, State};
use super::effect::{Effect, Outcome};
use super::keymap::Chord;
use super::live::{Live, Play};
use super::lost::{self, Input};
use super::term::Terminal;
use super::update::{Button, Event, Mouse, Press, refresh_gallery, update};
use crossterm::event::{self, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// How long to wait for an event before signals and files are looked at.
const IDLE: Duration = Duration::from_millis(100);
/// How often the file on disk is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Most events that are taken in before a frame is drawn.
const EVENTS_MAX: usize = 1_000;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was left.
    Left,
    /// A signal asked it to; what was not saved is in the journal.
    Stopped,
}

/// Signals that have come.
#[derive(Debug, Default)]
struct Signals {
    stop: Arc<AtomicBool>,
    interrupt: Arc<AtomicBool>,
    #[cfg_attr(windows, expect(dead_code, reason = "there is no such signal"))]
    pause: Arc<AtomicBool>,
    resumed: Arc<AtomicBool>,
    /// The size has changed. The source of events says so, too, but not before it is asked first.
    resized: Arc<AtomicBool>,
}

impl Signals {
    fn catch() -> io::Result<Signals> {
        use signal_hook::{consts, flag};
        let signals = Signals::default();
        flag::register(consts::SIGTERM, Arc::clone(&signals.stop))?;
        flag::register(consts::SIGINT, Arc::clone(&signals.interrupt))?;
        #[cfg(unix)]
        {
            flag::register(consts::SIGHUP, Arc::clone(&signals.stop))?;
            flag::register(consts::SIGTSTP, Arc::clone(&signals.pause))?;
            flag::register(consts::SIGCONT, Arc::clone(&signals.resumed))?;
            flag::register(consts::SIGWINCH, Arc::clone(&signals.resized))?;
        }
        Ok(signals)
    }

    fn take(flag: &AtomicBool) -> bool {
        flag.swap(false, Ordering::SeqCst)
    }
}

/// The clock of the program, which begins at 0.
#[expect(
    clippy::disallowed_methods,
    reason = "frames and messages follow the wall clock; no result does"
)]
fn now() -> Instant {
    Instant::now()
}

/// Runs the program on the terminal of this process, on a file if one is given.
///
/// # Errors
/// If the terminal cannot be read or written.
pub fn run(file: Option<&Path>) -> io::Result<Ended> {
    let caps = Caps::from_environment(|name| std::env::var(name).ok());
    let signals = Signals::catch()?;
    let terminal = Terminal::take()?;
    #[cfg(unix)]
    lost::guard(super::term::restore)?;
    let state = State::of_environment(|name| std::env::var_os(name));
    let mut shell = Shell {
        app: App::new(caps, Terminal::size()),
        terminal,
        state,
        signals,
        started: now(),
        looked: now(),
        stamp: None,
        also: None,
        ended: None,
        live: None,
        background: Background::start().ok(),
        standing: None,
    };
    shell.begin(file);
    match shell.events() {
        // A terminal that has gone is the end of the session, and no failure.
        Err(_) if lost::wait(Duration::ZERO).is_ok_and(|input| input == Input::Lost) => {
            Ok(Ended::Stopped)
        }
        ended => ended,
    }
}

struct Shell {
    app: App,
    terminal: Terminal,
    state: State,
    signals: Signals,
    started: Instant,
    looked: Instant,
    /// Length and time of the file when it was last looked at.
    stamp: Option<(PathBuf, Option<(u64, std::time::SystemTime)>)>,
    /// What came of an effect besides its outcome.
    also: Option<Outcome>,
    ended: Option<Ended>,
    live: Option<Live>,
    background: Option<Background>,
    standing: Option<Standing>,
}

impl Shell {
    fn begin(&mut self, file: Option<&Path>) {
        self.app.gallery.recent = self.state.recent();
        refresh_gallery(&mut self.app);
        if let Some(file) = file {
            let outcome = self.open(file);
            self.take(Event::Outcome(outcome));
            if let Some(also) = self.also.take() {
                self.take(Event::Outcome(also));
            }
        }
    }

    fn events(mut self) -> io::Result<Ended> {
        let mut drawn = None;
        let mut dirty = true;
        // Whether events may have been read from the terminal that were not taken in yet.
        let mut more = false;
        loop {
            let waited = drawn.map_or(FRAME, |drawn: Instant| now().duration_since(drawn));
            if dirty && waited >= FRAME {
                self.draw()?;
                drawn = Some(now());
                dirty = false;
            }
            let moves = self
                .app
                .live
                .as_ref()
                .is_some_and(|live| matches!(live.play, Play::Playing | Play::Seeking(_)));
            let wait = match (dirty, self.live.is_some()) {
                _ if more => Duration::ZERO,
                (true, _) => FRAME.saturating_sub(waited),
                (false, true) if moves => FRAME,
                (false, true) => FRAME * 2,
                (false, false) => IDLE,
            };
            let (taken, changed) = self.take_in(wait)?;
            more = taken == EVENTS_MAX;
            dirty |= changed;
            dirty |= self.tick();
            dirty |= self.look_at_answer();
            if let Some(snapshot) = self.live.as_ref().and_then(Live::take) {
                self.take(Event::Snapshot(snapshot));
                dirty = true;
            }
            dirty |= self.look_at_signals()?;
            if let Some(ended) = self.ended {
                return Ok(ended);
            }
        }
    }

    /// Waits so long for events, and takes in those that are there: how many, and whether anything
    /// can have changed.
    fn take_in(&mut self, mut wait: Duration) -> io::Result<(usize, bool)> {
        let (mut taken, mut changed) = (0, false);
        while taken < EVENTS_MAX {
            if lost::wait(wait)? == Input::Lost {
                self.ended = Some(Ended::Stopped);
                break;
            }
            if !event::poll(Duration::ZERO)? {
                break;
            }
            changed |= self.read()?;
            taken += 1;
            wait = Duration::ZERO;
        }
        Ok((taken, changed))
    }

    /// Takes one event of the terminal in; whether anything can have changed.
    fn read(&mut self) -> io::Result<bool> {
        let event = match event::read()? {
            event::Event::Key(key) if key.kind != KeyEventKind::Release => {
                #[cfg(debug_assertions)]
                panic_if_wished(key.code);
                Event::Key(Chord::of_event(key))
            }
            event::Event::Mouse(mouse) => match mouse_of(mouse) {
                Some(mouse) => Event::Mouse(mouse),
                None => return Ok(false),
            },
            event::Event::Paste(text) => Event::Paste(text),
            event::Event::Resize(columns, rows) => Event::Resize(columns, rows),
            _ => return Ok(false),
        };
        self.take(event);
        Ok(true)
    }

    /// Lets an event be decided about, and does what comes of it.
    fn take(&mut self, event: Event) {
        let mut ahead: std::collections::VecDeque<Event> = [event].into();
        while let Some(event) = ahead.pop_front() {
            for effect in update(&mut self.app, event) {
                ahead.extend(self.perform(effect).map(Event::Outcome));
                ahead.extend(self.also.take().map(Event::Outcome));
            }
        }
    }

    fn tick(&mut self) -> bool {
        let had_toast = self.app.toast.is_some();
        let now_ms = now().duration_since(self.started).as_millis() as u64;
        self.take(Event::Tick(now_ms));
        let mut changed = had_toast && self.app.toast.is_none();
        if now().duration_since(self.looked) >= LOOK {
            self.looked = now();
            changed |= self.look_at_file();
        }
        changed
    }

    /// Whether the simulated answer stands differently.
    fn look_at_answer(&mut self) -> bool {
        let Some(standing) = self.background.as_ref().map(Background::standing) else {
            return false;
        };
        let same = self.standing.as_ref().is_some_and(|before| {
            let answers = match (&before.answer, &standing.answer) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                (None, None) => true,
                _ => false,
            };
            answers && before.current == standing.current
        });
        if same {
            return false;
        }
        self.standing = Some(standing.clone());
        self.take(Event::Answer(standing));
        true
    }

    /// Asks for the simulated answer of a text.
    fn simulate(&self, revision: u64, text: &str, path: Option<&Path>) {
        let base = path.and_then(Path::parent).unwrap_or(Path::new(""));
        let loaded =
            crate::design::load_str(text, "", base, &crate::design::LoadOptions::default());
        if let (Some(background), Ok(loaded)) = (&self.background, loaded) {
            background.ask(revision, Arc::new(loaded));
        }
    }

    /// Whether something else changed the file.
    fn look_at_file(&mut self) -> bool {
        let Some(path) = self.app.document.path.clone() else {
            return false;
        };
        if self.app.document.saved_text().is_none() {
            return false;
        }
        let stamp = disk::stamp(&path);
        let known = self.stamp.replace((path.clone(), stamp));
        if known.is_none_or(|(of, before)| of != path || before == stamp) {
            return false;
        }
        let text = disk::look(&path);
        self.take(Event::Outcome(Outcome::Disk(text)));
        true
    }

    fn look_at_signals(&mut self) -> io::Result<bool> {
        if Signals::take(&self.signals.stop) || Signals::take(&self.signals.interrupt) {
            self.ended = Some(Ended::Stopped);
        }
        #[cfg(unix)]
        if Signals::take(&self.signals.pause) {
            self.suspend()?;
            return Ok(true);
        }
        if Signals::take(&self.signals.resumed) {
            self.terminal.enter()?;
            self.resized();
            return Ok(true);
        }
        if Signals::take(&self.signals.resized) && Terminal::size() != self.app.size {
            self.resized();
            return Ok(true);
        }
        Ok(false)
    }

    fn resized(&mut self) {
        let (columns, rows) = Terminal::size();
        self.take(Event::Resize(columns, rows));
        self.terminal.forget();
    }

    fn draw(&mut self) -> io::Result<()> {
        let mut frame = Terminal::frame(self.app.size);
        let drawn = super::view::draw(&self.app, &mut frame);
        self.app.hits = drawn.hits;
        let title = format!("{} - buttress", self.app.document.title());
        self.terminal.show(frame, drawn.cursor, &title)
    }

    fn open(&mut self, path: &Path) -> Outcome {
        let stamp = disk::stamp(path);
        let (outcome, elsewhere) = self.state.open(path);
        if let Outcome::Opened { path, .. } = &outcome {
            self.state.remember(path);
            self.stamp = Some((path.clone(), stamp));
        }
        self.also = elsewhere.then(|| Outcome::Elsewhere(path.to_owned()));
        outcome
    }

    /// Writes the design, unless something else has changed the file since it was looked at last.
    fn save(&mut self, path: PathBuf, text: &str, is_new: bool) -> Outcome {
        let stamp = disk::stamp(&path);
        let known = self.stamp.as_ref().filter(|(of, _)| *of == path);
        if stamp.is_some() && known.is_some_and(|(_, before)| *before != stamp) {
            let now = disk::look(&path);
            if now.as_deref() != self.app.document.saved_text() {
                self.stamp = Some((path, stamp));
                return Outcome::Disk(now);
            }
        }
        let outcome = disk::save(&path, text, is_new);
        if matches!(outcome, Outcome::Saved { .. }) {
            self.state.remember(&path);
            let stamp = disk::stamp(&path);
            self.stamp = Some((path, stamp));
        }
        outcome
    }

    /// Does something in the world; what came of it, if that matters.
    fn perform(&mut self, effect: Effect) -> Option<Outcome> {
        match effect {
            Effect::Save { path, text, is_new } => Some(self.save(path, &text, is_new)),
            Effect::Open(path) => Some(self.open(&path)),
            Effect::Journal { path, text } => {
                let kept = self.state.journal.keep(path.as_deref(), &text);
                kept.err().map(|error| {
                    Outcome::Failed(format!(
                        "What is not saved could not be kept against a crash: {error}."
                    ))
                })
            }
            Effect::ForgetJournal(path) => {
                self.state.journal.forget(path.as_deref());
                None
            }
            Effect::Edit(text) => Some(self.edit(&text)),
            Effect::Clipboard(text) => {
                // A terminal that does not allow it says nothing.
                let _ = self.terminal.clipboard(&text);
                None
            }
            Effect::Picture(beside) => Some(self.picture(beside.as_deref())),
            Effect::Complete(begun) => Some(Outcome::Completions(disk::completions(&begun))),
            Effect::Recent => Some(Outcome::Recent(self.state.recent())),
            Effect::Suspend => {
                #[cfg(unix)]
                if let Err(error) = self.suspend() {
                    return Some(Outcome::Failed(format!(
                        "The terminal could not be taken back: {error}."
                    )));
                }
                None
            }
            Effect::Quit => {
                self.ended = Some(Ended::Left);
                None
            }
            other => self.perform_run(other),
        }
    }

    /// Does what concerns runs.
    fn perform_run(&mut self, effect: Effect) -> Option<Outcome> {
        match effect {
            Effect::Start(design) => {
                self.live = None;
                match Live::start(*design) {
                    Ok(live) => {
                        if let Some(snapshot) = live.take() {
                            self.app.live_shown.refresh(&snapshot);
                            self.app.live = Some(snapshot);
                        }
                        self.live = Some(live);
                        None
                    }
                    Err(why) => Some(Outcome::Failed(super::update::sentence(&why))),
                }
            }
            Effect::Live(command) => {
                if let Some(live) = &self.live {
                    live.send(command);
                }
                None
            }
            Effect::Stop => {
                self.live = None;
                None
            }
            Effect::Simulate {
                revision,
                text,
                path,
            } => {
                self.simulate(revision, &text, path.as_deref());
                None
            }
            Effect::CancelSimulation => {
                if let Some(background) = &self.background {
                    background.cancel();
                }
                None
            }
            _ => None,
        }
    }

    /// Stops this process as the shell expects it, with the terminal as it was found.
    #[cfg(unix)]
    fn suspend(&mut self) -> io::Result<()> {
        self.terminal.leave();
        // Without a shell that could continue it, this returns at once, which is harmless.
        let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
        Signals::take(&self.signals.pause);
        Signals::take(&self.signals.resumed);
        self.terminal.enter()?;
        self.resized();
        Ok(())
    }

    /// Lets the user's editor change a text.
    fn edit(&mut self, text: &str) -> Outcome {
        let editor = ["VISUAL", "EDITOR"]
            .iter()
            .find_map(|name| {
                std::env::var(name)
                    .ok()
                    .filter(|value| !value.trim().is_empty())
            })
            .unwrap_or_else(|| "vi".to_owned());
        let file = self.state.scratch();
        if let Err(error) = std::fs::write(&file, text) {
            return Outcome::Failed(format!(
                "The text could not be given to the editor: {error}."
            ));
        }
        let mut words = editor.split_whitespace();
        let program = words.next().unwrap_or("vi");
        self.terminal.leave();
        let ran = std::process::Command::new(program)
            .args(words)
            .arg(&file)
            .status();
        let back = self.terminal.enter();
        // Ctrl-C was meant for the editor, but goes to everything in the foreground.
        Signals::take(&self.signals.interrupt);
        self.resized();
        let outcome = match (ran, back) {
            (Err(error), _) => Outcome::Failed(format!(
                "{program} could not be started: {error}. Set EDITOR."
            )),
            (_, Err(error)) => {
                Outcome::Failed(format!("The terminal could not be taken back: {error}."))
            }
            (Ok(status), _) if !status.success() => Outcome::Failed(format!(
                "{program} ended with an error; the text stays as it was."
            )),
            (Ok(_), Ok(())) => match disk::look(&file) {
                Some(text) => Outcome::Edited(text),
                None => Outcome::Failed(
                    "What the editor left could not be read; the text stays as it was.".to_owned(),
                ),
            },
        };
        let _ = std::fs::remove_file(&file);
        outcome
    }

    /// Saves what is on the screen as a picture.
    fn picture(&self, beside: Option<&Path>) -> Outcome {
        let stem = beside.map_or(PathBuf::from("buttress"), |path| path.with_extension(""));
        let svg = super::svg::of_buffer(self.terminal.screen(), self.app.theme.palette);
        for number in 1..1_000 {
            let mut name = stem.clone().into_os_string();
            name.push(format!("-{number}.svg"));
            let path = PathBuf::from(name);
            match crate::store::atomic::create(&path, svg.as_bytes()) {
                Ok(()) => return Outcome::Done(format!("Saved the screen as {}.", path.display())),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Outcome::Failed(format!(
                        "{} could not be written: {error}.",
                        path.display()
                    ));
                }
            }
        }
        Outcome::Failed("There are a thousand pictures already; remove some.".to_owned())
    }
}

/// A defect on request, so that a test sees what one does to the terminal and the work: F12 in a
/// program that was built for tests and started with `BUTTRESS_PANIC`.
#[cfg(debug_assertions)]
fn panic_if_wished(key: event::KeyCode) {
    let wished = key == event::KeyCode::F(12) && std::env::var_os("BUTTRESS_PANIC").is_some();
    assert!(!wished, "this is the defect that was asked for");
}

fn mouse_of(mouse: event::MouseEvent) -> Option<Mouse> {
    let button = |button: MouseButton| match button {
        MouseButton::Left => Button::Left,
        MouseButton::Middle => Button::Middle,
        MouseButton::Right => Button::Right,
    };
    let press = match mouse.kind {
        MouseEventKind::Down(which) => Press::Down(button(which)),
        MouseEventKind::Drag(which) => Press::Drag(button(which)),
        MouseEventKind::Up(which) => Press::Up(button(which)),
        MouseEventKind::ScrollUp => Press::Wheel(-1),
        MouseEventKind::ScrollDown => Press::Wheel(1),
        MouseEventKind::Moved | MouseEventKind::ScrollLeft | MouseEventKind::ScrollRight => {
            return None;
        }
    };
    Some(Mouse {
        press,
        column: mouse.column,
        row: mouse.row,
        adds: mouse
            .modifiers
            .intersects(KeyModifiers::SHIFT | KeyModifiers::CONTROL),
        wires: mouse.modifiers.contains(KeyModifiers::ALT),
    })
}
