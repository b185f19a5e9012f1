//! What part of the design is in view, and how large.

use crate::layout::{Rect, Zoom};
use crate::tui::app::{App, Thing};

/// The screen has another size: what fits is shown whole.
pub(in crate::tui::update) fn resized(app: &mut App) {
    app.canvas.view = crate::tui::view::canvas_size(app);
    follow(app);
}

/// Shows the whole design with the largest boxes that fit, unless someone has panned or zoomed.
pub(in crate::tui::update) fn follow(app: &mut App) {
    let bounds = app.canvas.bounds();
    if !app.canvas.follows || bounds.is_empty() {
        return;
    }
    let (zoom, tight, origin) = (app.canvas.zoom, app.canvas.tight, app.canvas.origin);
    let smallest = if app.canvas.selection.is_empty() {
        Zoom::Overview
    } else {
        Zoom::Chip
    };
    if !find_zoom(app, smallest) {
        if app.canvas.selection.is_empty() {
            return fit(app);
        }
        // Nothing fits: what is selected stays in sight at a size that can be read.
        app.canvas.zoom = Zoom::Compact;
        app.canvas.refresh(&app.document);
        reveal_selection(app);
        return;
    }
    let is_same = (zoom, tight) == (app.canvas.zoom, app.canvas.tight);
    let bounds = app.canvas.bounds();
    if is_same && app.canvas.window().encloses(bounds) {
        app.canvas.origin = origin;
    } else {
        app.canvas.centre(bounds);
    }
}

/// The design was edited: the zoom stays, and what is selected comes into sight.
pub(in crate::tui::update) fn stay(app: &mut App) {
    if !app.canvas.follows {
        return;
    }
    let fits = |app: &App| {
        let bounds = app.canvas.bounds();
        bounds.width <= app.canvas.view.0 && bounds.height <= app.canvas.view.1
    };
    if fits(app) {
        app.canvas.overflows = false;
        return keep_in_view(app);
    }
    reveal_selection(app);
    if !app.canvas.overflows {
        app.canvas.overflows = true;
        app.say("The design is larger than the view now. 0 brings all of it into sight.");
    }
}

/// Finds the largest zoom at which everything fits, down to a smallest; whether there is one. If not,
/// it is the smallest.
fn find_zoom(app: &mut App, smallest: Zoom) -> bool {
    let all = ZOOMS.into_iter().rev().filter(|zoom| *zoom >= smallest);
    for (zoom, tight) in all.flat_map(|zoom| [(zoom, false), (zoom, true)]) {
        app.canvas.zoom = zoom;
        app.canvas.tight = tight;
        if app.canvas.is_too_large(&app.document, zoom, tight) {
            continue;
        }
        app.canvas.refresh(&app.document);
        let bounds = app.canvas.bounds();
        if bounds.width <= app.canvas.view.0 && bounds.height <= app.canvas.view.1 {
            return true;
        }
    }
    false
}

/// Shows the whole design as long as it fits.
pub(in crate::tui::update) fn keep_in_view(app: &mut App) {
    let bounds = app.canvas.bounds();
    let fits = bounds.width <= app.canvas.view.0 && bounds.height <= app.canvas.view.1;
    if fits && !bounds.is_empty() && !app.canvas.window().encloses(bounds) {
        app.canvas.centre(bounds);
    }
}

/// Brings what is selected into view.
pub(in crate::tui::update) fn reveal_selection(app: &mut App) {
    app.canvas.view = crate::tui::view::canvas_size(app);
    let boxes: Vec<Rect> = match app.canvas.selection.last() {
        Some(Thing::Node(name)) => app.canvas.box_of(name).into_iter().collect(),
        Some(Thing::Wire(from, to)) => {
            let ends = [app.canvas.box_of(from), app.canvas.box_of(to)];
            ends.into_iter().flatten().collect()
        }
        _ => Vec::new(),
    };
    if !boxes.is_empty() {
        app.canvas.reveal(Rect::around(boxes));
        keep_in_view(app);
    }
}

pub(super) fn pan(app: &mut App, (columns, rows): (i32, i32)) {
    app.canvas.follows = false;
    app.canvas.origin = app.canvas.origin.moved(columns, rows).limited();
}

/// The zoom levels, from the least shown to the most.
const ZOOMS: [Zoom; 4] = [Zoom::Overview, Zoom::Chip, Zoom::Compact, Zoom::Card];

/// What a zoom level is called.
fn zoom_name(zoom: Zoom) -> &'static str {
    match zoom {
        Zoom::Overview => "overview",
        Zoom::Chip => "chips",
        Zoom::Compact => "compact boxes",
        Zoom::Card => "cards",
    }
}

/// Another zoom level; what is selected stays in view.
pub(in crate::tui::update) fn zoom(app: &mut App, by: isize) {
    let at = ZOOMS
        .iter()
        .position(|zoom| *zoom == app.canvas.zoom)
        .unwrap_or(3);
    let next = at.saturating_add_signed(by).min(ZOOMS.len() - 1);
    if next == at {
        return app.complain(format!("These are {} already.", zoom_name(ZOOMS[at])));
    }
    app.canvas.follows = false;
    app.canvas.zoom = ZOOMS[next];
    app.canvas.refresh(&app.document);
    if app.canvas.selection.is_empty() {
        let bounds = app.canvas.bounds();
        app.canvas.centre(bounds);
    } else {
        reveal_selection(app);
    }
    app.say(format!("Zoom: {}.", zoom_name(app.canvas.zoom)));
}

/// Brings everything into view with the largest boxes that fit.
pub(crate) fn fit(app: &mut App) {
    app.canvas.view = crate::tui::view::canvas_size(app);
    app.canvas.follows = true;
    app.canvas.overflows = !find_zoom(app, Zoom::Overview);
    if app.canvas.overflows {
        app.canvas.refresh(&app.document);
    }
    let bounds = app.canvas.bounds();
    app.canvas.centre(bounds);
}
