//! placeholder while the loader lands
use super::load::document_type;
use super::syntax::parse;
use super::tree::{self, PathError};

/// edited
pub struct Edited {
    /// text
    pub text: String,
}
/// set
pub fn set(text: &str, path: &str, value: &str) -> Result<Edited, PathError> {
    let mut root = parse(text, 0)
        .value
        .ok_or_else(|| PathError::new("unreadable"))?;
    let value = parse(value, 0)
        .value
        .ok_or_else(|| PathError::new("unreadable"))?;
    tree::set(&mut root, document_type(), path, value)?;
    Ok(Edited {
        text: super::fmt::print_document(&root),
    })
}
/// remove
pub fn remove(text: &str, path: &str) -> Result<Edited, PathError> {
    let mut root = parse(text, 0)
        .value
        .ok_or_else(|| PathError::new("unreadable"))?;
    tree::remove(&mut root, document_type(), path)?;
    Ok(Edited {
        text: super::fmt::print_document(&root),
    })
}
