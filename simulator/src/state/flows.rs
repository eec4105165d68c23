//! A guest's way through the redemption pages, from the link in the mail to consent: which step follows which.

use percent_encoding::percent_decode_str;
use url::Url;
use uuid::Uuid;

use super::flow::{Flow, Step};
use super::provider::{Provider, domain};
use super::redemption::RedeemError;
use super::world::World;
use crate::journal::{MailEntry, MailKind};

/// Why a link opens nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Closed {
    /// No such link, or not any more.
    Link,
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
        let (organisation, domain) = (found.config.display_name.clone(), found.config.default_domain.clone());
        let (tenant, invitation) = (found.config.id.clone(), invitation.clone());
        self.redeemable(&tenant, &invitation.user_id, &invitation.address).map_err(Closed::Guest)?;

        let accounts = &self.settings.accounts;
        let provider = Provider::of(&invitation.address, accounts);
        let domain_of = super::provider::domain(&invitation.address);
        let has_account = accounts.microsoft_domains.iter().any(|name| name.eq_ignore_ascii_case(domain_of));
        let step =
            if provider == Provider::MicrosoftAccount && !has_account { Step::CreateAccount } else { Step::SignIn };
        let flow = Flow {
            id: Uuid::new_v4().simple().to_string(),
            tenant,
            organisation,
            domain,
            user_id: invitation.user_id,
            address: invitation.address,
            redirect_url: invitation.redirect_url,
            provider,
            step,
            passcode: None,
        };
        self.flows.insert(flow.id.clone(), flow.clone());
        Ok(flow)
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
        let step = if pending && policy.redeems_automatically(domain(&flow.address)) {
            let flow = flow.clone();
            self.redeem(&flow.tenant, &flow.user_id, &flow.address, Some(flow.provider))?;
            Step::Done
        } else if pending {
            Step::Consent
        } else {
            Step::Done
        };
        if let Some(flow) = self.flows.get_mut(id) {
            flow.step = step;
        }
        Ok(step)
    }

    /// The guest agreed: only now it is Accepted.
    pub(crate) fn consented(&mut self, id: &str) -> Result<(), RedeemError> {
        let Some(flow) = self.flows.get(id).cloned() else {
            return Err(RedeemError::UnknownGuest);
        };
        self.redeem(&flow.tenant, &flow.user_id, &flow.address, Some(flow.provider))?;
        if let Some(flow) = self.flows.get_mut(id) {
            flow.step = Step::Done;
        }
        Ok(())
    }
}
