//! What can be turned while the simulator runs: lag, throttling, tenant policy, accounts and the undocumented variants.
//! Tests change it through the handle, people through `PUT /_simulator/settings`.

mod accounts;
mod smtp;
mod variants;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use accounts::{Accounts, Fallback, PrimaryProvider};
pub use smtp::{Smtp, SmtpCredentials};
pub use variants::{
    AutomaticRedemption, DefaultSponsor, DeltaState, InvitedSponsors, SoftDeleted, StateAfterReset, Variants,
};

/// Everything that can be changed at run time. The default has no lag and every documented rule on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// How far the several views of the directory run behind the truth.
    pub lag: Lag,
    /// The request budgets.
    pub throttle: Throttle,
    /// What a tenant allows, for tenants that `tenantPolicies` does not name.
    pub policy: Policy,
    /// What single tenants allow, by tenant id.
    pub tenant_policies: BTreeMap<String, Policy>,
    /// Which kind of account an address has.
    pub accounts: Accounts,
    /// One switch for each behaviour that no document settles.
    pub variants: Variants,
    /// The mail server.
    pub smtp: Smtp,
    /// Life of an access token. Entra's is 3599 seconds by default.
    #[serde(rename = "tokenLifetimeMs", with = "millis")]
    pub token_lifetime: Duration,
    /// Names of this Graph as a resource beside its own address, such as that of a proxy before it: a resource's service
    /// principal may have several (servicePrincipal resource type, `servicePrincipalNames`).
    pub service_principal_names: Vec<String>,
    /// Added to the computer's clock wherever the simulator tells the time, the `Date` header included.
    pub clock_offset_seconds: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lag: Lag::default(),
            throttle: Throttle::default(),
            policy: Policy::default(),
            tenant_policies: BTreeMap::new(),
            accounts: Accounts::default(),
            variants: Variants::default(),
            smtp: Smtp::default(),
            token_lifetime: Duration::from_secs(3599),
            service_principal_names: Vec::new(),
            clock_offset_seconds: 0,
        }
    }
}

impl Settings {
    /// The policy that holds in a tenant.
    pub fn policy_of(&self, tenant: &str) -> &Policy {
        self.tenant_policies.get(tenant).unwrap_or(&self.policy)
    }
}

/// How long changes take to show, each by real time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Lag {
    /// Until `GET /users` shows any change (new, changed, deleted, restored users).
    #[serde(rename = "listingMs", with = "millis")]
    pub listing: Duration,
    /// Until an advanced query (`ConsistencyLevel: eventual`) shows it; the larger of this and `listing` counts.
    #[serde(rename = "advancedMs", with = "millis")]
    pub advanced: Duration,
    /// Until a listing shows a changed `externalUserState` or `identities`; the larger of this and `listing` counts.
    #[serde(rename = "stateInListingMs", with = "millis")]
    pub state_in_listing: Duration,
    /// For so long after its creation, reading a user by id answers 404.
    #[serde(rename = "readAfterCreateMs", with = "millis")]
    pub read_after_create: Duration,
    /// For so long after its creation, PATCH and DELETE of a user answer 404, even if a read succeeded.
    #[serde(rename = "writeAfterCreateMs", with = "millis")]
    pub write_after_create: Duration,
    /// For so long after a change of a user's addresses, a reset or a conversion still goes by the old ones.
    #[serde(rename = "resetAfterChangeMs", with = "millis")]
    pub reset_after_change: Duration,
    /// Until a reset shows when a user is read, under [`StateAfterReset::AfterLag`].
    #[serde(rename = "resetStateMs", with = "millis")]
    pub reset_state: Duration,
    /// Until a delta query shows a change; it may well be ahead of a read by id.
    #[serde(rename = "deltaMs", with = "millis")]
    pub delta: Duration,
    /// Until the members of a group and the groups of a user show a change. The changes themselves go by the truth.
    #[serde(rename = "membershipMs", with = "millis")]
    pub membership: Duration,
}

/// A number of things in a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// How many.
    pub limit: u32,
    /// In how long.
    #[serde(rename = "windowMs", with = "millis")]
    pub window: Duration,
}

/// The budgets of the page "Microsoft Graph service-specific throttling limits".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Throttle {
    /// Off: nothing is counted.
    pub enabled: bool,
    /// Retry-After as `2.128` instead of whole seconds, as an older sample of "Throttling guidance" shows it.
    pub fractional_retry_after: bool,
    /// Requests on /invitations, for each tenant, all apps together: 150 in 5 s.
    pub invitations: Budget,
    /// Resource units of one app in one tenant; unset: 3,500, 5,000 or 8,000 in 10 s by the tenant's size.
    pub resource_units: Option<Budget>,
    /// Writes of one app in one tenant: 3,000 in 150 s.
    pub writes: Budget,
    /// Writes in one tenant, all apps together: 18,000 in 300 s.
    pub tenant_writes: Budget,
}

impl Default for Throttle {
    fn default() -> Self {
        let budget = |limit, seconds| Budget { limit, window: Duration::from_secs(seconds) };
        Self {
            enabled: true,
            fractional_retry_after: false,
            invitations: budget(150, 5),
            resource_units: None,
            writes: budget(3_000, 150),
            tenant_writes: budget(18_000, 300),
        }
    }
}

/// Who may be invited into a tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policy {
    /// `authorizationPolicy.allowInvitesFrom`; `none` refuses every invitation.
    pub allow_invites_from: AllowInvitesFrom,
    /// Domains that may not be invited and whose pending guests cannot redeem. A list has one kind: blocked or allowed.
    pub blocked_domains: Vec<String>,
    /// If not empty, the only domains that may be invited.
    pub allowed_domains: Vec<String>,
    /// Domains that the cross-tenant access settings block.
    pub cross_tenant_blocked_domains: Vec<String>,
    /// Domains whose guests redeem automatically: both organisations have agreed in their cross-tenant access settings.
    pub automatic_redemption_domains: Vec<String>,
    /// The whole tenant is barred from inviting; only Microsoft support lifts that.
    pub suspicious_activity_block: bool,
    /// The terms of use that every guest has to accept after the permissions, if there are any.
    pub terms_of_use: Option<String>,
    /// Guests can leave by themselves; else only an administrator can remove them.
    pub guests_may_leave: bool,
    /// Invitees who blocked mail from this organisation: their mail is silently never sent.
    pub unsubscribed: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow_invites_from: AllowInvitesFrom::Everyone,
            blocked_domains: Vec::new(),
            allowed_domains: Vec::new(),
            cross_tenant_blocked_domains: Vec::new(),
            automatic_redemption_domains: Vec::new(),
            suspicious_activity_block: false,
            terms_of_use: None,
            guests_may_leave: true,
            unsubscribed: Vec::new(),
        }
    }
}

/// The four levels of the guest invite setting (page "authorizationPolicy resource type").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AllowInvitesFrom {
    /// Nobody may invite.
    None,
    /// Administrators and holders of the Guest Inviter role.
    AdminsAndGuestInviters,
    /// These and all members.
    AdminsGuestInvitersAndAllMembers,
    /// Everyone, guests included: the default of a tenant.
    Everyone,
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}
