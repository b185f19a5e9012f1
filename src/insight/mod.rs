//! What a result means: whether objectives are met, and what there is to say about a run, in sentences.

pub mod findings;
pub mod objectives;
pub mod words;
