//! Traffic: when requests of clients begin, what they ask for, and how they end.

use super::state::{Extra, Frame, Waits, flag};
use super::{GOLDEN, Next, State, event};
use crate::sim::measure::Cause;
use crate::sim::model::{ArrivalSpec, FlowSpec, KeySpec, Model, NONE, PC_DONE, RateCurve};
use crate::stats::rng::{Bits, Keyed, Xoshiro, below, mix64, unit_f64};
use crate::stats::ziggurat::exponential;

const KEY: u64 = 0x6b65_7921;
const PART: u64 = 0x7061_7274;
const HOT: u64 = 0x686f_7421;

/// A flow while it runs.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    bits: Xoshiro,
    /// Requests so far: the identity of the next.
    count: u64,
    /// When the next arrival of open traffic is due.
    next_at: u64,
    /// Factor on the rate by faults, and the share of requests turned to one key.
    factor: f64,
    hot: f64,
    /// In a burst, for bursts.
    bursting: bool,
    /// The unit-rate time of the next arrival that was still to pass when the rate changed.
    left: f64,
    at: u64,
}

impl Flow {
    pub(super) fn new(spec: &FlowSpec, seed: u64) -> Self {
        Self {
            bits: Xoshiro::new(mix64(seed ^ spec.stream)),
            count: 0,
            next_at: u64::MAX,
            factor: 1.0,
            hot: 0.0,
            bursting: false,
            left: 0.0,
            at: 0,
        }
    }
}

impl RateCurve {
    /// The time at which the integral of the rate from `from` reaches `amount`, all in ns; nothing
    /// if it never does.
    #[inline]
    pub(super) fn advance(&self, from: f64, amount: f64, factor: f64) -> Option<f64> {
        let left = amount / factor;
        if let [(_, rate)] = self.points[..] {
            return (rate > 0.0).then(|| from + left / rate);
        }
        self.advance_by_pieces(from, left)
    }

    #[inline(never)]
    fn advance_by_pieces(&self, from: f64, amount: f64) -> Option<f64> {
        let mut left = amount;
        let mut at = from;
        let mut i = self.points.partition_point(|&(t, _)| t <= at);
        loop {
            let (rate, end, end_rate) = self.piece(i, at);
            let span = end - at;
            if !end.is_finite() {
                return if rate > 0.0 {
                    Some(at + left / rate)
                } else {
                    None
                };
            }
            let area = span * (rate + end_rate) / 2.0;
            if area >= left && span > 0.0 && area > 0.0 {
                return Some(at + solve(rate, (end_rate - rate) / span, left));
            }
            left -= area;
            at = end;
            i += 1;
        }
    }

    /// Rate now, end of the present straight piece, and rate there.
    fn piece(&self, next: usize, at: f64) -> (f64, f64, f64) {
        let last = self.points.len() - 1;
        if next > last {
            return (self.points[last].1, f64::INFINITY, self.points[last].1);
        }
        let (t1, r1) = self.points[next];
        if next == 0 {
            return (r1, t1, r1);
        }
        let (t0, r0) = self.points[next - 1];
        if t1 <= t0 {
            // A step: nothing passes on it.
            return (r1, t1, r1);
        }
        let rate = r0 + (r1 - r0) * (at - t0) / (t1 - t0);
        (rate, t1, r1)
    }

    /// The integral of the rate between two times.
    pub(in crate::sim) fn area(&self, from: f64, to: f64) -> f64 {
        let mut at = from;
        let mut i = self.points.partition_point(|&(t, _)| t <= at);
        let mut sum = 0.0;
        while at < to {
            let (rate, end, end_rate) = self.piece(i, at);
            if end >= to {
                let there = if end.is_finite() && end > at {
                    rate + (end_rate - rate) * (to - at) / (end - at)
                } else {
                    rate
                };
                return sum + (to - at) * (rate + there) / 2.0;
            }
            sum += (end - at) * (rate + end_rate) / 2.0;
            at = end;
            i += 1;
        }
        sum
    }
}

