//! Puts a life together from all who saw it: the API server's history, the simulator's journal, and those who acted.

use kube::Api;
use kube::api::{DynamicObject, ListParams};
use kube::core::{ApiResource, GroupVersionKind};
use serde_json::Value;
use testbed::stories::{TENANT, simulator};
use testbed::world::World;

use super::history::History;
use super::log::Log;
use super::oracle::life::{End, Life, User};
use super::read;

/// The life so far, with how things stand now. `unrest` is what happened in the span of rest.
pub async fn life(world: &World, history: &History, log: &Log, unrest: Vec<String>) -> Life {
    let groups = simulator(world).groups(TENANT);
    let name = |id: &str| {
        groups.iter().find(|group| group.id == id).map_or_else(|| id.to_owned(), |group| group.display_name.clone())
    };
    let (requests, mails) = read::journal(&simulator(world).journal(), log.clock, name);
    let told = claims(world).await.iter().map(read::told).collect();
    let users = users(world);
    let (claims, guests) = history.told(log);
    Life {
        claims,
        guests,
        requests,
        mails,
        deeds: log.deeds.clone(),
        rules: log.rules.clone(),
        labels: log.labels.clone(),
        blind: log.blind.clone(),
        end: End { at: log.clock.now(), told, users, unrest },
    }
}

/// All claims as they are now.
pub async fn claims(world: &World) -> Vec<Value> {
    all(world, "GuestInvitation", "guestinvitations").await
}

/// All Guests as they are now.
pub async fn guests(world: &World) -> Vec<Value> {
    all(world, "GuestRecord", "guests").await
}

/// The objects of one of our kinds, in all namespaces.
pub fn api(client: kube::Client, kind: &str, plural: &str) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("guestlist.dev", "v1alpha1", kind);
    Api::all_with(client, &ApiResource::from_gvk_with_plural(&kind, plural))
}

async fn all(world: &World, kind: &str, plural: &str) -> Vec<Value> {
    let api = api(world.plane.admin_client(), kind, plural);
    let listed = api.list(&ListParams::default()).await.unwrap();
    listed.into_iter().map(|object| serde_json::to_value(object).unwrap()).collect()
}

fn users(world: &World) -> Vec<User> {
    let mut users: Vec<User> = simulator(world)
        .users(TENANT)
        .into_iter()
        .map(|user| User {
            enabled: user.account_enabled,
            accepted: user.external_user_state.as_deref() == Some("Accepted"),
            title: user.profile.get("jobTitle").and_then(Value::as_str).map(str::to_owned),
            id: user.id,
            groups: Vec::new(),
        })
        .collect();
    for group in simulator(world).groups(TENANT) {
        for member in simulator(world).members(TENANT, &group.id) {
            if let Some(user) = users.iter_mut().find(|user| user.id == member.id) {
                user.groups.push(group.display_name.clone());
            }
        }
    }
    users
}
