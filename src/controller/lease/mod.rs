//! The lease that lets one replica work while the others stand by. It only keeps two from working at once: that no mail
//! leaves twice rests on the record in each guest's status, never on this.

mod hold;
mod turn;

pub use hold::acquire;

use std::time::Duration;

/// How replicas agree on who works, in client-go's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Election {
    /// The name of the Lease, in the operator's own namespace.
    pub lease: String,
    /// Who this replica is; no two may have the same.
    pub identity: String,
    /// How long a lease stands after it was last renewed.
    pub duration: Duration,
    /// How long the leader tries to renew before it gives up and exits; shorter than `duration`.
    pub renew_deadline: Duration,
    /// How long between two tries to take or to renew.
    pub retry_period: Duration,
}

/// Spans that leave no room for each other, by the flag to change.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongElection {
    /// The lease is too short.
    #[error("--lease-duration: at least 1s; a Lease counts in whole seconds")]
    Duration,
    /// The leader would still work when the next one begins.
    #[error("--renew-deadline: has to be shorter than --lease-duration, or two replicas lead at once")]
    RenewDeadline,
    /// There is one try before the deadline and no second one.
    #[error("--retry-period: at most half of --renew-deadline, or one lost request ends the lead")]
    RetryPeriod,
}

impl Election {
    /// The same, if the three spans leave room for each other.
    ///
    /// # Errors
    /// A sentence that names the flag to change.
    pub fn checked(self) -> Result<Self, WrongElection> {
        if self.duration < Duration::from_secs(1) {
            return Err(WrongElection::Duration);
        }
        if self.renew_deadline >= self.duration {
            return Err(WrongElection::RenewDeadline);
        }
        if self.retry_period * 2 > self.renew_deadline {
            return Err(WrongElection::RetryPeriod);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_leave_no_room_are_refused_by_the_flag_to_change() {
        let with = |duration, renew_deadline, retry_period| {
            let [duration, renew_deadline, retry_period] =
                [duration, renew_deadline, retry_period].map(Duration::from_secs);
            Election { lease: "l".into(), identity: "a".into(), duration, renew_deadline, retry_period }.checked()
        };
        assert!(with(15, 10, 2).is_ok());
        assert!(with(0, 0, 0).unwrap_err().to_string().starts_with("--lease-duration"));
        assert!(with(10, 10, 2).unwrap_err().to_string().starts_with("--renew-deadline"));
        assert!(with(15, 10, 6).unwrap_err().to_string().starts_with("--retry-period"));
    }
}
