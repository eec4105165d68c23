//! A limit that is counted over a sliding window: so much within so long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What was used of a limit within a window. What a request uses counts until the whole window has passed after the request's end: Microsoft Graph
/// has counted it by then, however long it was on its way.
#[derive(Debug)]
pub(super) struct Window {
    limit: u32,
    length: Duration,
    /// What requests use that have not ended.
    under_way: u32,
    ended: VecDeque<(Instant, u32)>,
    /// The sum of those that have ended.
    sum: u32,
}

impl Window {
    /// An empty window of this length for so much.
    pub(super) fn new(limit: u32, length: Duration) -> Self {
        Self { limit, length, under_way: 0, ended: VecDeque::new(), sum: 0 }
    }

    /// How long the window is.
    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// A request begins that uses `amount`.
    pub(super) fn begin(&mut self, amount: u32) {
        self.under_way = self.under_way.saturating_add(amount);
    }

    /// A request that uses `amount` has ended.
    pub(super) fn end(&mut self, amount: u32, now: Instant) {
        self.under_way = self.under_way.saturating_sub(amount);
        self.book(amount, now);
    }

    /// Something that has ended used `amount`.
    pub(super) fn book(&mut self, amount: u32, now: Instant) {
        if amount > 0 {
            self.ended.push_back((now, amount));
            self.sum = self.sum.saturating_add(amount);
        }
    }

    /// How long it takes at least until `amount` fits into so many `percent` of the limit; nothing when it fits now. More than the limit fits when
    /// nothing else is in the window.
    pub(super) fn wait(&mut self, amount: u32, percent: u32, now: Instant) -> Option<Duration> {
        while let Some((at, used)) = self.ended.front().copied()
            && now.duration_since(at) >= self.length
        {
            self.ended.pop_front();
            self.sum = self.sum.saturating_sub(used);
        }
        let amount = u64::from(amount);
        let most = (u64::from(self.limit) * u64::from(percent) / 100).saturating_sub(amount);
        let mut left = u64::from(self.under_way) + u64::from(self.sum);
        if amount == 0 || left <= most {
            return None;
        }
        let freeing = self.ended.iter().find(|(_, used)| {
            left = left.saturating_sub(u64::from(*used));
            left <= most
        });
        // What is under way leaves the window after the whole length, even if it ends at once.
        Some(freeing.map_or(self.length, |(at, _)| (*at + self.length).saturating_duration_since(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_now_waits_until_enough_has_left_the_window() {
        let (start, length) = (Instant::now(), Duration::from_secs(5));
        let at = |millis: u64| start + Duration::from_millis(millis);
        let mut window = Window::new(10, length);
        for n in 0..10 {
            assert_eq!(window.wait(1, 100, at(n * 100)), None);
            window.book(1, at(n * 100));
        }
        assert_eq!(window.wait(1, 100, at(1_000)), Some(Duration::from_millis(4_000)));
        assert_eq!(window.wait(3, 100, at(1_000)), Some(Duration::from_millis(4_200)));
        assert_eq!(window.wait(1, 50, at(1_000)), Some(Duration::from_millis(4_500)), "half of the limit");
        assert_eq!(window.wait(0, 100, at(1_000)), None);
        assert_eq!(window.wait(1, 100, at(5_000)), None);
        assert_eq!(window.wait(100, 100, at(5_500)), Some(Duration::from_millis(400)), "then nothing else is in it");
        assert_eq!(window.wait(100, 100, at(6_000)), None);
    }

    #[test]
    fn what_is_under_way_counts_until_the_window_has_passed_after_its_end() {
        let (start, length) = (Instant::now(), Duration::from_secs(5));
        let at = |millis: u64| start + Duration::from_millis(millis);
        let mut window = Window::new(3, length);
        (0..3).for_each(|_| window.begin(1));
        assert_eq!(window.wait(1, 100, at(9_000)), Some(length), "each may end at this moment");
        window.end(1, at(9_000));
        window.end(1, at(10_000));
        assert_eq!(window.wait(1, 100, at(10_000)), Some(Duration::from_millis(4_000)));
        assert_eq!(window.wait(3, 100, at(10_000)), Some(length));
        assert_eq!(window.wait(2, 100, at(15_000)), None, "one is under way still");
        assert_eq!(window.wait(3, 100, at(15_000)), Some(length));
        window.end(1, at(16_000));
        assert_eq!(window.wait(3, 100, at(21_000)), None);
    }
}
