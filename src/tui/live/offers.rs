//! What can be broken by hand: the faults that are offered for a node, for its zones and for a wire.
//! Each is written as a document has it and read back at once, so that what is offered can be made.

use crate::design::model::{Fault, Kind};
use crate::design::syntax::quote;
use crate::design::{Design, decode_text};

/// A fault that can be made.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// What it is called.
    pub label: String,
    /// What it does, as a sentence.
    pub help: &'static str,
    /// The fault, in RON.
    pub text: String,
    /// The fault.
    pub fault: Fault,
}

/// A fault of a kind with its fields, each with its value in RON; nothing if there is no such fault.
fn offer(label: &str, help: &'static str, kind: &str, fields: &[(&str, &str)]) -> Option<Offer> {
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let text = format!("{kind}({})", fields.join(", "));
    let fault = decode_text(&text);
    debug_assert!(fault.is_ok(), "{text} is a fault");
    Some(Offer {
        label: label.to_owned(),
        help,
        text,
        fault: fault.ok()?,
    })
}

/// The faults of a node, those of its replicas and zones among them.
pub fn of_node(design: &Design, name: &str) -> Vec<Offer> {
    let Some(found) = design.node(name) else {
        return Vec::new();
    };
    let node = quote(name);
    if let Kind::Client(_) = found.kind {
        return of_client(&node);
    }
    let mut offers = of_all(&node);
    if found.common.replicas > 1 {
        offers.extend(of_replica(&node));
    }
    if let Kind::Cache(_) = found.kind {
        let help = "The cache is emptied.";
        offers.extend(offer("flush", help, "Flush", &[("cache", &node)]));
    }
    for zone in &found.common.zones {
        let label = format!("zone {zone} down");
        let help = "Every replica in the zone is down.";
        offers.extend(offer(&label, help, "Zone", &[("zone", &quote(zone))]));
    }
    offers
}

fn of_client(client: &str) -> Vec<Offer> {
    let traffic = |label, help, factor| {
        let fields = [("client", client), ("factor", factor)];
        offer(label, help, "Traffic", &fields)
    };
    let hot = [("client", client), ("share", "\"50%\"")];
    let all = [
        traffic(
            "twice the traffic",
            "The client sends twice as much.",
            "2.0",
        ),
        traffic(
            "five times the traffic",
            "The client sends five times as much.",
            "5.0",
        ),
        offer(
            "hot key",
            "Half of its requests ask for one key.",
            "HotKey",
            &hot,
        ),
    ];
    all.into_iter().flatten().collect()
}

/// What can happen to a node as a whole.
fn of_all(node: &str) -> Vec<Offer> {
    let slow = |label, help, factor| {
        let fields = [("node", node), ("factor", factor)];
        offer(label, help, "Slow", &fields)
    };
    let all = [
        slow("slow x5", "All its work takes five times as long.", "5.0"),
        slow("slow x2", "All its work takes twice as long.", "2.0"),
        offer(
            "crash",
            "Every replica is down; callers see an error at once.",
            "Crash",
            &[("node", node)],
        ),
        offer(
            "errors",
            "Half of its answers are errors.",
            "Errors",
            &[("node", node), ("rate", "\"50%\"")],
        ),
        offer(
            "pause",
            "Nothing goes on inside, as in a long garbage collection.",
            "Pause",
            &[("node", node)],
        ),
    ];
    all.into_iter().flatten().collect()
}

/// What can happen to one of several replicas.
fn of_replica(node: &str) -> Vec<Offer> {
    let one = ("replicas", "1");
    let grey = [
        ("node", node),
        one,
        ("factor", "10.0"),
        ("errors", "\"50%\""),
    ];
    let all = [
        offer(
            "crash one replica",
            "One replica is down.",
            "Crash",
            &[("node", node), one],
        ),
        offer(
            "grey replica",
            "One replica is ten times as slow, and half its answers are errors; health checks see nothing.",
            "Grey",
            &grey,
        ),
    ];
    all.into_iter().flatten().collect()
}

/// The faults of a wire.
pub fn of_wire(from: &str, to: &str) -> Vec<Offer> {
    let wire = quote(&format!("{from} -> {to}"));
    let (from, to) = (format!("[{}]", quote(from)), format!("[{}]", quote(to)));
    let all = [
        offer(
            "slow by 200 ms",
            "Every message takes 200 ms more.",
            "Latency",
            &[("wire", &wire), ("add", "\"200ms\"")],
        ),
        offer(
            "loses a tenth",
            "One message in ten is lost; the caller waits for its timeout.",
            "Loss",
            &[("wire", &wire), ("rate", "\"10%\"")],
        ),
        offer(
            "partition",
            "Nothing passes; calls hang until their timeout.",
            "Partition",
            &[("a", &from), ("b", &to)],
        ),
    ];
    all.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::decode::DecodeChoice;
    use crate::sim::{Engine, compile};
    use crate::tui::live::Session;
    use crate::tui::live::tests::design;
    use crate::tui::live::timeline::record;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    /// Every kind of node, with names that must be quoted, replicas and zones.
    const ALL: &str = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/designs/every-kind.ron"
    ));

    /// Every offer on a design.
    fn all(design: &Design) -> Vec<Offer> {
        let nodes = design.nodes.names();
        let mut all: Vec<Offer> = nodes.flat_map(|name| of_node(design, name)).collect();
        for (from, to) in design.implied_wires() {
            all.extend(of_wire(&from, &to));
        }
        all
    }

    #[test]
    fn every_kind_of_fault_is_offered() {
        let design = design(ALL);
        let kinds: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.name).collect();
        let drawn = design.nodes.iter().map(|(_, node)| node.kind.name());
        assert_eq!(drawn.collect::<BTreeSet<_>>(), kinds, "every kind of node");
        let offers = all(&design);
        let offered: BTreeSet<&str> = offers.iter().map(|of| of.fault.variant_name()).collect();
        let known: BTreeSet<&str> = Fault::choice().variants.iter().map(|of| of.name).collect();
        assert_eq!(offered, known);
    }

    #[test]
    fn every_offer_replays_from_the_file_to_the_same_bytes() {
        const SECOND: u64 = 1_000_000_000;
        let offers = all(&design(ALL));
        for offer in offers {
            let mut session = Session::new(design(ALL)).unwrap();
            session.advance(SECOND / 2, u64::MAX);
            let begun = session.begin_fault(&offer.text, None);
            let index = begun.unwrap_or_else(|problem| panic!("{}: {problem}", offer.text));
            session.advance(SECOND, u64::MAX);
            // Emptying a cache takes no time; everything else goes on.
            let _ = session.end_fault(index);
            session.advance(u64::MAX, u64::MAX);
            assert!(session.is_over());
            let text = record(ALL, &session.recorded()).unwrap().text;
            let loaded = design(&text);
            let mut engine = Engine::new(Arc::new(compile(&loaded).unwrap()), loaded.run.seed, 0);
            engine.run_until(loaded.run.duration.0);
            assert_eq!(session.engine().clone().finish(), engine.finish(), "{text}");
        }
    }
}
