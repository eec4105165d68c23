//! The EntraTenant: one directory, how to reach it and how fast.
//! It belongs to the platform team; application teams only name it.

use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AccessRule, Credentials, DeletionPolicy, Delivery, EntraTenantStatus, Language, MailSettings, RedirectUrl,
    Reminders, Span, of_duration,
};

/// One Microsoft Entra directory: how to reach it and how fast.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "guestlist.dev",
    version = "v1alpha1",
    kind = "EntraTenant",
    plural = "entratenants",
    singular = "entratenant",
    shortname = "etenant",
    category = "guestlist-all",
    status = "EntraTenantStatus",
    derive = "PartialEq",
    doc = "One Microsoft Entra directory that guests are invited into: how to reach it and how fast.",
    printcolumn(name = "Ready", type_ = "string", json_path = ".status.conditions[?(@.type=='Ready')].status"),
    printcolumn(name = "Reason", type_ = "string", json_path = ".status.conditions[?(@.type=='Ready')].reason"),
    printcolumn(name = "Guests", type_ = "integer", json_path = ".status.guests.total"),
    printcolumn(name = "Pending", type_ = "integer", json_path = ".status.guests.pending"),
    printcolumn(name = "Invited", type_ = "integer", json_path = ".status.guests.invited"),
    printcolumn(name = "Accepted", type_ = "integer", json_path = ".status.guests.accepted"),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(name = "Tenant-ID", type_ = "string", json_path = ".spec.tenantId", priority = 1)
)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("self.tenantId == oldSelf.tenantId").field_path(".tenantId").message("tenantId cannot change, because the guests' ids belong to that directory: make another EntraTenant"),
    validation = Rule::new("self.cloud == 'Custom' ? (has(self.endpoints) && has(self.endpoints.graph) && has(self.endpoints.authority)) : (!has(self.endpoints) || (!has(self.endpoints.graph) && !has(self.endpoints.authority)))").message("endpoints.graph and endpoints.authority go with cloud: Custom, and only with it"),
)]
pub struct EntraTenantSpec {
    /// The directory's id, a GUID. Cannot change.
    // A rule and no pattern: a failed pattern shows a regular expression instead of a sentence. So with all texts here.
    #[schemars(length(max = 253))]
    #[x_kube(validation = Rule::new("self.matches('^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$')").message("tenantId is the directory's id, such as 1b4e28ba-2fa1-11d2-883f-0016d3cca427, and no domain: Entra shows it as Tenant ID"))]
    pub tenant_id: String,

    /// The cloud that the directory lives in.
    #[serde(default)]
    pub cloud: Cloud,

    /// The addresses of Graph and of the sign-in for `cloud: Custom`, and more certificate authorities for any cloud.
    pub endpoints: Option<Endpoints>,

    /// How the operator signs in. Exactly one kind must be given.
    pub credentials: Credentials,

    /// Defaults for GuestInvitations that leave a field out.
    #[serde(default)]
    pub defaults: Defaults,

    /// Who may invite whom. One of the rules as a whole must allow the guest. An empty list lets nobody invite. `[{}]` lets
    /// every namespace invite any address, as a Guest, into no group.
    // Tenants of the first versions may have none. Then nobody may invite, and the tenant can still be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(required, length(max = 32), extend("x-kubernetes-list-type" = "atomic"))]
    pub access: Option<Vec<AccessRule>>,

    /// How often the directory is read.
    #[serde(default)]
    pub sweep: Sweep,

    /// How fast guests are invited.
    #[serde(default)]
    pub pacing: Pacing,

    /// The mail server and the text for `delivery: Mail`.
    pub mail: Option<MailSettings>,

    /// Whether the operator writes to the directory.
    #[serde(default)]
    pub mode: Mode,
}

impl EntraTenantSpec {
    /// Who may invite whom.
    pub fn rules(&self) -> &[AccessRule] {
        self.access.as_deref().unwrap_or_default()
    }
}

/// Whether the operator writes to the directory.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Guests are invited and kept as declared.
    #[default]
    Active,
    /// Nothing is written to the directory and nobody is mailed. Each guest's status says what would be done.
    Observe,
}

/// The cloud that a directory lives in (Graph, "National cloud deployments").
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The global cloud, GCC included.
    #[default]
    Global,
    /// US Government L4 (GCC High).
    USGovernment,
    /// US Government L5 (DoD).
    USGovernmentDoD,
    /// China, operated by 21Vianet.
    China,
    /// Any other cloud, given by `endpoints`.
    Custom,
}

