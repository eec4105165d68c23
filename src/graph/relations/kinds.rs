//! How Graph stores each kind of relation, one constant for each kind.

use super::reference::RelationRef;
use super::targets::Targets;
use crate::api::{Reason, RelationKind};
use crate::graph::PrincipalKind;
use crate::graph::permissions::{READ_GROUPS, WRITE_MEMBERS, WRITE_USERS};

/// How Graph stores one kind of relation of a user.
pub(in crate::graph) struct GraphRelation {
    /// The entity set of the relation's owner. The owner is the user or the other object.
    pub(super) owners: &'static str,
    pub(super) owned_by_user: bool,
    /// The owner's navigation property. Writes go to `/$ref` below it.
    pub(super) navigation: &'static str,
    pub(super) cardinality: Cardinality,
    /// The names of the operations, as in the titles of Graph's pages.
    pub(super) add_operation: &'static str,
    pub(super) remove_operation: &'static str,
    pub(super) read_operation: &'static str,
    /// The user's navigation property that lists the relations.
    pub(super) read: &'static str,
    /// Whether reading the relations may need an advanced query.
    pub(super) searched: bool,
    /// Which objects a name can mean.
    pub(super) targets: Targets,
    /// The condition reasons for a name without an object, and for a name with several objects.
    pub(super) not_found: Reason,
    pub(super) ambiguous: Reason,
    /// Any one of these permissions is enough to read and change such relations. The first is the one to ask for.
    pub(in crate::graph) to_keep: &'static [&'static str],
    /// Any one of these permissions is enough to find the other object by its display name.
    pub(in crate::graph) to_find: &'static [&'static str],
}

/// How many relations of one kind a user can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cardinality {
    /// One: `PUT /$ref` replaces the current one, and `DELETE /$ref` removes the current one, whichever it is.
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
    /// How Graph stores relations of this kind.
    pub(in crate::graph) const fn graph(self) -> &'static GraphRelation {
        match self {
            Self::Groups => &GROUPS,
            Self::Sponsors => &SPONSORS,
        }
    }
}

impl GraphRelation {
    /// The id of the relation's owner, and the id of the object that the relation points to.
    pub(super) fn ends<'r>(&self, relation: &'r RelationRef) -> (&'r str, &'r str) {
        if self.owned_by_user { (&relation.user, &relation.target) } else { (&relation.target, &relation.user) }
    }
}
