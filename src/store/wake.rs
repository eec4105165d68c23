//! Wake-ups from outside the watch: a sweep saw a guest change, a tenant came back, an address became free.

use futures::Stream;
use futures::stream::unfold;
use kube::Resource;
use kube::core::DeserializeGuard;
use kube::runtime::reflector::ObjectRef;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::api::{EntraTenant, Guest, GuestInvitation, GuestList};

/// A resource that may have stopped matching our types.
pub type Guarded<K> = DeserializeGuard<K>;

/// The sending ends.
#[derive(Clone, Debug)]
pub struct Wake {
    guests: UnboundedSender<ObjectRef<Guarded<GuestInvitation>>>,
    people: UnboundedSender<ObjectRef<Guarded<Guest>>>,
    tenants: UnboundedSender<ObjectRef<Guarded<EntraTenant>>>,
    lists: UnboundedSender<ObjectRef<Guarded<GuestList>>>,
}

/// The receiving ends, one for each controller.
#[derive(Debug)]
pub struct Wakeups {
    /// Invitations to look at.
    pub guests: UnboundedReceiver<ObjectRef<Guarded<GuestInvitation>>>,
    /// Guests to look at.
    pub people: UnboundedReceiver<ObjectRef<Guarded<Guest>>>,
    /// Tenants to look at.
    pub tenants: UnboundedReceiver<ObjectRef<Guarded<EntraTenant>>>,
    /// Lists to look at.
    pub lists: UnboundedReceiver<ObjectRef<Guarded<GuestList>>>,
}

impl Wake {
    /// Both ends. A wake-up for somebody who is awake already is dropped by the controller's queue.
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
        let _ = self.people.send(ObjectRef::new(name));
    }

    /// Wakes one invitation.
    pub fn guest(&self, namespace: &str, name: &str) {
        // A closed channel means that the process is ending.
        let _ = self.guests.send(ObjectRef::new(name).within(namespace));
    }

    /// Wakes one tenant.
    pub fn tenant(&self, name: &str) {
        let _ = self.tenants.send(ObjectRef::new(name));
    }

    /// Wakes one list.
    pub fn list(&self, namespace: &str, name: &str) {
        let _ = self.lists.send(ObjectRef::new(name).within(namespace));
    }
}

/// The wake-ups as a stream.
pub fn wakeup_stream<K: Resource + Send + 'static>(
    receiver: UnboundedReceiver<ObjectRef<K>>,
) -> impl Stream<Item = ObjectRef<K>> + Send + 'static
where
    K::DynamicType: Send + 'static,
{
    unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|object| (object, receiver)) })
}
