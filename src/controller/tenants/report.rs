//! What to say of a tenant.

use std::time::Duration;

use jiff::Timestamp;

use super::permitted::Permitted;
use super::{MailTrouble, TenantTrouble};
use crate::api::conditions::{
    AUTHENTICATED, Claim, INVITATIONS_BLOCKED, MAIL, PERMITTED, READY, RECONCILING, STALLED, Truth, merge,
};
use crate::api::{EntraTenant, EntraTenantStatus, GuestCounts};

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
    /// Why the operator cannot mail by itself, if `spec.mail` asks for that.
    pub mail: Option<Result<(), MailTrouble>>,
    /// The guests.
    pub counts: GuestCounts,
    /// The resume annotation that was acted on.
    pub resumed: Option<String>,
}

/// The status of `tenant` by these findings.
pub fn status(tenant: &EntraTenant, findings: TenantFindings, now: Timestamp) -> EntraTenantStatus {
    let before = tenant.status.clone().unwrap_or_default();
    let claim = |kind, status, reason: &str, message: &str| Claim {
        kind,
        status,
        reason: reason.into(),
        message: message.into(),
    };
    let blocked = "Microsoft blocks invitations from this directory because of suspicious activity; none is sent. Ask Microsoft support to lift the block, then annotate this EntraTenant with guestlist.dev/resume=<any new value>.";
    let mut claims = Vec::new();
    match (&findings.trouble, findings.blocked) {
        (Some(trouble), _) => {
            claims.push(claim(READY, Truth::False, &trouble.reason, &trouble.message));
            claims.push(match trouble.signed_in {
                Truth::True => signed_in(findings.expires, now),
                other => claim(AUTHENTICATED, other, &trouble.reason, &trouble.message),
            });
            claims.push(claim(RECONCILING, Truth::True, "Retrying", "It is tried again by itself."));
        }
        (None, true) => {
            claims.push(claim(READY, Truth::False, "InvitationsBlocked", blocked));
            claims.push(signed_in(findings.expires, now));
            claims.push(claim(STALLED, Truth::True, "InvitationsBlocked", blocked));
        }
        (None, false) => {
            claims.push(claim(
                READY,
                Truth::True,
                "Connected",
                "The operator is signed in and Microsoft Graph answers.",
            ));
            claims.push(signed_in(findings.expires, now));
        }
    }
    claims.push(findings.permitted.claim());
    claims.push(match findings.blocked {
        true => claim(INVITATIONS_BLOCKED, Truth::True, "SuspiciousActivity", blocked),
        false => claim(INVITATIONS_BLOCKED, Truth::False, "NotBlocked", "Microsoft Graph has not reported a block."),
    });
    match &findings.mail {
        None => {}
        Some(Ok(())) => claims.push(claim(MAIL, Truth::True, "Configured", "The mail server and the text are read.")),
        Some(Err((reason, message))) => claims.push(claim(MAIL, Truth::False, reason, message)),
    }
    let owned = [READY, AUTHENTICATED, PERMITTED, INVITATIONS_BLOCKED, MAIL, RECONCILING, STALLED];
    EntraTenantStatus {
        observed_generation: tenant.metadata.generation,
        guests: Some(findings.counts),
        last_handled_resume: findings.resumed.or(before.last_handled_resume),
        conditions: merge(&before.conditions, &owned, &claims, tenant.metadata.generation, now),
    }
}

/// So long before its end a certificate is spoken of.
const SOON: Duration = Duration::from_secs(14 * 24 * 3600);

fn signed_in(expires: Option<Timestamp>, now: Timestamp) -> Claim {
    let (reason, message) = match expires.filter(|expires| expires.duration_since(now).unsigned_abs() < SOON) {
        Some(expires) => (
            "CertificateExpiresSoon",
            format!(
                "The operator holds a token, but its certificate expires at {expires}: make a new one, upload its public part in Entra under App registrations, Certificates & secrets, and put both parts into the Secret."
            ),
        ),
        None => ("SignedIn", "The operator holds a token.".to_owned()),
    };
    Claim { kind: AUTHENTICATED, status: Truth::True, reason: reason.into(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_spoken_of_within_its_last_fourteen_days() {
        let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        let reason = |expires: Option<&str>| signed_in(expires.map(|at| at.parse().unwrap()), now).reason;
        assert_eq!(reason(None), "SignedIn");
        assert_eq!(reason(Some("2026-06-15T00:00:01Z")), "SignedIn");
        assert_eq!(reason(Some("2026-06-14T23:59:59Z")), "CertificateExpiresSoon");
    }
}
