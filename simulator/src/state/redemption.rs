//! The one place where a pending guest becomes an accepted one; pages and admin API both end here.
//! Nothing but consent brings a guest this far.

use thiserror::Error;

use super::World;
use super::provider::{Provider, domain};
use super::user::{ObjectIdentity, User};

/// Why a guest cannot redeem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RedeemError {
    /// No such tenant.
    #[error("the organisation does not exist")]
    UnknownTenant,
    /// The directory knows no such guest (any more).
    #[error("the guest account does not exist in the organisation; it may have been deleted")]
    UnknownGuest,
    /// The account is disabled.
    #[error("the guest account is blocked from signing in")]
    Disabled,
    /// The organisation blocks the guest's domain.
    #[error("the organisation does not allow guests of this domain")]
    DomainBlocked,
}

impl World {
    /// The guest, if it could redeem now.
    pub(crate) fn redeemable(&self, tenant: &str, user_id: &str, address: &str) -> Result<&User, RedeemError> {
        let policy = self.settings.policy_of(tenant);
        let tenant = self.tenant(tenant).ok_or(RedeemError::UnknownTenant)?;
        let user = tenant.directory.get(user_id).ok_or(RedeemError::UnknownGuest)?;
        if !user.account_enabled {
            return Err(RedeemError::Disabled);
        }
        // The lists do not touch guests that have redeemed (page "Allow or block invitations").
        if user.must_redeem() && policy.refuses(domain(address)) {
            return Err(RedeemError::DomainBlocked);
        }
        Ok(user)
    }

    /// Consent was given: the guest is Accepted and has the provider's identity.
    pub(crate) fn redeem(
        &mut self,
        tenant: &str,
        user_id: &str,
        address: &str,
        provider: Option<Provider>,
    ) -> Result<(), RedeemError> {
        self.redeemable(tenant, user_id, address)?;
        let provider = provider.unwrap_or_else(|| Provider::of(address, &self.settings.accounts));
        let issuer = provider.issuer(address, &self.settings.accounts);
        let now = self.now();
        let tenant = self.tenant_mut(tenant).ok_or(RedeemError::UnknownTenant)?;
        tenant.directory.change(user_id, |user| {
            if user.must_redeem() {
                user.awaits_redemption = false;
                user.set_state("Accepted", now);
                user.identities.retain(|identity| identity.sign_in_type != "federated");
                user.identities.push(ObjectIdentity {
                    sign_in_type: "federated".to_owned(),
                    issuer,
                    issuer_assigned_id: None,
                });
            }
        });
        Ok(())
    }
}

impl crate::settings::Policy {
    /// The allow/block list or the cross-tenant settings refuse the domain.
    pub(crate) fn refuses(&self, domain: &str) -> bool {
        self.list_refuses(domain) || self.cross_tenant_refuses(domain)
    }

    /// Both organisations agreed to spare the domain's guests the consent.
    pub(crate) fn redeems_automatically(&self, domain: &str) -> bool {
        self.automatic_redemption_domains.iter().any(|name| name.eq_ignore_ascii_case(domain))
    }

    pub(crate) fn list_refuses(&self, domain: &str) -> bool {
        let among = |names: &[String]| names.iter().any(|name| name.eq_ignore_ascii_case(domain));
        among(&self.blocked_domains) || (!self.allowed_domains.is_empty() && !among(&self.allowed_domains))
    }

    pub(crate) fn cross_tenant_refuses(&self, domain: &str) -> bool {
        self.cross_tenant_blocked_domains.iter().any(|name| name.eq_ignore_ascii_case(domain))
    }
}
