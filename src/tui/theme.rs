//! Roles → styles. Everything drawn asks for a style by what it means; only this file knows
//! colours. Each role can be told from its neighbours without colour too: by bold, underline,
//! reverse, or by the words and symbols that come with it.

use super::caps::Depth;
pub use crate::layout::role::heat_step;
use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text of less weight: units, captions, what is off.
    Dim,
    /// Text of more weight: names, figures.
    Strong,
    /// The title of a panel.
    Title,
    /// What leads the eye: the current tab, the focused field.
    Accent,
    /// The line around a panel.
    Border,
    /// The line around the panel that the keys go to.
    BorderFocus,
    /// The chosen line of a list.
    Selected,
    /// A value that was given.
    Value,
    /// A value that holds because none was given.
    Default,
    /// A key in a hint.
    Key,
    /// The letters of a name that a search matched.
    Match,
    /// A label to jump to.
    Label,
    /// The cell of the text cursor.
    Cursor,
    /// All is well.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong, or failing.
    Bad,
    /// A wire.
    Wire,
    /// A wire that carries messages nobody waits for.
    WireAsync,
    /// The selected wire.
    WireSelected,
    /// What is not meant now while something else is.
    Faint,
    /// The frame of a group.
    Group,
    /// A note on the canvas.
    Note,
    /// The border of a box.
    Box,
    /// The border of a selected box.
    BoxSelected,
    /// What follows the pointer while dragging.
    Ghost,
    /// A message that something was done.
    Toast,
    /// A load from 0 (idle) to 7 (full): see [`heat_step`].
    Heat(u8),
    /// A line of a chart; colours repeat after six.
    Series(u8),
}

/// A set of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Palette {
    /// For dark terminals.
    #[default]
    Dark,
    /// For light terminals.
    Light,
    /// Strong colours on black only.
    HighContrast,
    /// No colours at all.
    Mono,
}

impl Palette {
    /// All of them, in the order in which they follow one another.
    pub const ALL: [Palette; 4] = [
        Palette::Dark,
        Palette::Light,
        Palette::HighContrast,
        Palette::Mono,
    ];

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Palette::Dark => "dark",
            Palette::Light => "light",
            Palette::HighContrast => "high contrast",
            Palette::Mono => "no colour",
        }
    }
}

/// The styles for one terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// The colours that were asked for.
    pub palette: Palette,
    depth: Depth,
}

/// A colour in both forms: 24 bits, and one of the sixteen of the terminal.
type Pair = (u32, Color);

/// The colours of a palette, by use.
struct Colors {
    dim: Pair,
    faint: Pair,
    border: Pair,
    accent: Pair,
    good: Pair,
    warn: Pair,
    bad: Pair,
    cool: Pair,
    note: Pair,
    /// Background of the chosen line.
    chosen: Pair,
    /// Foreground on it.
    chosen_text: Pair,
    heat: [Pair; 8],
    series: [Pair; 6],
}

const DARK: Colors = Colors {
    dim: (0x8a_93a3, Color::Gray),
    faint: (0x4a_5261, Color::DarkGray),
    border: (0x5b_6475, Color::DarkGray),
    accent: (0x6c_b6ff, Color::Cyan),
    good: (0x7c_d992, Color::Green),
    warn: (0xf0_c274, Color::Yellow),
    bad: (0xff_7b72, Color::LightRed),
    cool: (0x8b_c4d8, Color::Cyan),
    note: (0xd2_b48c, Color::Yellow),
    chosen: (0x2b_3a55, Color::Blue),
    chosen_text: (0xff_ffff, Color::White),
    heat: [
        (0x6f_8fa8, Color::Gray),
        (0x5f_a8a0, Color::Cyan),
        (0x6f_bf7f, Color::Green),
        (0xa4_c45f, Color::Green),
        (0xd8_c04f, Color::Yellow),
        (0xe8_a04a, Color::Yellow),
        (0xf0_7b4f, Color::LightRed),
        (0xff_5555, Color::LightRed),
    ],
    series: [
        (0x6c_b6ff, Color::Cyan),
        (0xf0_c274, Color::Yellow),
        (0xff_7b72, Color::LightRed),
        (0x7c_d992, Color::Green),
        (0xc8_9bf0, Color::Magenta),
        (0x8a_93a3, Color::Gray),
    ],
};

