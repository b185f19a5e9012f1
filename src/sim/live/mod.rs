//! What can be seen of an engine while it runs: how things stand at the present moment
//! ([`Levels`]), and what happened since one looked last ([`Meter`], [`Stretch`]).
//!
//! Looking changes nothing: an engine that is looked at often records the same bytes as one that is
//! left alone.

mod levels;
mod since;
mod stretch;

#[cfg(test)]
mod tests;

pub use levels::{
    ActiveFault, BreakerLevel, CacheLevel, Levels, QueueLevel, ReplicaLevel, StationLevel,
    WaitingFrom, WireLevel,
};
pub use stretch::{Meter, Stretch};
