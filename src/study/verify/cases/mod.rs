//! The list of cases: one file per family, each with the theory of its designs. The designs are in
//! `assets/verify`, one file per case. A new case is a design and an entry in its family's list.

mod arrivals;
mod balancing;
mod caches;
mod failures;
mod giving_up;
mod limits;
mod networks;
mod parallel;
mod priorities;
mod service;
mod single;
mod workers;
mod workloads;

use std::sync::LazyLock;

use super::Case;

/// A case whose design is the file of its name in `assets/verify`.
macro_rules! case {
    ($name:literal, $family:literal, $source:literal, $expected:expr $(,)?) => {
        $crate::study::verify::Case {
            name: $name,
            family: $family,
            source: $source,
            design: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/assets/verify/",
                $name,
                ".ron"
            )),
            expected: $expected,
        }
    };
}
use case;

/// All cases, family by family.
pub fn cases() -> &'static [Case] {
    static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
        [
            single::CASES,
            workers::CASES,
            service::CASES,
            arrivals::CASES,
            priorities::CASES,
            networks::CASES,
            giving_up::CASES,
            parallel::CASES,
            balancing::CASES,
            caches::CASES,
            limits::CASES,
            failures::CASES,
            workloads::CASES,
        ]
        .concat()
    });
    &CASES
}
