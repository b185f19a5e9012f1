//! Questions to a design that need simulations: a run of several replications, and what is made of
//! many runs.

pub mod compare;
pub mod run;
pub mod verify;
