//! Questions to a design that need simulations: a run of several replications, and later what is made of many runs.

pub mod run;
