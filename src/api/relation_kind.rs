//! The kinds of relations. The spec declares relations, and status tells the state of each. Each kind is one row here.
//! How Graph keeps that kind is a row in `graph/relations/kinds.rs`.

use std::ops::{Index, IndexMut};

use super::{GuestInvitationSpec, Relation, RelationRecords};

/// The kinds of relations that a GuestInvitation can declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// The groups that the user is a member of.
    Groups,
    /// The users and groups that sponsor the user.
    Sponsors,
}

/// What the API says of one kind of relation, and the words for it.
struct RelationRow {
    field: &'static str,
    declared: fn(&GuestInvitationSpec) -> &[String],
    recorded: fn(&RelationRecords) -> &[Relation],
    recorded_mut: fn(&mut RelationRecords) -> &mut Vec<Relation>,
    grants_access: bool,
    add: &'static str,
    add_one: &'static str,
    remove: &'static str,
}

const GROUPS: RelationRow = RelationRow {
    field: "groups",
    declared: |spec| &spec.groups,
    recorded: |records| &records.groups,
    recorded_mut: |records| &mut records.groups,
    grants_access: true,
    add: "be added to the groups",
    add_one: "adding the guest to the group",
    remove: "be removed from the groups",
};

const SPONSORS: RelationRow = RelationRow {
    field: "sponsors",
    declared: |spec| &spec.sponsors,
    recorded: |records| &records.sponsors,
    recorded_mut: |records| &mut records.sponsors,
    grants_access: false,
    add: "get the sponsors",
    add_one: "adding the sponsor",
    remove: "lose the sponsors",
};

impl RelationKind {
    /// All kinds, in the order in which they are worked on.
    pub const ALL: [Self; 2] = [Self::Groups, Self::Sponsors];

    const fn row(self) -> &'static RelationRow {
        match self {
            Self::Groups => &GROUPS,
            Self::Sponsors => &SPONSORS,
        }
    }

    /// The name of the field, in spec and in status.
    pub const fn field(self) -> &'static str {
        self.row().field
    }

    /// The objects that the spec names.
    pub fn declared(self, spec: &GuestInvitationSpec) -> &[String] {
        (self.row().declared)(spec)
    }

    /// The relations that the operator records.
    pub fn recorded(self, records: &RelationRecords) -> &[Relation] {
        (self.row().recorded)(records)
    }

    /// The relations that the operator records, to be changed.
    pub fn recorded_mut(self, records: &mut RelationRecords) -> &mut Vec<Relation> {
        (self.row().recorded_mut)(records)
    }

    /// Whether such a relation gives access to something. If so, it is removed when access ends.
    pub const fn grants_access(self) -> bool {
        self.row().grants_access
    }

    /// Words for what a guest would do to get relations. The names follow.
    pub const fn add(self) -> &'static str {
        self.row().add
    }

    /// Words for what the operator does to add one relation. The name follows.
    pub const fn add_one(self) -> &'static str {
        self.row().add_one
    }

    /// Words for what a guest would do to lose relations. The names follow.
    pub const fn remove(self) -> &'static str {
        self.row().remove
    }
}

/// One value for each kind of relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PerRelation<T>([T; RelationKind::ALL.len()]);

impl<T> PerRelation<T> {
    /// The value that `make` gives for each kind.
    pub fn of(make: impl FnMut(RelationKind) -> T) -> Self {
        Self(RelationKind::ALL.map(make))
    }

    /// The values, in the order of the kinds.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    /// The values in the order of the kinds, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }
}

impl<T> Index<RelationKind> for PerRelation<T> {
    type Output = T;

    fn index(&self, kind: RelationKind) -> &T {
        &self.0[kind as usize]
    }
}

impl<T> IndexMut<RelationKind> for PerRelation<T> {
    fn index_mut(&mut self, kind: RelationKind) -> &mut T {
        &mut self.0[kind as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::RelationState;

    #[test]
    fn each_kind_has_its_own_place_and_its_own_fields() {
        let fields = PerRelation::of(RelationKind::field);
        for (n, kind) in RelationKind::ALL.into_iter().enumerate() {
            assert_eq!((kind as usize, fields[kind]), (n, kind.field()));
            let relation =
                Relation { name: "one".into(), id: None, state: RelationState::Adding, begun_at: None, refusal: None };
            let mut status = RelationRecords::default();
            kind.recorded_mut(&mut status).push(relation.clone());
            assert_eq!(kind.recorded(&status), [relation]);
            let json = serde_json::to_value(&status).unwrap();
            assert!(json[kind.field()].is_array(), "status has no field {}: {json}", kind.field());
            let read = |value: serde_json::Value| {
                let spec = serde_json::json!({"email": "ann@fabrikam.com", kind.field(): value});
                serde_json::from_value::<GuestInvitationSpec>(spec)
            };
            let spec = read(["one"].as_slice().into()).or_else(|_| read("one".into())).unwrap();
            assert_eq!(kind.declared(&spec), ["one"]);
        }
    }
}
