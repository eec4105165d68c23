//! How Graph keeps each kind of relation: one row for each.

use super::reference::RelationRef;
use super::targets::Targets;
use crate::api::{Reason, RelationKind};
use crate::graph::PrincipalKind;
use crate::graph::permissions::{READ_GROUPS, WRITE_MEMBERS, WRITE_USERS};

/// How Graph keeps one kind of relation of a user.
pub(in crate::graph) struct GraphRelation {
    /// The object that has the relation in Graph: its entity set, and whether it is the user or the other object.
    pub(super) owners: &'static str,
    pub(super) owned_by_user: bool,
    /// The owner's navigation property, below which `/$ref` is written.
    pub(super) navigation: &'static str,
    pub(super) cardinality: Cardinality,
    /// The names of the operations, as in the titles of Graph's pages.
    pub(super) add_operation: &'static str,
    pub(super) remove_operation: &'static str,
    pub(super) read_operation: &'static str,
    /// The user's navigation property that shows the relations.
    pub(super) read: &'static str,
    /// Whether reading them may need an advanced query.
    pub(super) searched: bool,
    /// Which objects a name can mean.
    pub(super) targets: Targets,
    /// The condition reasons for a name that means no object, and for one that means several.
    pub(super) not_found: Reason,
    pub(super) ambiguous: Reason,
    /// The permissions of which one is enough to read and change such relations; the first is the one to ask for.
    pub(in crate::graph) to_keep: &'static [&'static str],
    /// The same for finding the other object by its display name.
    pub(in crate::graph) to_find: &'static [&'static str],
}

/// How many objects a user can be related to in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cardinality {
    /// One: `PUT /$ref` puts it in the place of another, `DELETE /$ref` removes whichever is there.
    #[allow(dead_code, reason = "no relation of this sort can be declared yet")]
    One,
    /// Several: `POST /$ref` adds one, `DELETE /{id}/$ref` removes one.
    Many,
}

// "Add members", "Remove member", "List a user's direct memberships".
const GROUPS: GraphRelation = GraphRelation {
    owners: "groups",
    owned_by_user: false,
    navigation: "members",
    cardinality: Cardinality::Many,
    add_operation: "addMember",
    remove_operation: "removeMember",
    read_operation: "listMemberOf",
    read: "memberOf",
    searched: true,
    targets: Targets::Groups,
    not_found: Reason::GroupNotFound,
    ambiguous: Reason::GroupAmbiguous,
    to_keep: WRITE_MEMBERS,
    to_find: READ_GROUPS,
};

// "Add sponsor", "Remove sponsor", "List sponsors".
const SPONSORS: GraphRelation = GraphRelation {
    owners: "users",
    owned_by_user: true,
    navigation: "sponsors",
    cardinality: Cardinality::Many,
    add_operation: "addSponsor",
    remove_operation: "removeSponsor",
    read_operation: "listSponsors",
    read: "sponsors",
    searched: false,
    targets: Targets::Principals(&[PrincipalKind::User, PrincipalKind::Group]),
    not_found: Reason::SponsorNotFound,
    ambiguous: Reason::SponsorAmbiguous,
    to_keep: WRITE_USERS,
    to_find: READ_GROUPS,
};

impl RelationKind {
    /// How Graph keeps relations of this kind.
    pub(in crate::graph) const fn graph(self) -> &'static GraphRelation {
        match self {
            Self::Groups => &GROUPS,
            Self::Sponsors => &SPONSORS,
        }
    }
}

impl GraphRelation {
    /// The id of the object that has the relation, and of the one that it leads to.
    pub(super) fn ends<'r>(&self, relation: &'r RelationRef) -> (&'r str, &'r str) {
        if self.owned_by_user { (&relation.user, &relation.target) } else { (&relation.target, &relation.user) }
    }
}
