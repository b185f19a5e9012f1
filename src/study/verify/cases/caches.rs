//! Hit ratios.

use super::case;
use crate::insight::theory::cache::{fifo, lru_che, lru_exact, zipf};
use crate::insight::theory::ttl;
use crate::study::verify::Case;
use crate::study::verify::expected::hit_ratio;

pub(super) const CASES: &[Case] = &[
    case!("lru-small", "caches", "King 1971", || {
        Ok(vec![hit_ratio("cache", lru_exact(&zipf(12, 1.0)?, 4)?)])
    }),
    case!("fifo", "caches", "King 1971; Gelenbe 1973", || {
        Ok(vec![hit_ratio("cache", fifo(&zipf(1_000, 0.8)?, 100)?)])
    }),
    case!("lru-zipf", "caches", "Che, Tung and Wang 2002", || {
        let hits = lru_che(&zipf(10_000, 0.8)?, 1_000)?;
        Ok(vec![
            hit_ratio("cache", hits).within(0.0002, "Che's approximation"),
        ])
    }),
    case!(
        "ttl",
        "caches",
        "Jung, Berger and Balakrishnan 2003",
        || {
            let hits = ttl::catalogue(1_000.0, &zipf(1_000, 1.0)?, 1.0, ttl::from_write)?;
            Ok(vec![hit_ratio("cache", hits)])
        }
    ),
    case!(
        "ttl-renew",
        "caches",
        "the next exponential gap is short enough",
        || {
            let hits = ttl::catalogue(1_000.0, &zipf(1_000, 1.0)?, 1.0, ttl::from_last_read)?;
            Ok(vec![hit_ratio("cache", hits)])
        }
    ),
];
