//! How to make the same run again, and where the figures of the design come from.

use super::Subject;
use crate::design::Certainty;
use crate::report::document::{Block, Table, Text, Tone};

/// Rows of provenance; who needs more reads the design.
const ROWS_MAX: usize = 100;

pub(super) fn blocks(subject: &Subject<'_>) -> Vec<Block> {
    let of = &subject.result.design;
    let same = format!(
        "The same file, seed and version give the same bytes. Design hash {}, buttress {}.",
        of.hash, subject.version
    );
    let mut blocks = vec![
        Block::Paragraph("This command makes the same run again:".into()),
        Block::Code(subject.command.to_owned()),
        Block::Paragraph(Text::new(Tone::Dim, same)),
        Block::Details(
            "The design that was simulated".to_owned(),
            vec![Block::Code(subject.text.to_owned())],
        ),
    ];
    if subject.provenance.is_empty() {
        let none =
            "The design does not say where its figures come from: all of them are its author's.";
        blocks.push(Block::Paragraph(Text::new(Tone::Dim, none)));
        return blocks;
    }
    let guesses = subject
        .provenance
        .iter()
        .filter(|one| one.certainty == Certainty::Guess)
        .count();
    let text = match guesses {
        0 => "No figure is marked as a guess.".to_owned(),
        1 => "One figure is a guess.".to_owned(),
        many => format!("{many} figures are guesses."),
    };
    blocks.push(Block::Paragraph(Text::from(text)));
    let mut table = Table::new(
        "where figures come from",
        &["figure", "how it is known", "source", "preset"],
    );
    // Guesses first: they are what a reader should doubt.
    let mut ranked: Vec<_> = subject.provenance.iter().collect();
    ranked.sort_by_key(|one| one.certainty != Certainty::Guess);
    for one in ranked.iter().take(ROWS_MAX) {
        let how = match one.certainty {
            Certainty::Measured => Text::new(Tone::Good, "measured"),
            Certainty::Quoted => Text::from("quoted"),
            Certainty::Guess => Text::new(Tone::Warn, "guess"),
        };
        table.row(vec![
            Text::new(Tone::Code, &one.path),
            how,
            Text::from(one.note.as_str()),
            Text::new(Tone::Dim, &one.preset),
        ]);
    }
    let left_out = ranked.len().saturating_sub(ROWS_MAX);
    let mut inside = vec![Block::Table(table)];
    if left_out > 0 {
        inside.push(Block::Paragraph(Text::new(
            Tone::Dim,
            format!("{left_out} more are left out."),
        )));
    }
    blocks.push(Block::Details(
        "Where each figure comes from".to_owned(),
        inside,
    ));
    blocks
}
