//! The state of the canvas: what is selected, where the view is, what is being done; and the
//! picture of the design, kept until something changes that it depends on.

use super::document::Document;
use crate::design::resolve::wire_ends;
use crate::layout::{Owner, Point, Rect, Scene, SceneOptions, Zoom};
use std::collections::BTreeSet;

/// Something on the canvas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A node, by its name.
    Node(String),
    /// A wire, by its ends.
    Wire(String, String),
    /// A note, by its position in the document.
    Note(usize),
}

/// What is being done on the canvas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing special.
    #[default]
    Normal,
    /// Things are moved with the keys.
    Moving(Moving),
    /// Labels are shown, and one is to be typed.
    Labels(Labels),
    /// A rectangle is drawn with the keys.
    Boxing(Boxing),
    /// The button of the mouse is held.
    Dragging(Dragging),
}

/// Things that are moved by an offset that is not yet in the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moving {
    /// Columns and rows.
    pub by: (i32, i32),
}

/// What the label is chosen for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelsFor {
    /// To select.
    Jump,
    /// As the beginning of a wire.
    WireFrom,
    /// As the end of a wire that begins at a node.
    WireTo(String),
}

/// Labels on nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// What for.
    pub purpose: LabelsFor,
    /// Label and node.
    pub labels: Vec<(String, String)>,
    /// What was typed of one.
    pub typed: String,
}

/// A rectangle between two cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boxing {
    /// The corner that stays.
    pub from: Point,
    /// The corner that moves.
    pub to: Point,
}

impl Boxing {
    /// The rectangle, both corners included.
    pub fn rect(&self) -> Rect {
        let (x, y) = (self.from.x.min(self.to.x), self.from.y.min(self.to.y));
        let width = self.from.x.abs_diff(self.to.x) as i32 + 1;
        let height = self.from.y.abs_diff(self.to.y) as i32 + 1;
        Rect::new(x, y, width, height)
    }
}

/// What the mouse drags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dragging {
    /// The selected things.
    Things {
        /// Where the button went down.
        from: Point,
        /// By how much they have moved.
        by: (i32, i32),
    },
    /// A new wire from a node.
    Wire {
        /// The node.
        from: String,
        /// Where the pointer is.
        to: Point,
    },
    /// A rectangle.
    Box(Boxing),
    /// The view.
    View {
        /// The cell of the world that stays under the pointer.
        at: Point,
        /// Whether the button opens the list of commands if it is let go where it went down.
        asks: bool,
    },
}

/// What the picture was made for; another one is made when any of it changes.
#[derive(Debug, Clone, Default, PartialEq)]
struct Key {
    revision: u64,
    zoom: Option<(Zoom, bool)>,
    folded: BTreeSet<String>,
}

/// The canvas.
#[derive(Debug)]
pub struct Canvas {
    /// The cell of the world in the upper left corner of the view.
    pub origin: Point,
    /// How much is shown in each box.
    pub zoom: Zoom,
    /// What is selected, in the order of selecting.
    pub selection: Vec<Thing>,
    /// Whether the arrow keys add to the selection.
    pub adds: bool,
    /// What is being done.
    pub mode: Mode,
    /// Whether the view follows the design: everything is kept in sight until someone pans or zooms.
    pub follows: bool,
    /// Whether an edit has made the design larger than the view, and this has been said.
    pub overflows: bool,
    /// Whether as little as possible is left free between boxes.
    pub tight: bool,
    /// Whether the map is shown.
    pub minimap: bool,
    /// The names of the groups that are drawn as one box.
    pub folded: BTreeSet<String>,
    /// Columns and rows of the view.
    pub view: (i32, i32),
    scene: Option<Scene>,
    key: Key,
}

impl Default for Canvas {
    fn default() -> Canvas {
        Canvas {
            origin: Point::new(-2, -1),
            zoom: Zoom::Card,
            selection: Vec::new(),
            adds: false,
            mode: Mode::Normal,
            follows: true,
            overflows: false,
            tight: false,
            minimap: false,
            folded: BTreeSet::new(),
            view: (50, 20),
            scene: None,
            key: Key::default(),
        }
    }
}

