//! Programs of endpoints: what steps turn to, and where they may stand.

use super::Checker;
use crate::design::model::{Kind, Step};
use crate::design::path::escape_key;

/// Most steps of one endpoint, those inside others included.
const STEPS_MAX: usize = 10_000;

/// Where a step stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// In a program of a database.
    database: bool,
    /// Whether it may reply: not beside other branches, which might too.
    may_reply: bool,
}

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    for (name, node) in design.nodes.iter() {
        let path = format!("nodes/{}", escape_key(name));
        let database = matches!(node.kind, Kind::Database(_));
        let place = Place {
            database,
            may_reply: true,
        };
        if let Some(serving) = node.serving() {
            for (endpoint, steps) in serving.endpoints.iter() {
                let path = format!("{path}/endpoints/{}", escape_key(endpoint));
                program(checker, &path, steps, place);
            }
        }
        if let Kind::Worker(worker) = &node.kind {
            program(checker, &format!("{path}/steps"), &worker.steps, place);
        }
    }
}

fn program(checker: &mut Checker<'_>, path: &str, steps: &[Step], place: Place) {
    let mut count = 0usize;
    crate::design::resolve::each_step(steps, &mut |_| count += 1);
    if count > STEPS_MAX {
        checker
            .error(path, format!("{count} steps are too many for one endpoint"))
            .label = format!("expected at most {STEPS_MAX}");
        return;
    }
    self::steps(checker, path, steps, place);
}

fn steps(checker: &mut Checker<'_>, path: &str, steps: &[Step], place: Place) {
    for (index, step) in steps.iter().enumerate() {
        self::step(checker, &format!("{path}/{index}"), step, place);
    }
}

fn step(checker: &mut Checker<'_>, path: &str, step: &Step, place: Place) {
    let beside = Place {
        may_reply: false,
        ..place
    };
    match step {
        Step::Call {
            node,
            endpoint,
            fallback,
        } => {
            let endpoint_path = format!("{path}/endpoint");
            checker.callable(
                (&format!("{path}/node"), node),
                (&endpoint_path, endpoint.as_deref()),
            );
            if let Some(fallback) = fallback {
                steps(checker, &format!("{path}/fallback"), fallback, place);
            }
        }
        Step::Parallel { branches, .. } => {
            for (index, branch) in branches.iter().enumerate() {
                steps(
                    checker,
                    &format!("{path}/branches/{index}"),
                    &branch.0,
                    beside,
                );
            }
        }
        Step::Choose { branches } => {
            for (index, (_, branch)) in branches.iter().enumerate() {
                steps(
                    checker,
                    &format!("{path}/branches/{index}/1"),
                    &branch.0,
                    place,
                );
            }
        }
        Step::Repeat {
            steps: repeated, ..
        } => {
            steps(checker, &format!("{path}/steps"), repeated, place);
        }
        Step::Cached { cache, miss, .. } => {
            checker.node_of_kind(&format!("{path}/cache"), cache, "Cache");
            steps(checker, &format!("{path}/miss"), miss, place);
        }
        Step::Publish { queue } => {
            checker.node_of_kind(&format!("{path}/queue"), queue, "Queue");
        }
        Step::Transaction { db, steps: done } => {
            checker.node_of_kind(&format!("{path}/db"), db, "Database");
            steps(checker, &format!("{path}/steps"), done, place);
        }
        Step::Read { .. } if !place.database => of_database(checker, path, "Read"),
        Step::Write if !place.database => of_database(checker, path, "Write"),
        Step::Reply if !place.may_reply => {
            let report = checker.error(path, "`Reply` inside a branch of `Parallel`");
            report.label = "expected where only one answer can be given".into();
        }
        _ => {}
    }
}

fn of_database(checker: &mut Checker<'_>, path: &str, word: &str) {
    let report = checker.error(path, format!("`{word}` is done by a database"));
    report.label = "expected inside an endpoint of a Database".into();
    report.help = Some("give the database an endpoint with this step, and call that".to_owned());
}
