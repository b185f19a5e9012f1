//! The promises of the placement, for random graphs.

use proptest::prelude::*;

use super::*;
use crate::layout::place::layers::backward;

const SPACING: Spacing = Spacing {
    rows: 2,
    columns: 4,
    track: 2,
    frame_rows: 1,
    frame_columns: 1,
};

/// Boxes, wires (self loops, parallel ones and unknown boxes among them) and groups.
#[derive(Debug, Clone)]
struct Case {
    boxes: Vec<PlaceBox>,
    wires: Vec<(usize, usize)>,
    groups: Vec<PlaceGroup>,
}

impl Case {
    fn input(&self) -> PlaceInput<'_> {
        PlaceInput {
            boxes: &self.boxes,
            wires: &self.wires,
            wire_room: &[],
            groups: &self.groups,
            spacing: SPACING,
        }
    }
}

fn place_box(fixed: bool) -> impl Strategy<Value = PlaceBox> {
    let at = (-60..60_i32, -40..40_i32).prop_map(|(x, y)| Point::new(x, y));
    let given = if fixed {
        prop::option::of(at).boxed()
    } else {
        Just(None).boxed()
    };
    (1..20_i32, 1..7_i32, given).prop_map(|(width, height, fixed)| PlaceBox {
        size: Size::new(width, height),
        fixed,
    })
}

fn case(fixed: bool) -> impl Strategy<Value = Case> {
    (0..24_usize).prop_flat_map(move |count| {
        let boxes = prop::collection::vec(place_box(fixed), count);
        let wires = prop::collection::vec((0..count + 1, 0..count + 1), 0..count * 2 + 1);
        let members = prop::collection::vec(0..count + 1, 0..6);
        let group = members.prop_map(|members| PlaceGroup {
            members,
            title_width: 9,
        });
        let groups = prop::collection::vec(group, 0..4);
        (boxes, wires, groups).prop_map(|(boxes, wires, groups)| Case {
            boxes,
            wires,
            groups,
        })
    })
}

fn overlapping(rects: &[Rect]) -> Option<(usize, usize)> {
    let pairs = (0..rects.len()).flat_map(|a| (a + 1..rects.len()).map(move |b| (a, b)));
    pairs
        .into_iter()
        .find(|(a, b)| rects[*a].overlaps(rects[*b]))
}

proptest! {
    #![proptest_config(crate::layout::testing::cases(300))]

    #[test]
    fn boxes_do_not_overlap_and_wires_point_right(case in case(false)) {
        let placed = place(&case.input());
        prop_assert_eq!(overlapping(&placed.boxes), None);
        let sizes: Vec<Size> = placed.boxes.iter().map(|rect| rect.size()).collect();
        let wanted: Vec<Size> = case.boxes.iter().map(|item| item.size).collect();
        prop_assert_eq!(sizes, wanted);
        let count = case.boxes.len();
        let real = |(from, to): &(usize, usize)| *from < count && *to < count && from != to;
        let wires: Vec<_> = case.wires.iter().copied().filter(real).collect();
        // What is backward follows from the order of the boxes within their part, so that of all is the same.
        let back = backward(count, &wires);
        for ((from, to), back) in wires.iter().zip(back) {
            if !back {
                prop_assert!(placed.boxes[*from].right() < placed.boxes[*to].x);
            }
        }
        prop_assert_eq!(&placed, &place(&case.input()));
    }

    #[test]
    fn frames_hold_their_members_and_nothing_else(case in case(false)) {
        let input = case.input();
        let placed = place(&input);
        let groups = frames::Groups::of(&input);
        for (index, frame) in placed.frames.iter().enumerate() {
            let members = &groups.members[index];
            prop_assert_eq!(frame.is_empty(), members.is_empty());
            for (node, rect) in placed.boxes.iter().enumerate() {
                if members.contains(&node) {
                    prop_assert!(frame.grown(-2, -1).encloses(*rect));
                } else if groups.kept[index] {
                    prop_assert!(!frame.overlaps(*rect), "group {} and box {}", index, node);
                }
            }
            for (other, around) in groups.parent.iter().enumerate() {
                let nested = *around == Some(index);
                if nested {
                    prop_assert!(frame.grown(-1, -1).encloses(placed.frames[other]));
                } else if other > index && groups.kept[other] && groups.kept[index]
                    && groups.parent[other] == groups.parent[index]
                {
                    prop_assert!(!frame.overlaps(placed.frames[other]));
                }
            }
        }
    }

    #[test]
    fn given_places_are_kept_and_the_others_keep_off(case in case(true)) {
        let placed = place(&case.input());
        for (index, item) in case.boxes.iter().enumerate() {
            if let Some(fixed) = item.fixed {
                prop_assert_eq!(placed.boxes[index].origin(), fixed);
                continue;
            }
            for (other, rect) in placed.boxes.iter().enumerate() {
                prop_assert!(other == index || !rect.overlaps(placed.boxes[index]));
            }
        }
        prop_assert_eq!(&placed, &place(&case.input()));
    }
}

