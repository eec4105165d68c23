//! Every guest by address and by user, with the memory of sends. It is fed by the watch, in its order, and by our own writes.

mod buried;
mod places;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::watcher::Event;

use crate::api::{Address, Attempt, GuestCounts, GuestInvitation, State};
use crate::controller::lists::{Child, Family};
use crate::controller::tenants::Uses;
use crate::controller::wake::{Guarded, Wake};
use crate::plan::{Inherited, Ledger, Record};
use buried::Buried;

/// Where a guest's resource is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl ObjectKey {
    /// Where `guest` is.
    pub fn of(guest: &GuestInvitation) -> Self {
        Self { namespace: guest.namespace().unwrap_or_default(), name: guest.name_any() }
    }
}

#[derive(Debug)]
struct IndexedGuest {
    uid: String,
    version: Option<u64>,
    tenant: String,
    address: Address,
    created: Timestamp,
    record: Record,
    state: Option<State>,
    /// Whether a list showed it first; else the watch brought it into the world before our eyes.
    listed: bool,
    /// What it needs permissions for.
    uses: Uses,
    /// What it is to the GuestList that owns it.
    child: Option<Arc<Child>>,
}

/// Every guest that the cluster declares.
#[derive(Debug, Default)]
pub struct Index {
    entries: HashMap<ObjectKey, IndexedGuest>,
    by_address: HashMap<(String, Address), HashSet<ObjectKey>>,
    by_user: HashMap<(String, String), HashSet<ObjectKey>>,
    by_namespace: HashMap<String, HashSet<ObjectKey>>,
    /// What the list that is under way has shown.
    listing: Option<HashSet<ObjectKey>>,
    /// The memory of sends.
    pub ledger: Ledger,
    /// Whether a list of all guests has ended.
    complete: bool,
    buried: Buried,
    /// Names that a GuestList wants and another resource has, with the list.
    coveted: HashMap<ObjectKey, String>,
    /// To tell the GuestLists of their guests.
    lists: Option<Wake>,
}

impl Index {
    /// An empty index that wakes the GuestLists whose guests change.
    pub fn waking(lists: Wake) -> Self {
        Self { lists: Some(lists), ..Self::default() }
    }

    /// Takes in a watch event. Returns the guests that have reason to look again, because an address may be free.
    pub fn on(&mut self, event: &Event<Guarded<GuestInvitation>>) -> Vec<ObjectKey> {
        let now = Timestamp::now();
        match event {
            Event::Init => {
                self.listing = Some(HashSet::new());
                Vec::new()
            }
            Event::InitApply(object) => {
                if let Some(listing) = &mut self.listing {
                    listing.insert(place(object));
                }
                self.take(object, true, now)
            }
            Event::InitDone => {
                let shown = self.listing.take().unwrap_or_default();
                let gone: Vec<ObjectKey> =
                    self.entries.keys().filter(|place| !shown.contains(*place)).cloned().collect();
                self.ledger.prune(now);
                self.complete = true;
                gone.iter().flat_map(|place| self.remove(place)).collect()
            }
            Event::Apply(object) => self.take(object, false, now),
            Event::Delete(object) => {
                // The event carries the last state, which may hold a send that no earlier event showed.
                let mut others = self.take(object, false, now);
                others.extend(self.remove(&place(object)));
                self.buried.bury(object.uid().unwrap_or_default(), now);
                others
            }
        }
    }

    /// Takes in a guest that we have just written or read. Returns who has reason to look again, for the watch will not
    /// tell: its event of our own write finds everything known.
    #[must_use]
    pub fn put(&mut self, guest: &GuestInvitation) -> Vec<ObjectKey> {
        let now = Timestamp::now();
        self.enter(ObjectKey::of(guest), guest, false, now)
    }

    fn take(&mut self, object: &Guarded<GuestInvitation>, listed: bool, now: Timestamp) -> Vec<ObjectKey> {
        // What cannot be read keeps the entry that it had: it may hold a send.
        match &object.0 {
            Ok(guest) => self.enter(place(object), guest, listed, now),
            Err(_) => Vec::new(),
        }
    }

