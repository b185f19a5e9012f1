//! The promises of the placement, for random graphs.
