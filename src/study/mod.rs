//! Questions to the simulator that take more than one run.

pub mod verify;
