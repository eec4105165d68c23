//! The guest that an invitation is for, and what stands against inviting somebody whom the directory knows.

use super::errors::refused;
use crate::graph::errors::GraphError;
use crate::settings::Variants;
use crate::state::user::User;

/// The guest an invitation is for, and whether the mail that was asked for goes out.
pub(super) struct Invitee {
    pub(super) user: User,
    pub(super) mails: bool,
    /// There is nothing left to redeem: `status` says so.
    pub(super) completed: bool,
}

/// What stands against inviting somebody whom the directory knows; if nothing does, whether the mail goes out.
pub(super) fn existing(known: &User, variants: &Variants) -> Result<Invitee, GraphError> {
    if !known.account_enabled {
        return Err(blocked(known));
    }
    let refused_repeat = variants.accepted_repeat_refused && !known.must_redeem();
    if !known.is_external() || refused_repeat {
        let text = format!("{}. They can use that account to sign in to shared apps and resources.", already(known));
        return Err(refused(text));
    }
    let mails = if known.is_pending() { variants.pending_repeat_mails } else { variants.accepted_repeat_mails };
    Ok(Invitee { user: known.clone(), mails, completed: false })
}

pub(super) fn blocked(user: &User) -> GraphError {
    let start = already(user);
    let text = format!(
        "{start}, but the account is blocked from signing in. If the account is unblocked, they can use that account to sign in to shared apps and resources."
    );
    GraphError::new(412, "PreconditionFailed", text)
}

fn already(user: &User) -> String {
    format!("The invited user already exists in the directory as objectID: {}", user.id)
}
