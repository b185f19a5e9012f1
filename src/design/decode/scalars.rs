//! How the simple types are read: numbers, texts, quantities, lists, maps.

use std::str::FromStr;

use super::{Decode, Decoder, Segment};
use crate::design::describe::{Type, Unit};
use crate::design::diagnostic::Diagnostic;
use crate::design::model::{CountDist, Dist, Objective, Point, SizeDist, Step, Steps, TimeDist};
use crate::design::objective;
use crate::design::syntax::{Data, Number, Value, print};
use crate::design::{Named, Quantity, Raw, Tree};
use crate::units::{Bandwidth, Bytes, Count, Money, Nanos, Rate, Ratio, UnitError};

impl Decode for bool {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<bool> {
        if let Data::Bool(value) = value.data {
            return Some(value);
        }
        cx.mismatch(value, &Self::describe().wanted());
        None
    }

    fn describe() -> Type {
        Type::Bool
    }
}

impl Decode for String {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<String> {
        if let Data::Text(text) = &value.data {
            return Some(text.clone());
        }
        cx.mismatch(value, &Self::describe().wanted());
        if let (Data::Name(name), Some(error)) = (&value.data, cx.errors.last_mut()) {
            error.help = Some(format!("write it in quotes: \"{name}\""));
        }
        None
    }

    fn describe() -> Type {
        Type::Text
    }
}

/// Reports what a text of a quantity got wrong.
fn report_unit(value: &Value, error: &UnitError, cx: &mut Decoder<'_>) {
    cx.report(Diagnostic::error(value.span, error.0.clone()));
}

/// Reads a quantity from a text.
fn from_text<T: FromStr<Err = UnitError>>(
    text: &str,
    value: &Value,
    cx: &mut Decoder<'_>,
) -> Option<T> {
    text.parse()
        .map_err(|error| report_unit(value, &error, cx))
        .ok()
}

/// A finite number that is not negative; anything else is reported.
fn plain(number: Number, value: &Value, cx: &mut Decoder<'_>) -> Option<f64> {
    let real = number.as_f64();
    let problem = if real.is_nan() {
        "NaN is not a number that can be simulated"
    } else if real < 0.0 {
        "a negative number has no meaning here"
    } else if real > Count::MAX.0 {
        "the number is too large; at most 1,000,000,000,000,000 can be given"
    } else {
        return Some(real);
    };
    cx.report(Diagnostic::error(value.span, problem).label("expected a number from 0 up"));
    None
}

/// A whole number within bounds.
fn whole(value: &Value, min: i64, max: u64, cx: &mut Decoder<'_>) -> Option<i128> {
    let wanted = Type::Whole { min, max }.wanted();
    let number = match &value.data {
        Data::Number(Number::Whole {
            negative,
            magnitude,
        }) => {
            let magnitude = i128::from(*magnitude);
            if *negative { -magnitude } else { magnitude }
        }
        // `1e6` and `4.0` are whole numbers too, written otherwise.
        Data::Number(Number::Real(real)) if real.fract().abs() <= 0.0 && real.abs() <= 1e15 => {
            *real as i128
        }
        Data::Number(_) => {
            let error = Diagnostic::error(value.span, "this must be a whole number");
            cx.report(error.label(format!("expected {wanted}")));
            return None;
        }
        Data::Text(text) => {
            let Count(count) = from_text(text, value, cx)?;
            if count.fract().abs() > 0.0 {
                let error = Diagnostic::error(value.span, "this must be a whole number");
                cx.report(error.label(format!("expected {wanted}")));
                return None;
            }
            count as i128
        }
        _ => {
            cx.mismatch(value, &wanted);
            return None;
        }
    };
    if number < i128::from(min) || number > i128::from(max) {
        let message = match (number < 0, min < 0) {
            (true, false) => format!("{number} is negative"),
            _ => format!("{number} is out of range"),
        };
        let error = Diagnostic::error(value.span, message);
        cx.report(error.label(format!("expected a whole number from {min} to {max}")));
        return None;
    }
    Some(number)
}

macro_rules! whole_number {
    ($ty:ty, $min:expr, $max:expr) => {
        impl Decode for $ty {
            fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<$ty> {
                whole(value, $min, $max, cx).and_then(|number| <$ty>::try_from(number).ok())
            }

            fn describe() -> Type {
                Type::Whole {
                    min: $min,
                    max: $max,
                }
            }
        }
    };
}

/// Cells of the canvas in each direction from its origin.
const CANVAS_MAX: u64 = 1_000_000;