/// The time after which a rate that starts at `rate` and changes by `slope` has summed up to `area`.
fn solve(rate: f64, slope: f64, area: f64) -> f64 {
    // The stable form of the root of slope/2 t² + rate t = area.
    let root = (rate * rate + 2.0 * slope * area).max(0.0).sqrt();
    if rate + root > 0.0 {
        2.0 * area / (rate + root)
    } else {
        0.0
    }
}

impl State {
    /// Starts all flows.
    pub(super) fn begin_flows(&mut self, m: &Model) {
        for i in 0..m.flows.len() as u32 {
            let spec = &m.flows[i as usize];
            if spec.users > 0 {
                self.begin_users(m, i, spec.users);
                continue;
            }
            if let ArrivalSpec::Bursts { calm_ns, .. } = spec.arrivals {
                let wait = calm_ns * exponential(&mut self.flows[i as usize].bits);
                self.post(wait as u64, event::BURST, i);
            }
            self.next_arrival(m, i);
        }
    }

    /// Every user thinks first, so that they do not all start at once.
    pub(super) fn begin_users(&mut self, m: &Model, flow: u32, users: u32) {
        for _ in 0..users {
            if self.stopped.is_some() {
                return;
            }
            let f = self.allocate();
            let serial = self.frames[f as usize].serial;
            let count = &mut self.flows[flow as usize].count;
            let key = mix64(self.seed ^ m.flows[flow as usize].stream ^ count.wrapping_mul(GOLDEN));
            *count += 1;
            self.frames[f as usize] = Frame {
                key,
                serial,
                flow: flow as u16,
                flags: flag::ROOT,
                ..Frame::fresh()
            };
            self.extras[f as usize] = Extra::fresh();
            self.think(m, f);
        }
    }

    fn think(&mut self, m: &Model, f: u32) {
        let spec = &m.flows[usize::from(self.frames[f as usize].flow)];
        let frame = &mut self.frames[f as usize];
        frame.pc = PC_DONE;
        frame.waits = Waits::Event;
        self.frames[f as usize].endpoint = NONE;
        let think = self.draw_ns(m, f, spec.think);
        self.schedule(f, self.now.saturating_add(think));
    }

    /// Draws when the next arrival of a flow is due.
    #[inline(always)]
    fn next_arrival(&mut self, m: &Model, i: u32) {
        let spec = &m.flows[i as usize];
        let flow = &mut self.flows[i as usize];
        let amount = match &spec.arrivals {
            ArrivalSpec::Even => 1.0,
            ArrivalSpec::Renewal(gaps) => gaps.sample(&mut flow.bits),
            ArrivalSpec::Batches { mean, .. } => mean * exponential(&mut flow.bits),
            ArrivalSpec::Poisson | ArrivalSpec::Bursts { .. } => exponential(&mut flow.bits),
        };
        self.arrival_after(m, i, amount);
    }

    /// Puts the arrival after so much of unit-rate time into the event set.
    #[inline(always)]
    fn arrival_after(&mut self, m: &Model, i: u32, amount: f64) {
        let spec = &m.flows[i as usize];
        let flow = &mut self.flows[i as usize];
        flow.left = amount;
        flow.at = self.now;
        let factor = flow.factor * burst_factor(&spec.arrivals, flow.bursting);
        flow.next_at = u64::MAX;
        if let Some(at) = spec.curve.advance(self.now as f64, amount, factor)
            && at < 9e18
        {
            // Never earlier than now, and rounded to whole ns without drift: the next starts from here.
            flow.next_at = (at as i64 as u64).max(self.now);
            let at = flow.next_at;
            if at <= m.meta.duration_ns {
                self.post(at, event::SOURCE, i);
            }
        }
    }

    /// The rate of a flow has changed: what was left of the gap passes at the new rate.
    fn rescale(&mut self, m: &Model, i: u32, old_curve: &RateCurve, old_factor: f64) {
        let spec = &m.flows[i as usize];
        let flow = &self.flows[i as usize];
        if spec.users > 0 || flow.next_at == u64::MAX && flow.left <= 0.0 {
            return;
        }
        let passed = old_curve.area(flow.at as f64, self.now as f64) * old_factor;
        let left = (flow.left - passed).max(0.0);
        self.arrival_after(m, i, left);
    }

