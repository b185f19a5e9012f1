//! The faults of a live run: those of the design and those made by hand, and how the latter are
//! written into the design.

use crate::design::edit::{self, Edited};
use crate::design::model::{Dist, Fault, FaultEntry};
use crate::design::tree::PathError;
use crate::design::{Design, decode_text};
use crate::units::Nanos;

/// Faults by hand begin and end at whole milliseconds, so that they can be written exactly.
const GRID_NS: u64 = 1_000_000;

/// The first moment of the grid after `now_ns`.
pub fn next_moment(now_ns: u64) -> u64 {
    (now_ns / GRID_NS + 1) * GRID_NS
}

/// A fault of a live run.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveFault {
    /// As the run has it.
    pub entry: FaultEntry,
    /// As the document has it; nothing if it is not in the document.
    pub written: Option<FaultEntry>,
    /// Made by hand during this run.
    pub by_hand: bool,
    /// What happens, as RON; only of faults made by hand.
    text: String,
    /// It was ended by hand.
    ended: bool,
}

impl LiveFault {
    fn of_design(entry: &FaultEntry) -> Self {
        Self {
            entry: entry.clone(),
            written: Some(entry.clone()),
            by_hand: false,
            text: String::new(),
            ended: false,
        }
    }

    /// When it begins, in ns; nothing for one that comes at random times.
    pub fn at_ns(&self) -> Option<u64> {
        match (&self.entry.every, self.entry.at) {
            (None, at) => Some(at.map_or(0, |at| at.0)),
            (Some(_), _) => None,
        }
    }

    /// How long it lasts, in ns, where that is a fixed time.
    pub fn lasts_ns(&self) -> Option<u64> {
        match self.entry.lasts.as_ref().map(|lasts| &lasts.0) {
            Some(Dist::Constant { value }) => Some((value.0 * 1e9).round() as u64),
            _ => None,
        }
    }

    /// When it ends, in ns, where that is known.
    pub fn ends_ns(&self) -> Option<u64> {
        Some(self.at_ns()?.saturating_add(self.lasts_ns()?))
    }
}

/// A change of the document that writes down what was done by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The fault's number in the list of faults.
    pub index: usize,
    /// It is a new entry; else only its end changes.
    pub new: bool,
    /// The new entry, or how long it lasts now (`None`: to the end), as RON.
    pub value: Option<String>,
}

/// Writes into a document what was done by hand.
///
/// # Errors
/// If the document has other faults than the run began with.
pub fn record(text: &str, recorded: &[Recorded]) -> Result<Edited, PathError> {
    let mut all = Edited {
        text: text.to_owned(),
        splices: Vec::new(),
    };
    for change in recorded {
        let entry = format!("faults/{}", change.index);
        let edited = match (&change.value, change.new) {
            (Some(value), true) => edit::insert(&all.text, &entry, value)?,
            (Some(value), false) => edit::set(&all.text, &format!("{entry}/lasts"), value)?,
            (None, _) => edit::remove(&all.text, &format!("{entry}/lasts"))?,
        };
        all.text = edited.text;
        all.splices.extend(edited.splices);
    }
    Ok(all)
}

fn entry_text(at_ns: u64, lasts_ns: Option<u64>, fault: &str) -> String {
    let lasts = lasts_ns.map_or(String::new(), |lasts| {
        format!(", lasts: \"{}\"", Nanos(lasts))
    });
    format!("(at: \"{}\"{lasts}, fault: {fault})", Nanos(at_ns))
}

/// All faults of a live run, in the order of the document and then of their making.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Timeline {
    faults: Vec<LiveFault>,
}

impl Timeline {
    /// The faults of a design.
    pub fn of(design: &Design) -> Self {
        Self {
            faults: design.faults.iter().map(LiveFault::of_design).collect(),
        }
    }

    /// The faults.
    pub fn faults(&self) -> &[LiveFault] {
        &self.faults
    }

    /// The design with these faults.
    pub fn applied(&self, design: &Design) -> Design {
        Design {
            faults: self
                .faults
                .iter()
                .map(|fault| fault.entry.clone())
                .collect(),
            ..design.clone()
        }
    }

