//! Fingerprints, by which the explorer tells worlds apart: 128 bits, taken over a value packed tightly.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// 128 bits of hash: enough to tell things apart in a set of millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Print(u64, u64);

/// Fingerprints that were met.
pub type PrintSet = HashSet<Print, BuildHasherDefault<AsItIs>>;

/// What is known by fingerprint.
pub type ByPrint<V> = HashMap<Print, V, BuildHasherDefault<AsItIs>>;

impl Print {
    /// The fingerprint of `value`.
    pub fn of(value: &impl Hash) -> Self {
        let mut lanes = HashLanes::new();
        value.hash(&mut lanes);
        lanes.print()
    }
}

impl Hash for Print {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
        state.write_u64(self.1);
    }
}

/// A fingerprint is a hash already, and is not hashed once more to find its place.
#[derive(Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, _: &[u8]) {
        unreachable!("only fingerprints are looked up");
    }

    fn write_u64(&mut self, word: u64) {
        self.0 ^= word;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// Two multiply-and-rotate lanes with different constants. Small values share a word, which costs as much as one of them would.
pub struct HashLanes {
    lanes: (u64, u64),
    word: u64,
    /// How many bits of the word are taken.
    taken: u32,
}

impl HashLanes {
    pub fn new() -> Self {
        Self { lanes: (0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03), word: 0, taken: 0 }
    }

    pub fn print(mut self) -> Print {
        let taken = self.taken;
        self.mix(self.word);
        self.mix(u64::from(taken));
        Print(stir(self.lanes.0), stir(self.lanes.1))
    }

    fn push(&mut self, value: u64, bits: u32) {
        self.word |= value << self.taken;
        let free = 64 - self.taken;
        if bits < free {
            self.taken += bits;
            return;
        }
        self.mix(self.word);
        self.word = value.checked_shr(free).unwrap_or_default();
        self.taken = bits - free;
    }

    fn mix(&mut self, word: u64) {
        let (one, other) = &mut self.lanes;
        *one = (*one ^ word).wrapping_mul(0xFF51_AFD7_ED55_8CCD).rotate_left(29);
        *other = (other.rotate_left(17) ^ word).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        *other ^= *other >> 31;
    }
}

/// Lets each bit of a lane count for each bit of the fingerprint.
fn stir(mut lane: u64) -> u64 {
    lane = (lane ^ (lane >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    lane = (lane ^ (lane >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    lane ^ (lane >> 33)
}

impl Hasher for HashLanes {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.push(u64::from_le_bytes(word), chunk.len() as u32 * 8);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.push(u64::from(value), 8);
    }

    fn write_u16(&mut self, value: u16) {
        self.push(u64::from(value), 16);
    }

    fn write_u32(&mut self, value: u32) {
        self.push(u64::from(value), 32);
    }

    fn write_u64(&mut self, value: u64) {
        self.push(value, 64);
    }

    /// Which variant of an enum it is: never more than 255.
    fn write_isize(&mut self, variant: isize) {
        self.push(variant as u64 & 0xFF, 8);
    }

    fn finish(&self) -> u64 {
        unreachable!("a fingerprint has two lanes");
    }
}
