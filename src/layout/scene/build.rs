//! From a design to a scene: contents and sizes of boxes, placement, routing.

use std::collections::BTreeMap;

use super::compact;
use super::groups::{self, GroupPlan};
use super::{Scene, SceneGroup, SceneNode, SceneNote, SceneOptions, SceneWire};
use crate::design::Design;
use crate::design::model::{Kind, Limit, Wire};
use crate::layout::boxes::{BoxContent, Zoom};
use crate::layout::geometry::{Point, Rect, Size};
use crate::layout::place::{PlaceBox, PlaceGroup, PlaceInput, Spacing, place};
use crate::layout::role::width;
use crate::layout::route::{RouteInput, Routes};

/// What is drawn as boxes, and which wires run between them: a folded group is one box.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Plan {
    /// The rectangle of each box.
    pub(super) boxes: Vec<Rect>,
    /// The box of each node.
    pub(super) box_of: Vec<usize>,
    /// Pairs of boxes between which a wire is drawn, each once.
    pub(super) pairs: Vec<(usize, usize)>,
    /// The pair of each wire; `None` inside a folded group.
    pub(super) pair_of: Vec<Option<usize>>,
    /// The frames of the groups that are not folded, nor in a folded one.
    pub(super) frames: Vec<Rect>,
}

/// Everything about a scene but its routes, which cost most.
struct Placed {
    draft: Draft,
    groups: Vec<GroupPlan>,
    folded: Vec<bool>,
    wires: Vec<SceneWire>,
    plan: Plan,
}

fn placed(design: &Design, options: &SceneOptions) -> Placed {
    let groups = groups::of(design, options.zones);
    let folded = folded(&groups, options);
    let mut draft = Draft::new(design, &groups, &folded);
    let wires = wires(design);
    let (pairs, pair_of) = draft.pairs(&wires);
    let rooms = rooms(&wires, &pairs, &pair_of, options);
    let spacing = spacing(options);
    let callers = callers(&pairs, draft.contents.len());
    let items = draft.items(design, options, &callers);
    let frames = draft.frames(&groups, &folded, options);
    let mut input = PlaceInput {
        boxes: &items,
        wires: &pairs,
        wire_room: &rooms,
        groups: &frames,
        spacing,
    };
    let given = items.iter().any(|item| item.fixed.is_some());
    let drawn_together;
    if given && options.zoom != Zoom::Card {
        // The places of the document are those of cards: smaller boxes move together.
        let cards = SceneOptions {
            zoom: Zoom::Card,
            ..options.clone()
        };
        let card_items = draft.items(design, &cards, &callers);
        let card_frames = draft.frames(&groups, &folded, &cards);
        let full = place(&PlaceInput {
            boxes: &card_items,
            groups: &card_frames,
            spacing: self::spacing(&cards),
            ..input
        });
        drawn_together = compact::compacted(&full.boxes, &items, spacing);
        input.boxes = &drawn_together;
    }
    let placement = place(&input);
    let plan = Plan {
        boxes: placement.boxes,
        box_of: std::mem::take(&mut draft.box_of),
        pairs,
        pair_of,
        frames: placement.frames,
    };
    Placed {
        draft,
        groups,
        folded,
        wires,
        plan,
    }
}

/// The box of each node as it is placed, without any routes.
pub(super) fn places(design: &Design, options: &SceneOptions) -> Vec<Rect> {
    let plan = placed(design, options).plan;
    let rect = |index: &usize| plan.boxes.get(*index).copied().unwrap_or_default();
    plan.box_of.iter().map(rect).collect()
}

/// What boxes, frames and notes take, without any routes.
pub(super) fn extent(design: &Design, options: &SceneOptions) -> Rect {
    let plan = placed(design, options).plan;
    let notes = notes(design).into_iter().map(|note| note.rect);
    Rect::around(plan.boxes.into_iter().chain(plan.frames).chain(notes))
}

/// Lays a design out, keeping what it can of earlier routes.
pub(super) fn scene(design: &Design, options: &SceneOptions, before: Option<&Routes>) -> Scene {
    let Placed {
        draft,
        groups,
        folded,
        wires,
        plan,
    } = placed(design, options);
    let routes = routes(&plan, before);
    let mut scene = Scene {
        options: options.clone(),
        nodes: draft.nodes(design, &groups, &folded),
        wires,
        groups: scene_groups(groups, &folded),
        notes: notes(design),
        bounds: Rect::default(),
        plan,
        routes,
    };
    settle(&mut scene);
    scene
}

