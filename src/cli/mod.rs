//! x
mod answer;
mod text;
