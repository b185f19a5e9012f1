//! Rate limits.

use super::case;
use crate::insight::theory::limiter::{fixed_window, sliding_window, token_bucket};
use crate::study::verify::Case;
use crate::study::verify::expected::{answered, failed};

pub(super) const CASES: &[Case] = &[
    case!(
        "token-bucket",
        "rate limits",
        "M/D/1/K: Berger 1991",
        || { Ok(vec![failed("users", 1.0 - token_bucket(120.0, 100.0, 5)?)]) }
    ),
    case!(
        "leaky-bucket",
        "rate limits",
        "M/D/1/K: Gross and Harris 2008, section 5.1.8",
        || { Ok(vec![failed("users", 1.0 - token_bucket(120.0, 100.0, 6)?)]) }
    ),
    case!(
        "fixed-window",
        "rate limits",
        "the lesser of a limit and a Poisson number",
        || { Ok(vec![answered("users", fixed_window(105.0, 1.0, 100)?)]) }
    ),
    case!(
        "sliding-window",
        "rate limits",
        "Erlang's loss system with constant service",
        || { Ok(vec![failed("users", 1.0 - sliding_window(18.0, 1.0, 20)?)]) }
    ),
];
