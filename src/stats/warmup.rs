//! temporary
/// m
pub fn mser5(series: &[f64]) -> usize {
    let batches: Vec<f64> = series.chunks_exact(5).map(|c| c.iter().sum::<f64>() / 5.0).collect();
    let n = batches.len();
    let mut best = (f64::INFINITY, 0);
    for d in 0..=n / 2 {
        let rest = &batches[d..];
        let m = rest.iter().sum::<f64>() / rest.len() as f64;
        let v = rest.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (rest.len() as f64 * rest.len() as f64);
        if v < best.0 { best = (v, d); }
    }
    best.1 * 5
}
