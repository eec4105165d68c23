//! Reads that no cache answers. A mail cannot be unsent and a person who is ended notices, so just before either the resources are read
//! as the API server has them.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::ListParams;
use kube::{Api, Client, ResourceExt};

use super::access::Access;
use super::context::Context;
use super::scope::Scope;
use super::status::{TIMEOUT, WriteError};
use crate::api::{EntraTenant, Guest, GuestInvitation, GuestRecord, Mode};
use crate::store::{Connection, KnownClaim, Labels, ObjectKey};

/// A listing of the one object `name`: EntraTenants and namespaces may be listed and watched by the operator, and not read by name.
pub fn only(name: &str) -> ListParams {
    ListParams::default().fields(&format!("metadata.name={name}"))
}

/// The invitation at `key`, if it is there.
///
/// # Errors
/// When the API server does not say.
pub async fn claim(context: &Context, key: &ObjectKey) -> Result<Option<GuestInvitation>, WriteError> {
    let api: Api<GuestInvitation> = Api::namespaced(context.client.clone(), &key.namespace);
    tokio::time::timeout(TIMEOUT, api.get_opt(&key.name)).await?.map_err(WriteError::Unread)
}

/// All invitations of the address `email`, as far as namespaces are watched.
///
/// # Errors
/// When the API server does not say.
pub async fn claims(context: &Context, email: &str) -> Result<Vec<KnownClaim>, WriteError> {
    let apis: Vec<Api<GuestInvitation>> = match &context.settings.scope {
        Scope::Cluster => vec![Api::all(context.client.clone())],
        Scope::Namespaces(watched) => {
            watched.read().iter().map(|name| Api::namespaced(context.client.clone(), name)).collect()
        }
    };
    let of_address = ListParams::default().fields(&format!("spec.email={email}"));
    let mut found = Vec::new();
    for api in apis {
        let list = tokio::time::timeout(TIMEOUT, api.list(&of_address)).await?.map_err(WriteError::Unread)?;
        found.extend(list.items);
    }
    found.iter().for_each(|claim| context.store.know(claim));
    Ok(found.iter().map(KnownClaim::of).collect())
}

/// The Guest `name`, if it is there. The store knows it afterwards.
///
/// # Errors
/// When the API server does not say.
pub async fn person(context: &Context, name: &str) -> Result<Option<Guest>, WriteError> {
    let api: Api<Guest> = Api::all(context.client.clone());
    let found = tokio::time::timeout(TIMEOUT, api.get_opt(name)).await?.map_err(WriteError::Unread)?;
    match &found {
        Some(guest) => context.store.know_guest(guest, None),
        None => context.store.index(|index| index.remove_guest(name)),
    }
    Ok(found)
}

/// Whether the Guest `name` has the `version` that was decided on; none where it was not there.
///
/// # Errors
/// When the API server does not say.
pub async fn person_stands(context: &Context, name: &str, version: Option<&str>) -> Result<bool, WriteError> {
    let read = person(context, name).await?.and_then(|guest| guest.resource_version());
    Ok(read.as_deref() == version)
}

/// Reads the Guests of the user `id`, so that the store knows them.
///
/// # Errors
/// When the API server does not say.
pub async fn guests_of_user(context: &Context, id: &str) -> Result<(), WriteError> {
    let api: Api<Guest> = Api::all(context.client.clone());
    let of_user = ListParams::default().fields(&format!("record.user.id={id}"));
    let list = tokio::time::timeout(TIMEOUT, api.list(&of_user)).await?.map_err(WriteError::Unread)?;
    list.items.iter().for_each(|guest| context.store.know_guest(guest, None));
    Ok(())
}

/// Whether `claim` is still as it was decided on: the same one, not deleted, not suspended, asking for the same, and approved or not as it was.
///
/// # Errors
/// When the API server does not say.
pub async fn stands(context: &Context, claim: &KnownClaim) -> Result<bool, WriteError> {
    let Some(read) = self::claim(context, &claim.key).await? else { return Ok(false) };
    let now = KnownClaim::of(&read);
    let stands = now.uid == claim.uid
        && now.generation == claim.generation
        && now.deleting.is_none()
        && now.requests == claim.requests
        && now.approval() == claim.approval();
    if !stands {
        context.store.know(&read);
    }
    Ok(stands)
}

/// Whether `claim` is still judged by `access`, and its EntraTenant is active, in the directory of `connection`.
///
/// # Errors
/// When the API server does not say.
pub async fn access_stands(
    context: &Context,
    claim: &KnownClaim,
    connection: &Connection,
    access: &Access,
) -> Result<bool, WriteError> {
    let labels = async {
        match &access.labels {
            Some(_) => labels(context, &claim.key.namespace).await,
            None => Ok(None),
        }
    };
    let (tenant, labels) = tokio::try_join!(active_tenant(context, claim.tenant(), connection), labels)?;
    Ok(labels == access.labels && tenant.is_some_and(|tenant| *tenant.spec.rules() == *access.rules))
}

/// The EntraTenant `name`, if it is there and active, in the directory of `connection`.
///
/// # Errors
/// When the API server does not say.
pub async fn active_tenant(
    context: &Context,
    name: &str,
    connection: &Connection,
) -> Result<Option<Arc<EntraTenant>>, WriteError> {
    let (client, of_all) = (context.client.clone(), name.to_owned());
    let for_all = async move |asked: Vec<()>| {
        let found = tenant(client, &of_all).await.ok();
        vec![found; asked.len()]
    };
    let found = match connection.own_reads.answer((), for_all).await {
        Some(found) => found,
        None => tenant(context.client.clone(), name).await?,
    };
    Ok(found.filter(|tenant| {
        tenant.spec.mode == Mode::Active
            && tenant.metadata.deletion_timestamp.is_none()
            && context.settings.tenants.fits(tenant.metadata.labels.as_ref())
            && tenant.spec.tenant_id.to_lowercase() == connection.tenant_id
    }))
}

/// The EntraTenant `name`, if it is there.
///
/// # Errors
/// When the API server does not say.
async fn tenant(client: Client, name: &str) -> Result<Option<Arc<EntraTenant>>, WriteError> {
    let api: Api<EntraTenant> = Api::all(client);
    let found = tokio::time::timeout(TIMEOUT, api.list(&only(name))).await?.map_err(WriteError::Unread)?;
    Ok(found.items.into_iter().next().map(Arc::new))
}

/// The labels of `namespace`, if it is there.
///
/// # Errors
/// When the API server does not say.
async fn labels(context: &Context, namespace: &str) -> Result<Option<Labels>, WriteError> {
    let api: Api<Namespace> = Api::all(context.client.clone());
    let found =
        tokio::time::timeout(TIMEOUT, api.list_metadata(&only(namespace))).await?.map_err(WriteError::Unread)?;
    Ok(found.items.into_iter().next().map(|namespace| namespace.metadata.labels.unwrap_or_default()))
}

/// Reads the claims that `record` names and that the watch does not show, before they count as gone. One in a namespace that is not
/// watched counts as there.
///
/// # Errors
/// When the API server does not say.
pub async fn look_for_unseen(context: &Context, record: &GuestRecord) -> Result<(), WriteError> {
    for (key, uid) in context.store.index(|index| index.unseen_claims(record)) {
        if !context.settings.scope.has(&key.namespace) {
            continue;
        }
        match claim(context, &key).await? {
            Some(claim) if claim.uid().as_ref() == Some(&uid) => context.store.know(&claim),
            _ => context.store.index(|index| index.note_gone(&uid)),
        }
    }
    Ok(())
}
