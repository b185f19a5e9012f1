//! A scene as a vector drawing: the same boxes, paths and frames as in cells, with round corners and
//! real bars. It is styled by classes, so that it follows the colours of the page that it is put
//! into, and dark or light by itself.

use crate::design::Design;
use crate::layout::boxes::BoxFigures;
use crate::layout::geometry::{Point, Rect};
use crate::layout::grid::Charset;
use crate::layout::role::{Owner, Role, Run, char_width, heat_step, shortened, width};
use crate::layout::scene::{Look, Scene, SceneNode, SceneOptions, SceneWire};

/// Width and height of a cell, in units of the picture.
const CELL: (i32, i32) = (9, 18);
/// Free space around the drawing.
const MARGIN: i32 = 10;
/// Radius of the corners of wires.
const BEND: i32 = 7;

/// The colours of drawings and charts as variables, for light and for dark.
pub const PALETTE: &str = "\
:root{color-scheme:light dark;--ground:#fff;--panel:#f6f8fa;--ink:#1f2328;--muted:#59636e;--line:#d8dee4;\
--edge:#818b98;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700;--accent:#0969da;\
--s1:#0969da;--s2:#bc4c00;--s3:#1a7f37;--s4:#8250df;--s5:#bf3989;--s6:#6e7781;--s7:#0f766e;--s8:#a40e26;\
--h0:#818b98;--h1:#5a8f72;--h2:#2f9e56;--h3:#6b9a1e;--h4:#b08800;--h5:#d27200;--h6:#dd5317;--h7:#cf222e}\
@media (prefers-color-scheme:dark){:root{--ground:#0d1117;--panel:#161b22;--ink:#e6edf3;--muted:#9198a1;\
--line:#30363d;--edge:#7d8590;--good:#3fb950;--bad:#ff6a63;--warn:#d29922;--accent:#58a6ff;\
--s1:#58a6ff;--s2:#f0883e;--s3:#3fb950;--s4:#b694fb;--s5:#f778ba;--s6:#9aa4af;--s7:#2dd4bf;--s8:#ff7b72;\
--h0:#7d8590;--h1:#5fa683;--h2:#3fb950;--h3:#8fbf3f;--h4:#d4a72c;--h5:#f0883e;--h6:#ff7a45;--h7:#ff6a63}}";

/// The classes of a drawing.
pub const STYLE: &str = "\
.dw text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;fill:var(--ink)}\
.dw .t{font-weight:600}.dw .d,.dw .c,.dw .l{fill:var(--muted);font-size:12px}.dw .f{font-size:12px;font-variant-numeric:tabular-nums}\
.dw .l{font-size:11px;paint-order:stroke;stroke:var(--ground);stroke-width:4px}\
.dw .m{font-size:11px;font-weight:600;fill:var(--bad);paint-order:stroke;stroke:var(--ground);stroke-width:5px}\
.dw .b{fill:var(--panel);stroke:var(--edge);stroke-width:1.4}.dw .w{fill:none;stroke:var(--edge);stroke-width:1.5}\
.dw .a{stroke-dasharray:5 4}.dw .h{fill:var(--edge)}\
.dw .g{fill:none;stroke:var(--line);stroke-width:1.4;stroke-dasharray:2 4;stroke-linecap:round}\
.dw .gt{fill:var(--muted);font-size:12px;paint-order:stroke;stroke:var(--ground);stroke-width:6px}\
.dw .k{fill:var(--line)}.dw .warn{fill:var(--warn)}.dw .bad{fill:var(--bad)}\
.dw .h0{--x:var(--h0)}.dw .h1{--x:var(--h1)}.dw .h2{--x:var(--h2)}.dw .h3{--x:var(--h3)}\
.dw .h4{--x:var(--h4)}.dw .h5{--x:var(--h5)}.dw .h6{--x:var(--h6)}.dw .h7{--x:var(--h7)}\
.dw .v{fill:var(--x)}.dw .hot{stroke:var(--x);stroke-width:2}";

/// Text for XML and HTML, in content and in quoted attributes. Control characters, which XML cannot
/// hold at all, become the sign for what cannot be shown.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' | '\t' => safe.push(letter),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ if letter.is_control() => safe.push('\u{fffd}'),
            _ => safe.push(letter),
        }
    }
    safe
}

