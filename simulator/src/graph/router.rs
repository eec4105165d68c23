//! Which operation a method and a path mean, what it is called in the journal and what it costs.
//! Costs are those of the page "Microsoft Graph service-specific throttling limits".

use axum::http::Method;
use percent_encoding::percent_decode_str;

use super::errors::GraphError;
use super::query::Options;
use crate::throttle::Cost;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    CreateInvitation,
    ListUsers,
    GetUser(String),
    UpdateUser(String),
    DeleteUser(String),
    Batch,
    ListDeletedUsers,
    GetDeletedItem(String),
    RestoreDeletedItem(String),
    PurgeDeletedItem(String),
    GetOrganization,
}

impl Operation {
    /// The name by which the journal and the faults know it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CreateInvitation => "createInvitation",
            Self::ListUsers => "listUsers",
            Self::GetUser(_) => "getUser",
            Self::UpdateUser(_) => "updateUser",
            Self::DeleteUser(_) => "deleteUser",
            Self::Batch => "batch",
            Self::ListDeletedUsers => "listDeletedUsers",
            Self::GetDeletedItem(_) => "getDeletedItem",
            Self::RestoreDeletedItem(_) => "restoreDeletedItem",
            Self::PurgeDeletedItem(_) => "purgeDeletedItem",
            Self::GetOrganization => "getOrganization",
        }
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
            Self::ListUsers => read(2),
            Self::GetUser(_) | Self::ListDeletedUsers | Self::GetDeletedItem(_) | Self::GetOrganization => read(1),
            Self::UpdateUser(_) | Self::DeleteUser(_) | Self::RestoreDeletedItem(_) | Self::PurgeDeletedItem(_) => {
                Cost { units: 1, writes: 1, ..Cost::default() }
            }
        }
    }
}

/// Finds the operation; `path` is what follows `/v1.0`.
pub(crate) fn route(method: &Method, path: &str) -> Result<Operation, GraphError> {
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect();
    let names: Vec<&str> = segments.iter().map(String::as_str).collect();
    let get = method == Method::GET;
    let post = method == Method::POST;
    let delete = method == Method::DELETE;
    let operation = match names.as_slice() {
        ["invitations"] if post => Operation::CreateInvitation,
        ["users"] if get => Operation::ListUsers,
        ["users", key] if get => Operation::GetUser((*key).to_owned()),
        ["users", key] if method == Method::PATCH => Operation::UpdateUser((*key).to_owned()),
        ["users", key] if delete => Operation::DeleteUser((*key).to_owned()),
        ["$batch"] if post => Operation::Batch,
        ["organization"] if get => Operation::GetOrganization,
        ["directory", "deletedItems", "microsoft.graph.user" | "graph.user"] if get => Operation::ListDeletedUsers,
        ["directory", "deletedItems", id] if get => Operation::GetDeletedItem((*id).to_owned()),
        ["directory", "deletedItems", id] if delete => Operation::PurgeDeletedItem((*id).to_owned()),
        ["directory", "deletedItems", id, "restore" | "microsoft.graph.restore"] if post => {
            Operation::RestoreDeletedItem((*id).to_owned())
        }
        ["invitations" | "users" | "$batch" | "organization"] | ["users", _] | ["directory", "deletedItems", _] => {
            let text = "Specified HTTP method is not allowed for the request target.";
            return Err(GraphError::new(405, "Request_BadRequest", text));
        }
        _ => {
            let segment = names.last().copied().unwrap_or_default();
            return Err(GraphError::new(400, "BadRequest", format!("Resource not found for the segment '{segment}'.")));
        }
    };
    Ok(operation)
}
