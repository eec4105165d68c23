//! Moments and spans of a life, and what was so in them. Nobody but the API server knows when it took a change: a change is known to
//! have happened between its request and its answer, or before a watch told it.

/// Milliseconds since the life began, on the test's own clock.
pub type Moment = i64;

/// From one moment to another, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub from: Moment,
    pub to: Moment,
}

impl Span {
    /// One moment.
    pub fn at(moment: Moment) -> Self {
        Self { from: moment, to: moment }
    }

    /// The last `width` milliseconds before `to`.
    pub fn before(to: Moment, width: Moment) -> Self {
        Self { from: to - width, to }
    }

    fn meets(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// What was so, one state after the other. Each began at some moment of its span and lasted until the next began.
#[derive(Clone, Debug)]
pub struct Course<T>(Vec<(Span, T)>);

impl<T> Default for Course<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Course<T> {
    /// Adds what is so from now on.
    pub fn push(&mut self, began: Span, state: T) {
        self.0.push((began, state));
    }

    /// All of it.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(Span, T)> {
        self.0.iter()
    }

    /// How it is in the end.
    pub fn last(&self) -> Option<&T> {
        self.0.last().map(|(_, state)| state)
    }

    /// What may have been so at some moment of the window.
    pub fn possibly(&self, window: Span) -> impl Iterator<Item = &T> {
        let over = |n: usize| self.0.get(n + 1).map_or(Moment::MAX, |(next, _)| next.to);
        let lasted = move |(n, (began, _)): &(usize, &(Span, T))| Span { from: began.from, to: over(*n) }.meets(window);
        self.0.iter().enumerate().filter(lasted).map(|(_, (_, state))| state)
    }

    /// What was certainly so during all of the window.
    pub fn surely(&self, window: Span) -> Option<&T> {
        let begun = self.0.iter().rposition(|(began, _)| began.to <= window.from)?;
        let over = self.0.get(begun + 1).is_some_and(|(next, _)| next.from < window.to);
        (!over).then(|| &self.0[begun].1)
    }

    /// Whether something may have been so at some moment of the window.
    pub fn may(&self, window: Span, so: impl Fn(&T) -> bool) -> bool {
        self.possibly(window).any(so)
    }

    /// Whether something was certainly so during all of the window, whichever state it was.
    pub fn must(&self, window: Span, so: impl Fn(&T) -> bool) -> bool {
        let began_before = self.0.first().is_some_and(|(began, _)| began.to <= window.from);
        began_before && self.possibly(window).all(so)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_may_stand_from_the_first_moment_of_its_span_and_surely_stands_from_the_last() {
        let mut course = Course::default();
        course.push(Span { from: 10, to: 20 }, "a");
        course.push(Span { from: 50, to: 60 }, "b");
        let possibly = |at: Moment| course.possibly(Span::at(at)).copied().collect::<Vec<_>>();
        assert_eq!(possibly(9), [""; 0]);
        assert_eq!((possibly(10), possibly(55), possibly(61)), (vec!["a"], vec!["a", "b"], vec!["b"]));
        let surely = |from: Moment, to: Moment| course.surely(Span { from, to }).copied();
        assert_eq!((surely(15, 30), surely(20, 50), surely(20, 51)), (None, Some("a"), None));
        assert_eq!(surely(60, 1000), Some("b"));
        assert!(course.must(Span { from: 20, to: 99 }, |_| true) && !course.must(Span { from: 19, to: 99 }, |_| true));
    }
}
