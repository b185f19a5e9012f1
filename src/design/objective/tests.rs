//! Objectives, sound and unsound.

use super::*;

#[test]
fn objectives_are_understood() {
    let parsed = parse("p99(POST /orders) < 250ms").unwrap();
    assert_eq!(parsed.measure, Measure::P99);
    assert_eq!(parsed.subject, Subject::Endpoint("POST /orders".into()));
    assert_eq!(
        (parsed.comparison, parsed.bound),
        (Comparison::Below, Bound::Seconds(0.25))
    );
    let parsed =
        parse("goodput(shoppers -> edge/GET /a/{id}) >= 99% of offered after orders-db slow")
            .unwrap_err();
    assert!(
        parsed.message.contains("99% of offered after"),
        "{parsed:?}"
    );
    let parsed =
        parse("goodput(shoppers -> edge/GET /a/{id}) after orders-db slow >= 99% of offered")
            .unwrap();
    assert_eq!(
        parsed.subject,
        Subject::Path {
            client: "shoppers".into(),
            node: "edge".into(),
            endpoint: "GET /a/{id}".into()
        }
    );
    assert_eq!(parsed.when, When::After("orders-db slow".into()));
    assert_eq!(parsed.bound, Bound::ShareOfOffered(0.99));
    assert_eq!(
        parse("throughput(*)>100/s").unwrap().bound,
        Bound::PerSecond(100.0)
    );
    assert_eq!(
        parse("duplicate_effects = 0").unwrap().bound,
        Bound::Number(0.0)
    );
    assert_eq!(
        parse("cost_per_hour < $2.50").unwrap().bound,
        Bound::Dollars(2.5)
    );
    assert_eq!(parse("failed(a) <= 1%").unwrap().bound, Bound::Share(0.01));
    assert_eq!(
        parse("recovery(api crash) < 60s").unwrap().subject,
        Subject::Fault("api crash".into())
    );
    assert_eq!(
        parse(" oldest( q ) < 30s ").unwrap().subject,
        Subject::Node("q".into())
    );
}

#[test]
fn mistakes_are_marked_and_explained() {
    for (text, marked, message) in [
        ("p98(a) < 1s", "p98", "unknown measure"),
        ("", "", "a measure is missing"),
        ("p99 < 1s", "p99", "of what?"),
        ("p99(a < 1s", "(", "never closed"),
        ("p99(a)", "", "a comparison is missing"),
        ("p99(a) < 5", "5", "not a duration"),
        ("p99(a) < ", "", "not a duration"),
        ("p99(a) whenever b < 1s", "whenever b", "unexpected"),
        ("p99(a) during < 1s", "during", "which fault"),
        ("stale_reads(a) = 0", "stale_reads(a)", "whole run"),
        ("utilization(a) < 180%", "180%", "at most 100%"),
        ("cost_per_hour < 2", "2", "not an amount"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(&text[error.start..error.end], marked, "{text}");
        assert!(error.message.contains(message), "{text}: {}", error.message);
        assert!(!error.expected.is_empty(), "{text}");
    }
    assert_eq!(
        parse("utilisation(a) < 1%").unwrap_err().help.unwrap(),
        "did you mean `utilization`?"
    );
}

#[test]
fn every_measure_stands_in_the_table_once() {
    for info in MEASURES {
        assert_eq!(info.measure.info().name, info.name);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "[a-z0-9(<>=%$ ]{0,40}|\\PC{0,30}") {
        let parsed = parse(&text);
        if let Err(error) = parsed {
            proptest::prop_assert!(text.get(error.start..error.end).is_some(), "{:?}", error);
        }
    }
}
