//! A text with headings, tables and figures, before it is HTML or Markdown: what is said once, and
//! written in either form.

/// What a piece of text is, which decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Ordinary text and figures.
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// What is there for a second look: remarks.
    Dim,
    /// What belongs to the figure before it: its interval.
    Aside,
    /// As it should be.
    Good,
    /// Not as it should be.
    Bad,
    /// Worth attention.
    Warn,
    /// A name or a command, as it is typed.
    Code,
}

/// A piece of text in one tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// What it is.
    pub tone: Tone,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text(pub Vec<Piece>);

impl Text {
    /// Text in one tone.
    pub fn new(tone: Tone, text: impl Into<String>) -> Text {
        Text::default().and(tone, text)
    }

    /// The same with more after it.
    #[must_use]
    pub fn and(mut self, tone: Tone, text: impl Into<String>) -> Text {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(Piece { text, tone });
        }
        self
    }

    /// All of it without tones.
    pub fn plain(&self) -> String {
        self.0.iter().map(|piece| piece.text.as_str()).collect()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::new(Tone::Plain, text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        Text::new(Tone::Plain, text)
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub title: String,
    /// Whether it holds figures, which are set to the right.
    pub figures: bool,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// A heading of the rows below it.
    Group(Text),
    /// A cell for each column; the first names the row.
    Cells(Vec<Text>),
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Whether that is said above it, since no heading says it.
    pub captioned: bool,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Row>,
}

impl Table {
    /// A table without rows: the titles of its columns, those of figures after a `>`.
    pub fn new(caption: impl Into<String>, columns: &[&str]) -> Table {
        let column = |title: &&str| match title.strip_prefix('>') {
            Some(title) => Column {
                title: title.to_owned(),
                figures: true,
            },
            None => Column {
                title: (*title).to_owned(),
                figures: false,
            },
        };
        Table {
            caption: caption.into(),
            captioned: false,
            columns: columns.iter().map(column).collect(),
            rows: Vec::new(),
        }
    }

    /// The same with its caption above it.
    #[must_use]
    pub fn captioned(mut self) -> Table {
        self.captioned = true;
        self
    }

    /// The same without the columns in which no row has anything.
    #[must_use]
    pub fn without_empty_columns(mut self) -> Table {
        let is_used = |at: usize| {
            self.rows.iter().any(|row| match row {
                Row::Group(_) => false,
                Row::Cells(cells) => cells.get(at).is_some_and(|cell| !cell.0.is_empty()),
            })
        };
        let used: Vec<bool> = (0..self.columns.len()).map(is_used).collect();
        let is_kept = |at: usize| used.get(at).copied().unwrap_or(true);
        let mut at = 0..;
        self.columns.retain(|_| at.next().is_some_and(is_kept));
        for row in &mut self.rows {
            if let Row::Cells(cells) = row {
                let mut at = 0..;
                cells.retain(|_| at.next().is_some_and(is_kept));
            }
        }
        self
    }

    /// Adds a row of cells.
    pub fn row(&mut self, cells: Vec<Text>) {
        self.rows.push(Row::Cells(cells));
    }

    /// Adds a heading of rows.
    pub fn group(&mut self, heading: impl Into<Text>) {
        self.rows.push(Row::Group(heading.into()));
    }
}

/// A headline figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// What it is.
    pub label: String,
    /// The figure with its unit.
    pub value: String,
    /// Its interval, or a remark.
    pub note: String,
    /// How good it is.
    pub tone: Tone,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The drawing as an `svg` element.
    pub svg: String,
    /// What stands below it.
    pub caption: Text,
    /// The same as text, where there is such a form.
    pub text: String,
    /// Whether it needs the whole width.
    pub wide: bool,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading inside a section.
    Heading(Text),
    /// A paragraph.
    Paragraph(Text),
    /// Entries.
    List(Vec<Text>),
    /// A table.
    Table(Table),
    /// Headline figures side by side.
    Cards(Vec<Card>),
    /// Drawings side by side where there is room.
    Figures(Vec<Figure>),
    /// A drawing, and a table of the same beside it where there is room.
    Beside(Figure, Table),
    /// Text as it is typed, kept line by line.
    Code(String),
    /// What is only shown on demand.
    Details(String, Vec<Block>),
}

/// A section of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name in addresses: lower case letters and `-`.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What is in it; a section without anything is left out.
    pub blocks: Vec<Block>,
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Lines below the title.
    pub subtitle: Vec<Text>,
    /// Its sections.
    pub sections: Vec<Section>,
}

impl Document {
    /// Adds a section, unless there is nothing in it.
    pub fn section(&mut self, id: &'static str, title: &'static str, blocks: Vec<Block>) {
        if !blocks.is_empty() {
            self.sections.push(Section { id, title, blocks });
        }
    }
}
