//! The client for Microsoft Graph: transport, token, throttling and errors, and one file for each resource. It does not
//! depend on Kubernetes. It never repeats a request that Graph may have carried out.

mod aadsts;
mod assertion;
mod azure_cli;
mod batch;
mod broken;
mod certificate;
mod clouds;
mod credential;
mod deleted_users;
mod error;
mod filter;
mod fresh;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzed;
mod groups;
mod http;
mod invitations;
mod meter;
mod object_id;
mod organization;
mod pages;
mod permissions;
mod principals;
pub mod probe;
mod redeem_url;
mod refusal;
mod refusal_of_write;
mod relations;
mod retry_after;
mod retry_after_gate;
mod token;
mod transport;
mod user_update;
mod users;
mod validity;

pub use certificate::{Certificate, CertificateError};
pub use clouds::{Clouds, Roots, WrongEndpoint};
pub use credential::{Credential, CredentialError, Proof};
pub use deleted_users::DeletedUser;
pub use error::{Class, GraphError, Reach};
pub use groups::{Group, Obstacle};
pub use http::{Http, HttpError};
pub use invitations::{Invitation, Invited};
pub use meter::Meter;
pub use object_id::is_object_id;
pub use permissions::{Feature, Permissions};
pub use principals::{Principal, PrincipalKind};
pub use redeem_url::RedeemUrl;
pub use refusal::{refused, refused_reset};
pub use refusal_of_write::refused_write;
pub use relations::{RelationChange, RelationRef};
pub use retry_after_gate::RetryAfterGate;
pub use token::TokenSource;
pub use transport::Graph;
pub use users::{AddressHolders, Identity, User};
