//! Writes what differs: server-side apply for who is wanted, a delete for who is not. One that fails stops no other.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::iter;
use jiff::Timestamp;
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions};
use kube::core::Status;
use kube::{Api, Resource, ResourceExt};
use serde_json::{Value, json};
use tokio::time::error::Elapsed;

use super::survey::{Leaver, Survey};
use super::wanted::{DeclaredGuest, WantedGuest};
use crate::api::{GuestInvitation, GuestList, LIST, Reason};
use crate::controller::context::Context;
use crate::controller::surplus;
use crate::store::{Child, ChildTrouble, RefusedWrite, list_label, print};

/// The name under which a list's guests are written.
pub const MANAGER: &str = "guestlist-list";

/// Writes of one list that are under way at once.
const AT_ONCE: usize = 8;

/// Writes before the list itself is read anew: who is taken off a list meanwhile is not invited any more.
const AT_MOST: usize = 100;

/// How long the API server may take: kube's client has no read timeout of its own.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How a write ended that was neither done nor refused.
#[derive(Debug)]
enum Failure {
    /// The API server says no; stands as it was, or as somebody else made it.
    Refused { trouble: ChildTrouble, stands: Option<u64> },
    /// Nobody knows, or somebody else was quicker. It is tried again.
    Again(FailedRequest),
}

/// Does the first [`AT_MOST`] things that `survey` has to do for `list`. Returns what failed and is to be tried again, in words.
pub async fn carry_out(list: &GuestList, survey: &Survey, context: &Context) -> Vec<String> {
    let api: Api<GuestInvitation> = Api::namespaced(context.client.clone(), &list.namespace().unwrap_or_default());
    let leavers = survey.leavers.iter().take(AT_MOST);
    let deletes: Vec<_> = leavers.map(|leaver| remove(&api, list, leaver, context)).collect();
    let behind = survey.behind().take(AT_MOST.saturating_sub(deletes.len()));
    let writes: Vec<_> = behind.map(|behind| bring(&api, list, behind, context)).collect();
    let mut ended: Vec<Option<String>> = iter(deletes).buffered(AT_ONCE).collect().await;
    ended.extend(iter(writes).buffered(AT_ONCE).collect::<Vec<_>>().await);
    ended.into_iter().flatten().collect()
}

/// Deletes a guest whose entry is gone. Returns what failed.
async fn remove(api: &Api<GuestInvitation>, list: &GuestList, leaver: &Leaver, context: &Context) -> Option<String> {
    let error = match delete(api, leaver).await {
        Ok(leaving) => {
            leaving.iter().for_each(|leaving| context.store.know(leaving));
            None
        }
        // Gone already, or another one of that name by now.
        Err(FailedRequest::Status(status)) if status.is_not_found() || status.is_conflict() => None,
        Err(failed) => Some(failed),
    };
    if error.is_none() {
        let uid = list.uid().unwrap_or_default();
        context.store.lists.with(&uid, |memory| memory.deleted(&leaver.uid));
    }
    error.map(|error| format!("{}: {error}", leaver.name))
}

/// Deletes this very guest. Returns it if something holds it for the time being.
async fn delete(api: &Api<GuestInvitation>, leaver: &Leaver) -> Result<Option<GuestInvitation>, FailedRequest> {
    let very_one = Preconditions { uid: Some(leaver.uid.clone()), resource_version: None };
    let params = DeleteParams::background().preconditions(very_one);
    within(api.delete(&leaver.name, &params)).await.map(|either| either.left())
}

/// Writes a guest that is not as declared, and remembers it if the API server refuses. Returns what failed otherwise.
async fn bring(
    api: &Api<GuestInvitation>,
    list: &GuestList,
    (wanted, declared, child): (&WantedGuest, &DeclaredGuest, Option<&Arc<Child>>),
    context: &Context,
) -> Option<String> {
    match write(api, list, wanted, declared, child).await {
        Ok(written) => {
            context.store.know(&written);
            None
        }
        Err(Failure::Refused { trouble, stands }) => {
            tracing::warn!(
                namespace = list.namespace(),
                list = list.name_any(),
                guest = wanted.name,
                reason = trouble.explanation.reason.as_str(),
                "a guest of a list is refused; the others go on"
            );
            let refusal = RefusedWrite { wanted: declared.print, stands, at: Timestamp::now(), trouble };
            context.store.lists.with(&list.uid().unwrap_or_default(), |memory| memory.refused(&wanted.name, refusal));
            None
        }
        Err(Failure::Again(why)) => Some(format!("{}: {why}", wanted.name)),
    }
}

/// Brings one guest to what is declared.
async fn write(
    api: &Api<GuestInvitation>,
    list: &GuestList,
    wanted: &WantedGuest,
    declared: &DeclaredGuest,
    child: Option<&Arc<Child>>,
) -> Result<GuestInvitation, Failure> {
    let params = PatchParams::apply(MANAGER);
    // Nothing is forced upon a resource that was not seen: it may be somebody else's.
    let params = if child.is_some() { params.force() } else { params };
    let patch = Patch::Apply(manifest(list, wanted, declared, child));
    let before = child.map(|child| child.print);
    let applied = within(api.patch(&wanted.name, &params, &patch)).await.map_err(|refused| refusal(refused, before))?;
    let is_right = |guest: &GuestInvitation| print_of(guest) == declared.print && is_owned(guest, list);
    if is_right(&applied) {
        return Ok(applied);
    }
    // Apply leaves alone what others have added; the list says all that is to be said.
    let params = PatchParams { field_manager: Some(MANAGER.into()), ..PatchParams::default() };
    let surplus = json!({
        "metadata": {"uid": applied.uid(), "resourceVersion": applied.resource_version()},
        "spec": surplus::difference(&value(&applied.spec), &value(&declared.spec)),
    });
    let trimmed = within(api.patch(&wanted.name, &params, &Patch::Merge(surplus))).await;
    let trimmed = trimmed.map_err(|refused| refusal(refused, Some(print_of(&applied))))?;
    if is_right(&trimmed) {
        return Ok(trimmed);
    }
    let message = "Something in the cluster, such as an admission webhook, changes this GuestInvitation as soon as the list has written it. Exempt it there, or declare in the list what it is changed to.";
    let trouble = ChildTrouble::new(Reason::ChangedByOthers, message);
    Err(Failure::Refused { trouble, stands: Some(print_of(&trimmed)) })
}

