//! `history`: the runs that were kept, newest first.

use crate::cli::console::Console;
use crate::cli::exit::{Exit, Failure};
use crate::cli::json;
use crate::cli::options::ResultsOptions;
use crate::cli::text::table::{Cell, Table, figures, words};
use crate::cli::text::{Look, Role, number};
use crate::store::{Store, Summary, ago};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Characters of an id that are shown; all of it is in the JSON.
const ID_SHOWN: usize = 8;

/// List the runs that were kept, newest first
#[derive(Debug, Args)]
pub(crate) struct History {
    /// Only runs of this design file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// At most so many runs; 0 lists all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Print the list as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    results: ResultsOptions,
}

/// The object of `history --json`.
#[derive(Debug, Serialize)]
struct List {
    format: &'static str,
    total: u64,
    runs: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    id: String,
    time_ms: i64,
    version: String,
    design: String,
    file: String,
    hash: String,
    variant: Option<String>,
    seed: u64,
    replications: u32,
    simulated_s: f64,
    partial: bool,
    objectives: u64,
    objectives_met: u64,
    goodput_per_s: Option<f64>,
    p99_s: Option<f64>,
}

impl History {
    /// Lists them.
    pub(crate) fn run(&self, console: &mut Console) -> Result<Exit, Failure> {
        let file = self.file.as_deref();
        let path = self
            .results
            .results
            .clone()
            .unwrap_or_else(|| Store::default_path(file));
        let store = Store::open(&path)?;
        let limit = if self.limit == 0 {
            usize::MAX
        } else {
            self.limit
        };
        let (runs, total) = store.history(file, limit)?;
        if self.json {
            let runs = runs.into_iter().map(entry).collect();
            let list = List {
                format: "buttress.history/1",
                total,
                runs,
            };
            console.print(&(json::encode(&list) + "\n"));
        } else if runs.is_empty() {
            console.print("No runs were kept yet.\n");
        } else {
            console.print(&table(&runs, total, ago, console.look()));
        }
        Ok(Exit::Done)
    }
}

fn entry(run: Summary) -> Entry {
    Entry {
        id: run.id,
        time_ms: run.time_ms,
        version: run.version,
        design: run.design,
        file: run.file,
        hash: run.hash,
        variant: run.variant,
        seed: run.seed,
        replications: run.replications,
        simulated_s: run.simulated_s,
        partial: run.partial,
        objectives: run.objectives,
        objectives_met: run.objectives_met,
        goodput_per_s: run.goodput_per_s,
        p99_s: run.p99_s,
    }
}

/// A row for each run, and how many there are beyond these.
fn table(runs: &[Summary], total: u64, when: impl Fn(i64) -> String, look: Look) -> String {
    let mut table = Table::new(vec![
        words("runs"),
        words("id"),
        figures("when"),
        figures("seed").leaving(4),
        figures("length").leaving(3),
        figures("goodput").leaving(1),
        figures("p99").leaving(2),
        words("objectives"),
    ]);
    for run in runs {
        table.row(row(run, when(run.time_ms), look));
    }
    let mut text = table.render(look);
    let more = total.saturating_sub(runs.len() as u64);
    if more > 0 {
        let note = format!("{} older; --limit 0 lists all", number::count(more, look));
        text.push_str(&look.paint(Role::Dim, &format!("  {note}")));
        text.push('\n');
    }
    text
}

fn row(run: &Summary, when: String, look: Look) -> Vec<Cell> {
    let mut name = look.name(if run.design.is_empty() {
        &run.file
    } else {
        &run.design
    });
    if let Some(variant) = &run.variant {
        name.push_str(&format!(" {} {}", look.dot(), look.name(variant)));
    }
    let length = format!(
        "{} {} {}",
        run.replications,
        look.times(),
        number::duration(run.simulated_s, look)
    );
    let none = || Cell::new(Role::Dim, look.none());
    vec![
        name.into(),
        Cell::new(Role::Strong, run.id.get(..ID_SHOWN).unwrap_or(&run.id)),
        Cell::new(Role::Dim, when),
        run.seed.to_string().into(),
        length.into(),
        run.goodput_per_s
            .map_or_else(none, |goodput| number::rate(goodput, look).into()),
        run.p99_s
            .map_or_else(none, |p99| number::time(p99, look).into()),
        verdict(run, look),
    ]
}

fn verdict(run: &Summary, look: Look) -> Cell {
    let (met, all) = (run.objectives_met, run.objectives);
    if run.partial {
        Cell::new(Role::Warn, "partial")
    } else if all == 0 {
        Cell::new(Role::Dim, "none")
    } else if met == all {
        Cell::new(Role::Good, format!("{} {met} of {all} met", look.tick()))
    } else {
        Cell::new(Role::Bad, format!("{} {met} of {all} met", look.cross()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(id: &str, met: u64) -> Summary {
        Summary {
            id: format!("{id}00000000"),
            time_ms: 0,
            local_time: "2026-11-22 19:40:03".to_owned(),
            version: "0.1.0".to_owned(),
            design: "checkout".to_owned(),
            file: "shop/checkout.ron".to_owned(),
            hash: "00c0ffee00c0ffee".to_owned(),
            variant: (met == 3).then(|| "pool of 60".to_owned()),
            seed: 1,
            replications: 8,
            simulated_s: 600.0,
            partial: met == 0,
            objectives: 3,
            objectives_met: met,
            goodput_per_s: Some(663.8),
            p99_s: (met > 0).then_some(0.0184),
        }
    }

    #[test]
    fn runs_are_told_in_a_row_each() {
        let runs = [summary("3f2a", 3), summary("91c0", 1), summary("0b07", 0)];
        let when = |_| "3 min ago".to_owned();
        insta::assert_snapshot!(table(&runs, 45, when, Look { width: 100, ..Look::PLAIN }), @"
        runs                     id             when  seed      length  goodput      p99  objectives
          checkout · pool of 60  3f2a0000  3 min ago     1  8 × 10 min    664/s  18.4 ms  ✓ 3 of 3 met
          checkout               91c00000  3 min ago     1  8 × 10 min    664/s  18.4 ms  ✗ 1 of 3 met
          checkout               0b070000  3 min ago     1  8 × 10 min    664/s        –  partial
          42 older; --limit 0 lists all
        ");
        insta::assert_snapshot!(table(&runs, 3, when, Look { unicode: false, ..Look::PLAIN }), @"
        runs                     id             when  goodput      p99  objectives
          checkout | pool of 60  3f2a0000  3 min ago    664/s  18.4 ms  + 3 of 3 met
          checkout               91c00000  3 min ago    664/s  18.4 ms  x 1 of 3 met
          checkout               0b070000  3 min ago    664/s        -  partial
        ");
    }
}
