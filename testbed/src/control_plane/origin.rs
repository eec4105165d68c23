//! What a control plane had when it was new, for the day when it is emptied.

use std::collections::{BTreeMap, BTreeSet};

/// What a control plane had when it was new.
#[derive(Debug, Default)]
pub(super) struct Origin {
    pub(super) objects: BTreeSet<Place>,
    pub(super) definitions: BTreeMap<String, Option<i64>>,
}

/// Where an object is: kind, namespace and name.
pub(super) type Place = (String, String, String);