fn manifest(list: &GuestList, wanted: &WantedGuest, declared: &DeclaredGuest, child: Option<&Arc<Child>>) -> Value {
    let mut manifest = json!({
        "apiVersion": GuestInvitation::api_version(&()),
        "kind": GuestInvitation::kind(&()),
        "metadata": {
            "name": wanted.name,
            "labels": {LIST: list_label(&list.name_any())},
            "ownerReferences": [{
                "apiVersion": GuestList::api_version(&()),
                "kind": GuestList::kind(&()),
                "name": list.name_any(),
                "uid": list.uid(),
                "controller": true,
                "blockOwnerDeletion": true,
            }],
        },
        "spec": declared.raw,
    });
    if let Some(child) = child {
        manifest["metadata"]["uid"] = child.uid.clone().into();
    }
    manifest
}

fn print_of(guest: &GuestInvitation) -> u64 {
    print(&guest.spec, guest.labels().get(LIST).map(String::as_str))
}

/// Whether `list` is the owner, which a webhook may have taken off.
fn is_owned(guest: &GuestInvitation, list: &GuestList) -> bool {
    Child::of(guest).is_some_and(|child| child.list.is_some() && child.list == list.uid())
}

fn value(spec: &crate::api::GuestInvitationSpec) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// A request that brought nothing.
#[derive(Debug, thiserror::Error)]
enum FailedRequest {
    /// The API server says no, or not now.
    #[error("{}", .0.message)]
    Status(#[source] Box<Status>),
    /// Nobody knows.
    #[error(transparent)]
    Unknown(kube::Error),
    /// No answer in time: nobody knows either.
    #[error("no answer within {} s", TIMEOUT.as_secs())]
    Late(#[from] Elapsed),
}

impl From<kube::Error> for FailedRequest {
    fn from(error: kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::Status(status),
            error => Self::Unknown(error),
        }
    }
}

async fn within<T>(request: impl Future<Output = kube::Result<T>>) -> Result<T, FailedRequest> {
    Ok(tokio::time::timeout(TIMEOUT, request).await??)
}

fn refusal(refused: FailedRequest, stands: Option<u64>) -> Failure {
    let status = match refused {
        FailedRequest::Status(status) => status,
        unknown => return Failure::Again(unknown),
    };
    // Not found is the namespace, or a resource that went meanwhile; a conflict is somebody who was quicker.
    let passes = matches!(status.code, 404 | 408 | 409 | 429);
    if passes || !(400..500).contains(&status.code) {
        return Failure::Again(FailedRequest::Status(status));
    }
    let said = sentence(&status);
    let trouble = match stands {
        None => ChildTrouble::new(Reason::EntryRefused, format!("The API server refuses this guest: {said}")),
        Some(_) => ChildTrouble::new(
            Reason::ChangeRefused,
            format!(
                "The change is refused and the guest stays as before: {said}. Take the change back; or take the entry away and, once its GuestInvitation is gone, add it again."
            ),
        ),
    };
    Failure::Refused { trouble, stands }
}

/// What the API server has against it, without the words that only programs need.
fn sentence(status: &Status) -> String {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    let said: Vec<String> = causes
        .filter(|cause| !cause.message.contains("some validation rules were not checked"))
        .map(|cause| {
            let plain = cause.message.strip_prefix("Invalid value: ").and_then(|message| message.split_once("\": "));
            let message = plain.map_or(cause.message.as_str(), |(_, message)| message);
            if cause.field.is_empty() { message.to_owned() } else { format!("{}: {message}", cause.field) }
        })
        .collect();
    if said.is_empty() { status.message.clone() } else { said.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_the_words_of_its_rule() {
        let status: Status = serde_json::from_value(json!({
            "code": 422, "message": "GuestInvitation.guestlist.dev \"x\" is invalid: ...", "reason": "Invalid",
            "details": {"causes": [
                {"field": "spec.userType", "message": "Invalid value: \"object\": userType cannot change", "reason": "FieldValueInvalid"},
                {"field": "<nil>", "message": "Invalid value: null: some validation rules were not checked because the object was invalid", "reason": "FieldValueInvalid"},
            ]},
        }))
        .unwrap();
        assert_eq!(sentence(&status), "spec.userType: userType cannot change");
        assert!(
            matches!(refusal(FailedRequest::Status(Box::new(status)), Some(1)), Failure::Refused { trouble, .. } if trouble.explanation.reason == Reason::ChangeRefused)
        );
    }

    #[test]
    fn an_outage_is_no_refusal() {
        for code in [500, 503, 504, 409, 404, 429] {
            let status = Status { code, message: "later".into(), ..Status::default() };
            assert!(matches!(refusal(FailedRequest::Status(Box::new(status)), None), Failure::Again(_)), "{code}");
        }
        assert!(matches!(
            refusal(FailedRequest::Unknown(kube::Error::LinesCodecMaxLineLengthExceeded), None),
            Failure::Again(_)
        ));
    }
}
