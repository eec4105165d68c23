//! The operations that are served: what each is called in the journal and what it costs.
//! Costs are those of the page "Microsoft Graph service-specific throttling limits".

use super::query::Options;
use super::relations::UserRelation;
use crate::throttle::Cost;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateInvitation,
    ListUsers,
    DeltaUsers,
    GetUser(String),
    UpdateUser(String),
    DeleteUser(String),
    Batch,
    ListDeletedUsers,
    GetDeletedItem(String),
    RestoreDeletedItem(String),
    PurgeDeletedItem(String),
    GetOrganization,
    ListGroups,
    GetGroup(String),
    UpdateGroup(String),
    ListMembers(String),
    AddMember(String),
    RemoveMember(String, String),
    /// The same without `/$ref`: it means the member itself.
    DeleteMember(String, String),
    CheckMemberGroups(String),
    ListMemberOf(String),
    ReadRelation(UserRelation, String),
    /// Only the link, by `/$ref`.
    ReadRelationRef(UserRelation, String),
    AddRelation(UserRelation, String),
    /// With the other object, where a user can have several.
    RemoveRelation(UserRelation, String, Option<String>),
}

impl Operation {
    /// The name by which the journal and the faults know it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CreateInvitation => "createInvitation",
            Self::ListUsers => "listUsers",
            Self::DeltaUsers => "deltaUsers",
            Self::GetUser(_) => "getUser",
            Self::UpdateUser(_) => "updateUser",
            Self::DeleteUser(_) => "deleteUser",
            Self::Batch => "batch",
            Self::ListDeletedUsers => "listDeletedUsers",
            Self::GetDeletedItem(_) => "getDeletedItem",
            Self::RestoreDeletedItem(_) => "restoreDeletedItem",
            Self::PurgeDeletedItem(_) => "purgeDeletedItem",
            Self::GetOrganization => "getOrganization",
            Self::ListGroups => "listGroups",
            Self::GetGroup(_) => "getGroup",
            Self::UpdateGroup(_) => "updateGroup",
            Self::ListMembers(_) => "listMembers",
            Self::AddMember(_) => "addMember",
            Self::RemoveMember(..) => "removeMember",
            Self::DeleteMember(..) => "deleteMember",
            Self::CheckMemberGroups(_) => "checkMemberGroups",
            Self::ListMemberOf(_) => "listMemberOf",
            Self::ReadRelation(relation, _) => relation.row().read,
            Self::ReadRelationRef(relation, _) => relation.row().read_ref,
            Self::AddRelation(relation, _) => relation.row().add,
            Self::RemoveRelation(relation, ..) => relation.row().remove,
        }
    }

    /// Whether the answer comes in pages.
    pub(crate) fn is_paged(&self) -> bool {
        matches!(
            self,
            Self::ListUsers
                | Self::DeltaUsers
                | Self::ListDeletedUsers
                | Self::ListGroups
                | Self::ListMembers(_)
                | Self::ListMemberOf(_)
        )
    }

    pub(crate) fn cost(&self, options: &Options) -> Cost {
        let read = |base: u32| {
            let mut units = i64::from(base) + i64::from(options.expand.is_some());
            units -= i64::from(options.select.is_some());
            units -=
                i64::from(options.top.as_deref().and_then(|top| top.parse::<u32>().ok()).is_some_and(|top| top < 20));
            Cost { units: u32::try_from(units.max(1)).unwrap_or(1), ..Cost::default() }
        };
        match self {
            Self::CreateInvitation => Cost { invitations: 1, ..Cost::default() },
            Self::Batch => Cost::default(),
            // A POST that reads.
            Self::CheckMemberGroups(_) => Cost { units: 4, ..Cost::default() },
            Self::ListMembers(_) => read(3),
            Self::ListUsers | Self::ListMemberOf(_) => read(2),
            Self::GetUser(_)
            | Self::DeltaUsers
            | Self::ListDeletedUsers
            | Self::GetDeletedItem(_)
            | Self::GetOrganization
            | Self::ListGroups
            | Self::GetGroup(_)
            | Self::ReadRelation(..)
            | Self::ReadRelationRef(..) => read(1),
            Self::UpdateUser(_)
            | Self::DeleteUser(_)
            | Self::RestoreDeletedItem(_)
            | Self::PurgeDeletedItem(_)
            | Self::UpdateGroup(_)
            | Self::AddMember(_)
            | Self::RemoveMember(..)
            | Self::DeleteMember(..)
            | Self::AddRelation(..)
            | Self::RemoveRelation(..) => Cost { units: 1, writes: 1, ..Cost::default() },
        }
    }
}
