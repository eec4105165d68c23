//! A guest's way through the redemption pages: from the link in the mail or from an application of the organisation, over the
//! sign-in, the permissions and the terms of use.

use percent_encoding::percent_decode_str;
use url::Url;
use uuid::Uuid;

use super::flow::{Flow, Step};
use super::provider::{Provider, domain};
use super::redemption::RedeemError;
use super::user::User;
use super::world::World;
use crate::journal::{MailEntry, MailKind};

/// Where a guest lands who comes without an invitation's own target.
const MY_APPS: &str = "https://myapps.microsoft.com/";

/// Why a link opens nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closed {
    /// No such link, or not any more.
    Link,
    /// No such organisation.
    Organisation,
    /// Somebody whom the organisation does not know as a guest.
    Stranger,
    /// The guest cannot redeem.
    Guest(RedeemError),
}

impl World {
    /// Opens the link of a mail; `rd` is its parameter, decoded once by the browser's rules.
    pub(crate) fn open(&mut self, rd: &str) -> Result<Flow, Closed> {
        let inner = Url::parse(rd).map_err(|_| Closed::Link)?;
        let part = |name: &str| inner.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let (Some(tenant), Some(id), Some(ticket)) = (part("tenant"), part("user"), part("ticket")) else {
            return Err(Closed::Link);
        };
        let ticket = percent_decode_str(&ticket).decode_utf8_lossy().into_owned();
        let old_work = self.settings.variants.old_tickets_work;
        let found = self.tenant(&tenant).ok_or(Closed::Link)?;
        let invitation = found.invitations.get(&id).filter(|known| known.ticket == ticket).ok_or(Closed::Link)?;
        let newest = found.newest.get(&invitation.user_id) == Some(&invitation.id);
        if !newest && !old_work {
            return Err(Closed::Link);
        }
        let (tenant, invitation) = (found.config.id.clone(), invitation.clone());
        self.redeemable(&tenant, &invitation.user_id, &invitation.address).map_err(Closed::Guest)?;

        Ok(self.begin(&tenant, (invitation.user_id, invitation.address), invitation.redirect_url))
    }

    /// Somebody without the mail opens an application of a tenant (by a direct link, or by the common endpoint and the name of the
    /// organisation) and says who they are. An address that only `otherMails` has leads in by the mail alone.
    pub(crate) fn open_application(&mut self, organisation: &str, address: &str) -> Result<Flow, Closed> {
        let found = self.tenant_named(organisation).ok_or(Closed::Organisation)?;
        let invited =
            |user: &&User| user.invited_address.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(address));
        let meant = |user: &&User| user.is_external() && (user.owns_address(address) || invited(user));
        let user = found.directory.at(address).find(meant).ok_or(Closed::Stranger)?;
        let (tenant, user) = (found.config.id.clone(), user.id.clone());
        self.redeemable(&tenant, &user, address).map_err(Closed::Guest)?;
        Ok(self.begin(&tenant, (user, address.to_owned()), MY_APPS.to_owned()))
    }

    fn begin(&mut self, tenant: &str, (user_id, address): (String, String), redirect_url: String) -> Flow {
        let accounts = &self.settings.accounts;
        let provider = Provider::of(&address, accounts);
        let has_account = accounts.microsoft_domains.iter().any(|name| name.eq_ignore_ascii_case(domain(&address)));
        let step =
            if provider == Provider::MicrosoftAccount && !has_account { Step::CreateAccount } else { Step::SignIn };
        let config = self.tenant(tenant).map(|tenant| &tenant.config);
        let flow = Flow {
            id: Uuid::new_v4().simple().to_string(),
            tenant: tenant.to_owned(),
            organisation: config.map(|config| config.display_name.clone()).unwrap_or_default(),
            domain: config.map(|config| config.primary_domain().to_owned()).unwrap_or_default(),
            user_id,
            address,
            redirect_url,
            provider,
            terms: self.settings.policy_of(tenant).terms_of_use.clone(),
            step,
            passcode: None,
        };
        self.flows.insert(flow.id.clone(), flow.clone());
        flow
    }

    /// Mails a passcode to the guest.
    pub(crate) fn send_passcode(&mut self, flow: &str) {
        let now = self.now();
        let Some(flow) = self.flows.get_mut(flow) else {
            return;
        };
        let code = format!("{:08}", Uuid::new_v4().as_u128() % 100_000_000);
        flow.await_passcode(code.clone(), now);
        let mail = MailEntry {
            seq: 0,
            at: now,
            from: "account-security-noreply@accountprotection.microsoft.com".to_owned(),
            reply_to: None,
            message_id: None,
            tenant: flow.tenant.clone(),
            kind: MailKind::Passcode,
            to: flow.address.clone(),
            cc: None,
            language: "en-US".to_owned(),
            subject: format!("Your {} account verification code", flow.organisation),
            inviter: flow.organisation.clone(),
            body: Some(code),
            redeem_link: None,
            invitation_id: None,
            user_id: flow.user_id.clone(),
        };
        self.journal.mail(mail);
    }

    /// The guest signed in; what is left depends on whether consent was given before.
    pub(crate) fn signed_in(&mut self, id: &str) -> Result<Step, RedeemError> {
        let Some(flow) = self.flows.get(id) else {
            return Err(RedeemError::UnknownGuest);
        };
        let pending = self.redeemable(&flow.tenant, &flow.user_id, &flow.address)?.must_redeem();
        let policy = self.settings.policy_of(&flow.tenant);
        if pending && policy.redeems_automatically(domain(&flow.address)) {
            return self.consented(id);
        }
        let step = if pending { Step::Consent } else { Step::Done };
        if let Some(flow) = self.flows.get_mut(id) {
            flow.step = step;
        }
        Ok(step)
    }

    /// The guest agreed to the permissions or to the terms. It is Accepted when nothing is left to agree to.
    pub(crate) fn consented(&mut self, id: &str) -> Result<Step, RedeemError> {
        let Some(flow) = self.flows.get(id).cloned() else {
            return Err(RedeemError::UnknownGuest);
        };
        let step = if flow.terms.is_some() && flow.step != Step::Terms {
            Step::Terms
        } else {
            self.redeem(&flow.tenant, &flow.user_id, &flow.address, Some(flow.provider))?;
            Step::Done
        };
        if let Some(flow) = self.flows.get_mut(id) {
            flow.step = step;
        }
        Ok(step)
    }
}
