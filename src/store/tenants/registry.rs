//! The tenants by name, as guests find them.

use std::collections::HashMap;
use std::sync::Arc;

use kube::runtime::watcher::Event;
use parking_lot::RwLock;

use super::{Connection, DeclaredTenants, TenantChange, TenantTrouble};
use crate::api::{AccessRule, EntraTenant};
use crate::store::Guarded;

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
    by_name: RwLock<HashMap<String, TenantEntry>>,
    declared: RwLock<DeclaredTenants>,
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
    /// Whether an operator had worked on it when this process first saw it.
    worked_before: Option<bool>,
}

impl Tenants {
    /// The tenant `name`; nothing while nobody has looked at it, as after the start of this process.
    pub fn get(&self, name: &str) -> Option<TenantState> {
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

    /// Takes in a watch event, and forgets the connections of who is gone: their sweeps end.
    pub fn on(&self, event: &Event<Guarded<EntraTenant>>) -> TenantChange {
        let change = self.declared.write().on(event);
        let mut by_name = self.by_name.write();
        for name in &change.gone {
            let Some(tenant) = by_name.get_mut(name) else { continue };
            // Its rules and what was seen of it first stay, for one of its name that comes later.
            tenant.state = None;
            if let Some(before) = tenant.kept.take() {
                before.sweeps.cancel();
            }
        }
        change
    }

    /// Puts the tenant `name` to `found`; says whether guests have reason to look again.
    pub fn put(&self, name: &str, found: TenantState) -> bool {
        self.change(name, |tenant| {
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

    /// Notes whether the tenant `name` has a status; only what this process saw first counts.
    pub fn first_seen(&self, name: &str, has_status: bool) {
        self.change(name, |tenant| {
            tenant.worked_before.get_or_insert(has_status);
        });
    }

    /// Whether an operator may have worked on the tenant `name` before this process; so it is said of one not seen yet.
    pub fn worked_before(&self, name: &str) -> bool {
        self.by_name.read().get(name).and_then(|tenant| tenant.worked_before).unwrap_or(true)
    }

    /// The newest connection of the tenant `name`, in trouble or not.
    pub fn kept(&self, name: &str) -> Option<Arc<Connection>> {
        self.by_name.read().get(name).and_then(|tenant| tenant.kept.clone())
    }

    /// Keeps `connection` as the newest of the tenant `name`; the sweeps of the one before end.
    pub fn keep(&self, name: &str, connection: Arc<Connection>) {
        if let Some(before) = self.change(name, |tenant| tenant.kept.replace(connection)) {
            before.sweeps.cancel();
        }
    }

    fn change<T>(&self, name: &str, work: impl FnOnce(&mut TenantEntry) -> T) -> T {
        work(self.by_name.write().entry(name.to_owned()).or_default())
    }
}
