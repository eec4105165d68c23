//! The relations of users that are written below the user itself: one row for each.
//! A user's groups are written below the group and have files of their own, in `groups`.

/// A navigation property of users that leads to other objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserRelation {
    /// Pages "Assign sponsors", "List sponsors", "Remove sponsors".
    Sponsors,
    /// Pages "List manager", "Assign manager", "Remove manager".
    Manager,
}

/// What the simulator knows of one.
pub(crate) struct Row {
    /// The navigation property.
    pub(crate) name: &'static str,
    pub(crate) cardinality: Cardinality,
    /// Whether a group can stand at the other end, and not just a user.
    pub(crate) groups: bool,
    /// The names of the operations, for the journal and the faults.
    pub(crate) read: &'static str,
    pub(crate) read_ref: &'static str,
    pub(crate) add: &'static str,
    pub(crate) remove: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cardinality {
    /// `PUT` puts it in the place of another, and reading none answers 404.
    One,
    /// `POST` adds one; a user has so many at most.
    Many(usize),
}

const SPONSORS: Row = Row {
    name: "sponsors",
    // Page "Sponsors field for B2B users".
    cardinality: Cardinality::Many(5),
    groups: true,
    read: "listSponsors",
    read_ref: "listSponsorLinks",
    add: "addSponsor",
    remove: "removeSponsor",
};

const MANAGER: Row = Row {
    name: "manager",
    cardinality: Cardinality::One,
    groups: false,
    read: "getManager",
    read_ref: "getManagerLink",
    add: "setManager",
    remove: "removeManager",
};

impl UserRelation {
    const ALL: [Self; 2] = [Self::Sponsors, Self::Manager];

    pub(crate) const fn row(self) -> &'static Row {
        match self {
            Self::Sponsors => &SPONSORS,
            Self::Manager => &MANAGER,
        }
    }

    /// The relation with this navigation property.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.row().name == name)
    }

    pub(crate) fn is_one(self) -> bool {
        self.row().cardinality == Cardinality::One
    }
}
