//! Tables: columns as wide as they need to be, one that gives way, columns that leave when the
//! terminal is narrow, headings across.

use super::look::width;
use super::{Look, Role};

/// Columns between columns.
const GAP: usize = 2;
/// Columns before the first.
const INDENT: usize = 2;
/// The column that gives way is never cut below this.
const GIVING_MIN: usize = 12;

/// To which side a column's cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    title: &'static str,
    side: Side,
    /// Columns with a higher number leave first when space is short; 0 never leaves.
    leaves: u8,
}

/// A column of words.
pub(crate) fn words(title: &'static str) -> Column {
    Column {
        title,
        side: Side::Left,
        leaves: 0,
    }
}

/// A column of figures.
pub(crate) fn figures(title: &'static str) -> Column {
    Column {
        title,
        side: Side::Right,
        leaves: 0,
    }
}

impl Column {
    /// The same, leaving when space is short: the highest number first.
    pub(crate) fn leaving(mut self, order: u8) -> Column {
        self.leaves = order;
        self
    }
}

/// One cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    role: Role,
}

impl Cell {
    /// Text in the style of a role.
    pub(crate) fn new(role: Role, text: impl Into<String>) -> Cell {
        Cell {
            text: text.into(),
            role,
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::new(Role::Plain, text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::new(Role::Plain, text)
    }
}

#[derive(Debug)]
enum Line {
    Row(Vec<Cell>),
    Across(Cell),
}

/// A table that is being put together.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    /// The column that is cut when space is short.
    giving: usize,
    lines: Vec<Line>,
}

impl Table {
    /// A table whose first column's title is the title of the section. The first column gives way
    /// when space is short.
    pub(crate) fn new(columns: Vec<Column>) -> Table {
        Table {
            columns,
            giving: 0,
            lines: Vec::new(),
        }
    }

    /// The same with another column that gives way.
    pub(crate) fn giving(mut self, column: usize) -> Table {
        self.giving = column;
        self
    }

    /// Adds a row: one cell for each column, missing ones empty.
    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.lines.push(Line::Row(cells));
    }

    /// Adds a line across all columns.
    pub(crate) fn across(&mut self, cell: Cell) {
        self.lines.push(Line::Across(cell));
    }

    fn column_width(&self, index: usize) -> usize {
        let cells = self.lines.iter().filter_map(|line| match line {
            Line::Row(cells) => cells.get(index).map(|cell| width(&cell.text)),
            Line::Across(_) => None,
        });
        let outdent = if index == 0 { INDENT } else { 0 };
        cells
            .chain([width(self.columns[index].title).saturating_sub(outdent)])
            .max()
            .unwrap_or(0)
    }

