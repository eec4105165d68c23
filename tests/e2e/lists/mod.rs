//! Guests by the list: one array and one template, of which only what differs is written.

mod size;
mod template;
mod wrong;

use std::collections::BTreeMap;

use kube::ResourceExt;
use kube::api::{DynamicObject, ListParams};
use serde_json::{Value, json};
use testbed::stories::{SOON, condition, guest_list, guests, kstatus, mails, named_list};
use testbed::world::World;

/// What `analysts` calls adele@fabrikam.com, for ever.
const ADELE: &str = "analysts-adele-fabrikam-com-b11d5r0d";

fn entries(emails: impl IntoIterator<Item = String>) -> Vec<Value> {
    emails.into_iter().map(|email| json!({"email": email})).collect()
}

/// Applies the list `name`.
async fn declare(world: &World, name: &str, template: &Value, guests: &[Value]) {
    world.apply(&guest_list(name, template, guests).to_string()).await.unwrap();
}

/// The GuestInvitations of a list, by address.
async fn children(world: &World, list: &str) -> BTreeMap<String, DynamicObject> {
    let params = ListParams::default().labels(&format!("guestlist.dev/list={list}"));
    let children = guests(world).await.list(&params).await.unwrap();
    children.into_iter().map(|child| (child.data["spec"]["email"].as_str().unwrap().to_owned(), child)).collect()
}

/// Waits until the Ready condition of the list has `reason`, for the newest spec; returns the list.
async fn until_list(world: &World, name: &str, reason: &str) -> Value {
    let is = |list: &Value| {
        condition(list, "Ready").1 == reason && list["status"]["observedGeneration"] == list["metadata"]["generation"]
    };
    let list = world.wait_for(&named_list(name), &format!("be {reason}"), is, SOON).await.unwrap();
    kstatus(&list);
    list
}

/// Waits until as many guests of the list as said are in a state.
async fn until_count(world: &World, name: &str, state: &str, count: usize) -> Value {
    let is = |list: &Value| list["status"]["guests"][state] == count && condition(list, "Reconciling").0.is_empty();
    world.wait_for(&named_list(name), &format!("have {count} {state}"), is, SOON).await.unwrap()
}

/// What does not change when nobody writes.
fn versions(children: &BTreeMap<String, DynamicObject>) -> BTreeMap<&str, String> {
    children.iter().map(|(email, child)| (email.as_str(), child.resource_version().unwrap())).collect()
}

fn all_mails(world: &World, emails: impl IntoIterator<Item = String>) -> Vec<usize> {
    emails.into_iter().map(|email| mails(world, &email)).collect()
}

fn address(n: usize) -> String {
    format!("guest{n}@fabrikam.com")
}

/// The first sweep after an invitation writes what the directory shows; only then are the guests at rest.
async fn until_followed(world: &World, list: &str) {
    let deadline = std::time::Instant::now() + SOON;
    while !children(world, list).await.values().all(|guest| guest.data["status"]["redemption"]["state"].is_string()) {
        assert!(std::time::Instant::now() < deadline, "the guests of {list} are not followed");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

async fn until_invited(world: &World, name: &str, count: usize) -> Value {
    let is = |list: &Value| list["status"]["guests"]["invited"] == count;
    world.wait_for(&named_list(name), &format!("have {count} invited"), is, SOON).await.unwrap()
}
