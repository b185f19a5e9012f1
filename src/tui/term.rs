//! The only code that changes the terminal: what it switches on it switches off again, on every way
//! out: an end, an error, a panic, a signal, a pause.

use super::paint::Painter;
use crossterm::cursor::{Hide, SetCursorStyle, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture,
};
use crossterm::execute;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::io::{self, BufWriter, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What panics of other threads said, which the program outlives: told once the terminal is given back.
static DEFECTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Bytes of a frame that are gathered before they are written.
const FRAME_BYTES: usize = 1 << 16;

/// Saves and restores the title, on terminals that keep a stack of titles.
const PUSH_TITLE: &[u8] = b"\x1b[22;0t";
const POP_TITLE: &[u8] = b"\x1b[23;0t";

/// The terminal while it is ours.
pub(super) struct Terminal {
    out: BufWriter<Stdout>,
    painter: Painter,
}

impl Terminal {
    /// Takes the terminal.
    pub(super) fn take() -> io::Result<Terminal> {
        restore_on_panic();
        // The theme decides about colours; crossterm must not take bold and reverse away with them.
        crossterm::style::force_color_output(true);
        let mut terminal = Terminal {
            out: BufWriter::with_capacity(FRAME_BYTES, io::stdout()),
            painter: Painter::default(),
        };
        terminal.enter()?;
        Ok(terminal)
    }

    /// Switches on what is needed.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        TAKEN.store(true, Ordering::SeqCst);
        enable_raw_mode()?;
        let out = &mut self.out;
        out.write_all(PUSH_TITLE)?;
        execute!(
            out,
            EnterAlternateScreen,
            EnableMouseCapture,
            EnableBracketedPaste,
            EnableFocusChange,
            Hide,
            Clear(ClearType::All)
        )?;
        self.painter.forget();
        self.painter.forget_title();
        Ok(())
    }

    /// Gives the terminal back for a while; [`Terminal::enter`] takes it again.
    pub(super) fn leave(&mut self) {
        let _ = self.out.flush();
        restore();
    }

    /// Columns and rows.
    pub(super) fn size() -> (u16, u16) {
        crossterm::terminal::size().unwrap_or((80, 24))
    }

    /// Forgets what is on the screen, so that the next frame draws everything.
    pub(super) fn forget(&mut self) {
        self.painter.forget();
    }

    /// Shows a frame.
    pub(super) fn show(
        &mut self,
        frame: Buffer,
        cursor: Option<Position>,
        title: &str,
    ) -> io::Result<()> {
        self.painter.show(&mut self.out, frame, cursor, title)
    }

    /// What is on the screen, for a picture.
    pub(super) fn screen(&self) -> &Buffer {
        self.painter.screen()
    }

    /// An empty frame of a size.
    pub(super) fn frame((columns, rows): (u16, u16)) -> Buffer {
        Buffer::empty(Rect::new(0, 0, columns, rows))
    }

    /// Puts a text on the clipboard of the terminal, where it allows that.
    pub(super) fn clipboard(&mut self, text: &str) -> io::Result<()> {
        let copy = crossterm::clipboard::CopyToClipboard::to_clipboard_from(text);
        execute!(self.out, copy)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.leave();
        let defects = std::mem::take(&mut *DEFECTS.lock().unwrap_or_else(PoisonError::into_inner));
        for defect in defects {
            // If nobody reads it, nothing more can be done.
            let _ = writeln!(io::stderr(), "{defect}");
        }
    }
}

/// Undoes everything, once. A terminal that has gone away cannot be told, which is no failure.
pub(super) fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = execute!(
        out,
        EndSynchronizedUpdate,
        DisableFocusChange,
        DisableBracketedPaste,
        DisableMouseCapture,
        ResetColor,
        SetCursorStyle::DefaultUserShape,
        LeaveAlternateScreen,
        Show
    );
    let _ = out.write_all(POP_TITLE);
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// A panic that ends the program is told on a terminal that is in order again. Threads that simulate
/// are caught, and the program goes on.
fn restore_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let owner = std::thread::current().id();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().id() == owner {
                restore();
                before(info);
            } else if let Ok(mut defects) = DEFECTS.try_lock() {
                defects.push(info.to_string());
            }
        }));
    });
}
