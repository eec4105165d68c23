//! The tenants by name, as guests find them.

use std::collections::HashMap;
use std::sync::Arc;

use kube::runtime::watcher::Event;
use parking_lot::RwLock;

use super::declared::{Change, DeclaredTenants};
use super::{Connection, TenantTrouble};
use crate::api::{AccessRule, EntraTenant};
use crate::controller::wake::Guarded;

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

/// The tenants by name.
#[derive(Debug, Default)]
pub struct Tenants {
    by_name: RwLock<HashMap<String, TenantState>>,
    declared: RwLock<DeclaredTenants>,
    /// Connections outlive trouble: their queues and mirrors stay right.
    kept: RwLock<HashMap<String, Arc<Connection>>>,
    /// Who may invite whom.
    access: RwLock<HashMap<String, Arc<[AccessRule]>>>,
    /// Whether an operator had worked on a tenant when this process first saw it.
    worked_before: RwLock<HashMap<String, bool>>,
}

impl Tenants {
    /// The tenant `name`; nothing while nobody has looked at it, as after the start of this process.
    pub fn get(&self, name: &str) -> Option<TenantState> {
        let found = self.by_name.read().get(name).cloned();
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

    /// Takes in a watch event, and forgets who is gone.
    pub fn on(&self, event: &Event<Guarded<EntraTenant>>) -> Change {
        let change = self.declared.write().on(event);
        change.gone.iter().for_each(|name| self.remove(name));
        change
    }

    /// Puts the tenant `name` to `found`; says whether guests have reason to look again.
    pub fn put(&self, name: &str, found: TenantState) -> bool {
        let mut by_name = self.by_name.write();
        let news = match (by_name.get(name), &found) {
            (Some(TenantState::Ready(before)), TenantState::Ready(now)) => !Arc::ptr_eq(before, now),
            (Some(TenantState::Unready(before)), TenantState::Unready(now)) => before != now,
            _ => true,
        };
        by_name.insert(name.to_owned(), found);
        news
    }

    /// Who may invite whom into the tenant `name`. Only asked once the tenant is found, and its rules are known before it is.
    pub fn access(&self, name: &str) -> Arc<[AccessRule]> {
        self.access.read().get(name).cloned().unwrap_or_default()
    }

    /// Puts the rules of the tenant `name`; says whether guests have reason to look again.
    pub fn put_access(&self, name: &str, rules: &[AccessRule]) -> bool {
        let mut access = self.access.write();
        let before = access.insert(name.to_owned(), rules.into());
        before.is_none_or(|before| *before != *rules)
    }

    /// Notes whether the tenant `name` has a status; only what this process saw first counts.
    pub fn first_seen(&self, name: &str, has_status: bool) {
        self.worked_before.write().entry(name.to_owned()).or_insert(has_status);
    }

    /// Whether an operator may have worked on the tenant `name` before this process; so it is said of one not seen yet.
    pub fn worked_before(&self, name: &str) -> bool {
        self.worked_before.read().get(name).copied().unwrap_or(true)
    }

    /// The newest connection of the tenant `name`, in trouble or not.
    pub fn kept(&self, name: &str) -> Option<Arc<Connection>> {
        self.kept.read().get(name).cloned()
    }

    /// Keeps `connection` as the newest of the tenant `name`; the sweeps of the one before end.
    pub fn keep(&self, name: &str, connection: Arc<Connection>) {
        let before = self.kept.write().insert(name.to_owned(), connection);
        if let Some(before) = before {
            before.sweeps.cancel();
        }
    }

    /// Forgets the tenant `name`; its sweeps end with it.
    fn remove(&self, name: &str) {
        if let Some(before) = self.kept.write().remove(name) {
            before.sweeps.cancel();
        }
        self.by_name.write().remove(name);
    }
}
