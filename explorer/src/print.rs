//! Fingerprints, by which the explorer tells worlds apart: 128 bits, taken once where worlds share a part.

use std::hash::{Hash, Hasher};

/// A value with its own fingerprint, taken once: worlds share records and ledgers, and each world is hashed anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed<T> {
    value: T,
    print: (u64, u64),
}

impl<T: Hash> Printed<T> {
    pub fn new(value: T) -> Self {
        let mut lanes = HashLanes::new();
        value.hash(&mut lanes);
        Self { print: lanes.both(), value }
    }
}

impl<T> std::ops::Deref for Printed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Hash for Printed<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.print.hash(state);
    }
}

/// Two multiply-and-rotate lanes with different constants.
pub struct HashLanes(u64, u64);

impl HashLanes {
    pub fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03)
    }

    pub fn both(&self) -> (u64, u64) {
        (self.finish(), self.1)
    }
}

impl Hasher for HashLanes {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD).rotate_left(29);
        self.1 = (self.1.rotate_left(17) ^ word).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        self.1 ^= self.1 >> 31;
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
