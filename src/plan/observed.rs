//! What this process knows of a guest beside the record: the directory, its own rights, and what the last step brought.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::step::Post;
use super::{Changes, Desired, GraphClock, KeptLink, Outcome, Refused, Rewritten, Step, Task, Why};
use crate::api::{Address, Attempt, Delivery, Existing, Explanation, PerRelation, Reason};
use crate::policy::Permission;

/// What this process knows, beside the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// The directory.
    pub tenant: Tenant,
    /// Whether anything new may be done for the guest.
    pub permission: Permission,
    /// Whose the person is.
    pub standing: Standing,
    /// Users who are the person of another Guest, by id, with what to call that Guest.
    pub elsewhere: BTreeMap<String, String>,
    /// Users whose own address the access rules do not allow for this claim, by id, with what to say.
    pub barred: BTreeMap<String, Explanation>,
    /// What the access rules demand, and the spec cannot put off.
    pub demanded: Demanded,
    /// What the platform team wishes for the person: to hold them, or that their access stays ended.
    pub held: Option<Reason>,
    /// An id for an attempt that this pass may begin.
    pub new_id: String,
    /// The attempt that this process wrote and has not acted on.
    pub ticket: Option<Ticket>,
    /// A live look for the address.
    pub look: Option<Look>,
    /// The user of the record, by id.
    pub user: UserView,
    /// How far Graph's clock is ahead of ours.
    pub graph_clock: GraphClock,
    /// When the user was read live in this pass, by the wall clock and from before the read; nothing for what the mirror shows.
    pub user_read_at: Option<Timestamp>,
    /// Properties that were written a moment ago, and that no read has shown since.
    pub patched: Changes,
    /// The last change of the user that was written, and how often.
    pub rewritten: Option<Rewritten>,
    /// Whether another claim of the same namespace, which may act and is not being deleted, wants the person.
    pub successor: bool,
    /// Relations of the person that other claims want too, by the other object's id.
    pub shared: PerRelation<Vec<String>>,
    /// Relations of the person that are being removed for other claims, by the other object's id.
    pub removing: PerRelation<Vec<String>>,
    /// Relations of the person that are on record, and that somebody took away, by the other object's id.
    pub lost: PerRelation<Vec<String>>,
    /// Why nobody is ended now, if so.
    pub ends_stopped: Option<Explanation>,
    /// Whether it was found in this pass that no Secret keeps an earlier link.
    pub no_link_kept: bool,
    /// Why the operator cannot mail by itself now.
    pub mail_trouble: Option<Explanation>,
    /// What the request brought that was sent a moment ago.
    pub answer: Option<(Post, Answer)>,
    /// What the task brought that was carried out a moment ago.
    pub done: Option<(Task, Outcome)>,
}

impl Observed {
    /// What is known at least where all may be done and nothing was looked at.
    pub fn idle() -> Self {
        Self {
            tenant: Tenant::Ready { send_at: SendAt::Now },
            permission: Permission::Granted,
            standing: Standing::Ours,
            elsewhere: BTreeMap::new(),
            barred: BTreeMap::new(),
            demanded: Demanded::default(),
            held: None,
            new_id: "new".into(),
            ticket: None,
            look: None,
            user: UserView::Unknown,
            graph_clock: GraphClock::default(),
            user_read_at: None,
            patched: BTreeMap::new(),
            rewritten: None,
            successor: false,
            shared: PerRelation::default(),
            removing: PerRelation::default(),
            lost: PerRelation::default(),
            ends_stopped: None,
            no_link_kept: false,
            mail_trouble: None,
            answer: None,
            done: None,
        }
    }

    /// Whether the user was read live in this pass.
    pub fn user_is_live(&self) -> bool {
        self.user_read_at.is_some()
    }

    /// Why nobody can be mailed now, if the operator is to mail and cannot.
    pub(super) fn cannot_mail(&self, desired: &Desired) -> Option<Step> {
        let trouble = self.mail_trouble.clone().filter(|_| desired.delivery == Delivery::Mail)?;
        Some(Step::rest_for(Why::TenantNotReady(trouble), Duration::from_secs(30)))
    }

    /// Whether what the claim declares counts: the rules, an approver and the spec allow it now.
    pub(super) fn is_entitled(&self, desired: &Desired) -> bool {
        let ready = matches!(self.tenant, Tenant::Ready { .. });
        ready && self.permission == Permission::Granted && !desired.suspended && desired.deleting.is_none()
    }

    /// From when a decision made on the user is: a process that was paused since the read finds it stale.
    pub(super) fn decided_at(&self, now: Timestamp) -> Timestamp {
        self.user_read_at.unwrap_or(now)
    }
}

