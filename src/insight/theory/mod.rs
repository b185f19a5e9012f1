//! Queueing theory in closed form, or by an exact numeric method: what a correct simulator must
//! agree with, and what the analytic estimate is made of. One file per family. Every function is
//! pure and names its source; nothing here panics, and a question that has no answer (an unstable
//! queue, a negative rate) is a [`TheoryError`].
//!
//! Times are in seconds and rates per second throughout, though any consistent unit will do. Only
//! IEEE arithmetic and the pure-Rust `libm` are used, so the figures are the same on every machine.
//!
//! Sources that several files name:
//! - *Kleinrock*: L. Kleinrock, Queueing Systems, volume 1: Theory, Wiley 1975.
//! - *Harchol-Balter*: M. Harchol-Balter, Performance Modeling and Design of Computer Systems,
//!   Cambridge 2013.
//! - *Gross and Harris*: D. Gross, J. Shortle, J. Thompson, C. Harris, Fundamentals of Queueing
//!   Theory, 4th edition, Wiley 2008.
//! - *Bolch*: G. Bolch, S. Greiner, H. de Meer, K. Trivedi, Queueing Networks and Markov Chains,
//!   2nd edition, Wiley 2006.

pub mod attempt;
pub mod availability;
pub mod batch;
pub mod cache;
pub mod choices;
pub mod closed;
pub mod fork_join;
pub mod gm1;
pub mod hedge;
pub mod impatience;
pub mod infinite;
pub mod limiter;
pub mod loss;
pub mod markov;
pub mod md1;
pub mod mg1;
pub mod mm1;
pub mod mmc;
pub mod modulated;
pub mod moments;
pub mod network;
pub mod numeric;
pub mod order;
pub mod priority;
pub mod processor_sharing;
pub mod retry;
pub mod routing;
pub mod ttl;
pub mod usl;
pub mod vacation;

use std::fmt;

/// Why a question has no answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TheoryError {
    /// More work arrives than can be done: there is no steady state.
    Unstable {
        /// Offered work over capacity, at least 1.
        load: f64,
    },
    /// A parameter has a value for which the model makes no sense.
    Domain {
        /// What must hold.
        must: &'static str,
    },
    /// A numeric method did not reach its accuracy.
    NoConvergence {
        /// The method.
        method: &'static str,
    },
}

impl fmt::Display for TheoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unstable { load } => {
                write!(
                    f,
                    "There is no steady state: the load is {load:.3}, and must be below 1."
                )
            }
            Self::Domain { must } => write!(f, "The model has no meaning here: {must}."),
            Self::NoConvergence { method } => {
                write!(f, "The numeric method did not converge: {method}.")
            }
        }
    }
}

impl std::error::Error for TheoryError {}

/// The answer of a theory function.
pub type Theory<T> = Result<T, TheoryError>;