/// The addresses of Graph and of the sign-in.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new("!has(self.graph) || self.graph.startsWith('https://')").field_path(".graph").message("graph must begin with https://"),
    validation = Rule::new("!has(self.authority) || self.authority.startsWith('https://')").field_path(".authority").message("authority must begin with https://"),
)]
pub struct Endpoints {
    /// The root address of Graph without the version, such as `https://graph.microsoft.com`.
    #[schemars(length(max = 2048))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<String>,
    /// The root address of the sign-in, such as `https://login.microsoftonline.com`.
    #[schemars(length(max = 2048))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// More certificate authorities to trust, as PEM in base64.
    #[schemars(length(max = 262144))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_bundle: Option<String>,
}

/// Defaults for GuestInvitations that leave a field out.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Defaults {
    /// Where the guest's browser ends after accepting. Default: `https://myapps.microsoft.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<RedirectUrl>,
    /// Language of the mail. Default: Microsoft chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Who mails the guest. Default: Microsoft.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// When guests are reminded. Default: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reminders: Option<Reminders>,
    /// What happens to the user in the directory at the end. Default: Retain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deletion_policy: Option<DeletionPolicy>,
}

/// How often the directory is read.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = Rule::new(of_duration("self.every", "duration(self.every) >= duration('1s') && duration(self.every) <= duration('24h')")).field_path(".every").message("sweep.every is between 1s and 24h"),
    validation = Rule::new(of_duration("self.settledEvery", "duration(self.settledEvery) >= duration('1s') && duration(self.settledEvery) <= duration('24h')")).field_path(".settledEvery").message("sweep.settledEvery is between 1s and 24h"),
)]
pub struct Sweep {
    /// The time from one listing of the guests who have not accepted yet to the next. It is also how late a redemption can show.
    #[serde(default = "of_the_pending")]
    pub every: Span,
    /// The time from one listing of all guests, and of the members of their groups, to the next. It is also how late it can show that
    /// somebody changed or deleted a guest in Entra who has accepted, or took them out of a group.
    #[serde(default = "of_everybody")]
    pub settled_every: Span,
}

fn of_the_pending() -> Span {
    Span::new("60s")
}

fn of_everybody() -> Span {
    Span::new("15m")
}

impl Default for Sweep {
    fn default() -> Self {
        Self { every: of_the_pending(), settled_every: of_everybody() }
    }
}

/// How fast guests are invited. The default is far below Graph's published limit of 150 in 5 seconds: Microsoft blocks
/// directories whose invitations look like a burst, and only its support can lift the block. See docs/pacing.md.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct Pacing {
    /// Invitations per minute, over a long time. By default the operator begins with 3, and doubles that after every ten minutes in
    /// which it invited and nothing was refused, up to 30. After a refusal it begins with 3 again.
    #[schemars(range(min = 1, max = 1800))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Invitations that may be sent at once after a quiet time. Default: 3.
    #[schemars(range(min = 1, max = 150))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<u32>,
    /// How many people may be disabled or deleted within an hour. Then it stops until somebody sets `guestlist.dev/resume`.
    #[schemars(range(min = 1, max = 100000))]
    pub ends_per_hour: u32,
    /// How often one person may be mailed, over all who ask for it.
    pub per_guest: PerGuest,
}

/// How often one person may be mailed.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = Rule::new(of_duration("self.interval", "duration(self.interval) <= duration('24h')")).field_path(".interval").message("perGuest.interval is at most 24h"))]
pub struct PerGuest {
    /// The least time from one mail to the next, such as `10m`.
    #[serde(default = "ten_minutes")]
    pub interval: Span,
    /// The most mails within 24 hours.
    #[serde(default = "five")]
    #[schemars(range(min = 1, max = 100))]
    pub per_day: u32,
}

impl Default for PerGuest {
    fn default() -> Self {
        Self { interval: ten_minutes(), per_day: five() }
    }
}

fn ten_minutes() -> Span {
    Span::new("10m")
}

fn five() -> u32 {
    5
}

impl Default for Pacing {
    fn default() -> Self {
        Self { per_minute: None, burst: None, ends_per_hour: 20, per_guest: PerGuest::default() }
    }
}
