//! What was witnessed of a life: by the API server's history, by the simulator's journal, and by those who acted. Nothing here is
//! believed because the operator says so. What it records is what it is held against.

use super::time::{Course, Moment, Span};

/// All that was witnessed.
#[derive(Clone, Debug, Default)]
pub struct Life {
    pub claims: Vec<Claim>,
    pub guests: Vec<Guest>,
    /// What the operator asked Graph to change, in order.
    pub requests: Vec<Request>,
    pub mails: Vec<Mail>,
    /// What others did in the directory, in order.
    pub deeds: Vec<Deed>,
    pub rules: Course<Rules>,
    /// Which namespaces have the label that some rules ask for.
    pub labels: Vec<(String, Course<bool>)>,
    /// When the operator may have looked at something old.
    pub blind: Vec<Blind>,
    pub end: End,
}

/// One GuestInvitation, by uid.
#[derive(Clone, Debug, Default)]
pub struct Claim {
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub address: String,
    /// What it said; nothing once it is gone.
    pub wishes: Course<Option<Wish>>,
    /// Whether somebody took its finalizer off.
    pub forced: bool,
}

/// What a GuestInvitation says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    pub existing: Existing,
    pub policy: Policy,
    pub access_until: Option<Moment>,
    pub expires_after: Option<Moment>,
    pub groups: Vec<String>,
    pub sponsors: bool,
    /// The job title.
    pub title: Option<String>,
    /// Whether it names a Secret for the redeem link.
    pub link: bool,
    pub mails: bool,
    pub suspended: bool,
    pub deleting: bool,
    /// Whether it carries the operator's finalizer.
    pub bound: bool,
    /// The values of the annotations that ask for a mail or a reset.
    pub resend: Option<String>,
    pub reset: Option<String>,
    /// After how long a reminder is due, and how many.
    pub reminders: Option<(Moment, usize)>,
}

/// `spec.existing`; each allows more than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Existing {
    Refuse,
    #[default]
    Follow,
    Manage,
    Own,
}

/// `spec.deletionPolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    #[default]
    Retain,
    Disable,
    Delete,
}

/// One Guest, by name.
#[derive(Clone, Debug, Default)]
pub struct Guest {
    pub name: String,
    pub address: String,
    pub records: Course<Record>,
}

/// What the operator has on record of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub user: Option<String>,
    pub made_in: Option<String>,
    /// Namespace, name and uid of the owner. Without a uid the place is vacant.
    pub owner: Option<(String, String, Option<String>)>,
    /// What was to happen to the person when the owner ends.
    pub policy: Policy,
    /// The uids of all claims that have the person.
    pub claims: Vec<String>,
    pub sent: usize,
    /// Whether a send or an end is under way.
    pub open: bool,
    /// Whether the account is about to be disabled.
    pub disabling: bool,
    /// The end that the owner has left to be carried out when the last of those who share the person has ended.
    pub reclaim: Option<Policy>,
    pub state: String,
}

impl Record {
    /// Whether nobody is there, nothing was sent and nothing is under way: whoever is entitled may begin.
    pub fn is_vacant(&self) -> bool {
        self.user.is_none() && self.sent == 0 && !self.open
    }
}

/// What the operator asked Graph to do, and when that came there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub at: Moment,
    pub call: Call,
    pub worked: Worked,
}

/// A request that changes something. Users and groups by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Invite { address: String, mails: bool, resets: Option<String> },
    Delete { user: String },
    Restore { user: String },
    Enable { user: String, enabled: bool },
    Update { user: String },
    Join { user: String, group: String },
    Leave { user: String, group: String },
    Sponsor { user: String, added: bool },
}

/// Whether a request did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worked {
    Yes,
    No,
    Perhaps,
}

/// A mail that left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    pub at: Moment,
    pub address: String,
    pub user: String,
    /// Whether it came of a reset.
    pub resets: bool,
}

/// What others did in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    pub at: Moment,
    pub user: String,
    pub what: What,
}

/// What others did with a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// They were there before anybody claimed them, under this address.
    WasThere {
        address: String,
        member: bool,
        accepted: bool,
    },
    Accepted,
    Disabled,
    Deleted,
}

/// The one access rule of the EntraTenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Only for namespaces that have the label.
    pub labelled: bool,
    /// Only for addresses of this domain.
    pub domain: Option<String>,
    /// Whether any group is allowed; else none is.
    pub groups: bool,
    /// The most that may be asked for by `existing`.
    pub existing: Existing,
    /// Whether any property of the user may be set; else only those that no rule has to name, which a life does not set.
    pub profile: bool,
    /// Whether anybody may be a sponsor; else nobody may.
    pub sponsors: bool,
    /// Whether users may be deleted at the end; else they are disabled at most.
    pub deletes: bool,
    /// Whether the redeem link may be kept in a Secret that the claim names.
    pub links: bool,
}

/// A time in which the operator may have gone by an old view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blind {
    pub span: Span,
    /// The process stood still, so that even what it had read live was old afterwards.
    pub frozen: bool,
}

/// How things stand when the life is over and all is at rest.
#[derive(Clone, Debug, Default)]
pub struct End {
    pub at: Moment,
    pub told: Vec<Told>,
    pub users: Vec<User>,
    /// What was written to the API server in a span of rest, and asked of Graph beside sweeps.
    pub unrest: Vec<String>,
}

/// What the status of a claim says in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub uid: String,
    pub state: String,
    pub reason: String,
    pub user: Option<String>,
    pub guest: Option<String>,
    pub sent: usize,
}

/// A user who is in the directory in the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    pub id: String,
    pub enabled: bool,
    pub accepted: bool,
    /// The job title.
    pub title: Option<String>,
    /// The names of the groups that they are in.
    pub groups: Vec<String>,
}