/// The drawing of a design as an `svg` element without a style: it takes [`PALETTE`] and [`STYLE`]
/// from the page around it. Figures are those of each node by its index. Empty for a design
/// without nodes.
pub fn element(design: &Design, figures: &[Option<BoxFigures>], title: &str) -> String {
    drawing(design, figures, title, "")
}

/// The drawing of a design as a file of its own.
pub fn file(design: &Design, figures: &[Option<BoxFigures>], title: &str) -> String {
    let ground = "<rect width=\"100%\" height=\"100%\" rx=\"8\" style=\"fill:var(--ground)\"/>\n";
    let style = format!("<style>{PALETTE}{STYLE}</style>\n{ground}");
    drawing(design, figures, title, &style)
}

fn drawing(design: &Design, figures: &[Option<BoxFigures>], title: &str, style: &str) -> String {
    let scene = Scene::of(design, &SceneOptions::default());
    let bounds = scene.bounds();
    if bounds.is_empty() {
        return String::new();
    }
    let (columns, rows) = CELL;
    let size = (
        bounds
            .width
            .saturating_mul(columns)
            .saturating_add(2 * MARGIN),
        bounds
            .height
            .saturating_mul(rows)
            .saturating_add(2 * MARGIN),
    );
    let mut pen = Pen {
        svg: format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dw\" role=\"img\" viewBox=\"0 0 {w} {h}\" \
             width=\"{w}\" height=\"{h}\">\n<title>{}</title>\n{style}",
            escaped(title),
            w = size.0,
            h = size.1,
        ),
        origin: bounds.origin(),
    };
    for group in scene.groups() {
        pen.group(group.rect, &group.name);
    }
    for wire in scene.wires() {
        pen.wire(wire);
    }
    pen.labels(&scene, bounds);
    for note in scene.notes() {
        for (row, line) in (0..).zip(&note.lines) {
            pen.text("d", note.rect.origin().moved(0, row), line);
        }
    }
    for (index, node) in scene.nodes().iter().enumerate() {
        let figures = figures.get(index).and_then(Option::as_ref);
        pen.node(node, figures);
    }
    pen.svg.push_str("</svg>\n");
    pen.svg
}

/// Writes shapes; places are cells of the scene.
struct Pen {
    svg: String,
    origin: Point,
}

impl Pen {
    /// The middle of a cell.
    fn middle(&self, cell: Point) -> (i32, i32) {
        (
            (cell.x - self.origin.x) * CELL.0 + CELL.0 / 2 + MARGIN,
            (cell.y - self.origin.y) * CELL.1 + CELL.1 / 2 + MARGIN,
        )
    }

