//! Microsoft Graph as a port: transport, token, throttle and errors, then one file for each resource.
//! It knows nothing of Kubernetes, and it never repeats a request that may have been done.

mod batch;
mod clouds;
mod credential;
mod deleted_users;
mod error;
mod filter;
mod gate;
mod groups;
mod invitations;
mod memberships;
mod meter;
mod object_id;
mod organization;
mod pages;
mod principals;
mod redeem_url;
mod references;
mod refusal;
mod refusal_of_write;
mod retry_after;
mod sponsors;
mod token;
mod transport;
mod user_update;
mod users;

pub use clouds::{Clouds, Roots, WrongEndpoint};
pub use credential::{Credential, CredentialError, Proof};
pub use deleted_users::DeletedUser;
pub use error::{Class, GraphError, Reach};
pub use gate::Gate;
pub use groups::{Group, Obstacle};
pub use invitations::{Invitation, Invited};
pub use meter::Meter;
pub use object_id::is_object_id;
pub use principals::{Principal, PrincipalKind};
pub use redeem_url::RedeemUrl;
pub use references::{Reference, Referenced};
pub use refusal::{refused, refused_reset};
pub use refusal_of_write::refused_write;
pub use token::TokenSource;
pub use transport::{Graph, HttpError, http_client};
pub use users::{Found, Identity, User};
