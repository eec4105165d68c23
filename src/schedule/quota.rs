//! What the quota of one directory leaves. It begins with the published figures of the smallest directory, goes below them by itself when Graph says
//! that they are too high, and comes back slowly.

use std::time::{Duration, Instant};

use super::window::Window;
use super::{Cost, Resource};

/// 150 invitations in 5 seconds, for all applications together.
const INVITATIONS: (u32, Duration) = (150, Duration::from_secs(5));

/// 3,000 writes in 150 seconds.
const WRITES: (u32, Duration) = (3_000, Duration::from_secs(150));

/// 3,500 resource units in 10 seconds, in a directory of less than 50 users. What fits them fits larger ones.
const UNITS: (u32, Duration) = (3_500, Duration::from_secs(10));

/// How much of the figures is left at least, in percent.
const LEAST: u32 = 12;

/// How much comes back in each minute without a complaint, in percent.
const BACK: u32 = 10;

const MINUTE: Duration = Duration::from_secs(60);

/// From this share of a limit in use on Graph says so.
const HIGH: f64 = 0.8;

/// How long what is not urgent waits then.
const REST: Duration = Duration::from_secs(10);

/// What Graph says about the quota in an answer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bill {
    /// The units that it has counted (`x-ms-resource-unit`).
    pub units: Option<u32>,
    /// The share of the limit in use (`x-ms-throttle-limit-percentage`), told from 0.8 on.
    pub used: Option<f64>,
}

/// What the quota of one directory leaves.
#[derive(Debug)]
pub(super) struct Quota {
    /// In the order of [`Cost::each`].
    limits: [QuotaLimit; 3],
}

#[derive(Debug)]
struct QuotaLimit {
    window: Window,
    /// How much of the published figure may be used, in percent.
    percent: u32,
    /// When Graph last said that this is too much, or when the share grew.
    changed: Option<Instant>,
    /// Until when what is not urgent waits.
    high_until: Option<Instant>,
}

impl QuotaLimit {
    fn of((limit, length): (u32, Duration)) -> Self {
        Self { window: Window::new(limit, length), percent: 100, changed: None, high_until: None }
    }

    /// It was too much: half of it, once for all that was under way together.
    fn lower(&mut self, now: Instant) {
        if self.changed.is_none_or(|changed| now.duration_since(changed) >= self.window.length()) {
            self.percent = (self.percent / 2).max(LEAST);
            self.changed = Some(now);
        }
    }

    /// Some of it comes back.
    fn recover(&mut self, now: Instant) {
        while let Some(changed) = self.changed
            && now.duration_since(changed) >= MINUTE
        {
            self.percent = (self.percent + BACK).min(100);
            self.changed = Some(changed + MINUTE).filter(|_| self.percent < 100);
        }
    }
}

impl Default for Quota {
    fn default() -> Self {
        Self { limits: [INVITATIONS, WRITES, UNITS].map(QuotaLimit::of) }
    }
}

impl Quota {
    /// How long it takes until this fits; nothing when it fits now. What is not `urgent` also waits while much of a limit is in use.
    pub(super) fn wait(&mut self, cost: Cost, urgent: bool, now: Instant) -> Option<Duration> {
        let waits = self.limits.iter_mut().zip(cost.each()).filter_map(|(limit, amount)| {
            limit.recover(now);
            let rest = limit.high_until.filter(|until| !urgent && amount > 0 && *until > now);
            limit.window.wait(amount, limit.percent, now).max(rest.map(|until| until - now))
        });
        waits.max()
    }

    /// A request of this `cost` begins.
    pub(super) fn begin(&mut self, cost: Cost) {
        self.limits.iter_mut().zip(cost.each()).for_each(|(limit, amount)| limit.window.begin(amount));
    }

    /// A request of this `cost` has ended.
    pub(super) fn end(&mut self, cost: Cost, now: Instant) {
        self.limits.iter_mut().zip(cost.each()).for_each(|(limit, amount)| limit.window.end(amount, now));
    }

    /// Takes in what Graph says about a request of this `cost`.
    pub(super) fn billed(&mut self, cost: Cost, bill: Bill, now: Instant) {
        let limit = self.limit(Resource::Units);
        limit.window.book(bill.units.unwrap_or_default().saturating_sub(cost.units.max(1)), now);
        let limit = self.limit(cost.scarcest());
        match bill.used {
            Some(used) if used > 1.0 => limit.lower(now),
            Some(used) if used >= HIGH => limit.high_until = Some(now + REST),
            _ => {}
        }
    }

    /// Graph has refused a request of this `cost` (429).
    pub(super) fn refused(&mut self, cost: Cost, now: Instant) {
        self.limit(cost.scarcest()).lower(now);
    }

    fn limit(&mut self, resource: Resource) -> &mut QuotaLimit {
        let [invitations, writes, units] = &mut self.limits;
        match resource {
            Resource::Invitations => invitations,
            Resource::Writes => writes,
            Resource::Units => units,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITATION: Cost = Cost::INVITATION;

    /// How many invitations leave within so many seconds from `start`, as fast as the quota lets them.
    fn leave(quota: &mut Quota, start: Instant, seconds: u64) -> usize {
        let mut now = start;
        let mut left = 0;
        loop {
            now += quota.wait(INVITATION, true, now).unwrap_or_default();
            if now >= start + Duration::from_secs(seconds) {
                return left;
            }
            quota.begin(INVITATION);
            quota.end(INVITATION, now);
            left += 1;
        }
    }

    #[test]
    fn no_more_leaves_than_the_published_figures_allow_and_nearly_as_much() {
        let (mut quota, start) = (Quota::default(), Instant::now());
        let left = leave(&mut quota, start, 60);
        assert!((150 * 11..=150 * 12).contains(&left), "{left}");
    }

    #[test]
    fn after_a_refusal_it_is_half_and_comes_back_slowly() {
        let (mut quota, start) = (Quota::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        // Those that were under way together are refused together.
        (0..10).for_each(|_| quota.refused(INVITATION, start));
        let half = leave(&mut quota, at(10), 20);
        assert_eq!(half, 75 * 4);
        assert_eq!(leave(&mut quota, at(60 * 3 + 10), 5), 120, "half and three tenths");
        assert_eq!(leave(&mut quota, at(3_600), 5), 150, "all of it");
        (0..20).for_each(|n| quota.refused(INVITATION, at(4_000 + n * 6)));
        assert!(leave(&mut quota, at(4_120), 5) >= 18, "never nothing");
    }

    #[test]
    fn what_graph_says_of_one_limit_holds_up_nothing_that_does_not_need_it() {
        let (mut quota, now) = (Quota::default(), Instant::now());
        let read = Cost { units: 1, ..Cost::default() };
        quota.billed(INVITATION, Bill { used: Some(0.9), units: None }, now);
        assert_eq!((quota.wait(read, false, now), quota.wait(INVITATION, true, now)), (None, None));
        quota.billed(read, Bill { used: Some(0.9), units: Some(1) }, now);
        assert_eq!((quota.wait(read, false, now), quota.wait(read, true, now)), (Some(REST), None));
        // Graph has counted more than we did.
        quota.billed(read, Bill { used: None, units: Some(3_501) }, now);
        assert!(quota.wait(read, true, now).is_some());
        assert_eq!(quota.wait(INVITATION, true, now), None);
    }
}