    /// Adds a fault by hand, written in RON such as `Crash(node: "api")`, which begins just after
    /// `now_ns` and lasts as long as it is told to, or until it is ended.
    ///
    /// # Errors
    /// If the text is no fault: what is wrong with it.
    pub fn begin(
        &mut self,
        now_ns: u64,
        fault: &str,
        lasts_ns: Option<u64>,
    ) -> Result<usize, String> {
        let problem = |problems: Vec<crate::design::Diagnostic>| {
            let first = problems.first().map(|problem| problem.message.clone());
            first.unwrap_or_else(|| "this is no fault".to_owned())
        };
        let _: Fault = decode_text(fault).map_err(problem)?;
        let text = entry_text(next_moment(now_ns), lasts_ns, fault);
        let entry = decode_text(&text).map_err(problem)?;
        self.faults.push(LiveFault {
            entry,
            written: None,
            by_hand: true,
            text: fault.to_owned(),
            ended: lasts_ns.is_some(),
        });
        Ok(self.faults.len() - 1)
    }

    /// Ends a fault just after `now_ns`; one that has not begun by then is taken back if it was
    /// made by hand.
    ///
    /// # Errors
    /// If it cannot be ended, in words.
    pub fn end(&mut self, now_ns: u64, index: usize) -> Result<(), String> {
        let last = index + 1 == self.faults.len();
        let fault = self.faults.get_mut(index).ok_or("there is no such fault")?;
        let at = fault
            .at_ns()
            .ok_or("it comes and goes at random times; change it in the design")?;
        let end = next_moment(now_ns);
        if fault.ends_ns().is_some_and(|ends| ends < end) {
            return Err("it is over already".to_owned());
        }
        if at >= end {
            if fault.by_hand && fault.written.is_none() && last {
                self.faults.pop();
                return Ok(());
            }
            return Err("it has not begun yet".to_owned());
        }
        let lasts = format!("\"{}\"", Nanos(end - at));
        fault.entry.lasts = decode_text(&lasts).ok();
        fault.ended = true;
        Ok(())
    }

    /// Forgets what was done by hand after a moment.
    pub fn truncate(&mut self, now_ns: u64) {
        self.faults.retain(|fault| {
            !(fault.by_hand && fault.written.is_none()) || fault.at_ns() <= Some(now_ns)
        });
        for fault in &mut self.faults {
            if fault.ended && fault.ends_ns().is_some_and(|ends| ends > now_ns) {
                fault.entry.lasts = fault
                    .written
                    .as_ref()
                    .and_then(|written| written.lasts.clone());
                fault.ended = false;
            }
        }
    }

