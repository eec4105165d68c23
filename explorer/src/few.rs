//! A list of at most `N` things that needs no allocation, so that a world is copied and never cloned piece by piece.

use std::hash::{Hash, Hasher};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Few<T, const N: usize>([Option<T>; N]);

impl<T: Copy, const N: usize> Few<T, N> {
    pub fn new() -> Self {
        Self([None; N])
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.0.iter().flatten()
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub fn push(&mut self, value: T) {
        let free = self.0.iter_mut().find(|place| place.is_none());
        *free.expect("the model has room for all that can come together") = Some(value);
    }

    pub fn pop(&mut self) -> Option<T> {
        self.0.iter_mut().rev().find(|place| place.is_some())?.take()
    }

    pub fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        *self = self.iter().copied().filter(|value| keep(value)).collect();
    }

    /// Takes out the first one of whom `which` says so.
    pub fn remove(&mut self, which: impl Fn(&T) -> bool) -> Option<T> {
        let found = self.0.iter_mut().find(|place| place.as_ref().is_some_and(&which))?.take();
        self.retain(|_| true);
        found
    }
}

impl<T: Copy, const N: usize> FromIterator<T> for Few<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut few = Self::new();
        values.into_iter().for_each(|value| few.push(value));
        few
    }
}

impl<T: Copy + Hash, const N: usize> Hash for Few<T, N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|value| value.hash(state));
        state.write_u8(self.iter().count() as u8);
    }
}