    /// Faults that concern a flow have begun or ended.
    pub(super) fn judge_flow(&mut self, m: &Model, i: u32) {
        let (factor, hot) = self.flow_faults(m, i);
        let spec = &m.flows[i as usize];
        let flow = &mut self.flows[i as usize];
        let old = flow.factor * burst_factor(&spec.arrivals, flow.bursting);
        flow.factor = factor;
        flow.hot = hot;
        self.rescale(m, i, &spec.curve, old);
    }

    /// The run lasts longer: arrivals that were due after its end happen now.
    pub(super) fn extend_flow(&mut self, m: &Model, i: u32, ended_ns: u64) {
        let at = self.flows[i as usize].next_at;
        if at > ended_ns && at <= m.meta.duration_ns {
            self.post(at, event::SOURCE, i);
        }
    }

    /// A flow has another rate than it had by `was`.
    pub(super) fn rate_changed(&mut self, m: &Model, i: u32, was: &FlowSpec) {
        let flow = &self.flows[i as usize];
        let old = flow.factor * burst_factor(&was.arrivals, flow.bursting);
        self.rescale(m, i, &was.curve, old);
    }

    /// A burst begins or ends.
    pub(super) fn burst_changes(&mut self, m: &Model, i: u32) {
        let spec = &m.flows[i as usize];
        let ArrivalSpec::Bursts {
            calm_ns, burst_ns, ..
        } = spec.arrivals
        else {
            return;
        };
        let flow = &mut self.flows[i as usize];
        let old = flow.factor * burst_factor(&spec.arrivals, flow.bursting);
        flow.bursting = !flow.bursting;
        let mean = if flow.bursting { burst_ns } else { calm_ns };
        let length = mean * exponential(&mut flow.bits);
        self.post(self.now.saturating_add(length as u64), event::BURST, i);
        self.rescale(m, i, &spec.curve, old);
    }

    /// A request of open traffic arrives.
    #[inline(never)]
    pub(super) fn source(&mut self, m: &Model, i: u32) {
        if self.flows[i as usize].next_at != self.now {
            return;
        }
        if let ArrivalSpec::Batches { size, .. } = &m.flows[i as usize].arrivals {
            let drawn = size.sample(&mut self.flows[i as usize].bits);
            let batch = (drawn + 0.5).max(1.0) as u64;
            if batch > 1 {
                return self.batch_arrives(m, i, batch);
            }
        }
        self.next_arrival(m, i);
        if self.stopped.is_none() {
            let f = self.request_arrives(m, i);
            self.run(m, f);
        }
    }

    #[inline(never)]
    fn batch_arrives(&mut self, m: &Model, i: u32, batch: u64) {
        self.next_arrival(m, i);
        for _ in 0..batch {
            if self.stopped.is_some() {
                return;
            }
            let f = self.request_arrives(m, i);
            self.go_on(f);
        }
    }

    /// The next request of a flow of open traffic.
    #[inline(always)]
    fn request_arrives(&mut self, m: &Model, i: u32) -> u32 {
        let f = self.allocate();
        let flow = &mut self.flows[i as usize];
        let count = flow.count;
        flow.count += 1;
        let stream = m.flows[i as usize].stream;
        let key = mix64(self.seed ^ stream ^ count.wrapping_mul(GOLDEN));
        self.begin_request(m, f, i, key);
        f
    }

