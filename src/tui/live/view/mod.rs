//! A live run on the screen: the panel of a node or wire, the charts, the timeline. Everything is
//! drawn from one snapshot; nothing is decided here.

mod charts;
mod panel;

pub use charts::{busiest_endpoint, charts, sentence};
pub use panel::{node_panel, wire_panel};

use ratatui::layout::Rect;

/// One column of room on either side.
fn inset(area: Rect) -> Rect {
    Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    }
}