    fn enter(&mut self, place: ObjectKey, guest: &GuestInvitation, listed: bool, now: Timestamp) -> Vec<ObjectKey> {
        let uid = guest.uid().unwrap_or_default();
        if self.buried.holds(&uid) {
            return Vec::new(); // the answer to our own write came after the watch's last word
        }
        let version = guest.resource_version().and_then(|version| version.parse().ok());
        let mut freed = Vec::new();
        let before = self.entries.get(&place);
        let same = before.filter(|before| before.uid == uid);
        if same.is_some_and(|before| version <= before.version) {
            return freed; // known already: an event from before our own write, or told twice
        }
        let listed = match same {
            Some(before) => before.listed,
            None => listed,
        };
        if before.is_some_and(|before| before.uid != uid) {
            freed = self.remove(&place);
        }
        let entry = IndexedGuest {
            uid,
            version,
            tenant: guest.spec.tenant_ref.name.clone(),
            address: guest.spec.address(),
            created: guest.creation_timestamp().map_or(now, |time| time.0),
            record: Record::of(guest.status.as_ref()),
            state: guest.status.as_ref().and_then(|status| status.state),
            listed,
            uses: Uses::of(guest),
            child: Child::of(guest),
        };
        self.tell_lists(&place, entry.child.as_ref());
        self.ledger.read(&entry.tenant, &entry.address, &entry.uid, &entry.record, now);
        self.unlink_user(&place);
        if let Some(guest) = &entry.record.guest {
            self.by_user.entry((entry.tenant.clone(), guest.id.clone())).or_default().insert(place.clone());
        }
        self.by_namespace.entry(place.namespace.clone()).or_default().insert(place.clone());
        let rivals = self.by_address.entry((entry.tenant.clone(), entry.address.clone())).or_default();
        rivals.insert(place.clone());
        let holds = |entry: &IndexedGuest| entry.record.holds_address();
        // Who comes to hold an address, or ceases to, is news for the others who want it.
        if rivals.len() > 1 && self.entries.get(&place).map(holds) != Some(holds(&entry)) {
            freed.extend(rivals.iter().filter(|other| **other != place).cloned());
        }
        if self.entries.get(&place).is_some_and(holds) && !holds(&entry) {
            freed.extend(self.refused_beside(&place, &entry.tenant));
        }
        self.entries.insert(place, entry);
        freed
    }

    fn remove(&mut self, place: &ObjectKey) -> Vec<ObjectKey> {
        self.unlink_user(place);
        self.tell_lists(place, None);
        if let (Some(list), Some(lists)) = (self.coveted.remove(place), &self.lists) {
            lists.list(&place.namespace, &list);
        }
        let Some(entry) = self.entries.remove(place) else { return Vec::new() };
        if let Some(places) = self.by_namespace.get_mut(&place.namespace) {
            places.remove(place);
            if places.is_empty() {
                self.by_namespace.remove(&place.namespace);
            }
        }
        let mut others = self.refused_beside(place, &entry.tenant);
        let key = (entry.tenant, entry.address);
        let Some(rivals) = self.by_address.get_mut(&key) else { return others };
        rivals.remove(place);
        others.extend(rivals.iter().cloned());
        if rivals.is_empty() {
            self.by_address.remove(&key);
        }
        others
    }

    fn unlink_user(&mut self, place: &ObjectKey) {
        if let Some((tenant, id)) = self
            .entries
            .get(place)
            .and_then(|entry| Some((entry.tenant.clone(), entry.record.guest.as_ref()?.id.clone())))
            && let Some(places) = self.by_user.get_mut(&(tenant.clone(), id.clone()))
        {
            places.remove(place);
            if places.is_empty() {
                self.by_user.remove(&(tenant, id));
            }
        }
    }

    /// Whether the guest at `place` is the one with this uid.
    pub fn has(&self, place: &ObjectKey, uid: &str) -> bool {
        self.entries.get(place).is_some_and(|entry| entry.uid == uid)
    }

