//! A bar on stderr while a long run goes on, with the time that is left, for a person at a
//! terminal.

use super::text::Look;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// A run that is over sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(300);
/// Steps of the bar.
const STEPS: u64 = 1000;
/// Pictures a second.
const REFRESH_HZ: u8 = 10;

/// A bar that appears when the work turns out to be long.
#[derive(Debug)]
pub(crate) struct Progress {
    name: String,
    shown: bool,
    look: Look,
    started: Instant,
    bar: RefCell<Option<ProgressBar>>,
}

impl Progress {
    /// A bar for work of some name; `shown` is false where nobody looks.
    #[expect(
        clippy::disallowed_methods,
        reason = "paces the bar; it reaches no figure"
    )]
    pub(crate) fn new(name: &str, shown: bool, look: Look) -> Progress {
        let name = look.shorten(&look.name(name), look.width / 3);
        Progress {
            name,
            shown,
            look,
            started: Instant::now(),
            bar: RefCell::new(None),
        }
    }

    /// Says how much is done, from 0 to 1.
    pub(crate) fn tell(&self, share: f64) {
        if !self.shown || self.started.elapsed() < PATIENCE {
            return;
        }
        let mut bar = self.bar.borrow_mut();
        let bar = bar.get_or_insert_with(|| self.make());
        bar.set_position((share.clamp(0.0, 1.0) * STEPS as f64) as u64);
        let percent = format!("{:3.0}%", share.clamp(0.0, 1.0) * 100.0);
        bar.set_message(format!("{percent}  {}", self.time_left(share)));
    }

    /// The time left, if the rest is as fast as what is done.
    fn time_left(&self, share: f64) -> String {
        let elapsed = self.started.elapsed().as_secs_f64();
        if share <= 0.001 {
            return String::new();
        }
        let left = elapsed * (1.0 - share).max(0.0) / share;
        format!(
            "{} left",
            super::text::number::duration(left.ceil(), self.look)
        )
    }

    fn make(&self) -> ProgressBar {
        let (template, marks) = if self.look.unicode {
            ("{prefix}  {bar:30.cyan/dim}  {msg}", "━╸─")
        } else {
            ("{prefix}  [{bar:30}]  {msg}", "=> ")
        };
        let template = if self.look.color {
            template.to_owned()
        } else {
            template.replace(".cyan/dim", "")
        };
        let style = ProgressStyle::with_template(&template)
            .expect("the template is one of two that are known to be good")
            .progress_chars(marks);
        let bar = ProgressBar::with_draw_target(
            Some(STEPS),
            ProgressDrawTarget::stderr_with_hz(REFRESH_HZ),
        );
        bar.set_style(style);
        bar.set_prefix(self.name.clone());
        bar
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.borrow_mut().take() {
            bar.finish_and_clear();
        }
    }
}