    /// A rectangle whose edges run through the middle of its outer cells.
    fn rect(&mut self, class: &str, rect: Rect, radius: i32) {
        let (x, y) = self.middle(rect.origin());
        let (right, bottom) = self.middle(Point::new(rect.right() - 1, rect.bottom() - 1));
        self.svg.push_str(&format!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>\n",
            (right - x).max(1),
            (bottom - y).max(1)
        ));
    }

    /// Text that begins at the left edge of a cell.
    fn text(&mut self, class: &str, at: Point, text: &str) {
        let (x, y) = self.middle(at);
        self.text_at(class, (x - CELL.0 / 2, y + 5), "start", text);
    }

    fn text_at(&mut self, class: &str, (x, y): (i32, i32), anchor: &str, text: &str) {
        self.svg.push_str(&format!(
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>\n",
            escaped(text)
        ));
    }

    fn group(&mut self, frame: Rect, name: &str) {
        if frame.is_empty() {
            return;
        }
        self.rect("g", frame, 10);
        let columns = frame.width - 6;
        let name = shortened(name, columns);
        let (x, y) = self.middle(frame.origin());
        self.text_at("gt", (x + 16, y + 4), "start", &name);
    }

    fn wire(&mut self, wire: &SceneWire) {
        let points = wire.path.points();
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        let towards = |from: Option<&Point>, to: Option<&Point>| match (from, to) {
            (Some(from), Some(to)) => ((to.x - from.x).signum(), (to.y - from.y).signum()),
            _ => (1, 0),
        };
        let leaving = towards(points.first(), points.get(1));
        let before_last = points.len().checked_sub(2).and_then(|at| points.get(at));
        let arriving = towards(before_last, before_last.and(points.last()));
        // From the edge of one box to the edge of the other: both lie in the middle of a cell.
        let start = self.middle(first.moved(-leaving.0, -leaving.1));
        let tip = self.middle(last.moved(arriving.0, arriving.1));
        let neck = (tip.0 - 8 * arriving.0, tip.1 - 8 * arriving.1);
        let mut corners = vec![start];
        let inner = points.iter().skip(1).take(points.len().saturating_sub(2));
        corners.extend(inner.map(|corner| self.middle(*corner)));
        corners.push(neck);
        let class = if wire.asynchronous { "w a" } else { "w" };
        self.svg.push_str(&format!(
            "<path class=\"{class}\" d=\"{}\"/>\n",
            rounded(&corners)
        ));
        let side = (4 * arriving.1, 4 * arriving.0);
        self.svg.push_str(&format!(
            "<path class=\"h\" d=\"M{} {}L{} {}L{} {}Z\"/>\n",
            tip.0,
            tip.1,
            neck.0 + side.0,
            neck.1 + side.1,
            neck.0 - side.0,
            neck.1 - side.1
        ));
    }

    /// Short texts at wires, where the drawing in cells has them.
    fn labels(&mut self, scene: &Scene, bounds: Rect) {
        let picture = scene.paint(bounds, &Look::default());
        for (y, row) in (bounds.y..).zip(picture.rows()) {
            let mut text = String::new();
            let mut start = Point::new(bounds.x, y);
            let mut owner = Owner::Nothing;
            for (x, cell) in (bounds.x..).zip(row) {
                let goes_on = cell.role == Role::WireLabel;
                if !text.is_empty() && (!goes_on || cell.owner != owner) {
                    self.text("l", start, text.trim());
                    text.clear();
                }
                if goes_on {
                    if text.is_empty() {
                        (start, owner) = (Point::new(x, y), cell.owner);
                    }
                    text.extend(Some(cell.glyph).filter(|glyph| char_width(*glyph) > 0));
                }
            }
            if !text.is_empty() {
                self.text("l", start, text.trim());
            }
        }
    }

    fn node(&mut self, node: &SceneNode, figures: Option<&BoxFigures>) {
        let rect = node.rect;
        let heat = figures.and_then(|figures| figures.border);
        let class = match heat {
            Some(Role::Heat(step)) => format!("b hot h{}", step.min(7)),
            Some(Role::Failed) => "b hot h7".to_owned(),
            _ => "b".to_owned(),
        };
        self.rect(&class, rect, 8);
        let inside = Rect::new(rect.x + 2, rect.y + 1, rect.width - 4, rect.height - 2);
        let count = usize::try_from(inside.height).unwrap_or(0);
        let rows = node
            .content
            .rows(inside.width, count, figures, Charset::Unicode);
        for (y, row) in (inside.y..).zip(&rows) {
            let at = Point::new(inside.x, y);
            let has_bar = row.iter().any(|run| run.role == Role::Figure);
            match figures.and_then(|figures| figures.bar).filter(|_| has_bar) {
                Some(busy) => self.bar(at, inside.width, busy),
                None => self.row(at, inside.width, row),
            }
        }
        let marks = figures.map(|figures| figures.marks.as_slice());
        let marks = marks
            .unwrap_or_default()
            .iter()
            .map(|(text, _)| text.as_str());
        let marks = marks.collect::<Vec<_>>().join(" ");
        if !marks.is_empty() {
            let (x, y) = self.middle(Point::new(rect.right() - 2, rect.y));
            self.text_at("m", (x, y + 4), "end", &marks);
        }
    }

    /// A line of text: its first part on the left, a count on the right.
    fn row(&mut self, at: Point, columns: i32, row: &[Run]) {
        for run in row {
            let class = match run.role {
                Role::Title => "t",
                Role::Count => "c",
                Role::Warning => "d warn",
                Role::Failed => "d bad",
                Role::Empty => continue,
                _ => "d",
            };
            if run.role == Role::Count {
                let (x, y) = self.middle(at.moved(columns, 0));
                self.text_at(class, (x - CELL.0 / 2, y + 5), "end", &run.text);
            } else {
                self.text(class, at, &run.text);
            }
        }
    }

    /// A bar with its percentage.
    fn bar(&mut self, at: Point, columns: i32, busy: f64) {
        let share = if busy.is_finite() {
            busy.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let figure = format!("{:.0}%", 100.0 * share);
        let (left, middle) = self.middle(at);
        let left = left - CELL.0 / 2;
        let length = ((columns - width("100%") - 1).max(1)) * CELL.0;
        let filled = (f64::from(length) * share).round();
        self.svg.push_str(&format!(
            "<rect class=\"k\" x=\"{left}\" y=\"{y}\" width=\"{length}\" height=\"8\" rx=\"4\"/>\n\
             <rect class=\"v h{}\" x=\"{left}\" y=\"{y}\" width=\"{filled}\" height=\"8\" rx=\"4\"/>\n",
            heat_step(share),
            y = middle - 4,
        ));
        let (right, _) = self.middle(at.moved(columns, 0));
        self.text_at("f", (right - CELL.0 / 2, middle + 5), "end", &figure);
    }
}

