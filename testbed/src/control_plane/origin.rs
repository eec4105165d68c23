//! What a control plane had when it was new, for the day when it is emptied.

use std::collections::{BTreeMap, BTreeSet};

use super::Definitions;

/// What a control plane had when it was new.
#[derive(Debug, Default)]
pub(super) struct Origin {
    pub(super) begins: Definitions,
    pub(super) objects: BTreeSet<Place>,
    /// The definitions, each with how often its spec had changed.
    pub(super) definitions: BTreeMap<String, Option<i64>>,
}

/// Where an object is: kind, namespace and name.
pub(super) type Place = (String, String, String);
