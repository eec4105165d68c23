//! The request budgets, counted over a sliding window by the monotonic clock.
//! A refused request counts too, as "Microsoft Graph throttling guidance" warns.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::settings::{Budget, Settings};

/// What one request costs (page "Microsoft Graph service-specific throttling limits").
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) units: u32,
    pub(crate) writes: u32,
    pub(crate) invitations: u32,
}

#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) retry_after: f64,
    pub(crate) scope: &'static str,
    pub(crate) information: &'static str,
    pub(crate) used: f64,
}

#[derive(Debug, Default)]
struct Window {
    spent: VecDeque<(Instant, u32)>,
    sum: u32,
}

impl Window {
    /// Books a cost; returns the share of the budget used and, if that is more than all, how long to wait.
    fn book(&mut self, cost: u32, budget: Budget, now: Instant) -> (f64, Option<Duration>) {
        while let Some((at, spent)) = self.spent.front()
            && now.duration_since(*at) >= budget.window
        {
            self.sum -= spent;
            self.spent.pop_front();
        }
        self.spent.push_back((now, cost));
        self.sum += cost;
        let used = f64::from(self.sum) / f64::from(budget.limit.max(1));
        if self.sum <= budget.limit {
            return (used, None);
        }
        let mut left = self.sum;
        let freed = self.spent.iter().find(|(_, spent)| {
            left -= spent;
            left < budget.limit
        });
        let wait = freed.map_or(budget.window, |(at, _)| (*at + budget.window).duration_since(now));
        (used, Some(wait))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Throttles(HashMap<String, Window>);

impl Throttles {
    /// Books a request. `Ok` holds the largest share of a budget in use.
    pub(crate) fn book(
        &mut self,
        settings: &Settings,
        tenant: &str,
        app: &str,
        users: usize,
        cost: Cost,
    ) -> Result<f64, Refused> {
        let throttle = &settings.throttle;
        if !throttle.enabled {
            return Ok(0.0);
        }
        let units = throttle.resource_units.unwrap_or(Budget {
            limit: match users {
                0..50 => 3_500,
                50..=500 => 5_000,
                _ => 8_000,
            },
            window: Duration::from_secs(10),
        });
        let both = format!("{tenant}/{app}");
        let budgets = [
            (format!("i/{tenant}"), cost.invitations, throttle.invitations, "Tenant/Write", "RequestLimitExceeded"),
            (format!("u/{both}"), cost.units, units, "Tenant_Application/ReadWrite", "ResourceUnitLimitExceeded"),
            (format!("w/{both}"), cost.writes, throttle.writes, "Tenant_Application/Write", "WriteLimitExceeded"),
            (format!("t/{tenant}"), cost.writes, throttle.tenant_writes, "Tenant/Write", "WriteLimitExceeded"),
        ];
        let now = Instant::now();
        let mut most: f64 = 0.0;
        let mut refused: Option<Refused> = None;
        for (key, cost, budget, scope, information) in budgets {
            if cost == 0 {
                continue;
            }
            let (used, wait) = self.0.entry(key).or_default().book(cost, budget, now);
            most = most.max(used);
            if let Some(wait) = wait {
                let seconds = wait.as_secs_f64();
                let retry_after = if throttle.fractional_retry_after {
                    (seconds * 1000.0).ceil().max(1.0) / 1000.0
                } else {
                    seconds.ceil().max(1.0)
                };
                if refused.as_ref().is_none_or(|known| known.retry_after < retry_after) {
                    refused = Some(Refused { retry_after, scope, information, used });
                }
            }
        }
        refused.map_or(Ok(most), Err)
    }
}
