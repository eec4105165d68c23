//! What is known when the acts are over: what was declared, what the operator asked of Graph, who was mailed, and the directory.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `spec.access` of the EntraTenant.
    pub access: Vec<Value>,
    /// Every version that any GuestInvitation ever had.
    pub versions: Vec<Version>,
    pub approvals: Vec<Approval>,
    /// Everybody who ever was in the directory.
    pub users: Vec<Person>,
    /// What was asked of Graph and changes something, in order.
    pub deeds: Vec<Deed>,
    pub mails: Vec<Mail>,
}

/// A GuestInvitation at one moment.
#[derive(Clone, Debug, Default)]
pub struct Version {
    pub namespace: String,
    pub uid: String,
    pub generation: i64,
    pub created: Timestamp,
    pub annotations: Vec<String>,
    pub spec: Value,
}

/// The approver has said yes to this generation, not before `from`.
#[derive(Clone, Debug)]
pub struct Approval {
    pub uid: String,
    pub generation: i64,
    pub from: Timestamp,
}

/// A user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    pub id: String,
    /// The address by which they came into the directory.
    pub address: String,
    /// Set for whoever was there before the first act; with their own address by then.
    pub found: Option<String>,
    pub created: Timestamp,
    pub deleted: Option<Timestamp>,
}

/// One change that was asked of Graph.
#[derive(Clone, Debug)]
pub struct Deed {
    pub at: Timestamp,
    pub what: What,
}

/// What was asked. Users by id, groups and sponsors by name.
#[derive(Clone, Debug)]
pub enum What {
    Invite {
        address: String,
        resets: Option<String>,
        mails: bool,
        member: bool,
        redirect: String,
        cc: Option<String>,
    },
    Update {
        user: String,
        changes: Map<String, Value>,
    },
    Delete {
        user: String,
    },
    Restore {
        user: String,
    },
    Join {
        user: String,
        group: String,
    },
    Leave {
        user: String,
        group: String,
    },
    Sponsor {
        user: String,
        sponsor: String,
    },
    Unsponsor {
        user: String,
        sponsor: String,
    },
    /// Something that the operator never has to ask for, by its name.
    Other(String),
}

/// A mail that left.
#[derive(Clone, Debug)]
pub struct Mail {
    pub at: Timestamp,
    pub to: String,
    pub cc: Option<String>,
    /// Whether the operator mailed itself.
    pub own: bool,
}
