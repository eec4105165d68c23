//! The tenants by name, as guests find them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kube::runtime::watcher::Event;
use kube::{Resource, ResourceExt};
use parking_lot::RwLock;

use super::{Connection, DeclaredTenants, Directories, TenantChange, TenantSelector, TenantTrouble};
use crate::api::conditions::Truth;
use crate::api::{AccessRule, EntraTenant};
use crate::store::{Guarded, KnownGuests};

/// How a guest finds its tenant.
#[derive(Clone, Debug)]
pub enum TenantState {
    /// There is none of that name.
    Missing,
    /// It cannot be connected.
    Unready(TenantTrouble),
    /// It can.
    Ready(Arc<Connection>),
}

impl TenantState {
    /// The connection, of a tenant that can be worked with.
    pub fn connection(&self) -> Option<&Arc<Connection>> {
        match self {
            Self::Ready(connection) => Some(connection),
            Self::Missing | Self::Unready(_) => None,
        }
    }
}

/// The tenants by name.
#[derive(Debug, Default)]
pub struct Tenants {
    selector: TenantSelector,
    /// Those that do not fit the selector: another operator works with them.
    others: RwLock<HashSet<String>>,
    by_name: RwLock<HashMap<String, TenantEntry>>,
    declared: RwLock<DeclaredTenants>,
    directories: RwLock<Directories>,
}

/// What is known of one tenant.
#[derive(Debug, Default)]
struct TenantEntry {
    /// How it was found last; nothing while nobody has looked at it, and when it is gone.
    state: Option<TenantState>,
    /// The newest connection. It outlives trouble: its queue and its mirror stay right.
    kept: Option<Arc<Connection>>,
    /// Who may invite whom.
    access: Option<Arc<[AccessRule]>>,
}

impl Tenants {
    /// No tenants yet, and only those are worked with that fit `selector`.
    pub fn selected_by(selector: TenantSelector) -> Self {
        Self { selector, ..Self::default() }
    }

    /// Whether the EntraTenant `name` is there and does not fit the selector. Its guests are another operator's.
    pub fn is_of_others(&self, name: &str) -> bool {
        self.others.read().contains(name)
    }

    /// The tenant `name`; nothing while nobody has looked at it, as after the start of this process.
    pub fn get(&self, name: &str) -> Option<TenantState> {
        if let Some(taken) = self.taken(name) {
            return Some(TenantState::Unready(taken));
        }
        let found = self.by_name.read().get(name).and_then(|tenant| tenant.state.clone());
        match found {
            // One guest has met trouble a moment ago, and nobody has looked into it yet.
            Some(TenantState::Ready(connection)) => {
                Some(connection.trouble().map_or_else(|| TenantState::Ready(connection.clone()), TenantState::Unready))
            }
            Some(found) => Some(found),
            None => self.lacks(name).then_some(TenantState::Missing),
        }
    }

    /// Whether there is no EntraTenant `name`, for sure.
    pub fn lacks(&self, name: &str) -> bool {
        self.declared.read().lacks(name)
    }

    /// Whether it is known which EntraTenants are another operator's.
    pub fn know_others(&self) -> bool {
        self.selector.fits_all() || self.declared.read().complete()
    }

    /// Takes in a watch event, and forgets the connections of who is gone: their sweeps end.
    pub fn on(&self, event: &Event<Guarded<EntraTenant>>) -> TenantChange {
        let mut change = self.declared.write().on(event);
        if let Event::InitApply(tenant) | Event::Apply(tenant) = event {
            let name = tenant.name_any();
            let ours = self.selector.fits(tenant.meta().labels.as_ref());
            let mut others = self.others.write();
            if ours {
                change.taken_on.extend(others.remove(&name).then_some(name));
            } else if others.insert(name.clone()) {
                change.let_go.push(name);
            }
        }
        self.others.write().retain(|name| !change.gone.contains(name));
        let mut by_name = self.by_name.write();
        for name in change.gone.iter().chain(&change.let_go) {
            let Some(tenant) = by_name.get_mut(name) else { continue };
            // Its rules and what was seen of it first stay, for one of its name that comes later.
            tenant.state = None;
            if let Some(before) = tenant.kept.take() {
                before.sweeps.cancel();
            }
        }
        change
    }

    /// Chooses who works with which directory, after a watch event that made this `change`. Returns the EntraTenants for which
    /// something is different now.
    pub fn share_out(
        &self,
        event: &Event<Guarded<EntraTenant>>,
        change: &TenantChange,
        people: &KnownGuests,
    ) -> Vec<String> {
        self.directories.write().on(event, change, people)
    }

