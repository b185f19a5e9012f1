//! State → buffer and hit map. One file per region or layer; no decisions.

#![deny(clippy::indexing_slicing)]

pub mod hits;
pub mod keys;

mod bars;
mod canvas;
mod gallery;
mod inspector;
mod lanes;
mod layers;
mod live;
mod pen;
mod small;

#[cfg(test)]
mod tests;

use super::app::{App, Layer, Screen};
use super::theme::Role;
use hits::Hits;
use pen::Pen;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The smallest screen on which something can be done.
pub const SIZE_MIN: (u16, u16) = (40, 10);

/// What drawing gives besides the picture.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    /// Where things are.
    pub hits: Hits,
    /// Where the text cursor stands, if one does.
    pub cursor: Option<Position>,
}

/// Where the regions of the editor are.
#[derive(Debug, Clone, Copy, Default)]
struct Regions {
    /// The line of the file's name and the tabs.
    top: Rect,
    /// The canvas with its frame.
    canvas: Rect,
    /// The charts of a run; empty without one or without room.
    charts: Rect,
    /// The inspector with its frame; empty if there is no room.
    inspector: Rect,
    /// The sentence about what matters now.
    sentence: Rect,
    /// The keys.
    hints: Rect,
}

/// Columns of the inspector where there is room, and where there is more.
const INSPECTOR: (u16, u16, u16) = (28, 34, 44);

fn regions(app: &App, area: Rect) -> Regions {
    let row = |row: u16| Rect::new(area.x, area.y + row, area.width, 1);
    let mut middle = Rect::new(
        area.x,
        area.y + 1,
        area.width,
        area.height.saturating_sub(3),
    );
    let mut charts = Rect::default();
    if app.tab == super::app::Tab::Live && app.live.is_some() {
        let high = match area.height {
            0..22 => 0,
            22..30 => 9,
            30..44 => 11,
            _ => 15,
        };
        middle.height -= high;
        charts = Rect::new(middle.x, middle.bottom(), middle.width, high);
    }
    let wide = match area.width {
        0..78 => 0,
        78..104 => INSPECTOR.0,
        104..150 => INSPECTOR.1,
        _ => INSPECTOR.2,
    };
    // Without room beside the canvas, the inspector lies over it while it is used.
    let (canvas, inspector) = if wide > 0 {
        let canvas = Rect::new(middle.x, middle.y, middle.width - wide, middle.height);
        let x = canvas.right();
        (canvas, Rect::new(x, middle.y, wide, middle.height))
    } else if app.inspector.focused {
        let wide = INSPECTOR.1.min(middle.width);
        let x = middle.right() - wide;
        (middle, Rect::new(x, middle.y, wide, middle.height))
    } else {
        (middle, Rect::default())
    };
    Regions {
        top: row(0),
        canvas,
        charts,
        inspector,
        sentence: row(area.height.saturating_sub(2)),
        hints: row(area.height.saturating_sub(1)),
    }
}

/// Columns and rows of the canvas inside its frame.
pub fn canvas_size(app: &App) -> (i32, i32) {
    let area = Rect::new(0, 0, app.size.0, app.size.1);
    let canvas = regions(app, area).canvas;
    let inside = |length: u16| i32::from(length.saturating_sub(2)).max(1);
    (inside(canvas.width), inside(canvas.height))
}

/// Draws everything.
pub fn draw(app: &App, buffer: &mut Buffer) -> Drawn {
    let mut pen = Pen::new(buffer, app);
    let area = pen.area();
    if area.width < SIZE_MIN.0 || area.height < SIZE_MIN.1 {
        too_small(&mut pen, area);
        return Drawn::default();
    }
    match app.screen {
        Screen::Gallery => gallery::draw(app, &mut pen, area),
        Screen::Editor => editor(app, &mut pen, area),
    }
    bars::popup(app, &mut pen, area);
    bars::toast(app, &mut pen, area);
    if let Some(layer) = app.layers.last() {
        pen.cursor = None;
        // A click beside a layer closes it.
        pen.hit(area, hits::Hit::Toast);
        match layer {
            Layer::Picker(picker) => layers::picker(picker, &mut pen, area),
            Layer::Prompt(prompt) => layers::prompt(prompt, &mut pen, area),
            Layer::Keys(scroll) => keys::draw(*scroll, &mut pen, area),
        }
    }
    Drawn {
        hits: pen.hits,
        cursor: pen.cursor,
    }
}

fn editor(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let regions = regions(app, area);
    bars::top(app, pen, regions.top);
    if let (super::app::Tab::Explain, Some(explain)) = (app.tab, &app.explain) {
        let stale = app.answer.as_ref().is_none_or(|answer| !answer.current);
        let middle = Rect::new(
            area.x,
            area.y + 1,
            area.width,
            area.height.saturating_sub(2),
        );
        super::explain::draw(live::pen_of(app), pen.buffer(), middle, explain, stale);
        bars::hints(app, pen, regions.hints);
        return;
    }
    canvas::draw(app, pen, regions.canvas);
    if !regions.charts.is_empty() {
        live::charts(app, pen, regions.charts);
    }
    if !regions.inspector.is_empty() {
        if app.tab == super::app::Tab::Live && !app.inspector.focused {
            live::panel(app, pen, regions.inspector);
        } else {
            inspector::draw(app, pen, regions.inspector);
        }
    }
    bars::sentence(app, pen, regions.sentence);
    bars::hints(app, pen, regions.hints);
}

fn too_small(pen: &mut Pen<'_>, area: Rect) {
    let text = format!(
        "buttress needs {}×{} cells. Ctrl-Q leaves.",
        SIZE_MIN.0, SIZE_MIN.1
    );
    let text = if pen.glyphs.unicode {
        text
    } else {
        text.replace('×', "x")
    };
    let style = pen.style(Role::Text);
    for (row, line) in pen::wrap(&text, usize::from(area.width)).iter().enumerate() {
        pen.text(area, row as u16, 0, line, style);
    }
}
