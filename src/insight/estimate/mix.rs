//! Times as a mixture of a few parts, each given by its mean and variance: enough to tell a hit from
//! a miss, and cheap enough to be recomputed on every edit.
//!
//! A part is read as a gamma time (by the cube root transformation of Wilson and Hilferty, 1931) if
//! it varies no more than an exponential one, and as a log-normal time else.

use crate::stats::special::normal_upper;

/// Most parts of a mixture.
pub(super) const PARTS_MAX: usize = 4;

/// One part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Part {
    pub weight: f64,
    pub mean: f64,
    pub variance: f64,
}

impl Part {
    /// The chance of more than `t`.
    fn tail(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return if self.mean > t { 1.0 } else { 0.0 };
        }
        let square = self.mean * self.mean;
        if self.variance <= 1e-9 * square {
            return if self.mean > t { 1.0 } else { 0.0 };
        }
        let cv2 = self.variance / square;
        let z = if cv2 <= 1.0 {
            let ninth = cv2 / 9.0;
            (libm::cbrt(t / self.mean) - 1.0 + ninth) / ninth.sqrt()
        } else {
            let variance = libm::log1p(cv2);
            (libm::log(t / self.mean) + variance / 2.0) / variance.sqrt()
        };
        normal_upper(z)
    }
}

/// A time. The weights add up to 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mix {
    parts: [Part; PARTS_MAX],
    len: usize,
}

impl Mix {
    /// One part.
    pub(super) fn of(mean: f64, variance: f64) -> Self {
        let mut parts = [Part::default(); PARTS_MAX];
        parts[0] = Part {
            weight: 1.0,
            mean,
            variance,
        };
        Self { parts, len: 1 }
    }

    /// No time at all.
    pub(super) fn zero() -> Self {
        Self::of(0.0, 0.0)
    }

    fn parts(&self) -> &[Part] {
        &self.parts[..self.len]
    }

    /// Mean.
    pub(super) fn mean(&self) -> f64 {
        self.parts()
            .iter()
            .map(|part| part.weight * part.mean)
            .sum()
    }

    /// Mean square.
    pub(super) fn second(&self) -> f64 {
        let square = |part: &Part| part.weight * (part.variance + part.mean * part.mean);
        self.parts().iter().map(square).sum()
    }

    /// Variance.
    pub(super) fn variance(&self) -> f64 {
        let mean = self.mean();
        (self.second() - mean * mean).max(0.0)
    }

    /// The chance of more than `t`.
    pub(super) fn tail(&self, t: f64) -> f64 {
        let parts = self.parts().iter();
        parts.map(|part| part.weight * part.tail(t)).sum()
    }

