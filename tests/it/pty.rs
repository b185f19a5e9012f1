//! The real program on a terminal of its own: it starts, is left, and gives the terminal back on
//! every way out. Waits for conditions, never for a time.

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);

struct Screen {
    parser: vt100::Parser,
    output: Receiver<Vec<u8>>,
    bytes: Vec<u8>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
}

impl Screen {
    fn start(directory: &Path, arguments: &[&str], extra: &[(&str, &str)]) -> Screen {
        let (rows, columns) = (NonZeroU16::new(24).unwrap(), NonZeroU16::new(80).unwrap());
        let size = PtySize {
            rows: 24,
            cols: 80,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_buttress"));
        command.args(arguments);
        command.cwd(directory);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("XDG_STATE_HOME", directory.join("state"));
        for (name, value) in extra {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while let Ok(count) = reader.read(&mut buffer) {
                if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Screen {
            parser: vt100::Parser::new(rows, columns, 0),
            output,
            bytes: Vec::new(),
            input: pair.master.take_writer().unwrap(),
            child,
            _master: pair.master,
        }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Reads until something holds.
    fn wait(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let begun = Instant::now();
        while !holds(self.parser.screen()) {
            match self.output.recv_timeout(Duration::from_millis(50)) {
                Ok(bytes) => {
                    self.parser.process(&bytes);
                    self.bytes.extend(bytes);
                }
                Err(_) => assert!(begun.elapsed() < PATIENCE, "no {what}:\n{}", self.text()),
            }
        }
    }

    fn wait_for(&mut self, text: &str) {
        let wanted = text.to_owned();
        self.wait(text, move |screen| screen.contents().contains(&wanted));
    }

    fn press(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).unwrap();
        self.input.flush().unwrap();
    }

    /// Waits for the end; the terminal must be as it was found.
    fn end(mut self) -> u32 {
        self.wait("end", |screen| !screen.alternate_screen());
        let status = self.child.wait().unwrap();
        while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(200)) {
            self.parser.process(&bytes);
            self.bytes.extend(bytes);
        }
        let screen = self.parser.screen();
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "paste is as it was");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        status.exit_code()
    }
}

const SHOP: &str = "(\n    format: 1,\n    nodes: {\n        \"users\": Client(traffic: [(to: \"web\", rate: \"50/s\")]),\n        \"web\": Service(),\n    },\n)\n";

fn shop() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("shop.ron"), SHOP).unwrap();
    directory
}

#[test]
fn it_starts_and_is_left() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
    screen.wait_for("web");
    screen.wait_for("? all keys");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn the_gallery_opens_without_a_file() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &[], &[]);
    screen.wait_for("retry storm");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[cfg(unix)]
#[test]
fn a_signal_restores_the_terminal_and_loses_no_work() {
    for signal in ["-TERM", "-HUP"] {
        let directory = shop();
        let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
        screen.wait_for("? all keys");
        screen.press("acache\r");
        screen.wait_for("cache");
        let process = screen.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args([signal, &process])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(screen.end(), 75);
        assert_eq!(
            std::fs::read_to_string(directory.path().join("shop.ron")).unwrap(),
            SHOP
        );
        let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
        screen.wait_for("recover it");
        screen.press("\r");
        screen.wait_for("Recovered");
        screen.press("\x13");
        screen.wait_for("Saved shop.ron");
        screen.press("q");
        assert_eq!(screen.end(), 0);
        let saved = std::fs::read_to_string(directory.path().join("shop.ron")).unwrap();
        assert!(saved.contains("Cache()"), "{saved}");
    }
}

#[test]
fn a_paste_of_megabytes_does_nothing() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
    screen.wait_for("? all keys");
    screen.press(&format!("\x1b[200~{}\x1b[201~", "q\rd".repeat(1_700_000)));
    screen.wait_for("it was left out");
    screen.press("q");
    assert_eq!(screen.end(), 0);
}

#[test]
fn without_colours_none_are_written() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[("NO_COLOR", "1")]);
    screen.wait_for("? all keys");
    screen.press("q");
    let text = String::from_utf8_lossy(&screen.bytes).into_owned();
    assert!(!text.contains("\x1b[38;"), "no colour is set");
    assert_eq!(screen.end(), 0);
}

#[test]
fn without_a_terminal_it_says_what_to_use() {
    let directory = shop();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_buttress"))
        .arg("shop.ron")
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(words.contains("buttress run shop.ron"), "{words}");
}
