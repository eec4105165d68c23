//! What somebody who may approve has said. An approval is for the spec as it was read: each later change needs a new one,
//! because it may ask for more (groups, another place to end, another address to sign in with).

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::Ruling;
use crate::api::{Explanation, Reason};

/// Whether anything new may be done for a guest. Who is in the directory stays there and is followed all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may.
    Granted,
    /// Somebody has to approve it first.
    Awaited {
        /// What it waits for, and how to give it.
        message: String,
    },
    /// It may not.
    Refused(Explanation),
    /// Nobody can say for now.
    Unknown {
        /// Cause and way out.
        message: String,
    },
}

/// What comes of the rules and of the condition `Approved`, for the spec of `generation`.
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
