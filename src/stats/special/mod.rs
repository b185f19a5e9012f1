//! Distribution functions and quantiles of the laws that statistics needs: normal, gamma and
//! chi-square, beta, Student's t, binomial. Our own, since results must have the same bits on every
//! platform; the tests compare them with an independent library.

mod normal;

pub use normal::{normal_cdf, normal_density, normal_quantile, normal_upper};