/// The scene with some nodes elsewhere.
pub(super) fn moved(scene: &Scene, moves: &[(usize, Point)]) -> Scene {
    let mut scene = scene.clone();
    for (node, place) in moves {
        let index = scene.plan.box_of.get(*node).copied();
        if let Some(rect) = index.and_then(|index| scene.plan.boxes.get_mut(index)) {
            *rect = Rect::at(place.limited(), rect.size());
        }
    }
    let spacing = spacing(&scene.options);
    let frame_of = |scene: &Scene, index: usize| {
        let members = scene
            .groups
            .get(index)
            .map(|group| group.members.as_slice());
        let boxes = members.unwrap_or_default().iter().filter_map(|member| {
            scene
                .plan
                .boxes
                .get(*scene.plan.box_of.get(*member)?)
                .copied()
        });
        Rect::around(boxes)
    };
    // From the inside out, so that a frame holds the frames inside it.
    let mut order: Vec<usize> = (0..scene.groups.len()).collect();
    order.sort_by_key(|index| scene.groups.get(*index).map(|group| group.members.len()));
    for index in order {
        let Some(present) = scene.plan.frames.get(index).copied() else {
            continue;
        };
        if present.is_empty() {
            continue;
        }
        let inner = (scene.groups.iter().zip(&scene.plan.frames))
            .filter(|(group, _)| group.parent == Some(index))
            .map(|(_, frame)| *frame);
        let content = Rect::around(inner).united(frame_of(&scene, index));
        let framed = content.grown(spacing.frame_columns + 1, spacing.frame_rows + 1);
        if let Some(frame) = scene.plan.frames.get_mut(index) {
            *frame = framed;
        }
    }
    scene.routes = routes(&scene.plan, Some(&scene.routes));
    settle(&mut scene);
    scene
}

fn routes(plan: &Plan, before: Option<&Routes>) -> Routes {
    let input = RouteInput {
        boxes: &plan.boxes,
        wires: &plan.pairs,
        frames: &plan.frames,
    };
    match before {
        Some(before) => before.again(&input),
        None => Routes::new(&input),
    }
}

/// Copies rectangles and paths from the plan to the lists that a caller sees.
fn settle(scene: &mut Scene) {
    let plan = &scene.plan;
    for (node, index) in scene.nodes.iter_mut().zip(&plan.box_of) {
        node.rect = plan.boxes.get(*index).copied().unwrap_or_default();
    }
    for (wire, pair) in scene.wires.iter_mut().zip(&plan.pair_of) {
        let path = pair.and_then(|pair| scene.routes.paths.get(pair));
        wire.path = path.cloned().unwrap_or_default();
    }
    for (group, frame) in scene.groups.iter_mut().zip(&plan.frames) {
        group.rect = *frame;
        if group.folded {
            let member = group
                .members
                .first()
                .and_then(|member| scene.nodes.get(*member));
            group.rect = member.map_or(Rect::default(), |node| node.rect);
        }
    }
    let rects = (scene.nodes.iter().map(|node| node.rect))
        .chain(scene.wires.iter().map(|wire| wire.path.bounds()))
        .chain(scene.groups.iter().map(|group| group.rect))
        .chain(scene.notes.iter().map(|note| note.rect));
    scene.bounds = Rect::around(rects);
}

fn spacing(options: &SceneOptions) -> Spacing {
    let (rows, frame_rows) = match options.zoom {
        Zoom::Card => (2, 1),
        Zoom::Compact | Zoom::Chip | Zoom::Overview => (1, 0),
    };
    Spacing {
        rows: if options.tight { 1 } else { rows },
        columns: if options.tight { 3 } else { 4 },
        track: if options.tight { 1 } else { 2 },
        frame_rows: if options.tight { 0 } else { frame_rows },
        frame_columns: 1,
    }
}

/// The columns that the text at each pair needs: with a cell on each side.
fn rooms(
    wires: &[SceneWire],
    pairs: &[(usize, usize)],
    pair_of: &[Option<usize>],
    options: &SceneOptions,
) -> Vec<i32> {
    let mut rooms = vec![0; pairs.len()];
    if options.zoom != Zoom::Card || options.tight {
        return rooms;
    }
    for (wire, pair) in wires.iter().zip(pair_of) {
        if let Some(room) = pair.and_then(|pair| rooms.get_mut(pair)) {
            let columns = if wire.label.is_empty() {
                0
            } else {
                width(&wire.label) + 2
            };
            *room = columns.max(*room);
        }
    }
    rooms
}

