//! Horizontal bars in eighths of a cell.

use super::Look;

const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar for a share from 0 to 1 in a field of some cells. Something that is not 0 always shows.
pub(crate) fn bar(share: f64, cells: usize, look: Look) -> String {
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let mut text = String::new();
    if look.unicode {
        let mut eighths = (share * cells as f64 * 8.0).round() as usize;
        if share > 0.0 {
            eighths = eighths.max(1);
        }
        text.extend(std::iter::repeat_n('█', eighths / 8));
        if !eighths.is_multiple_of(8) {
            text.push(EIGHTHS[eighths % 8]);
        }
    } else {
        let mut whole = (share * cells as f64).round() as usize;
        if share > 0.0 {
            whole = whole.max(1);
        }
        text.extend(std::iter::repeat_n('#', whole));
    }
    let used = text.chars().count();
    text.extend(std::iter::repeat_n(' ', cells.saturating_sub(used)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_their_field() {
        let look = Look::PLAIN;
        let ascii = Look {
            unicode: false,
            ..look
        };
        assert_eq!(bar(0.0, 4, look), "    ");
        assert_eq!(bar(0.001, 4, look), "▏   ");
        assert_eq!(bar(0.58, 8, look), "████▋   ");
        assert_eq!(bar(1.0, 4, look), "████");
        assert_eq!(bar(7.0, 4, look), "████");
        assert_eq!(bar(f64::NAN, 4, look), "    ");
        assert_eq!(bar(0.58, 8, ascii), "#####   ");
        assert_eq!(bar(0.001, 4, ascii), "#   ");
    }
}
