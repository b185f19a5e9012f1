//! What stands in the box of a node at each zoom, and how large the box is. Its size depends only
//! on the document, never on figures of a run, so that nothing jumps while one goes on.

mod detail;

use super::geometry::Size;
use super::grid::Charset;
use super::role::{Role, Run, shortened, width};
use crate::design::Node;

/// How much a box shows; a larger zoom shows more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Zoom {
    /// Two cells for a node: the shape of the whole.
    Overview,
    /// The name, on one line.
    Chip,
    /// The name in a frame, three lines.
    Compact,
    /// Name, key figures and a bar, five lines.
    #[default]
    Card,
}

/// All zooms, from the one that shows most.
pub const ZOOMS: [Zoom; 4] = [Zoom::Card, Zoom::Compact, Zoom::Chip, Zoom::Overview];

/// What a run, an estimate or a fault has to say in the box of a node, in place of what the document
/// says there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BoxFigures {
    /// How busy the node is, 0 to 1, drawn as a bar with its percentage; values beyond are clamped.
    pub bar: Option<f64>,
    /// Lines below the bar, most important first; as many as fit are shown.
    pub lines: Vec<(String, Role)>,
    /// Short words in the upper border: `slow ×5`.
    pub marks: Vec<(String, Role)>,
    /// The role of the border, such as [`Role::Heat`]; [`Role::Border`] if left out.
    pub border: Option<Role>,
}

/// What the document says about one box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxContent {
    /// The name of the node, or of the folded group.
    pub title: String,
    /// A small word after the name: `×4`.
    pub count: Option<String>,
    /// Lines about it, most important first.
    pub details: Vec<String>,
}

/// Width of a card without a long name.
const CARD_WIDTH_MIN: i32 = 16;
/// Widest box of any zoom; a longer name is shortened.
const WIDTH_MAX: i32 = 26;
/// Widest card on account of its details alone; a longer detail is shortened.
const CARD_WIDTH_DETAIL: i32 = 18;
/// Cells of a full bar.
const BAR_WIDTH: i32 = 8;

impl BoxContent {
    /// What the document says about a node.
    pub fn of(name: &str, node: &Node) -> BoxContent {
        let replicas = node.common.replicas;
        BoxContent {
            title: name.to_owned(),
            count: (replicas > 1).then(|| format!("×{replicas}")),
            // What the name says already is not said again.
            details: detail::lines(node)
                .into_iter()
                .filter(|line| line != name)
                .collect(),
        }
    }

    /// The box of a group that is folded.
    pub fn of_group(name: &str, members: usize) -> BoxContent {
        BoxContent {
            title: name.to_owned(),
            count: None,
            details: vec![format!("{members} nodes"), "folded".to_owned()],
        }
    }

    /// Columns of name and count, with the space between them.
    fn heading_width(&self) -> i32 {
        let count = self.count.as_deref().map_or(0, |count| width(count) + 1);
        width(&self.title).saturating_add(count)
    }

    /// Width and height of the box, its border included, where it has one.
    pub fn size(&self, zoom: Zoom) -> Size {
        let heading = self.heading_width();
        match zoom {
            Zoom::Overview => Size::new(2, 1),
            Zoom::Chip => Size::new(heading.saturating_add(2).clamp(3, WIDTH_MAX), 1),
            Zoom::Compact => Size::new(heading.saturating_add(4).clamp(7, WIDTH_MAX), 3),
            Zoom::Card => {
                let details = self.details.iter().map(|line| width(line)).max();
                let details = (details.unwrap_or(0) + 4).min(CARD_WIDTH_DETAIL);
                let wanted = heading.saturating_add(4).max(details);
                // Even widths only: boxes of one column are more often equally wide.
                let wanted = wanted.clamp(CARD_WIDTH_MIN, WIDTH_MAX);
                Size::new(wanted + wanted % 2, 5)
            }
        }
    }

    /// The lines inside the box, each at most `columns` wide, as many as `rows`: the heading, then what the
    /// figures say, then what the document says as far as there is room.
    pub fn rows(
        &self,
        columns: i32,
        rows: usize,
        figures: Option<&BoxFigures>,
        charset: Charset,
    ) -> Vec<Vec<Run>> {
        let mut all = vec![self.heading(columns, charset)];
        let mut details = self.details.iter();
        if let Some(figures) = figures {
            // A figure never displaces the first thing that the document says, if both fit.
            let live = usize::from(figures.bar.is_some()) + figures.lines.len();
            let kept = rows.saturating_sub(1 + live);
            let line = |text: &String| vec![Run::new(shortened(text, columns), Role::Detail)];
            all.extend(details.by_ref().take(kept.min(1)).map(line));
            if let Some(busy) = figures.bar {
                all.push(bar(busy, columns, charset));
            }
            let live = figures.lines.iter();
            all.extend(live.map(|(text, role)| vec![Run::new(shortened(text, columns), *role)]));
        }
        all.extend(details.map(|text| vec![Run::new(shortened(text, columns), Role::Detail)]));
        all.truncate(rows);
        all
    }

