//! The laws that a replication must obey exactly: conservation, Little's law, the utilisation law.

use super::State;
use super::state::{Waits, flag};
use crate::sim::measure::Check;
use crate::sim::model::{Model, NONE, Op};

impl State {
    /// Conservation, Little's law and the utilisation law, exactly, on integers.
    pub(super) fn checks(&self, m: &Model) -> Vec<Check> {
        let mut checks = Vec::new();
        let mut present = vec![(0_u64, 0_u128); self.record.endpoints.len()];
        let mut waiting = vec![0_u128; self.record.classes.len()];
        let mut serving = vec![0_u128; self.record.classes.len()];
        self.tally(m, &mut present, &mut waiting, &mut serving);
        for (i, record) in self.record.endpoints.iter().enumerate() {
            let [offered, ended] = record.totals;
            let area = record.whole_area;
            let place = m.meta.endpoints[i].name.clone();
            checks.push(Check {
                law: "conservation",
                place: place.clone(),
                left: u128::from(offered),
                right: u128::from(ended + present[i].0),
            });
            checks.push(Check {
                law: "little",
                place,
                left: area,
                right: record.ended_ns + present[i].1,
            });
        }
        for (i, record) in self.record.classes.iter().enumerate() {
            if !record.checked {
                continue;
            }
            let meta = &m.meta.stations[i];
            let place = format!("{} {}", m.meta.nodes[meta.node as usize].name, meta.name);
            checks.push(Check {
                law: "little",
                place: place.clone(),
                left: record.areas[1],
                right: record.waits_ns
                    + record.wait_again_ns
                    + record.abandoned_wait_ns
                    + waiting[i],
            });
            checks.push(Check {
                law: "utilization",
                place,
                left: record.areas[0],
                right: record.services_ns + record.abandoned_service_ns + serving[i],
            });
        }
        checks
    }

    /// What is under way now: requests of clients, waits and services at stations.
    fn tally(
        &self,
        m: &Model,
        present: &mut [(u64, u128)],
        waiting: &mut [u128],
        serving: &mut [u128],
    ) {
        for f in 0..self.frames.len() {
            let (frame, extra) = (&self.frames[f], &self.extras[f]);
            if frame.flags & flag::FREE != 0 {
                continue;
            }
            if frame.flags & flag::IN_PLACE != 0 {
                let class = self.station_in_place(f).class as usize;
                let spent = if frame.waits == Waits::Station {
                    &mut waiting[class]
                } else {
                    &mut serving[class]
                };
                *spent += u128::from(self.now - frame.mark);
            }
            if frame.flags & flag::ROOT != 0 && frame.endpoint != NONE {
                let endpoint = &mut present[frame.endpoint as usize];
                endpoint.0 += 1;
                endpoint.1 += u128::from(self.now - frame.start);
            }
            let station =
                |st: u16| self.stations[(frame.stations + u32::from(st)) as usize].class as usize;
            match m.ops[frame.pc as usize] {
                Op::Visit { st, .. } | Op::Acquire { st } if frame.waits == Waits::Station => {
                    waiting[station(st)] += u128::from(self.now - frame.mark);
                    serving[station(st)] += u128::from(extra.served_ns);
                }
                Op::Session if frame.waits == Waits::Station => {
                    waiting[station(0)] += u128::from(self.now - frame.mark);
                }
                Op::VisitEnd { st } if frame.flags & flag::SERVED != 0 => {
                    serving[station(st)] += u128::from(self.now - frame.mark + extra.served_ns);
                }
                _ => {}
            }
            for st in 0..16 {
                if frame.held & 1 << st != 0 {
                    serving[station(st)] +=
                        u128::from(self.now - extra.since[usize::from(st != 0)]);
                }
            }
        }
        for (class, since) in self.sessions_of_transactions(m) {
            serving[class] += u128::from(self.now - since);
        }
    }
}