    /// Goes on with the faults of an edited design. Those made by hand stay, unless the design has
    /// them now.
    pub fn adopt(&mut self, design: &Design) {
        let entries = &design.faults;
        let known = self.faults.len();
        let all_written = entries.len() >= known
            && self
                .faults
                .iter()
                .zip(entries)
                .all(|(fault, entry)| fault.entry == *entry);
        if all_written {
            for fault in &mut self.faults {
                fault.written = Some(fault.entry.clone());
            }
            self.faults
                .extend(entries[known..].iter().map(LiveFault::of_design));
            return;
        }
        let mut faults: Vec<LiveFault> = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            let same = self
                .faults
                .get(i)
                .filter(|fault| fault.written.as_ref() == Some(entry));
            faults.push(same.cloned().unwrap_or_else(|| LiveFault::of_design(entry)));
        }
        faults.extend(
            self.faults
                .drain(..)
                .filter(|fault| fault.written.is_none()),
        );
        self.faults = faults;
    }

    /// What was done by hand and is not in the document.
    pub fn recorded(&self) -> Vec<Recorded> {
        let mut recorded = Vec::new();
        for (index, fault) in self.faults.iter().enumerate() {
            match &fault.written {
                None => recorded.push(Recorded {
                    index,
                    new: true,
                    value: Some(entry_text(
                        fault.at_ns().unwrap_or(0),
                        fault.lasts_ns(),
                        &fault.text,
                    )),
                }),
                Some(written) if *written != fault.entry => recorded.push(Recorded {
                    index,
                    new: false,
                    value: fault
                        .lasts_ns()
                        .map(|lasts| format!("\"{}\"", Nanos(lasts))),
                }),
                Some(_) => {}
            }
        }
        recorded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{LoadOptions, load_str};
    use std::path::Path;

    const TEXT: &str = r#"(
    format: 1,
    nodes: {
        "users": Client(traffic: [(to: "db", rate: "10/s")]),
        "db": Service(work: "1ms"),
    },
    // What is to come.
    faults: [(at: "5s", fault: Slow(node: "db", factor: 2.0))],
    run: (duration: "60s"),
)
"#;

    fn design(text: &str) -> Design {
        let loaded = load_str(text, "test", Path::new(""), &LoadOptions::default());
        loaded
            .unwrap_or_else(|problems| panic!("{problems}"))
            .design
    }

    #[test]
    fn what_was_done_by_hand_reads_back_as_it_was() {
        let mut timeline = Timeline::of(&design(TEXT));
        let crash = timeline
            .begin(7_123_456_789, "Crash(node: \"db\")", None)
            .unwrap();
        timeline.end(9_000_000_000, crash).unwrap();
        timeline.end(20_000_000_000, 0).unwrap();
        timeline
            .begin(30_000_000_000, "Pause(node: \"db\")", Some(2_000_000_000))
            .unwrap();
        let recorded = timeline.recorded();
        let edited = record(TEXT, &recorded).unwrap();
        insta::assert_snapshot!(edited.text, @r#"
        (
            format: 1,
            nodes: {
                "users": Client(traffic: [(to: "db", rate: "10/s")]),
                "db": Service(work: "1ms"),
            },
            // What is to come.
            faults: [(at: "5s", fault: Slow(node: "db", factor: 2.0), lasts: "15.001s"), (at: "7.124s", lasts: "1.877s", fault: Crash(node: "db")), (at: "30.001s", lasts: "2s", fault: Pause(node: "db"))],
            run: (duration: "60s"),
        )
        "#);
        let written = design(&edited.text);
        assert_eq!(written.faults, timeline.applied(&design(TEXT)).faults);
        timeline.adopt(&written);
        assert_eq!(timeline.recorded(), []);
    }

    #[test]
    fn what_came_after_a_branch_is_forgotten() {
        let mut timeline = Timeline::of(&design(TEXT));
        let crash = timeline
            .begin(7_000_000_000, "Crash(node: \"db\")", None)
            .unwrap();
        timeline.end(9_000_000_000, crash).unwrap();
        timeline
            .begin(30_000_000_000, "Pause(node: \"db\")", None)
            .unwrap();
        timeline.truncate(8_000_000_000);
        assert_eq!(timeline.faults().len(), 2);
        assert_eq!(timeline.faults()[1].ends_ns(), None);
        timeline.truncate(1_000_000_000);
        assert_eq!(timeline.faults().len(), 1);
    }

    #[test]
    fn faults_that_cannot_be_are_refused_in_words() {
        let mut timeline = Timeline::default();
        assert!(timeline.begin(0, "Crash(", None).is_err());
        assert!(timeline.begin(0, "Nonsense", None).is_err());
        assert!(timeline.end(0, 4).is_err());
        let pause = timeline
            .begin(0, "Pause(node: \"db\")", Some(1_000_000))
            .unwrap();
        assert_eq!(
            timeline.end(5_000_000, pause),
            Err("it is over already".to_owned())
        );
    }

    #[test]
    fn edits_of_other_faults_keep_those_made_by_hand() {
        let mut timeline = Timeline::of(&design(TEXT));
        timeline
            .begin(7_000_000_000, "Crash(node: \"db\")", None)
            .unwrap();
        timeline.adopt(&design(&TEXT.replace("factor: 2.0", "factor: 4.0")));
        assert_eq!(timeline.faults().len(), 2);
        assert_eq!(timeline.recorded().len(), 1);
    }
}