    /// Whether a later version of `guest` is known than this one, as of our own write that the watch has not told yet.
    pub fn is_behind(&self, guest: &GuestInvitation) -> bool {
        let version: Option<u64> = guest.resource_version().and_then(|version| version.parse().ok());
        self.entries.get(&ObjectKey::of(guest)).is_some_and(|entry| version < entry.version)
    }

    /// The other resource that holds the address of `place`: the one that has invited, else the older, else the one with the smaller uid.
    pub fn holder(&self, place: &ObjectKey) -> Option<String> {
        let ours = self.entries.get(place)?;
        // Whose intent is being written holds the address already, before any record says so.
        let sender = self.ledger.sender(&ours.tenant, &ours.address);
        let holds = |entry: &IndexedGuest| entry.record.holds_address() || sender == Some(entry.uid.as_str());
        let rank = |entry: &IndexedGuest| (!holds(entry), entry.created, entry.uid.clone());
        let rivals = self.by_address.get(&(ours.tenant.clone(), ours.address.clone()))?;
        let first = rivals.iter().filter_map(|place| Some((rank(self.entries.get(place)?), place))).min()?;
        (first.1 != place).then(|| format!("{}/{}", first.1.namespace, first.1.name))
    }

    /// Takes the address for `attempt` of `place`, unless another resource that still stands has it. Two resources for one
    /// address are decided on side by side, and no record of the one shows in time in what the other decides on.
    pub fn take_address(&mut self, place: &ObjectKey, attempt: &Attempt, now: Timestamp) -> bool {
        let Some(ours) = self.entries.get(place) else { return false };
        let (tenant, address, uid) = (ours.tenant.clone(), ours.address.clone(), ours.uid.clone());
        let rivals = self.rivals(place);
        let mut rivals = rivals.iter().filter_map(|rival| self.entries.get(rival));
        let sender = self.ledger.sender(&tenant, &address);
        if rivals.any(|rival| rival.record.holds_address() || sender == Some(rival.uid.as_str())) {
            return false;
        }
        self.ledger.begin(&tenant, &address, &uid, attempt, now);
        true
    }

    /// The other resources that want the address of `place`.
    pub fn rivals(&self, place: &ObjectKey) -> Vec<ObjectKey> {
        let Some(ours) = self.entries.get(place) else { return Vec::new() };
        let all = self.by_address.get(&(ours.tenant.clone(), ours.address.clone())).into_iter().flatten();
        all.filter(|rival| *rival != place).cloned().collect()
    }

    /// The send that the record of `place` does not know of.
    pub fn inherited(&self, place: &ObjectKey, record: &Record) -> Option<Inherited> {
        let entry = self.entries.get(place)?;
        self.ledger.inherited(&entry.tenant, &entry.address, &entry.uid, record)
    }

    /// Whether `place` was there before this process looked, so that an empty record may hide a send.
    pub fn unwitnessed(&self, place: &ObjectKey) -> bool {
        self.entries.get(place).is_some_and(|entry| entry.listed)
    }

    /// The ids of the users that the guests of `tenant` have on record.
    pub fn declared_users(&self, tenant: &str) -> HashSet<String> {
        self.by_user.keys().filter(|(of, _)| of == tenant).map(|(_, id)| id.clone()).collect()
    }

    /// The guests of `tenant` whose user is `id`.
    pub fn guests_of_user(&self, tenant: &str, id: &str) -> Vec<ObjectKey> {
        self.by_user.get(&(tenant.to_owned(), id.to_owned())).into_iter().flatten().cloned().collect()
    }

    /// The guests of `tenant`.
    pub fn guests_of_tenant(&self, tenant: &str) -> Vec<ObjectKey> {
        self.guests_of_tenants(|of| of == tenant)
    }

    /// The guests of the tenants that are meant.
    pub fn guests_of_tenants(&self, meant: impl Fn(&str) -> bool) -> Vec<ObjectKey> {
        self.entries.iter().filter(|(_, entry)| meant(&entry.tenant)).map(|(place, _)| place.clone()).collect()
    }

