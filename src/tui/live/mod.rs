//! A design that runs while it is looked at: a thread that owns the engine ([`Live`]), snapshots of
//! it, and what is drawn from a snapshot.

pub mod boxes;
mod checkpoints;
pub mod course;
pub mod figures;
pub mod offers;
mod session;
mod snapshot;
mod speed;
pub mod timeline;
pub mod view;
pub mod words;
mod worker;

#[cfg(test)]
pub(crate) mod tests;

pub use session::{Session, Taken};
pub use snapshot::{Notice, Play, Snapshot, Whole};
pub use speed::{Pace, Speed};
pub use worker::{Command, Live};
