//! A limit that is counted over a sliding window: so much within so long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What was used of a limit within a window.
#[derive(Debug)]
pub(super) struct Window {
    limit: u32,
    length: Duration,
    used: VecDeque<(Instant, u32)>,
    sum: u32,
}

impl Window {
    /// An empty window of this length for so much.
    pub(super) fn new(limit: u32, length: Duration) -> Self {
        Self { limit, length, used: VecDeque::new(), sum: 0 }
    }

    /// How long the window is.
    pub(super) fn length(&self) -> Duration {
        self.length
    }

    /// Uses `amount`.
    pub(super) fn book(&mut self, amount: u32, now: Instant) {
        if amount > 0 {
            self.used.push_back((now, amount));
            self.sum = self.sum.saturating_add(amount);
        }
    }

    /// What was booked at `from` is used at `now` only.
    pub(super) fn rebook(&mut self, amount: u32, from: Instant, now: Instant) {
        let at = self.used.partition_point(|(booked, _)| *booked < from);
        if self.used.get(at) == Some(&(from, amount)) {
            self.used.remove(at);
            self.sum = self.sum.saturating_sub(amount);
        }
        self.book(amount, now);
    }

    /// How long it takes until `amount` fits into so many `percent` of the limit; nothing when it fits now. More than the limit fits when nothing
    /// else is in the window.
    pub(super) fn wait(&mut self, amount: u32, percent: u32, now: Instant) -> Option<Duration> {
        while let Some((at, used)) = self.used.front().copied()
            && now.duration_since(at) >= self.length
        {
            self.used.pop_front();
            self.sum = self.sum.saturating_sub(used);
        }
        let amount = u64::from(amount);
        let most = (u64::from(self.limit) * u64::from(percent) / 100).saturating_sub(amount);
        let mut left = u64::from(self.sum);
        if amount == 0 || left <= most {
            return None;
        }
        let freeing = self.used.iter().find(|(_, used)| {
            left = left.saturating_sub(u64::from(*used));
            left <= most
        });
        let (at, _) = freeing.or(self.used.back())?;
        Some((*at + self.length).saturating_duration_since(now))
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
    fn what_is_used_later_than_it_was_booked_leaves_the_window_later() {
        let (start, length) = (Instant::now(), Duration::from_secs(5));
        let at = |millis: u64| start + Duration::from_millis(millis);
        let mut window = Window::new(3, length);
        (0..3).for_each(|n| window.book(1, at(n * 100)));
        window.rebook(1, at(100), at(3_000));
        assert_eq!(window.wait(1, 100, at(3_000)), Some(Duration::from_millis(2_000)));
        assert_eq!(window.wait(3, 100, at(5_500)), Some(Duration::from_millis(2_500)));
        // What has left the window meanwhile is used all the same.
        window.rebook(1, at(0), at(6_000));
        assert_eq!(window.wait(3, 100, at(6_000)), Some(Duration::from_millis(5_000)));
    }
}
