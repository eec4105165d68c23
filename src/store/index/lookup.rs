//! Finds entries by a part of theirs, in nine bytes an entry: the part itself stands in the entry only.

use std::hash::{BuildHasher, Hash, RandomState};

use hashbrown::HashTable;

/// The numbers of entries, by a part of each. Several may have the same.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    table: HashTable<(u32, u32)>,
    hasher: RandomState,
}

impl Lookup {
    /// Notes that the entry `number` has `part`.
    pub fn put(&mut self, part: &(impl Hash + ?Sized), number: u32) {
        let print = self.print(part);
        self.table.insert_unique(spread(print), (print, number), |(print, _)| spread(*print));
    }

    /// Notes that the entry `number` has `part` no more.
    pub fn take(&mut self, part: &(impl Hash + ?Sized), number: u32) {
        let print = self.print(part);
        if let Ok(found) = self.table.find_entry(spread(print), |entry| *entry == (print, number)) {
            found.remove();
        }
    }

    /// The entries that may have `part`; whoever asks looks whether they do.
    pub fn candidates<'a, K: Hash + ?Sized>(&'a self, part: &K) -> impl Iterator<Item = u32> + use<'a, K> {
        let print = self.print(part);
        self.table.iter_hash(spread(print)).filter(move |entry| entry.0 == print).map(|entry| entry.1)
    }

    fn print(&self, part: &(impl Hash + ?Sized)) -> u32 {
        let hash = self.hasher.hash_one(part);
        (hash ^ (hash >> 32)) as u32
    }
}

/// The table wants 64 bits; the same for the same 32.
fn spread(print: u32) -> u64 {
    u64::from(print).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_entry_is_found_by_its_part_until_it_is_taken_out() {
        let mut lookup = Lookup::default();
        for number in 0..5_000 {
            lookup.put(&(number % 1_000).to_string(), number);
        }
        for number in 0..2_500 {
            lookup.take(&(number % 1_000).to_string(), number);
        }
        let found = |part: &str| {
            let mut found: Vec<u32> =
                lookup.candidates(part).filter(|number| (number % 1_000).to_string() == part).collect();
            found.sort_unstable();
            found
        };
        assert_eq!((found("7"), found("700"), found("1000")), (vec![3_007, 4_007], vec![2_700, 3_700, 4_700], vec![]));
    }
}
