//! The macros that declare the document's types: [`record!`] for structs, [`choice!`] for enums,
//! [`kinds!`] for the kinds of node.

macro_rules! record {
    ($(#[doc = $doc:literal])* pub struct $name:ident {
        $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty = $default:tt ),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $( $(#[doc = $field_doc])* pub $field: $ty ),* }
    };
}

macro_rules! choice {
    ($(#[doc = $doc:literal])* pub enum $name:ident {
        $( $(#[doc = $variant_doc:literal])* $variant:ident
            $({ $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty = $default:tt ),* $(,)? })?
        ),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $( $(#[doc = $variant_doc])* $variant
            $({ $( $(#[doc = $field_doc])* $field: $ty ),* })? ),* }
    };
}

macro_rules! kinds {
    ($(#[doc = $doc:literal])* pub enum $name:ident {
        $( $(#[doc = $variant_doc:literal])* $variant:ident($ty:ty) ),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $( $(#[doc = $variant_doc])* $variant($ty) ),* }
    };
}

pub(crate) use {choice, kinds, record};
