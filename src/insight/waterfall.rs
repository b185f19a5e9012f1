//! The trace of one request as a waterfall: a bar for each span, as part of the whole.

use serde::Serialize;

use crate::sim::result::Exemplar;

/// A span as a bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// Depth in the tree of calls.
    pub depth: u32,
    /// A node or a wire.
    pub place: String,
    /// `call`, or what passed: `wait`, `service`, `network` …
    pub what: String,
    /// How long it took, in seconds.
    pub length_s: f64,
    /// Where it begins and ends, as shares of the request from 0 to 1.
    pub span: [f64; 2],
    /// Whether the answer waited for it.
    pub critical: bool,
}

impl Bar {
    /// The cells that it covers of so many: at least one, so that it can be seen.
    pub fn cells(&self, width: usize) -> [usize; 2] {
        let wide = width as f64;
        let last = width.saturating_sub(1);
        let from = ((self.span[0] * wide) as usize).min(last);
        let to = ((self.span[1] * wide).ceil() as usize).clamp(from + 1, width.max(from + 1));
        [from, to]
    }
}

/// The bars of a trace, in order of their start.
pub fn bars(trace: &Exemplar) -> Vec<Bar> {
    let part = |seconds: f64| {
        if trace.latency_s > 0.0 {
            (seconds / trace.latency_s).clamp(0.0, 1.0)
        } else {
            0.0
        }
    };
    let bars = trace.spans.iter().map(|span| Bar {
        depth: span.depth,
        place: span.place.clone(),
        what: span.what.clone(),
        length_s: span.length_s,
        span: [part(span.start_s), part(span.start_s + span.length_s)],
        critical: span.critical,
    });
    bars.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::samples::checkout;

    #[test]
    fn bars_are_parts_of_the_whole() {
        let trace = &checkout().exemplars[0];
        let bars = bars(trace);
        assert_eq!(bars.len(), trace.spans.len());
        assert!((bars[0].span[1] - 1.0).abs() < 1e-12);
        assert_eq!(bars[0].cells(40), [0, 40]);
        let end = Bar {
            span: [1.0, 1.0],
            ..bars[0].clone()
        };
        assert_eq!(end.cells(40), [39, 40]);
        assert_eq!(end.cells(0), [0, 1]);
    }
}