    /// The table as text. Empty if it has no rows.
    pub(crate) fn render(&self, look: Look) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| self.column_width(at))
            .collect();
        let shown = self.shown(&widths, look);
        let mut widths = widths;
        widths[self.giving] = self.given(&widths, &shown, look);
        let mut text = String::new();
        text.push_str(&self.titles(&shown, &widths, look));
        for line in &self.lines {
            match line {
                Line::Row(cells) => self.write_row(cells, &shown, &widths, look, &mut text),
                Line::Across(cell) => {
                    text.push_str(&" ".repeat(INDENT));
                    let fitting = look.shorten(&cell.text, look.width.saturating_sub(INDENT));
                    text.push_str(&look.paint(cell.role, &fitting));
                    text.push('\n');
                }
            }
        }
        text
    }

    /// The width that is left for the column that gives way.
    fn given(&self, widths: &[usize], shown: &[usize], look: Look) -> usize {
        let wanted = widths[self.giving];
        let others = shown.iter().filter(|at| **at != self.giving);
        let others: usize = others.map(|at| widths[*at]).sum();
        let gaps = GAP * shown.len().saturating_sub(1);
        let left = look.width.saturating_sub(INDENT + others + gaps);
        wanted.min(left).max(GIVING_MIN.min(wanted))
    }

    /// The first line: the section's title stands out to the left of its rows.
    fn titles(&self, shown: &[usize], widths: &[usize], look: Look) -> String {
        let cells: Vec<Cell> = self
            .columns
            .iter()
            .map(|column| Cell::new(Role::Dim, column.title))
            .collect();
        let others: Vec<Cell> = [Cell::default()]
            .into_iter()
            .chain(cells.into_iter().skip(1))
            .collect();
        let mut line = String::new();
        self.write_row(&others, shown, widths, look, &mut line);
        let title = look.shorten(self.columns[0].title, widths[0] + INDENT);
        let rest = line.get(width(&title)..).unwrap_or("\n");
        format!("{}{rest}", look.paint(Role::Title, &title))
    }

    /// Which columns fit: those that may leave go in their order until the rest fits.
    fn shown(&self, widths: &[usize], look: Look) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        let needed = |shown: &[usize]| {
            let width_of = |at: &usize| match *at {
                at if at == self.giving => widths[at].min(GIVING_MIN.max(widths[at] * 2 / 3)),
                at => widths[at],
            };
            let gaps = GAP * shown.len().saturating_sub(1);
            INDENT + gaps + shown.iter().map(width_of).sum::<usize>()
        };
        while needed(&shown) > look.width {
            let next = shown
                .iter()
                .enumerate()
                .filter(|(_, at)| self.columns[**at].leaves > 0)
                .max_by_key(|(_, at)| self.columns[**at].leaves)
                .map(|(position, _)| position);
            let Some(position) = next else { break };
            shown.remove(position);
        }
        shown
    }

    fn write_row(
        &self,
        cells: &[Cell],
        shown: &[usize],
        widths: &[usize],
        look: Look,
        text: &mut String,
    ) {
        let empty = Cell::default();
        let mut line = " ".repeat(INDENT);
        for (position, at) in shown.iter().enumerate() {
            let cell = cells.get(*at).unwrap_or(&empty);
            let fitting = look.shorten(&cell.text, widths[*at]);
            let space = " ".repeat(widths[*at].saturating_sub(width(&fitting)));
            if position > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let painted = look.paint(cell.role, &fitting);
            match self.columns[*at].side {
                Side::Left => line.push_str(&(painted + &space)),
                Side::Right => line.push_str(&(space + &painted)),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new(vec![
            words("nodes"),
            words("kind").leaving(2),
            figures("busy"),
            figures("queue").leaving(1),
        ]);
        table.row(vec![
            "api".into(),
            "service".into(),
            "58%".into(),
            "0.31".into(),
        ]);
        table.across(Cell::new(Role::Dim, "a remark across the table"));
        table.row(vec![
            "a-node-with-a-long-name".into(),
            "database".into(),
            "4.1%".into(),
        ]);
        table
    }

    #[test]
    fn columns_are_aligned() {
        insta::assert_snapshot!(sample().render(Look::PLAIN), @"
        nodes                      kind      busy  queue
          api                      service    58%   0.31
          a remark across the table
          a-node-with-a-long-name  database  4.1%
        ");
    }

    #[test]
    fn a_narrow_terminal_loses_columns_in_order_and_cuts_names() {
        insta::assert_snapshot!(sample().render(Look { width: 36, ..Look::PLAIN }), @"
        nodes                    busy  queue
          api                     58%   0.31
          a remark across the table
          a-node-wit…-long-name  4.1%
        ");
        insta::assert_snapshot!(sample().render(Look { width: 20, ..Look::PLAIN }), @"
        nodes           busy
          api            58%
          a remark…the table
          a-nod…g-name  4.1%
        ");
    }

    #[test]
    fn any_width_is_survived() {
        for columns in 0..60 {
            let text = sample().render(Look {
                width: columns,
                ..Look::PLAIN
            });
            assert_eq!(text.lines().count(), 4);
        }
        assert_eq!(Table::new(vec![words("nothing")]).render(Look::PLAIN), "");
    }
}