/// For each box, from how many others wires lead to it.
fn callers(pairs: &[(usize, usize)], boxes: usize) -> Vec<i32> {
    let mut callers = vec![0; boxes];
    for (_, to) in pairs {
        if let Some(count) = callers.get_mut(*to) {
            *count += 1;
        }
    }
    callers
}

/// A framed box that is high enough for an arrow head from each caller, as far as that is sensible:
/// beyond, callers share.
fn with_rows(size: Size, callers: i32) -> Size {
    const CALLERS_MAX: i32 = 8;
    if size.height < 3 {
        return size;
    }
    let height = size.height.max(callers.min(CALLERS_MAX) + 2);
    Size::new(size.width, height)
}

/// For each group, whether it is drawn as one box: folded itself, and in no folded group.
fn folded(groups: &[GroupPlan], options: &SceneOptions) -> Vec<bool> {
    let asked =
        |group: &GroupPlan| options.folded.contains(&group.name) && !group.members.is_empty();
    let around = |group: &GroupPlan| group.parent.and_then(|parent| groups.get(parent));
    let hidden =
        |group: &GroupPlan| std::iter::successors(around(group), |group| around(group)).any(asked);
    let drawn = |group: &GroupPlan| asked(group) && !hidden(group);
    groups.iter().map(drawn).collect()
}

/// The wires of a design, in the direction in which messages pass, without their paths.
fn wires(design: &Design) -> Vec<SceneWire> {
    let indices: BTreeMap<&str, usize> = design.nodes.names().zip(0..).collect();
    let mut all = Vec::new();
    for (caller, callee) in design.implied_wires() {
        let ends = (indices.get(caller.as_str()), indices.get(callee.as_str()));
        let (Some(from), Some(to)) = ends else {
            continue;
        };
        let takes = design.node(&caller).is_some_and(
            |node| matches!(&node.kind, Kind::Worker(worker) if worker.from == callee),
        );
        let queue = |name: &str| {
            design
                .node(name)
                .is_some_and(|node| matches!(node.kind, Kind::Queue(_)))
        };
        let (from, to) = if takes { (to, from) } else { (from, to) };
        let policy = design.wire(&caller, &callee);
        all.push(SceneWire {
            name: format!("{caller} -> {callee}"),
            from: *from,
            to: *to,
            asynchronous: takes || queue(&callee),
            path: crate::layout::route::Path::default(),
            label: policy.map(label).unwrap_or_default(),
        });
    }
    all
}

/// What a wire says about itself: its pool, which is where callers wait.
fn label(wire: &Wire) -> String {
    match wire.pool {
        Some(Limit::AtMost { n }) => format!("pool {n}"),
        _ => String::new(),
    }
}

fn notes(design: &Design) -> Vec<SceneNote> {
    let note = |note: &crate::design::model::Note| {
        let lines: Vec<String> = note.text.lines().map(str::to_owned).collect();
        let columns = lines.iter().map(|line| width(line)).max().unwrap_or(0);
        let size = Size::new(columns, lines.len() as i32);
        SceneNote {
            rect: Rect::at(Point::new(note.at.0, note.at.1).limited(), size),
            lines,
        }
    };
    design.notes.iter().map(note).collect()
}

fn scene_groups(groups: Vec<GroupPlan>, folded: &[bool]) -> Vec<SceneGroup> {
    let group = |(plan, folded): (GroupPlan, &bool)| SceneGroup {
        name: plan.name,
        rect: Rect::default(),
        members: plan.members,
        parent: plan.parent,
        zones: plan.zones,
        folded: *folded,
    };
    groups.into_iter().zip(folded).map(group).collect()
}

/// Which box stands for which node.
struct Draft {
    /// What each box shows.
    contents: Vec<BoxContent>,
    /// The box of each node.
    box_of: Vec<usize>,
    /// The node whose place counts for each box.
    first: Vec<usize>,
    /// The folded group of each node.
    folded_into: Vec<Option<usize>>,
}

