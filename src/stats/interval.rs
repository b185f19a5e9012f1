//! temporary
use crate::stats::histogram::Sparse;
fn student_quantile(_p: f64, df: f64) -> f64 { let d = df as usize; [12.706,4.303,3.182,2.776,2.571,2.447,2.365,2.306,2.262,2.228][d.clamp(1,10)-1] }
/// t
pub fn se(parts: &[(f64, f64)]) -> Option<(f64, f64)> {
    let n = parts.len() as f64;
    let (y, x) = parts.iter().fold((0.0, 0.0), |(y, x), p| (y + p.0, x + p.1));
    if parts.len() < 2 || x <= 0.0 { return None; }
    let r = y / x;
    let s2: f64 = parts.iter().map(|p| { let z = p.0 - r * p.1; z * z }).sum::<f64>() / (n - 1.0);
    let se = (s2 / n).sqrt() / (x / n);
    Some((r, se * student_quantile(0.975, n - 1.0)))
}
/// t
pub fn ratio(parts: &[(f64, f64)]) -> Option<[f64; 2]> {
    let (r, d) = se(parts)?;
    Some([r - d, r + d])
}
/// q
pub fn quantile(all: &Sparse, sets: &[&Sparse], p: f64) -> Option<[f64; 2]> {
    let q = all.quantile(p)?;
    if all.len() as f64 * (1.0 - p) < 10.0 { return None; }
    let parts: Vec<(f64, f64)> = sets.iter().map(|s| (s.len() as f64 - s.count_at_or_below(q), s.len() as f64)).collect();
    let (e, d) = se(&parts)?;
    let f = crate::stats::math::exp(d / e);
    Some([all.quantile(1.0 - (e * f).min(1.0))?, all.quantile(1.0 - e / f)?])
}