whole_number!(u32, 0, u64::from(u32::MAX));
whole_number!(u64, 0, u64::MAX);
whole_number!(i32, -(CANVAS_MAX as i64), CANVAS_MAX);

impl Decode for f64 {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<f64> {
        match &value.data {
            Data::Number(number) => plain(*number, value, cx),
            Data::Text(text) => from_text::<Count>(text, value, cx).map(|count| count.0),
            _ => {
                cx.mismatch(value, &Self::describe().wanted());
                None
            }
        }
    }

    fn describe() -> Type {
        Type::Real
    }
}

/// A quantity that is written as a text; `0` needs no unit.
fn quantity<T: FromStr<Err = UnitError>>(
    value: &Value,
    ty: Type,
    zero: T,
    cx: &mut Decoder<'_>,
) -> Option<T> {
    match &value.data {
        Data::Text(text) => from_text(text, value, cx),
        Data::Number(number) => {
            let real = plain(*number, value, cx)?;
            if real > 0.0 {
                let message = "a bare number has no unit";
                let error = Diagnostic::error(value.span, message);
                cx.report(error.label(format!("expected {}", ty.wanted())));
                return None;
            }
            Some(zero)
        }
        _ => {
            cx.mismatch(value, &ty.wanted());
            None
        }
    }
}

macro_rules! unit_quantity {
    ($ty:ty, $description:expr, $zero:expr) => {
        impl Decode for $ty {
            fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<$ty> {
                quantity(value, $description, $zero, cx)
            }

            fn describe() -> Type {
                $description
            }
        }
    };
}

unit_quantity!(Nanos, Type::Duration, Nanos(0));
unit_quantity!(Rate, Type::Rate, Rate(0.0));
unit_quantity!(Money, Type::Price, Money(0.0));

impl Decode for Bandwidth {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Bandwidth> {
        if let Data::Text(text) = &value.data {
            from_text(text, value, cx)
        } else {
            cx.mismatch(value, &Self::describe().wanted());
            None
        }
    }

    fn describe() -> Type {
        Type::Bandwidth
    }
}

impl Decode for Ratio {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Ratio> {
        match &value.data {
            Data::Text(text) => from_text(text, value, cx),
            Data::Number(number) => {
                let share = plain(*number, value, cx)?;
                if share > 1.0 {
                    let error = Diagnostic::error(value.span, "a share is at most 1, or \"100%\"");
                    cx.report(error.label("expected a share such as \"5%\" or 0.05"));
                    return None;
                }
                Some(Ratio(share))
            }
            _ => {
                cx.mismatch(value, &Self::describe().wanted());
                None
            }
        }
    }

    fn describe() -> Type {
        Type::Share
    }
}

impl Decode for Bytes {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Bytes> {
        match &value.data {
            Data::Text(text) => from_text(text, value, cx),
            Data::Number(_) => u64::decode(value, cx).map(Bytes).filter(|bytes| {
                let fits = *bytes <= Bytes::MAX;
                if !fits {
                    report_unit(
                        value,
                        &UnitError("a size can be at most 1000TB".to_owned()),
                        cx,
                    );
                }
                fits
            }),
            _ => {
                cx.mismatch(value, &Self::describe().wanted());
                None
            }
        }
    }

    fn describe() -> Type {
        Type::Size
    }
}

impl Decode for Quantity {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Quantity> {
        let number = match (cx.unit, &value.data) {
            (Unit::Time, _) => Nanos::decode(value, cx)?.as_secs(),
            (Unit::Size, _) => Bytes::decode(value, cx)?.0 as f64,
            (Unit::Shape, Data::Text(text)) => match text.parse::<Nanos>() {
                Ok(time) => time.as_secs(),
                Err(_) => f64::decode(value, cx)?,
            },
            (Unit::Count | Unit::Shape, _) => f64::decode(value, cx)?,
        };
        Some(Quantity(number))
    }

    fn describe() -> Type {
        Type::Quantity
    }
}

macro_rules! distribution {
    ($ty:ident, $unit:expr) => {
        impl Decode for $ty {
            fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<$ty> {
                cx.with_unit($unit, |cx| Dist::decode(value, cx)).map($ty)
            }

            fn describe() -> Type {
                Type::Distribution($unit)
            }
        }
    };
}

distribution!(TimeDist, Unit::Time);
distribution!(CountDist, Unit::Count);
distribution!(SizeDist, Unit::Size);

impl<T: Decode> Decode for Option<T> {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Option<T>> {
        match &value.data {
            Data::Name(name) if name == "None" => Some(None),
            Data::Tuple(Some(word), items) if word.text == "Some" => {
                if let [inner] = items.as_slice() {
                    cx.decode(inner).map(Some)
                } else {
                    cx.mismatch(value, "one value: `Some(value)`");
                    None
                }
            }
            _ => T::decode(value, cx).map(Some),
        }
    }

