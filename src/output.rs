//! What leaves the core: responses, diagnostics and problems as values of one type.
//!
//! One serializer writes them all. A serializer for each struct, as serde derives it, takes 2 kB more of the module.

use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// The value of a field.
#[derive(Clone, Copy)]
pub enum Value<'v> {
    /// No value: `null` in a required field. An optional field without a value is left out.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number.
    Count(u64),
    /// Text.
    Text(&'v str),
    /// An object.
    Object(&'v dyn Object),
    /// An array of objects.
    Rows(&'v dyn Rows),
    /// Counts by a text, which may be any.
    Counts(&'v dyn Counts),
}

/// The most fields of an object.
pub const MAX_FIELDS: usize = 12;

/// A field of an object: its name and its value. `None` is a field that is left out.
pub type Field<'v> = Option<(&'static str, Value<'v>)>;

/// An object.
pub trait Object {
    /// The fields in their order, at most [`MAX_FIELDS`].
    fn fields(&self) -> [Field<'_>; MAX_FIELDS];
}

/// Fields of which each has a value.
pub fn fields<'v, const N: usize>(given: [(&'static str, Value<'v>); N]) -> [Field<'v>; MAX_FIELDS] {
    let mut fields = [None; MAX_FIELDS];
    for (field, given) in fields.iter_mut().zip(given) {
        *field = Some(given);
    }
    fields
}

/// An array of objects.
pub trait Rows {
    /// The object at an index.
    fn row(&self, index: usize) -> Option<&dyn Object>;
}

impl<T: Object> Rows for Vec<T> {
    fn row(&self, index: usize) -> Option<&dyn Object> {
        self.get(index).map(|row| row as &dyn Object)
    }
}

/// Counts by a text.
pub trait Counts {
    /// Each text with its count, in the order in which they are written.
    fn entries(&self) -> Vec<(&str, u64)>;
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_none(),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Count(count) => serializer.serialize_u64(*count),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Object(object) => serialize_object(*object, serializer),
            Value::Counts(counts) => {
                let entries = counts.entries();
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (text, count) in entries {
                    map.serialize_entry(text, &count)?;
                }
                map.end()
            }
            Value::Rows(rows) => serializer.collect_seq((0..).map_while(|index| rows.row(index)).map(Value::Object)),
        }
    }
}

#[inline(never)]
fn serialize_object<S: Serializer>(object: &dyn Object, serializer: S) -> Result<S::Ok, S::Error> {
    let mut writer = serializer.serialize_struct("", MAX_FIELDS)?;
    for (name, value) in object.fields().iter().flatten() {
        writer.serialize_field(name, value)?;
    }
    writer.end()
}

/// A type of a field.
pub trait HasValue {
    /// The value.
    fn value(&self) -> Value<'_>;
}

impl HasValue for bool {
    fn value(&self) -> Value<'_> {
        Value::Flag(*self)
    }
}

impl HasValue for u64 {
    fn value(&self) -> Value<'_> {
        Value::Count(*self)
    }
}

impl HasValue for u16 {
    fn value(&self) -> Value<'_> {
        Value::Count((*self).into())
    }
}

impl HasValue for String {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl<T: HasValue> HasValue for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, HasValue::value)
    }
}

impl<T: Object> HasValue for Vec<T> {
    fn value(&self) -> Value<'_> {
        Value::Rows(self)
    }
}
