//! Answers as JSON text: so they cross to JS, faster than an object property by property.
//!
//! A serde serializer for what answers are made of and no more (no fractions, no tuples), and so several kilobytes smaller
//! in the module than one that takes everything.

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeMap, SerializeSeq, SerializeStruct};
use std::fmt::Error;

/// A value as JSON text; `null` for one of a kind that answers do not have.
pub fn to_json(value: &impl Serialize) -> String {
    let mut out = Out(String::new());
    match value.serialize(&mut out) {
        Ok(()) => out.0,
        Err(Error) => "null".into(),
    }
}

struct Out(String);

impl Out {
    #[inline(never)]
    fn raw(&mut self, text: &str) {
        self.0.push_str(text);
    }

    #[inline(never)]
    fn text(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(c);
                }
                c if c < ' ' => {
                    let digit = |n: u32| char::from_digit(n, 16).unwrap_or('0');
                    self.raw("\\u00");
                    self.0.push(digit(c as u32 >> 4));
                    self.0.push(digit(c as u32 & 15));
                }
                c => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    /// A comma, unless what was written last opened a list.
    #[inline(never)]
    fn next(&mut self) {
        if !self.0.ends_with(['[', '{']) {
            self.0.push(',');
        }
    }
}

impl Out {
    #[inline(never)]
    fn key(&mut self, key: &str) {
        self.next();
        self.text(key);
        self.raw(":");
    }
}

/// An array or an object, and what closes it.
struct List<'a> {
    out: &'a mut Out,
    close: &'static str,
}

impl<'a> List<'a> {
    fn open(out: &'a mut Out, open: &str, close: &'static str) -> Result<Self, Error> {
        out.raw(open);
        Ok(List { out, close })
    }

    fn close(self) -> Result<(), Error> {
        self.out.raw(self.close);
        Ok(())
    }
}

impl SerializeSeq for List<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.next();
        value.serialize(&mut *self.out)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeMap for List<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.out.next();
        key.serialize(&mut *self.out)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.out.raw(":");
        value.serialize(&mut *self.out)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

impl SerializeStruct for List<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        self.out.key(key);
        value.serialize(&mut *self.out)
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

/// Kinds of values that no answer has.
macro_rules! none_of {
    ($($name:ident($($type:ty),*);)*) => {
        $(fn $name(self, $(_: $type),*) -> Result<(), Error> {
            Err(Error)
        })*
    };
}

impl<'a> ser::Serializer for &'a mut Out {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = List<'a>;
    type SerializeMap = List<'a>;
    type SerializeStruct = List<'a>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    none_of! {
        serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64);
        serialize_f32(f32); serialize_f64(f64); serialize_bytes(&[u8]); serialize_unit_struct(&'static str);
    }

    fn serialize_bool(self, v: bool) -> Result<(), Error> {
        self.raw(if v { "true" } else { "false" });
        Ok(())
    }

    fn serialize_u8(self, v: u8) -> Result<(), Error> {
        self.serialize_u64(v.into())
    }

    fn serialize_u16(self, v: u16) -> Result<(), Error> {
        self.serialize_u64(v.into())
    }

    fn serialize_u32(self, v: u32) -> Result<(), Error> {
        self.serialize_u64(v.into())
    }

    #[inline(never)]
    fn serialize_u64(self, v: u64) -> Result<(), Error> {
        self.raw(&v.to_string());
        Ok(())
    }

    fn serialize_char(self, v: char) -> Result<(), Error> {
        self.text(v.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    fn serialize_str(self, v: &str) -> Result<(), Error> {
        self.text(v);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.raw("null");
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.text(variant);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Error> {
        Err(Error)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Error> {
        List::open(self, "[", "]")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<List<'a>, Error> {
        List::open(self, "{", "}")
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Error> {
        List::open(self, "{", "}")
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(Error)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::ledger::Diagnostics;
    use proptest::prelude::*;
    use serde_json::Value;

    proptest! {
        #[test]
        fn it_is_what_serde_json_writes(
            texts in prop::collection::btree_map("\\PC{0,6}|[\"\\\\\n\u{0}\u{1f}\u{7f}é]{0,4}", any::<u64>(), 0..5),
            list in prop::collection::vec(any::<Option<bool>>(), 0..4),
        ) {
            let mut diagnostics = Diagnostics::default();
            diagnostics.ignored.not_completed = texts.clone();
            let problem = |text: &String| crate::error::Problem::error(text, "code", text);
            diagnostics.problems = texts.keys().map(problem).collect();
            let read = |json: String| serde_json::from_str::<Value>(&json).unwrap();
            prop_assert_eq!(read(to_json(&diagnostics)), serde_json::to_value(&diagnostics).unwrap());
            prop_assert_eq!(to_json(&list), serde_json::to_string(&list).unwrap());
        }
    }
}