/// A graph as large as a drawing gets, of boxes in layers with some wires back.
pub(in crate::layout) fn large(count: usize, wires: usize) -> (Vec<PlaceBox>, Vec<(usize, usize)>) {
    let size = Size::new(16, 5);
    let boxes = vec![PlaceBox { size, fixed: None }; count];
    let mut state = 12_345_u64;
    let mut draw = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let wire = |index: usize, draw: &mut dyn FnMut(usize) -> usize| {
        let from = index % count;
        let to = (from + 1 + draw(count / 8)).min(count - 1);
        if draw(20) == 0 {
            (to, from)
        } else {
            (from, to)
        }
    };
    let wires = (0..wires).map(|index| wire(index, &mut draw)).collect();
    (boxes, wires)
}

/// Prints how long the placement of 200 boxes and 300 wires takes; the aim is 10 ms.
#[test]
#[ignore = "measures time"]
#[expect(clippy::disallowed_methods, reason = "measuring is what it is for")]
#[expect(clippy::print_stderr, reason = "measuring is what it is for")]
fn how_long_a_large_placement_takes() {
    let (boxes, wires) = large(200, 300);
    let input = PlaceInput {
        boxes: &boxes,
        wires: &wires,
        wire_room: &[],
        groups: &[],
        spacing: SPACING,
    };
    let began = std::time::Instant::now();
    let placed = place(&input);
    let took = began.elapsed();
    let bounds = Rect::around(placed.boxes.iter().copied());
    eprintln!("200 boxes, 300 wires: placed in {took:?}, {bounds:?}");
}

#[test]
fn nothing_and_hostile_input_are_placed() {
    let empty = Case {
        boxes: Vec::new(),
        wires: vec![(0, 0), (3, 4)],
        groups: Vec::new(),
    };
    assert_eq!(place(&empty.input()), Placement::default());
    let far = PlaceBox {
        size: Size::new(5, 3),
        fixed: Some(Point::new(i32::MAX, i32::MIN)),
    };
    let near = PlaceBox { fixed: None, ..far };
    let case = Case {
        boxes: vec![far, near, near],
        wires: vec![(0, 1), (1, 1), (1, 0), (1, 0), (2, 0)],
        groups: vec![PlaceGroup {
            members: vec![0, 2, 2, 9],
            title_width: i32::MAX,
        }],
    };
    let placed = place(&case.input());
    assert_eq!(overlapping(&placed.boxes), None);
}

#[test]
fn long_chains_and_stars_take_no_long_time() {
    let size = Size::new(6, 3);
    let boxes = vec![PlaceBox { size, fixed: None }; 3_000];
    let chain: Vec<(usize, usize)> = (1..3_000).map(|to| (to - 1, to)).collect();
    let star: Vec<(usize, usize)> = (1..3_000).map(|to| (0, to)).collect();
    for wires in [chain, star] {
        let input = PlaceInput {
            boxes: &boxes,
            wires: &wires,
            wire_room: &[],
            groups: &[],
            spacing: SPACING,
        };
        assert_eq!(place(&input).boxes.len(), 3_000);
    }
}
