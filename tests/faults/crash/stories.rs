//! The stories: what stands before, what a person then does, and what the end looks like. `{name}` is the guest of this telling.

use testbed::stories::{quick, settling_in};

use super::picture::Picture;
use crate::acts::Act;

/// One story.
pub struct Story {
    /// What is done and at rest before the first kill.
    pub given: &'static [Act],
    /// The part that is told over and over.
    pub acts: &'static [Act],
    /// Whether this is the end, or the beginning of it; it has to last.
    pub given_is_done: fn(&Picture) -> bool,
    /// Whether this is the end.
    pub is_done: fn(&Picture) -> bool,
    /// Whether every mail is certain. Of a mail to a guest who is known already nothing can tell whether it left.
    pub certain: bool,
    /// Another end, where nothing can tell whether the last write left and nothing is sent twice.
    pub may_end: Option<fn(&Picture) -> bool>,
}

impl Story {
    /// The operator's arguments. A mail that is certain has to be answered in time even if a busy machine takes long, as nothing
    /// could tell any more: a request may take a tenth of the settling time.
    pub fn operator_args(&self) -> Vec<String> {
        match self.certain {
            true => settling_in("20s"),
            false => quick(),
        }
    }
}

const NOBODY: Story =
    Story { given: &[], acts: &[], given_is_done: |_| true, is_done: |_| false, certain: true, may_end: None };

const EVERYTHING: &str = "  displayName: Ada\n  groups: [Analysts, Readers]\n  sponsors: [boss@contoso.com]\n  profile: {department: Research}\n  redeemUrlSecretRef: {name: '{name}-link'}\n  deletionPolicy: Delete\n";

pub fn an_invitation() -> Story {
    Story { acts: &[Act::Declare("")], is_done: pending, ..NOBODY }
}

/// The way of an answer that got lost: the settling time, the question and the mail after it.
pub fn an_invitation_that_got_lost() -> Story {
    let is_done = |picture: &Picture| pending(picture) && picture.status("/invitation/owedSince").is_null();
    Story { acts: &[Act::LoseTheInvitation, Act::Declare("")], is_done, certain: false, ..NOBODY }
}

pub fn an_invitation_with_all_that_can_be_declared() -> Story {
    let is_done = |picture: &Picture| pending(picture) && picture.says("groups", "Analysts Readers");
    // The link is in an answer alone: if that got lost there is none to keep, and the one that was mailed is not put at risk.
    let may_end = |picture: &Picture| {
        pending(picture)
            && picture.says("groups", "Analysts Readers")
            && picture.status("/invitation/sent") == 1
            && picture.status("/invitation/redeemUrlSecret").is_null()
    };
    Story { acts: &[Act::Declare(EVERYTHING)], is_done, may_end: Some(may_end), ..NOBODY }
}

pub fn an_invitation_mailed_by_the_operator() -> Story {
    const OWN: &str = "  delivery: Mail\n  message: {body: 'Welcome!'}\n  redeemUrlSecretRef: {name: '{name}-link'}\n";
    let is_done = |picture: &Picture| pending(picture) && picture.status("/invitation/sent") == 1;
    Story { acts: &[Act::Declare(OWN)], is_done, certain: false, ..NOBODY }
}

pub fn an_invitation_without_a_mail() -> Story {
    const SILENT: &str = "  delivery: None\n  groups: [Analysts]\n  redeemUrlSecretRef: {name: '{name}-link'}\n  deletionPolicy: Disable\n";
    // The link is in an answer alone, but one that mailed nobody is asked for again.
    let is_done =
        |picture: &Picture| pending(picture) && picture.says("groups", "Analysts") && picture.says("secrets", "link");
    Story { acts: &[Act::Declare(SILENT)], is_done, ..NOBODY }
}

