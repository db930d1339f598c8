//! The language in which a response is declared: shapes of fields, and the rules beyond types.

use crate::calendar::period::Period;

/// An object of the wire.
#[derive(Debug)]
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Its fields, in the order in which they are written. At most [`MAX_FIELDS`].
    pub fields: &'static [Field],
    /// What must hold beyond types.
    pub rules: &'static [Rule],
    /// What it is.
    #[cfg(not(target_arch = "wasm32"))]
    pub about: &'static [&'static str],
}

/// The most fields that a shape has.
pub const MAX_FIELDS: usize = 12;

/// A field of an object.
#[derive(Debug)]
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// The values that it takes.
    pub kind: Kind,
    /// May it be missing?
    pub need: Need,
    /// Its key as nearly everyone spells it.
    pub spelled: Spelled,
    /// What it is.
    #[cfg(not(target_arch = "wasm32"))]
    pub about: &'static [&'static str],
}

/// A key as nearly everyone spells it, to be compared at once: what comes before it (a comma or a brace, left open here), its
/// quotes, the colon, and the opening quote of a value that is text.
#[derive(Clone, Copy, Debug)]
pub struct Spelled {
    /// Its bytes, the first one lowest and 0; as many as are missing at the end are 0.
    pub bytes: [u64; 2],
    /// How many they are, from 8 to 16; 0 of a key that is longer or shorter, whose bytes here no text has.
    pub length: u8,
}

impl Spelled {
    // Run by the compiler: what can panic here stops the build.
    #[allow(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation
    )]
    pub(super) const fn of(name: &str, kind: Kind) -> Self {
        let name = name.as_bytes();
        let end: &[u8] = if kind.is_text() { b"\":\"" } else { b"\":" };
        let length = 2 + name.len() + end.len();
        if length < 8 || length > 16 {
            return Spelled {
                bytes: [u64::MAX; 2],
                length: 0,
            };
        }
        let mut bytes = [0; 16];
        bytes[1] = b'"';
        let mut n = 2;
        while n < length {
            bytes[n] = if n < 2 + name.len() {
                name[n - 2]
            } else {
                end[n - 2 - name.len()]
            };
            n += 1;
        }
        let bytes = u128::from_le_bytes(bytes);
        Spelled {
            bytes: [bytes as u64, (bytes >> 64) as u64],
            length: length as u8,
        }
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// Text, or null.
    TextOrNull,
    /// A whole number from 0 to 2^53 - 1; `7.0` is one, as it is to `JSON.parse`.
    Count,
    /// The same, or null.
    CountOrNull,
    /// A whole number within these.
    Between(u16, u16),
    /// True or false.
    Flag,
    /// `week`, `month` or `year`.
    Period,
    /// A time, RFC 3339.
    Time,
    /// A date, `YYYY-MM-DD`.
    Date,
    /// A month, `YYYY-MM`.
    Month,
    /// An object.
    Object(&'static Shape),
    /// An array of objects.
    Rows(&'static Shape),
    /// Anything. Of errors only, which nothing here checks.
    Any,
    /// Where a parameter is: an array of text and numbers. Of errors only.
    Location,
}

impl Kind {
    /// Is it text, if it is not null?
    pub const fn is_text(self) -> bool {
        matches!(self, Kind::Text | Kind::TextOrNull) || self.is_judged()
    }

    /// Is it text of which not all will do?
    pub const fn is_judged(self) -> bool {
        matches!(self, Kind::Period | Kind::Time | Kind::Date | Kind::Month)
    }
}

/// May a field be missing?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// No.
    Required,
    /// Older answers lack it: that is told, and is no fault.
    Expected,
    /// Yes.
    Optional,
    /// Yes; it is then false.
    OrFalse,
}

/// What must hold beyond types. Each is judged in `validate.rs`, and named in the OpenAPI document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// No two rows have the same first field, which is an id.
    IdsDiffer,
    /// `isOrphan` is true exactly where `agentId` is null.
    OrphanAgrees,
    /// At most one row has a null `agentId`.
    OneOrphan,
    /// Call seconds without calls deserve a look.
    SecondsNeedCalls,
    /// `periodStart` to `periodEnd` is one `period`, under some convention.
    SpansPeriod,
    /// `periodEnd` does not come before `periodStart`.
    BoundsOrdered,
    /// A longer span counts no less than a shorter one that lies in it.
    LongerCountsMore,
    /// Deliveries that succeeded or failed are deliveries.
    DeliveriesSum,
    /// What remains is the limit less what is used: else it deserves a look.
    RemainderFits,
    /// One row a day or month, each once, none missing, in order, as many as said.
    SeriesWhole,
}

/// Is a value of an optional field there to be written?
pub(super) trait Written {
    fn is_left_out(&self) -> bool {
        false
    }
}

impl Written for String {}
impl Written for u64 {}
impl Written for u16 {}
impl Written for bool {}
impl Written for Period {}
impl<T> Written for Vec<T> {}
impl<T> Written for Option<T> {
    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

/// Makes of each shape its struct, its table and its writer.
macro_rules! shapes {
    ($(
        $(#[doc = $about:literal])*
        $Shape:ident [$($Rule:ident),*] {
            $($(#[doc = $note:literal])* $field:ident = $name:literal: $Type:ty as $Kind:expr, $Need:ident;)*
        }
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $Shape {
            $($(#[doc = $note])* pub $field: $Type,)*
        }

        impl $Shape {
            /// Its table.
            pub const SHAPE: Shape = Shape {
                name: stringify!($Shape),
                fields: &[$(Field {
                    name: $name,
                    kind: $Kind,
                    need: Need::$Need,
                    spelled: Spelled::of($name, $Kind),
                    #[cfg(not(target_arch = "wasm32"))]
                    about: &[$($note),*],
                }),*],
                rules: &[$(Rule::$Rule),*],
                #[cfg(not(target_arch = "wasm32"))]
                about: &[$($about),*],
            };
        }

        impl Written for $Shape {}

        impl Serialize for $Shape {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut writer = serializer.serialize_struct(stringify!($Shape), Self::SHAPE.fields.len())?;
                $(if matches!(Need::$Need, Need::Required | Need::OrFalse) || !self.$field.is_left_out() {
                    writer.serialize_field($name, &self.$field)?;
                })*
                writer.end()
            }
        }
    )*};
}

pub(super) use shapes;
