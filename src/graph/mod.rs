//! Microsoft Graph as a port: transport, token, throttle and errors, then one file for each resource.
//! It knows nothing of Kubernetes, and it never repeats a request that may have been done.

mod batch;
mod clouds;
mod credential;
mod error;
mod gate;
mod invitations;
mod refusal;
mod retry_after;
mod token;
mod transport;
mod users;

pub use clouds::{Clouds, Roots, WrongEndpoint};
pub use credential::{Credential, CredentialError, Proof};
pub use error::{Class, GraphError, Reach};
pub use gate::Gate;
pub use invitations::{Invitation, Invited};
pub use refusal::refused;
pub use token::TokenSource;
pub use transport::{Graph, HttpError, http_client};
pub use users::{Found, Identity, User};
