//! Random numbers, distributions, recorders and statistics: everything here is bit-identical on
//! every platform, since only IEEE `+ - * / sqrt` and the functions of [`math`] and [`special`]
//! are used. The room uses no other room.

pub mod discrete;
pub mod dist;
pub mod histogram;
pub mod interval;
pub mod math;
pub mod rng;
pub mod sampler;
pub mod special;
#[cfg(test)]
mod testing;
pub mod warmup;
pub mod ziggurat;
