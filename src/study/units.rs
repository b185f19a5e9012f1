//! Units of a study that are done need not be done again: what keeps them says here what it must be
//! able to do, and the studies ask it before they simulate.
//!
//! A unit is a point, a case or a candidate: all replications of one design. Its value is kept as
//! JSON, which gives every number back exactly, so that a study that was interrupted says the same
//! bytes in the end as one that was not.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::run::RunSettings;
use crate::design::Loaded;
use crate::stats::rng::hash_name;

/// The name of a study: the same for the same design, settings, version and question, whatever the
/// number of threads.
pub fn study_id(loaded: &Loaded, settings: &RunSettings, question: &str) -> String {
    let settings = RunSettings {
        threads: None,
        ..settings.clone()
    };
    let settings = format!("{settings:?}");
    let version = env!("CARGO_PKG_VERSION");
    let hash = hash_name(&[version, &loaded.hash, &settings, question]);
    format!("{hash:016x}")
}

/// Keeps finished units of one study: the same design, settings, version and question.
pub trait Units {
    /// The value of a unit that was done before.
    fn find(&self, unit: &str) -> Option<String>;
    /// Keeps the value of one that is done.
    fn keep(&self, unit: &str, value: &str);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Units for Forgetful {
    fn find(&self, _: &str) -> Option<String> {
        None
    }

    fn keep(&self, _: &str, _: &str) {}
}

/// The value of a unit: from before, or made and kept. What cannot be read is made again.
pub(in crate::study) fn once<T, E>(
    units: &dyn Units,
    unit: &str,
    make: impl FnOnce() -> Result<T, E>,
) -> Result<T, E>
where
    T: Serialize + DeserializeOwned,
{
    let known = units.find(unit);
    if let Some(known) = known.and_then(|text| serde_json::from_str(&text).ok()) {
        return Ok(known);
    }
    let made = make()?;
    // A value that JSON has no word for, such as an infinite one, is not kept.
    if let Ok(text) = serde_json::to_string(&made) {
        units.keep(unit, &text);
    }
    Ok(made)
}

#[cfg(test)]
pub(in crate::study) mod testing {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::Units;

    /// Keeps units in memory, and counts those that were found.
    #[derive(Debug, Default)]
    pub(in crate::study) struct Kept {
        pub(in crate::study) all: RefCell<BTreeMap<String, String>>,
        pub(in crate::study) found: RefCell<usize>,
    }

    impl Units for Kept {
        fn find(&self, unit: &str) -> Option<String> {
            let found = self.all.borrow().get(unit).cloned();
            *self.found.borrow_mut() += usize::from(found.is_some());
            found
        }

        fn keep(&self, unit: &str, value: &str) {
            let mut all = self.all.borrow_mut();
            all.insert(unit.to_owned(), value.to_owned());
        }
    }
}
