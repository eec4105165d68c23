//! One pass over one list: survey, do what differs, survey again, report.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use kube::{Api, ResourceExt};
use serde_json::json;

use super::survey::{EntryStanding, Survey};
use super::{apply, report, wanted};
use crate::api::{Address, GuestList, Reason};
use crate::controller::again::Again;
use crate::controller::context::Context;
use crate::controller::guard::{Failed, guarded};
use crate::controller::status::{self, WriteError};
use crate::controller::unreadable;
use crate::store::{ObjectKey, RefusedWrite};

/// When to look again while the guests have not all been listed.
const NOT_YET: Duration = Duration::from_millis(250);

/// When to look again at a list that somebody else wrote meanwhile; the watch brings it too.
const NEWER: Duration = Duration::from_millis(200);

/// One reconcile.
///
/// # Errors
/// When it could not be brought forward: why, and when to try again.
pub async fn list(place: ObjectKey, context: Arc<Context>) -> Result<Again, Failed> {
    let Some(object) = context.store.guest_lists.get(&place) else { return Ok(Again::OnChange) };
    let ObjectKey { namespace, name } = place;
    let key = format!("list/{}", object.uid().unwrap_or_default());
    let ended = match &object.0 {
        // A list goes with the tenant of its template. What its entries name is worked on by whoever works with that.
        Ok(list) if context.store.tenants.is_of_others(&list.spec.template.tenant()) => return Ok(Again::OnChange),
        Ok(_) if !context.store.tenants.know_others() => return Ok(Again::After(NOT_YET)),
        Ok(list) => guarded(bring_forward(list.clone(), &key, &context)).await,
        Err(invalid) => {
            tracing::error!(namespace, list = name, error = %invalid.error, "a GuestList cannot be read; its guests stay as they are");
            Ok(unreadable::explain::<GuestList>(invalid, json!({}), &context).await.map(|()| Again::OnChange))
        }
    };
    let cause: Box<dyn Error + Send + Sync> = match ended {
        Ok(Ok(action)) => return Ok(action),
        Ok(Err(WriteError::Conflict)) => return Ok(Again::After(NEWER)),
        Ok(Err(WriteError::Gone)) => return Ok(Again::OnChange),
        Ok(Err(error)) => error.into(),
        Err(broken) => broken.into(),
    };
    tracing::error!(
        namespace,
        list = name,
        error = cause.to_string(),
        "the list could not be brought forward; the others go on"
    );
    Err(Failed::new(cause, context.store.backoff.failed(&key)))
}

async fn bring_forward(mut list: GuestList, key: &str, context: &Context) -> Result<Again, WriteError> {
    let uid = list.uid().unwrap_or_default();
    let api: Api<GuestList> = Api::namespaced(context.client.clone(), &list.namespace().unwrap_or_default());
    if list.metadata.deletion_timestamp.is_some() {
        return Ok(Again::OnChange); // Kubernetes deletes the guests of a list that goes
    }
    let Some(mut survey) = surveyed(&list, &uid, context) else { return Ok(Again::After(NOT_YET)) };
    let mut failed = Vec::new();
    if survey.has_work() {
        // A new guest is mailed and a deleted one may be off-boarded: never by an old view of the list.
        list = match status::read(&api, &list.name_any()).await? {
            Some(current) if current.uid().as_deref() == Some(&uid) => current,
            _ => return Err(WriteError::Gone),
        };
        if list.metadata.deletion_timestamp.is_some() {
            return Ok(Again::OnChange);
        }
        let Some(current) = surveyed(&list, &uid, context) else { return Ok(Again::After(NOT_YET)) };
        failed = apply::carry_out(&list, &current, context).await;
        let Some(current) = surveyed(&list, &uid, context) else { return Ok(Again::After(NOT_YET)) };
        survey = current;
    }
    let next = report::status(
        &list,
        &survey,
        &failed,
        |name, trouble| about(&list, name, trouble.explanation.reason, context),
        Timestamp::now(),
    );
    if list.status.as_ref() != Some(&next) {
        status::write(&api, &list.name_any(), list.resource_version().as_deref(), &next).await?;
    }
    if !failed.is_empty() {
        return Ok(Again::After(context.store.backoff.failed(key)));
    }
    context.store.backoff.succeeded(key);
    if survey.has_work() {
        return Ok(Again::After(Duration::ZERO));
    }
    let refused = survey.entries.iter().any(|(_, standing)| matches!(standing, EntryStanding::Refused(..)));
    Ok(if refused { Again::After(RefusedWrite::AGAIN) } else { Again::OnChange })
}

/// How `list` is by what the index knows now; none while the guests have not all been listed.
fn surveyed(list: &GuestList, uid: &str, context: &Context) -> Option<Survey> {
    let wanted = wanted::all(list);
    let namespace = list.namespace().unwrap_or_default();
    let guests = wanted.iter().map(|wanted| (wanted.name.as_str(), Address::new(&wanted.email)));
    let family = context.store.index(|index| index.family(&namespace, (&list.name_any(), uid), guests))?;
    Some(context.store.lists.with(uid, |memory| {
        let names: HashSet<&str> = wanted.iter().map(|wanted| wanted.name.as_str()).collect();
        let uids: HashSet<&str> = family.children.values().map(|child| child.uid.as_str()).collect();
        memory.tidy(|name| names.contains(name), |uid| uids.contains(uid));
        Survey::new(wanted, &family, memory, Timestamp::now())
    }))
}

/// What else helps: the list that holds the address of a guest.
fn about(list: &GuestList, name: &str, reason: Reason, context: &Context) -> Option<String> {
    if reason != Reason::DuplicateAddress {
        return None;
    }
    let place = ObjectKey { namespace: list.namespace().unwrap_or_default(), name: name.to_owned() };
    let holder = context.store.index(|index| index.holding_list(&place))?;
    Some(format!("That one is an entry of the GuestList {holder}."))
}