impl Canvas {
    /// Makes the picture anew if something changed, and forgets selections of what has gone.
    pub fn refresh(&mut self, document: &Document) {
        let key = Key {
            revision: document.revision(),
            zoom: Some((self.zoom, self.tight)),
            folded: self.folded.clone(),
        };
        if self.scene.is_none() || key != self.key {
            let options = self.options();
            let scene = match &self.scene {
                Some(scene) => scene.again(document.design(), &options),
                None => Scene::of(document.design(), &options),
            };
            self.scene = Some(scene);
            self.key = key;
            let design = document.design();
            let wires = design.implied_wires();
            self.selection.retain(|thing| match thing {
                Thing::Node(name) => design.node(name).is_some(),
                Thing::Wire(from, to) => wires.iter().any(|(a, b)| a == from && b == to),
                Thing::Note(index) => *index < design.notes.len(),
            });
        }
    }

    fn options(&self) -> SceneOptions {
        SceneOptions {
            zoom: self.zoom,
            tight: self.tight,
            folded: self.folded.iter().cloned().collect(),
            ..SceneOptions::default()
        }
    }

    /// The picture.
    pub fn scene(&self) -> Option<&Scene> {
        self.scene.as_ref()
    }

    /// All boxes that are drawn, with the names of their nodes; that of a folded group has the name of its
    /// first node.
    pub fn boxes(&self) -> Vec<(&str, Rect)> {
        let groups = self.scene.as_ref().map_or(&[][..], Scene::groups);
        let nodes = self.scene.iter().flat_map(Scene::nodes).enumerate();
        nodes
            .filter(|(index, node)| {
                let group = node.folded_into.and_then(|group| groups.get(group));
                let stands_for_it = group.is_none_or(|of| of.members.first() == Some(index));
                stands_for_it && !node.rect.is_empty()
            })
            .map(|(_, node)| node)
            .map(|node| (node.name.as_str(), node.rect))
            .collect()
    }

    /// The boxes of all nodes as they are when everything in them is shown: the document's places
    /// are those of such boxes, whatever the zoom and whatever is folded.
    pub fn full_boxes(&self, document: &Document) -> Vec<(String, Rect)> {
        let options = SceneOptions {
            zoom: Zoom::Card,
            tight: false,
            folded: Vec::new(),
            ..self.options()
        };
        let names = document.design().nodes.names().map(str::to_owned);
        let places = Scene::places(document.design(), &options);
        names
            .zip(places)
            .filter(|(_, rect)| !rect.is_empty())
            .collect()
    }

    /// Whether the design cannot fit into the view with boxes of a size, whatever its wires need.
    pub fn is_too_large(&self, document: &Document, zoom: Zoom, tight: bool) -> bool {
        let options = SceneOptions {
            zoom,
            tight,
            ..self.options()
        };
        let extent = Scene::extent(document.design(), &options);
        extent.width > self.view.0 || extent.height > self.view.1
    }

    /// The box of a node.
    pub fn box_of(&self, name: &str) -> Option<Rect> {
        let scene = self.scene.as_ref()?;
        let node = scene.nodes().get(scene.node_index(name)?)?;
        Some(node.rect).filter(|rect| !rect.is_empty())
    }

    /// The names of the nodes that are drawn in one box with a node: those of a folded group, else itself.
    pub fn drawn_with(&self, name: &str) -> Vec<String> {
        let alone = || vec![name.to_owned()];
        let Some(scene) = &self.scene else {
            return alone();
        };
        let index = scene.node_index(name);
        let node = index.and_then(|index| scene.nodes().get(index));
        let group = node.and_then(|node| scene.groups().get(node.folded_into?));
        let Some(group) = group else { return alone() };
        let members = group.members.iter().filter_map(|at| scene.nodes().get(*at));
        members.map(|node| node.name.clone()).collect()
    }

    /// The group that is folded around a node, or the innermost one that could be.
    pub fn group_of(&self, name: &str) -> Option<(usize, bool)> {
        let scene = self.scene.as_ref()?;
        let node = scene.nodes().get(scene.node_index(name)?)?;
        match (node.folded_into, node.group) {
            (Some(group), _) => Some((group, true)),
            (None, group) => Some((group?, false)),
        }
    }

    /// Draws a group as one box, or opens it.
    pub fn fold(&mut self, group: usize, folds: bool) {
        let scene = self.scene.as_ref();
        let Some(name) = scene.and_then(|scene| Some(scene.groups().get(group)?.name.clone()))
        else {
            return;
        };
        if folds {
            self.folded.insert(name);
        } else {
            self.folded.remove(&name);
        }
    }

