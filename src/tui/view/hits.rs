//! Where things are on the screen, for the mouse: made while drawing, read by `update`.

use crate::layout::Point;
use crate::tui::action::Action;
use ratatui::layout::Rect;

/// What a part of the screen means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// The canvas; what lies there is asked of the picture.
    Canvas,
    /// The inspector, beside its rows.
    Inspector,
    /// A row of the inspector.
    Row(usize),
    /// Something that does an action.
    Action(Action),
    /// An entry of the gallery.
    Gallery(usize),
    /// A cell of the map: the place that it stands for.
    Minimap(Point),
    /// A layer, beside its entries.
    Layer,
    /// An entry of the list in the topmost layer, by its position among the matches.
    Item(usize),
    /// The message.
    Toast,
}

/// Parts of the screen; later ones lie over earlier ones.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    parts: Vec<(Rect, Hit)>,
    /// When the mouse was last clicked on the canvas, on the program's clock, and on which group, if it was
    /// a group.
    pub clicked: (u64, Option<usize>),
}

impl Hits {
    /// Adds a part over those so far.
    pub fn add(&mut self, area: Rect, hit: Hit) {
        if !area.is_empty() {
            self.parts.push((area, hit));
        }
    }

    /// What lies at a cell.
    pub fn at(&self, column: u16, row: u16) -> Option<&Hit> {
        let position = ratatui::layout::Position::new(column, row);
        let mut from_top = self.parts.iter().rev();
        from_top
            .find(|(area, _)| area.contains(position))
            .map(|(_, hit)| hit)
    }

    /// Where the canvas is.
    pub fn canvas(&self) -> Option<Rect> {
        let mut canvas = self.parts.iter().filter(|(_, hit)| *hit == Hit::Canvas);
        canvas.next().map(|(area, _)| *area)
    }

    /// All parts, for tests.
    pub fn all(&self) -> &[(Rect, Hit)] {
        &self.parts
    }
}