const LIGHT: Colors = Colors {
    dim: (0x5f_6876, Color::DarkGray),
    faint: (0xb4_bac4, Color::Gray),
    border: (0x9a_a2ae, Color::DarkGray),
    accent: (0x0b_5cad, Color::Blue),
    good: (0x1c_7c3a, Color::Green),
    warn: (0x9a_6200, Color::Magenta),
    bad: (0xc0_1f2e, Color::Red),
    cool: (0x1f_6f84, Color::Blue),
    note: (0x7a_5a2a, Color::Magenta),
    chosen: (0xcf_e0f5, Color::Blue),
    chosen_text: (0x0a_1a2a, Color::White),
    heat: [
        (0x6a_7a88, Color::DarkGray),
        (0x2f_7a80, Color::Blue),
        (0x2a_7f45, Color::Green),
        (0x5a_7a1a, Color::Green),
        (0x8a_6d00, Color::Magenta),
        (0xa8_5a00, Color::Magenta),
        (0xc0_4010, Color::Red),
        (0xc0_1f2e, Color::Red),
    ],
    series: [
        (0x0b_5cad, Color::Blue),
        (0x9a_6200, Color::Magenta),
        (0xc0_1f2e, Color::Red),
        (0x1c_7c3a, Color::Green),
        (0x7a_3fa8, Color::Magenta),
        (0x5f_6876, Color::DarkGray),
    ],
};

const CONTRAST: Colors = Colors {
    dim: (0xe0_e0e0, Color::White),
    faint: (0x9a_9a9a, Color::Gray),
    border: (0xff_ffff, Color::White),
    accent: (0x00_ffff, Color::LightCyan),
    good: (0x00_ff66, Color::LightGreen),
    warn: (0xff_ff00, Color::LightYellow),
    bad: (0xff_6060, Color::LightRed),
    cool: (0x00_ffff, Color::LightCyan),
    note: (0xff_ff99, Color::LightYellow),
    chosen: (0xff_ff00, Color::LightYellow),
    chosen_text: (0x00_0000, Color::Black),
    heat: [
        (0xff_ffff, Color::White),
        (0x00_ffff, Color::LightCyan),
        (0x00_ffff, Color::LightCyan),
        (0x00_ff66, Color::LightGreen),
        (0xff_ff00, Color::LightYellow),
        (0xff_ff00, Color::LightYellow),
        (0xff_6060, Color::LightRed),
        (0xff_6060, Color::LightRed),
    ],
    series: [
        (0x00_ffff, Color::LightCyan),
        (0xff_ff00, Color::LightYellow),
        (0xff_6060, Color::LightRed),
        (0x00_ff66, Color::LightGreen),
        (0xff_80ff, Color::LightMagenta),
        (0xff_ffff, Color::White),
    ],
};

impl Theme {
    /// A theme for a terminal with so many colours.
    pub fn new(palette: Palette, depth: Depth) -> Theme {
        Theme { palette, depth }
    }

