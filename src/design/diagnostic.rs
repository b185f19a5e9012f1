//! What is wrong with a document: messages with places in the text, and how they are shown.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::syntax::Span;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be used.
    Error,
    /// The document can be used, but says something that is probably not meant.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong: a sentence without a full stop.
    pub message: String,
    /// What was expected at the marked place; may be empty.
    pub label: String,
    /// The marked place.
    pub span: Span,
    /// The path of the marked value in the document, such as `nodes/api/replicas`; may be empty.
    pub path: String,
    /// Other places that matter, each with a label.
    pub related: Vec<(Span, String)>,
    /// What to do: the nearest known word, an example.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            message: message.into(),
            label: String::new(),
            span,
            path: String::new(),
            related: Vec::new(),
            help: None,
        }
    }

    /// A warning at a place.
    pub fn warning(span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..Diagnostic::error(span, message)
        }
    }

    /// The same with a label at the marked place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Diagnostic {
        self.label = label.into();
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same with another place that matters.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.related.push((span, label.into()));
        self
    }

    /// The same with the path of the value that it is about.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Diagnostic {
        self.path = path.into();
        self
    }
}

/// A text that values came from: a file, a `--set`, a preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What to call it in messages: the path of the file, or `--set nodes/api/replicas`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The texts that a document was put together from. A [`Span`] names its source by position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sources(Vec<Source>);

/// A place in a text as people count: lines and columns from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The name of the source.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The line itself.
    pub text: String,
}

/// Longest stretch of a line that a message shows, in bytes.
const SHOWN_BYTES_MAX: usize = 4096;

impl Sources {
    /// Adds a text, and says by which number spans refer to it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> u32 {
        self.0.push(Source {
            name: name.into(),
            text: text.into(),
        });
        (self.0.len() - 1) as u32
    }

    /// One of the texts.
    pub fn get(&self, number: u32) -> Option<&Source> {
        self.0.get(number as usize)
    }

    /// The text that a span marks; empty if there is none.
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source)
            .and_then(|source| source.text.get(span.range()))
            .unwrap_or("")
    }

    /// Where a span begins, as people count.
    pub fn locate(&self, span: Span) -> Location {
        let Some(source) = self.get(span.source) else {
            return Location {
                file: String::new(),
                line: 1,
                column: 1,
                text: String::new(),
            };
        };
        let start = floor_boundary(&source.text, span.start as usize);
        let before = &source.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = source.text[start..]
            .find('\n')
            .map_or(source.text.len(), |at| start + at);
        let line = source.text[line_start..line_end].trim_end_matches('\r');
        Location {
            file: source.name.clone(),
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: source.text[line_start..start].chars().count() + 1,
            text: line[..floor_boundary(line, SHOWN_BYTES_MAX)].to_owned(),
        }
    }
}

/// The nearest position at or before one that does not split a character.
fn floor_boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

/// Everything that is wrong with a document, with the texts it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    /// The messages: errors and warnings in the order of the document.
    pub items: Vec<Diagnostic>,
    /// The texts.
    pub sources: Sources,
}

/// At most this many messages are shown; the rest is counted.
const SHOWN_MAX: usize = 50;

impl Diagnostics {
    /// Whether anything is an error.
    pub fn has_errors(&self) -> bool {
        self.items
            .iter()
            .any(|item| item.severity == Severity::Error)
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.items
            .iter()
            .filter(|item| item.severity == Severity::Error)
            .count()
    }

    /// Puts the messages in the order of the text, errors and warnings mixed, without repetitions.
    pub fn sort(&mut self) {
        self.items.sort_by(|a, b| {
            let key = |item: &Diagnostic| (item.span.source, item.span.start, item.severity);
            key(a).cmp(&key(b))
        });
        self.items.dedup();
    }