    /// Wakes the lists that own the guest at `place`, before and from now on, if it is another one to them.
    fn tell_lists(&self, place: &ObjectKey, now: Option<&Arc<Child>>) {
        let before = self.entries.get(place).and_then(|entry| entry.child.as_ref());
        let Some(lists) = self.lists.as_ref().filter(|_| before != now) else { return };
        let names: HashSet<&str> = before.into_iter().chain(now).map(|child| child.list_name.as_str()).collect();
        names.into_iter().for_each(|list| lists.list(&place.namespace, list));
    }

    /// The guests of the GuestList with the uid `list`, and which of the names that it wants others have. None as long as
    /// not all guests have been listed.
    pub fn family<'a>(
        &mut self,
        namespace: &str,
        (name, list): (&str, &str),
        wanted: impl Iterator<Item = &'a str>,
    ) -> Option<Family> {
        if !self.complete {
            return None;
        }
        let of_list = |child: &&Arc<Child>| child.list == list;
        let here = self.entries.iter().filter(|(place, _)| place.namespace == namespace);
        let children: HashMap<String, Arc<Child>> = here
            .filter_map(|(place, entry)| Some((place.name.clone(), entry.child.as_ref().filter(of_list)?.clone())))
            .collect();
        let mut taken = HashSet::new();
        for wanted in wanted.filter(|wanted| !children.contains_key(*wanted)) {
            let place = ObjectKey { namespace: namespace.to_owned(), name: wanted.to_owned() };
            if self.entries.contains_key(&place) {
                taken.insert(wanted.to_owned());
                self.coveted.insert(place, name.to_owned());
            }
        }
        Some(Family { children, taken })
    }

    /// The GuestList that made the resource that holds the address of `place`, if a list did.
    pub fn holding_list(&self, place: &ObjectKey) -> Option<String> {
        let holder = self.holder(place)?;
        let (namespace, name) = holder.split_once('/')?;
        let place = ObjectKey { namespace: namespace.to_owned(), name: name.to_owned() };
        let child = self.entries.get(&place)?.child.as_ref()?;
        Some(format!("{namespace}/{}", child.list_name))
    }

    /// What the guests of `tenant` use.
    pub fn uses(&self, tenant: &str) -> Vec<Uses> {
        self.entries.values().filter(|entry| entry.tenant == tenant).map(|entry| entry.uses).collect()
    }

    /// How many guests `tenant` has, by state.
    pub fn counts(&self, tenant: &str) -> GuestCounts {
        let mut counts = GuestCounts::default();
        for entry in self.entries.values().filter(|entry| entry.tenant == tenant) {
            counts.total += 1;
            counts.pending += u32::from(entry.state == Some(State::Invited));
            counts.accepted += u32::from(entry.state == Some(State::Accepted));
        }
        counts
    }
}

