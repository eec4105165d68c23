//! The tenants by name, as guests find them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{Connection, Trouble};

/// How a guest finds its tenant.
#[derive(Clone, Debug)]
pub enum Found {
    /// There is none of that name.
    Missing,
    /// It cannot be connected.
    Unready(Trouble),
    /// It can.
    Ready(Arc<Connection>),
}

/// The tenants by name.
#[derive(Debug, Default)]
pub struct Tenants {
    by_name: RwLock<HashMap<String, Found>>,
    /// Connections outlive trouble: their queues and mirrors stay right.
    kept: RwLock<HashMap<String, Arc<Connection>>>,
}

impl Tenants {
    /// The tenant `name`.
    pub fn get(&self, name: &str) -> Found {
        self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned().unwrap_or(Found::Missing)
    }

    /// Puts the tenant `name` to `found`; says whether guests have reason to look again.
    pub fn put(&self, name: &str, found: Found) -> bool {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let news = match (by_name.get(name), &found) {
            (Some(Found::Ready(before)), Found::Ready(now)) => !Arc::ptr_eq(before, now),
            (Some(Found::Unready(before)), Found::Unready(now)) => before != now,
            _ => true,
        };
        by_name.insert(name.to_owned(), found);
        news
    }

    /// The newest connection of the tenant `name`, in trouble or not.
    pub fn kept(&self, name: &str) -> Option<Arc<Connection>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Keeps `connection` as the newest of the tenant `name`; the sweeps of the one before end.
    pub fn keep(&self, name: &str, connection: Arc<Connection>) {
        let before = self.kept.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), connection);
        if let Some(before) = before {
            before.sweeps.cancel();
        }
    }

    /// Forgets the tenant `name`; its sweeps end with it.
    pub fn remove(&self, name: &str) {
        if let Some(before) = self.kept.write().unwrap_or_else(PoisonError::into_inner).remove(name) {
            before.sweeps.cancel();
        }
        self.by_name.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}
