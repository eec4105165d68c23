//! What people write and read: the kinds of `guestlist.dev/v1alpha1`, their conditions and their validation.
//! Nothing here does I/O, so tools can use the types without the operator.

mod access;
mod address;
pub mod annotations;
pub mod conditions;
mod credentials;
mod domain_name;
mod duration;
mod email;
mod end_of_time;
mod explanation;
mod filled_in;
mod formats;
mod guest;
mod guest_counts;
mod guest_invitation;
mod guest_list;
mod guest_record;
mod guest_status;
mod lifecycle;
mod profile;
pub mod reason;
mod redirect_url;
mod refusal;
mod relation;
mod relation_kind;
mod smtp;
mod tenant;
mod tenant_status;
mod text;
mod text_rule;

pub use access::{
    ANY, AccessRule, Approval, DomainPattern, LabelExpression, LabelOperator, LabelValue, Limit, NamespaceSelector,
    Permit, RedirectPrefix, Requirements,
};
pub use address::Address;
pub use annotations::{RECONCILE, RESEND, RESET_REDEMPTION, RESUME};
pub use credentials::{
    AzureCli, CertificateSecretRef, ClientCertificate, ClientSecret, CredentialKind, Credentials, ManagedIdentity,
    SecretKeyRef, WorkloadIdentity,
};
use duration::of_duration;
pub use duration::{NotADuration, Span};
pub use email::Email;
pub use explanation::Explanation;
pub use filled_in::is_blank;
pub use guest::{Grant, Guest, GuestFields, GuestSpec, Revoke};
pub use guest_counts::GuestCounts;
pub use guest_invitation::{
    Delivery, Existing, GuestInvitation, GuestInvitationSpec, MessageInfo, TenantRef, UserType,
};
pub use guest_list::{Attention, Entry, GuestList, GuestListSpec, GuestListStatus, LIST, MOST_GUESTS, Template};
pub use guest_record::{ClaimRecord, Ends, GuestRecord, GuestState, Owner, ProfileChange, Reclaim};
pub use guest_status::{
    ApprovedSpec, Attempt, AttemptKind, Ended, Ending, GuestInvitationStatus, GuestUser, Handled, HowEnded,
    InvitationStatus, Origin, Redemption, Role, State,
};
pub use lifecycle::{DeletionPolicy, RedeemUrlSecretRef, Reminders};
pub use profile::{Profile, ProfileProperty};
pub use reason::{Course, Reason};
pub use redirect_url::RedirectUrl;
pub use refusal::Refusal;
pub use relation::{Relation, RelationRecords, RelationState};
pub use relation_kind::{PerRelation, RelationKind};
pub use smtp::{MailSettings, MailTemplate, Smtp, SmtpSecretRef, SmtpTls};
pub use tenant::{Cloud, Defaults, Endpoints, EntraTenant, EntraTenantSpec, Mode, Pacing, PerGuest, Sweep};
pub use tenant_status::{EntraTenantStatus, LastSweep};
pub use text::Language;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::CustomResourceExt;

/// Finalizer of a GuestInvitation that has something to undo in the directory.
pub const FINALIZER: &str = "guestlist.dev/offboard";

/// Type of the Secret that holds a redeem link.
pub const REDEEM_URL_TYPE: &str = "guestlist.dev/redeem-url";

/// Key of the redeem link in that Secret.
pub const REDEEM_URL_KEY: &str = "redeemUrl";

/// Every CustomResourceDefinition that this version of the operator serves, in the order to apply them.
pub fn crds() -> Vec<CustomResourceDefinition> {
    [EntraTenant::crd(), GuestInvitation::crd(), GuestList::crd(), Guest::crd()]
        .map(formats::known)
        .map(filled_in::as_compared)
        .into()
}
