//! A design as it lies on the canvas: boxes, paths, groups and notes, ready to be painted. Made
//! from a document; made again cheaply when only something moved.

mod build;
mod compact;
mod groups;
mod minimap;
mod paint;
#[cfg(test)]
mod tests;

pub use minimap::{Minimap, MinimapCell};
pub use paint::{Cell, Look, Picture};

use super::boxes::{BoxContent, Zoom};
use super::geometry::{Point, Rect};
use super::role::Owner;
use super::route::{Path, Routes};
use crate::design::Design;

/// How a design is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneOptions {
    /// How much each box shows.
    pub zoom: Zoom,
    /// Names of the groups that are drawn as one box.
    pub folded: Vec<String>,
    /// Whether nodes in the same zones get a frame, where the design has no groups of its own.
    pub zones: bool,
    /// Whether as little as possible is left free between boxes.
    pub tight: bool,
    /// Whether the places that the document gives are left out of account: everything is laid out
    /// automatically.
    pub automatic: bool,
}

impl Default for SceneOptions {
    fn default() -> Self {
        SceneOptions {
            zoom: Zoom::default(),
            folded: Vec::new(),
            zones: true,
            tight: false,
            automatic: false,
        }
    }
}

/// A node on the canvas; nodes are in the order of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneNode {
    /// Its name.
    pub name: String,
    /// Its box; that of the folded group if it is inside one.
    pub rect: Rect,
    /// What the document says about it.
    pub content: BoxContent,
    /// The innermost group that it is in.
    pub group: Option<usize>,
    /// The folded group that is drawn in its place.
    pub folded_into: Option<usize>,
}

/// A wire on the canvas, in the direction in which requests and messages pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneWire {
    /// Its name in the document, caller first: a worker is the caller of the queue that it takes from.
    pub name: String,
    /// The node from which it is drawn.
    pub from: usize,
    /// The node at its arrow head.
    pub to: usize,
    /// Whether messages pass along it and nobody waits for an answer: to a queue, and from it to a worker.
    pub asynchronous: bool,
    /// Its path; empty if both ends are in the same folded group.
    pub path: Path,
    /// A short text near its arrow head: `pool 20`; empty without.
    pub label: String,
}

/// A group on the canvas: those of the document in its order, or one for each set of zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneGroup {
    /// Its name.
    pub name: String,
    /// Its frame, or its box if it is folded; empty without members.
    pub rect: Rect,
    /// The nodes in it, those of inner groups included.
    pub members: Vec<usize>,
    /// The group around it.
    pub parent: Option<usize>,
    /// Whether it stands for zones and not for a group of the document.
    pub zones: bool,
    /// Whether it is drawn as one box.
    pub folded: bool,
}

/// A note on the canvas, in the order of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SceneNote {
    /// Its lines.
    pub lines: Vec<String>,
    /// Where they stand.
    pub rect: Rect,
}

/// A design as it lies on the canvas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    options: SceneOptions,
    nodes: Vec<SceneNode>,
    wires: Vec<SceneWire>,
    groups: Vec<SceneGroup>,
    notes: Vec<SceneNote>,
    bounds: Rect,
    plan: build::Plan,
    routes: Routes,
}

impl Scene {
    /// Lays a design out: its own places where it has some, and automatic ones for the rest.
    pub fn of(design: &Design, options: &SceneOptions) -> Scene {
        build::scene(design, options, None)
    }

    /// The box of each node, in the order of the document, as [`Scene::of`] would place it: without
    /// the routes of wires it is found much sooner.
    pub fn places(design: &Design, options: &SceneOptions) -> Vec<Rect> {
        build::places(design, options)
    }

    /// The room that boxes, frames and notes take: at most [`Scene::bounds`], and found much sooner.
    pub fn extent(design: &Design, options: &SceneOptions) -> Rect {
        build::extent(design, options)
    }

    /// Lays a changed design out, keeping every path that the change does not concern.
    #[must_use]
    pub fn again(&self, design: &Design, options: &SceneOptions) -> Scene {
        let before = (self.options.zoom == options.zoom).then_some(&self.routes);
        build::scene(design, options, before)
    }

    /// The same scene with some nodes elsewhere, as while they are dragged: only their wires, and
    /// those that they would cover, are routed again. A member of a folded group moves its box.
    #[must_use]
    pub fn moved(&self, moves: &[(usize, Point)]) -> Scene {
        build::moved(self, moves)
    }

    /// How it was laid out.
    pub fn options(&self) -> &SceneOptions {
        &self.options
    }

    /// The nodes, in the order of the document.
    pub fn nodes(&self) -> &[SceneNode] {
        &self.nodes
    }

    /// The wires, in the order of `Design::implied_wires`.
    pub fn wires(&self) -> &[SceneWire] {
        &self.wires
    }

    /// The groups; a group stands after those around it, where the document has them in that order.
    pub fn groups(&self) -> &[SceneGroup] {
        &self.groups
    }

    /// The notes, in the order of the document.
    pub fn notes(&self) -> &[SceneNote] {
        &self.notes
    }

    /// The smallest rectangle that holds everything.
    pub fn bounds(&self) -> Rect {
        self.bounds
    }

    /// The index of a node.
    pub fn node_index(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    /// The index of the wire of a name such as `"api -> db"`, caller first.
    pub fn wire_index(&self, name: &str) -> Option<usize> {
        self.wires.iter().position(|wire| wire.name == name)
    }

    /// The rectangle of what an owner means; empty for nothing.
    pub fn rect_of(&self, owner: Owner) -> Rect {
        let rect = match owner {
            Owner::Nothing => None,
            Owner::Node(index) => self.nodes.get(index).map(|node| node.rect),
            Owner::Wire(index) => self.wires.get(index).map(|wire| wire.path.bounds()),
            Owner::Group(index) => self.groups.get(index).map(|group| group.rect),
            Owner::Note(index) => self.notes.get(index).map(|note| note.rect),
        };
        rect.unwrap_or_default()
    }

    /// What lies at a cell, for a click there: the topmost thing.
    pub fn hit(&self, at: Point) -> Owner {
        let picture = self.paint(Rect::new(at.x, at.y, 1, 1), &Look::default());
        picture.get(at).map_or(Owner::Nothing, |cell| cell.owner)
    }
}
