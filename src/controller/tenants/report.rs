//! What to say of a tenant.

use std::time::Duration;

use jiff::Timestamp;
use kube::ResourceExt;

use super::permitted::Permitted;
use crate::api::conditions::{
    AUTHENTICATED, Claim, ENDS_STOPPED, INVITATIONS_BLOCKED, MAIL, PERMITTED, READY, RECONCILING, STALLED,
    SWEEP_FAILING, Truth, merge, whole_seconds,
};
use crate::api::{EntraTenant, EntraTenantStatus, Explanation, GuestCounts, LastSweep, Reason, annotations};
use crate::plan::DIRECTORY_FULL;
use crate::store::{Sweeps, TenantTrouble};

/// What a reconcile found out.
pub struct TenantFindings {
    /// What is wrong.
    pub trouble: Option<TenantTrouble>,
    /// When the certificate expires that the operator signs in with.
    pub expires: Option<Timestamp>,
    /// Whether the application may do what the guests ask for.
    pub permitted: Permitted,
    /// Whether Microsoft blocks invitations.
    pub blocked: bool,
    /// Whether the directory is full.
    pub full: bool,
    /// Why nobody is ended now, if so.
    pub ends_stopped: Option<Explanation>,
    /// Why the operator cannot mail by itself, if `spec.mail` asks for that.
    pub mail: Option<Result<(), Explanation>>,
    /// The guests.
    pub counts: GuestCounts,
    /// Until when Graph has asked the tenant to wait, if that is long.
    pub paused_until: Option<Timestamp>,
    /// How the sweeps go.
    pub sweeps: Sweeps,
    /// The resume annotation that was acted on.
    pub resumed: Option<String>,
}

/// The status of `tenant` by these findings.
pub fn status(tenant: &EntraTenant, findings: TenantFindings, now: Timestamp) -> EntraTenantStatus {
    let before = tenant.status.clone().unwrap_or_default();
    let blocked = |reason| {
        Explanation::new(
            reason,
            "Microsoft blocks invitations from this directory because of suspicious activity; none is sent. Ask Microsoft support to lift the block, then annotate this EntraTenant with guestlist.dev/resume=<any new value>.",
        )
    };
    let trouble = findings.trouble.as_ref();
    let explanation = match (trouble, findings.blocked, findings.paused_until) {
        (Some(trouble), ..) => trouble.explanation.clone(),
        (None, true, _) => blocked(Reason::InvitationsBlocked),
        (None, false, Some(until)) => {
            let until = whole_seconds(until);
            let message = format!(
                "Microsoft Graph asked this tenant to wait until {until}. Until then nothing is sent or read; it goes on by itself."
            );
            Explanation::new(Reason::Throttled, message)
        }
        (None, false, None) if findings.full => Explanation::new(Reason::DirectoryFull, DIRECTORY_FULL),
        (None, false, None) => {
            Explanation::new(Reason::Connected, "The operator is signed in and Microsoft Graph answers.")
        }
    };
    let course = explanation.reason.course();
    // Another EntraTenant stays until somebody deletes one of the two.
    let tried_again = trouble.is_some() && explanation.reason != Reason::DirectoryTaken;
    let (ready, beside) = Claim::ready(&explanation, if tried_again { course.retried() } else { course });
    let beside = beside.map(|claim| match tried_again {
        true => {
            let retrying = Explanation::new(Reason::Retrying, "It is tried again by itself.");
            Claim { explanation: retrying, ..claim }
        }
        false => claim,
    });
    let authenticated = match trouble {
        Some(trouble) if trouble.signed_in != Truth::True => {
            Claim::new(AUTHENTICATED, trouble.signed_in, trouble.explanation.clone())
        }
        _ => signed_in(findings.expires, now),
    };
    let mut claims: Vec<Claim> = [ready, authenticated].into_iter().chain(beside).collect();
    claims.push(findings.permitted.claim());
    claims.push(match findings.blocked {
        true => Claim::new(INVITATIONS_BLOCKED, Truth::True, blocked(Reason::SuspiciousActivity)),
        false => {
            let message = "Microsoft Graph has not reported a block.";
            Claim::new(INVITATIONS_BLOCKED, Truth::False, Explanation::new(Reason::NotBlocked, message))
        }
    });
    claims.extend(findings.ends_stopped.map(|stopped| Claim::new(ENDS_STOPPED, Truth::True, stopped)));
    let last_sweep = findings.sweeps.failing.map(|failing| LastSweep {
        completed_at: findings.sweeps.completed_at.map(whole_seconds),
        failing_since: Some(whole_seconds(failing.since)),
        message: failing.why,
    });
    claims.extend(last_sweep.as_ref().map(listing_failed));
    claims.extend(findings.mail.map(|mail| match mail {
        Ok(()) => {
            let message = "The mail server and the text are read.";
            Claim::new(MAIL, Truth::True, Explanation::new(Reason::Configured, message))
        }
        Err(trouble) => Claim::new(MAIL, Truth::False, trouble),
    }));
    let odd = annotations::meaningless(tenant.annotations().keys(), annotations::OF_TENANTS);
    annotations::add_to_ready(&mut claims, odd.as_deref());
    let owned =
        [READY, AUTHENTICATED, PERMITTED, INVITATIONS_BLOCKED, ENDS_STOPPED, SWEEP_FAILING, MAIL, RECONCILING, STALLED];
    EntraTenantStatus {
        observed_generation: tenant.metadata.generation,
        guests: Some(findings.counts),
        last_sweep,
        resumed_at: findings.resumed.as_ref().map(|_| whole_seconds(now)).or(before.resumed_at),
        last_handled_resume: findings.resumed.or(before.last_handled_resume),
        conditions: merge(&before.conditions, &owned, &claims, tenant.metadata.generation, now),
    }
}

fn listing_failed(last: &LastSweep) -> Claim {
    let since = last.failing_since.map(|since| format!(" since {since}")).unwrap_or_default();
    let message = format!(
        "The directory cannot be read to its end{since}, so redemptions may not show: {}. It is tried again.",
        last.message
    );
    Claim::new(SWEEP_FAILING, Truth::True, Explanation::new(Reason::ListingFailed, message))
}

/// So long before its end a certificate is spoken of.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

fn signed_in(expires: Option<Timestamp>, now: Timestamp) -> Claim {
    let (reason, message) = match expires.filter(|expires| expires.duration_since(now).unsigned_abs() < SOON) {
        Some(expires) => (
            Reason::CertificateExpiresSoon,
            format!(
                "The operator holds a token, but its certificate expires at {expires}: make a new one, upload its public part in Entra under App registrations, Certificates & secrets, and put both parts into the Secret."
            ),
        ),
        None => (Reason::SignedIn, "The operator holds a token.".to_owned()),
    };
    Claim::new(AUTHENTICATED, Truth::True, Explanation { reason, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_spoken_of_within_its_last_fourteen_days() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let reason = |expires: Option<&str>| signed_in(expires.map(|at| at.parse().unwrap()), now).explanation.reason;
        assert_eq!(reason(None), Reason::SignedIn);
        assert_eq!(reason(Some("2026-06-15T00:00:01Z")), Reason::SignedIn);
        assert_eq!(reason(Some("2026-06-14T23:59:59Z")), Reason::CertificateExpiresSoon);
    }
}
