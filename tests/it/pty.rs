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
    master: Box<dyn MasterPty + Send>,
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
        let mut command = command(directory, env!("CARGO_BIN_EXE_buttress"), arguments);
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
            master: pair.master,
        }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Makes the terminal larger or smaller.
    fn resize(&mut self, columns: u16, rows: u16) {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let of = |length| NonZeroU16::new(length).unwrap();
        self.parser.set_size(of(rows), of(columns));
        self.master.resize(size).unwrap();
    }

    /// The cell at which a text begins.
    fn find(&self, text: &str) -> (u16, u16) {
        let (rows, columns) = self.parser.screen().size();
        let screen = self.parser.screen();
        (0..rows.get())
            .find_map(|row| {
                let line = screen.contents_between(row, 0, row, columns.get());
                let at = line.find(text)?;
                Some((line[..at].chars().count() as u16, row))
            })
            .unwrap_or_else(|| panic!("{text} in\n{}", self.text()))
    }

    /// Presses and releases the left button at a cell.
    fn click(&mut self, (column, row): (u16, u16)) {
        let (x, y) = (column + 1, row + 1);
        self.press(&format!("\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"));
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

/// The program with nothing of the environment of the tests.
fn command(directory: &Path, program: &str, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.args(arguments);
    command.cwd(directory);
    command.env_clear();
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("XDG_STATE_HOME", directory.join("state"));
    command
}

/// Starts a program on a terminal, adds a node, and takes the terminal away. Gives the status.
#[cfg(unix)]
fn lost(directory: &Path, program: &str, arguments: &[&str]) -> u32 {
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let mut child = pair
        .slave
        .spawn_command(command(directory, program, arguments))
        .unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut writer = pair.master.take_writer().unwrap();
    let (rows, columns) = (NonZeroU16::new(24).unwrap(), NonZeroU16::new(80).unwrap());
    let mut parser = vt100::Parser::new(rows, columns, 0);
    let mut buffer = vec![0; 65_536];
    for (wanted, keys) in [("? all keys", "acache\r"), ("cache", "")] {
        while !parser.screen().contents().contains(wanted) {
            let count = reader.read(&mut buffer).unwrap();
            parser.process(&buffer[..count]);
        }
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }
    drop((reader, writer, pair.master));
    let (sender, ended) = channel();
    std::thread::spawn(move || sender.send(child.wait().unwrap().exit_code()));
    let status = ended.recv_timeout(PATIENCE).expect("it ends by itself");
    // A program that runs holds a lock of that name.
    let begun = Instant::now();
    let runs = || {
        let files = std::fs::read_dir(directory.join("state/buttress")).unwrap();
        let mut names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.any(|name| name.starts_with("running-"))
    };
    while runs() {
        assert!(begun.elapsed() < PATIENCE, "it goes on");
        std::thread::yield_now();
    }
    status
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

#[cfg(unix)]
#[test]
fn a_terminal_that_has_gone_ends_the_program_and_loses_no_work() {
    let program = env!("CARGO_BIN_EXE_buttress");
    // Without a controlling terminal nobody sends a signal: the program must notice by itself.
    let alone = ["--wait", program, "shop.ron"];
    let mut ways = vec![(program, &["shop.ron"][..])];
    if Path::new("/usr/bin/setsid").exists() {
        ways.push(("/usr/bin/setsid", &alone[..]));
    }
    for (program, arguments) in ways {
        let directory = shop();
        let status = lost(directory.path(), program, arguments);
        assert!(status == 75 || arguments == alone, "{status}");
        let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
        screen.wait_for("recover it");
        screen.press("\r");
        screen.wait_for("Recovered");
        screen.press("\x13");
        screen.wait_for("Saved shop.ron");
        screen.press("q");
        assert_eq!(screen.end(), 0);
    }
}

#[test]
fn two_programs_on_one_file_know_of_each_other() {
    let directory = shop();
    let mut first = Screen::start(directory.path(), &["shop.ron"], &[]);
    first.wait_for("? all keys");
    first.press("acache\r");
    first.wait_for("cache");
    let mut second = Screen::start(directory.path(), &["shop.ron"], &[]);
    second.wait_for("is open in another buttress");
    second.press("aqueue\r");
    second.wait_for("queue");
    first.press("\x13");
    first.wait_for("Saved shop.ron");
    // The second one must not replace what the first has saved without a word.
    second.press("\x13");
    second.wait_for("was changed by something else");
    second.press("\x1b[B\r\x13");
    second.wait_for("Saved shop.ron");
    first.wait_for("was changed by something else");
    first.press("\r");
    first.wait_for("queue");
    for screen in [first, second] {
        let mut screen = screen;
        screen.press("q");
        assert_eq!(screen.end(), 0);
    }
}

#[test]
fn every_size_of_the_terminal_is_taken() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
    screen.wait_for("? all keys");
    screen.resize(200, 60);
    screen.wait("a row far down", |screen| {
        screen.contents_between(59, 0, 59, 200).contains("all keys")
    });
    screen.resize(30, 8);
    screen.wait_for("buttress needs");
    screen.resize(1, 1);
    // Nothing can be seen of it; what is pressed meanwhile is done.
    screen.press("acache\r");
    screen.resize(80, 24);
    screen.wait_for("cache");
    screen.wait_for("? all keys");
    screen.press("uq");
    assert_eq!(screen.end(), 0);
}

#[test]
fn the_mouse_of_a_terminal_selects_and_presses() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
    screen.wait_for("? all keys");
    let web = screen.find("web");
    screen.click(web);
    screen.wait_for("replicas");
    let live = screen.find("2 live");
    screen.click(live);
    screen.wait_for("[2 live]");
    let keys = screen.find("all keys");
    screen.click(keys);
    screen.wait_for("Everywhere");
    screen.press("\x1b");
    screen.wait_for("[2 live]");
    screen.press("\x11");
    assert_eq!(screen.end(), 0);
}

