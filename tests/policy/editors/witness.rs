//! Gathers the facts: from the API server every version of every GuestInvitation, from the simulator the journal and the directory.

use std::collections::HashMap;
use std::sync::Arc;

use entra_simulator::{Entry, MailKind, RequestEntry, User};
use futures::StreamExt as _;
use kube::api::DynamicObject;
use kube::core::{ApiResource, GroupVersionKind};
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, ResourceExt as _};
use parking_lot::Mutex;
use serde_json::Value;
use testbed::stories::{TENANT, simulator};
use testbed::world::World;
use tokio::task::JoinHandle;

use super::judge::facts::{Approval, Deed, Facts, Mail, Person, Version, What};
use super::scene::access;

/// The operations that change nothing.
pub const READS: [&str; 13] = [
    "listUsers",
    "getUser",
    "batch",
    "listDeletedUsers",
    "getDeletedItem",
    "getOrganization",
    "listGroups",
    "getGroup",
    "listMemberOf",
    "listMembers",
    "listSponsors",
    "token",
    "checkMemberGroups",
];

/// A watch on all GuestInvitations. It ends when it is dropped.
pub struct Witness {
    versions: Arc<Mutex<Vec<Version>>>,
    watch: JoinHandle<()>,
    /// Who was there before the first act.
    found: Vec<User>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Witness {
    /// Begins to watch, before anybody acts.
    pub fn start(world: &World) -> Self {
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("guestlist.dev", "v1alpha1", "GuestInvitation"));
        let api: Api<DynamicObject> = Api::all_with(world.plane.admin_client(), &kind);
        let versions = Arc::new(Mutex::new(Vec::new()));
        let seen = versions.clone();
        let watch = tokio::spawn(async move {
            let mut events = watcher(api, watcher::Config::default()).boxed();
            while let Some(event) = events.next().await {
                if let Ok(Event::Apply(guest) | Event::InitApply(guest)) = event {
                    seen.lock().push(version(&guest));
                }
            }
        });
        Self { versions, watch, found: simulator(world).users(TENANT) }
    }

    /// The users who were there before and of whom no version ever was, but are not as they were.
    pub fn touched(&self, world: &World) -> Vec<String> {
        let versions = self.versions.lock();
        let own = |user: &User| user.mail.clone().unwrap_or_else(|| user.user_principal_name.clone());
        let named = |user: &&User| {
            let same = |version: &Version| {
                version.spec["email"] == address(user).as_str() || version.spec["email"] == own(user)
            };
            versions.iter().any(same)
        };
        let alone = self.found.iter().filter(|user| !named(user));
        alone.filter(|user| simulator(world).user(TENANT, &user.id).as_ref() != Some(user)).map(own).collect()
    }

    /// All facts, with what the approver has said.
    pub fn facts(&self, world: &World, approvals: &[Approval]) -> Facts {
        let directory = simulator(world);
        let found: HashMap<&str, &User> = self.found.iter().map(|user| (user.id.as_str(), user)).collect();
        let all = directory.users(TENANT).into_iter().chain(directory.deleted_users(TENANT));
        let users: Vec<Person> = all
            .map(|user| {
                let before = found.get(user.id.as_str());
                Person {
                    address: before.map_or_else(|| address(&user), |before| address(before)),
                    found: before.map(|before| before.mail.clone().unwrap_or_else(|| address(before))),
                    created: user.created_date_time,
                    deleted: user.deleted_date_time,
                    id: user.id,
                }
            })
            .collect();
        let groups: HashMap<String, String> =
            directory.groups(TENANT).into_iter().map(|group| (group.id, group.display_name)).collect();
        let mut facts = Facts { access: access(), approvals: approvals.to_vec(), users, ..Facts::default() };
        facts.versions = self.versions.lock().clone();
        for entry in directory.journal() {
            match entry {
                Entry::Request(request) if !READS.contains(&request.operation.as_str()) && !took_nothing(&request) => {
                    let what = what(&request, &groups, &facts.users);
                    facts.deeds.push(Deed { at: request.at, what });
                }
                Entry::Mail(mail) if mail.kind != MailKind::Passcode => {
                    facts.mails.push(Mail { at: mail.at, to: mail.to, cc: mail.cc, own: mail.kind == MailKind::Own });
                }
                Entry::Request(_) | Entry::Mail(_) => {}
            }
        }
        facts
    }
}

/// Whether it asked to remove a relation that was not there. What the operator meant to add is on record first. Where the claim
/// changes before it is added, it is asked to be removed all the same, and nobody is changed.
fn took_nothing(request: &RequestEntry) -> bool {
    ["removeMember", "removeSponsor"].contains(&request.operation.as_str()) && request.status() == Some(404)
}

fn version(guest: &DynamicObject) -> Version {
    Version {
        namespace: guest.namespace().unwrap_or_default(),
        uid: guest.uid().unwrap_or_default(),
        generation: guest.metadata.generation.unwrap_or_default(),
        created: guest.creation_timestamp().map(|made| made.0).unwrap_or_default(),
        annotations: guest.annotations().keys().cloned().collect(),
        spec: guest.data["spec"].clone(),
    }
}

/// The address that an invitation makes a principal name of: `pat_red.example#EXT#@contoso.onmicrosoft.com`.
fn address(user: &User) -> String {
    let made = user.user_principal_name.split_once("#EXT#").and_then(|(name, _)| name.rsplit_once('_'));
    made.map_or_else(|| user.user_principal_name.clone(), |(local, domain)| format!("{local}@{domain}"))
}

fn what(request: &RequestEntry, groups: &HashMap<String, String>, users: &[Person]) -> What {
    let body = request.body.clone().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let path: Vec<&str> = request.path.trim_start_matches("/v1.0").split('/').filter(|part| !part.is_empty()).collect();
    let part = |n: usize| path.get(n).copied().unwrap_or_default().to_owned();
    let link = text(&body["@odata.id"]).rsplit('/').next().unwrap_or_default().to_owned();
    let group = |id: String| groups.get(&id).cloned().unwrap_or(id);
    let sponsor = |id: String| users.iter().find(|user| user.id == id).map(|user| user.address.clone()).unwrap_or(id);
    match request.operation.as_str() {
        "createInvitation" => What::Invite {
            address: text(&body["invitedUserEmailAddress"]),
            resets: body["invitedUser"]["id"].as_str().map(str::to_owned).filter(|_| body["resetRedemption"] == true),
            mails: body["sendInvitationMessage"] == true,
            member: body["invitedUserType"] == "Member",
            redirect: text(&body["inviteRedirectUrl"]),
            cc: body["invitedUserMessageInfo"]["ccRecipients"][0]["emailAddress"]["address"]
                .as_str()
                .map(str::to_owned),
        },
        "updateUser" => What::Update { user: part(1), changes: body.as_object().cloned().unwrap_or_default() },
        "deleteUser" => What::Delete { user: part(1) },
        "restoreDeletedItem" => What::Restore { user: part(2) },
        "addMember" => What::Join { user: link, group: group(part(1)) },
        "removeMember" => What::Leave { user: part(3), group: group(part(1)) },
        "addSponsor" => What::Sponsor { user: part(1), sponsor: sponsor(link) },
        "removeSponsor" => What::Unsponsor { user: part(1), sponsor: sponsor(part(3)) },
        other => What::Other(other.to_owned()),
    }
}
