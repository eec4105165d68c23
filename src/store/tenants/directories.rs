//! One EntraTenant a directory. Of several with one tenantId one works: two would mail one person twice, as neither knows of
//! what the other sends.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::ResourceExt;
use kube::runtime::watcher::Event;

use super::TenantChange;
use crate::api::{EntraTenant, Explanation, Reason};
use crate::store::{Guarded, KnownGuests};

/// What the choice between the EntraTenants of one directory rests on.
#[derive(Clone, Debug)]
struct Contender {
    name: String,
    tenant_id: String,
    created: Timestamp,
    uid: String,
    has_guests: bool,
}

/// The EntraTenant that works, by directory: the one that has guests, else the older, else the one with the smaller uid.
fn holders<'a>(contenders: impl Iterator<Item = &'a Contender>) -> BTreeMap<String, String> {
    let mut first: BTreeMap<String, &Contender> = BTreeMap::new();
    for contender in contenders {
        let holder = first.entry(contender.directory()).or_insert(contender);
        if contender.rank() < holder.rank() {
            *holder = contender;
        }
    }
    first.into_iter().map(|(directory, holder)| (directory, holder.name.clone())).collect()
}

impl Contender {
    fn of(tenant: &EntraTenant) -> Self {
        Self {
            name: tenant.name_any(),
            tenant_id: tenant.spec.tenant_id.clone(),
            created: tenant.creation_timestamp().map_or(Timestamp::MAX, |time| time.0),
            uid: tenant.uid().unwrap_or_default(),
            has_guests: false,
        }
    }

    /// The tenantId in the one form in which it is compared.
    fn directory(&self) -> String {
        self.tenant_id.to_lowercase()
    }

    fn rank(&self) -> (bool, Timestamp, &str) {
        (!self.has_guests, self.created, &self.uid)
    }
}

/// Which EntraTenant works with which directory.
#[derive(Debug, Default)]
pub struct Directories {
    contenders: BTreeMap<String, Contender>,
    /// By directory.
    holders: BTreeMap<String, String>,
    complete: bool,
}

impl Directories {
    /// Takes in a watch event, which made this `change`. Returns the EntraTenants for which something is different now.
    pub fn on(
        &mut self,
        event: &Event<Guarded<EntraTenant>>,
        change: &TenantChange,
        people: &KnownGuests,
    ) -> Vec<String> {
        // What cannot be read keeps the directory that it had: it is as old as before when it can be read again.
        if let Event::InitApply(object) | Event::Apply(object) = event
            && let Ok(tenant) = &object.0
        {
            self.contenders.insert(tenant.name_any(), Contender::of(tenant));
        }
        for name in &change.gone {
            self.contenders.remove(name);
        }
        // Before all are listed an older one may be to come.
        self.complete |= change.completed;
        self.share_out(people)
    }

    /// Chooses anew, as when all Guests have been read. Returns the EntraTenants for which something is different now.
    pub fn share_out(&mut self, people: &KnownGuests) -> Vec<String> {
        if !self.complete {
            return Vec::new();
        }
        for contender in self.contenders.values_mut() {
            contender.has_guests = people.has_any_through(&contender.directory(), &contender.name);
        }
        let mut concerned = Vec::new();
        for (directory, holder) in holders(self.contenders.values()) {
            if self.holders.insert(directory.clone(), holder.clone()).as_ref() != Some(&holder) {
                let of_it = self.contenders.values().filter(|contender| contender.directory() == directory);
                concerned.extend(of_it.map(|contender| contender.name.clone()));
            }
        }
        concerned
    }

    /// Why nothing is done through the EntraTenant `name`, where another one works with its directory.
    pub fn taken(&self, name: &str) -> Option<Explanation> {
        let (holder, directory) = self.other(name)?;
        let message = format!(
            "The EntraTenant {holder}, which came first, works with the same directory ({directory}), and a directory has one EntraTenant. So nothing is done through {name}. Name {holder} in spec.tenantRef, or delete one of the two; when {holder} goes, {name} takes over."
        );
        Some(Explanation::new(Reason::DirectoryTaken, message))
    }

    /// The other EntraTenant that works with the directory of `name`, and that directory.
    fn other(&self, name: &str) -> Option<(&str, String)> {
        let directory = self.contenders.get(name)?.directory();
        let holder = self.holders.get(&directory)?;
        (holder != name).then_some((holder.as_str(), directory))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIRECTORY: &str = "abcdef01-2222-3333-4444-555555555555";

    fn contender(name: &str, created: &str, uid: &str, has_guests: bool) -> Contender {
        let created = format!("2026-11-22T{created}Z").parse().unwrap();
        Contender { name: name.into(), tenant_id: DIRECTORY.into(), created, uid: uid.into(), has_guests }
    }

    #[test]
    fn who_has_guests_works_else_the_older_else_the_smaller_uid() {
        let one = |contenders: &[Contender]| {
            let holders = holders(contenders.iter());
            assert_eq!(holders.len(), 1);
            holders[DIRECTORY].clone()
        };
        let (young, old) = (contender("young", "10:00:01", "1", false), contender("old", "10:00:00", "2", false));
        let twin = contender("twin", "10:00:00", "3", false);
        assert_eq!(one(&[young.clone(), old.clone(), twin.clone()]), "old");
        assert_eq!(one(&[twin, old.clone()]), "old");
        assert_eq!(one(&[old.clone(), contender("used", "10:00:09", "9", true)]), "used");
        let mut shouted = young;
        shouted.tenant_id = DIRECTORY.to_uppercase();
        assert_eq!(one(&[shouted.clone(), old.clone()]), "old", "a tenantId compares without case");
        shouted.tenant_id = "00000000-2222-3333-4444-555555555555".into();
        assert_eq!(holders([shouted, old].iter()).len(), 2);
    }

    fn tenant(name: &str, second: u32) -> Guarded<EntraTenant> {
        let tenant = serde_json::json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "EntraTenant",
            "metadata": {"name": name, "uid": name, "creationTimestamp": format!("2026-11-22T10:00:0{second}Z")},
            "spec": {"tenantId": DIRECTORY, "credentials": {"azureCli": {}}},
        });
        Guarded(Ok(serde_json::from_value(tenant).unwrap()))
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn nobody_has_a_directory_before_all_are_listed_and_the_next_one_inherits_it() {
        let mut directories = Directories::default();
        let (nothing, people) = (TenantChange::default(), KnownGuests::default());
        assert_eq!(directories.on(&Event::InitApply(tenant("b", 2)), &nothing, &people), names(&[]));
        assert_eq!(directories.holders.len(), 0, "an older one may be to come");
        let _ = directories.on(&Event::InitApply(tenant("a", 1)), &nothing, &people);
        let listed = TenantChange { completed: true, ..TenantChange::default() };
        let begins = directories.on(&Event::InitDone, &listed, &people);
        assert_eq!(begins, names(&["a", "b"]));
        assert!(directories.taken("a").is_none());
        let said = directories.taken("b").unwrap();
        assert_eq!((said.reason, said.message.contains("EntraTenant a")), (Reason::DirectoryTaken, true));

        let gone = |name: &str| TenantChange { gone: names(&[name]), ..TenantChange::default() };
        let taken_over = directories.on(&Event::Delete(tenant("a", 1)), &gone("a"), &people);
        assert_eq!(taken_over, names(&["b"]));
        assert!(directories.taken("b").is_none());
        // Made anew it is the younger one.
        assert_eq!(directories.on(&Event::Apply(tenant("a", 3)), &nothing, &people), names(&[]));
        assert!(directories.taken("a").is_some());
    }
}
