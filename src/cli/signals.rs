//! Ctrl-C and SIGTERM: the first asks the run to end cleanly, a second one ends the process at
//! once.

use super::exit::Exit;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Which signals have come.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    interrupted: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
}

impl Signals {
    /// Catches both from now on.
    pub(crate) fn catch() -> io::Result<Signals> {
        let signals = Signals::default();
        let pairs = [
            (SIGINT, &signals.interrupted, Exit::Interrupted),
            (SIGTERM, &signals.terminated, Exit::Stopped),
        ];
        for (signal, flag, exit) in pairs {
            // Registered first, so that it sees the flag as it was before this signal.
            flag::register_conditional_shutdown(
                signal,
                i32::from(exit.status()),
                Arc::clone(flag),
            )?;
            flag::register(signal, Arc::clone(flag))?;
        }
        Ok(signals)
    }

    /// How the program shall end, if a signal has come.
    pub(crate) fn received(&self) -> Option<Exit> {
        if self.interrupted.load(Ordering::Relaxed) {
            Some(Exit::Interrupted)
        } else if self.terminated.load(Ordering::Relaxed) {
            Some(Exit::Stopped)
        } else {
            None
        }
    }
}
