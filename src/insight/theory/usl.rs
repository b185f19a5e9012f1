//! The universal scalability law: how throughput grows with workers or users that contend for one
//! thing and keep one another informed.

use super::Theory;
use super::numeric::{not_negative, positive};

/// Throughput of `n` workers: γn / (1 + α(n − 1) + βn(n − 1)), where γ is that of one, α the share
/// of serial work (contention) and β the cost of agreement (coherency) (Gunther, Guerrilla Capacity
/// Planning, 2007, 4.31). β = 0 is Amdahl's law.
///
/// # Errors
/// [`super::TheoryError::Domain`] unless n and γ are above 0, and α and β not negative.
pub fn throughput(n: f64, one: f64, contention: f64, coherency: f64) -> Theory<f64> {
    let n = positive(n, "there is a worker")?;
    let one = positive(one, "a throughput is above 0")?;
    let contention = not_negative(contention, "contention is not negative")?;
    let coherency = not_negative(coherency, "coherency is not negative")?;
    Ok(one * n / (1.0 + contention * (n - 1.0) + coherency * n * (n - 1.0)))
}

/// Number of workers beyond which more of them lower the throughput: √((1 − α)/β) (Gunther, 4.33).
///
/// # Errors
/// [`super::TheoryError::Domain`] unless 0 ≤ α ≤ 1 and β is above 0 (without it there is none).
pub fn best_workers(contention: f64, coherency: f64) -> Theory<f64> {
    let contention = super::numeric::share(contention, "contention lies from 0 to 1")?;
    let coherency = positive(coherency, "coherency is above 0")?;
    Ok(((1.0 - contention) / coherency).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amdahl_and_the_peak() {
        assert!((throughput(1.0, 50.0, 0.1, 0.01).unwrap() - 50.0).abs() < 1e-12);
        assert!((throughput(1e9, 1.0, 0.05, 0.0).unwrap() - 20.0).abs() < 1e-6);
        let best = best_workers(0.02, 0.0005).unwrap();
        assert!((best - 44.271_887_242_357_31).abs() < 1e-9);
        let at = |n: f64| throughput(n, 1.0, 0.02, 0.0005).unwrap();
        assert!(at(best) > at(best - 1.0) && at(best) > at(best + 1.0));
        assert!(best_workers(0.1, 0.0).is_err() && throughput(0.0, 1.0, 0.0, 0.0).is_err());
    }
}
