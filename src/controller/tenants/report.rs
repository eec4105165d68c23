//! What to say of a tenant.

use std::time::Duration;

use jiff::Timestamp;

use super::permitted::Permitted;
use crate::api::conditions::{
    AUTHENTICATED, Claim, ENDS_STOPPED, INVITATIONS_BLOCKED, MAIL, PERMITTED, READY, RECONCILING, STALLED, Truth,
    merge, whole_seconds,
};
use crate::api::{EntraTenant, EntraTenantStatus, Explanation, GuestCounts, Reason};
use crate::store::TenantTrouble;

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
    /// Why nobody is ended now, if so.
    pub ends_stopped: Option<Explanation>,
    /// Why the operator cannot mail by itself, if `spec.mail` asks for that.
    pub mail: Option<Result<(), Explanation>>,
    /// The guests.
    pub counts: GuestCounts,
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
    let explanation = match (trouble, findings.blocked) {
        (Some(trouble), _) => trouble.explanation.clone(),
        (None, true) => blocked(Reason::InvitationsBlocked),
        (None, false) => Explanation::new(Reason::Connected, "The operator is signed in and Microsoft Graph answers."),
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
    claims.extend(findings.mail.map(|mail| match mail {
        Ok(()) => {
            let message = "The mail server and the text are read.";
            Claim::new(MAIL, Truth::True, Explanation::new(Reason::Configured, message))
        }
        Err(trouble) => Claim::new(MAIL, Truth::False, trouble),
    }));
    let owned = [READY, AUTHENTICATED, PERMITTED, INVITATIONS_BLOCKED, ENDS_STOPPED, MAIL, RECONCILING, STALLED];
    EntraTenantStatus {
        observed_generation: tenant.metadata.generation,
        guests: Some(findings.counts),
        resumed_at: findings.resumed.as_ref().map(|_| whole_seconds(now)).or(before.resumed_at),
        last_handled_resume: findings.resumed.or(before.last_handled_resume),
        conditions: merge(&before.conditions, &owned, &claims, tenant.metadata.generation, now),
    }
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
