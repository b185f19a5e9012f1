//! Groups as a tree, and the frames around what they hold.

use super::PlaceInput;
use crate::layout::geometry::Rect;

/// The groups of an input as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Groups {
    /// The members of each group that exist, ascending, each once.
    pub(super) members: Vec<Vec<usize>>,
    /// The group around each group; none for one that is not kept together.
    pub(super) parent: Vec<Option<usize>>,
    /// Whether the boxes of a group are kept together: not if it shares only some of them with another.
    pub(super) kept: Vec<bool>,
    /// The innermost kept group of each box.
    pub(super) of_box: Vec<Option<usize>>,
}

impl Groups {
    pub(super) fn of(input: &PlaceInput<'_>) -> Groups {
        let count = input.boxes.len();
        let existing = |members: &Vec<usize>| {
            let mut members: Vec<usize> = members
                .iter()
                .copied()
                .filter(|member| *member < count)
                .collect();
            members.sort_unstable();
            members.dedup();
            members
        };
        let members: Vec<Vec<usize>> = input
            .groups
            .iter()
            .map(|group| existing(&group.members))
            .collect();
        // From the largest to the smallest, a group is kept if all its boxes have the same innermost
        // group so far, which then is the one around it.
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by_key(|index| (std::cmp::Reverse(members[*index].len()), *index));
        let mut groups = Groups {
            parent: vec![None; members.len()],
            kept: vec![false; members.len()],
            of_box: vec![None; count],
            members,
        };
        for index in order {
            let mut around = groups.members[index]
                .iter()
                .map(|member| groups.of_box[*member]);
            let Some(first) = around.next() else { continue };
            if around.all(|other| other == first) {
                groups.parent[index] = first;
                groups.kept[index] = true;
                for member in &groups.members[index] {
                    groups.of_box[*member] = Some(index);
                }
            }
        }
        groups
    }

    /// The groups around a box, from the outermost to the innermost.
    pub(super) fn path(&self, innermost: Option<usize>) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(innermost, |group| self.parent[*group]).collect();
        path.reverse();
        path
    }

    /// The frame of each group around boxes that lie where they lie.
    pub(super) fn frames(&self, input: &PlaceInput<'_>, boxes: &[Rect]) -> Vec<Rect> {
        let spacing = input.spacing;
        let mut frames = vec![Rect::default(); self.members.len()];
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        // From the inside out: a frame holds the frames inside it. Of equal groups, the later is inside.
        order.sort_by_key(|index| (self.members[*index].len(), std::cmp::Reverse(*index)));
        for index in order {
            let own = self.members[index].iter().map(|member| boxes[*member]);
            let inner = (0..frames.len()).filter(|inner| self.parent[*inner] == Some(index));
            let content = Rect::around(own.chain(inner.map(|inner| frames[inner])));
            if content.is_empty() {
                continue;
            }
            let mut frame = content.grown(spacing.frame_columns + 1, spacing.frame_rows + 1);
            if self.kept[index] {
                frame.width = frame.width.max(title_room(input, index));
            }
            frames[index] = frame;
        }
        frames
    }
}

/// The columns of a frame that shows all of its title.
pub(super) fn title_room(input: &PlaceInput<'_>, group: usize) -> i32 {
    const TITLE_MAX: i32 = 24;
    input.groups[group].title_width.min(TITLE_MAX) + 6
}
