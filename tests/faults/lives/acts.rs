//! Carries the acts of a life out, as people do it: by the API server, and in the directory.

use std::collections::HashMap;

use entra_simulator::{SeedGroup, SeedKind, SeedUser, User};
use jiff::Timestamp;
use kube::Api;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams, Preconditions};
use serde_json::{Value, json};
use testbed::stories::{TENANT, simulator};
use testbed::world::World;

use super::log::Log;
use super::oracle::life::{Existing, Rules, What};
use super::script::{Act, Found, Name, Person, namespaces};
use super::spec::{GROUPS, SPONSOR, Spec};

/// The label that some rules ask for.
const LABEL: &str = "guests";

/// How often an act is tried that somebody else's write came in between of.
const TRIES: usize = 8;

/// Those who act.
pub struct People<'a> {
    world: &'a World,
    /// What vanished, as it was.
    vanished: HashMap<Name, Value>,
}

impl<'a> People<'a> {
    /// Makes the namespaces, the groups, and those who are in the directory before anybody claims them.
    pub async fn arrive(world: &'a World, people: &[Person], log: &mut Log) -> Self {
        let began = log.clock.now();
        for namespace in namespaces() {
            let label = json!({LABEL: "yes"});
            let manifest =
                json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": label}});
            world.apply(&manifest.to_string()).await.unwrap();
            let mut course = super::oracle::time::Course::default();
            course.push(log.since(began), true);
            log.labels.push((namespace, course));
        }
        for group in GROUPS {
            simulator(world).seed_group(TENANT, SeedGroup::new(group));
        }
        simulator(world).seed(TENANT, SeedUser::new(SPONSOR, SeedKind::Member));
        for person in people {
            let Some(found) = person.found else { continue };
            let kind = match found {
                Found::Pending => SeedKind::PendingGuest,
                Found::Accepted => SeedKind::AcceptedGuest,
                Found::Member => SeedKind::Member,
            };
            let user = simulator(world).seed(TENANT, SeedUser::new(&person.address, kind));
            let (address, member, accepted) =
                (person.address.clone(), found == Found::Member, found == Found::Accepted);
            log.deed(&user, What::WasThere { address, member, accepted });
        }
        Self { world, vanished: HashMap::new() }
    }

    /// Does it. What cannot be done, because it is not there or somebody else is quicker, is counted as that.
    pub async fn carry_out(&mut self, act: &Act, log: &mut Log) {
        let done = match act {
            Act::Declare { name, address, spec } => self.declare(name, address, spec, log).await,
            Act::Edit { name, spec } => {
                self.patch(name, json!({"spec": spec.changes(&name.name, Timestamp::now())}), log).await
            }
            Act::Suspend { name, suspend } => self.patch(name, json!({"spec": {"suspend": suspend}}), log).await,
            Act::Delete { name } => self.delete(name, None, log).await,
            Act::Pass { from, to, address, spec, old_first } => {
                let first = *old_first && self.delete(from, None, log).await.is_some();
                let declared = self.declare(to, address, spec, log).await;
                if !first {
                    self.delete(from, None, log).await;
                }
                declared
            }
            Act::Resend { name, value } => self.annotate(name, "guestlist.dev/resend", value, log).await,
            Act::Reset { name, value } => self.annotate(name, "guestlist.dev/reset-redemption", value, log).await,
            Act::Forge { name, how } => self.forge(name, *how, log).await,
            Act::Vanish { name } => self.vanish(name, log).await,
            Act::ForceOff { name } => self.force_off(name, log).await,
            Act::Restore { name } => self.restore(name, log).await,
            Act::Redeem { address } => self.redeem(address, log),
            Act::Disable { address } => self.disable(address, log),
            Act::Leave { address } => self.leave(address, log),
            Act::Rules(rules) => self.rule(rules, log).await,
            Act::Label { namespace, label } => self.label(namespace, *label, log).await,
        };
        log.count(if done.is_some() { act.kind() } else { "not possible" });
    }

    async fn claims(&self, name: &Name) -> Api<DynamicObject> {
        self.world.plane.api_of("guestlist.dev/v1alpha1", "GuestInvitation", &name.namespace).await.unwrap()
    }

    async fn declare(&self, name: &Name, address: &str, spec: &Spec, log: &mut Log) -> Option<()> {
        self.create(name, json!({"spec": spec.json(&name.name, address, Timestamp::now())}), log).await.map(|_| ())
    }

