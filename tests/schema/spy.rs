//! Asks a type for the names of its fields, at every depth: a deserializer that notes what it is asked for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::{Error, Value};

/// The fields of `T`, as far as `value` leads to them.
pub fn fields_known<T: DeserializeOwned>(value: &Value, at: &str) -> BTreeSet<String> {
    let known = RefCell::default();
    T::deserialize(Spy { value: value.clone(), at: at.into(), known: &known }).unwrap();
    known.into_inner()
}

struct Spy<'k> {
    value: Value,
    at: String,
    known: &'k RefCell<BTreeSet<String>>,
}

impl<'k> Spy<'k> {
    fn below(&self, value: Value, at: String) -> Spy<'k> {
        Spy { value, at, known: self.known }
    }

    /// The values below, under names: of a struct `.name`, of a map `{}`.
    fn entries<'de, V: Visitor<'de>>(self, visitor: V, named: bool) -> Result<V::Value, Error> {
        let Value::Object(object) = &self.value else { return Err(Error::custom("no object")) };
        let entries = object.iter().map(|(name, value)| {
            let at = if named { format!("{}.{name}", self.at) } else { format!("{}{{}}", self.at) };
            (name.clone(), self.below(value.clone(), at))
        });
        let entries: Vec<_> = entries.collect();
        visitor.visit_map(Entries { left: entries.into_iter(), next: None })
    }
}

struct Entries<'k> {
    left: std::vec::IntoIter<(String, Spy<'k>)>,
    next: Option<Spy<'k>>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.next = Some(value);
        let name: StringDeserializer<Error> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(self.next.take().unwrap())
    }
}

struct Items<'k>(std::vec::IntoIter<Spy<'k>>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(item)).transpose()
    }
}

impl<'de> Deserializer<'de> for Spy<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::Array(items) = &self.value else { return Err(Error::custom("no list")) };
        let items: Vec<_> = items.iter().map(|item| self.below(item.clone(), format!("{}[]", self.at))).collect();
        visitor.visit_seq(Items(items.into_iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        // A struct with a flattened part asks for a map too. It does not tell the names of its own fields, but all below them do.
        let of_struct = (&visitor as &dyn Expected).to_string().starts_with("struct ");
        self.entries(visitor, of_struct)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.known.borrow_mut().extend(fields.iter().map(|field| format!("{}.{field}", self.at)));
        self.entries(visitor, true)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct
        identifier ignored_any
    }
}
