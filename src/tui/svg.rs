//! A screen as SVG: text in a fixed grid, with the colours it has on the terminal.

use super::theme::Palette;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

/// Width and height of a cell, in units of the picture.
const CELL: (u32, u32) = (9, 18);
/// Free space around the screen.
const MARGIN: u32 = 12;

/// The sixteen colours, as most terminals show them.
const SIXTEEN: [u32; 16] = [
    0x1c_1c1c, 0xcd_4545, 0x4c_a657, 0xc9_9a2e, 0x4a_7fd0, 0xa8_5fc0, 0x3f_a7a7, 0xc8_c8c8,
    0x6a_6a6a, 0xff_7b72, 0x7c_d992, 0xf0_c274, 0x6c_b6ff, 0xd2_a8ff, 0x76_e3ea, 0xff_ffff,
];

/// The screen as a picture.
pub fn of_buffer(buffer: &Buffer, palette: Palette) -> String {
    let (text, ground) = match palette {
        Palette::Light => ("#1b1f24", "#ffffff"),
        Palette::HighContrast => ("#ffffff", "#000000"),
        Palette::Dark | Palette::Mono => ("#d8dee9", "#15181d"),
    };
    let area = buffer.area;
    let width = u32::from(area.width) * CELL.0 + 2 * MARGIN;
    let height = u32::from(area.height) * CELL.1 + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"'DejaVu Sans Mono', 'JetBrains Mono', Menlo, Consolas, monospace\" font-size=\"15\" fill=\"{text}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{ground}\"/>\n"
    );
    for y in area.y..area.bottom() {
        let cells = (area.x..area.right()).filter_map(|x| buffer.cell((x, y)));
        let mut row: Vec<(Style, String, u32)> = Vec::new();
        for cell in cells {
            let style = Style::of(cell, text, ground);
            // A wide character takes the cell after it, too, which is then blank.
            match row.last_mut() {
                Some((same, run, count)) if *same == style => {
                    run.push_str(cell.symbol());
                    *count += 1;
                }
                _ => row.push((style, cell.symbol().to_owned(), 1)),
            }
        }
        let mut column = 0;
        for (style, run, count) in row {
            put(
                &mut svg,
                &style,
                &run,
                (column, u32::from(y - area.y), count),
            );
            column += count;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// How a run of cells looks.
#[derive(Debug, PartialEq, Eq)]
struct Style {
    front: String,
    back: Option<String>,
    modifier: Modifier,
}

impl Style {
    fn of(cell: &ratatui::buffer::Cell, text: &str, ground: &str) -> Style {
        let mut front = color(cell.fg).unwrap_or_else(|| text.to_owned());
        let mut back = color(cell.bg);
        if cell.modifier.contains(Modifier::REVERSED) {
            let before = back.unwrap_or_else(|| ground.to_owned());
            back = Some(front);
            front = before;
        }
        Style {
            front,
            back,
            modifier: cell.modifier,
        }
    }

    /// What it adds to an element of text.
    fn attributes(&self) -> String {
        let all = [
            (Modifier::BOLD, " font-weight=\"bold\""),
            (Modifier::ITALIC, " font-style=\"italic\""),
            (Modifier::UNDERLINED, " text-decoration=\"underline\""),
            (Modifier::DIM, " opacity=\"0.6\""),
        ];
        let set = all.iter().filter(|(one, _)| self.modifier.contains(*one));
        set.map(|(_, attribute)| *attribute).collect()
    }
}

/// Cells of one look side by side: their ground if they have one, and their characters, which are kept in
/// the grid whatever font there is.
fn put(svg: &mut String, style: &Style, run: &str, (column, row, count): (u32, u32, u32)) {
    let (left, top) = (column * CELL.0 + MARGIN, row * CELL.1 + MARGIN);
    let width = count * CELL.0;
    if let Some(back) = &style.back {
        svg.push_str(&format!(
            "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{}\" fill=\"{back}\"/>\n",
            CELL.1
        ));
    }
    if run.trim().is_empty() {
        return;
    }
    let (front, attributes) = (&style.front, style.attributes());
    let escaped = run
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    svg.push_str(&format!(
        "<text x=\"{left}\" y=\"{}\" textLength=\"{width}\" xml:space=\"preserve\" fill=\"{front}\"{attributes}>{escaped}</text>\n",
        top + 14
    ));
}

/// A colour as it is written in SVG; `None` for that of the terminal.
fn color(color: Color) -> Option<String> {
    let named = |index: usize| Some(format!("#{:06x}", SIXTEEN[index % 16]));
    match color {
        Color::Reset => None,
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Indexed(index) => indexed(index),
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
    }
}

/// One of the 256 colours of xterm.
fn indexed(index: u8) -> Option<String> {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    if index < 16 {
        return Some(format!("#{:06x}", SIXTEEN[usize::from(index)]));
    }
    if index >= 232 {
        let grey = 8 + 10 * (index - 232);
        return Some(format!("#{grey:02x}{grey:02x}{grey:02x}"));
    }
    let at = usize::from(index - 16);
    let (red, green, blue) = (LEVELS[at / 36], LEVELS[at / 6 % 6], LEVELS[at % 6]);
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn a_screen_becomes_text_in_a_grid() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
        buffer.set_string(
            0,
            0,
            "a<",
            Style::new()
                .fg(Color::Rgb(1, 2, 3))
                .add_modifier(Modifier::BOLD),
        );
        let svg = of_buffer(&buffer, Palette::Dark);
        assert!(svg.starts_with("<svg "));
        assert!(
            svg.contains("fill=\"#010203\" font-weight=\"bold\">a&lt;</text>"),
            "{svg}"
        );
        assert_eq!(
            svg.matches("<text").count(),
            1,
            "cells of one look are one text"
        );
        assert_eq!(indexed(16).as_deref(), Some("#000000"));
        assert_eq!(indexed(231).as_deref(), Some("#ffffff"));
        assert_eq!(indexed(255).as_deref(), Some("#eeeeee"));
    }
}
