//! What one decision rests on, gathered.

use jiff::Timestamp;

use super::notes::Pass;
use super::permission::Rules;
use super::person::ClaimedPerson;
use super::{desired, observe, permission};
use crate::controller::access::Access;
use crate::controller::context::Context;
use crate::controller::live;
use crate::controller::status::WriteError;
use crate::plan::{ClaimKey, Decision, Desired, Observed, Record};
use crate::store::{KnownClaim, ObjectKey, TenantState};

/// What one decision rests on.
pub struct Sight {
    /// Which claim it is about.
    pub key: ClaimKey,
    /// The Guest.
    pub person: ClaimedPerson,
    /// What the spec asks for.
    pub desired: Desired,
    /// What the Guest holds for the claim.
    pub record: Record,
    /// What is known beside it.
    pub observed: Observed,
    /// What the claim is judged by.
    pub access: Access,
    /// How many places of the namespace were taken before this claim, if that counts.
    pub before: Option<u32>,
    /// When this was gathered, by the clock of the decision.
    pub at: Timestamp,
}

impl Sight {
    /// The decision that rests on this.
    pub fn decision<'a>(&'a self, context: &'a Context) -> Decision<'a> {
        let Self { desired, record, observed, at, .. } = self;
        Decision { desired, record, observed, now: *at, timing: &context.settings.timing }
    }
}

/// Gathers what the decision rests on.
///
/// # Errors
/// When the API server does not say what has to be read live.
pub async fn sight(
    context: &Context,
    guest: &KnownClaim,
    found: &TenantState,
    pass: &mut Pass,
    now: Timestamp,
) -> Result<Sight, WriteError> {
    let key = claim_key(guest);
    let access = Access::of(context, guest);
    let person = ClaimedPerson::of(context, guest, found);
    if let Some(record) = person.record() {
        live::look_for_unseen(context, record).await?;
    }
    look_for_a_successor(context, guest, &access, pass).await?;
    let mut desired = desired::desired(guest, found, &person.wishes());
    let record = person.record_for(&key, pass);
    // Whoever reads a copy of the link can accept in the person's place, and would have what others gave too.
    if record.others.share && !desired.granted_all {
        desired.link_secret = None;
    }
    let standing = observe::whose(context, &key, &person);
    let rules = Rules { context, guest, found, access: &access, shares: standing.is_shared_by(&desired) };
    let (permission, before) = rules.permission();
    let observed = observe::observed(&rules, (&key, &person, &record), pass, (standing, permission), now);
    Ok(Sight { key, person, desired, record, observed, access, before, at: now })
}

/// Which claim this is.
fn claim_key(guest: &KnownClaim) -> ClaimKey {
    let ObjectKey { namespace, name } = guest.key.clone();
    ClaimKey { namespace, name, uid: guest.uid.clone() }
}

/// Of a claim that is being deleted: whether another of its namespace may take the person over.
async fn look_for_a_successor(
    context: &Context,
    guest: &KnownClaim,
    access: &Access,
    pass: &mut Pass,
) -> Result<(), WriteError> {
    let leaves = guest.deleting.is_some() && pass.successor.is_none();
    if leaves && !context.store.index(|index| index.successors(&guest.key)).is_empty() {
        let claims = live::claims(context, guest.spec.email.as_str()).await?;
        pass.successor = Some(permission::successor(context, guest, &claims, access));
    }
    Ok(())
}
