//! What is wrong for a whole tenant, and how often it came back. A look at the directory may go well while what the guests need is
//! still refused; then the guests are not woken by each such look.

use std::time::{Duration, Instant};

use super::TenantTrouble;
use crate::api::Reason;

/// Trouble that comes so soon after it passed has not passed.
const RELAPSE: Duration = Duration::from_secs(60);

/// The longest that trouble lasts without a look whether it has passed.
const LONGEST: Duration = Duration::from_secs(30);

/// The same for a permission that is missing. The token tells when it is granted; asking Graph, which costs a refused invitation, is for
/// an application that may invite by a directory role instead.
const LONGEST_WITHOUT_PERMISSION: Duration = Duration::from_secs(20 * 60);

const FIRST_WITHOUT_PERMISSION: Duration = Duration::from_secs(30);

/// What is wrong now, and what was before.
#[derive(Debug, Default)]
pub struct Troubles {
    /// What is wrong now.
    pub now: Option<TenantTrouble>,
    since: Option<Instant>,
    passed: Option<Instant>,
    relapses: u32,
}

impl Troubles {
    /// Notes what is wrong, or that it passed; returns what was noted before.
    pub fn set(&mut self, trouble: Option<TenantTrouble>, now: Instant) -> Option<TenantTrouble> {
        match (&self.now, &trouble) {
            (None, Some(_)) => {
                let soon = self.passed.is_some_and(|passed| now.saturating_duration_since(passed) < RELAPSE);
                self.relapses = if soon { self.relapses.saturating_add(1) } else { 0 };
                self.since = Some(now);
            }
            (Some(_), None) => self.passed = Some(now),
            _ => {}
        }
        std::mem::replace(&mut self.now, trouble)
    }

    /// What is wrong, while it is too early to look whether it has passed: 2 s, 4 s, 8 s ... after it came back; for a permission that is
    /// missing half a minute, 1 min, 2 min ... from the first time on.
    pub fn lasting(&self, now: Instant) -> Option<TenantTrouble> {
        self.look_in(now).and_then(|_| self.now.clone())
    }

    /// How long it is too early to look whether it has passed.
    pub fn look_in(&self, now: Instant) -> Option<Duration> {
        let permission = self.now.as_ref().is_some_and(|now| now.explanation.reason == Reason::PermissionMissing);
        let doubled = |first: Duration| first.saturating_mul(2u32.saturating_pow(self.relapses));
        let lasts = match self.relapses {
            _ if permission => doubled(FIRST_WITHOUT_PERMISSION).min(LONGEST_WITHOUT_PERMISSION),
            0 => Duration::ZERO,
            _ => doubled(Duration::from_secs(1)).min(LONGEST),
        };
        let since = self.since.filter(|_| self.now.is_some())?;
        Some(lasts.saturating_sub(now.saturating_duration_since(since))).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Explanation;
    use crate::api::conditions::Truth;

    #[test]
    fn trouble_that_comes_back_is_left_alone_for_longer_each_time() {
        let trouble = || {
            Some(TenantTrouble { explanation: Explanation::new(Reason::GraphUnreachable, ""), signed_in: Truth::True })
        };
        let (mut troubles, mut now) = (Troubles::default(), Instant::now());
        for lasts in [0, 2, 4, 8, 16, 30, 30] {
            let _ = troubles.set(trouble(), now);
            if lasts > 0 {
                let moment = Duration::from_millis(1);
                let just_before = now + Duration::from_secs(lasts) - moment;
                assert!(troubles.lasting(just_before).is_some());
                assert_eq!(troubles.look_in(just_before), Some(moment), "a look comes just when it is over");
            }
            now += Duration::from_secs(lasts);
            assert_eq!(troubles.lasting(now), None, "{lasts} s");
            let _ = troubles.set(None, now);
        }
        now += RELAPSE;
        let _ = troubles.set(trouble(), now);
        assert_eq!(troubles.lasting(now), None, "what comes back after long is new");
    }

    /// An application lacked the permission to invite: 20 guests made 31 POSTs and 1,210 calls a minute, because the next look found Graph
    /// well each time.
    #[test]
    fn a_permission_that_is_missing_is_asked_about_more_and_more_seldom() {
        let missing = Explanation::new(Reason::PermissionMissing, "");
        let trouble = || Some(TenantTrouble { explanation: missing.clone(), signed_in: Truth::True });
        let (mut troubles, mut now) = (Troubles::default(), Instant::now());
        for lasts in [30, 60, 120, 240, 480, 960, 1200, 1200] {
            let _ = troubles.set(trouble(), now);
            assert!(troubles.lasting(now + Duration::from_secs(lasts - 1)).is_some(), "{lasts} s");
            now += Duration::from_secs(lasts);
            assert_eq!(troubles.lasting(now), None, "{lasts} s");
            let _ = troubles.set(None, now);
        }
    }
}
