//! M/M/1 in a world with two phases: bursts of arrivals, or a worker that breaks down.

use super::numeric::{not_negative, positive, stable};
use super::{Theory, TheoryError};

/// Steps after which the iteration for the rate matrix is given up.
const MAX_STEPS: usize = 1_000_000;

/// A 2 × 2 matrix by rows.
type Matrix = [[f64; 2]; 2];

/// An M/M/1 queue whose rates depend on a phase that changes by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Modulated {
    /// Arrivals per second in each phase.
    pub arrival: [f64; 2],
    /// Service rate in each phase; 0 where the worker stands still.
    pub service: [f64; 2],
    /// Rate at which each phase ends.
    pub leave: [f64; 2],
}

impl Modulated {
    /// Bursts: Poisson arrivals at a calm rate, and at `factor` times that rate during bursts.
    /// `arrival` is the mean over both; `burst` and `calm` are the mean lengths of the phases.
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for figures that are not above 0.
    pub fn bursts(arrival: f64, factor: f64, burst: f64, calm: f64, service: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let factor = positive(factor, "a factor is above 0")?;
        let burst = positive(burst, "a burst has a length")?;
        let calm = positive(calm, "a calm period has a length")?;
        let service = positive(service, "a service rate is above 0")?;
        let rate = arrival * (burst + calm) / (calm + factor * burst);
        Ok(Self {
            arrival: [rate, rate * factor],
            service: [service; 2],
            leave: [1.0 / calm, 1.0 / burst],
        })
    }

    /// A worker that breaks down after an exponential time, busy or idle, stands still for an
    /// exponential time, and then resumes where it stopped (White and Christie, 1958).
    ///
    /// # Errors
    /// [`TheoryError::Domain`] for figures that are not above 0.
    pub fn breakdowns(arrival: f64, service: f64, up: f64, down: f64) -> Theory<Self> {
        let arrival = positive(arrival, "an arrival rate is above 0")?;
        let service = positive(service, "a service rate is above 0")?;
        let up = positive(up, "a time between failures is above 0")?;
        let down = positive(down, "a time to repair is above 0")?;
        Ok(Self {
            arrival: [arrival; 2],
            service: [service, 0.0],
            leave: [1.0 / up, 1.0 / down],
        })
    }

    /// Share of time spent in each phase.
    pub fn phases(&self) -> [f64; 2] {
        let total = self.leave[0] + self.leave[1];
        [self.leave[1] / total, self.leave[0] / total]
    }

    /// Mean arrivals per second.
    pub fn mean_arrival(&self) -> f64 {
        let phases = self.phases();
        phases[0] * self.arrival[0] + phases[1] * self.arrival[1]
    }

    /// Mean number waiting and served, by the matrix-geometric method (Neuts, Matrix-Geometric
    /// Solutions in Stochastic Models, 1981, chapter 3): the vector of level n + 1 is that of level
    /// n times R, where R solves A0 + R·A1 + R²·A2 = 0.
    ///
    /// # Errors
    /// [`TheoryError`] for negative rates, or if more arrives than can be served.
    pub fn mean_number(&self) -> Theory<f64> {
        for rate in self.arrival.iter().chain(&self.service) {
            not_negative(*rate, "rates are not negative")?;
        }
        for rate in &self.leave {
            positive(*rate, "phases end")?;
        }
        let phases = self.phases();
        let capacity = phases[0] * self.service[0] + phases[1] * self.service[1];
        stable(self.mean_arrival() / positive(capacity, "the worker works in some phase")?)?;
        let rate = self.rate_matrix()?;
        let decay = inverse(&[
            [1.0 - rate[0][0], -rate[0][1]],
            [-rate[1][0], 1.0 - rate[1][1]],
        ])?;
        let empty = self.empty(&rate, &decay);
        let number = row(&row(&row(&empty, &rate), &decay), &decay);
        Ok(number[0] + number[1])
    }

    /// Mean time from arrival to departure, by Little's law.
    ///
    /// # Errors
    /// As [`Modulated::mean_number`].
    pub fn mean_sojourn(&self) -> Theory<f64> {
        Ok(self.mean_number()? / self.mean_arrival())
    }

