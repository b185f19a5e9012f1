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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::live::tests::wait_for;
    use crate::tui::live::{Command, Live, Play};
    use crate::tui::update::tests::{draw, opened, press};
    use crate::tui::update::{Event, update};
    use std::sync::Arc;

    const LARGE: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/bench/canvas200.ron"
    ));
    /// Bytes of a frame on average while a design runs.
    const BYTES_MAX: usize = 4_096;

    /// The bytes of a frame.
    fn bytes(painter: &mut Painter, app: &mut crate::tui::app::App) -> usize {
        let mut bytes = Vec::new();
        let frame = draw(app);
        painter.show(&mut bytes, frame, None, "test").unwrap();
        bytes.len()
    }

    #[test]
    fn a_frame_that_changes_nothing_costs_next_to_nothing() {
        let mut app = opened(LARGE);
        let mut painter = Painter::default();
        assert!(bytes(&mut painter, &mut app) > 1_000);
        assert!(bytes(&mut painter, &mut app) < 64);
        painter.forget();
        assert!(bytes(&mut painter, &mut app) > 1_000);
    }

    #[test]
    fn a_run_of_200_nodes_takes_few_bytes_a_frame() {
        const STEP: i64 = 250_000_000;
        let mut app = opened(LARGE);
        update(&mut app, Event::Resize(200, 60));
        press(&mut app, "2");
        let live = Live::start(app.document.design().clone()).unwrap();
        let mut painter = Painter::default();
        bytes(&mut painter, &mut app);
        let (mut sum, mut frames) = (0, 0);
        // Ten times a second there are new figures, and six frames show them while the traffic moves.
        for second in 1..=12 {
            live.send(Command::Step(STEP));
            let there = second * STEP as u64;
            let snapshot = wait_for(&live, |snapshot| {
                snapshot.play == Play::Paused && snapshot.now_ns() == there
            });
            let mut playing = (*snapshot).clone();
            playing.play = Play::Playing;
            update(&mut app, Event::Snapshot(Arc::new(playing)));
            for _ in 0..6 {
                frames += 1;
                update(&mut app, Event::Tick(frames * 16));
                sum += bytes(&mut painter, &mut app);
            }
        }
        let mean = sum / frames as usize;
        assert!(mean <= BYTES_MAX, "{mean} bytes a frame");
    }
}
