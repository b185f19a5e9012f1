//! Sample files: their numbers are put into the document, so that it says everything by itself.

use std::path::Path;

use super::files::read_samples;
use super::{Loader, argument};
use crate::design::diagnostic::Diagnostic;
use crate::design::syntax::{Data, Number, Value, Word};

impl Loader {
    /// Reads the files of `Samples` distributions and puts their numbers into the tree.
    pub(super) fn fill_samples(&mut self, value: &mut Value, base: &Path) {
        if value.name() == Some("Samples")
            && let Some(file) = argument(value, 0, "file").map(|file| file.bare().clone())
            && argument(value, 2, "values").is_none()
            && let Data::Text(name) = &file.data
        {
            let unit = match argument(value, 1, "unit").map(|unit| &unit.bare().data) {
                Some(Data::Text(unit)) => unit.clone(),
                _ => String::new(),
            };
            match read_samples(&base.join(name), &unit) {
                Ok(numbers) => {
                    self.text = None;
                    put_samples(value, &file, &unit, &numbers);
                }
                Err(message) => self.errors.push(Diagnostic::error(file.span, message)),
            }
            return;
        }
        match &mut value.data {
            Data::List(items) | Data::Tuple(_, items) => {
                for item in items {
                    self.fill_samples(item, base);
                }
            }
            Data::Struct(_, fields) => {
                for (_, value) in fields {
                    self.fill_samples(value, base);
                }
            }
            Data::Map(entries) => {
                for (_, value) in entries {
                    self.fill_samples(value, base);
                }
            }
            _ => {}
        }
    }
}

/// Writes samples into a `Samples` value, so that the document says everything by itself.
fn put_samples(value: &mut Value, file: &Value, unit: &str, numbers: &[f64]) {
    let span = file.span;
    let text = |text: String| Value {
        span,
        data: Data::Text(text),
    };
    let number = |number: &f64| match unit {
        "" => Value {
            span,
            data: Data::Number(Number::Real(*number)),
        },
        // Written out: `1e-7ms` is no duration.
        unit => text(format!("{number}{unit}")),
    };
    let word = |text: &str| Word {
        text: text.to_owned(),
        span,
    };
    let values = Value {
        span,
        data: Data::List(numbers.iter().map(number).collect()),
    };
    let fields = vec![
        (word("file"), file.clone()),
        (word("unit"), text(unit.to_owned())),
        (word("values"), values),
    ];
    value.data = Data::Struct(Some(word("Samples")), fields);
}
