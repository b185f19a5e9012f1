//! What a result means: whether objectives are met, what there is to say about a run, in sentences,
//! and exact theory to hold it against.

pub mod axis;
pub mod difference;
pub mod estimate;
pub mod findings;
pub mod headroom;
pub mod incident;
pub mod objectives;
pub mod regression;
pub mod theory;
pub mod waterfall;
pub mod words;
