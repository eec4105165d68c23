//! The file of each operation, by the operation.

use super::access::Caller;
use super::call::Call;
use super::errors::GraphError;
use super::operation::Operation;
use super::query::Options;
use super::{
    deleted_items, delta, groups, invitations, organization, relations, user_delete, user_get, user_update, users_list,
};
use crate::answer::Answer;
use crate::state::State;

pub(super) fn work(
    state: &State,
    call: &Call,
    caller: &Caller,
    operation: Operation,
    options: &Options,
) -> Result<Answer, GraphError> {
    match operation {
        Operation::CreateInvitation => invitations::create(state, call, caller),
        Operation::ListUsers => users_list::list(state, call, caller, options),
        Operation::DeltaUsers => delta::users(state, call, caller, options),
        Operation::GetUser(key) => user_get::get(state, caller, &key, options),
        Operation::UpdateUser(key) => user_update::update(state, call, caller, &key),
        Operation::DeleteUser(key) => user_delete::delete(state, caller, &key),
        Operation::ListDeletedUsers => deleted_items::list(state, call, caller, options),
        Operation::GetDeletedItem(id) => deleted_items::get(state, caller, &id, options),
        Operation::RestoreDeletedItem(id) => deleted_items::restore(state, caller, &id),
        Operation::PurgeDeletedItem(id) => deleted_items::purge(state, caller, &id),
        Operation::GetOrganization => organization::get(state, caller),
        Operation::ListGroups => groups::read::list(state, call, caller, options),
        Operation::GetGroup(id) => groups::read::get(state, caller, &id, options),
        Operation::UpdateGroup(id) => groups::bind::update(state, call, caller, &id),
        Operation::ListMembers(id) => groups::members::list(state, call, caller, &id, options),
        Operation::AddMember(id) => groups::change::add(state, call, caller, &id),
        Operation::RemoveMember(id, member) => groups::change::remove(state, caller, &id, &member),
        Operation::DeleteMember(id, member) => groups::change::delete_object(state, caller, &id, &member),
        Operation::CheckMemberGroups(key) => groups::of_user::check(state, call, caller, &key),
        Operation::ListMemberOf(key) => groups::of_user::list(state, call, caller, &key, options),
        Operation::ReadRelation(relation, key) => relations::read::read(state, caller, relation, &key, options),
        Operation::ReadRelationRef(relation, key) => relations::read::read_ref(state, caller, relation, &key),
        Operation::AddRelation(relation, key) => relations::change::add(state, call, caller, relation, &key),
        Operation::RemoveRelation(relation, key, target) => {
            relations::change::remove(state, caller, relation, &key, target.as_deref())
        }
        Operation::Batch => Err(GraphError::new(400, "BadRequest", "Batch requests cannot be nested.")),
    }
}