/// What the access rules demand of a claim at its end. `suspend` would else put it off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demanded {
    /// That the user does not stay as they are (`deletionPolicies` without Retain).
    pub offboarding: bool,
    /// That access ends, or the invitation expires (`require`).
    pub end: bool,
}

/// Whose a person is, for one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody's yet, or this claim's: it may act.
    Ours,
    /// Nobody's now. Whom the directory knows becomes a claim's only as `existing` says.
    Found,
    /// Another namespace's, which this claim can only share.
    Shared {
        /// Whether that one has ended and has left the person to those who share them: then the place may be taken.
        vacant: bool,
    },
    /// Another claim's.
    Taken {
        /// That claim, as `namespace/name`; nothing where it is in another namespace, which is not to be named.
        holder: Option<String>,
    },
    /// Not known yet: not all claims were listed.
    Unknown,
}

impl Standing {
    /// Whether a claim that wants this can only share the person. A place that is vacant is for whom a rule lets do more than follow.
    pub fn is_shared_by(&self, desired: &Desired) -> bool {
        match self {
            Self::Shared { vacant } => !vacant || desired.existing < Existing::Manage,
            Self::Ours | Self::Found | Self::Taken { .. } | Self::Unknown => false,
        }
    }
}

/// The directory, as far as a guest's decision needs it.
#[derive(Clone, Debug, PartialEq)]
pub enum Tenant {
    /// There is no EntraTenant of that name.
    Missing {
        /// Cause and way out.
        message: String,
    },
    /// It cannot be worked with.
    Unready(Explanation),
    /// It can; requests that may mail wait until `send_at`.
    Ready {
        /// When the next invitation may leave.
        send_at: SendAt,
    },
}

/// When the next invitation may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendAt {
    /// Not known: this guest has no place in the tenant's queue yet.
    Unqueued,
    /// Now.
    Now,
    /// Not before this time: pacing or Graph's Retry-After.
    Not(Timestamp),
    /// Nobody new before this time: the directory is full.
    Full(Timestamp),
    /// Not at all: Microsoft has blocked invitations from this directory.
    Blocked,
}

impl SendAt {
    /// When a mail may leave to somebody whom the directory has already, and who needs no room.
    pub(super) fn of_known(self) -> Self {
        if let Self::Full(_) = self { Self::Now } else { self }
    }

    /// What to do until the next invitation may leave; nothing when that is now.
    pub(super) fn wait(self, now: Timestamp) -> Option<Step> {
        match self {
            Self::Unqueued => Some(Step::Queue),
            Self::Blocked => Some(Step::rest(Why::Blocked)),
            Self::Not(until) => Some(Step::rest_until(Why::Queued, until, now)),
            Self::Full(until) => Some(Step::rest_until(Why::DirectoryFull, until, now)),
            Self::Now => None,
        }
    }
}

/// The right to act on an attempt once: held only by the process that wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// The attempt.
    pub attempt: String,
    /// When the decision was made, by this process's wall clock: before the look, not after the write.
    pub decided_at: Timestamp,
}

impl Ticket {
    /// Whether it gives the right to act on `attempt`. Once another process has asked, the directory may hold a user that the
    /// question made: then even the writer, who knows that nothing left, must not take the attempt back and begin anew.
    pub(super) fn is_for(&self, attempt: &Attempt) -> bool {
        self.attempt == attempt.id && attempt.asked_at.is_none()
    }
}

/// A live look-up of the address.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// When it was begun, by this process's wall clock.
    pub taken_at: Timestamp,
    /// When it was answered, on Graph's clock.
    pub graph_time: Timestamp,
    /// Every user whose mail, otherMails or proxyAddresses hold the address. Who has it only among the otherMails is not its user.
    pub users: Vec<DirectoryUser>,
    /// Deleted guests with the address that can be restored, the newest first; nothing where they were not read, as somebody has it.
    pub deleted: Option<Vec<String>>,
}

impl Look {
    /// The deleted guest with the address who was deleted last and whom the look before `attempt` did not show, as far as that was
    /// read.
    pub(super) fn deleted_since(&self, attempt: &Attempt) -> Option<&String> {
        self.deleted.as_ref()?.iter().find(|gone| !attempt.deleted_before.contains(gone))
    }

    /// The guest whom the address belongs to, by `mail` or by the principal name that an invitation makes, or whom a request that
    /// was begun at `since` has made. Two such bind nobody.
    pub(super) fn guest(&self, address: &Address, since: Option<Timestamp>) -> Option<&DirectoryUser> {
        let made = |user: &DirectoryUser| since.is_some_and(|since| user.created_at.is_some_and(|made| made >= since));
        // Whom neither `mail` nor `otherMails` shows was found by their proxyAddresses, which only Exchange writes.
        let by_proxy = |user: &DirectoryUser| !user.addresses.iter().any(|known| known == address.as_str());
        let mut theirs = self.users.iter().filter(|user| user.belongs_to(address) || by_proxy(user) || made(user));
        theirs.next().filter(|_| theirs.next().is_none())
    }

