//! The document as typed values: what a design says once it has been read, with every default
//! filled in. One file per part of the document; every type here is declared with `record!` or
//! `choice!`, so that its fields, units, defaults and help have one source, used by the decoder,
//! the JSON Schema, the messages and the inspector alike.

mod curve;
mod dist;
mod faults;
mod nodes;
mod run;
mod steps;
mod traffic;
mod wires;

pub use curve::rate_at;
pub use dist::*;
pub use faults::*;
pub use nodes::*;
pub use run::*;
pub use steps::*;
pub use traffic::*;
pub use wires::*;

use crate::design::macros::record;
use crate::design::{Named, Node};

record! {
    /// A design: components, the wires between them, what is asked of them and what goes wrong.
    pub struct Design {
        /// The version of this format. Always 1.
        format: u32 = required,
        /// A short name, shown in titles and results.
        name: String = "\"\"",
        /// What a reader should learn from this scenario, in one sentence.
        lesson: String = "\"\"",
        /// Another design file, relative to this one, whose contents this one changes and extends.
        extends: Option<String> = "None",
        /// The components, by name.
        nodes: Named<Node> = required,
        /// What is special about the call from one node to another, by `"caller -> callee"`. A wire named here exists
        /// even if no step calls along it.
        wires: Named<Wire> = "{}",
        /// Network latency between and within zones and regions.
        network: Network = "()",
        /// What goes wrong, and when.
        faults: Vec<FaultEntry> = "[]",
        /// How long, how often and with which seed the scenario is simulated.
        run: Run = "()",
        /// Assertions on the result, such as `p99(POST /orders) < 250ms`.
        objectives: Vec<Objective> = "[]",
        /// Named lists of changes to this design: the alternatives to compare.
        variants: Named<Vec<Change>> = "{}",
        /// Named groups of nodes, drawn as frames on the canvas.
        groups: Named<Vec<String>> = "{}",
        /// Free text on the canvas.
        notes: Vec<Note> = "[]",
        /// Where boxes lie on the canvas, in cells; nodes that are not named are laid out automatically.
        canvas: Named<Point> = "{}",
    }
}
