//! The files that a design is made of: read whole, within limits.

use std::path::Path;

/// Largest file of samples.
const SAMPLES_BYTES_MAX: u64 = 64 << 20;
/// Most samples in one file.
const SAMPLES_MAX: usize = 1_000_000;

/// The bytes of a design file.
pub(super) fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let limit = crate::design::syntax::BYTES_MAX as u64;
    let file = std::fs::File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(std::io::Error::other("it is a directory"));
    }
    if metadata.len() > limit {
        let (size, limit) = (metadata.len() >> 20, limit >> 20);
        let message = format!("the file has {size} MiB; a design can have at most {limit} MiB");
        return Err(std::io::Error::other(message));
    }
    let mut bytes = Vec::new();
    // A pipe has no size beforehand; one byte above the limit shows that there is more.
    file.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The RON files of a directory, in the order of their names.
pub(super) fn user_files(directory: &Path) -> Result<Vec<(String, String)>, String> {
    let wrong = |error: std::io::Error| format!("cannot read the catalogue: {error}");
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|extension| extension == "ron") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = paths.into_iter().map(|path| {
        let bytes = read_limited(&path).map_err(wrong)?;
        let text = crate::design::syntax::check_bytes(&bytes)
            .map_err(|message| format!("{}: {message}", path.display()))?;
        Ok((path.display().to_string(), text.to_owned()))
    });
    read.collect()
}

/// The numbers of a sample file: one a line, `#` begins a comment.
pub(super) fn read_samples(path: &Path, unit: &str) -> Result<Vec<f64>, String> {
    let name = path.display();
    let size = std::fs::metadata(path)
        .map_err(|error| format!("cannot read {name}: {error}"))?
        .len();
    if size > SAMPLES_BYTES_MAX {
        return Err(format!(
            "{name} is larger than {} MiB",
            SAMPLES_BYTES_MAX >> 20
        ));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {name}: {error}"))?;
    let mut numbers = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let number: f64 = line
            .parse()
            .map_err(|_| format!("{name}:{}: `{line}` is not a number", index + 1))?;
        if !number.is_finite() || number < 0.0 {
            return Err(format!(
                "{name}:{}: a sample must be a finite number from 0 up",
                index + 1
            ));
        }
        numbers.push(number);
        if numbers.len() > SAMPLES_MAX {
            return Err(format!("{name} has more than {SAMPLES_MAX} samples"));
        }
    }
    if numbers.is_empty() {
        return Err(format!("{name} has no numbers"));
    }
    let known = unit.is_empty()
        || format!("1{unit}").parse::<crate::units::Nanos>().is_ok()
        || format!("1{unit}").parse::<crate::units::Bytes>().is_ok();
    if !known {
        return Err(format!(
            "`{unit}` is not a unit of samples; write \"ms\", \"s\", \"B\" or \"KiB\""
        ));
    }
    Ok(numbers)
}