    /// The same terminal with another palette.
    #[must_use]
    pub fn with(self, palette: Palette) -> Theme {
        Theme { palette, ..self }
    }

    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        let colors = match self.palette {
            Palette::Dark => &DARK,
            Palette::Light => &LIGHT,
            Palette::HighContrast => &CONTRAST,
            Palette::Mono => return mono(role),
        };
        if self.depth == Depth::Mono {
            return mono(role);
        }
        let fg = |pair: Pair| Style::new().fg(self.color(pair));
        match role {
            Role::Text | Role::Value | Role::Box => Style::new(),
            Role::Dim | Role::Default => fg(colors.dim),
            Role::Strong | Role::Title => Style::new().add_modifier(Modifier::BOLD),
            Role::Accent | Role::Key | Role::BoxSelected | Role::WireSelected => {
                fg(colors.accent).add_modifier(Modifier::BOLD)
            }
            Role::Border | Role::Group => fg(colors.border),
            Role::BorderFocus => fg(colors.accent),
            Role::Selected => fg(colors.chosen_text).bg(self.color(colors.chosen)),
            Role::Match => fg(colors.accent).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Role::Label => fg(colors.warn).add_modifier(Modifier::BOLD | Modifier::REVERSED),
            Role::Cursor => Style::new().add_modifier(Modifier::REVERSED),
            Role::Good | Role::Toast => fg(colors.good),
            Role::Warn => fg(colors.warn),
            Role::Bad => fg(colors.bad).add_modifier(Modifier::BOLD),
            Role::Wire => fg(colors.cool),
            Role::WireAsync => fg(colors.note),
            Role::Faint => fg(colors.faint),
            Role::Note => fg(colors.note).add_modifier(Modifier::ITALIC),
            Role::Ghost => fg(colors.accent).add_modifier(Modifier::DIM),
            Role::Heat(step) => {
                let pair = colors.heat[usize::from(step.min(7))];
                let style = fg(pair);
                if step >= 7 {
                    style.add_modifier(Modifier::BOLD)
                } else {
                    style
                }
            }
            Role::Series(number) => fg(colors.series[usize::from(number) % 6]),
        }
    }

    fn color(self, (rgb, named): Pair) -> Color {
        let [_, red, green, blue] = rgb.to_be_bytes();
        match self.depth {
            Depth::Mono => Color::Reset,
            Depth::Sixteen => named,
            Depth::Indexed => Color::Indexed(index(red, green, blue)),
            Depth::True => Color::Rgb(red, green, blue),
        }
    }
}

/// The nearest of the 216 colours of xterm's cube and its 24 greys.
fn index(red: u8, green: u8, blue: u8) -> u8 {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let far = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let level = |value: u8| {
        let by_distance = (0..6_u8).min_by_key(|at| LEVELS[usize::from(*at)].abs_diff(value));
        by_distance.unwrap_or(0)
    };
    let (r, g, b) = (level(red), level(green), level(blue));
    let cube = |at: u8| LEVELS[usize::from(at)];
    let of_cube = far(cube(r), red) + far(cube(g), green) + far(cube(b), blue);
    let mean = (u32::from(red) + u32::from(green) + u32::from(blue)) / 3;
    let step = ((mean.saturating_sub(8) + 5) / 10).min(23) as u8;
    let grey = 8 + 10 * step;
    let of_grey = far(grey, red) + far(grey, green) + far(grey, blue);
    if of_grey < of_cube {
        232 + step
    } else {
        16 + 36 * r + 6 * g + b
    }
}

/// Styles without any colour.
fn mono(role: Role) -> Style {
    let style = Style::new();
    match role {
        Role::Strong | Role::Title | Role::Key | Role::BoxSelected | Role::WireSelected => {
            style.add_modifier(Modifier::BOLD)
        }
        Role::Accent | Role::Match => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Role::Selected | Role::Cursor | Role::Label => style.add_modifier(Modifier::REVERSED),
        Role::Bad | Role::BorderFocus | Role::Heat(7..) => style.add_modifier(Modifier::BOLD),
        Role::Default | Role::Dim | Role::Faint | Role::Ghost => style.add_modifier(Modifier::DIM),
        _ => style,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_there_are_none() {
        let roles = [
            Role::Bad,
            Role::Selected,
            Role::Label,
            Role::Heat(7),
            Role::Series(1),
        ];
        for theme in [
            Theme::new(Palette::Mono, Depth::True),
            Theme::new(Palette::Dark, Depth::Mono),
        ] {
            for role in roles {
                let style = theme.style(role);
                assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
            }
        }
    }

    #[test]
    fn colours_follow_what_the_terminal_has() {
        let bad = |depth| Theme::new(Palette::Dark, depth).style(Role::Bad).fg;
        assert_eq!(bad(Depth::True), Some(Color::Rgb(0xff, 0x7b, 0x72)));
        assert_eq!(bad(Depth::Indexed), Some(Color::Indexed(209)));
        assert_eq!(bad(Depth::Sixteen), Some(Color::LightRed));
        assert_eq!(index(0, 0, 0), 16);
        assert_eq!(index(128, 128, 128), 244);
    }

    #[test]
    fn heat_has_eight_steps() {
        assert_eq!(heat_step(0.0), 0);
        assert_eq!(heat_step(0.58), 3);
        assert_eq!(heat_step(0.949), 6);
        assert_eq!(heat_step(3.0), 7);
        assert_eq!(heat_step(f64::NAN), 7);
    }
}
