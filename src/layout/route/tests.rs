//! The promises of the routes, for random drawings.
