//! Groups, the canvas and the presets of nodes: names that must exist.

use super::Checker;
use crate::design::path::escape_key;

pub(super) fn check(checker: &mut Checker<'_>) {
    let design = checker.design;
    for (group, members) in design.groups.iter() {
        for (index, member) in members.iter().enumerate() {
            checker.node(&format!("groups/{}/{index}", escape_key(group)), member);
        }
    }
    for (name, _) in design.canvas.iter() {
        checker.node(&format!("canvas/{}", escape_key(name)), name);
    }
}
