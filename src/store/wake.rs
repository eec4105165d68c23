//! Wake-ups from outside the watch: a sweep saw a guest change, a tenant came back, an address became free.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::ObjectKey;

/// The sending ends.
#[derive(Clone, Debug)]
pub struct Wake {
    guests: UnboundedSender<ObjectKey>,
    people: UnboundedSender<ObjectKey>,
    tenants: UnboundedSender<ObjectKey>,
    lists: UnboundedSender<ObjectKey>,
}

/// The receiving ends, one for each controller.
#[derive(Debug)]
pub struct Wakeups {
    /// Invitations to look at.
    pub guests: UnboundedReceiver<ObjectKey>,
    /// Guests to look at.
    pub people: UnboundedReceiver<ObjectKey>,
    /// Tenants to look at.
    pub tenants: UnboundedReceiver<ObjectKey>,
    /// Lists to look at.
    pub lists: UnboundedReceiver<ObjectKey>,
}

impl Wake {
    /// Both ends. A wake-up for somebody who waits already changes nothing.
    pub fn new() -> (Self, Wakeups) {
        let (guests, guests_out) = unbounded_channel();
        let (people, people_out) = unbounded_channel();
        let (tenants, tenants_out) = unbounded_channel();
        let (lists, lists_out) = unbounded_channel();
        (
            Self { guests, people, tenants, lists },
            Wakeups { guests: guests_out, people: people_out, tenants: tenants_out, lists: lists_out },
        )
    }

    /// Wakes one Guest.
    pub fn person(&self, name: &str) {
        let _ = self.people.send(ObjectKey::cluster(name));
    }

    /// Wakes one invitation.
    pub fn guest(&self, namespace: &str, name: &str) {
        // A closed channel means that the process is ending.
        let _ = self.guests.send(ObjectKey { namespace: namespace.into(), name: name.into() });
    }

    /// Wakes one tenant.
    pub fn tenant(&self, name: &str) {
        let _ = self.tenants.send(ObjectKey::cluster(name));
    }

    /// Wakes one list.
    pub fn list(&self, namespace: &str, name: &str) {
        let _ = self.lists.send(ObjectKey { namespace: namespace.into(), name: name.into() });
    }
}