impl Draft {
    fn new(design: &Design, groups: &[GroupPlan], folded: &[bool]) -> Draft {
        let mut folded_into = vec![None; design.nodes.len()];
        for (index, group) in groups.iter().enumerate() {
            if folded.get(index) != Some(&true) {
                continue;
            }
            for member in &group.members {
                if let Some(slot) = folded_into.get_mut(*member) {
                    slot.get_or_insert(index);
                }
            }
        }
        let mut draft = Draft {
            contents: Vec::new(),
            box_of: Vec::new(),
            first: Vec::new(),
            folded_into,
        };
        let mut of_group: BTreeMap<usize, usize> = BTreeMap::new();
        for (index, (name, node)) in design.nodes.iter().enumerate() {
            let group = draft.folded_into.get(index).copied().flatten();
            let known = group.and_then(|group| of_group.get(&group).copied());
            let next = draft.contents.len();
            draft.box_of.push(known.unwrap_or(next));
            if known.is_some() {
                continue;
            }
            draft.first.push(index);
            let plan = group.and_then(|group| groups.get(group));
            draft.contents.push(match plan {
                Some(plan) => BoxContent::of_group(&plan.name, plan.members.len()),
                None => BoxContent::of(name, node),
            });
            of_group.extend(group.map(|group| (group, next)));
        }
        draft
    }

    /// The pairs of boxes that wires join, each once, and the pair of each wire.
    fn pairs(&self, wires: &[SceneWire]) -> (Vec<(usize, usize)>, Vec<Option<usize>>) {
        let mut known: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        let mut pairs = Vec::new();
        let mut pair_of = Vec::new();
        for wire in wires {
            let ends = (self.box_of.get(wire.from), self.box_of.get(wire.to));
            let (Some(from), Some(to)) = ends else {
                pair_of.push(None);
                continue;
            };
            let inside = from == to && wire.from != wire.to;
            pair_of.push((!inside).then(|| {
                *known.entry((*from, *to)).or_insert_with(|| {
                    pairs.push((*from, *to));
                    pairs.len() - 1
                })
            }));
        }
        (pairs, pair_of)
    }

    /// Sizes, and the places that the document gives.
    fn items(&self, design: &Design, options: &SceneOptions, callers: &[i32]) -> Vec<PlaceBox> {
        let nodes: Vec<_> = design.nodes.iter().collect();
        let given: BTreeMap<&str, &crate::design::model::Point> = design.canvas.iter().collect();
        let item = |((content, first), callers): ((&BoxContent, &usize), &i32)| {
            let place = nodes.get(*first).and_then(|(name, node)| {
                let canvas = given.get(name).map(|point| Point::new(point.0, point.1));
                canvas.or(node.common.at.map(|(x, y)| Point::new(x, y)))
            });
            PlaceBox {
                size: with_rows(content.size(options.zoom), *callers),
                fixed: place.filter(|_| !options.automatic),
            }
        };
        let boxes = self.contents.iter().zip(&self.first);
        boxes.zip(callers).map(item).collect()
    }

    /// The frames that are asked for: none around what is folded.
    fn frames(
        &self,
        groups: &[GroupPlan],
        folded: &[bool],
        options: &SceneOptions,
    ) -> Vec<PlaceGroup> {
        let frame = |(group, folded): (&GroupPlan, &bool)| {
            let hidden =
                |member: &usize| self.folded_into.get(*member).copied().flatten().is_some();
            let all_hidden = group.members.iter().all(hidden);
            let inside_folded = all_hidden && {
                let first = group
                    .members
                    .first()
                    .and_then(|member| self.box_of.get(*member));
                group
                    .members
                    .iter()
                    .all(|member| self.box_of.get(*member) == first)
            };
            let mut members: Vec<usize> = Vec::new();
            if !folded && !inside_folded && options.zoom != Zoom::Overview {
                members.extend(
                    group
                        .members
                        .iter()
                        .filter_map(|member| self.box_of.get(*member)),
                );
                members.sort_unstable();
                members.dedup();
            }
            PlaceGroup {
                members,
                title_width: width(&group.name),
            }
        };
        groups.iter().zip(folded).map(frame).collect()
    }

    fn nodes(&self, design: &Design, groups: &[GroupPlan], folded: &[bool]) -> Vec<SceneNode> {
        let node = |(index, (name, node)): (usize, (&str, &crate::design::Node))| {
            let around = groups.iter().enumerate().filter(|(group, plan)| {
                folded.get(*group) != Some(&true) && plan.members.binary_search(&index).is_ok()
            });
            let innermost =
                around.min_by_key(|(at, plan)| (plan.members.len(), std::cmp::Reverse(*at)));
            SceneNode {
                name: name.to_owned(),
                rect: Rect::default(),
                content: BoxContent::of(name, node),
                group: innermost.map(|(at, _)| at),
                folded_into: self.folded_into.get(index).copied().flatten(),
            }
        };
        design.nodes.iter().enumerate().map(node).collect()
    }
}
