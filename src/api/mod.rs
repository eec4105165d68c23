//! What people write and read: the kinds of `guestlist.dev/v1alpha1`, their conditions and their validation.
//! Nothing here does I/O, so tools can use the types without the operator.

pub mod conditions;
mod duration;
mod guest_invitation;
mod guest_list;
mod guest_status;
mod tenant;
mod tenant_status;
mod text;

pub use duration::Span;
pub use guest_invitation::{
    Delivery, Existing, GuestInvitation, GuestInvitationSpec, MessageInfo, TenantRef, UserType,
};
pub use guest_list::{
    Attention, Entry, GuestList, GuestListSpec, GuestListStatus, LIST, ListCounts, MOST_GUESTS, Template,
};
pub use guest_status::{
    Attempt, AttemptKind, Guest, GuestInvitationStatus, InvitationStatus, Origin, Redemption, Refusal, State,
};
pub use tenant::{
    ClientSecret, Cloud, Credentials, Defaults, Endpoints, EntraTenant, EntraTenantSpec, Pacing, SecretKeyRef, Sweep,
    WorkloadIdentity,
};
pub use tenant_status::{EntraTenantStatus, GuestCounts};
pub use text::{Address, Email, Language, RedirectUrl};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

/// Annotation on an EntraTenant: any new value closes the breaker once, after a person has cleared
/// Microsoft's block on invitations.
pub const RESUME: &str = "guestlist.dev/resume";

/// Every CustomResourceDefinition that this version of the operator serves, in the order to apply them.
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![EntraTenant::crd(), GuestInvitation::crd(), GuestList::crd()]
}