    /// The time that a share `p` does not exceed.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        let mut high = self.mean().max(1e-12);
        for _ in 0..60 {
            if self.tail(high) <= 1.0 - p {
                break;
            }
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if self.tail(middle) > 1.0 - p {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// One time after another that does not depend on it.
    pub(super) fn then(&self, other: &Self, limit: usize) -> Self {
        if limit == 1 || (self.len == 1 && other.len == 1) {
            return Self::of(
                self.mean() + other.mean(),
                self.variance() + other.variance(),
            );
        }
        let mut all = [Part::default(); PARTS_MAX * PARTS_MAX];
        let mut len = 0;
        for a in self.parts() {
            for b in other.parts() {
                all[len] = Part {
                    weight: a.weight * b.weight,
                    mean: a.mean + b.mean,
                    variance: a.variance + b.variance,
                };
                len += 1;
            }
        }
        Self::reduced(&mut all[..len], limit)
    }

    /// The one with a chance of `p`, else the other.
    pub(super) fn or(&self, p: f64, other: &Self, limit: usize) -> Self {
        if p <= 0.0 {
            return *other;
        }
        if p >= 1.0 {
            return *self;
        }
        let mut all = [Part::default(); 2 * PARTS_MAX];
        let weighted = |share: f64| {
            move |part: &Part| Part {
                weight: share * part.weight,
                ..*part
            }
        };
        let parts = self.parts().iter().map(weighted(p));
        let others = other.parts().iter().map(weighted(1.0 - p));
        let mut len = 0;
        for part in parts.chain(others) {
            all[len] = part;
            len += 1;
        }
        Self::reduced(&mut all[..len], limit)
    }

    /// The same, `factor` times as long.
    pub(super) fn scaled(&self, factor: f64) -> Self {
        let mut scaled = *self;
        for part in &mut scaled.parts {
            part.mean *= factor;
            part.variance *= factor * factor;
        }
        scaled
    }

    /// The longer of two times that do not depend on each other (Clark 1961, as if both were
    /// normal).
    pub(super) fn longer(&self, other: &Self) -> Self {
        let (a, b) = (self.mean(), other.mean());
        let (va, vb) = (self.variance(), other.variance());
        let spread = (va + vb).sqrt();
        if spread <= 1e-12 * a.max(b) {
            return if a >= b { *self } else { *other };
        }
        let alpha = (a - b) / spread;
        let (below, above) = (normal_upper(-alpha), normal_upper(alpha));
        let density = crate::stats::special::normal_density(alpha);
        let mean = a * below + b * above + spread * density;
        let second = (va + a * a) * below + (vb + b * b) * above + (a + b) * spread * density;
        Self::of(mean, (second - mean * mean).max(0.0))
    }

    /// The shorter of two times that do not depend on each other.
    pub(super) fn shorter(&self, other: &Self) -> Self {
        let longer = self.longer(other);
        let mean = (self.mean() + other.mean() - longer.mean()).max(0.0);
        let cv2 = |mix: &Self| mix.variance() / mix.second().max(f64::MIN_POSITIVE);
        Self::of(mean, mean * mean * cv2(self).max(cv2(other)))
    }

    /// The time by which so many of several independent times are over, in four slices.
    pub(super) fn order_statistic(times: &[Self], need: usize) -> Self {
        let high = times
            .iter()
            .map(|time| time.quantile(0.999_9))
            .fold(0.0, f64::max);
        let mut done = vec![0.0; times.len() + 1];
        let mut quantile = |p: f64| {
            let (mut low, mut high) = (0.0, 2.0 * high);
            for _ in 0..24 {
                let middle = f64::midpoint(low, high);
                if over(times, middle, need, &mut done) < p {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            high
        };
        let mut parts = [Part::default(); PARTS_MAX];
        let slices: [f64; 5] = [0.0, 0.6, 0.93, 0.99, 1.0];
        for (at, part) in parts.iter_mut().enumerate() {
            let (from, to) = (slices[at], slices[at + 1]);
            let weight = to - from;
            let width = quantile(to.min(0.999)) - quantile(from.max(0.01));
            part.weight = weight;
            part.mean = quantile(from + 0.5 * weight);
            part.variance = width * width / 12.0;
        }
        Self {
            parts,
            len: PARTS_MAX,
        }
    }

    /// Given that it does not exceed `t`.
    pub(super) fn within(&self, t: f64) -> Self {
        let above = self.tail(t);
        if above <= 1e-4 {
            return *self;
        }
        if above >= 1.0 - 1e-9 {
            return Self::of(t, 0.0);
        }
        // The mean of the shorter of the time and `t` is the area below the tail, by Simpson's rule.
        let step = t / 8.0;
        let weight = |i: u32| match i {
            0 | 8 => 1.0,
            _ if i % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let area: f64 = (0..=8)
            .map(|i| weight(i) * self.tail(step * f64::from(i)))
            .sum();
        let shorter = area * step / 3.0;
        let mean = ((shorter - t * above) / (1.0 - above)).clamp(0.0, t);
        let before = self.mean().max(f64::MIN_POSITIVE);
        let shrunk = mean / before;
        Self::of(mean, self.variance() * shrunk * shrunk)
    }

    /// Brings parts together until there are few enough, those first that differ least.
    fn reduced(all: &mut [Part], limit: usize) -> Self {
        let mut len = all.len();
        all.sort_unstable_by(|a, b| a.mean.total_cmp(&b.mean));
        while len > limit {
            let cost = |at: usize| {
                let (a, b) = (&all[at], &all[at + 1]);
                let gap = b.mean - a.mean;
                let weights = a.weight + b.weight;
                let between = a.weight * b.weight * gap * gap;
                between / weights.max(f64::MIN_POSITIVE)
            };
            let least = (0..len - 1).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
            let at = least.unwrap_or(0);
            all[at] = joined(&all[at], &all[at + 1]);
            all.copy_within(at + 2..len, at + 1);
            len -= 1;
        }
        let mut parts = [Part::default(); PARTS_MAX];
        parts[..len].copy_from_slice(&all[..len]);
        Self { parts, len }
    }
}

/// The chance that so many times are over by `t`: by the number of them that are, one time after
/// another.
fn over(times: &[Mix], t: f64, need: usize, done: &mut [f64]) -> f64 {
    done.fill(0.0);
    done[0] = 1.0;
    for (at, time) in times.iter().enumerate() {
        let over = 1.0 - time.tail(t);
        for count in (0..=at).rev() {
            done[count + 1] += done[count] * over;
            done[count] *= 1.0 - over;
        }
    }
    done[need..].iter().sum()
}

fn joined(a: &Part, b: &Part) -> Part {
    let weight = a.weight + b.weight;
    if weight <= 0.0 {
        return *a;
    }
    let share = a.weight / weight;
    let mean = share * a.mean + (1.0 - share) * b.mean;
    let gap = a.mean - b.mean;
    let within = share * a.variance + (1.0 - share) * b.variance;
    Part {
        weight,
        mean,
        variance: within + share * (1.0 - share) * gap * gap,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, wanted: f64, share: f64) {
        assert!((found / wanted - 1.0).abs() < share, "{found} for {wanted}");
    }

    #[test]
    fn quantiles_are_those_of_known_times() {
        close(Mix::of(1.0, 1.0).quantile(0.99), 4.605, 0.01);
        close(Mix::of(2.0, 0.0).quantile(0.5), 2.0, 1e-6);
        let either = Mix::of(1.0, 0.0).or(0.98, &Mix::of(100.0, 0.0), 4);
        close(either.quantile(0.5), 1.0, 1e-6);
        close(either.quantile(0.99), 100.0, 1e-6);
    }

    #[test]
    fn reduction_keeps_mean_and_variance() {
        let mut mix = Mix::of(1.0, 1.0);
        for step in 1..9 {
            let other = Mix::of(f64::from(step), 0.5);
            let both = mix.or(0.7, &other, 4);
            close(both.mean(), 0.7 * mix.mean() + 0.3 * other.mean(), 1e-9);
            close(
                both.second(),
                0.7 * mix.second() + 0.3 * other.second(),
                1e-9,
            );
            mix = both.then(&other, 4);
            close(mix.variance(), both.variance() + other.variance(), 1e-9);
        }
    }

    #[test]
    fn the_longer_of_two_exponential_times_lasts_half_as_long_again() {
        let one = Mix::of(1.0, 1.0);
        close(one.longer(&one).mean(), 1.5, 0.05);
        close(one.shorter(&one).mean(), 0.5, 0.15);
    }

    #[test]
    fn what_is_over_in_time_is_shorter() {
        let cut = Mix::of(1.0, 1.0).within(1.0);
        // An exponential time given that it is below its mean: 1 - 1/(e - 1).
        close(cut.mean(), 0.418, 0.03);
    }
}
