//! The redeem links of one guest: the one that the operator mails, in its own namespace, and the copy that the claim asks for.

use std::time::Duration;

use super::notes::Pass;
use super::secret::LinkSecret;
use super::sight::Sight;
use crate::api::{Delivery, Explanation, Reason};
use crate::controller::context::Context;
use crate::graph::RedeemUrl;
use crate::plan::{KeptLink, Refused};
use crate::store::{Connection, KnownClaim};

/// How long it is not asked for a link again after Graph has given one that cannot be used.
const UNUSABLE: Duration = Duration::from_secs(6 * 3600);

/// Where the link of one guest is to be kept.
pub struct Places {
    own: Option<LinkSecret>,
    copy: Option<(String, LinkSecret)>,
}

impl Places {
    /// The places that `claim` needs: one in the operator's namespace while the operator mails, one for a copy where the spec names it.
    pub fn of(context: &Context, claim: &KnownClaim, seen: &Sight) -> Self {
        let mails = seen.desired.delivery == Delivery::Mail;
        let copy = |name: &String| (name.clone(), LinkSecret::copy(context, claim, name));
        Self { own: own(context, seen).filter(|_| mails), copy: seen.desired.link_secret.as_ref().map(copy) }
    }

    /// Whether they can be written to: asked before Graph makes a link, because it cannot be fetched again.
    ///
    /// # Errors
    /// When a Secret is not ours, or the API server does not let it be read.
    pub async fn check(&self) -> Result<(), Explanation> {
        for secret in self.own.iter().chain(self.copy.iter().map(|(_, copy)| copy)) {
            secret.check().await?;
        }
        Ok(())
    }

    /// Keeps `link` in all of them. What fails is noted: the answer that brought the link still counts.
    pub async fn keep(&self, link: &RedeemUrl, pass: &mut Pass) -> KeptLink {
        let mut kept = KeptLink::default();
        if let Some(own) = &self.own {
            match own.keep(link).await {
                Ok(()) => kept.digest = Some(link.digest()),
                Err(trouble) => not_kept(trouble, pass),
            }
        }
        if let Some((name, copy)) = &self.copy {
            match copy.keep(link).await {
                Ok(()) => kept.copy = Some(name.clone()),
                Err(trouble) => not_kept(trouble, pass),
            }
        }
        kept
    }

    /// Whether `kept` has the link in all of them.
    pub fn are_filled_by(&self, kept: &KeptLink) -> bool {
        self.own.is_some() == kept.digest.is_some() && self.copy.is_some() == kept.copy.is_some()
    }
}

fn not_kept(trouble: Explanation, pass: &mut Pass) {
    let Explanation { reason, message } = &trouble;
    tracing::warn!(reason = reason.as_str(), message, "a redeem link was not kept");
    pass.failed(trouble, None);
}

fn own(context: &Context, seen: &Sight) -> Option<LinkSecret> {
    seen.person.guest.as_ref().map(|person| LinkSecret::own(context, person))
}

/// The link of an answer, if it can be used: the operator mails only one that leads to where the cloud signs people in.
///
/// # Errors
/// What is wrong with it, and when to ask for another one.
pub fn usable<'a>(
    link: Option<&'a RedeemUrl>,
    delivery: Delivery,
    connection: &Connection,
) -> Result<&'a RedeemUrl, Refused> {
    let message = match link {
        None => "Graph made the invitation and gave no redeem link.",
        Some(link) if delivery == Delivery::Mail && !connection.graph.gives(link) => {
            "Graph gave a redeem link that does not lead to where the tenant's cloud signs people in, so the operator does not mail it."
        }
        Some(link) => return Ok(link),
    };
    let message = format!(
        "{message} It is asked for another one in some hours. Microsoft's own mail does without: delivery: Microsoft."
    );
    Err(Refused { explanation: Explanation::new(Reason::LinkUnusable, message), retry_after: UNUSABLE })
}

/// The link that may be mailed: what the operator's own Secret has, if the Guest has its digest and it leads to where the cloud signs
/// people in. Nothing when somebody has deleted or changed it.
///
/// # Errors
/// When the API server does not let it be read.
pub async fn mailable(
    context: &Context,
    seen: &Sight,
    connection: &Connection,
) -> Result<Option<RedeemUrl>, Explanation> {
    let (Some(own), Some(digest)) = (own(context, seen), &seen.record.link_digest) else { return Ok(None) };
    let Some(link) = own.link().await? else { return Ok(None) };
    if link.digest() == *digest && connection.graph.gives(&link) {
        return Ok(Some(link));
    }
    let guest = seen.person.name.as_deref();
    tracing::warn!(guest, "the redeem link in the operator's Secret is not the one that Graph gave; a new one is made");
    Ok(None)
}

/// Whether the Secret `to` beside `claim` has the link, if need be copied there from the operator's own Secret or from the copy `from`
/// before. A copy that a claim with another name has left is not read.
///
/// # Errors
/// When the Secret `to` is not ours, or the API server does not let one be read or written.
pub async fn copied(
    context: &Context,
    claim: &KnownClaim,
    seen: &Sight,
    connection: &Connection,
    (from, to): (Option<&str>, &str),
) -> Result<bool, Explanation> {
    let copy = |name: &str| LinkSecret::copy(context, claim, name);
    let to = copy(to);
    if let Some(link) = mailable(context, seen, connection).await? {
        return to.keep(&link).await.map(|()| true);
    }
    if to.link().await?.is_some() {
        return Ok(true);
    }
    let Some(from) = from else { return Ok(false) };
    match copy(from).link_to_copy().await? {
        Some(link) => to.keep(&link).await.map(|()| true),
        None => Ok(false),
    }
}
