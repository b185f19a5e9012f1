//! A document as Markdown in the flavour of GitHub and GitLab. Drawings that have no form as text
//! are left out.

use super::document::{Block, Card, Document, Row, Table, Text, Tone};
use super::escape;

/// The whole document.
pub fn document(document: &Document) -> String {
    let mut markdown = format!("# {}\n", escape::markdown(&document.title));
    for line in &document.subtitle {
        markdown.push_str(&format!("\n{}\n", text(line)));
    }
    for section in &document.sections {
        markdown.push_str(&format!("\n## {}\n", escape::markdown(section.title)));
        markdown.push_str(&blocks(&section.blocks));
    }
    markdown
}

/// Some blocks, with an empty line before each.
pub fn blocks(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading(heading) => format!("\n### {}\n", text(heading)),
        Block::Paragraph(paragraph) => format!("\n{}\n", text(paragraph)),
        Block::List(entries) => {
            let entries = entries.iter().map(|entry| format!("- {}\n", text(entry)));
            format!("\n{}", entries.collect::<String>())
        }
        Block::Table(of) | Block::Beside(_, of) => table(of),
        Block::Cards(all) => cards(all),
        Block::Figures(figures) => {
            let as_text = figures.iter().filter(|figure| !figure.text.is_empty());
            as_text.map(|figure| code(&figure.text)).collect()
        }
        Block::Code(lines) => code(lines),
        Block::Details(summary, inside) => {
            let summary = escape::markdown(summary);
            format!(
                "\n<details><summary>{summary}</summary>\n{}\n</details>\n",
                blocks(inside)
            )
        }
    }
}

fn table(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let titles = table
        .columns
        .iter()
        .map(|column| escape::markdown(&column.title));
    let sides = table.columns.iter().map(|column| {
        let side = if column.figures { "--:" } else { ":--" };
        side.to_owned()
    });
    let caption = if table.captioned {
        format!("\n**{}**\n", escape::markdown(&table.caption))
    } else {
        String::new()
    };
    let (titles, sides) = (line(titles.collect()), line(sides.collect()));
    let mut markdown = format!("{caption}\n{titles}{sides}");
    for row in &table.rows {
        let mut cells: Vec<String> = match row {
            Row::Group(heading) => vec![format!("**{}**", escape::markdown(&heading.plain()))],
            Row::Cells(cells) => cells.iter().map(text).collect(),
        };
        cells.resize(table.columns.len(), String::new());
        markdown.push_str(&line(cells));
    }
    markdown
}

fn cards(cards: &[Card]) -> String {
    let card = |card: &Card| {
        let note = match card.note.as_str() {
            "" => String::new(),
            note => format!(" ({})", escape::markdown(note)),
        };
        let (label, value) = (escape::markdown(&card.label), escape::markdown(&card.value));
        format!("- {label}: **{value}**{note}\n")
    };
    format!("\n{}", cards.iter().map(card).collect::<String>())
}

/// Text in a fence that is longer than any in it.
fn code(lines: &str) -> String {
    let longest = lines.split(|letter| letter != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    format!("\n{fence}text\n{}\n{fence}\n", lines.trim_end_matches('\n'))
}

fn text(text: &Text) -> String {
    let mut markdown = String::new();
    for piece in &text.0 {
        // Marks must touch the words that they are around.
        let inner = piece.text.trim();
        let at = piece.text.find(inner).unwrap_or(0);
        let (before, after) = (&piece.text[..at], &piece.text[at + inner.len()..]);
        let safe = escape::markdown(inner);
        let marked = match piece.tone {
            _ if inner.is_empty() => String::new(),
            Tone::Plain | Tone::Dim | Tone::Aside | Tone::Good | Tone::Warn => safe,
            Tone::Strong | Tone::Bad => format!("**{safe}**"),
            Tone::Code if inner.contains(['`', '|', '\n']) => safe,
            Tone::Code => format!("`{inner}`"),
        };
        markdown.push_str(&format!("{before}{marked}{after}"));
    }
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_markdown() {
        let mut figures = Table::new("figures", &["name", ">p99"]);
        figures.group("all | of them");
        let value = Text::from("12 ms").and(Tone::Dim, " 11–13");
        figures.row(vec![Text::new(Tone::Code, "a -> b"), value]);
        let card = Card {
            label: "goodput".to_owned(),
            value: "120/s".to_owned(),
            note: "118–122".to_owned(),
            tone: Tone::Good,
        };
        let all = [
            Block::Heading("Head".into()),
            Block::Paragraph(
                Text::from("It is ")
                    .and(Tone::Bad, "not met")
                    .and(Tone::Plain, "."),
            ),
            Block::Table(figures),
            Block::Cards(vec![card]),
            Block::Code("a ``` b".to_owned()),
            Block::Details("more".to_owned(), vec![Block::List(vec!["x".into()])]),
        ];
        insta::assert_snapshot!(blocks(&all), @r"

        ### Head

        It is **not met**.

        | name | p99 |
        | :-- | --: |
        | **all \| of them** |  |
        | `a -> b` | 12 ms 11–13 |

        - goodput: **120/s** (118–122)

        ````text
        a ``` b
        ````

        <details><summary>more</summary>

        - x

        </details>
        ");
    }
}
