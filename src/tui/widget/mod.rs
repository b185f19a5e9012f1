//! Stateless pieces, and the state of the small ones: a line of text, a list that is searched.

pub mod fuzzy;
pub mod input;
pub mod picker;
