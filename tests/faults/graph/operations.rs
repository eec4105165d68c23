//! What the operator asks of Graph, and how it comes to ask for one guest.

use serde_json::Value;
use testbed::stories::{condition, state};

use crate::acts::Act;

/// What in a request tells that it is about the guest of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The address, in a body.
    Address,
    /// The address, in a query.
    AddressAsked,
    /// The address that the guest moves to.
    NewAddress,
    /// The user's object id.
    User,
    /// The name of the group of the case.
    GroupName,
    /// The object id of the group of the case.
    Group,
    /// This very text.
    Text(&'static str),
}

/// One operation of the Graph port, in one use.
pub struct Operation {
    /// As the journal names it.
    pub name: &'static str,
    pub mark: Mark,
    /// What stands before the fault.
    pub given: &'static [Act],
    pub given_is_done: fn(&Value) -> bool,
    /// What makes the operator ask.
    pub acts: &'static [Act],
    /// How the guest ends once the fault is over; null when the resource is gone.
    pub is_done: fn(&Value) -> bool,
    /// The mails that the guest has got by then.
    pub mails: usize,
    /// What the operation is to the guest.
    pub part: Part,
    /// Whether the operator may be without it: who has no permission for it goes on.
    pub optional: bool,
}

/// What an operation is to the guest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The guest waits for it.
    Step,
    /// The guest waits for it, and once it is done a second one finds nothing to do.
    Idempotent,
    /// The first mail leaves with it: what a lost answer leaves open is settled.
    FirstMail,
    /// What became of the first mail is found out with it, after the settling time.
    Question,
    /// A mail to somebody who is known leaves with it: what a lost answer leaves open counts as sent.
    FurtherMail,
    /// Everybody waits for it: the sign-in, whose troubles have words of their own.
    SignIn,
    /// Nobody waits for it, so the guest's condition says nothing.
    Silent,
}

const INVITED: Operation = Operation {
    name: "",
    mark: Mark::User,
    given: &[Act::Declare("")],
    given_is_done: pending,
    acts: &[],
    is_done: pending,
    mails: 1,
    part: Part::Step,
    optional: false,
};

const IN_GROUP: Operation = Operation {
    given: &[Act::Declare("  groups: ['{group}']\n")],
    given_is_done: |guest| is_related(guest, "groups"),
    ..INVITED
};

pub const LOOK: Operation = Operation {
    name: "listUsers",
    mark: Mark::AddressAsked,
    given: &[],
    given_is_done: |_| true,
    acts: &[Act::Declare("")],
    ..INVITED
};

pub const INVITE: Operation =
    Operation { name: "createInvitation", mark: Mark::Address, part: Part::FirstMail, ..LOOK };

