//! Whether the terminal is still there. Windows are closed and connections break; reading from what
//! is left gives nothing for ever, which the source of events takes for more to come: it spins and
//! never returns. So events are asked for only while the terminal answers, and should the reading
//! hang nevertheless, a thread ends the process. Nothing is lost by that: each edit is in the journal
//! before the next event is read.

use std::io;
use std::time::Duration;

/// What there is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// Perhaps an event.
    Perhaps,
    /// Nothing, and there never will be: the terminal has gone.
    Lost,
}

#[cfg(unix)]
pub(super) use on_unix::{guard, wait};

#[cfg(unix)]
mod on_unix {
    use super::{Duration, Input, io};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use signal_hook::{consts, low_level};
    use std::os::unix::net::UnixStream;

    /// So long the program may take to end by itself.
    const GRACE: Duration = Duration::from_secs(2);
    /// So long giving the terminal back may take after that: one that is stopped takes no bytes.
    const GRACE_RESTORE: Duration = Duration::from_millis(500);
    /// The status of a program that a signal stopped.
    const STOPPED: i32 = 75;
    /// What a descriptor says when nobody is at its other end.
    const GONE: PollFlags = PollFlags::HUP.union(PollFlags::ERR).union(PollFlags::NVAL);

    fn is_gone(fd: &PollFd<'_>) -> bool {
        fd.revents().intersects(GONE)
    }

    /// Waits until there may be an event, a signal has come, or the time is over.
    pub(in crate::tui) fn wait(timeout: Duration) -> io::Result<Input> {
        let (input, output) = (io::stdin(), io::stdout());
        let mut both = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(&output, PollFlags::empty()),
        ];
        let timeout = Timespec::try_from(timeout).map_err(io::Error::other)?;
        match poll(&mut both, Some(&timeout)) {
            Ok(_) if both.iter().any(is_gone) => Ok(Input::Lost),
            // A change of the size comes as a signal, too.
            Ok(_) | Err(Errno::INTR) => Ok(Input::Perhaps),
            Err(error) => Err(error.into()),
        }
    }

    /// Watches for the rest of the process: once the terminal has gone or a signal asks for the end,
    /// the process ends, even if something in it hangs. `restore` gives the terminal back.
    pub(in crate::tui) fn guard(restore: fn()) -> io::Result<()> {
        let (told, tells) = UnixStream::pair()?;
        for signal in [consts::SIGTERM, consts::SIGHUP] {
            low_level::pipe::register(signal, tells.try_clone()?)?;
        }
        let watch = move || {
            let (input, output) = (io::stdin(), io::stdout());
            loop {
                let mut all = [
                    PollFd::new(&input, PollFlags::empty()),
                    PollFd::new(&output, PollFlags::empty()),
                    PollFd::new(&told, PollFlags::IN),
                ];
                match poll(&mut all, None) {
                    Err(Errno::INTR) => {}
                    _ => break,
                }
            }
            std::thread::sleep(GRACE);
            let restoring = std::thread::Builder::new().spawn(restore);
            if restoring.is_ok() {
                std::thread::sleep(GRACE_RESTORE);
            }
            low_level::exit(STOPPED);
        };
        std::thread::Builder::new()
            .name("guard".to_owned())
            .spawn(watch)?;
        Ok(())
    }
}

/// Elsewhere the system says so itself.
#[cfg(not(unix))]
pub(super) fn wait(timeout: Duration) -> io::Result<Input> {
    crossterm::event::poll(timeout).map(|_| Input::Perhaps)
}
