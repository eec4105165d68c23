//! An operator process: its views, and what its passes have seen.

use super::CLAIMS;
use super::objects::{GuestObject, Object};
use crate::api::AttemptKind;
use crate::few::Few;

/// How many deleted users there can be.
pub const DELETED: usize = 6;

/// One operator process.
#[derive(Clone, Copy, Debug)]
pub struct Process {
    pub alive: bool,
    /// Its views of the claims, which may be old.
    pub views: [Option<Object>; CLAIMS],
    /// Its view of the Guest, which may be old.
    pub guest: Option<GuestObject>,
    /// Which claims the rules allow, as far as it has heard.
    pub rules: [bool; CLAIMS],
    /// What its pass over each claim has seen so far.
    pub passes: [ModelPass; CLAIMS],
}

/// What one pass over one claim has seen so far, and what it is about to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ModelPass {
    pub ticket: Option<TicketKey>,
    pub look: Option<Glance>,
    /// (read at, what it showed).
    pub fetched: Option<(u8, Option<Shown>)>,
    pub answer: Option<(PostKey, AnswerKey)>,
    pub flight: Option<Flight>,
    /// What it has just done for a user, and what that brought.
    pub done: Option<(Work, WorkEnd)>,
    /// Under a mutation only: what it keeps in memory instead of on record.
    pub unwritten_asked_at: Option<u8>,
}

impl ModelPass {
    /// Whether nothing was seen or done yet.
    pub fn is_new(&self) -> bool {
        *self == Self { unwritten_asked_at: self.unwritten_asked_at, ..Self::default() }
    }

    /// What was seen and done counts no more.
    pub fn end(&mut self) {
        (self.look, self.fetched, self.done) = Default::default();
    }
}

/// Work on a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Work {
    Delete(u8),
    Restore(u8),
    Enable(u8),
    Disable(u8),
}

/// Work on a user that is under way, and of which nobody will hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LateWork {
    pub work: Work,
    pub left: u8,
}

/// What work on a user brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkEnd {
    Done,
    /// Graph did not find the user (404).
    Gone,
    /// Graph did not find the user to change, as of one who is too young.
    TooYoung,
    /// Graph said no.
    Refused,
}

/// The right to act on an attempt once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TicketKey {
    pub attempt: u8,
    pub decided: u8,
}

/// A request under way to Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flight {
    pub post: PostKey,
    pub left: u8,
    /// It left after the resource was deleted.
    pub unheard: bool,
    /// What Graph answered, once it has done the work.
    pub answer: Option<AnswerKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostKey {
    Send(u8, AttemptKind),
    Ask(u8),
}

impl PostKey {
    pub fn attempt(&self) -> u8 {
        match self {
            Self::Send(attempt, _) | Self::Ask(attempt) => *attempt,
        }
    }

    /// Whether the request mails.
    pub fn mails(&self) -> bool {
        matches!(self, Self::Send(_, AttemptKind::Invite | AttemptKind::Resend | AttemptKind::Reminder))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnswerKey {
    /// When, and for which user.
    Done(u8, u8),
    NotSent,
    Lost,
    /// The account is disabled.
    Refused,
}

/// What a read shows of the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shown {
    pub nth: u8,
    pub created: u8,
    pub accepted: bool,
    pub enabled: bool,
}

/// What a look for the address showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Glance {
    pub taken: u8,
    pub shown: Option<Shown>,
    /// The deleted users, the last one first, if they were read.
    pub deleted: Option<Few<u8, DELETED>>,
}
