//! What a sweep goes over: `nodes/api/replicas=1..8`, `nodes/api/work=5ms,10ms,20ms`,
//! `wires/api -> db/pool=1..1000 log 7`, `nodes/users/traffic/0/rate=100/s..500/s step 50/s`.

use serde::Serialize;

/// Most values of one axis.
const VALUES_MAX: usize = 1_000;

/// A path of the file and the values that it takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Axis {
    /// The path.
    pub path: String,
    /// The values, as they would be written in the file.
    pub values: Vec<String>,
    /// They grow by a factor: a plot should have a logarithmic scale.
    pub logarithmic: bool,
}

/// Why a text is no axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AxisError(pub String);

impl std::fmt::Display for AxisError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for AxisError {}

impl std::str::FromStr for Axis {
    type Err = AxisError;

    fn from_str(text: &str) -> Result<Self, AxisError> {
        let wrong = |message: String| Err(AxisError(message));
        let Some((path, values)) = text.split_once('=') else {
            return wrong("write it as PATH=VALUES, such as nodes/api/replicas=1..8".to_owned());
        };
        let (path, values) = (path.trim().to_owned(), values.trim());
        if path.is_empty() || values.is_empty() {
            return wrong("write it as PATH=VALUES, such as nodes/api/replicas=1..8".to_owned());
        }
        let Some((from, rest)) = values.split_once("..") else {
            return Ok(Self {
                path,
                values: list(values),
                logarithmic: false,
            });
        };
        let mut words = rest.split_whitespace();
        let to = words.next().unwrap_or_default();
        let (from, to) = (quantity(from)?, quantity(to)?);
        if from.1 != to.1 {
            let message = format!("both ends need the same unit: {values}");
            return wrong(message);
        }
        let unit = from.1;
        let (values, logarithmic) = match (words.next(), words.next(), words.next()) {
            (None, ..) => (stepped(from.0, to.0, 1.0)?, false),
            (Some("log"), Some(count), None) => (grown(from.0, to.0, count)?, true),
            (Some("step"), Some(step), None) => {
                let step = quantity(step)?;
                if step.1 != unit && !step.1.is_empty() {
                    let message = format!("the step needs the unit of the ends: {values}");
                    return wrong(message);
                }
                (stepped(from.0, to.0, step.0)?, false)
            }
            _ => {
                return wrong(format!(
                    "write a range as 1..8, as 1..8 step 0.5 or as 1..1000 log 7: {values}"
                ));
            }
        };
        Ok(Self {
            path,
            values: values
                .into_iter()
                .map(|value| format!("{}{unit}", written(value)))
                .collect(),
            logarithmic,
        })
    }
}

/// Values between commas that are not inside parentheses, brackets or quotes.
fn list(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let (mut depth, mut quoted) = (0_u32, false);
    for letter in text.chars() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if letter == ',' && depth == 0 && !quoted {
            values.push(String::new());
        } else if let Some(value) = values.last_mut() {
            value.push(letter);
        }
    }
    let trimmed = values.iter().map(|value| value.trim().to_owned());
    trimmed.filter(|value| !value.is_empty()).collect()
}

/// A number and its unit.
fn quantity(text: &str) -> Result<(f64, &str), AxisError> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !(letter.is_ascii_digit() || ".-+_".contains(letter)))
        .unwrap_or(text.len());
    let number = text[..end].replace('_', "").parse();
    match number {
        Ok(number) if f64::is_finite(number) => Ok((number, &text[end..])),
        _ => Err(AxisError(format!("{text:?} does not begin with a number"))),
    }
}

fn stepped(from: f64, to: f64, step: f64) -> Result<Vec<f64>, AxisError> {
    if step.is_nan() || step <= 0.0 || from > to {
        let message = "a range goes up, in steps above 0".to_owned();
        return Err(AxisError(message));
    }
    // The last value counts even if rounding puts it a little past the end.
    let count = ((to - from) / step + 1e-9).floor() + 1.0;
    if count > VALUES_MAX as f64 {
        return Err(AxisError(format!(
            "these are {count} values; at most {VALUES_MAX} are allowed"
        )));
    }
    Ok((0..count as u32)
        .map(|at| from + f64::from(at) * step)
        .collect())
}

/// So many values, each larger than the one before by the same factor. Whole ends give whole
/// values.
fn grown(from: f64, to: f64, count: &str) -> Result<Vec<f64>, AxisError> {
    let count: u32 = count.parse().unwrap_or(0);
    if !(2..=VALUES_MAX as u32).contains(&count) || from <= 0.0 || from >= to {
        return Err(AxisError(format!(
            "a logarithmic range goes up from above 0, in 2 to {VALUES_MAX} values"
        )));
    }
    let whole = from.fract().abs() <= 0.0 && to.fract().abs() <= 0.0;
    let factor = libm::pow(to / from, 1.0 / f64::from(count - 1));
    let mut values: Vec<f64> = (0..count)
        .map(|at| {
            if at + 1 == count {
                return to;
            }
            let value = from * libm::pow(factor, f64::from(at));
            if whole { value.round() } else { value }
        })
        .collect();
    values.dedup_by(|a, b| (*a - *b).abs() <= 0.0);
    Ok(values)
}

/// A number as a file has it: no more digits than it needs.
pub(in crate::study) fn written(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
