//! Quantities as they are read and printed.

use proptest::prelude::*;

use super::*;

#[test]
fn durations_are_read_as_people_write_them() {
    for (text, ns) in [
        ("250ms", 250_000_000),
        ("1.5s", 1_500_000_000),
        ("1m30s", 90_000_000_000),
        ("1m 30s", 90_000_000_000),
        ("2h", 7_200_000_000_000),
        ("10 us", 10_000),
        ("10µs", 10_000),
        (".5ms", 500_000),
        ("0", 0),
        ("0s", 0),
        ("1_000ms", 1_000_000_000),
        ("365d", Nanos::MAX.0),
    ] {
        assert_eq!(text.parse::<Nanos>(), Ok(Nanos(ns)), "{text}");
    }
}

#[test]
fn bad_durations_say_what_was_expected() {
    for text in [
        "",
        "5",
        "ms",
        "5 parsecs",
        "1s1s",
        "1s2m",
        "1..5s",
        "1.2.3s",
        "NaN",
        "inf",
        "1e9s",
    ] {
        let message = text.parse::<Nanos>().unwrap_err().0;
        assert!(message.contains("\"250ms\""), "{text}: {message}");
    }
    assert!(
        "-5ms"
            .parse::<Nanos>()
            .unwrap_err()
            .0
            .contains("cannot be negative")
    );
    assert!(
        "366d"
            .parse::<Nanos>()
            .unwrap_err()
            .0
            .contains("at most 365d")
    );
    let digits = "9".repeat(1000);
    assert!(format!("{digits}s").parse::<Nanos>().is_err());
}

#[test]
fn other_quantities_are_read() {
    assert_eq!("20k/s".parse(), Ok(Rate(20_000.0)));
    assert_eq!("1.5M/s".parse(), Ok(Rate(1_500_000.0)));
    assert_eq!("300/m".parse(), Ok(Rate(5.0)));
    assert_eq!("36/h".parse(), Ok(Rate(0.01)));
    assert_eq!("99.9%".parse(), Ok(Ratio(0.999)));
    assert_eq!("0.5".parse(), Ok(Ratio(0.5)));
    assert_eq!("64KiB".parse(), Ok(Bytes(65_536)));
    assert_eq!("1.5kB".parse(), Ok(Bytes(1_500)));
    assert_eq!("1Gbit/s".parse(), Ok(Bandwidth(1.25e8)));
    assert_eq!("100MB/s".parse(), Ok(Bandwidth(1e8)));
    assert_eq!("$0.12/h".parse(), Ok(Money(0.12)));
    assert_eq!("$73/month".parse(), Ok(Money(0.1)));
    assert_eq!("1.5M".parse(), Ok(Count(1.5e6)));
}

#[test]
fn limits_and_signs_are_checked() {
    assert!("2G/s".parse::<Rate>().is_err());
    assert!("120".parse::<Rate>().unwrap_err().0.contains("\"120/s\""));
    assert!("101%".parse::<Ratio>().unwrap_err().0.contains("100%"));
    assert!("-1%".parse::<Ratio>().is_err());
    assert!("0Gbit/s".parse::<Bandwidth>().is_err());
    assert!("0.12/h".parse::<Money>().is_err());
    assert!("2000TB".parse::<Bytes>().is_err());
}

#[test]
fn quantities_print_in_their_shortest_form() {
    for (ns, text) in [
        (90_000_000_000, "90s"),
        (120_000_000_000, "2m"),
        (1_500_000, "1.5ms"),
        (1, "1ns"),
    ] {
        assert_eq!(Nanos(ns).to_string(), text);
    }
    assert_eq!(Rate(20_000.0).to_string(), "20k/s");
    assert_eq!(Rate(120.0).to_string(), "120/s");
    assert_eq!(Ratio(0.07).to_string(), "7%");
    assert_eq!(Bytes(65_536).to_string(), "64KiB");
    assert_eq!(Bandwidth(1e8).to_string(), "100MB/s");
    assert_eq!(Money(0.12).to_string(), "$0.12/h");
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(ns in 0..=Nanos::MAX.0, bytes in 0..=Bytes::MAX.0, real in 1e-9..1e9f64, share in 0.0..=1.0f64) {
        prop_assert_eq!(Nanos(ns).to_string().parse(), Ok(Nanos(ns)));
        prop_assert_eq!(Bytes(bytes).to_string().parse(), Ok(Bytes(bytes)));
        prop_assert_eq!(Money(real / 1e3).to_string().parse(), Ok(Money(real / 1e3)));
        prop_assert!((Rate(real).to_string().parse::<Rate>().unwrap().0 / real - 1.0).abs() < 1e-12);
        prop_assert!((Ratio(share).to_string().parse::<Ratio>().unwrap().0 - share).abs() < 1e-12);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,30}") {
        let _ = (text.parse::<Nanos>(), text.parse::<Rate>(), text.parse::<Ratio>(), text.parse::<Bytes>());
        let _ = (text.parse::<Bandwidth>(), text.parse::<Money>(), text.parse::<Count>());
    }
}
