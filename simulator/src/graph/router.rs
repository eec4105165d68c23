//! Which operation a method and a path mean.

use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::errors::GraphError;
use super::operation::Operation;
use super::relations::UserRelation;

/// Finds the operation; `path` is what follows `/v1.0`.
pub(crate) fn route(method: &Method, path: &str) -> Result<Operation, GraphError> {
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let Some(operation) = find(method, &names) {
        return Ok(operation);
    }
    let methods = [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE];
    if methods.iter().any(|other| find(other, &names).is_some()) {
        let text = "Specified HTTP method is not allowed for the request target.";
        return Err(GraphError::new(405, "Request_BadRequest", text));
    }
    let segment = names.last().copied().unwrap_or_default();
    Err(GraphError::new(400, "BadRequest", format!("Resource not found for the segment '{segment}'.")))
}

fn find(method: &Method, names: &[&str]) -> Option<Operation> {
    let get = method == Method::GET;
    let post = method == Method::POST;
    let patch = method == Method::PATCH;
    let delete = method == Method::DELETE;
    let own = |name: &str| name.to_owned();
    Some(match names {
        ["invitations"] if post => Operation::CreateInvitation,
        ["users"] if get => Operation::ListUsers,
        ["users", "delta" | "delta()" | "microsoft.graph.delta" | "microsoft.graph.delta()"] => {
            return get.then_some(Operation::DeltaUsers);
        }
        ["users", key] if get => Operation::GetUser(own(key)),
        ["users", key] if patch => Operation::UpdateUser(own(key)),
        ["users", key] if delete => Operation::DeleteUser(own(key)),
        ["users", key, "checkMemberGroups" | "microsoft.graph.checkMemberGroups"] if post => {
            Operation::CheckMemberGroups(own(key))
        }
        ["users", key, "memberOf"] if get => Operation::ListMemberOf(own(key)),
        ["users", key, name, below @ ..] => return relation(method, key, UserRelation::named(name)?, below),
        ["$batch"] if post => Operation::Batch,
        ["organization"] if get => Operation::GetOrganization,
        ["directory", "deletedItems", "microsoft.graph.user" | "graph.user"] => {
            return get.then_some(Operation::ListDeletedUsers);
        }
        ["directory", "deletedItems", id] if get => Operation::GetDeletedItem(own(id)),
        ["directory", "deletedItems", id] if delete => Operation::PurgeDeletedItem(own(id)),
        ["directory", "deletedItems", id, "restore" | "microsoft.graph.restore"] if post => {
            Operation::RestoreDeletedItem(own(id))
        }
        ["groups"] if get => Operation::ListGroups,
        ["groups", id] if get => Operation::GetGroup(own(id)),
        ["groups", id] if patch => Operation::UpdateGroup(own(id)),
        ["groups", id, "members"] if get => Operation::ListMembers(own(id)),
        ["groups", id, "members", "$ref"] => return post.then(|| Operation::AddMember(own(id))),
        ["groups", id, "members", member] if delete => Operation::DeleteMember(own(id), own(member)),
        ["groups", id, "members", member, "$ref"] if delete => Operation::RemoveMember(own(id), own(member)),
        _ => return None,
    })
}

/// What `/users/{key}/{relation}` means with what stands `below` it.
fn relation(method: &Method, key: &str, relation: UserRelation, below: &[&str]) -> Option<Operation> {
    let (key, one) = (key.to_owned(), relation.is_one());
    let get = method == Method::GET;
    let delete = method == Method::DELETE;
    Some(match below {
        [] if get => Operation::ReadRelation(relation, key),
        ["$ref"] if one && get => Operation::ReadRelationRef(relation, key),
        ["$ref"] if method == if one { Method::PUT } else { Method::POST } => Operation::AddRelation(relation, key),
        ["$ref"] if one && delete => Operation::RemoveRelation(relation, key, None),
        [target, "$ref"] if !one && delete => Operation::RemoveRelation(relation, key, Some((*target).to_owned())),
        _ => return None,
    })
}
