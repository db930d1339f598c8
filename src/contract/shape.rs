//! The language in which a response is declared: shapes of fields, and rules beyond the fields' types.

use crate::calendar::period::Period;
pub use crate::output::MAX_FIELDS;
use crate::output::{self, HasValue, Value};

/// A JSON object of a response: its fields, and the rules that it must keep.
///
/// ```
/// use usage_by_agent::contract::{AgentUsageItem, Need};
///
/// let shape = AgentUsageItem::SHAPE;
/// assert_eq!(shape.name, "AgentUsageItem");
/// assert_eq!((shape.fields[0].name, shape.fields[0].need), ("agentId", Need::Required));
/// ```
#[derive(Debug)]
pub struct Shape {
    /// The name of the object's type in TypeScript and in the OpenAPI document.
    pub name: &'static str,
    /// The fields, in the order in which they are written: at most [`MAX_FIELDS`].
    pub fields: &'static [Field],
    /// The rules beyond the fields' types.
    pub rules: &'static [Rule],
    /// The index of the shape in `SHAPES`, for tables that run parallel to it. The shapes of errors are not in `SHAPES`.
    pub(super) number: usize,
    /// What the object is, in the lines of its doc comment.
    #[cfg(not(target_arch = "wasm32"))]
    pub about: &'static [&'static str],
}

impl Shape {
    /// The fields with these values, which come in the order of the fields. An optional field without a value is left out.
    #[inline(never)]
    pub(super) fn with_values<'v>(&self, values: &[Value<'v>]) -> [output::Field<'v>; MAX_FIELDS] {
        let mut fields = [None; MAX_FIELDS];
        for ((place, field), value) in fields.iter_mut().zip(self.fields).zip(values) {
            if matches!(field.need, Need::Required | Need::OrFalse) || !matches!(value, Value::Null) {
                *place = Some((field.name, *value));
            }
        }
        fields
    }
}

impl HasValue for Period {
    fn value(&self) -> Value<'_> {
        Value::Text(self.as_str())
    }
}

impl Shape {
    /// The index of the field with this key. A key that the shape does not have stops the build.
    // Only constants are computed from this, so only the compiler can meet the panic.
    #[allow(clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
    pub(super) const fn index_of(&self, key: &str) -> usize {
        let mut index = 0;
        while index < self.fields.len() {
            if is_equal(self.fields[index].name.as_bytes(), key.as_bytes()) {
                return index;
            }
            index += 1;
        }
        panic!("the shape does not have this field")
    }
}

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // run by the compiler
const fn is_equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A field of a [`Shape`].
#[derive(Debug)]
pub struct Field {
    /// The field's key.
    pub name: &'static str,
    /// The values that the field takes.
    pub kind: Kind,
    /// Whether the field may be missing.
    pub need: Need,
    /// What the field is, in the lines of its doc comment.
    #[cfg(not(target_arch = "wasm32"))]
    pub about: &'static [&'static str],
}

/// The values that a field takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// A string or null.
    TextOrNull,
    /// A whole number from 0 to 2^53 - 1. `7.0` is a whole number, as it is to `JSON.parse`.
    Count,
    /// A whole number from 0 to 2^53 - 1, or null.
    CountOrNull,
    /// A whole number from the first to the second number.
    Between(u16, u16),
    /// True or false.
    Flag,
    /// `week`, `month` or `year`.
    Period,
    /// A time in RFC 3339 format.
    Time,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A month, `YYYY-MM`.
    Month,
    /// An object.
    Object(&'static Shape),
    /// An array of objects.
    Rows(&'static Shape),
    /// Any value. Only errors have it, and errors are not checked here.
    Any,
    /// The place of a parameter: an array of strings and numbers. Only errors have it, and errors are not checked here.
    Location,
}

impl Kind {
    /// Is each value of this kind a string, or null?
    pub const fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::TextOrNull) || self.is_restricted_text()
    }

    /// Is this kind text in one format, so that not every string is right?
    pub const fn is_restricted_text(self) -> bool {
        matches!(self, Kind::Period | Kind::Time | Kind::Date | Kind::Month)
    }
}

/// Whether a field may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The field must be present.
    Required,
    /// The field may be missing, because some servers do not write it. That is reported as a warning.
    Expected,
    /// The field may be missing.
    Optional,
    /// The field may be missing, and is then false.
    OrFalse,
}

/// A rule beyond the types of fields. `contract::check` judges it, and the OpenAPI document names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// No two rows have equal ids. The id is the first field.
    IdsDiffer,
    /// `isOrphan` is true exactly where `agentId` is null.
    OrphanAgrees,
    /// At most one row has a null `agentId`.
    OneOrphan,
    /// A row with call seconds has calls. A row without calls gets a warning.
    SecondsNeedCalls,
    /// `periodStart` to `periodEnd` is one calendar `period`, under some convention.
    SpansPeriod,
    /// `periodEnd` does not come before `periodStart`.
    BoundsOrdered,
    /// A count of a longer span is at least the count of a shorter span inside it.
    LongerCountsMore,
    /// Successful and failed deliveries together are at most all deliveries.
    DeliveriesSum,
    /// The remainder is the limit less the numbers in use. Another remainder gets a warning.
    RemainderFits,
    /// There is one row for each day or month, in order, without gaps, and as many rows as the response states.
    SeriesWhole,
}

/// Makes a struct of each shape, with its table (`SHAPE`) and its serializer, and the list of all shapes (`SHAPES`).
macro_rules! shapes {
    ($(
        $(#[doc = $about:literal])*
        $Shape:ident [$($Rule:ident),*] {
            $($(#[doc = $note:literal])* $field:ident = $name:literal: $Type:ty as $Kind:expr, $Need:ident;)*
        }
    )*) => {
        /// Every shape of a response.
        pub(super) const SHAPES: &[&Shape] = &[$(&$Shape::SHAPE),*];

        /// The position of each shape in `SHAPES`.
        enum Position {
            $($Shape),*
        }

        $(
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $Shape {
            $($(#[doc = $note])* pub $field: $Type,)*
        }

        impl $Shape {
            /// The declaration of this object.
            pub const SHAPE: Shape = Shape {
                name: stringify!($Shape),
                fields: &[$(Field {
                    name: $name,
                    kind: $Kind,
                    need: Need::$Need,
                    #[cfg(not(target_arch = "wasm32"))]
                    about: &[$($note),*],
                }),*],
                rules: &[$(Rule::$Rule),*],
                number: Position::$Shape as usize,
                #[cfg(not(target_arch = "wasm32"))]
                about: &[$($about),*],
            };
        }

        impl HasValue for $Shape {
            fn value(&self) -> Value<'_> {
                Value::Object(self)
            }
        }

        impl Object for $Shape {
            fn fields(&self) -> [output::Field<'_>; MAX_FIELDS] {
                Self::SHAPE.with_values(&[$(self.$field.value()),*])
            }
        }

        impl Serialize for $Shape {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Value::Object(self).serialize(serializer)
            }
        }
    )*};
}

pub(super) use shapes;
