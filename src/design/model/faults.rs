//! Faults: changes for the worse, at a time or at random.

use super::TimeDist;
use crate::design::macros::{choice, record};
use crate::units::{Nanos, Ratio};

record! {
    /// A fault and when it happens: once (`at`, `lasts`) or again and again (`every`, `lasts`).
    pub struct FaultEntry {
        /// When it begins.
        at: Option<Nanos> = "None",
        /// How long until the next one after the last has ended (time between failures).
        every: Option<TimeDist> = "None",
        /// How long it lasts (time to repair). To the end of the run if left out.
        lasts: Option<TimeDist> = "None",
        /// What happens.
        fault: Fault = required,
        /// A name for objectives and reports; made from the fault if left out.
        name: String = "\"\"",
    }
}

choice! {
    /// What a fault touches among a node's replicas.
    pub enum Which {
        /// All of them.
        All,
        /// This many, the lowest numbers first (drawn at random for a fault that repeats). A bare number means this.
        Count { /** How many. */ n: u32 = required },
        /// One by its number, from 0.
        Replica { /** The number. */ index: u32 = required },
    }
}

choice! {
    /// What goes wrong.
    pub enum Fault {
        /// Replicas die with all that they had queued and in service, and come back empty when the fault ends.
        Crash { /** The node. */ node: String = required, /** Which replicas. */ replicas: Which = "All" },
        /// Work that begins takes longer by a factor. Health checks see it only if it also delays probes past their timeout.
        Slow { /** The node. */ node: String = required, /** Factor. */ factor: f64 = required, /** Which replicas. */ replicas: Which = "All" },
        /// One part is slow or failing while its health check passes.
        Grey {
            /// The node.
            node: String = required,
            /// Which replicas.
            replicas: Which = "Count(1)",
            /// Factor on work.
            factor: f64 = "1",
            /// Share of requests answered with an error.
            errors: Ratio = "\"0%\"",
        },
        /// A share of requests is answered with an error, at once.
        Errors { /** The node. */ node: String = required, /** Share. */ rate: Ratio = required, /** Which replicas. */ replicas: Which = "All" },
        /// Messages along a wire take longer, each way.
        Latency { /** `"caller -> callee"`. */ wire: String = required, /** Added each way. */ add: TimeDist = required },
        /// Messages along a wire are lost, each way.
        Loss { /** `"caller -> callee"`. */ wire: String = required, /** Share. */ rate: Ratio = required },
        /// No message passes between two groups of nodes or zones. Calls hang; they do not fail fast.
        Partition { /** Nodes or zones on one side. */ a: Vec<String> = required, /** On the other; everything else if empty. */ b: Vec<String> = "[]" },
        /// Replicas stop (a garbage collection) and go on where they were.
        Pause { /** The node. */ node: String = required, /** Which replicas. */ replicas: Which = "All" },
        /// A cache loses its contents.
        Flush { /** The cache. */ cache: String = required },
        /// A client's traffic is multiplied.
        Traffic { /** The client. */ client: String = required, /** Factor on its rate. */ factor: f64 = required },
        /// A share of a client's requests turns to one key.
        HotKey { /** The client. */ client: String = required, /** Share. */ share: Ratio = required },
        /// Every replica in a zone or region dies.
        Zone { /** The zone (`"a"`, `"region/a"`) or region. */ zone: String = required },
    }
}

/// How long a fault without `lasts` goes on: to the end of the run.
pub const UNTIL_END: Nanos = Nanos(u64::MAX);
