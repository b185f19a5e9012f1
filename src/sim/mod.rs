//! The simulator: a design compiled to flat tables, and the engine that runs them.
//!
//! [`compile`] turns a design into a [`Model`]; an [`Engine`] runs one replication of it and gives
//! out a [`measure::Replication`], whose figures [`summary`] puts together into a
//! [`result::RunResult`].

mod compile;
mod engine;
pub mod live;
pub mod measure;
mod model;
pub mod parts;
pub mod result;
pub mod summary;

pub use compile::{CompileError, compile, distribution};
pub use engine::{Engine, Unlike};
pub use model::Model;
