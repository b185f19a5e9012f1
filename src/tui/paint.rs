//! Frames as bytes: only what differs from the frame before is written, each frame as one
//! synchronized update.

use crossterm::cursor::{Hide, MoveTo, SetCursorStyle, Show};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, SetTitle,
};
use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use std::io::{self, Write};

/// What is on a screen, and how to change it.
#[derive(Debug, Default)]
pub struct Painter {
    shown: Buffer,
    cursor: Option<Position>,
    title: String,
    /// Whether what is on the screen is known.
    is_known: bool,
}

impl Painter {
    /// Forgets what is on the screen, so that the next frame draws everything.
    pub fn forget(&mut self) {
        self.is_known = false;
    }

    /// Forgets the title of the window, so that the next frame sets it.
    pub fn forget_title(&mut self) {
        self.title.clear();
    }

    /// What is on the screen.
    pub fn screen(&self) -> &Buffer {
        &self.shown
    }

    /// Writes what makes the frame before into this one.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn show(
        &mut self,
        out: &mut impl Write,
        frame: Buffer,
        cursor: Option<Position>,
        title: &str,
    ) -> io::Result<()> {
        queue!(out, BeginSynchronizedUpdate)?;
        if !self.is_known || self.shown.area != frame.area {
            queue!(out, ResetColor, Clear(ClearType::All))?;
            self.shown = Buffer::empty(frame.area);
            self.is_known = true;
            self.cursor = None;
        }
        let changes = self.shown.diff(&frame);
        CrosstermBackend::new(&mut *out).draw(changes.into_iter())?;
        if self.cursor != cursor {
            if cursor.is_none() {
                queue!(out, Hide)?;
            }
            self.cursor = cursor;
        }
        if let Some(at) = cursor {
            queue!(out, MoveTo(at.x, at.y), SetCursorStyle::SteadyBar, Show)?;
        }
        if self.title != title {
            title.clone_into(&mut self.title);
            queue!(out, SetTitle(title))?;
        }
        queue!(out, EndSynchronizedUpdate)?;
        out.flush()?;
        self.shown = frame;
        Ok(())
    }
}