    /// Chooses anew, as when all Guests have been read. Returns the EntraTenants for which something is different now.
    pub fn share_out_anew(&self, people: &KnownGuests) -> Vec<String> {
        self.directories.write().share_out(people)
    }

    /// What is wrong with the tenant `name` while another one works with its directory.
    pub fn taken(&self, name: &str) -> Option<TenantTrouble> {
        let explanation = self.directories.read().taken(name)?;
        Some(TenantTrouble { explanation, signed_in: Truth::Unknown })
    }

    /// Lets the connection of the tenant `name` go; its sweeps end with it.
    pub fn release(&self, name: &str) {
        if let Some(before) = self.change(name, |tenant| tenant.kept.take()) {
            before.sweeps.cancel();
        }
    }

    /// Whether the EntraTenant `name` went while it was looked at: it is deleted, or another operator's by now.
    pub fn has_gone(&self, name: &str) -> bool {
        self.lacks(name) || self.is_of_others(name)
    }

    /// Puts the tenant `name` to `found`; says whether guests have reason to look again. One that went while it was looked at stays gone.
    pub fn put(&self, name: &str, found: TenantState) -> bool {
        self.change(name, |tenant| {
            if self.has_gone(name) {
                return false;
            }
            let news = match (&tenant.state, &found) {
                (Some(TenantState::Ready(before)), TenantState::Ready(now)) => !Arc::ptr_eq(before, now),
                (Some(TenantState::Unready(before)), TenantState::Unready(now)) => before != now,
                _ => true,
            };
            tenant.state = Some(found);
            news
        })
    }

    /// Who may invite whom into the tenant `name`. Only asked once the tenant is found, and its rules are known before it is.
    pub fn access(&self, name: &str) -> Arc<[AccessRule]> {
        self.by_name.read().get(name).and_then(|tenant| tenant.access.clone()).unwrap_or_default()
    }

    /// Puts the rules of the tenant `name`; says whether guests have reason to look again.
    pub fn put_access(&self, name: &str, rules: &[AccessRule]) -> bool {
        let before = self.change(name, |tenant| tenant.access.replace(rules.into()));
        before.is_none_or(|before| *before != *rules)
    }

    /// The newest connection of the tenant `name`, in trouble or not.
    pub fn kept(&self, name: &str) -> Option<Arc<Connection>> {
        self.by_name.read().get(name).and_then(|tenant| tenant.kept.clone())
    }

    /// Keeps `connection` as the newest of the tenant `name`; the sweeps of the one before end. Those of a tenant that went while it was
    /// looked at do not begin.
    pub fn keep(&self, name: &str, connection: Arc<Connection>) {
        let let_go = self.change(name, |tenant| match self.has_gone(name) {
            true => Some(connection),
            false => tenant.kept.replace(connection),
        });
        if let Some(let_go) = let_go {
            let_go.sweeps.cancel();
        }
    }

    fn change<T>(&self, name: &str, work: impl FnOnce(&mut TenantEntry) -> T) -> T {
        work(self.by_name.write().entry(name.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Explanation, Reason};

    fn tenant(labels: serde_json::Value) -> Guarded<EntraTenant> {
        let tenant = serde_json::json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "EntraTenant", "metadata": {"name": "a", "labels": labels},
            "spec": {"tenantId": "11111111-2222-3333-4444-555555555555", "credentials": {"azureCli": {}}},
        });
        Guarded(Ok(serde_json::from_value(tenant).unwrap()))
    }

    fn looked() -> TenantState {
        let explanation = Explanation::new(Reason::GraphError, "seen before it went");
        TenantState::Unready(TenantTrouble { explanation, signed_in: Truth::Unknown })
    }

    /// A look that ended after the tenant was deleted put it back: a guest who was deleted afterwards waited without end for a directory
    /// that the API server did not know.
    #[test]
    fn a_tenant_that_went_while_it_was_looked_at_stays_gone() {
        let tenants = Tenants::selected_by("ring=a".parse().unwrap());
        let (ours, theirs) = (|| tenant(serde_json::json!({"ring": "a"})), || tenant(serde_json::json!({"ring": "b"})));
        for event in [Event::Init, Event::InitApply(ours()), Event::InitDone] {
            let _ = tenants.on(&event);
        }
        for gone in [Event::Delete(ours()), Event::Apply(theirs())] {
            let _ = tenants.on(&Event::Apply(ours()));
            assert!(tenants.put("a", looked()) && !tenants.has_gone("a"), "a look at one that is there counts");
            let _ = tenants.on(&gone);
            assert!(tenants.has_gone("a") && !tenants.put("a", looked()));
            assert!(!matches!(tenants.get("a"), Some(TenantState::Unready(_))));
        }
    }
}