    /// A client's frame begins a request.
    #[inline(always)]
    fn begin_request(&mut self, m: &Model, f: u32, i: u32, key: u64) {
        let spec = &m.flows[i as usize];
        let part = if spec.parts.len() == 1 {
            spec.parts[0]
        } else {
            let u = unit_f64(mix64(key ^ PART));
            let i = spec
                .upto
                .iter()
                .position(|&upto| u < upto)
                .unwrap_or(spec.parts.len() - 1);
            spec.parts[i]
        };
        if m.uses_keys {
            let hot = self.flows[i as usize].hot;
            self.extras[f as usize].rkey = self.request_key(spec, key, hot);
        }
        if m.tracks_effects {
            self.extras[f as usize].effect = key;
        }
        let frame = &mut self.frames[f as usize];
        *frame = Frame {
            key,
            start: self.now,
            mark: self.now,
            sent: self.now,
            pc: part.entry,
            serial: frame.serial,
            pending: frame.pending,
            replica: spec.replica,
            stations: spec.stations,
            endpoint: part.endpoint,
            flow: i as u16,
            priority: spec.priority,
            flags: flag::ROOT | if spec.idempotent { flag::IDEMPOTENT } else { 0 },
            ..Frame::fresh()
        };
        self.record.endpoints[part.endpoint as usize].begins(self.now);
        if m.follow_one_in == 1 || key & (m.follow_one_in - 1) == 0 {
            self.follow(m, f);
        }
    }

    fn request_key(&self, spec: &FlowSpec, key: u64, hot: f64) -> u64 {
        let mut bits = Keyed::new(key ^ KEY);
        if hot > 0.0 && unit_f64(mix64(key ^ HOT)) < hot {
            return spec.keys.key(0);
        }
        let rank = match &spec.keys {
            KeySpec::Single => 0,
            KeySpec::Uniform(n) => below(bits.next_u64(), *n),
            KeySpec::Zipf { law, .. } => law.sample(&mut bits),
            KeySpec::HotSet { n, hot, share } => {
                if *hot >= *n || unit_f64(bits.next_u64()) < *share {
                    below(bits.next_u64(), (*hot).min(*n))
                } else {
                    hot + below(bits.next_u64(), n - hot)
                }
            }
        };
        spec.keys.key(rank)
    }

    /// A request of a client is done, or a user has thought enough.
    #[inline]
    pub(super) fn request_done(&mut self, m: &Model, f: u32) -> Next {
        let endpoint = self.frames[f as usize].endpoint;
        if endpoint == NONE {
            return self.user_begins(m, f);
        }
        let frame = &self.frames[f as usize];
        let latency = self.now - frame.start;
        let flags = frame.flags;
        let record = &mut self.record.endpoints[endpoint as usize];
        record.ends(self.now, latency, None);
        if flags & (flag::DEGRADED | flag::TRACED) != 0 {
            record.degraded += u64::from(flags & flag::DEGRADED != 0);
            self.finish_trace(f, latency);
        }
        self.request_over(m, f)
    }

    /// A request of a client has failed for good.
    #[inline(never)]
    pub(super) fn request_failed(&mut self, m: &Model, f: u32, cause: Cause) -> Next {
        let endpoint = self.frames[f as usize].endpoint;
        let latency = self.now - self.frames[f as usize].start;
        self.record.endpoints[endpoint as usize].ends(self.now, latency, Some(cause));
        self.drop_trace(f);
        self.request_over(m, f)
    }

    #[inline]
    fn request_over(&mut self, m: &Model, f: u32) -> Next {
        let spec = &m.flows[usize::from(self.frames[f as usize].flow)];
        if spec.users == 0 {
            self.release(f);
            return NONE;
        }
        let frame = &mut self.frames[f as usize];
        frame.serial = frame.serial.wrapping_add(1);
        frame.flags = flag::ROOT;
        self.think(m, f);
        NONE
    }

    /// A user of closed traffic begins the next request.
    #[inline(never)]
    fn user_begins(&mut self, m: &Model, f: u32) -> Next {
        let frame = &self.frames[f as usize];
        let (flow, key) = (u32::from(frame.flow), mix64(frame.key.wrapping_add(GOLDEN)));
        self.begin_request(m, f, flow, key);
        f
    }
}

/// What a calm or burst period makes of the rate, so that its mean stays.
fn burst_factor(arrivals: &ArrivalSpec, bursting: bool) -> f64 {
    match arrivals {
        ArrivalSpec::Bursts { calm, burst, .. } => {
            if bursting {
                *burst
            } else {
                *calm
            }
        }
        _ => 1.0,
    }
}
