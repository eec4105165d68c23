//! What the API server and the directory hold.

use super::records::RecordId;

/// A claim as the API server holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    pub uid: u8,
    pub version: u16,
    /// How often the spec was changed.
    pub generation: u8,
    pub finalizer: bool,
    pub deleting: Option<u8>,
    /// Who may approve has. Stands in the status, so it changes without the spec.
    pub approved: bool,
    pub spec: Spec,
}

/// What people edit meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spec {
    pub suspended: bool,
    /// `accessUntil` has passed.
    pub ended: bool,
    /// One more mail is asked for, by annotation.
    pub once_more: bool,
    /// `deletionPolicy` is Retain, whatever the scenario asks for.
    pub retains: bool,
}

impl Object {
    /// One that was just made, and has nothing to undo.
    pub fn new(uid: u8, version: u16, retains: bool) -> Self {
        let spec = Spec { suspended: false, ended: false, once_more: false, retains };
        Self { uid, version, generation: 1, finalizer: false, deleting: None, approved: true, spec }
    }

    /// All of it but how often it was written.
    pub fn content(&self) -> (u8, bool, Option<u8>, bool, Spec) {
        (self.uid, self.finalizer, self.deleting, self.approved, self.spec)
    }

    /// Whether it wants its guest.
    pub fn wants(&self) -> bool {
        self.deleting.is_none() && !self.spec.suspended
    }
}

/// The Guest as the API server holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuestObject {
    pub version: u16,
    pub record: RecordId,
}

/// The guest's user as the directory holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ModelUser {
    /// How many there were before: each has an id of its own.
    pub nth: u8,
    pub created: u8,
    /// Whether reads show it; a POST always knows it.
    pub shown: bool,
    /// When the guest accepted, which reads by id show at once.
    pub accepted: Option<u8>,
    /// Who disabled the account, if somebody did.
    pub disabled: Option<By>,
}

impl ModelUser {
    pub fn new(nth: u8, created: u8, shown: bool) -> Self {
        Self { nth, created, shown, accepted: None, disabled: None }
    }
}

/// Who disabled an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// An operator.
    Operator,
    /// Somebody else.
    Others,
    /// Somebody else, when an operator had read that the account was enabled and was about to disable it, or had done so before. No
    /// read can tell then whose work it is.
    Unclear,
}
