//! The Guest that a claim is about: where it is, and how it is written.

use std::sync::Arc;

use kube::Api;
use kube::api::PostParams;

use super::notes::Pass;
use crate::api::{Guest, GuestFields, GuestRecord, GuestSpec};
use crate::controller::context::Context;
use crate::controller::live;
use crate::controller::status::{TIMEOUT, WriteError};
use crate::plan::{ClaimKey, Record};
use crate::store::{KnownClaim, KnownGuest, TenantState, guest_name};

/// The Guest of one claim, as it is known.
#[derive(Clone, Debug)]
pub struct ClaimedPerson {
    /// Its name; nothing while the directory is not known.
    pub name: Option<String>,
    /// The directory's id.
    pub tenant_id: Option<String>,
    /// The object, if there is one.
    pub guest: Option<Arc<KnownGuest>>,
}

impl ClaimedPerson {
    /// The Guest that has `claim` on record, else the one of its address.
    pub fn of(context: &Context, claim: &KnownClaim, found: &TenantState) -> Self {
        let tenant = claim.tenant();
        let connection = found.connection().cloned().or_else(|| context.store.tenants.kept(tenant));
        let tenant_id = connection.map(|connection| connection.tenant_id.clone());
        let has = context.store.index(|index| index.people().of_claim(&claim.uid));
        let name = match (&has, &tenant_id) {
            (Some(guest), _) => Some(guest.name.clone()),
            (None, Some(tenant_id)) => Some(guest_name(tenant_id, &claim.address)),
            (None, None) => None,
        };
        let guest = has.or_else(|| context.store.index(|index| index.people().get(name.as_deref()?)));
        // A person is given up also when their EntraTenant is gone.
        let recorded = guest.as_ref().and_then(|guest| guest.record.as_ref()).map(|record| record.tenant_id.clone());
        Self { name, tenant_id: tenant_id.or(recorded), guest }
    }

    /// What is on record of the person.
    pub fn record(&self) -> Option<&GuestRecord> {
        self.guest.as_ref()?.record.as_ref()
    }

    /// What the platform team wishes for the person.
    pub fn wishes(&self) -> GuestSpec {
        self.guest.as_ref().map(|guest| guest.wishes.clone()).unwrap_or_default()
    }

    /// Whether the Guest, read live, is another one than was decided on.
    ///
    /// # Errors
    /// When the API server does not say.
    pub async fn is_outdated(&self, context: &Context) -> Result<bool, WriteError> {
        let Some(name) = &self.name else { return Ok(false) };
        let version = self.guest.as_ref().map(|known| known.version.as_str());
        Ok(!live::person_stands(context, name, version).await?)
    }

    /// What the decision for the claim `key` rests on. In mode Observe that is what would have been written so far.
    pub fn record_for(&self, key: &ClaimKey, pass: &Pass) -> Record {
        let known = || self.record().map(|record| Record::of(record, key)).unwrap_or_default();
        pass.would.clone().unwrap_or_else(known)
    }

    /// Writes `record` under compare-and-swap. A Guest that is not there is made; its name is the lock on the address.
    ///
    /// # Errors
    /// [`WriteError::Conflict`] when the decision was made on what is no longer there.
    pub async fn write(
        &self,
        context: &Context,
        claim: &KnownClaim,
        key: &ClaimKey,
        record: &Record,
    ) -> Result<Guest, WriteError> {
        // Nothing is decided to be written while the directory is not known.
        let (Some(name), Some(tenant_id)) = (&self.name, &self.tenant_id) else { return Err(WriteError::Conflict) };
        let blank = GuestRecord::new(tenant_id, claim.address.as_str(), claim.tenant());
        let mut next = record.put(self.record().unwrap_or(&blank), key);
        next.tenant = claim.tenant().to_owned();
        let api: Api<Guest> = Api::all(context.client.clone());
        let params = PostParams::default();
        let written = match &self.guest {
            Some(guest) => tokio::time::timeout(TIMEOUT, api.replace(name, &params, &guest.with(next))).await?,
            None => {
                let guest = Guest::new(name, GuestFields { spec: GuestSpec::default(), record: Some(next) });
                tokio::time::timeout(TIMEOUT, api.create(&params, &guest)).await?
            }
        };
        written.map_err(|error| match error {
            kube::Error::Api(status) if status.is_already_exists() || status.is_not_found() => WriteError::Conflict,
            error => error.into(),
        })
    }
}
