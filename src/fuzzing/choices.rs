//! A row of bytes read as a row of choices: the same bytes always choose the same, and where they end every choice is the first.
//! A fuzzer can mutate such bytes, and a seed can make them.

use fastrand::Rng;

/// Choices that are left.
pub struct Choices<'b> {
    left: &'b [u8],
}

impl<'b> Choices<'b> {
    /// The choices that `bytes` make.
    pub fn of(bytes: &'b [u8]) -> Self {
        Self { left: bytes }
    }

    /// One byte; 0 at the end.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.left.split_first() else { return 0 };
        self.left = rest;
        *first
    }

    /// A number below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        let mut number = 0;
        let mut most = 1;
        while most < bound {
            number = number << 8 | usize::from(self.byte());
            most <<= 8;
        }
        number % bound
    }

    /// True once in `of` times, and false at the end.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == of - 1
    }

    /// One of `all`.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// So many bytes, or what is left.
    pub fn bytes(&mut self, most: usize) -> &'b [u8] {
        let (taken, rest) = self.left.split_at(most.min(self.left.len()));
        self.left = rest;
        taken
    }

    /// All that is left.
    pub fn rest(&mut self) -> &'b [u8] {
        std::mem::take(&mut self.left)
    }

    /// Whether nothing is left.
    pub fn is_over(&self) -> bool {
        self.left.is_empty()
    }
}

/// So many random bytes, to choose by.
pub fn random(rng: &mut Rng, length: usize) -> Vec<u8> {
    std::iter::repeat_with(|| rng.u8(..)).take(length).collect()
}
