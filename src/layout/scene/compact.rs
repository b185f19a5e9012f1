//! A drawing with smaller boxes: what lies beside or below another stays there, and the room between
//! shrinks with the boxes.

use crate::layout::geometry::{Point, Rect};
use crate::layout::place::{PlaceBox, Spacing};

/// Room that a wire and its arrow head need between two columns.
const COLUMNS_MIN: i32 = 4;

/// Boxes of other sizes in the arrangement of some: each begins right of everything that ended left of it
/// before, and below everything that ended above it, at most so far away as it was.
pub(super) fn compacted(full: &[Rect], items: &[PlaceBox], spacing: Spacing) -> Vec<PlaceBox> {
    let room = spacing.columns.max(COLUMNS_MIN) + 2 * spacing.track;
    let spans = |horizontal: bool| -> Vec<Span> {
        let span = |(rect, item): (&Rect, &PlaceBox)| {
            if horizontal {
                Span {
                    from: rect.x,
                    to: rect.right(),
                    length: item.size.width,
                }
            } else {
                Span {
                    from: rect.y,
                    to: rect.bottom(),
                    length: item.size.height,
                }
            }
        };
        full.iter().zip(items).map(span).collect()
    };
    let columns = squeezed(&spans(true), room);
    let rows = squeezed(&spans(false), spacing.rows + 1);
    let place = |((item, x), y): ((&PlaceBox, i32), i32)| PlaceBox {
        fixed: Some(Point::new(x, y)),
        ..*item
    };
    items.iter().zip(columns).zip(rows).map(place).collect()
}

/// One side of a box: where it lay, and how long it is now.
struct Span {
    from: i32,
    to: i32,
    length: i32,
}

/// Where each begins now.
fn squeezed(spans: &[Span], room: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..spans.len()).collect();
    let from = |index: &usize| spans.get(*index).map_or(0, |span| span.from);
    let to = |index: &usize| spans.get(*index).map_or(0, |span| span.to);
    order.sort_by_key(from);
    let mut ending = order.clone();
    ending.sort_by_key(to);
    let mut ending = ending.into_iter().peekable();
    let mut starts = vec![0; spans.len()];
    // The furthest ends so far, before and now, of what ended before the box at hand began.
    let (mut ended_before, mut ended_now) = (None, 0);
    for index in order {
        while let Some(done) = ending.next_if(|done| to(done) <= from(&index)) {
            let now = starts.get(done).copied().unwrap_or(0);
            let length = spans.get(done).map_or(0, |span| span.length);
            ended_now = if ended_before.is_none() {
                now + length
            } else {
                ended_now.max(now + length)
            };
            ended_before = Some(to(&done).max(ended_before.unwrap_or(i32::MIN)));
        }
        let gap = ended_before.map_or(0, |before: i32| (from(&index) - before).min(room));
        if let Some(start) = starts.get_mut(index) {
            *start = if ended_before.is_some() {
                ended_now + gap.max(0)
            } else {
                0
            };
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beside_stays_beside() {
        let span = |from, to, length| Span { from, to, length };
        let spans = [
            span(0, 16, 8),
            span(40, 56, 8),
            span(0, 16, 5),
            span(20, 36, 8),
        ];
        assert_eq!(squeezed(&spans, 6), [0, 24, 0, 12]);
        assert!(squeezed(&[], 6).is_empty());
    }
}