    async fn create(&self, name: &Name, mut object: Value, log: &mut Log) -> Option<DynamicObject> {
        object["apiVersion"] = json!("guestlist.dev/v1alpha1");
        object["kind"] = json!("GuestInvitation");
        object["metadata"]["name"] = json!(name.name);
        object["metadata"]["namespace"] = json!(name.namespace);
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        let from = log.clock.now();
        let made = possible(self.claims(name).await.create(&PostParams::default(), &object).await)?;
        wrote(&made, from, log);
        Some(made)
    }

    async fn patch(&self, name: &Name, patch: Value, log: &mut Log) -> Option<()> {
        let from = log.clock.now();
        let api = self.claims(name).await;
        let patched = possible(api.patch(&name.name, &PatchParams::default(), &Patch::Merge(&patch)).await)?;
        wrote(&patched, from, log);
        Some(())
    }

    async fn annotate(&self, name: &Name, key: &str, value: &str, log: &mut Log) -> Option<()> {
        self.patch(name, json!({"metadata": {"annotations": {key: value}}}), log).await
    }

    /// Deletes it, if it is still at `version`.
    async fn delete(&self, name: &Name, version: Option<&DynamicObject>, log: &mut Log) -> Option<()> {
        let api = self.claims(name).await;
        let before = match version {
            Some(version) => version.clone(),
            None => possible(api.get(&name.name).await)?,
        };
        let params = match version {
            Some(version) => DeleteParams::default().preconditions(Preconditions {
                uid: version.metadata.uid.clone(),
                resource_version: version.metadata.resource_version.clone(),
            }),
            None => DeleteParams::default(),
        };
        let from = log.clock.now();
        let deleted = possible(api.delete(&name.name, &params).await)?;
        match deleted.left() {
            Some(waits) => wrote(&waits, from, log),
            None => went(&before, from, log),
        }
        Some(())
    }

    async fn vanish(&mut self, name: &Name, log: &mut Log) -> Option<()> {
        let api = self.claims(name).await;
        for _ in 0..TRIES {
            let seen = possible(api.get(&name.name).await)?;
            if seen.metadata.deletion_timestamp.is_some() {
                return None;
            }
            let version = &seen.metadata.resource_version;
            let patch = json!({"metadata": {"finalizers": null, "resourceVersion": version}});
            let from = log.clock.now();
            let Some(bare) = possible(api.patch(&name.name, &PatchParams::default(), &Patch::Merge(&patch)).await)
            else {
                continue;
            };
            wrote(&bare, from, log);
            if self.delete(name, Some(&bare), log).await.is_some() {
                self.vanished.insert(name.clone(), serde_json::to_value(&seen).unwrap());
                return Some(());
            }
        }
        None
    }

    async fn force_off(&self, name: &Name, log: &mut Log) -> Option<()> {
        let api = self.claims(name).await;
        let seen = possible(api.get(&name.name).await)?;
        self.delete(name, None, log).await?;
        log.forced.extend(seen.metadata.uid.clone());
        let from = log.clock.now();
        let patch = json!({"metadata": {"finalizers": null}});
        if possible(api.patch(&name.name, &PatchParams::default(), &Patch::Merge(&patch)).await).is_some() {
            went(&seen, from, log);
        }
        Some(())
    }

    async fn restore(&mut self, name: &Name, log: &mut Log) -> Option<()> {
        let mut old = self.vanished.remove(name)?;
        let annotations = old["metadata"]["annotations"].take();
        let made = json!({"metadata": {"annotations": annotations}, "spec": old["spec"].take()});
        self.create(name, made, log).await?;
        self.tell(name, old["status"].take(), log).await
    }

    /// Writes into the status.
    async fn tell(&self, name: &Name, status: Value, log: &mut Log) -> Option<()> {
        let (api, from) = (self.claims(name).await, log.clock.now());
        let patch = Patch::Merge(json!({"status": status}));
        let told = possible(api.patch_status(&name.name, &PatchParams::default(), &patch).await)?;
        wrote(&told, from, log);
        Some(())
    }

    /// What somebody might wish for: nothing at all, no mail yet, another user, an end, or everything done.
    async fn forge(&self, name: &Name, how: usize, log: &mut Log) -> Option<()> {
        let others = simulator(self.world).users(TENANT);
        let other = others.get(how % others.len().max(1)).map(|user| user.id.clone()).unwrap_or_default();
        let forged = [
            Value::Null,
            json!({"invitation": {"sent": 0, "attempt": null}, "lastHandled": null}),
            json!({"guest": {"id": other, "origin": "Invited"}, "state": "Pending"}),
            json!({"guest": {"id": other, "origin": "Invited"}, "redemption": {"state": "PendingAcceptance"}}),
            json!({"ended": {"reason": "Expired", "at": "2026-01-01T00:00:00Z", "how": "Deleted"}}),
            json!({"ended": {"reason": "AccessEnded", "at": "2026-01-01T00:00:00Z", "how": "Disabled"}}),
            json!({"lastHandled": {"resend": "1", "resetRedemption": "2"}, "invitation": {"sent": 7}}),
        ];
        self.tell(name, forged[how % forged.len()].clone(), log).await
    }

