//! Who calls, and what the caller may do, by the page "Microsoft Graph permissions reference".
//! The least permission of each operation and those above it are taken, nothing more.

use axum::http::HeaderMap;

use super::errors::GraphError;
use super::operation::Operation;
use super::schema::Schema;
use crate::state::World;

/// Whom a token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) tenant: String,
    pub(crate) app: String,
    pub(crate) roles: Vec<String>,
    /// The signed-in user, of a delegated token.
    pub(crate) user: Option<String>,
}

const READ: &[&str] = &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const WRITE: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];

impl Caller {
    pub(crate) fn has(&self, any: &[&str]) -> bool {
        self.roles.iter().any(|role| any.contains(&role.as_str()))
    }

    /// May read objects of this type, but only their basic properties.
    pub(crate) fn basic_only(&self, schema: &Schema) -> bool {
        !self.has(if schema.kind == "user" { READ } else { READ_GROUPS })
    }

    pub(crate) fn may_write_users(&self) -> bool {
        self.has(WRITE)
    }

    /// Whether the caller may do this at all; what it may touch is checked where it is done.
    pub(crate) fn check(&self, operation: &Operation) -> Result<(), GraphError> {
        let allowed = match operation {
            Operation::Batch => true,
            Operation::CreateInvitation => {
                self.has(&["User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"])
            }
            Operation::DeltaUsers | Operation::ReadRelation(..) | Operation::ReadRelationRef(..) => self.has(READ),
            Operation::AddRelation(..) | Operation::RemoveRelation(..) => self.may_write_users(),
            Operation::ListUsers | Operation::GetUser(_) => self.has(READ) || self.has(&["User.ReadBasic.All"]),
            Operation::UpdateUser(_) => {
                self.may_write_users()
                    || self.has(&[
                        "User.EnableDisableAccount.All",
                        "User-Mail.ReadWrite.All",
                        "User-Phone.ReadWrite.All",
                        "User.ManageIdentities.All",
                    ])
            }
            Operation::DeleteUser(_)
            | Operation::DeleteMember(..)
            | Operation::RestoreDeletedItem(_)
            | Operation::PurgeDeletedItem(_) => self.has(&["User.DeleteRestore.All"]),
            Operation::ListDeletedUsers | Operation::GetDeletedItem(_) => self.has(READ),
            Operation::GetOrganization => {
                self.has(&["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"])
            }
            Operation::ListGroups | Operation::GetGroup(_) => self.has(READ_GROUPS),
            Operation::ListMembers(_) | Operation::ListMemberOf(_) => {
                self.has(READ_GROUPS) || self.has(&["GroupMember.ReadBasic.All"])
            }
            Operation::CheckMemberGroups(_) => {
                self.has(READ_GROUPS) && (self.has(READ) || self.has(&["User.ReadBasic.All"]))
            }
            Operation::AddMember(_) | Operation::RemoveMember(..) | Operation::UpdateGroup(_) => {
                self.has(&["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"])
            }
        };
        allowed.then_some(()).ok_or_else(GraphError::denied)
    }
}

/// The tenant of a request's token, even of an expired one, for the journal.
pub(crate) fn tenant_of(world: &World, headers: &HeaderMap) -> Option<String> {
    world.tokens.get(bearer(headers)?).map(|token| token.tenant.clone())
}

/// Checks the token of a request.
pub(crate) fn authenticate(world: &World, headers: &HeaderMap, root: &str) -> Result<Caller, GraphError> {
    let refuse = |text: &str| {
        let mut error = GraphError::new(401, "InvalidAuthenticationToken", text);
        let challenge = format!(
            "Bearer realm=\"\", authorization_uri=\"{root}/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\""
        );
        error.headers.push(("WWW-Authenticate", challenge));
        error
    };
    let bearer = bearer(headers).ok_or_else(|| refuse("Access token is empty."))?;
    if bearer.split('.').count() != 3 {
        return Err(refuse("IDX14100: JWT is not well formed, there are no dots (.)."));
    }
    let token =
        world.tokens.get(bearer).ok_or_else(|| refuse("Access token validation failure. Invalid signature."))?;
    if token.revoked {
        return Err(refuse("Access token has been revoked."));
    }
    if token.expires <= world.now() {
        return Err(refuse("Lifetime validation failed, the token is expired."));
    }
    Ok(Caller {
        tenant: token.tenant.clone(),
        app: token.app.clone(),
        roles: token.roles.clone(),
        user: token.user.clone(),
    })
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty()).then(|| token.trim())
}
