//! Questions to a design that need simulations: a run of several replications, and what is made of
//! many runs.

pub mod capacity;
pub mod compare;
pub mod matrix;
pub mod plan;
pub mod run;
mod scale;
pub mod sensitivity;
pub mod sweep;
pub mod tune;
pub mod units;
pub mod verify;
