//! What the terminal can show, found out from the environment alone: the terminal itself is never
//! asked, because an answer may not come.

/// How many colours there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, underline and reverse only.
    Mono,
    /// The sixteen colours that the user has chosen for the terminal.
    Sixteen,
    /// The 256 colours of xterm.
    Indexed,
    /// 24 bits for each cell.
    True,
}

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// How many colours there are.
    pub depth: Depth,
    /// Whether characters beyond ASCII are shown.
    pub unicode: bool,
}

impl Caps {
    /// Finds out from the variables of the environment; a variable that is empty counts as absent.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Caps {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| set(name));
        let is_utf8 = |locale: String| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        };
        Caps {
            depth: depth(set),
            unicode: locale.map_or(cfg!(windows), is_utf8) && set("BUTTRESS_ASCII").is_none(),
        }
    }
}

fn depth(set: impl Fn(&str) -> Option<String>) -> Depth {
    let term = set("TERM").unwrap_or_default();
    if set("NO_COLOR").is_some() || term == "dumb" {
        return Depth::Mono;
    }
    if matches!(set("COLORTERM").as_deref(), Some("truecolor" | "24bit")) || cfg!(windows) {
        return Depth::True;
    }
    if term.contains("256color") || term.contains("kitty") || term.contains("alacritty") {
        return Depth::Indexed;
    }
    if term.starts_with("vt") {
        return Depth::Mono;
    }
    Depth::Sixteen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(set: &[(&str, &str)]) -> Caps {
        Caps::from_environment(|name| {
            let found = set.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn variables_decide() {
        let full = caps(&[
            ("TERM", "xterm-256color"),
            ("COLORTERM", "truecolor"),
            ("LANG", "en_GB.UTF-8"),
        ]);
        assert_eq!(
            full,
            Caps {
                depth: Depth::True,
                unicode: true
            }
        );
        assert_eq!(caps(&[("TERM", "screen-256color")]).depth, Depth::Indexed);
        assert_eq!(caps(&[("TERM", "linux")]).depth, Depth::Sixteen);
        assert_eq!(
            caps(&[("TERM", "xterm"), ("NO_COLOR", "1")]).depth,
            Depth::Mono
        );
        assert_eq!(
            caps(&[("TERM", "xterm"), ("NO_COLOR", "")]).depth,
            Depth::Sixteen
        );
        assert!(!caps(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]).unicode);
        assert!(!caps(&[("LANG", "C.utf8"), ("BUTTRESS_ASCII", "1")]).unicode);
    }
}