    fn rate_matrix(&self) -> Theory<Matrix> {
        let mut rate = [[0.0; 2]; 2];
        for _ in 0..MAX_STEPS {
            // R ← A0 (−A1 − R·A2)⁻¹, where A0 and A2 are diagonal.
            let mut inner = [[0.0; 2]; 2];
            for i in 0..2 {
                for j in 0..2 {
                    let stays = if i == j {
                        self.arrival[i] + self.service[i] + self.leave[i]
                    } else {
                        -self.leave[i]
                    };
                    inner[i][j] = stays - rate[i][j] * self.service[j];
                }
            }
            let inner = inverse(&inner)?;
            let mut change = 0.0_f64;
            for i in 0..2 {
                for j in 0..2 {
                    let next = self.arrival[i] * inner[i][j];
                    change = change.max((next - rate[i][j]).abs());
                    rate[i][j] = next;
                }
            }
            if change < 1e-16 {
                return Ok(rate);
            }
        }
        Err(TheoryError::NoConvergence {
            method: "iteration for the rate matrix",
        })
    }

    /// Probabilities of an empty system in each phase.
    fn empty(&self, rate: &Matrix, decay: &Matrix) -> [f64; 2] {
        // The vector x solves x (B + R·A2) = 0 with x (I − R)⁻¹ 1 = 1; one column suffices.
        let down = self.leave[0] + self.arrival[0] - rate[0][0] * self.service[0];
        let across = self.leave[1] + rate[1][0] * self.service[0];
        let ratio = down / across;
        let all = row(&[1.0, ratio], decay);
        let total = all[0] + all[1];
        [1.0 / total, ratio / total]
    }
}

/// A row vector times a matrix.
fn row(vector: &[f64; 2], matrix: &Matrix) -> [f64; 2] {
    [
        vector[0] * matrix[0][0] + vector[1] * matrix[1][0],
        vector[0] * matrix[0][1] + vector[1] * matrix[1][1],
    ]
}

/// The inverse of a matrix.
fn inverse(matrix: &Matrix) -> Theory<Matrix> {
    let [[a, b], [c, d]] = *matrix;
    let determinant = a * d - b * c;
    positive(determinant.abs(), "the phases are not degenerate")?;
    Ok([
        [d / determinant, -b / determinant],
        [-c / determinant, a / determinant],
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::theory::markov::Chain;
    use crate::insight::theory::mm1::Mm1;

    fn by_chain(queue: &Modulated, places: usize) -> f64 {
        let mut chain = Chain::new(2 * places);
        for n in 0..places {
            for phase in 0..2 {
                let state = 2 * n + phase;
                chain
                    .add(state, 2 * n + 1 - phase, queue.leave[phase])
                    .unwrap();
                if n + 1 < places {
                    chain.add(state, state + 2, queue.arrival[phase]).unwrap();
                }
                if n > 0 {
                    chain.add(state, state - 2, queue.service[phase]).unwrap();
                }
            }
        }
        let steady = chain.steady_state().unwrap();
        steady
            .iter()
            .enumerate()
            .map(|(state, p)| (state / 2) as f64 * p)
            .sum()
    }

    #[test]
    fn without_bursts_it_is_the_single_queue() {
        let queue = Modulated::bursts(0.8, 1.0, 3.0, 5.0, 1.0).unwrap();
        let single = Mm1::new(0.8, 1.0).unwrap();
        assert!((queue.mean_number().unwrap() - single.mean_number()).abs() < 1e-9);
    }

    #[test]
    fn bursts_agree_with_the_chain() {
        let queue = Modulated::bursts(0.6, 4.0, 5.0, 20.0, 1.0).unwrap();
        assert!((queue.mean_arrival() - 0.6).abs() < 1e-14);
        let (number, chain) = (queue.mean_number().unwrap(), by_chain(&queue, 400));
        assert!((number / chain - 1.0).abs() < 1e-8, "{number} {chain}");
    }

    #[test]
    fn breakdowns_have_the_form_of_white_and_christie() {
        let (arrival, service, up, down) = (0.6, 1.0, 10.0, 2.0);
        let queue = Modulated::breakdowns(arrival, service, up, down).unwrap();
        let (f, r) = (1.0 / up, 1.0 / down);
        let number = arrival * ((f + r) * (f + r) + service * f)
            / ((f + r) * (r * service - arrival * (f + r)));
        let found = queue.mean_number().unwrap();
        assert!((found - number).abs() < 1e-9, "{found} {number}");
        assert!((by_chain(&queue, 300) - number).abs() < 1e-6);
    }

    #[test]
    fn overload_is_found_over_both_phases() {
        assert!(
            Modulated::breakdowns(0.9, 1.0, 1.0, 1.0)
                .unwrap()
                .mean_number()
                .is_err()
        );
        assert!(
            Modulated::bursts(0.9, 8.0, 1.0, 1.0, 1.0)
                .unwrap()
                .mean_sojourn()
                .is_ok()
        );
        assert!(Modulated::bursts(0.9, -1.0, 1.0, 1.0, 1.0).is_err());
    }
}
