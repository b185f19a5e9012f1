//! From a scene to cells: frames, notes, wires as arms, then boxes on top. Each cell knows its
//! character, its role and its owner, so that a picture is its own map of what a click hits.

use std::collections::BTreeSet;

use super::{Scene, SceneNode, SceneWire};
use crate::layout::boxes::{BoxContent, BoxFigures, Zoom};
use crate::layout::geometry::{Point, Rect};
use crate::layout::grid::{ArmGrid, Charset, Direction, Weight};
use crate::layout::role::{Owner, Role, Run, char_width, shortened, width};

/// What the moment adds to a scene: figures, selection, traffic. Costs nothing where it is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look<'a> {
    /// The characters that may be used.
    pub charset: Charset,
    /// Figures of each node by its index; missing ones are as the document says.
    pub figures: &'a [Option<BoxFigures>],
    /// Figures of each folded group by its index, in place of those of its nodes.
    pub group_figures: &'a [Option<BoxFigures>],
    /// What is selected: drawn heavy.
    pub selected: &'a [Owner],
    /// Whether what is not selected, nor an end of a selected wire, is dimmed.
    pub dim_others: bool,
    /// Wires that nothing passes: marked with a cross.
    pub failed_wires: &'a [usize],
    /// Traffic: a wire and a distance from its first cell.
    pub traffic: &'a [(usize, usize)],
    /// Whether short texts at wires are left out.
    pub no_labels: bool,
}

/// One cell of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// The character; `'\0'` in the second cell of a wide one.
    pub glyph: char,
    /// What it is.
    pub role: Role,
    /// To whom it belongs.
    pub owner: Owner,
}

impl Default for Cell {
    fn default() -> Self {
        Cell {
            glyph: ' ',
            role: Role::Empty,
            owner: Owner::Nothing,
        }
    }
}

/// The cells of a rectangle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    area: Rect,
    cells: Vec<Cell>,
}

impl Picture {
    /// An empty picture.
    pub fn new(area: Rect) -> Picture {
        let count = usize::try_from(area.area()).unwrap_or(0);
        Picture {
            area,
            cells: vec![Cell::default(); count],
        }
    }

    /// The rectangle that it shows.
    pub fn area(&self) -> Rect {
        self.area
    }

    fn index(&self, at: Point) -> Option<usize> {
        let inside = self.area.contains(at);
        inside.then(|| {
            (at.y - self.area.y) as usize * self.area.width as usize + (at.x - self.area.x) as usize
        })
    }

    /// The cell at a place of the world; `None` outside the picture.
    pub fn get(&self, at: Point) -> Option<&Cell> {
        self.cells.get(self.index(at)?)
    }

    /// Its rows from the top, each as its cells.
    pub fn rows(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks(self.area.width.max(1) as usize)
    }

    /// Puts a cell at a place of the world; nothing happens outside the picture.
    pub fn set(&mut self, at: Point, glyph: char, role: Role, owner: Owner) {
        let cell = self.index(at).and_then(|index| self.cells.get_mut(index));
        if let Some(cell) = cell {
            *cell = Cell { glyph, role, owner };
        }
    }

    /// Writes a text from a place on, at most `columns` wide.
    pub fn write(&mut self, at: Point, text: &str, columns: i32, role: Role, owner: Owner) -> i32 {
        let mut used = 0;
        for letter in text.chars() {
            let wide = char_width(letter);
            if wide == 0 {
                continue;
            }
            if used + wide > columns {
                break;
            }
            self.set(at.moved(used, 0), letter, role, owner);
            for rest in 1..wide {
                self.set(at.moved(used + rest, 0), '\0', role, owner);
            }
            used += wide;
        }
        used
    }

    /// Its text, without spaces at the ends of lines, each line ended.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for row in self.rows() {
            let line: String = row
                .iter()
                .map(|cell| cell.glyph)
                .filter(|glyph| *glyph != '\0')
                .collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// Fills a rectangle.
    fn fill(&mut self, rect: Rect, glyph: char, role: Role, owner: Owner) {
        let seen = rect.clipped(self.area);
        for y in seen.y..seen.bottom() {
            for x in seen.x..seen.right() {
                self.set(Point::new(x, y), glyph, role, owner);
            }
        }
    }
}

/// How the lines of a box or frame are drawn.
#[derive(Clone, Copy)]
struct Stroke {
    weight: Weight,
    role: Role,
    owner: Owner,
}

impl Scene {
    /// Paints a rectangle of the world.
    pub fn paint(&self, area: Rect, look: &Look<'_>) -> Picture {
        let starts = self.wires.iter().filter_map(|wire| wire.path.start());
        let mut painter = Painter {
            scene: self,
            look: *look,
            exits: starts.map(|start| start.moved(-1, 0)).collect(),
            picture: Picture::new(area),
        };
        painter.groups();
        painter.notes();
        painter.wires();
        painter.boxes();
        painter.picture
    }
}

