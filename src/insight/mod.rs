//! What a result means: exact theory to hold it against, and the estimates and explanations made
//! from it.

pub mod theory;
