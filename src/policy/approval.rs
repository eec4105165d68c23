//! The decision of an approver. An approval counts for the resource and the spec that the approver read: it names the uid, a digest of
//! the spec and the generation. Each later change needs a new one, because it may ask for more (groups, another redirect URL, another
//! address to sign in with). So does a resource that was made anew under the same name, or restored from a backup.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::Ruling;
use crate::api::{ApprovedSpec, Explanation, Reason};

/// Whether anything new may be done for a guest. A guest who is in the directory stays there and is followed in any
/// case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may be done.
    Granted,
    /// Somebody must approve the guest first.
    Awaited {
        /// What the guest waits for, and how to approve.
        message: String,
    },
    /// It may not be done.
    Refused(Explanation),
    /// The answer is not known now.
    Unknown {
        /// The cause, and what to do.
        message: String,
    },
}

/// What who may approve has written into the status of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ApprovalStatus<'a> {
    /// The condition `Approved`.
    pub said: Option<&'a Condition>,
    /// What it is about.
    pub of: Option<&'a ApprovedSpec>,
}

/// What there is to approve.
pub struct Declared<'a, D: Fn() -> String> {
    /// The uid of the claim.
    pub uid: &'a str,
    /// The generation of its spec.
    pub generation: i64,
    /// Computes the digest of its spec.
    pub digest: D,
}

impl<D: Fn() -> String> Declared<'_, D> {
    /// Whether `approved` names this claim and this spec.
    fn is(&self, approved: &ApprovedSpec) -> bool {
        approved.uid == self.uid && approved.spec_digest == (self.digest)()
    }
}

/// The permission that follows from the rules and from what an approver has said of what is declared. A no needs no name: it counts for
/// the generation.
pub fn permission<D: Fn() -> String>(
    ruling: Ruling,
    approval: ApprovalStatus<'_>,
    declared: &Declared<'_, D>,
) -> Permission {
    let generation = declared.generation;
    let current = approval.said.filter(|said| said.observed_generation == Some(generation));
    let denied = current.filter(|approved| approved.status == "False");
    match (ruling, denied) {
        (Ruling::Refused(explanation), _) => Permission::Refused(explanation),
        (_, Some(denied)) => Permission::Refused(Explanation::new(Reason::Denied, denial(denied))),
        (Ruling::Unknown { message }, None) => Permission::Unknown { message },
        (Ruling::Allowed { approval: false }, None) => Permission::Granted,
        (Ruling::Allowed { approval: true }, None) => match current.filter(|said| said.status == "True") {
            Some(_) if approval.of.is_some_and(|of| declared.is(of)) => Permission::Granted,
            said => Permission::Awaited { message: waiting(said.is_some(), approval, declared) },
        },
    }
}

fn denial(denied: &Condition) -> String {
    let said = denied.message.trim().trim_end_matches('.');
    let said = if said.is_empty() { denied.reason.as_str() } else { said };
    format!("Who may approve this guest has said no: {said}. Change the spec to ask anew, or ask them.")
}

fn waiting<D: Fn() -> String>(said: bool, approval: ApprovalStatus<'_>, declared: &Declared<'_, D>) -> String {
    let generation = declared.generation;
    let before = match (approval.said.and_then(|said| said.observed_generation), approval.of) {
        (Some(_), None) if said => {
            "The condition Approved does not say of what: status.approval is missing. ".to_owned()
        }
        (Some(_), Some(of)) if said && of.uid != declared.uid => {
            "The condition Approved is about another resource that had this name. ".to_owned()
        }
        (Some(_), Some(_)) if said => "The condition Approved is about another spec. ".to_owned(),
        (Some(other), _) if other != generation => {
            format!("The condition Approved is for generation {other}, and the spec has changed since. ")
        }
        _ => String::new(),
    };
    format!(
        "{before}Nothing is sent or changed until somebody with the role guestlist-approver sets the condition Approved for generation {generation}, with the uid and the specDigest of this resource in status.approval."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: &str, generation: i64) -> Condition {
        Condition {
            type_: "Approved".into(),
            status: status.into(),
            reason: "Reviewed".into(),
            message: "No".into(),
            observed_generation: Some(generation),
            last_transition_time: k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(jiff::Timestamp::UNIX_EPOCH),
        }
    }

    fn of(uid: &str, digest: &str) -> ApprovedSpec {
        ApprovedSpec { uid: uid.into(), spec_digest: digest.into() }
    }

    #[test]
    fn a_yes_counts_only_for_the_resource_and_the_spec_that_it_names() {
        let declared = Declared { uid: "uid", generation: 2, digest: || "digest".to_owned() };
        let ask = |said: Option<Condition>, of: Option<ApprovedSpec>| {
            let approval = ApprovalStatus { said: said.as_ref(), of: of.as_ref() };
            permission(Ruling::Allowed { approval: true }, approval, &declared)
        };
        assert_eq!(ask(Some(said("True", 2)), Some(of("uid", "digest"))), Permission::Granted);
        for (condition, about, why) in [
            (None, None, "Nothing is sent"),
            (None, Some(of("uid", "digest")), "Nothing is sent"),
            (Some(said("Unknown", 2)), Some(of("uid", "digest")), "Nothing is sent"),
            (Some(said("True", 1)), Some(of("uid", "digest")), "for generation 1"),
            (Some(said("True", 2)), None, "does not say of what"),
            (Some(said("True", 2)), Some(of("before", "digest")), "another resource"),
            (Some(said("True", 2)), Some(of("uid", "other")), "another spec"),
        ] {
            match ask(condition, about) {
                Permission::Awaited { message } => {
                    assert!(message.starts_with(why) || message.contains(why), "{message}")
                }
                other => panic!("{why}: {other:?}"),
            }
        }
        // A no needs no name, and where nobody has to approve a yes needs none either.
        assert!(matches!(ask(Some(said("False", 2)), None), Permission::Refused(_)));
        let free = permission(Ruling::Allowed { approval: false }, ApprovalStatus::default(), &declared);
        assert_eq!(free, Permission::Granted);
    }
}
