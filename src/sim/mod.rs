//! The simulator: a design compiled to flat tables, and the engine that runs them.

pub mod measure;
pub mod result;
pub mod summary;
