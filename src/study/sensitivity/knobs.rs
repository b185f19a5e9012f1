//! What can be turned at a design: one more of each thing that it has a number of, everything that
//! takes time a tenth quicker, a tenth more traffic.

use serde::Serialize;

use crate::design::Loaded;
use crate::design::model::{Design, Kind};
use crate::design::path::join;
use crate::design::resolve::{pool_size, wire_ends};
use crate::study::scale;
use crate::study::sweep::Base;

/// What is called quicker takes this part of its time.
const QUICKER: f64 = 0.9;
/// What is called more traffic is this multiple.
const BUSIER: f64 = 1.1;

/// What a knob is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// One more of something.
    More,
    /// A tenth quicker.
    Quicker,
    /// A tenth more traffic.
    Traffic,
}

/// Something that can be turned.
#[derive(Debug, Clone, PartialEq)]
pub struct Knob {
    /// What it is about.
    pub sort: Sort,
    /// The node or wire.
    pub about: String,
    /// What it does: `one more replica of web (5 instead of 4)`.
    pub words: String,
    /// The same as changes of the file, path and value, where there are such.
    pub set: Vec<(String, String)>,
    turn: Turn,
}

#[derive(Debug, Clone, PartialEq)]
enum Turn {
    Set,
    Work,
    Network,
    Traffic,
}

impl Knob {
    /// The design with the knob turned; nothing if its value does not fit there.
    pub(super) fn turned(&self, base: &Base<'_>) -> Option<Loaded> {
        if self.turn == Turn::Set {
            return base.with(self.set.clone()).ok();
        }
        let mut loaded = base.loaded.clone();
        let design = &mut loaded.design;
        match self.turn {
            Turn::Work => scale::work(design, &self.about, QUICKER),
            Turn::Network => {
                let wires = design.wires.0.iter_mut();
                for (_, wire) in wires.filter(|(name, _)| *name == self.about) {
                    scale::network(wire, QUICKER);
                }
            }
            Turn::Traffic | Turn::Set => scale::traffic(design, BUSIER),
        }
        Some(loaded)
    }

    fn more(about: &str, path: &[&str], now: u64, words: &str) -> Self {
        let next = now + 1;
        Self {
            sort: Sort::More,
            about: about.to_owned(),
            words: format!("{words} ({next} instead of {now})"),
            set: vec![(join(path), next.to_string())],
            turn: Turn::Set,
        }
    }

    fn quicker(about: &str, words: String, turn: Turn) -> Self {
        Self {
            sort: Sort::Quicker,
            about: about.to_owned(),
            words,
            set: Vec::new(),
            turn,
        }
    }
}

/// All knobs of a design, in the order of the file.
pub(super) fn of(design: &Design) -> Vec<Knob> {
    let mut list = Vec::new();
    for (name, node) in design.nodes.iter() {
        if !matches!(node.kind, Kind::Client(_)) {
            nodes(&mut list, name, node);
        }
    }
    for (from, to) in design.implied_wires() {
        // A wire keeps the name by which the file calls it.
        let written = design.wires.iter();
        let mut written = written.filter(|(name, _)| wire_ends(name) == Some((&from, &to)));
        let (name, wire) = match written.next() {
            Some((name, wire)) => (name.to_owned(), Some(wire)),
            None => (format!("{from} -> {to}"), None),
        };
        let ends = design.node(&from).zip(design.node(&to));
        if let Some(pool) = ends.and_then(|(from, to)| pool_size(from, to, wire)) {
            let words = format!("one more connection in the pool of {name}");
            let path = ["wires", &name, "pool"];
            list.push(Knob::more(&name, &path, u64::from(pool), &words));
        }
        if wire.is_some_and(|wire| wire.latency.is_some()) {
            let words = format!("the network of {name} a tenth quicker");
            list.push(Knob::quicker(&name, words, Turn::Network));
        }
    }
    list.push(Knob {
        sort: Sort::Traffic,
        about: String::new(),
        words: "a tenth more traffic".to_owned(),
        set: Vec::new(),
        turn: Turn::Traffic,
    });
    list
}

/// The knobs of one node.
fn nodes(list: &mut Vec<Knob>, name: &str, node: &crate::design::Node) {
    let mut more = |field: &str, now: u32, what: &str| {
        let words = format!("one more {what} of {name}");
        list.push(Knob::more(
            name,
            &["nodes", name, field],
            u64::from(now),
            &words,
        ));
    };
    let serving = node.serving();
    let workers = serving.and_then(|serving| serving.workers.get());
    let cores = serving.and_then(|serving| serving.cores);
    let is_database = matches!(node.kind, Kind::Database(_));
    let bounded = workers.is_some() || cores.is_some();
    // A relational database has one primary, and a third party is not ours to enlarge.
    if bounded && !is_database && !matches!(node.kind, Kind::External(_)) {
        more("replicas", node.common.replicas, "replica");
    }
    if let Some(workers) = workers.filter(|_| !is_database) {
        more("workers", workers, "worker in each replica");
    }
    if let Some(cores) = cores {
        more("cores", cores, "core");
    }
    if let Kind::Database(db) = &node.kind {
        more("connections", db.connections, "connection accepted");
        let words = format!("one more channel of the disk of {name}");
        let path = ["nodes", name, "disk", "channels"];
        list.push(Knob::more(name, &path, u64::from(db.disk.channels), &words));
    }
    if let Kind::Cache(cache) = &node.kind
        && cache.hit_ratio.is_none()
    {
        let more = cache.capacity.saturating_add((cache.capacity / 10).max(1));
        list.push(Knob {
            sort: Sort::More,
            about: name.to_owned(),
            words: format!("a tenth more room in {name} ({more} entries)"),
            set: vec![(join(&["nodes", name, "capacity"]), more.to_string())],
            turn: Turn::Set,
        });
    }
    let words = match node.kind {
        Kind::External(_) => format!("{name} a tenth quicker"),
        _ => format!("the work of {name} a tenth quicker"),
    };
    list.push(Knob::quicker(name, words, Turn::Work));
}