fn place(object: &Guarded<GuestInvitation>) -> ObjectKey {
    ObjectKey { namespace: object.namespace().unwrap_or_default(), name: object.name_any() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::AttemptKind;

    fn guest(name: &str) -> GuestInvitation {
        let text = serde_json::json!({
            "apiVersion": "guestlist.dev/v1alpha1",
            "kind": "GuestInvitation",
            "metadata": {"name": name, "namespace": "team", "uid": name, "resourceVersion": "1", "creationTimestamp": "2026-11-22T10:00:00Z"},
            "spec": {"email": "same@example.com"},
        });
        serde_json::from_value(text).unwrap()
    }

    fn attempt() -> Attempt {
        Attempt::new("1".into(), AttemptKind::Invite, "2026-11-22T10:00:01Z".parse().unwrap())
    }

    /// Found by ten pairs applied at once: both were decided on before either's intent was on record.
    #[test]
    fn of_two_for_one_address_only_one_may_write_an_intent() {
        let place = |name: &str| ObjectKey { namespace: "team".into(), name: name.into() };
        let (a, b) = (place("a"), place("b"));
        let mut index = Index::default();
        let _ = (index.put(&guest("a")), index.put(&guest("b")));
        let now = Timestamp::now();
        assert_eq!(index.holder(&b), Some("team/a".into()), "of two that nothing tells apart, one is first");
        assert!(index.take_address(&b, &attempt(), now), "b was decided on before a was seen");
        assert!(!index.take_address(&a, &attempt(), now));
        assert_eq!(index.holder(&a), Some("team/b".into()));
        let tenant = "default";
        index.ledger.take_back(tenant, &guest("b").spec.address(), "b");
        assert!(index.take_address(&a, &attempt(), now), "nothing left, so the address is free");
    }

    /// Found by a story of places: the answer to the removal of a finalizer came after the watch had told of the deletion, and
    /// who was gone held a place, and an address, for ever.
    #[test]
    fn the_late_answer_to_our_own_write_brings_nobody_back() {
        let place = ObjectKey { namespace: "team".into(), name: "a".into() };
        let mut index = Index::default();
        let _ = index.put(&guest("a"));
        let _ = index.on(&Event::Delete(kube::core::DeserializeGuard(Ok(guest("a")))));
        let mut answer = guest("a");
        answer.metadata.resource_version = Some("7".into());
        assert_eq!(index.put(&answer), []);
        assert!(index.guests_in("team").is_empty() && index.rivals(&place).is_empty());
        // Another one of that name is somebody else.
        let mut next = guest("a");
        next.metadata.uid = Some("another".into());
        let _ = index.put(&next);
        assert_eq!(index.guests_in("team"), [place]);
    }

    #[test]
    fn our_own_write_tells_the_rivals_that_the_address_is_free_again() {
        let place = |name: &str| ObjectKey { namespace: "team".into(), name: name.into() };
        let at_version = |version: &str, attempt: Option<Attempt>| {
            let mut written = guest("b");
            written.metadata.resource_version = Some(version.into());
            let invitation = crate::api::InvitationStatus { attempt, ..Default::default() };
            written.status =
                Some(crate::api::GuestInvitationStatus { invitation: Some(invitation), ..Default::default() });
            written
        };
        let mut index = Index::default();
        let _ = (index.put(&guest("a")), index.put(&guest("b")));
        assert_eq!(index.put(&at_version("2", Some(attempt()))), [place("a")]);
        assert_eq!(index.holder(&place("a")), Some("team/b".into()));
        assert_eq!(index.put(&at_version("3", None)), [place("a")]);
        assert_eq!(index.holder(&place("a")), None);
    }

    #[test]
    fn a_list_is_told_of_its_guests_when_something_about_them_is_news() {
        let (wake, mut woken) = Wake::new();
        let mut index = Index::waking(wake);
        let mut told = |times: usize, why: &str| {
            let lists: Vec<String> = std::iter::from_fn(|| woken.lists.try_recv().ok()).map(|list| list.name).collect();
            assert_eq!(lists, vec!["analysts"; times], "{why}");
        };
        let owner = serde_json::json!([{"apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList", "name": "analysts", "uid": "1", "controller": true}]);
        let mut child = guest("a");
        child.metadata.owner_references = serde_json::from_value(owner).unwrap();
        let nobody: [&str; 0] = [];
        assert!(index.family("team", ("analysts", "1"), nobody.into_iter()).is_none(), "not all are listed yet");
        let _ = index.on(&Event::Init);
        let _ = index.on(&Event::InitApply(kube::core::DeserializeGuard(Ok(child.clone()))));
        let _ = index.on(&Event::InitApply(kube::core::DeserializeGuard(Ok(guest("b")))));
        let _ = index.on(&Event::InitDone);
        told(1, "a guest of its own");
        let family = index.family("team", ("analysts", "1"), ["a", "b", "c"].into_iter()).unwrap();
        assert_eq!(family.children.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(family.taken.into_iter().collect::<Vec<_>>(), ["b"]);

        child.metadata.resource_version = Some("2".into());
        let _ = index.put(&child);
        told(0, "nothing that a list reads has changed");
        child.metadata.resource_version = Some("3".into());
        child.spec.suspend = true;
        let _ = index.put(&child);
        told(1, "edited");
        let _ = index.on(&Event::Delete(kube::core::DeserializeGuard(Ok(guest("b")))));
        told(1, "a name that it wants is free");
        let _ = index.on(&Event::Delete(kube::core::DeserializeGuard(Ok(child))));
        told(1, "deleted");
    }
}
