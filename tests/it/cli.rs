//! The real program, from outside: what it prints, how it ends, what it leaves behind.

mod bad_input;
mod check;
mod contract;
mod files;
mod interruption;
mod report;
mod results;
mod studies;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// One queue at 70%: an answer in a moment.
const QUEUE: &str = r#"(
    format: 1,
    name: "queue",
    nodes: {
        "users": Client(traffic: [(to: "server", rate: "70/s")]),
        "server": Service(workers: 1, work: Exponential("10ms")),
    },
    run: (duration: "20s", seed: 1, replications: 4),
    objectives: ["goodput(*) > 99% of offered", "p99(*) < 10s"],
    variants: {
        "fast": [Set("nodes/server/work", "1ms")],
    },
)
"#;

/// The same with an objective that cannot be met.
fn hopeless() -> String {
    QUEUE.replace("p99(*) < 10s", "p99(*) < 1ms")
}

/// A run that takes far longer than anybody waits.
fn endless() -> String {
    QUEUE.replace("20s", "1000h")
}

/// An empty directory to work in, which goes away at the end.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Place {
        Place {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// A place with a design `a.ron`.
    fn with(text: &str) -> Place {
        let place = Place::new();
        place.write("a.ron", text);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program, in this place, with nothing of the tester's own terminal about it.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_buttress"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().unwrap())
    }

    /// With a text on stdin.
    fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        use std::io::Write;
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // The program may refuse the input before it has read all of it.
        let _ = stdin.write_all(input);
        drop(stdin);
        Ran::of(child.wait_with_output().unwrap())
    }
}

/// How the program ended and what it said.
#[derive(Debug)]
struct Ran {
    status: i32,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// That it ended with a status.
    #[track_caller]
    fn ends(self, status: i32) -> Ran {
        assert_eq!(
            self.status, status,
            "stdout:\n{}\nstderr:\n{}",
            self.out, self.err
        );
        self
    }

    /// That stderr says something.
    #[track_caller]
    fn says(self, text: &str) -> Ran {
        assert!(
            self.err.contains(text),
            "expected \"{text}\" in:\n{}",
            self.err
        );
        self
    }

    /// That nothing was said on stderr.
    #[track_caller]
    fn silently(self) -> Ran {
        assert_eq!(self.err, "");
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}
