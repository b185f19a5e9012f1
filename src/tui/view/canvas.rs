//! The canvas: the picture of the design, and what is being done over it.

use super::hits::Hit;
use super::pen::Pen;
use crate::layout::grid::Charset;
use crate::layout::scene::{Look, SceneGroup};
use crate::layout::{Owner, Point, Rect as World, Role as Drawn, Scene, Size};
use crate::tui::app::{App, Dragging, Labels, Mode, Thing};
use crate::tui::theme::Role;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

pub(super) fn draw(app: &App, pen: &mut Pen<'_>, area: Rect) {
    let focused = !app.inspector.focused && app.layers.is_empty();
    let role = if focused {
        Role::BorderFocus
    } else {
        Role::Border
    };
    let inside = pen.panel(area, "canvas", role, false);
    if inside.is_empty() {
        return;
    }
    pen.hit(inside, Hit::Canvas);
    let Some(scene) = app.canvas.scene() else {
        return;
    };
    let dragged = dragged(app, scene);
    picture(app, pen, inside, dragged.as_ref().unwrap_or(scene));
    match &app.canvas.mode {
        Mode::Labels(labels) => draw_labels(app, pen, inside, labels),
        Mode::Boxing(boxing) | Mode::Dragging(Dragging::Box(boxing)) => {
            outline(app, pen, inside, boxing.rect());
        }
        Mode::Dragging(Dragging::Wire { to, .. }) => {
            let style = pen.style(Role::Label);
            put(app, pen, inside, *to, "+", style);
        }
        _ => {}
    }
    if app.document.design().nodes.is_empty() {
        empty(pen, inside);
    }
    edges(app, pen, inside, scene);
    if app.canvas.minimap {
        minimap(app, pen, inside, scene);
    }
}

/// The picture while things are moved: as it will be.
fn dragged(app: &App, scene: &Scene) -> Option<Scene> {
    let by = app.canvas.offset();
    if by == (0, 0) {
        return None;
    }
    let moves: Vec<(usize, Point)> = app
        .canvas
        .selected_nodes()
        .iter()
        .filter_map(|name| {
            let index = scene.node_index(name)?;
            let rect = scene.nodes().get(index)?.rect;
            Some((index, rect.origin().moved(by.0, by.1)))
        })
        .collect();
    Some(scene.moved(&moves))
}

fn picture(app: &App, pen: &mut Pen<'_>, inside: Rect, scene: &Scene) {
    let window = World::new(
        app.canvas.origin.x,
        app.canvas.origin.y,
        i32::from(inside.width),
        i32::from(inside.height),
    );
    let selected: Vec<Owner> = app
        .canvas
        .selection
        .iter()
        .map(|thing| app.canvas.owner_of(thing))
        .collect();
    let selects_wire = matches!(app.canvas.selection.as_slice(), [Thing::Wire(..)]);
    let live = super::live::shown(app, scene);
    let figures = live
        .as_ref()
        .map_or(&app.loads.figures, |live| &live.figures);
    let loads = |group: &SceneGroup| {
        let members = group.folded.then_some(&group.members)?;
        app.loads.together(members)
    };
    let groups: Vec<_> = match &live {
        Some(live) => live.groups.clone(),
        None => scene.groups().iter().map(loads).collect(),
    };
    let (traffic, failed) = live
        .as_ref()
        .map_or((&[][..], &[][..]), |live| (&live.traffic, &live.failed));
    let look = Look {
        charset: if app.glyphs.unicode {
            Charset::Unicode
        } else {
            Charset::Ascii
        },
        figures,
        group_figures: &groups,
        traffic,
        failed_wires: failed,
        selected: &selected,
        dim_others: selects_wire,
        ..Look::default()
    };
    let painted = scene.paint(window, &look);
    for (row, cells) in painted.rows().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            if cell.glyph == '\0' || (cell.glyph == ' ' && cell.role == Drawn::Empty) {
                continue;
            }
            let role = role_of(cell.role);
            let mut style = pen.style(role);
            if cell.role == Drawn::Title {
                style = style.add_modifier(Modifier::BOLD);
            }
            let symbol = cell.glyph.encode_utf8(&mut [0; 4]).to_owned();
            let (x, y) = (inside.x + column as u16, inside.y + row as u16);
            if x < inside.right() && y < inside.bottom() {
                pen.cell(x, y, &symbol, style);
            }
        }
    }
}

/// The role of a cell of the drawing in the terms of the theme.
pub(super) fn role_of(role: Drawn) -> Role {
    match role {
        Drawn::Empty | Drawn::Detail | Drawn::WireLabel => Role::Dim,
        Drawn::Border => Role::Box,
        Drawn::Heat(step) => Role::Heat(step),
        Drawn::Title | Drawn::Figure => Role::Strong,
        Drawn::Count | Drawn::Traffic => Role::Accent,
        Drawn::Bar => Role::Heat(3),
        Drawn::Warning | Drawn::Mark => Role::Warn,
        Drawn::Failed => Role::Bad,
        Drawn::Selected => Role::BoxSelected,
        Drawn::Dimmed => Role::Faint,
        Drawn::Wire => Role::Wire,
        Drawn::WireAsync => Role::WireAsync,
        Drawn::Group | Drawn::GroupTitle => Role::Group,
        Drawn::Note => Role::Note,
        Drawn::Ghost | Drawn::Guide => Role::Ghost,
        Drawn::Jump => Role::Label,
    }
}