/// The question what became of an invitation: a POST that mails nobody. The mail goes out after it.
pub const QUESTION: Operation = Operation {
    name: "createInvitation",
    mark: Mark::Text(r#""sendInvitationMessage":false"#),
    given: &[Act::LoseTheInvitation, Act::Declare("")],
    given_is_done: |guest| guest["status"]["invitation"]["attempt"].is_object(),
    part: Part::Question,
    ..INVITED
};

pub const RESEND: Operation = Operation {
    name: "createInvitation",
    mark: Mark::Address,
    acts: &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/resend": "1"}}}"#)],
    is_done: |guest| pending(guest) && guest["status"]["lastHandled"]["resend"] == "1",
    mails: 2,
    part: Part::FurtherMail,
    ..INVITED
};

pub const READ: Operation = Operation { name: "getUser", mark: Mark::User, part: Part::Step, ..RESEND };

pub const RESET: Operation = Operation {
    name: "createInvitation",
    mark: Mark::NewAddress,
    acts: &[Act::Patch(
        r#"{"spec": {"redeemAs": "{name}@adatum.com"}, "metadata": {"annotations": {"guestlist.dev/reset-redemption": "1"}}}"#,
    )],
    is_done: |guest| pending(guest) && guest["status"]["lastHandled"]["resetRedemption"] == "1",
    mails: 2,
    part: Part::FurtherMail,
    ..INVITED
};

pub const UPDATE: Operation = Operation {
    name: "updateUser",
    acts: &[Act::Patch(r#"{"spec": {"profile": {"department": "Research"}}}"#)],
    is_done: |guest| pending(guest) && guest["status"]["profile"][0] == "department",
    part: Part::Idempotent,
    ..INVITED
};

pub const FIND_GROUP: Operation = Operation {
    name: "listGroups",
    mark: Mark::GroupName,
    acts: &[Act::Patch(r#"{"spec": {"groups": ["{group-name}"]}}"#)],
    is_done: |guest| pending(guest) && is_related(guest, "groups"),
    ..INVITED
};

pub const READ_GROUP: Operation = Operation {
    name: "getGroup",
    mark: Mark::Group,
    acts: &[Act::Patch(r#"{"spec": {"groups": ["{group}"]}}"#)],
    ..FIND_GROUP
};

pub const ADD_MEMBER: Operation = Operation { name: "addMember", part: Part::Idempotent, ..READ_GROUP };

pub const REMOVE_MEMBER: Operation = Operation {
    name: "removeMember",
    mark: Mark::Group,
    acts: &[Act::Patch(r#"{"spec": {"groups": null}}"#)],
    is_done: |guest| pending(guest) && guest["status"]["groups"].is_null(),
    part: Part::Idempotent,
    ..IN_GROUP
};

pub const FIND_SPONSOR: Operation = Operation {
    name: "listUsers",
    mark: Mark::Text("boss%40contoso.com"),
    acts: &[Act::Patch(r#"{"spec": {"sponsors": ["boss@contoso.com"]}}"#)],
    is_done: |guest| pending(guest) && is_related(guest, "sponsors"),
    ..INVITED
};

pub const ADD_SPONSOR: Operation =
    Operation { name: "addSponsor", mark: Mark::User, part: Part::Idempotent, ..FIND_SPONSOR };

pub const REMOVE_SPONSOR: Operation = Operation {
    name: "removeSponsor",
    mark: Mark::User,
    given: &[Act::Declare("  sponsors: [boss@contoso.com]\n")],
    given_is_done: |guest| pending(guest) && is_related(guest, "sponsors"),
    acts: &[Act::Patch(r#"{"spec": {"sponsors": null}}"#)],
    is_done: |guest| pending(guest) && guest["status"]["sponsors"].is_null(),
    part: Part::Idempotent,
    ..INVITED
};

pub const DELETE: Operation = Operation {
    name: "deleteUser",
    given: &[Act::Declare("  deletionPolicy: Delete\n")],
    acts: &[Act::Delete],
    is_done: Value::is_null,
    part: Part::Idempotent,
    ..INVITED
};

pub const LOOK_FOR_DELETED: Operation = Operation {
    name: "listDeletedUsers",
    mark: Mark::AddressAsked,
    given: &[Act::Seed, Act::SeedDeleted],
    given_is_done: |_| true,
    acts: &[Act::Declare("")],
    optional: true,
    ..INVITED
};

pub const RESTORE: Operation = Operation {
    name: "restoreDeletedItem",
    mark: Mark::Text("/restore"),
    given: &[Act::Declare(""), Act::Follow, Act::Leave],
    given_is_done: |guest| state(guest) == "Withdrawn",
    acts: &[Act::Patch(r#"{"metadata": {"annotations": {"guestlist.dev/resend": "1"}}}"#)],
    is_done: |guest| pending(guest) && guest["status"]["invitation"]["sent"] == 2,
    mails: 2,
    part: Part::Idempotent,
    ..INVITED
};

pub const SIGN_IN: Operation = Operation { name: "token", mark: Mark::Text(""), part: Part::SignIn, ..LOOK };

pub const MEMBERSHIPS: Operation = Operation { name: "listMemberOf", mark: Mark::User, ..READ_GROUP };

pub const SPONSORS: Operation = Operation { name: "listSponsors", mark: Mark::User, ..FIND_SPONSOR };

pub const SWEEP: Operation = Operation {
    name: "listUsers",
    mark: Mark::Text("creationType"),
    acts: &[Act::Redeem],
    is_done: |guest| state(guest) == "Accepted",
    part: Part::Silent,
    ..INVITED
};

pub const READ_MANY: Operation = Operation {
    name: "batch",
    mark: Mark::User,
    given: &[Act::Seed, Act::Declare("")],
    given_is_done: |guest| state(guest) == "Accepted",
    acts: &[Act::Leave],
    is_done: |guest| state(guest) == "Withdrawn",
    mails: 0,
    part: Part::Silent,
    optional: false,
};

pub const ORGANIZATION: Operation = Operation {
    name: "getOrganization",
    mark: Mark::Text(""),
    given: &[Act::Reconnect],
    given_is_done: |_| true,
    acts: &[Act::Declare("  delivery: Mail\n")],
    is_done: |guest| pending(guest) && guest["status"]["invitation"]["sent"] == 1,
    part: Part::Silent,
    ..INVITED
};

/// Invited, and the directory has shown it.
fn pending(guest: &Value) -> bool {
    let invitation = &guest["status"]["invitation"];
    state(guest) == "Invited"
        && guest["status"]["redemption"]["state"] == "PendingAcceptance"
        && invitation["attempt"].is_null()
        && invitation["owedSince"].is_null()
        && condition(guest, "Ready").0 == "True"
}

fn is_related(guest: &Value, field: &str) -> bool {
    guest["status"][field][0]["state"] == "Added"
}