struct Painter<'a> {
    scene: &'a Scene,
    look: Look<'a>,
    /// The cells of right borders from which wires leave.
    exits: BTreeSet<Point>,
    picture: Picture,
}

impl Painter<'_> {
    fn is_selected(&self, owner: Owner) -> bool {
        self.look.selected.contains(&owner)
    }

    /// The role of something, or what the selection makes of it.
    fn role(&self, owner: Owner, role: Role) -> Role {
        let lit = self.is_selected(owner) || !self.look.dim_others || self.touches_selection(owner);
        if lit { role } else { Role::Dimmed }
    }

    /// Whether a node is an end of a selected wire, or a wire has an end that is selected.
    fn touches_selection(&self, owner: Owner) -> bool {
        let wire_at = |wire: &SceneWire, node| wire.from == node || wire.to == node;
        match owner {
            Owner::Node(node) => self.look.selected.iter().any(|selected| match selected {
                Owner::Wire(index) => self
                    .scene
                    .wires
                    .get(*index)
                    .is_some_and(|wire| wire_at(wire, node)),
                _ => false,
            }),
            Owner::Wire(index) => self.scene.wires.get(index).is_some_and(|wire| {
                self.is_selected(Owner::Node(wire.from)) || self.is_selected(Owner::Node(wire.to))
            }),
            _ => false,
        }
    }

    /// Draws the four sides of a rectangle into the picture.
    fn frame(&mut self, rect: Rect, stroke: Stroke) {
        if rect.width < 2 || rect.height < 2 {
            return;
        }
        let mut grid = ArmGrid::new(rect.clipped(self.picture.area));
        let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
        let corners = [
            Point::new(rect.x, rect.y),
            Point::new(right, rect.y),
            Point::new(right, bottom),
            Point::new(rect.x, bottom),
            Point::new(rect.x, rect.y),
        ];
        for pair in corners.windows(2) {
            if let [from, to] = pair {
                grid.line(*from, *to, stroke.weight, stroke.role, stroke.owner);
            }
        }
        let seen = grid.area();
        for y in seen.y..seen.bottom() {
            let exit = Point::new(right, y);
            if matches!(stroke.owner, Owner::Node(_) | Owner::Group(_))
                && self.exits.contains(&exit)
            {
                grid.add(
                    exit,
                    Direction::East,
                    Weight::Light,
                    stroke.role,
                    stroke.owner,
                );
            }
        }
        self.stamp(&grid);
    }

    /// Puts the characters of a grid into the picture.
    fn stamp(&mut self, grid: &ArmGrid) {
        let area = grid.area();
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                let at = Point::new(x, y);
                if let Some(arms) = grid.get(at).filter(|arms| !arms.is_empty()) {
                    let glyph = arms.glyph(self.look.charset);
                    self.picture.set(at, glyph, arms.role, arms.owner);
                }
            }
        }
    }

    fn groups(&mut self) {
        // Outer frames first: an inner one that touches them lies on top.
        let mut order: Vec<usize> = (0..self.scene.groups.len()).collect();
        let size = |index: &usize| self.scene.groups.get(*index).map_or(0, |g| g.members.len());
        order.sort_by_key(|index| std::cmp::Reverse(size(index)));
        for index in order {
            let Some(group) = self.scene.groups.get(index) else {
                continue;
            };
            if group.folded {
                continue;
            }
            let owner = Owner::Group(index);
            let selected = self.is_selected(owner);
            let (line, title) = if selected {
                (Role::Selected, Role::Selected)
            } else {
                (
                    self.role(owner, Role::Group),
                    self.role(owner, Role::GroupTitle),
                )
            };
            let stroke = Stroke {
                weight: if selected {
                    Weight::Heavy
                } else {
                    Weight::Light
                },
                role: line,
                owner,
            };
            self.frame(group.rect, stroke);
            let room = group.rect.width - 5;
            if room > 0 {
                let text = format!(" {} ", shortened(&group.name, room - 1));
                self.picture.write(
                    group.rect.origin().moved(2, 0),
                    &text,
                    room + 1,
                    title,
                    owner,
                );
            }
        }
    }

    fn notes(&mut self) {
        for (index, note) in self.scene.notes.iter().enumerate() {
            let owner = Owner::Note(index);
            let role = if self.is_selected(owner) {
                Role::Selected
            } else {
                self.role(owner, Role::Note)
            };
            for (row, line) in note.lines.iter().enumerate() {
                let at = note.rect.origin().moved(0, row as i32);
                self.picture.write(at, line, i32::MAX, role, owner);
            }
        }
    }

    fn wires(&mut self) {
        let mut grid = ArmGrid::new(self.picture.area);
        let mut order: Vec<usize> = (0..self.scene.wires.len()).collect();
        order.sort_by_key(|index| self.is_selected(Owner::Wire(*index)));
        for index in &order {
            self.wire(*index, &mut grid);
        }
        self.stamp(&grid);
        self.labels(&grid);
        for index in self.look.failed_wires {
            let path = self.scene.wires.get(*index).map(|wire| &wire.path);
            let Some(at) = path.and_then(|path| path.at(path.len() / 2)) else {
                continue;
            };
            let cross = match self.look.charset {
                Charset::Unicode => '✗',
                Charset::Ascii => 'X',
            };
            self.picture
                .set(at, cross, Role::Failed, Owner::Wire(*index));
        }
        for (index, distance) in self.look.traffic {
            let Some(wire) = self.scene.wires.get(*index) else {
                continue;
            };
            // The arrow head stays: it says where the wire leads.
            let Some(at) = wire
                .path
                .at(*distance)
                .filter(|at| Some(*at) != wire.path.end())
            else {
                continue;
            };
            let dot = match self.look.charset {
                Charset::Unicode => '•',
                Charset::Ascii => 'o',
            };
            self.picture
                .set(at, dot, Role::Traffic, Owner::Wire(*index));
        }
    }

    fn wire(&self, index: usize, grid: &mut ArmGrid) {
        let Some(wire) = self.scene.wires.get(index) else {
            return;
        };
        let owner = Owner::Wire(index);
        let plain = if wire.asynchronous {
            Role::WireAsync
        } else {
            Role::Wire
        };
        let (weight, role) = if self.is_selected(owner) {
            (Weight::Heavy, Role::Selected)
        } else if self.look.failed_wires.contains(&index) {
            (line_weight(wire), Role::Failed)
        } else {
            (line_weight(wire), self.role(owner, plain))
        };
        for (from, to) in wire.path.segments() {
            grid.line(from, to, weight, role, owner);
        }
        // The ends reach the borders: the first cell comes from the left, and the arrow goes right.
        if let Some(start) = wire.path.start() {
            grid.add(start, Direction::West, weight, role, owner);
        }
        if let Some(cell) = wire.path.end().and_then(|end| grid.get_mut(end)) {
            cell.head = Some(Direction::East);
            if cell.is_empty() || cell.role == Role::Empty || weight == Weight::Heavy {
                (cell.role, cell.owner) = (role, owner);
            }
        }
    }

    /// Short texts at the last straight part of wires, where there is room for all of one.
    fn labels(&mut self, grid: &ArmGrid) {
        if self.look.no_labels || self.scene.options.zoom != Zoom::Card {
            return;
        }
        for (index, wire) in self.scene.wires.iter().enumerate() {
            let owner = Owner::Wire(index);
            let role = self.role(owner, Role::WireLabel);
            for (at, text) in self.label(wire, grid) {
                self.picture.write(at, &text, i32::MAX, role, owner);
            }
        }
    }

    /// Where the words at a wire stand: above its last part, or else below it, a word on each line.
    fn label(&self, wire: &SceneWire, grid: &ArmGrid) -> Vec<(Point, String)> {
        let ends = wire
            .path
            .segments()
            .last()
            .filter(|_| !wire.label.is_empty());
        let Some((turn, end)) = ends else {
            return Vec::new();
        };
        let free = |at: Point, columns: i32| {
            let text = Rect::new(at.x, at.y, columns, 1);
            let covered = self.scene.nodes.iter().any(|node| node.rect.overlaps(text));
            let clear = |step| {
                let at = at.moved(step, 0);
                grid.get(at).is_none_or(crate::layout::grid::Arms::is_empty)
                    && self.picture.get(at).is_none_or(|cell| cell.glyph == ' ')
            };
            !covered && (0..columns).all(clear)
        };
        let long = width(&wire.label);
        let middle = i32::midpoint(turn.x, end.x - long + 1);
        for row in [-1, 1] {
            let at = Point::new(middle, end.y + row);
            if middle >= turn.x && free(at, long) {
                return vec![(at, wire.label.clone())];
            }
        }
        let words = wire.label.split(' ').zip(1..);
        let place = |(word, row): (&str, i32)| (end.moved(1 - width(word), row), word.to_owned());
        let placed: Vec<(Point, String)> = words.map(place).collect();
        let fits = placed.iter().all(|(at, word)| free(*at, width(word)));
        if fits && placed.len() <= 2 {
            placed
        } else {
            Vec::new()
        }
    }

    fn boxes(&mut self) {
        let scene = self.scene;
        for (index, node) in scene.nodes.iter().enumerate() {
            if node.folded_into.is_some() || !node.rect.overlaps(self.picture.area) {
                continue;
            }
            let figures = self.look.figures.get(index).and_then(Option::as_ref);
            self.node_box(node, &node.content, Owner::Node(index), figures);
        }
        for (index, group) in scene.groups.iter().enumerate() {
            let first = group
                .members
                .first()
                .and_then(|member| scene.nodes.get(*member));
            let Some(node) = first.filter(|_| group.folded) else {
                continue;
            };
            let content = BoxContent::of_group(&group.name, group.members.len());
            let figures = self.look.group_figures.get(index).and_then(Option::as_ref);
            self.node_box(node, &content, Owner::Group(index), figures);
        }
    }

    fn node_box(
        &mut self,
        node: &SceneNode,
        content: &BoxContent,
        owner: Owner,
        figures: Option<&BoxFigures>,
    ) {
        let rect = node.rect;
        let selected = self.is_selected(owner);
        let border = figures
            .and_then(|figures| figures.border)
            .unwrap_or(Role::Border);
        let border = if selected {
            Role::Selected
        } else {
            self.role(owner, border)
        };
        match self.scene.options.zoom {
            Zoom::Overview => {
                let glyph = match self.look.charset {
                    Charset::Unicode => '■',
                    Charset::Ascii => '#',
                };
                self.picture.fill(rect, glyph, border, owner);
            }
            Zoom::Chip => {
                let fails = figures.is_some_and(|figures| {
                    let mut marks = figures.marks.iter();
                    marks.any(|(_, role)| *role == Role::Failed)
                });
                // Without colour there must be a sign as well.
                let (left, right) = match (selected, self.look.charset) {
                    (true, Charset::Unicode) => ('┃', '┃'),
                    (true, Charset::Ascii) => ('#', '#'),
                    (false, _) => ('[', ']'),
                };
                let left = match (fails, self.look.charset) {
                    (true, Charset::Unicode) => '✗',
                    (true, Charset::Ascii) => 'x',
                    (false, _) => left,
                };
                let last = rect.origin().moved(rect.width - 1, 0);
                self.picture.set(rect.origin(), left, border, owner);
                self.picture.set(last, right, border, owner);
                let heading = content.heading(rect.width - 2, self.look.charset);
                self.runs(rect.origin().moved(1, 0), &heading, rect.width - 2, owner);
            }
            Zoom::Compact | Zoom::Card => {
                self.picture.fill(rect, ' ', Role::Empty, owner);
                let stroke = Stroke {
                    weight: if selected {
                        Weight::Heavy
                    } else {
                        Weight::Light
                    },
                    role: border,
                    owner,
                };
                self.frame(rect, stroke);
                self.marks(rect, figures, owner);
                let columns = rect.width - 4;
                let card = self.scene.options.zoom == Zoom::Card;
                let inner = if card { (rect.height - 2).max(0) } else { 1 };
                let first = if card { rect.y + 1 } else { rect.middle_row() };
                let rows = content.rows(columns, inner as usize, figures, self.look.charset);
                for (row, runs) in rows.iter().enumerate() {
                    let at = Point::new(rect.x + 2, first + row as i32);
                    self.runs(at, runs, columns, owner);
                }
            }
        }
    }

    /// Writes runs one after the other.
    fn runs(&mut self, at: Point, runs: &[Run], columns: i32, owner: Owner) {
        let mut used = 0;
        for run in runs {
            let role = self.role(owner, run.role);
            let text = spelled(&run.text, self.look.charset);
            used += self
                .picture
                .write(at.moved(used, 0), &text, columns - used, role, owner);
        }
    }

    /// Short words in the upper border.
    fn marks(&mut self, rect: Rect, figures: Option<&BoxFigures>, owner: Owner) {
        let mut at = 2;
        for (text, role) in figures.iter().flat_map(|figures| &figures.marks) {
            let room = rect.width - at - 2;
            if room < 4 {
                break;
            }
            let text = format!(" {} ", shortened(text, room - 2));
            let role = self.role(owner, *role);
            at += self
                .picture
                .write(rect.origin().moved(at, 0), &text, room, role, owner);
        }
    }
}

fn line_weight(wire: &SceneWire) -> Weight {
    if wire.asynchronous {
        Weight::Dashed
    } else {
        Weight::Light
    }
}

/// A text in the characters that may be used: our own signs have plain stand-ins of the same width, and
/// names stay as they are.
fn spelled(text: &str, charset: Charset) -> String {
    let plain = |letter| match letter {
        '×' => 'x',
        '≤' => '<',
        '–' => '-',
        '…' => '.',
        other => other,
    };
    match charset {
        Charset::Unicode => text.to_owned(),
        Charset::Ascii => text.chars().map(plain).collect(),
    }
}
