//! The decision of an approver. An approval counts for the spec as the approver read it. Each later change needs a new
//! one, because it may ask for more (groups, another redirect URL, another address to sign in with).

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::Ruling;
use crate::api::{Explanation, Reason};

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

/// The permission that follows from the rules and from the condition `Approved`, for the spec of `generation`.
pub fn permission(ruling: Ruling, approved: Option<&Condition>, generation: i64) -> Permission {
    let current = approved.filter(|approved| approved.observed_generation == Some(generation));
    let denied = current.filter(|approved| approved.status == "False");
    match (ruling, denied) {
        (Ruling::Refused(explanation), _) => Permission::Refused(explanation),
        (_, Some(denied)) => Permission::Refused(Explanation::new(Reason::Denied, denial(denied))),
        (Ruling::Unknown { message }, None) => Permission::Unknown { message },
        (Ruling::Allowed { approval: false }, None) => Permission::Granted,
        (Ruling::Allowed { approval: true }, None) => match current {
            Some(approved) if approved.status == "True" => Permission::Granted,
            _ => Permission::Awaited { message: waiting(approved, generation) },
        },
    }
}

fn denial(denied: &Condition) -> String {
    let said = denied.message.trim().trim_end_matches('.');
    let said = if said.is_empty() { denied.reason.as_str() } else { said };
    format!("Who may approve this guest has said no: {said}. Change the spec to ask anew, or ask them.")
}

fn waiting(approved: Option<&Condition>, generation: i64) -> String {
    let before = match approved.and_then(|approved| approved.observed_generation) {
        Some(other) => format!("The condition Approved is for generation {other}, and the spec has changed since. "),
        None => String::new(),
    };
    format!(
        "{before}Nothing is sent or changed until somebody with the role guestlist-approver sets the condition Approved for generation {generation}."
    )
}