pub fn a_mail_to_a_guest_who_was_added_without_one() -> Story {
    Story {
        given: &[Act::Declare("  delivery: None\n")],
        given_is_done: pending,
        acts: &[Act::Patch(r#"{"spec": {"delivery": "Microsoft"}}"#)],
        is_done: |picture| pending(picture) && picture.status("/invitation/sent") == 1,
        certain: false,
        ..NOBODY
    }
}

pub fn a_guest_who_was_there_before() -> Story {
    const MANAGED: &str =
        "  existing: Manage\n  groups: [Analysts]\n  profile: {department: Research}\n  deletionPolicy: Disable\n";
    let is_done = |picture: &Picture| picture.is("Accepted") && picture.says("groups", "Analysts");
    Story { given: &[Act::Seed], acts: &[Act::Declare(MANAGED)], is_done, ..NOBODY }
}

pub fn a_guest_who_was_deleted() -> Story {
    let acts = &[Act::Declare("  deletionPolicy: Delete\n")];
    Story { given: &[Act::Seed, Act::SeedDeleted], acts, is_done: pending, ..NOBODY }
}

pub fn a_resend() -> Story {
    Story {
        given: &[Act::Declare("")],
        given_is_done: pending,
        acts: &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/resend": "1"}}}"#)],
        is_done: |picture| pending(picture) && picture.status("/invitation/sent") == 2,
        certain: false,
        ..NOBODY
    }
}

pub fn a_reminder() -> Story {
    Story {
        given: &[Act::Declare("")],
        given_is_done: pending,
        acts: &[Act::HoursPass, Act::Patch(r#"{"spec": {"reminders": {"after": "1h", "limit": 1}}}"#)],
        is_done: |picture| pending(picture) && picture.status("/invitation/reminders") == 1,
        certain: false,
        ..NOBODY
    }
}

pub fn a_reset() -> Story {
    Story {
        given: &[Act::Declare("  groups: [Analysts]\n"), Act::Redeem],
        given_is_done: |picture| picture.is("Accepted") && picture.says("groups", "Analysts"),
        acts: &[Act::Patch(
            r#"{"spec": {"redeemAs": "{name}@adatum.com"}, "metadata": {"annotations": {"guestlist.dev/reset-redemption": "1"}}}"#,
        )],
        is_done: |picture| pending(picture) && picture.status("/lastHandled/resetRedemption") == "1",
        certain: false,
        // Counted as done: whoever was not reset is as before.
        may_end: Some(|picture| {
            picture.is("Accepted")
                && picture.status("/lastHandled/resetRedemption") == "1"
                && picture.status("/invitation/sent") == 2
        }),
    }
}

/// What mails nobody may be done again, so it is done for certain.
pub fn a_reset_that_mails_nobody() -> Story {
    Story {
        given: &[Act::Declare("  delivery: None\n"), Act::Redeem],
        given_is_done: |picture| picture.is("Accepted"),
        acts: &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/reset-redemption": "1"}}}"#)],
        is_done: |picture| pending(picture) && picture.status("/lastHandled/resetRedemption") == "1",
        ..NOBODY
    }
}

pub fn a_change_of_groups_sponsors_and_profile() -> Story {
    Story {
        given: &[Act::Declare(EVERYTHING)],
        given_is_done: |picture| pending(picture) && picture.says("groups", "Analysts Readers"),
        acts: &[Act::Patch(
            r#"{"spec": {"groups": ["Readers", "Writers"], "sponsors": null, "profile": {"department": null, "jobTitle": "Auditor"}}}"#,
        )],
        is_done: |picture| pending(picture) && picture.says("groups", "Readers Writers"),
        ..NOBODY
    }
}

pub fn an_expiry_that_disables() -> Story {
    Story {
        given: &[Act::Declare("  groups: [Analysts]\n  deletionPolicy: Disable\n")],
        given_is_done: |picture| pending(picture) && picture.says("groups", "Analysts"),
        acts: &[Act::Patch(r#"{"spec": {"expiresAfter": "1s"}}"#)],
        is_done: |picture| picture.is("Expired"),
        ..NOBODY
    }
}

pub fn an_expiry_that_deletes() -> Story {
    Story {
        given: &[Act::Declare("  groups: [Analysts]\n  deletionPolicy: Delete\n")],
        given_is_done: |picture| pending(picture) && picture.says("groups", "Analysts"),
        acts: &[Act::Patch(r#"{"spec": {"expiresAfter": "1s"}}"#)],
        is_done: |picture| picture.is("Expired"),
        ..NOBODY
    }
}

pub fn an_access_that_ends() -> Story {
    Story {
        given: &[Act::Declare("  groups: [Analysts]\n  deletionPolicy: Delete\n"), Act::Redeem],
        given_is_done: |picture| picture.is("Accepted") && picture.says("groups", "Analysts"),
        acts: &[Act::Patch(r#"{"spec": {"accessUntil": "2020-01-01T00:00:00Z"}}"#)],
        is_done: |picture| picture.is("Withdrawn"),
        ..NOBODY
    }
}

pub fn a_deletion() -> Story {
    Story {
        given: &[Act::Declare(EVERYTHING)],
        given_is_done: |picture| pending(picture) && picture.says("groups", "Analysts Readers"),
        acts: &[Act::Delete],
        is_done: |picture| picture.guests().is_empty(),
        ..NOBODY
    }
}

pub fn a_list() -> Story {
    Story {
        given: &[Act::List(&["a", "b"])],
        given_is_done: both_followed,
        acts: &[Act::List(&["b", "c"])],
        is_done: |picture| both_followed(picture) && picture.says("mails", "c@"),
        ..NOBODY
    }
}

pub fn a_second_resource_that_takes_over() -> Story {
    Story {
        given: &[Act::Declare(""), Act::Follow, Act::DeclareTwin],
        given_is_done: |picture| picture.guests().len() == 2 && picture.says("guests", "DuplicateAddress"),
        acts: &[Act::Delete],
        is_done: |picture| picture.guests().len() == 1 && pending(picture),
        ..NOBODY
    }
}

pub fn a_guest_who_left_and_is_wanted_again() -> Story {
    Story {
        given: &[Act::Declare(""), Act::Follow, Act::Leave],
        given_is_done: |picture| picture.is("Withdrawn"),
        acts: &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/resend": "1"}}}"#)],
        is_done: |picture| pending(picture) && picture.status("/invitation/sent") == 2,
        certain: false,
        ..NOBODY
    }
}

pub fn a_return_after_an_expiry() -> Story {
    Story {
        given: &[
            Act::Declare("  groups: [Analysts]\n  deletionPolicy: Disable\n"),
            Act::Follow,
            Act::Patch(r#"{"spec": {"expiresAfter": "1s"}}"#),
        ],
        given_is_done: |picture| picture.is("Expired"),
        acts: &[Act::Patch(r#"{"spec": {"expiresAfter": null}}"#)],
        is_done: |picture| pending(picture) && picture.says("groups", "Analysts"),
        ..NOBODY
    }
}

fn both_followed(picture: &Picture) -> bool {
    let guests = picture.guests();
    guests.len() == 2 && guests.iter().all(|guest| guest["status"]["redemption"]["state"].is_string())
}

/// Invited, and the directory has shown it: nothing follows by itself.
fn pending(picture: &Picture) -> bool {
    picture.is("Invited") && picture.is_ready() && picture.status("/redemption/state") == "PendingAcceptance"
}
