//! From keys to actions: sequences of keys as a trie for each context, made from the one list of
//! actions.

mod chord;

pub use chord::Chord;

use super::action::{ACTIONS, Action, Context};
use std::collections::BTreeMap;

/// Where a sequence of keys leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// To an action.
    Action(Action),
    /// To more keys.
    Prefix,
    /// Nowhere.
    Nothing,
}

/// A node of the trie.
#[derive(Debug, Default)]
struct Branch {
    action: Option<Action>,
    next: Vec<(Chord, Branch)>,
}

/// The keys of all contexts.
#[derive(Debug)]
pub struct Keymap {
    contexts: BTreeMap<Context, Branch>,
}

impl Keymap {
    /// The default keys of all actions.
    pub fn defaults() -> &'static Keymap {
        static KEYMAP: std::sync::OnceLock<Keymap> = std::sync::OnceLock::new();
        KEYMAP.get_or_init(|| {
            let mut contexts: BTreeMap<Context, Branch> = BTreeMap::new();
            for info in ACTIONS {
                for (context, keys) in info
                    .keys
                    .iter()
                    .flat_map(|keys| info.contexts.iter().map(move |context| (*context, *keys)))
                {
                    let branch = contexts.entry(context).or_default();
                    insert(branch, &sequence(keys), info.action);
                }
            }
            Keymap { contexts }
        })
    }

    /// Where keys lead in the first of some contexts that knows them.
    pub fn find(&self, contexts: &[Context], keys: &[Chord]) -> Found {
        for context in contexts {
            let found = self.contexts.get(context).map(|branch| walk(branch, keys));
            if let Some(Some(branch)) = found {
                return match branch.action {
                    Some(action) => Found::Action(action),
                    None => Found::Prefix,
                };
            }
        }
        Found::Nothing
    }

    /// The keys that can follow a prefix, and where they lead.
    pub fn following(
        &self,
        contexts: &[Context],
        prefix: &[Chord],
    ) -> Vec<(Chord, Option<Action>)> {
        let mut all = Vec::new();
        for context in contexts {
            let branch = self
                .contexts
                .get(context)
                .and_then(|branch| walk(branch, prefix));
            for (chord, next) in branch
                .map(|branch| branch.next.as_slice())
                .unwrap_or_default()
            {
                all.push((*chord, next.action));
            }
        }
        all
    }
}

/// The keys of a sequence as it is written, with spaces between.
pub fn sequence(text: &str) -> Vec<Chord> {
    text.split(' ').filter_map(Chord::parse).collect()
}

fn insert(branch: &mut Branch, keys: &[Chord], action: Action) {
    let Some((first, rest)) = keys.split_first() else {
        branch.action = Some(action);
        return;
    };
    let known = branch.next.iter().position(|(chord, _)| chord == first);
    let at = known.unwrap_or_else(|| {
        branch.next.push((*first, Branch::default()));
        branch.next.len() - 1
    });
    if let Some((_, next)) = branch.next.get_mut(at) {
        insert(next, rest, action);
    }
}

fn walk<'b>(branch: &'b Branch, keys: &[Chord]) -> Option<&'b Branch> {
    let Some((first, rest)) = keys.split_first() else {
        return Some(branch);
    };
    let (_, next) = branch.next.iter().find(|(chord, _)| chord == first)?;
    walk(next, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_lead_to_actions() {
        let map = Keymap::defaults();
        let canvas = [Context::Canvas, Context::Global];
        assert_eq!(
            map.find(&canvas, &sequence("a")),
            Found::Action(Action::Add)
        );
        assert_eq!(map.find(&canvas, &sequence("=")), Found::Prefix);
        assert_eq!(
            map.find(&canvas, &sequence("= l")),
            Found::Action(Action::AlignLeft)
        );
        assert_eq!(map.find(&canvas, &sequence("= Q")), Found::Nothing);
        assert!(!map.following(&canvas, &sequence("=")).is_empty());
    }

    #[test]
    fn no_key_means_two_things_in_one_context_and_none_hides_another() {
        let mut seen: Vec<(Context, Vec<Chord>, Action)> = Vec::new();
        for info in ACTIONS {
            for keys in info.keys {
                let written = sequence(keys);
                assert_eq!(
                    written.len(),
                    keys.split(' ').count(),
                    "{keys} is read whole"
                );
                for context in info.contexts {
                    for (other, before, action) in &seen {
                        let clash = other == context
                            && (before.starts_with(&written) || written.starts_with(before));
                        assert!(!clash, "{keys} means {action:?} and {:?}", info.action);
                    }
                    seen.push((*context, written.clone(), info.action));
                }
            }
        }
    }
}
