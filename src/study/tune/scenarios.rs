//! What every candidate must stand: the design as it is, and faults by name.

use super::TuneError;
use crate::design::model::{Design, FaultEntry};
use crate::study::matrix;
use crate::study::run::RunSettings;

/// The design under a fault, or as it is.
pub(super) struct Scenario {
    /// What it is called.
    pub name: String,
    /// In place of the faults of the design; these stay if there are none.
    faults: Option<Vec<FaultEntry>>,
    /// The fault is not one of the design, so that objectives about those do not apply.
    foreign: bool,
}

impl Scenario {
    /// Puts the faults in.
    pub(super) fn prepare(&self, design: &mut Design) {
        if let Some(faults) = &self.faults {
            design.faults.clone_from(faults);
        }
        if self.foreign {
            design.objectives.retain(matrix::is_of_the_whole);
        }
    }
}

/// The design as it is, and one scenario for each name.
pub(super) fn of(
    design: &Design,
    settings: &RunSettings,
    under: &[String],
) -> Result<Vec<Scenario>, TuneError> {
    let mut list = vec![Scenario {
        name: "as drawn".to_owned(),
        faults: None,
        foreign: false,
    }];
    let duration = settings.duration.unwrap_or(design.run.duration);
    let failures = matrix::failures(design, duration);
    for name in under {
        let own = design.faults.iter().find(|fault| fault.title() == *name);
        let failure = failures.iter().find(|(known, _)| known == name);
        let (fault, foreign) = match (own, failure) {
            (Some(fault), _) => (fault.clone(), false),
            (None, Some((_, fault))) => (fault.clone(), true),
            (None, None) => return Err(unknown(name, design, &failures)),
        };
        list.push(Scenario {
            name: name.clone(),
            faults: Some(vec![fault]),
            foreign,
        });
    }
    Ok(list)
}

fn unknown(name: &str, design: &Design, failures: &[(String, FaultEntry)]) -> TuneError {
    let own = design.faults.iter().map(FaultEntry::title);
    let known: Vec<String> = own.chain(failures.iter().map(|of| of.0.clone())).collect();
    TuneError::Shape(format!(
        "There is no fault {name:?}; there are: {}.",
        known.join(", ")
    ))
}
