//! A whole design as plain text, at the largest zoom that fits: for listings, documents and the
//! gallery; and as a vector drawing.

pub mod svg;

use super::boxes::{ZOOMS, Zoom};
use super::geometry::Size;
use super::grid::Charset;
use super::scene::{Look, Picture, Scene, SceneOptions};
use crate::design::Design;

/// The picture of a design in at most `columns`, each line ended; empty for a design without nodes.
/// Where even the smallest zoom is too wide, the right part is cut off.
pub fn text(design: &Design, columns: i32, charset: Charset) -> String {
    let size = Size::new(columns, i32::MAX);
    fitting(design, size, charset).text()
}

/// The picture of a design in at most a size, at the largest zoom that fits; what is still too large is
/// cut off.
pub fn fitting(design: &Design, size: Size, charset: Charset) -> Picture {
    let look = Look {
        charset,
        ..Look::default()
    };
    let options = |zoom, tight| SceneOptions {
        zoom,
        tight,
        ..SceneOptions::default()
    };
    let tried = ZOOMS
        .into_iter()
        .flat_map(|zoom| [(zoom, false), (zoom, true)]);
    for (zoom, tight) in tried {
        let scene = Scene::of(design, &options(zoom, tight));
        let bounds = scene.bounds();
        if bounds.width <= size.width && bounds.height <= size.height {
            return scene.paint(bounds, &look);
        }
    }
    let scene = Scene::of(design, &options(Zoom::Overview, true));
    let mut area = scene.bounds();
    area.width = area.width.min(size.width.max(0));
    area.height = area.height.min(size.height.max(0));
    scene.paint(area, &look)
}