/// A line through corners, each of them rounded.
fn rounded(corners: &[(i32, i32)]) -> String {
    let mut path = String::new();
    for (at, corner) in corners.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| corners.get(at));
        let (Some(before), Some(after)) = (before, corners.get(at + 1)) else {
            let word = if at == 0 { 'M' } else { 'L' };
            path.push_str(&format!("{word}{} {}", corner.0, corner.1));
            continue;
        };
        let length =
            |other: &(i32, i32)| (other.0 - corner.0).abs().max((other.1 - corner.1).abs());
        let bend = BEND.min(length(before) / 2).min(length(after) / 2);
        let step = |other: &(i32, i32)| {
            (
                corner.0 + bend * (other.0 - corner.0).signum(),
                corner.1 + bend * (other.1 - corner.1).signum(),
            )
        };
        let (from, to) = (step(before), step(after));
        path.push_str(&format!(
            "L{} {}Q{} {} {} {}",
            from.0, from.1, corner.0, corner.1, to.0, to.1
        ));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{LoadOptions, load_str};
    use std::path::Path;

    fn design(name: &str) -> Design {
        let text = r#"(
            format: 1,
            nodes: {
                "users": Client(traffic: [(to: "NAME", rate: "10/s")]),
                "NAME": Service(workers: 4, replicas: 2, work: "1ms"),
                "db": Database(cores: 2),
            },
            wires: {"NAME -> db": (pool: 5)},
        )"#;
        let text = text.replace("NAME", name);
        let options = LoadOptions::default();
        load_str(&text, "a.ron", Path::new(""), &options)
            .unwrap()
            .design
    }

    #[test]
    fn a_design_is_drawn_with_boxes_paths_and_bars() {
        let busy = BoxFigures {
            bar: Some(0.9),
            marks: vec![("slow".to_owned(), Role::Mark)],
            border: Some(Role::Heat(6)),
            ..BoxFigures::default()
        };
        let figures = [None, Some(busy)];
        let svg = element(&design("web"), &figures, "a < b");
        assert!(svg.contains("<title>a &lt; b</title>"), "{svg}");
        assert_eq!(svg.matches("class=\"h\"").count(), 2, "{svg}");
        assert!(svg.contains("class=\"b hot h6\""), "{svg}");
        assert!(
            svg.contains(">90%</text>") && svg.contains(">slow</text>"),
            "{svg}"
        );
        assert!(
            svg.contains(">pool 5</text>") && svg.contains(">×2</text>"),
            "{svg}"
        );
        assert!(!svg.contains("NaN") && !svg.contains("style"), "{svg}");
        let document = roxmltree::Document::parse(&svg).unwrap();
        assert_eq!(document.root_element().attribute("role"), Some("img"));
        let alone = file(&design("web"), &[], "a");
        assert!(roxmltree::Document::parse(&alone).is_ok());
        assert!(alone.contains("prefers-color-scheme"));
    }

    #[test]
    fn a_hostile_name_is_only_text() {
        let svg = element(&design("<script>&'"), &[], "x");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;script&gt;&amp;&#39;"), "{svg}");
        assert_eq!(escaped("\u{1b}\u{0}a\n"), "\u{fffd}\u{fffd}a\n");
    }

    #[test]
    fn corners_are_rounded_as_far_as_there_is_room() {
        assert_eq!(rounded(&[(0, 0), (100, 0)]), "M0 0L100 0");
        assert_eq!(
            rounded(&[(0, 0), (100, 0), (100, 6)]),
            "M0 0L97 0Q100 0 100 3L100 6"
        );
    }
}
