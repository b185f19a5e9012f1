//! The simulator: a design compiled to flat tables, and the engine that runs them.

pub mod parts;
pub mod result;