#[test]
fn a_terminal_that_knows_only_ascii_gets_ascii() {
    let directory = shop();
    let ascii = [("LANG", "C"), ("TERM", "vt100")];
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &ascii);
    screen.wait_for("? all keys");
    screen.press(" ");
    screen.wait_for("[2 live]");
    screen.press("?");
    screen.wait_for("Everywhere");
    screen.press("\x1b");
    screen.wait_for("[2 live]");
    screen.press("\x11");
    screen.wait("end", |screen| !screen.alternate_screen());
    let odd = screen.bytes.iter().find(|byte| !byte.is_ascii());
    assert_eq!(odd, None);
    let colour = String::from_utf8_lossy(&screen.bytes).contains("\x1b[38;");
    assert!(!colour, "a terminal of this name has no colours");
    assert_eq!(screen.end(), 0);
}

#[cfg(debug_assertions)]
#[test]
fn a_panic_restores_the_terminal_and_loses_no_work() {
    let directory = shop();
    let wish = [("BUTTRESS_PANIC", "1")];
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &wish);
    screen.wait_for("? all keys");
    screen.press("acache\r");
    screen.wait_for("cache");
    screen.press("\x1b[24~");
    screen.wait_for("panicked");
    assert_eq!(screen.end(), 101);
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
    screen.wait_for("recover it");
    screen.press("\r");
    screen.wait_for("Recovered");
    screen.press("uq");
    assert_eq!(screen.end(), 0);
}

#[cfg(unix)]
#[test]
fn what_hangs_is_ended_by_a_signal_nevertheless() {
    let directory = shop();
    let mut screen = Screen::start(directory.path(), &["shop.ron"], &[]);
    screen.wait_for("? all keys");
    // The beginning of a paste whose end never comes: the reading waits for it.
    screen.press("\x1b[200~ab");
    let process = screen.child.process_id().unwrap().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &process])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(screen.end(), 75);
}
