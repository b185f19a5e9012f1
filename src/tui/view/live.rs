//! What a run adds to the screen: figures in the boxes, traffic on the wires, the panel of the
//! selected thing, charts.

use super::pen::Pen;
use crate::layout::scene::SceneGroup;
use crate::layout::{BoxFigures, Role as Drawn, Scene};
use crate::tui::app::{App, Tab, Thing};
use crate::tui::charts::Pen as ChartPen;
use crate::tui::live::boxes::{BreakerMark, dots, together};
use crate::tui::live::{Play, Snapshot, view};
use crate::tui::theme::{Role, heat_step};
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// What the boxes and wires show of a run.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Figures of each node, by its index in the picture.
    pub(super) figures: Vec<Option<BoxFigures>>,
    /// Figures of each folded group, by its index.
    pub(super) groups: Vec<Option<BoxFigures>>,
    /// Traffic: a wire and a distance from its first cell.
    pub(super) traffic: Vec<(usize, usize)>,
    /// Wires that nothing passes.
    pub(super) failed: Vec<usize>,
}

/// What the run shows on the canvas; `None` where it is not looked at.
pub(super) fn shown(app: &App, scene: &Scene) -> Option<Shown> {
    let live = app.live.as_ref().filter(|_| app.tab == Tab::Live)?;
    let meta = live.meta();
    let of_node = |place: usize| {
        // The run has its nodes in the order of the document, unless the document has changed.
        let name = &scene.nodes().get(place)?.name;
        let same = meta.nodes.get(place).is_some_and(|of| of.name == *name);
        let index = if same { place } else { live.node(name)? };
        app.live_shown.boxes.get(index)
    };
    let figures = (0..scene.nodes().len()).map(|place| of_node(place).map(figures_of));
    let of_group = |group: &SceneGroup| {
        let members = group.members.iter().filter(|_| group.folded);
        let members: Vec<_> = members.filter_map(|place| of_node(*place)).collect();
        together(&members).as_ref().map(figures_of)
    };
    let mut shown = Shown {
        figures: figures.collect(),
        groups: scene.groups().iter().map(of_group).collect(),
        ..Shown::default()
    };
    let played_s = if live.play == Play::Playing {
        app.now_ms as f64 / 1000.0
    } else {
        0.0
    };
    let index_of: BTreeMap<&str, usize> =
        (meta.wires.iter().map(|wire| wire.name.as_str()).zip(0..)).collect();
    for (index, wire) in scene.wires().iter().enumerate() {
        let figures = index_of.get(wire.name.as_str());
        let Some(figures) = figures.and_then(|index| app.live_shown.wires.get(*index)) else {
            continue;
        };
        if figures.breaker == BreakerMark::Open || (figures.per_s > 0.0 && figures.failing > 0.99) {
            shown.failed.push(index);
        }
        let length = wire.path.len().min(usize::from(u16::MAX)) as u16;
        let cells = dots(length, figures.per_s, played_s).into_iter();
        shown
            .traffic
            .extend(cells.map(|cell| (index, usize::from(cell))));
    }
    Some(shown)
}

/// The figures of a run in the terms of the drawing.
fn figures_of(live: &crate::tui::live::boxes::BoxFigures) -> BoxFigures {
    let role = if live.alarm {
        Drawn::Warning
    } else {
        Drawn::Detail
    };
    let mark = if live.alarm { " !" } else { "" };
    let mut lines = vec![(format!("{}{mark}", live.figure), role)];
    lines.extend(live.more.iter().map(|more| (more.clone(), Drawn::Detail)));
    let mut marks: Vec<(String, Drawn)> = live
        .faults
        .iter()
        .map(|fault| (fault.clone(), Drawn::Mark))
        .collect();
    if live.down {
        marks.insert(0, ("down".to_owned(), Drawn::Failed));
    }
    let border = if live.down {
        Some(Drawn::Failed)
    } else {
        live.utilization
            .map(heat_step)
            .filter(|step| *step > 0)
            .map(Drawn::Heat)
    };
    BoxFigures {
        bar: live.utilization,
        lines,
        marks,
        border,
    }
}

pub(super) fn pen_of(app: &App) -> ChartPen {
    ChartPen {
        theme: app.theme,
        glyphs: app.glyphs,
    }
}

pub(super) fn charts(app: &App, pen: &mut Pen<'_>, area: Rect) {
    if let Some(live) = &app.live {
        view::charts(pen_of(app), pen.buffer(), area, live, None);
    }
}

/// The panel of the selected node or wire.
pub(super) fn panel(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let Some(live) = &app.live else {
        pen.panel(area, "live", Role::Border, false);
        return;
    };
    match selected(app, live) {
        Some(Selected::Node(node)) => view::node_panel(pen_of(app), pen.buffer(), area, live, node),
        Some(Selected::Wire(wire)) => view::wire_panel(pen_of(app), pen.buffer(), area, live, wire),
        None => {
            let inside = pen.panel(area, "live", Role::Border, false);
            let style = pen.style(Role::Dim);
            let text = "Select a node or a wire to see its figures. f breaks it.";
            let columns = usize::from(inside.width.saturating_sub(2));
            for (row, line) in super::pen::wrap(text, columns).iter().enumerate() {
                pen.text(inside, row as u16, 1, line, style);
            }
        }
    }
}

enum Selected {
    Node(usize),
    Wire(usize),
}

fn selected(app: &App, live: &Snapshot) -> Option<Selected> {
    match app.canvas.selection.last()? {
        Thing::Node(name) => live.node(name).map(Selected::Node),
        Thing::Wire(from, to) => live.wire(&format!("{from} -> {to}")).map(Selected::Wire),
        Thing::Note(_) => None,
    }
}
