//! A guest's way through the redemption pages, from the link in the mail to consent.
//! It is kept here and named in the address of the pages, so no cookie is needed.

use jiff::{SignedDuration, Timestamp};
use percent_encoding::percent_decode_str;
use url::Url;
use uuid::Uuid;

use crate::journal::{MailEntry, MailKind};
use crate::state::World;
use crate::state::provider::{Provider, domain};
use crate::state::redemption::RedeemError;

/// How long a passcode is good (page "Email one-time passcode authentication").
const PASSCODE_LIFE: SignedDuration = SignedDuration::from_mins(30);

#[derive(Clone, Debug)]
pub(crate) struct Flow {
    pub(crate) id: String,
    pub(crate) tenant: String,
    pub(crate) organisation: String,
    pub(crate) domain: String,
    pub(crate) user_id: String,
    pub(crate) address: String,
    pub(crate) redirect_url: String,
    pub(crate) provider: Provider,
    pub(crate) step: Step,
    passcode: Option<(String, Timestamp)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// At the identity provider.
    SignIn,
    /// No account and no passcode: a Microsoft account has to be made first.
    CreateAccount,
    /// A passcode was mailed.
    Passcode,
    /// Review permissions.
    Consent,
    /// Signed in, nothing left to ask.
    Done,
}

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
        let domain_of = crate::state::provider::domain(&invitation.address);
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
        flow.passcode = Some((code.clone(), now));
        flow.step = Step::Passcode;
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

impl Flow {
    pub(crate) fn passcode_sent(&self) -> Option<Timestamp> {
        self.passcode.as_ref().map(|(_, sent)| *sent)
    }

    pub(crate) fn takes_passcode(&self, code: &str, now: Timestamp) -> bool {
        self.passcode
            .as_ref()
            .is_some_and(|(known, sent)| known == code.trim() && now.duration_since(*sent) < PASSCODE_LIFE)
    }
}
