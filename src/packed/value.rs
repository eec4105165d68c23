//! A value as compressed JSON. All values of a type look much alike, so each is compressed against a sample of its type: what they
//! have in common takes a few bytes. What no two have in common is shortened first.

use std::marker::PhantomData;

use lz4_flex::block::{compress_prepend_size_with_dict, decompress_size_prepended_with_dict};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::short::{lengthen, shorten};

/// A type whose values can be packed. What its JSON leaves out is lost.
pub trait Pack: DeserializeOwned {
    /// What values of this type look like, as [`sample`] makes it. Always the same.
    fn sample() -> &'static [u8];
}

/// A sample for [`Pack`], of values as JSON.
pub fn sample(json: &str) -> Box<[u8]> {
    shorten(json.as_bytes()).into()
}

/// A value of `T`, packed. Equal values are packed equally.
#[derive(Clone, PartialEq, Eq)]
pub struct Packed<T> {
    bytes: Box<[u8]>,
    of: PhantomData<fn() -> T>,
}

impl<T: Pack> Packed<T> {
    /// Packs a value, given as itself or as anything that has the same JSON.
    pub fn of(value: &impl Serialize) -> Self {
        // Types of ours have string keys only, so they all have JSON.
        let json = serde_json::to_vec(value).unwrap_or_default();
        let compressed = compress_prepend_size_with_dict(&shorten(&json), T::sample());
        // A copy of just this length: what was compressed into stood in a buffer for the worst case, and shrinking that in place would
        // leave a gap behind each value.
        Self { bytes: compressed.as_slice().into(), of: PhantomData }
    }

    /// The value. Nothing if it has no JSON that can be read, which is a defect: the log tells.
    pub fn value(&self) -> Option<T> {
        let short = decompress_size_prepended_with_dict(&self.bytes, T::sample()).map_err(|error| error.to_string());
        let json = short.and_then(|short| lengthen(&short).ok_or_else(|| "it is cut off".into()));
        let value = json.and_then(|json| serde_json::from_slice(&json).map_err(|error| error.to_string()));
        value
            .inspect_err(|error| {
                tracing::error!(kind = std::any::type_name::<T>(), error, "what is kept in memory cannot be read");
            })
            .ok()
    }

    /// How many bytes it takes.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

impl<T> std::fmt::Debug for Packed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} packed bytes", self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Guest {
        name: String,
        message: String,
    }

    impl Pack for Guest {
        fn sample() -> &'static [u8] {
            br#"{"name":"","message":"The invitation has left, and the guest has not accepted yet."}"#
        }
    }

    #[test]
    fn what_all_have_in_common_takes_few_bytes() {
        let message = "The invitation has left, and the guest has not accepted yet.";
        let guest = Guest { name: "ann".into(), message: message.into() };
        let packed: Packed<Guest> = Packed::of(&guest);
        assert!(packed.len() < 40, "{packed:?}");
        assert_eq!(packed, Packed::of(&guest));
        assert_ne!(packed, Packed::of(&Guest { name: "bob".into(), message: message.into() }));
        assert_eq!(packed.value(), Some(guest));
        let odd = Guest { name: "\u{0}\"é".repeat(3_000), message: String::new() };
        assert_eq!(Packed::<Guest>::of(&odd).value(), Some(odd));
    }
}
