//! The syntax against the `ron` crate, on probes and on random documents.

use proptest::prelude::*;

use super::*;

/// What the `ron` crate makes of a text, in the form of [`model_of`].
fn oracle(text: &str) -> Option<String> {
    let value: ron::Value = ron::from_str(text).ok()?;
    Some(oracle_text(&value))
}

fn oracle_text(value: &ron::Value) -> String {
    use ron::Value as V;
    match value {
        V::Bool(value) => value.to_string(),
        V::Char(c) => format!("{c:?}"),
        V::String(text) => format!("{text:?}"),
        V::Bytes(bytes) => format!("{bytes:?}"),
        V::Unit => "()".to_owned(),
        V::Option(None) => "None".to_owned(),
        V::Option(Some(inner)) => oracle_text(inner),
        V::Number(number) => format!("{}", number.into_f64()),
        V::Seq(items) => format!(
            "[{}]",
            items.iter().map(oracle_text).collect::<Vec<_>>().join(",")
        ),
        V::Map(map) => {
            let mut all: Vec<String> = map
                .iter()
                .map(|(k, v)| format!("{}:{}", oracle_text(k), oracle_text(v)))
                .collect();
            all.sort();
            all.dedup();
            format!("{{{}}}", all.join(","))
        }
    }
}

/// The same of a tree: names of structs do not count, fields are entries of a map, tuples are lists.
fn model_of(value: &Value) -> String {
    match &value.data {
        Data::Bool(value) => value.to_string(),
        Data::Char(c) => format!("{c:?}"),
        Data::Text(text) => format!("{text:?}"),
        Data::Bytes(bytes) => format!("{bytes:?}"),
        Data::Name(name) if name == "None" => "None".to_owned(),
        Data::Name(_) => "()".to_owned(),
        Data::Number(number) => format!("{}", number.as_f64()),
        Data::Tuple(Some(word), items) if word.text == "Some" => model_of(&items[0]),
        Data::Tuple(_, items) if items.is_empty() => "()".to_owned(),
        Data::List(items) | Data::Tuple(_, items) => {
            format!(
                "[{}]",
                items.iter().map(model_of).collect::<Vec<_>>().join(",")
            )
        }
        Data::Struct(_, fields) => sorted(
            fields
                .iter()
                .map(|(k, v)| format!("{:?}:{}", k.text, model_of(v))),
        ),
        Data::Map(entries) => sorted(
            entries
                .iter()
                .map(|(k, v)| format!("{}:{}", model_of(k), model_of(v))),
        ),
        Data::Broken => "broken".to_owned(),
    }
}

fn sorted(entries: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = entries.collect();
    all.sort();
    all.dedup();
    format!("{{{}}}", all.join(","))
}

/// Texts on which we must agree with `ron` about what they mean, or that they mean nothing.
const PROBES: &[&str] = &[
    "1",
    "-1",
    "+1",
    "1_000",
    "0xFF",
    "0b1010",
    "0o17",
    "1.5",
    "-1.5e3",
    ".5",
    "5.",
    "1e5",
    "1E-5",
    "1u8",
    "300i64",
    "1.5f32",
    "0x1F_F",
    "inf",
    "-inf",
    "true",
    "false",
    "'a'",
    "'\\n'",
    "'\\u{41}'",
    "'\\''",
    "\"\"",
    "\"a\\\"b\"",
    "\"\\u{1F600}\"",
    "\"\\x41\"",
    "\"line\nbreak\"",
    "r\"raw\\\"",
    "r#\"a \" b\"#",
    "r##\"a \"# b\"##",
    "b\"bytes\"",
    "b\"\\xff\"",
    "br\"raw\"",
    "b'a'",
    "()",
    "(1,)",
    "(1, 2)",
    "(1, 2,)",
    "(a: 1)",
    "(a: 1,)",
    "( a : 1 , b : \"x\" )",
    "[]",
    "[1]",
    "[1, 2,]",
    "{}",
    "{\"a\": 1}",
    "{\"a\": 1,}",
    "{1: 2, 3: 4}",
    "None",
    "Some(1)",
    "Some(Some(1))",
    "/* c */ 1",
    "1 // c",
    "// c\n1",
    "/* a /* b */ c */ 1",
    "[/* a */ 1 /* b */, // c\n 2]",
    "(r#type: 1)",
    "(a: (b: [(c: {\"d\": None})]))",
    "\u{FEFF}",
    "",
    "   ",
    "(",
    ")",
    "[1",
    "[1 2]",
    "(a 1)",
    "(a: )",
    "{\"a\" 1}",
    "{\"a\": }",
    "\"open",
    "'ab'",
    "/* open",
    "1 2",
    "(a: 1))",
    "[,]",
    "[1,,2]",
    "0x",
    "1__0",
    "_1",
    "\"\\q\"",
    "\"\\u{110000}\"",
    "#![enable(implicit_some)]\n(a: 1)",
    "#![enable(implicit_some, unwrap_newtypes)] 1",
    "#![enable(nonsense)] 1",
    "#![enable(implicit_some)",
    "@",
    "a b",
    "-",
    "--1",
    "1.2.3",
    "[1; 2]",
    "<a>",
];

