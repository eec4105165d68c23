//! What can be turned while the simulator runs: lag, throttling, tenant policy, accounts and the undocumented variants.
//! Tests change it through the handle, people through `PUT /_simulator/settings`.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

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
    /// The whole tenant is barred from inviting; only Microsoft support lifts that.
    pub suspicious_activity_block: bool,
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
            suspicious_activity_block: false,
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

/// Which kind of account stands behind an address, and which sign-in ways are on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Accounts {
    /// Domains of other organisations that have Entra accounts.
    pub entra_domains: Vec<String>,
    /// Notification language of such an organisation, by domain.
    pub entra_languages: BTreeMap<String, String>,
    /// Domains with a SAML/WS-Fed provider set up directly, and its issuer URI.
    pub federated_domains: BTreeMap<String, String>,
    /// Google federation is set up (for gmail.com and googlemail.com).
    pub google: bool,
    /// Domains whose addresses are existing Microsoft accounts.
    pub microsoft_domains: Vec<String>,
    /// The email one-time passcode is enabled; off: a guest without an account has to create a Microsoft account.
    pub passcode: bool,
}

impl Default for Accounts {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Self {
            entra_domains: list(&["fabrikam.com", "adatum.com", "tailspintoys.com", "wingtiptoys.com"]),
            entra_languages: BTreeMap::new(),
            federated_domains: BTreeMap::new(),
            google: true,
            microsoft_domains: list(&["outlook.com", "hotmail.com", "live.com"]),
            passcode: true,
        }
    }
}

/// Behaviours that are documented nowhere, or reported both ways: a client has to be right under every one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Variants {
    /// Inviting an Accepted guest again, with sendInvitationMessage, sends a mail.
    pub accepted_repeat_mails: bool,
    /// What inviting the address of a soft-deleted guest does.
    pub soft_deleted: SoftDeleted,
    /// 201, a mail if wanted, and a user that never appears in the directory (reported in 2025).
    pub user_never_appears: bool,
    /// An older redeem link keeps working after a newer invitation.
    pub old_tickets_work: bool,
    /// The first page of every listing is empty and has a nextLink.
    pub empty_first_page: bool,
    /// `or` together with `any` needs an advanced query.
    pub or_over_collections_needs_advanced: bool,
    /// PATCH of `mail` to an address in use is refused (reported); else it is set and the proxy address is not added (documented).
    pub mail_clash_refused: bool,
    /// `invitedUserType: Member` needs an app that may write users; else User.Invite.All is enough.
    pub member_needs_write_role: bool,
    /// With `adminsAndGuestInviters`, an app may not invite (older text of "Create invitation"); the newer text drops that.
    pub restricted_invites_refuse_apps: bool,
    /// An invitation that asks for a mail, for an address the directory holds as a contact, still mails it.
    pub contact_clash_mails: bool,
    /// Adding a user to a group needs User.ReadWrite.All as well (older text of "Add members").
    pub membership_needs_user_write: bool,
    /// Removing a member that is none answers 404; else 400 with a text of its own.
    pub absent_reference_not_found: bool,
    /// PATCH of a user cuts white space off both ends of a text; else it keeps what came.
    pub profile_values_trimmed: bool,
    /// How `POST /invitations` takes sponsors.
    pub invited_sponsors: InvitedSponsors,
    /// Who sponsors a guest that an app invites without naming sponsors. A person's guests are sponsored by that person.
    pub default_sponsor: DefaultSponsor,
}

impl Default for Variants {
    fn default() -> Self {
        Self {
            accepted_repeat_mails: true,
            soft_deleted: SoftDeleted::NewUser,
            user_never_appears: false,
            old_tickets_work: true,
            empty_first_page: false,
            or_over_collections_needs_advanced: false,
            mail_clash_refused: true,
            member_needs_write_role: true,
            restricted_invites_refuse_apps: false,
            contact_clash_mails: true,
            membership_needs_user_write: false,
            absent_reference_not_found: false,
            profile_values_trimmed: false,
            invited_sponsors: InvitedSponsors::Inline,
            default_sponsor: DefaultSponsor::Nobody,
        }
    }
}

/// What inviting the address of a soft-deleted guest does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SoftDeleted {
    /// A new user with a new id; the deleted one stays where it is.
    NewUser,
    /// The deleted user comes back with its id, pending.
    Restored,
    /// 400, in the words reported for a soft-deleted internal user.
    Refused,
}

/// How `POST /invitations` takes sponsors: no vendor sample shows it, and most sovereign clouds do not know the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InvitedSponsors {
    /// `invitedUserSponsors` with objects that have an `id`.
    Inline,
    /// `invitedUserSponsors@odata.bind` with links.
    Bind,
    /// Not at all.
    Refused,
}

/// Who sponsors a guest that an app invites without naming sponsors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DefaultSponsor {
    /// The guest has none.
    Nobody,
    /// The app's own service principal, which counts among the five.
    ServicePrincipal,
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
