//! The interactive program on a large screen: how long the first frame of a design of 200 nodes takes,
//! how long and how many bytes each one while the design runs, and how long its wires take to route.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use buttress::design::{Design, LoadOptions, load_str};
use buttress::layout::{Scene, SceneOptions, Zoom};
use buttress::tui::app::App;
use buttress::tui::caps::{Caps, Depth};
use buttress::tui::effect::{Effect, Outcome};
use buttress::tui::keymap::Chord;
use buttress::tui::live::Live;
use buttress::tui::paint::Painter;
use buttress::tui::update::{Event, update};
use buttress::tui::view;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Outcome as Done, lowest_and_median, timed, unprinted, verdict};

/// Columns and rows of the screen.
const SIZE: (u16, u16) = (200, 60);
/// Frames that are measured while the design runs.
const FRAMES: u32 = 240;
/// Times that what happens once is measured.
const TIMES: usize = 5;
/// A frame may take so long on average, in milliseconds.
const FRAME_BAR_MS: f64 = 2.0;
/// A frame may have so many bytes on average.
const BYTES_BAR: f64 = 4_096.0;
/// The first frame may take so long, in milliseconds.
const FIRST_BAR_MS: f64 = 100.0;

/// Measures and prints some lines.
pub(crate) fn measure(out: &mut impl Write) -> Done<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bench/canvas200.ron");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let loaded = load_str(&text, "canvas200", Path::new(""), &LoadOptions::default());
    let design = loaded.map_err(|problems| problems.to_string())?.design;
    first(&text, out)?;
    running(&text, out)?;
    routing(&design, out)
}

fn opened(text: &str) -> App {
    let caps = Caps {
        depth: Depth::True,
        unicode: true,
    };
    let mut app = App::new(caps, SIZE);
    let outcome = Outcome::Opened {
        path: PathBuf::from("canvas200.ron"),
        text: text.to_owned(),
        journal: None,
    };
    update(&mut app, Event::Outcome(outcome));
    app
}

/// Draws a frame; how many bytes it takes.
fn frame(app: &App, painter: &mut Painter) -> usize {
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let drawn = view::draw(app, &mut buffer);
    let mut bytes = Vec::new();
    // Memory takes whatever is written to it.
    let _ = painter.show(&mut bytes, buffer, drawn.cursor, "bench");
    bytes.len()
}

fn first(text: &str, out: &mut impl Write) -> Done<()> {
    let mut times_ms = Vec::with_capacity(TIMES);
    let mut bytes = 0;
    for _ in 0..TIMES {
        let (written, seconds) = timed(|| frame(&opened(text), &mut Painter::default()));
        bytes = written;
        times_ms.push(seconds * 1e3);
    }
    let (lowest, median) = lowest_and_median(times_ms);
    writeln!(
        out,
        "first frame of 200 nodes on 200 x 60: {median:.1} ms (lowest {lowest:.1} ms), {bytes} bytes; at most {FIRST_BAR_MS:.0} ms: {}",
        verdict(median, FIRST_BAR_MS)
    )
    .map_err(unprinted)
}

/// Frames as the shell draws them: at most 60 a second, each from the newest picture of the run.
fn running(text: &str, out: &mut impl Write) -> Done<()> {
    let mut app = opened(text);
    let mut live = None;
    for effect in update(
        &mut app,
        Event::Key(Chord::plain(crossterm::event::KeyCode::Char(' '))),
    ) {
        match effect {
            Effect::Start(design) => live = Some(Live::start(*design)?),
            Effect::Live(command) => {
                if let Some(live) = &live {
                    live.send(command);
                }
            }
            _ => {}
        }
    }
    let live = live.ok_or("the design does not run")?;
    let mut painter = Painter::default();
    frame(&app, &mut painter);
    let (mut spent_s, mut bytes, mut longest_s) = (0.0, 0, 0.0_f64);
    for number in 0..FRAMES {
        std::thread::sleep(Duration::from_millis(16));
        let (written, seconds) = timed(|| {
            update(&mut app, Event::Tick(u64::from(number) * 16));
            if let Some(snapshot) = live.take() {
                update(&mut app, Event::Snapshot(snapshot));
            }
            frame(&app, &mut painter)
        });
        spent_s += seconds;
        longest_s = longest_s.max(seconds);
        bytes += written;
    }
    let mean_ms = spent_s * 1e3 / f64::from(FRAMES);
    let mean_bytes = bytes as f64 / f64::from(FRAMES);
    writeln!(
        out,
        "a frame while it runs: {mean_ms:.2} ms on average (longest {:.1} ms); at most {FRAME_BAR_MS:.0} ms: {}\n\
         a frame while it runs: {mean_bytes:.0} bytes on average; at most {BYTES_BAR:.0}: {}",
        longest_s * 1e3,
        verdict(mean_ms, FRAME_BAR_MS),
        verdict(mean_bytes, BYTES_BAR)
    )
    .map_err(unprinted)
}

fn routing(design: &Design, out: &mut impl Write) -> Done<()> {
    for zoom in [Zoom::Card, Zoom::Chip] {
        let options = SceneOptions {
            zoom,
            ..SceneOptions::default()
        };
        let (_, placed_s) = timed(|| Scene::extent(design, &options));
        let (scene, made_s) = timed(|| Scene::of(design, &options));
        let node = scene.nodes().len() / 2;
        let at = scene.nodes()[node].rect.origin().moved(1, 1);
        let (_, moved_s) = timed(|| scene.moved(&[(node, at)]));
        let fallback = scene.wires().iter().filter(|wire| wire.path.is_fallback());
        writeln!(
            out,
            "{zoom:?}: {} wires routed in {:.1} ms ({} by the fallback), placed in {:.1} ms; one box moved in {:.1} ms",
            scene.wires().len(),
            (made_s - placed_s) * 1e3,
            fallback.count(),
            placed_s * 1e3,
            moved_s * 1e3
        )
        .map_err(unprinted)?;
    }
    Ok(())
}