/// Where we differ on purpose: we keep whole numbers beyond 64 bits as floats, and a byte order mark
/// is skipped rather than reported at a place that nobody sees.
const DIFFERENT: &[&str] = &[];

#[test]
fn probes_mean_what_ron_says_they_mean() {
    let mut wrong = Vec::new();
    for text in PROBES.iter().filter(|text| !DIFFERENT.contains(text)) {
        let parsed = parse(text, 0);
        let ours = parsed
            .value
            .as_ref()
            .filter(|_| parsed.errors.is_empty())
            .map(model_of);
        let theirs = oracle(text);
        if ours != theirs {
            wrong.push(format!("{text:?}: ours {ours:?}, ron {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn errors(text: &str) -> Vec<String> {
    parse(text, 0)
        .errors
        .into_iter()
        .map(|error| error.message)
        .collect()
}

#[test]
fn several_mistakes_are_found_in_one_pass() {
    let found = errors("(a: , b: [1 2], c: 0xZ, d: {\"k\" 1}, e: @, f: 1)");
    assert!(found.len() >= 5, "{found:#?}");
    let parsed = parse("(a: , f: 1)", 0);
    let Some(Data::Struct(_, fields)) = parsed.value.map(|value| value.data) else {
        panic!()
    };
    assert_eq!(fields.len(), 2);
}

#[test]
fn brackets_are_named_where_they_are_wrong() {
    assert_eq!(errors("(a: [1, 2)"), ["`)` does not close `[`"]);
    assert_eq!(errors("(a: 1"), ["`(` is never closed"]);
    assert_eq!(errors("(a: \"open)"), ["this text never ends"]);
    assert_eq!(errors(""), ["the document is empty"]);
}

#[test]
fn deep_nesting_ends_at_once_and_cleanly() {
    for open in ["(", "[", "{", "a(", "(a: ", "{\"a\": ", "Some(", "[1, ["] {
        let text = open.repeat(100_000);
        let found = errors(&text);
        assert_eq!(found, ["brackets are nested more than 128 deep"], "{open}");
    }
    assert!(!errors(&"]".repeat(100_000)).is_empty());
    let comment = format!("{}{}1", "/*".repeat(100_000), "*/".repeat(100_000));
    assert!(errors(&comment).is_empty());
    let deepest = format!("{}{}", "[".repeat(DEPTH_MAX), "]".repeat(DEPTH_MAX));
    assert!(errors(&deepest).is_empty());
}

#[test]
fn files_that_cannot_be_designs_are_refused_with_a_reason() {
    let large = vec![b' '; BYTES_MAX + 1];
    assert!(check_bytes(&large).unwrap_err().contains("at most 16 MiB"));
    assert!(
        check_bytes(b"\x7fELF\x02\x01\x01\x00\x00")
            .unwrap_err()
            .contains("binary file")
    );
    assert!(
        check_bytes(b"(\n\xff\xfe)")
            .unwrap_err()
            .contains("line 2 is not valid UTF-8")
    );
    assert_eq!(check_bytes("\u{FEFF}(a: 1)".as_bytes()), Ok("(a: 1)"));
}

#[test]
fn too_many_values_are_refused() {
    let text = format!("[{}]", "1,".repeat(VALUES_MAX + 10));
    assert!(errors(&text)[0].contains("more than 2000000 values"));
}

/// RON as it may be written: with comments, blanks, trailing commas.
fn ron_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(|n| n.to_string()),
        (0u32..99999).prop_map(|n| format!("{:?}", f64::from(n) / 64.0)),
        any::<bool>().prop_map(|b| b.to_string()),
        "[ -~]{0,8}".prop_map(|text| quote(&text)),
        "[a-z \"]{0,6}".prop_map(|text| format!("r##\"{text}\"##")),
        Just("None".to_owned()),
        Just("()".to_owned()),
        Just("0xff_u8".to_owned()),
        Just("'x'".to_owned()),
    ];
    let gap = prop_oneof![
        Just(""),
        Just(" "),
        Just("\n  "),
        Just(" /* c */ "),
        Just(" // c\n"),
        Just("\r\n")
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        let item =
            (gap.clone(), inner, gap.clone()).prop_map(|(a, value, b)| format!("{a}{value}{b}"));
        let comma = any::<bool>().prop_map(|comma| if comma { "," } else { "" });
        let items = (prop::collection::vec(item.clone(), 1..5), comma);
        prop_oneof![
            items
                .clone()
                .prop_map(|(items, comma)| format!("[{}{comma}]", items.join(","))),
            items
                .clone()
                .prop_map(|(items, _)| format!("({},)", items.join(","))),
            items.clone().prop_map(|(items, comma)| {
                let fields = items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| format!(" f{i} :{item}"));
                format!("({}{comma})", fields.collect::<Vec<_>>().join(","))
            }),
            items.prop_map(|(items, comma)| {
                let entries = items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| format!("\"k{i}\":{item}"));
                format!("{{{}{comma}}}", entries.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_means_what_ron_says(text in ron_text()) {
        let parsed = parse(&text, 0);
        prop_assert!(parsed.errors.is_empty(), "{} {:?}", text, parsed.errors);
        prop_assert_eq!(Some(model_of(&parsed.value.unwrap())), oracle(&text));
    }

    #[test]
    fn tokens_are_the_text_and_printing_keeps_the_meaning(text in ron_text()) {
        let joined: String = Lexer::new(&text).map(|token| &text[token.start..token.end]).collect();
        prop_assert_eq!(&joined, &text);
        let value = parse(&text, 0).value.unwrap();
        let printed = print(&value);
        let again = parse(&printed, 0);
        prop_assert!(again.errors.is_empty());
        prop_assert_eq!(print(&again.value.unwrap()), printed);
    }

    #[test]
    fn formatting_keeps_meaning_and_comments_and_is_stable(text in ron_text()) {
        let formatted = crate::design::fmt::format(&text).unwrap();
        let (before, after) = (parse(&text, 0).value.unwrap(), parse(&formatted, 0));
        prop_assert!(after.errors.is_empty(), "{}", formatted);
        prop_assert_eq!(print(&before), print(&after.value.unwrap()));
        let comments = |text: &str| Lexer::new(text).filter(|token| token.is_trivia() && text[token.start..].starts_with('/')).count();
        prop_assert_eq!(comments(&text), comments(&formatted), "{}\n{}", text, formatted);
        prop_assert_eq!(crate::design::fmt::format(&formatted).unwrap(), formatted);
    }

    #[test]
    fn any_text_is_read_without_harm(text in "\\PC{0,60}") {
        let joined: String = Lexer::new(&text).map(|token| &text[token.start..token.end]).collect();
        prop_assert_eq!(&joined, &text);
        let parsed = parse(&text, 0);
        if parsed.value.is_some() && parsed.errors.is_empty() {
            prop_assert!(crate::design::fmt::format(&text).is_ok());
        }
    }

    #[test]
    fn broken_documents_are_read_without_harm(text in ron_text(), cut in 0usize..200, c in "[\\[\\](){},:\"'/*#]") {
        let at = text.floor_char_boundary(cut.min(text.len()));
        let broken = format!("{}{c}{}", &text[..at], &text[at..]);
        let parsed = parse(&broken, 0);
        if let Some(theirs) = oracle(&broken) {
            prop_assert!(parsed.errors.is_empty(), "{} {:?}", broken, parsed.errors);
            prop_assert_eq!(model_of(&parsed.value.unwrap()), theirs);
        }
        let _ = parse(&text[..at], 0);
    }
}
