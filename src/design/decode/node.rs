//! How a node is read: a kind by name, what every node has, what the kind adds; a preset below
//! what the file says, and the defaults of the kind below that.

use std::sync::OnceLock;

use super::{Decode, DecodeFields, Decoder, Fields};
use crate::design::Node;
use crate::design::describe::Type;
use crate::design::diagnostic::{Diagnostic, suggest};
use crate::design::model::{Common, Kind};
use crate::design::syntax::{Data, Value, parse};

/// What a kind has by default where that differs from the declaration of its fields.
const KIND_DEFAULTS: [(&str, &str); 4] = [
    ("Service", "(workers: 16, work: \"1ms\")"),
    ("Cache", "(workers: 1, work: \"0.05ms\")"),
    ("Database", "(cores: 2, work: \"1ms\")"),
    ("Worker", "(workers: 1, work: \"10ms\")"),
];

/// The defaults of a kind, as text; empty parentheses if it has none of its own.
pub(crate) fn kind_defaults_text(kind: &str) -> &'static str {
    KIND_DEFAULTS
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or("()", |(_, text)| text)
}

fn kind_defaults(kind: &str) -> Option<&'static Value> {
    static VALUES: OnceLock<Vec<(&'static str, Value)>> = OnceLock::new();
    let values = VALUES.get_or_init(|| {
        let parsed = KIND_DEFAULTS.iter().map(|(kind, text)| {
            (
                *kind,
                parse(text, u32::MAX)
                    .value
                    .expect("the table above holds RON"),
            )
        });
        parsed.collect()
    });
    values
        .iter()
        .find(|(name, _)| *name == kind)
        .map(|(_, value)| value)
}

impl Decode for Node {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Node> {
        let before = cx.errors.len();
        let names = || Kind::ALL.iter().map(|kind| kind.name);
        let Some(name) = value.name() else {
            let kinds = names().collect::<Vec<_>>().join(", ");
            cx.mismatch(
                value,
                &format!("a kind with its fields, such as `Service(replicas: 2)`; kinds: {kinds}"),
            );
            return None;
        };
        if !names().any(|known| known == name) {
            let message = format!("unknown kind of node `{name}`");
            let mut error = Diagnostic::error(value.name_span(), message).label("expected a kind");
            error.help = suggest(name, names());
            cx.report(error);
            return None;
        }
        let Some(mut fields) = Fields::of_struct(value, cx) else {
            cx.mismatch(value, &format!("named fields: `{name}(replicas: 2)`"));
            return None;
        };
        add_preset(name, &mut fields, cx);
        if let Some(defaults) = kind_defaults(name) {
            fields.add_defaults("", defaults, cx);
        }
        let common = Common::decode_fields(&mut fields, cx);
        let kind = Kind::decode_fields(name, &mut fields, cx);
        fields.finish(name, cx);
        let node = Node {
            common: common?,
            kind: kind?,
        };
        cx.check_rules(value, Type::Node, &node, before);
        Some(node)
    }

    fn describe() -> Type {
        Type::Node
    }
}

fn add_preset<'v, 'a: 'v>(kind: &str, fields: &mut Fields<'v>, cx: &mut Decoder<'a>) {
    let Some(written) = fields.written("preset").map(Value::bare) else {
        return;
    };
    let Data::Text(name) = &written.data else {
        return;
    };
    let presets = cx.presets;
    let Some(preset) = presets.get(name) else {
        let message = format!("the catalogue has no preset \"{name}\"");
        let mut error = Diagnostic::error(written.span, message).label("unknown preset");
        let of_kind = presets.iter().filter(|(_, preset)| preset.kind == kind);
        error.help = suggest(name, of_kind.map(|(name, _)| name.as_str()));
        cx.report(error);
        return;
    };
    if preset.kind != kind {
        let message = format!(
            "the preset \"{name}\" is a {}, but this is a {kind}",
            preset.kind
        );
        let error = Diagnostic::error(written.span, message);
        cx.report(error.label(format!("expected a preset of a {kind}")));
        return;
    }
    fields.add_defaults(name, &preset.values, cx);
}
