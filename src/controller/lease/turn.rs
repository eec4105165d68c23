//! Whether the lease may be taken. How old it is counts from when this replica saw it change, on a clock that no one can set:
//! clocks of other nodes are never compared with ours (client-go, leaderelection).

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::LeaseSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;

use super::Election;

/// What to write to have the lease; nothing while another holds it.
pub fn claim(found: &LeaseSpec, unchanged_for: Duration, election: &Election, now: Timestamp) -> Option<LeaseSpec> {
    let holder = found.holder_identity.as_deref().unwrap_or_default();
    let ours = holder == election.identity;
    let promised = Duration::from_secs(found.lease_duration_seconds.unwrap_or_default().try_into().unwrap_or_default());
    if !ours && !holder.is_empty() && unchanged_for <= promised.max(election.duration) {
        return None;
    }
    let transitions = found.lease_transitions.unwrap_or_default();
    Some(LeaseSpec {
        holder_identity: Some(election.identity.clone()),
        lease_duration_seconds: Some(election.duration.as_secs().try_into().unwrap_or(i32::MAX)),
        acquire_time: found.acquire_time.clone().filter(|_| ours).or(Some(MicroTime(now))),
        renew_time: Some(MicroTime(now)),
        lease_transitions: Some(if ours { transitions } else { transitions.saturating_add(1) }),
        ..LeaseSpec::default()
    })
}

/// What to write to give the lease back, so that the next need not wait.
pub fn given_back(held: &LeaseSpec, now: Timestamp) -> LeaseSpec {
    LeaseSpec {
        holder_identity: Some(String::new()),
        lease_duration_seconds: Some(1),
        renew_time: Some(MicroTime(now)),
        ..held.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn election(identity: &str) -> Election {
        let [duration, renew_deadline, retry_period] = [15, 10, 2].map(Duration::from_secs);
        Election { lease: "guestlist".into(), identity: identity.into(), duration, renew_deadline, retry_period }
    }

    #[test]
    fn a_lease_is_taken_when_it_is_free_ours_or_has_not_moved_for_as_long_as_promised() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-01-01T00:00:05Z".parse().unwrap();
        let seconds = Duration::from_secs;
        let ann = claim(&LeaseSpec::default(), seconds(0), &election("ann"), now).unwrap();
        assert_eq!((ann.holder_identity.as_deref(), ann.lease_transitions), (Some("ann"), Some(1)));

        let again = claim(&ann, seconds(100), &election("ann"), later).unwrap();
        assert_eq!((again.acquire_time, again.renew_time), (Some(MicroTime(now)), Some(MicroTime(later))));
        assert_eq!(again.lease_transitions, Some(1));

        assert_eq!(claim(&ann, seconds(15), &election("bob"), later), None);
        let bob = claim(&ann, seconds(16), &election("bob"), later).unwrap();
        assert_eq!((bob.acquire_time, bob.lease_transitions), (Some(MicroTime(later)), Some(2)));

        // Whoever promised to be longer away is given that time.
        let slow = LeaseSpec { lease_duration_seconds: Some(60), ..ann.clone() };
        assert_eq!(claim(&slow, seconds(30), &election("bob"), later), None);

        let free = given_back(&ann, later);
        assert!(claim(&free, seconds(0), &election("bob"), later).is_some());
    }
}
