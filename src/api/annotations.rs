//! The annotations by which a person asks for something. One with our prefix that asks for nothing is told, or a slip of the pen would
//! be waited for in vain.

use super::conditions::{Claim, READY};

const PREFIX: &str = "guestlist.dev/";

/// Annotation on an EntraTenant. Any new value closes the breaker once, after a person has cleared Microsoft's block on
/// invitations.
pub const RESUME: &str = "guestlist.dev/resume";

/// Annotation on a GuestInvitation. Any new value mails a pending guest once more, or invites a guest again whom the
/// directory lost.
pub const RESEND: &str = "guestlist.dev/resend";

/// Annotation on a GuestInvitation. Any new value lets the guest redeem again, with `redeemAs` if it is given.
pub const RESET_REDEMPTION: &str = "guestlist.dev/reset-redemption";

/// Annotation on a GuestInvitation. Any new value makes the operator look at everything at once, also at what was
/// refused.
pub const RECONCILE: &str = "guestlist.dev/reconcile";

/// The annotations of a GuestInvitation.
pub const OF_GUESTS: &[&str] = &[RESEND, RESET_REDEMPTION, RECONCILE];

/// The annotations of an EntraTenant.
pub const OF_TENANTS: &[&str] = &[RESUME];

/// Whether an annotation with this name is meant for the operator.
pub fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// What to say of those among `names` that have our prefix and mean nothing, where only `known` mean something.
pub fn meaningless<'n>(names: impl IntoIterator<Item = &'n String>, known: &[&str]) -> Option<String> {
    let odd = names.into_iter().filter(|name| is_ours(name) && !known.contains(&name.as_str()));
    let odd: Vec<&str> = odd.map(String::as_str).collect();
    let what = match odd.as_slice() {
        [] => return None,
        [one] => format!("The annotation {one} means nothing here"),
        several => format!("The annotations {} mean nothing here", several.join(", ")),
    };
    Some(match known {
        [] => format!("{what}: annotate a GuestInvitation."),
        known => format!("{what}; known {} {}.", if known.len() == 1 { "is" } else { "are" }, known.join(", ")),
    })
}

/// Adds a sentence to what Ready says.
pub fn add_to_ready(claims: &mut [Claim], sentence: Option<&str>) {
    let Some(sentence) = sentence else { return };
    for claim in claims.iter_mut().filter(|claim| claim.kind == READY) {
        claim.explanation.message = format!("{} {sentence}", claim.explanation.message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_of_ours_that_means_nothing_is_told_with_those_that_do() {
        let said = |names: &[&str], known: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            meaningless(&names, known)
        };
        assert_eq!(said(&[RESEND, "kubectl.kubernetes.io/x", "other.dev/resend"], OF_GUESTS), None);
        assert_eq!(
            said(&[RESEND, "guestlist.dev/reinvite"], OF_GUESTS).unwrap(),
            "The annotation guestlist.dev/reinvite means nothing here; known are guestlist.dev/resend, guestlist.dev/reset-redemption, guestlist.dev/reconcile."
        );
        assert!(
            said(&["guestlist.dev/a", "guestlist.dev/b"], OF_TENANTS)
                .unwrap()
                .ends_with("known is guestlist.dev/resume.")
        );
        assert!(said(&[RECONCILE], &[]).unwrap().contains("annotate a GuestInvitation"));
    }
}