    /// Opens every folded group around a node.
    pub fn uncover(&mut self, name: &str, document: &Document) {
        while let Some((group, true)) = self.group_of(name) {
            let folded = self.folded.len();
            self.fold(group, false);
            if self.folded.len() == folded {
                return;
            }
            self.refresh(document);
        }
    }

    /// What lies at a cell of the world.
    pub fn thing_at(&self, at: Point) -> Option<Thing> {
        let scene = self.scene.as_ref()?;
        match scene.hit(at) {
            Owner::Node(index) => {
                let node = scene.nodes().get(index)?;
                Some(Thing::Node(node.name.clone()))
            }
            Owner::Wire(index) => {
                let (from, to) = wire_ends(&scene.wires().get(index)?.name)?;
                Some(Thing::Wire(from.to_owned(), to.to_owned()))
            }
            Owner::Note(index) => Some(Thing::Note(index)),
            Owner::Group(index) => {
                let group = scene.groups().get(index)?;
                let member = group.members.first().filter(|_| group.folded)?;
                Some(Thing::Node(scene.nodes().get(*member)?.name.clone()))
            }
            Owner::Nothing => None,
        }
    }

    /// What owns the cells of a thing.
    pub fn owner_of(&self, thing: &Thing) -> Owner {
        let scene = self.scene.as_ref();
        let found = match thing {
            Thing::Node(name) => scene.and_then(|scene| {
                let index = scene.node_index(name)?;
                let group = scene.nodes().get(index)?.folded_into;
                Some(group.map_or(Owner::Node(index), Owner::Group))
            }),
            Thing::Wire(from, to) => {
                let name = format!("{from} -> {to}");
                scene
                    .and_then(|scene| scene.wire_index(&name))
                    .map(Owner::Wire)
            }
            Thing::Note(index) => Some(Owner::Note(*index)),
        };
        found.unwrap_or_default()
    }

    /// By how much the selected things are moved at the moment.
    pub fn offset(&self) -> (i32, i32) {
        match &self.mode {
            Mode::Moving(moving) => moving.by,
            Mode::Dragging(Dragging::Things { by, .. }) => *by,
            _ => (0, 0),
        }
    }

    /// The names of the selected nodes.
    pub fn selected_nodes(&self) -> Vec<String> {
        let names = self.selection.iter().filter_map(|thing| match thing {
            Thing::Node(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// Selects one thing, or adds it, or takes it out again. The box of a folded group stands for all its
    /// nodes.
    pub fn select(&mut self, thing: Thing, adds: bool) {
        if let Thing::Node(name) = &thing
            && let Some((_, true)) = self.group_of(name)
        {
            let all = self.drawn_with(name).into_iter().map(Thing::Node);
            let is_known = self.selection.contains(&thing);
            let mut rest = std::mem::take(&mut self.selection);
            let all: Vec<Thing> = all.collect();
            rest.retain(|known| adds && !all.contains(known));
            if !(adds && is_known) {
                rest.extend(all);
            }
            self.selection = rest;
        } else if !adds {
            self.selection = vec![thing];
        } else if let Some(index) = self.selection.iter().position(|known| *known == thing) {
            self.selection.remove(index);
        } else {
            self.selection.push(thing);
        }
    }

    /// The rectangle of the world that is in view.
    pub fn window(&self) -> Rect {
        Rect::new(self.origin.x, self.origin.y, self.view.0, self.view.1)
    }

    /// Moves the view as little as needed so that a rectangle is in it.
    pub fn reveal(&mut self, rect: Rect) {
        let shift = |origin: i32, view: i32, from: i32, to: i32| {
            let margin = 1.min((view - (to - from)).max(0) / 2);
            if to - from >= view || from - margin < origin {
                from - margin
            } else if to + margin > origin + view {
                to + margin - view
            } else {
                origin
            }
        };
        let origin = Point::new(
            shift(self.origin.x, self.view.0, rect.x, rect.right()),
            shift(self.origin.y, self.view.1, rect.y, rect.bottom()),
        );
        self.origin = origin.limited();
    }

    /// Everything that is drawn.
    pub fn bounds(&self) -> Rect {
        self.scene.as_ref().map(Scene::bounds).unwrap_or_default()
    }

    /// Puts the middle of a rectangle into the middle of the view.
    pub fn centre(&mut self, rect: Rect) {
        self.origin = Point::new(
            rect.x - (self.view.0 - rect.width) / 2,
            rect.y - (self.view.1 - rect.height) / 2,
        )
        .limited();
    }
}