    /// Whether the user `id` is among the deleted, as far as those were read.
    pub(super) fn shows_deleted(&self, id: &str) -> bool {
        self.deleted.iter().flatten().any(|gone| gone == id)
    }
}

/// What is known of the record's user, by id.
// One is made for a pass and goes with it, so its size costs nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, Default, PartialEq)]
pub enum UserView {
    /// Nothing yet.
    #[default]
    Unknown,
    /// The user.
    Found(DirectoryUser),
    /// Graph answered 404 for the id.
    Missing,
}

/// What `identity_provider` says when the directory does not tell.
pub const UNKNOWN_PROVIDER: &str = "Unknown";

/// A user of the directory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DirectoryUser {
    /// Object id.
    pub id: String,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `createdDateTime`.
    pub created_at: Option<Timestamp>,
    /// Whether this is an outside account. Somebody may make it an internal one.
    pub is_guest: bool,
    /// `accountEnabled`.
    pub enabled: bool,
    /// `externalUserState`.
    pub external_state: Option<String>,
    /// `externalUserStateChangeDateTime`.
    pub external_state_since: Option<Timestamp>,
    /// How the user signs in, in the words of the redemption experience.
    pub identity_provider: String,
    /// `mail`, in lower case.
    pub mail: Option<String>,
    /// `mail` and `otherMails`, in lower case.
    pub addresses: Vec<String>,
    /// The properties that a spec can declare, by Graph's name, without the empty ones.
    pub properties: BTreeMap<String, String>,
}

impl DirectoryUser {
    /// An enabled user of whom nothing but the id is shown.
    pub fn new(id: String) -> Self {
        Self {
            id,
            user_principal_name: None,
            created_at: None,
            is_guest: false,
            enabled: true,
            external_state: None,
            external_state_since: None,
            identity_provider: UNKNOWN_PROVIDER.into(),
            mail: None,
            addresses: Vec::new(),
            properties: BTreeMap::new(),
        }
    }

    /// Takes in what was just written; nothing clears a property.
    pub fn change(&mut self, changes: &Changes) {
        for (name, value) in changes {
            match value {
                Some(value) => self.properties.insert(name.clone(), value.clone()),
                None => self.properties.remove(name),
            };
        }
    }

    /// Whether the property `name` has this value. Graph trims, and writes countries and languages in its own case.
    pub fn shows(&self, name: &str, value: Option<&str>) -> bool {
        match (self.properties.get(name).map(|shown| shown.trim()), value.map(str::trim)) {
            (None, None) => true,
            (Some(shown), Some(value)) => match name {
                "usageLocation" | "preferredLanguage" => value.eq_ignore_ascii_case(shown),
                _ => value == shown,
            },
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    /// Whether this is the user of an address: it is their `mail`, or their principal name was made of it
    /// (`adele_fabrikam.com#EXT#@...`, "Add users", Entra), which stays when the addresses change. Anybody who may change
    /// `otherMails` could add somebody else's address there.
    pub fn belongs_to(&self, address: &Address) -> bool {
        let made_of_it = |name: &String| {
            let local = name.split_once("#EXT#").map(|(local, _)| local.to_lowercase());
            local.is_some_and(|local| local == address.as_str().replace('@', "_"))
        };
        self.mail.as_deref() == Some(address.as_str()) || self.user_principal_name.as_ref().is_some_and(made_of_it)
    }

    /// Whether the user was invited and has not redeemed yet.
    pub fn is_pending(&self) -> bool {
        self.redemption().is_pending()
    }

    /// Whether the guest has accepted. A guest who signed up by himself has no state, but a provider to sign in with.
    pub fn has_accepted(&self) -> bool {
        match self.external_state.as_deref() {
            Some(state) => state == "Accepted",
            None => self.is_guest && self.identity_provider != UNKNOWN_PROVIDER,
        }
    }
}

/// What a request to `POST /invitations` brought.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// 201.
    Done {
        /// The invitation's id.
        invitation: String,
        /// The user's id.
        user: String,
        /// When, on Graph's clock.
        graph_time: Timestamp,
        /// Where the redeem link is kept.
        kept: KeptLink,
    },
    /// The operator's own mail was taken by the mail server.
    Mailed {
        /// When.
        at: Timestamp,
    },
    /// Nothing left: the operator's Secret with the redeem link is gone, or has another one than Graph gave.
    LinkLost,
    /// A 4xx: nothing was done, and Graph says why.
    Refused(Refused),
    /// The request did not leave, or met a 429: nothing was done, and nothing is known of the guest.
    NotSent,
    /// A 5xx, a reset, a timeout or half an answer: nobody can tell from this.
    Lost,
}