    fn describe() -> Type {
        Type::Optional(T::describe)
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Box<T>> {
        T::decode(value, cx).map(Box::new)
    }

    fn describe() -> Type {
        T::describe()
    }
}

/// The values of a list that could be read.
fn items<T: Decode>(values: &[Value], cx: &mut Decoder<'_>) -> Vec<T> {
    let each = values.iter().enumerate();
    each.filter_map(|(index, value)| cx.within(Segment::Index(index), |cx| cx.decode(value)))
        .collect()
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Vec<T>> {
        if let Data::List(values) = &value.data {
            return Some(items(values, cx));
        }
        cx.mismatch(value, &Self::describe().wanted());
        None
    }

    fn describe() -> Type {
        Type::List(T::describe)
    }
}

impl Decode for Steps {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Steps> {
        match &value.data {
            Data::List(values) => Some(Steps(items(values, cx))),
            _ => Step::decode(value, cx).map(|step| Steps(vec![step])),
        }
    }

    fn describe() -> Type {
        Type::OneOrMore(Step::describe)
    }
}

impl<T: Decode> Decode for Named<T> {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Named<T>> {
        let Data::Map(entries) = &value.data else {
            cx.mismatch(value, &Self::describe().wanted());
            return None;
        };
        let mut named: Vec<(String, T)> = Vec::with_capacity(entries.len());
        let mut seen = std::collections::BTreeMap::new();
        for (key, value) in entries {
            let Data::Text(name) = &key.data else {
                cx.mismatch(key, "a name in quotes");
                continue;
            };
            if let Some(first) = seen.insert(name.as_str(), key.span) {
                let error = Diagnostic::error(key.span, format!("\"{name}\" is given twice"));
                cx.report(error.label("a second time").also(first, "the first time"));
                continue;
            }
            let decoded = cx.within(Segment::Key(name.clone()), |cx| {
                let decoded = cx.decode(value);
                if decoded.is_none() {
                    let path = cx.path();
                    cx.broken.push(path);
                }
                decoded
            });
            named.extend(decoded.map(|decoded| (name.clone(), decoded)));
        }
        Some(Named(named))
    }

    fn describe() -> Type {
        Type::Map(T::describe)
    }
}

macro_rules! tuple {
    ($count:literal, $($ty:ident $index:tt),*) => {
        impl<$($ty: Decode),*> Decode for ($($ty,)*) {
            fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Self> {
                match &value.data {
                    Data::Tuple(None, items) if items.len() == $count => {
                        let parts = ($(
                            cx.within(Segment::Index($index), |cx| cx.decode::<$ty>(&items[$index])),
                        )*);
                        Some(($(parts.$index?,)*))
                    }
                    _ => {
                        cx.mismatch(value, &Self::describe().wanted());
                        None
                    }
                }
            }

            fn describe() -> Type {
                Type::Tuple(&[$($ty::describe),*])
            }
        }
    };
}

tuple!(2, A 0, B 1);
tuple!(3, A 0, B 1, C 2);

impl Decode for Point {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Point> {
        <(i32, i32)>::decode(value, cx).map(|(column, row)| Point(column, row))
    }

    fn describe() -> Type {
        <(i32, i32)>::describe()
    }
}

impl Decode for Raw {
    fn decode(value: &Value, _: &mut Decoder<'_>) -> Option<Raw> {
        Some(Raw(print(value)))
    }

    fn describe() -> Type {
        Type::Any
    }
}

impl Decode for Tree {
    fn decode(value: &Value, _: &mut Decoder<'_>) -> Option<Tree> {
        Some(Tree(value.clone()))
    }

    fn describe() -> Type {
        Type::Any
    }
}

impl Decode for Objective {
    fn decode(value: &Value, cx: &mut Decoder<'_>) -> Option<Objective> {
        let text = String::decode(value, cx)?;
        if let Err(error) = objective::parse(&text) {
            let mut span = value.span;
            // Where the text has no escapes, its bytes stand one after the quote.
            if (span.end - span.start) as usize == text.len() + 2 {
                span.end = span.start + 1 + error.end as u32;
                span.start += 1 + error.start as u32;
            }
            let mut report = Diagnostic::error(span, error.message).label(error.expected);
            report.help = error.help;
            cx.report(report);
        }
        Some(Objective { text })
    }

    fn describe() -> Type {
        Type::Objective
    }
}
