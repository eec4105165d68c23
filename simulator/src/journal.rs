//! The ordered record of every Graph and sign-in request and of every mail: the tests' witness.
//! Requests for the mailbox pages and for the admin API are not in it, and no secret is.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "entry", rename_all = "camelCase")]
pub enum Entry {
    /// A request came in.
    Request(RequestEntry),
    /// A mail went out.
    Mail(MailEntry),
}

impl Entry {
    /// Its place in the order of all entries.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Request(request) => request.seq,
            Self::Mail(mail) => mail.seq,
        }
    }
}

/// A request to Graph or to the token endpoint. Its place in the order is its arrival.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestEntry {
    /// Its place in the order of all entries.
    pub seq: u64,
    /// When it arrived.
    pub at: Timestamp,
    /// The tenant of its token, if it had a known one.
    pub tenant: Option<String>,
    /// The operation's name, `unknown` for what Graph does not serve here.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path, as it came.
    pub path: String,
    /// The query, as it came.
    pub query: Option<String>,
    /// Which page of a listing it asks for, the first being 1; none if it asks for no listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// How it ended.
    pub outcome: Outcome,
    /// The client's own id for it.
    pub client_request_id: Option<String>,
    /// The body as JSON, secrets left out.
    pub body: Option<Value>,
    /// It was an item of a $batch.
    pub in_batch: bool,
}

impl RequestEntry {
    /// The status that was (or, for a cut after the work, would have been) answered.
    pub fn status(&self) -> Option<u16> {
        match self.outcome {
            Outcome::Status(status) | Outcome::HalfAnswer(status) | Outcome::CutAfter(status) => Some(status),
            Outcome::Pending | Outcome::CutBefore | Outcome::Silence => None,
        }
    }
}

/// How a request ended. In JSON a number, or words for those that got no whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Not yet at its end.
    Pending,
    /// Answered.
    Status(u16),
    /// Answered with half a body, the work being done.
    HalfAnswer(u16),
    /// The connection was closed and nothing was done.
    CutBefore,
    /// The work was done, with this result, and the connection closed without an answer.
    CutAfter(u16),
    /// Nothing was done and nothing will be answered.
    Silence,
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Status(status) => to.serialize_u16(*status),
            Self::Pending => to.serialize_str("pending"),
            Self::HalfAnswer(_) => to.serialize_str("half answer"),
            Self::CutBefore => to.serialize_str("cut before"),
            Self::CutAfter(_) => to.serialize_str("cut after"),
            Self::Silence => to.serialize_str("silence"),
        }
    }
}

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum MailKind {
    /// An invitation.
    Invitation,
    /// News for a guest that redeems automatically and has nothing to accept.
    Notification,
    /// Not from Microsoft: it came by SMTP.
    Own,
    /// A one-time passcode for signing in.
    Passcode,
}

/// A mail that was sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MailEntry {
    /// Its place in the order of all entries.
    pub seq: u64,
    /// When it was sent.
    pub at: Timestamp,
    /// The address it comes from.
    pub from: String,
    /// Where an answer goes, if not to the sender.
    pub reply_to: Option<String>,
    /// Its own name, if it came by SMTP.
    pub message_id: Option<String>,
    /// The tenant on whose behalf; empty if a mail that came by SMTP leads to none.
    pub tenant: String,
    /// What it is for.
    pub kind: MailKind,
    /// The guest's address.
    pub to: String,
    /// The one copy that Entra sends, or that goes out by SMTP.
    pub cc: Option<String>,
    /// The language it would be written in; the simulator writes English whatever this says.
    pub language: String,
    /// The subject.
    pub subject: String,
    /// Who invites: a user's name, or the organisation's for an app; the sender's name, if it came by SMTP.
    pub inviter: String,
    /// The inviter's own words (for an app always none), or the passcode, or the text that came by SMTP.
    pub body: Option<String>,
    /// The accept link; a secret in real life.
    pub redeem_link: Option<String>,
    /// The invitation that it carries.
    pub invitation_id: Option<String>,
    /// The guest's object id; empty if a mail that came by SMTP leads to none.
    pub user_id: String,
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    last: u64,
    entries: Vec<Entry>,
}

impl Journal {
    /// Enters a request at its arrival and returns its place; its outcome follows by [`Journal::finish`].
    pub(crate) fn begin(&mut self, mut request: RequestEntry) -> u64 {
        self.last += 1;
        request.seq = self.last;
        self.entries.push(Entry::Request(request));
        self.last
    }

    pub(crate) fn finish(&mut self, seq: u64, outcome: Outcome) {
        // Nothing is found if the journal was cleared meanwhile.
        if let Ok(at) = self.entries.binary_search_by_key(&seq, Entry::seq)
            && let Some(Entry::Request(request)) = self.entries.get_mut(at)
        {
            request.outcome = outcome;
        }
    }

    pub(crate) fn mail(&mut self, mut mail: MailEntry) {
        self.last += 1;
        mail.seq = self.last;
        self.entries.push(Entry::Mail(mail));
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn mails(&self) -> impl DoubleEndedIterator<Item = &MailEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Mail(mail) => Some(mail),
            Entry::Request(_) => None,
        })
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &RequestEntry> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Request(request) => Some(request),
            Entry::Mail(_) => None,
        })
    }

    /// Forgets the entries; numbering goes on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}