    /// Name on the left and count on the right.
    pub fn heading(&self, columns: i32, charset: Charset) -> Vec<Run> {
        let Some(count) = &self.count else {
            return vec![Run::new(shortened(&self.title, columns), Role::Title)];
        };
        let count = match charset {
            Charset::Unicode => count.clone(),
            Charset::Ascii => count.replace('×', "x"),
        };
        let left = columns - width(&count) - 1;
        if left < 1 {
            return vec![Run::new(shortened(&self.title, columns), Role::Title)];
        }
        let title = shortened(&self.title, left);
        let gap = " ".repeat((columns - width(&title) - width(&count)).max(1) as usize);
        vec![
            Run::new(title, Role::Title),
            Run::new(gap, Role::Empty),
            Run::new(count, Role::Count),
        ]
    }
}

/// A bar and its percentage, together as wide as the box.
fn bar(busy: f64, columns: i32, charset: Charset) -> Vec<Run> {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let busy = if busy.is_finite() {
        busy.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let figure = format!("{:>4}", format!("{:.0}%", busy * 100.0));
    let length = (columns - width(&figure) - 1).clamp(0, BAR_WIDTH);
    let eighths = (busy * f64::from(length) * 8.0).round() as i32;
    let (full, part) = ((eighths / 8) as usize, (eighths % 8) as usize);
    let mut drawn = match charset {
        Charset::Unicode => "▉".repeat(full),
        Charset::Ascii => "#".repeat(full),
    };
    let partial = EIGHTHS.get(part).filter(|_| part > 0);
    match (charset, partial) {
        (Charset::Unicode, Some(letter)) => drawn.push(*letter),
        (Charset::Ascii, Some(_)) if part >= 4 => drawn.push('#'),
        _ => {}
    }
    let gap = columns - width(&drawn) - width(&figure);
    vec![
        Run::new(drawn, Role::Bar),
        Run::new(" ".repeat(gap.max(0) as usize), Role::Empty),
        Run::new(figure, Role::Figure),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> BoxContent {
        BoxContent {
            title: "orders-db".to_owned(),
            count: Some("×2".to_owned()),
            details: vec!["100 conns".to_owned(), "4 cores".to_owned()],
        }
    }

    fn text(rows: &[Vec<Run>]) -> Vec<String> {
        let line = |row: &Vec<Run>| row.iter().map(|run| run.text.as_str()).collect();
        rows.iter().map(line).collect()
    }

    #[test]
    fn sizes_follow_the_zoom_and_have_limits() {
        let content = content();
        assert_eq!(content.size(Zoom::Card), Size::new(16, 5));
        assert_eq!(content.size(Zoom::Compact), Size::new(16, 3));
        assert_eq!(content.size(Zoom::Chip), Size::new(14, 1));
        assert_eq!(content.size(Zoom::Overview), Size::new(2, 1));
        let long = BoxContent {
            title: "n".repeat(500),
            ..content
        };
        assert_eq!(long.size(Zoom::Card).width, WIDTH_MAX);
        assert_eq!(
            width(&text(&long.rows(20, 3, None, Charset::Unicode))[0]),
            20
        );
    }

    #[test]
    fn figures_take_the_place_of_details() {
        let content = content();
        let figures = BoxFigures {
            bar: Some(0.79),
            lines: vec![("310 waiting !".to_owned(), Role::Warning)],
            ..BoxFigures::default()
        };
        let rows = content.rows(14, 3, Some(&figures), Charset::Unicode);
        assert_eq!(
            text(&rows),
            ["orders-db   ×2", "▉▉▉▉▉▉▍    79%", "310 waiting ! ".trim()]
        );
        let rows = content.rows(14, 4, Some(&figures), Charset::Ascii);
        let wanted = [
            "orders-db   x2",
            "100 conns",
            "######     79%",
            "310 waiting !",
        ];
        assert_eq!(text(&rows), wanted);
        let odd = BoxFigures {
            bar: Some(f64::NAN),
            ..BoxFigures::default()
        };
        assert_eq!(
            text(&content.rows(14, 2, Some(&odd), Charset::Unicode))[1],
            "            0%"
        );
        assert!(content.rows(0, 0, Some(&odd), Charset::Unicode).is_empty());
    }
}