    /// All messages as text for a terminal or a log: each with its file, line and column, the line
    /// itself and what was expected.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let mut text = String::new();
        for item in self.items.iter().take(SHOWN_MAX) {
            text.push_str(&self.render_one(item, &renderer));
            text.push_str("\n\n");
        }
        if self.items.len() > SHOWN_MAX {
            let more = self.items.len() - SHOWN_MAX;
            text.extend(["… and ", &more.to_string(), " more\n"]);
        }
        text.truncate(text.trim_end().len());
        text
    }

    fn render_one(&self, item: &Diagnostic, renderer: &Renderer) -> String {
        let level = match item.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut groups: Vec<Group<'_>> = Vec::new();
        let mut group = Group::with_title(level.primary_title(item.message.as_str()));
        if let Some(window) = self.window(item.span, &item.related) {
            let Window {
                text,
                line,
                offset,
                name,
            } = window;
            let mark = |span: Span| {
                let start = floor_boundary(text, (span.start as usize).saturating_sub(offset));
                let end = floor_boundary(text, (span.end as usize).saturating_sub(offset));
                start..end.max(start)
            };
            let mut snippet = Snippet::source(text)
                .line_start(line)
                .path(name)
                .annotation(
                    AnnotationKind::Primary
                        .span(mark(item.span))
                        .label(some(&item.label)),
                );
            for (span, label) in &item.related {
                if inside(*span, item.span.source, offset, text.len()) {
                    snippet = snippet
                        .annotation(AnnotationKind::Context.span(mark(*span)).label(some(label)));
                }
            }
            group = group.element(snippet);
        }
        groups.push(group);
        if let Some(help) = &item.help {
            groups.push(Group::with_title(
                Level::HELP.secondary_title(help.as_str()),
            ));
        }
        renderer.render(&groups)
    }

    /// The whole lines around a span (and around the related ones that are not far), so that a
    /// large file is not handed to the renderer.
    fn window(&self, span: Span, related: &[(Span, String)]) -> Option<Window<'_>> {
        let source = self.sources.get(span.source)?;
        let text = source.text.as_str();
        let (mut start, mut end) = (span.start as usize, span.end as usize);
        for (other, _) in related
            .iter()
            .filter(|(other, _)| other.source == span.source)
        {
            let (low, high) = (start.min(other.start as usize), end.max(other.end as usize));
            if high - low <= 16 * SHOWN_BYTES_MAX {
                (start, end) = (low, high);
            }
        }
        let start = floor_boundary(text, start);
        let end = floor_boundary(text, end.min(start + 16 * SHOWN_BYTES_MAX)).max(start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let from = floor_boundary(text, line_start.max(start.saturating_sub(SHOWN_BYTES_MAX)));
        let to = floor_boundary(text, line_end.min(end + SHOWN_BYTES_MAX));
        let line = text[..from].bytes().filter(|byte| *byte == b'\n').count() + 1;
        Some(Window {
            text: &text[from..to],
            line,
            offset: from,
            name: &source.name,
        })
    }
}

/// A part of a source that is shown.
struct Window<'a> {
    text: &'a str,
    line: usize,
    offset: usize,
    name: &'a str,
}

/// Whether a span lies in the part of a source that is shown.
fn inside(span: Span, source: u32, offset: usize, length: usize) -> bool {
    span.source == source
        && (offset..=offset + length).contains(&(span.start as usize))
        && span.end as usize <= offset + length
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

impl std::fmt::Display for Diagnostics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// The known word that is nearest to an unknown one, if it is near enough to be meant: at most a
/// third of the letters differ, or one begins with the other.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in known.into_iter().filter(|candidate| !candidate.is_empty()) {
        let other = candidate.to_lowercase();
        let longest = lower.chars().count().max(other.chars().count());
        let mut distance = edits(&lower, &other);
        if lower.len() >= 3 && (other.starts_with(&lower) || lower.starts_with(&other)) {
            distance = distance.min(1);
        }
        let near = distance <= (longest / 3).max(1) && longest > 1;
        if near && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The number of letters to insert, remove, replace or swap with their neighbour to make one word
/// of another (optimal string alignment). Words above 64 letters count as wholly different.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > 64 {
        return usize::MAX;
    }
    let mut rows = [
        vec![0; b.len() + 1],
        (0..=b.len()).collect::<Vec<usize>>(),
        vec![0; b.len() + 1],
    ];
    for i in 1..=a.len() {
        rows[2][0] = i;
        for j in 1..=b.len() {
            let replaced = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = least;
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
}

/// A help text that names the nearest known word, or lists the known ones if they are few.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = nearest(word, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<&str> = known.into_iter().collect();
    match all.len() {
        0 => None,
        1..=20 => Some(format!("known here: {}", all.join(", "))),
        _ => Some(format!(
            "known here: {}, … ({} in all)",
            all[..20].join(", "),
            all.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_found_or_nothing() {
        let known = ["replicas", "workers", "retry", "zones"];
        assert_eq!(nearest("replica", known), Some("replicas"));
        assert_eq!(nearest("wrokers", known), Some("workers"));
        assert_eq!(nearest("rety", known), Some("retry"));
        assert_eq!(nearest("banana", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn a_message_shows_the_line_and_where() {
        let mut all = Diagnostics::default();
        let source = all
            .sources
            .add("shop.ron", "(\n    nodes: {},\n    fromat: 1,\n)\n");
        let span = Span {
            source,
            start: 21,
            end: 27,
        };
        all.items
            .push(Diagnostic::error(span, "unknown field `fromat`").help("did you mean `format`?"));
        let text = all.render(false);
        assert!(text.contains("shop.ron:3:5"), "{text}");
        assert!(text.contains("    fromat: 1,"), "{text}");
        assert!(text.contains("did you mean `format`?"), "{text}");
        assert_eq!(all.sources.locate(span).column, 5);
    }

    #[test]
    fn spans_outside_of_a_text_do_no_harm() {
        let mut all = Diagnostics::default();
        let source = all.sources.add("x", "é\n");
        for (start, end) in [(0, 0), (1, 1), (3, 3), (50, 60), (2, 1)] {
            all.items
                .push(Diagnostic::error(Span { source, start, end }, "wrong"));
        }
        all.items.push(Diagnostic::error(
            Span {
                source: 9,
                start: 0,
                end: 1,
            },
            "elsewhere",
        ));
        assert!(all.render(true).contains("elsewhere"));
    }
}
