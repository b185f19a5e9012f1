//! The agenda: what happens at set moments, apart from the events that requests cause: edges of
//! windows, beginnings and ends of faults.
//!
//! It is not in the event set, so that its order among events of the same time does not depend on
//! when it was planned: at one moment it comes before everything else, edges first, then ends of
//! faults, then beginnings. A fault that is added while a model runs therefore acts exactly as if
//! it had been in the design from the start.

use super::State;
use crate::sim::model::Model;

/// What is planned, in the order of what happens at the same moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Planned {
    /// A window ends.
    Edge,
    /// The fault of a plan ends.
    FaultEnd(u32),
    /// The fault of a plan begins.
    Fault(u32),
}

/// What is planned and when, latest first. There is an edge and two entries a fault at most.
#[derive(Debug, Clone, Default)]
pub(super) struct Agenda {
    entries: Vec<(u64, Planned)>,
}

impl Agenda {
    /// Plans something at a time in ns.
    pub(super) fn add(&mut self, at: u64, what: Planned) {
        let place = self.entries.partition_point(|&entry| entry > (at, what));
        self.entries.insert(place, (at, what));
    }

    /// Forgets what is planned of a kind.
    pub(super) fn cancel(&mut self, what: Planned) {
        self.entries.retain(|&(_, planned)| planned != what);
    }

    /// Time of the next entry in ns.
    pub(super) fn next_time(&self) -> Option<u64> {
        self.entries.last().map(|&(at, _)| at)
    }

    fn take_until(&mut self, t: u64) -> Option<(u64, Planned)> {
        self.entries.pop_if(|&mut (at, _)| at <= t)
    }
}

impl State {
    /// Processes everything up to and including time `t`, what is planned before what happens.
    pub(super) fn run_planned(&mut self, m: &Model, t: u64) {
        while let Some((at, planned)) = self.agenda.take_until(t) {
            if at > self.now {
                self.run_until(m, at - 1);
                if self.stopped.is_some() {
                    self.agenda.add(at, planned);
                    return;
                }
            }
            self.now = at;
            self.event_count += 1;
            match planned {
                Planned::Edge => self.window_ends(m),
                Planned::FaultEnd(plan) => self.fault_ends(m, plan),
                Planned::Fault(plan) => self.fault_begins(m, plan),
            }
            self.go_on_now(m);
            if self.stopped.is_some() {
                return;
            }
        }
        self.run_until(m, t);
    }

    /// Lets the frames go on that are to at this moment.
    pub(super) fn go_on_now(&mut self, m: &Model) {
        while let Some((f, serial)) = self.ready.pop_front() {
            if self.frames[f as usize].serial == serial {
                self.run(m, f);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_leave_by_time_then_by_kind_then_by_number() {
        let mut agenda = Agenda::default();
        for (at, what) in [
            (5, Planned::Fault(1)),
            (5, Planned::Edge),
            (3, Planned::Fault(9)),
            (5, Planned::FaultEnd(0)),
            (5, Planned::Fault(0)),
        ] {
            agenda.add(at, what);
        }
        agenda.cancel(Planned::Fault(0));
        assert_eq!(agenda.next_time(), Some(3));
        let mut order = Vec::new();
        while let Some(entry) = agenda.take_until(5) {
            order.push(entry);
        }
        assert_eq!(
            order,
            [
                (3, Planned::Fault(9)),
                (5, Planned::Edge),
                (5, Planned::FaultEnd(0)),
                (5, Planned::Fault(1)),
            ]
        );
        agenda.add(7, Planned::Edge);
        assert_eq!(agenda.take_until(6), None);
    }
}