/// Puts a text at a place of the world, as far as it is in view.
fn put(app: &App, pen: &mut Pen<'_>, inside: Rect, at: Point, text: &str, style: Style) {
    let (column, row) = (at.x - app.canvas.origin.x, at.y - app.canvas.origin.y);
    if column < 0 || row < 0 || row >= i32::from(inside.height) || column >= i32::from(inside.width)
    {
        return;
    }
    pen.text(inside, row as u16, column as u16, text, style);
}

/// Labels on boxes; what was typed of a label is left out.
fn draw_labels(app: &App, pen: &mut Pen<'_>, inside: Rect, labels: &Labels) {
    let style = pen.style(Role::Label);
    for (label, name) in &labels.labels {
        let (Some(rest), Some(rect)) = (label.strip_prefix(&labels.typed), app.canvas.box_of(name))
        else {
            continue;
        };
        let middle = rect.x + rect.width / 2 - 1;
        put(
            app,
            pen,
            inside,
            Point::new(middle, rect.y),
            &format!(" {rest} "),
            style,
        );
    }
}

/// The outline of a rectangle of the world.
fn outline(app: &App, pen: &mut Pen<'_>, inside: Rect, rect: World) {
    let style = pen.style(Role::Ghost);
    let set = pen.glyphs.border();
    let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
    let window = app.canvas.window();
    let seen = rect.clipped(window.grown(1, 1));
    for x in seen.x..seen.right() {
        put(
            app,
            pen,
            inside,
            Point::new(x, rect.y),
            set.horizontal_top,
            style,
        );
        put(
            app,
            pen,
            inside,
            Point::new(x, bottom),
            set.horizontal_top,
            style,
        );
    }
    for y in seen.y..seen.bottom() {
        put(
            app,
            pen,
            inside,
            Point::new(rect.x, y),
            set.vertical_left,
            style,
        );
        put(
            app,
            pen,
            inside,
            Point::new(right, y),
            set.vertical_left,
            style,
        );
    }
}

fn empty(pen: &mut Pen<'_>, inside: Rect) {
    let lines = [
        ("Nothing here yet.", Role::Strong),
        ("", Role::Text),
        (
            "a adds a node: begin with a client, then what it calls.",
            Role::Dim,
        ),
        ("Each new node is wired from what is selected.", Role::Dim),
        ("? shows all keys.", Role::Dim),
    ];
    let wide = 56.min(inside.width.saturating_sub(2));
    let left = (inside.width - wide) / 2;
    let lines: Vec<(String, Role)> = lines
        .into_iter()
        .flat_map(
            |(line, role)| match super::pen::wrap(line, usize::from(wide)) {
                wrapped if wrapped.is_empty() => vec![(String::new(), role)],
                wrapped => wrapped.into_iter().map(|line| (line, role)).collect(),
            },
        )
        .collect();
    let top = inside.height.saturating_sub(lines.len() as u16) / 2;
    for (row, (line, role)) in lines.iter().enumerate() {
        let style = pen.style(*role);
        pen.text(inside, top + row as u16, left, line, style);
    }
}

/// Marks at the edges where the design goes on.
fn edges(app: &App, pen: &mut Pen<'_>, inside: Rect, scene: &Scene) {
    use crate::tui::glyphs::Glyph;
    let (window, bounds) = (app.canvas.window(), scene.bounds());
    if bounds.is_empty() {
        return;
    }
    let style = pen.style(Role::Accent);
    let (middle_x, middle_y) = (inside.width / 2, inside.height / 2);
    let (last_x, last_y) = (
        inside.width.saturating_sub(1),
        inside.height.saturating_sub(1),
    );
    let marks = [
        (bounds.x < window.x, Glyph::Left, 0, middle_y),
        (
            bounds.right() > window.right(),
            Glyph::Right,
            last_x,
            middle_y,
        ),
        (bounds.y < window.y, Glyph::Up, middle_x, 0),
        (
            bounds.bottom() > window.bottom(),
            Glyph::Down,
            middle_x,
            last_y,
        ),
    ];
    for (shown, glyph, column, row) in marks {
        if shown {
            let symbol = pen.get(glyph);
            pen.text(inside, row, column, symbol, style);
        }
    }
}

/// The whole design in the corner.
fn minimap(app: &App, pen: &mut Pen<'_>, inside: Rect, scene: &Scene) {
    let size = (inside.width / 4, inside.height / 4);
    if size.0 < 8 || size.1 < 3 {
        return;
    }
    let frame = Rect::new(
        inside.right() - size.0 - 2,
        inside.bottom() - size.1 - 2,
        size.0 + 2,
        size.1 + 2,
    );
    pen.clear(frame);
    let area = pen.panel(frame, "", Role::Border, true);
    let map = scene.minimap(
        Size::new(i32::from(size.0), i32::from(size.1)),
        app.canvas.window(),
    );
    for (row, cells) in map.rows().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let symbol = match (app.glyphs.unicode, cell.upper, cell.lower) {
                (_, false, false) if cell.in_view => {
                    if app.glyphs.unicode {
                        "·"
                    } else {
                        "."
                    }
                }
                (_, false, false) => " ",
                (false, ..) => "#",
                (true, true, true) => "█",
                (true, true, false) => "▀",
                (true, false, true) => "▄",
            };
            let role = if cell.in_view {
                Role::Accent
            } else {
                Role::Dim
            };
            let style = pen.style(role);
            pen.text(area, row as u16, column as u16, symbol, style);
            let at = map.world_at(column as i32, row as i32);
            let cell = Rect::new(area.x + column as u16, area.y + row as u16, 1, 1);
            pen.hit(cell, Hit::Minimap(at));
        }
    }
}