    fn redeem(&self, address: &str, log: &mut Log) -> Option<()> {
        let user = simulator(self.world).user(TENANT, address).filter(User::is_pending)?;
        simulator(self.world).redeem(TENANT, address, None).ok()?;
        log.deed(&user.id, What::Accepted);
        Some(())
    }

    fn disable(&self, address: &str, log: &mut Log) -> Option<()> {
        let user = simulator(self.world).user(TENANT, address).filter(|user| user.account_enabled)?;
        simulator(self.world).change_user(TENANT, &user.id, |user| user.account_enabled = false).ok()?;
        log.deed(&user.id, What::Disabled);
        Some(())
    }

    fn leave(&self, address: &str, log: &mut Log) -> Option<()> {
        let guest = |user: &User| user.user_type.as_deref() == Some("Guest");
        let user = simulator(self.world).user(TENANT, address).filter(guest)?;
        simulator(self.world).delete_user(TENANT, &user.id).ok()?;
        log.deed(&user.id, What::Deleted);
        Some(())
    }

    async fn rule(&self, rules: &Rules, log: &mut Log) -> Option<()> {
        let from = log.clock.now();
        let api = self.world.plane.api_of("guestlist.dev/v1alpha1", "EntraTenant", "").await.unwrap();
        let patch = Patch::Merge(json!({"spec": {"access": access(rules)}}));
        api.patch("default", &PatchParams::default(), &patch).await.unwrap();
        log.rules.push(log.since(from), rules.clone());
        Some(())
    }

    async fn label(&self, namespace: &str, label: bool, log: &mut Log) -> Option<()> {
        let from = log.clock.now();
        let api = self.world.plane.api_of("v1", "Namespace", "").await.unwrap();
        let patch = Patch::Merge(json!({"metadata": {"labels": {LABEL: if label { "yes" } else { "no" }}}}));
        api.patch(namespace, &PatchParams::default(), &patch).await.unwrap();
        let span = log.since(from);
        let (_, course) = log.labels.iter_mut().find(|(name, _)| name == namespace)?;
        course.push(span, label);
        Some(())
    }
}

/// The rules as an EntraTenant has them.
pub fn access(rules: &Rules) -> Value {
    let all = [Existing::Refuse, Existing::Follow, Existing::Manage, Existing::Own];
    let existing: Vec<String> =
        all.iter().filter(|existing| **existing <= rules.existing).map(|existing| format!("{existing:?}")).collect();
    let mut rule = json!({"existing": existing, "redeemAs": "Allowed"});
    if rules.groups {
        rule["groups"] = json!(["*"]);
    }
    if rules.profile {
        rule["profile"] = json!(["*"]);
    }
    if rules.links {
        rule["redeemLinks"] = json!("Allowed");
    }
    if !rules.sponsors {
        rule["sponsors"] = json!([]);
    }
    if !rules.deletes {
        rule["deletionPolicies"] = json!(["Retain", "Disable"]);
    }
    if rules.labelled {
        rule["namespaces"] = json!({"matchLabels": {LABEL: "yes"}});
    }
    if let Some(domain) = &rules.domain {
        rule["emailDomains"] = json!([domain]);
    }
    json!([rule])
}

/// What came of a request; nothing where the object is not there, is there already, or was changed meanwhile.
fn possible<T>(result: Result<T, kube::Error>) -> Option<T> {
    match result {
        Ok(done) => Some(done),
        Err(kube::Error::Api(status)) if [404, 409].contains(&status.code) => None,
        Err(error) => panic!("the API server refuses an act: {error}"),
    }
}

fn wrote(object: &DynamicObject, from: i64, log: &mut Log) {
    let span = log.since(from);
    // A write that changes nothing has the version of the one before.
    log.written.entry(object.metadata.resource_version.clone().unwrap_or_default()).or_insert(span);
}

fn went(object: &DynamicObject, from: i64, log: &mut Log) {
    let span = log.since(from);
    log.gone.insert(object.metadata.uid.clone().unwrap_or_default(), span);
}
