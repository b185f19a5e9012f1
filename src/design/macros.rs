//! The macros that declare the document's types: [`record!`] for structs, [`choice!`] for enums,
//! [`kinds!`] for the kinds of node. From one declaration each makes the type itself, its decoder
//! and its description.

/// The description of one field; `required`, `flatten` or the text of the default stands last.
macro_rules! field_info {
    ($field:ident, [$($doc:literal)*], $ty:ty, $default:tt) => {
        $crate::design::describe::Field {
            name: stringify!($field),
            help: concat!($($doc, "\n"),*),
            ty: <$ty as $crate::design::decode::Decode>::describe,
            presence: $crate::design::macros::presence!($default),
            default_fits: $crate::design::macros::default_fits!($ty, $default),
        }
    };
}

/// Whether the text of a default is a value of its type, as a function for the test of all defaults.
macro_rules! default_fits {
    ($ty:ty, $text:literal) => {
        || $crate::design::decode::decode_text::<$ty>($text).is_ok()
    };
    ($ty:ty, $word:tt) => {
        || true
    };
}

macro_rules! presence {
    (required) => {
        $crate::design::describe::Presence::Required
    };
    (flatten) => {
        $crate::design::describe::Presence::Flatten
    };
    ($text:literal) => {
        $crate::design::describe::Presence::Default($text)
    };
}

/// Decodes one field from `$fields`: an `Option`, empty if it has been reported.
macro_rules! decode_field {
    ($fields:ident, $cx:ident, $field:ident, $ty:ty, required) => {
        $fields.required::<$ty>(stringify!($field), $cx)
    };
    ($fields:ident, $cx:ident, $field:ident, $ty:ty, flatten) => {
        <$ty as $crate::design::decode::DecodeFields>::decode_fields($fields, $cx)
    };
    ($fields:ident, $cx:ident, $field:ident, $ty:ty, $text:literal) => {{
        static DEFAULT: std::sync::OnceLock<$ty> = std::sync::OnceLock::new();
        // A value that could not be read has been reported; the default lets the rest be checked.
        let value = $fields.optional::<$ty>(stringify!($field), $cx);
        Some(value.unwrap_or_else(|| {
            DEFAULT
                .get_or_init(|| $crate::design::decode::default_value($text))
                .clone()
        }))
    }};
}

macro_rules! record {
    ($(#[doc = $doc:literal])* pub struct $name:ident {
        $( $(#[doc = $field_doc:literal])* $field:ident : $ty:ty = $default:tt ),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $( $(#[doc = $field_doc])* pub $field: $ty ),* }

        impl $crate::design::decode::DecodeFields for $name {
            fn record() -> &'static $crate::design::describe::Record {
                static RECORD: $crate::design::describe::Record =
                    $crate::design::describe::Record {
                        name: stringify!($name),
                        help: concat!($($doc, "\n"),*),
                        fields: &[$(
                            $crate::design::macros::field_info!($field, [$($field_doc)*], $ty, $default)
                        ),*],
                    };
                &RECORD
            }

            fn decode_fields(
                fields: &mut $crate::design::decode::Fields<'_>,
                cx: &mut $crate::design::decode::Decoder<'_>,
            ) -> Option<Self> {
                $( let $field = $crate::design::macros::decode_field!(fields, cx, $field, $ty, $default); )*
                Some(Self { $( $field: $field? ),* })
            }
        }

        impl $crate::design::decode::Decode for $name {
            fn decode(
                value: &$crate::design::syntax::Value,
                cx: &mut $crate::design::decode::Decoder<'_>,
            ) -> Option<Self> {
                $crate::design::decode::decode_record(value, cx)
            }

            fn describe() -> $crate::design::describe::Type {
                $crate::design::describe::Type::Record(
                    <Self as $crate::design::decode::DecodeFields>::record(),
                )
            }
        }
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

        impl $crate::design::decode::DecodeChoice for $name {
            fn choice() -> &'static $crate::design::describe::Choice {
                static CHOICE: $crate::design::describe::Choice =
                    $crate::design::describe::Choice {
                        name: stringify!($name),
                        help: concat!($($doc, "\n"),*),
                        variants: &[$(
                            $crate::design::describe::Variant {
                                name: stringify!($variant),
                                help: concat!($($variant_doc, "\n"),*),
                                fields: &[$($(
                                    $crate::design::macros::field_info!($field, [$($field_doc)*], $ty, $default)
                                ),*)?],
                            }
                        ),*],
                    };
                &CHOICE
            }

            fn decode_variant(
                variant: &'static str,
                fields: &mut $crate::design::decode::Fields<'_>,
                cx: &mut $crate::design::decode::Decoder<'_>,
            ) -> Option<Self> {
                // Types whose variants are all plain words never look at their fields.
                let _ = (&fields, &cx);
                match variant {
                    $(
                        stringify!($variant) => {
                            $($( let $field = $crate::design::macros::decode_field!(fields, cx, $field, $ty, $default); )*)?
                            Some($name::$variant $({ $( $field: $field? ),* })?)
                        }
                    )*
                    _ => None,
                }
            }

            fn variant_name(&self) -> &'static str {
                match self {
                    $( $name::$variant { .. } => stringify!($variant) ),*
                }
            }
        }

        impl $crate::design::decode::Decode for $name {
            fn decode(
                value: &$crate::design::syntax::Value,
                cx: &mut $crate::design::decode::Decoder<'_>,
            ) -> Option<Self> {
                $crate::design::decode::decode_choice(value, cx)
            }

            fn describe() -> $crate::design::describe::Type {
                $crate::design::describe::Type::Choice(
                    <Self as $crate::design::decode::DecodeChoice>::choice(),
                )
            }
        }
    };
}

macro_rules! kinds {
    ($(#[doc = $doc:literal])* pub enum $name:ident {
        $( $(#[doc = $variant_doc:literal])* $variant:ident($ty:ty) ),* $(,)?
    }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $name { $( $(#[doc = $variant_doc])* $variant($ty) ),* }

        impl $name {
            /// All kinds: what they are and which parameters they have.
            pub const ALL: &'static [$crate::design::describe::KindInfo] = &[$(
                $crate::design::describe::KindInfo {
                    name: stringify!($variant),
                    help: concat!($($variant_doc, "\n"),*),
                    record: <$ty as $crate::design::decode::DecodeFields>::record,
                }
            ),*];

            /// The name of this kind, as it is written in a file.
            pub fn name(&self) -> &'static str {
                match self {
                    $( $name::$variant(_) => stringify!($variant) ),*
                }
            }

            /// Decodes the parameters of the kind of a name.
            pub(crate) fn decode_fields(
                name: &str,
                fields: &mut $crate::design::decode::Fields<'_>,
                cx: &mut $crate::design::decode::Decoder<'_>,
            ) -> Option<Self> {
                match name {
                    $(
                        stringify!($variant) =>
                            <$ty as $crate::design::decode::DecodeFields>::decode_fields(fields, cx)
                                .map($name::$variant),
                    )*
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use {choice, decode_field, default_fits, field_info, kinds, presence, record};
