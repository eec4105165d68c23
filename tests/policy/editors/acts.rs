//! Carries the acts out, each with the rights of who acts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{Value, json};
use testbed::world::World;

use super::judge::facts::Approval;
use super::scene::{TEAMS, account, of};
use super::script::{Act, What};
use crate::ask;

/// Those who act, and what came of it.
pub struct Actors {
    editors: BTreeMap<&'static str, Client>,
    approver: Client,
    /// Each yes to what stood there.
    pub approvals: Vec<Approval>,
    /// How often what was done, or refused.
    pub done: BTreeMap<String, usize>,
}

/// Where the object does not exist, or somebody was quicker, an act comes to nothing.
type Done = Result<(), kube::Error>;

impl Actors {
    /// An editor in each team, and an approver in the one whose rules want one.
    pub async fn arrive(world: &World) -> Self {
        let (edit, view) = ("guestlist-system-edit", "guestlist-system-view");
        let mut editors = BTreeMap::new();
        for team in TEAMS {
            editors.insert(team, account(world, &format!("editor-{team}"), team, &[edit, view]).await);
        }
        let approver = account(world, "approver", "blue", &["guestlist-approver"]).await;
        Self { editors, approver, approvals: Vec::new(), done: BTreeMap::new() }
    }

    /// Does it.
    pub async fn carry_out(&mut self, act: &Act) {
        let (kind, done) = match &act.what {
            What::Declare(spec) => ("declared", self.declare(act, spec).await),
            What::Patch(patch) => ("patched", self.patch(act, patch).await),
            What::Delete => ("deleted", deleted(&self.guests(act), &act.name).await),
            What::List(guests) => ("lists", self.list(act, guests).await),
            What::DeleteList => ("deleted lists", deleted(&self.lists(act), "list").await),
            What::Status(status) => ("told a status", tell(&self.guests(act), &act.name, status).await),
            What::Elsewhere(how) => ("went elsewhere", self.elsewhere(act, *how).await),
            What::Approve { yes, late } => ("approved", self.approve(act, *yes, *late).await),
            What::Report(status) => {
                ("reported", tell(&of(&self.approver, "GuestInvitation", "blue"), &act.name, status).await)
            }
        };
        let came = match done {
            Ok(()) => kind.to_owned(),
            Err(kube::Error::Api(status)) if (400..500).contains(&status.code) => format!("{kind}: {}", status.code),
            Err(error) => panic!("{act:?}: {error}"),
        };
        // What is another team's, the platform team's or the operator's is nobody's to write.
        let not_theirs = matches!(act.what, What::Status(_) | What::Elsewhere(_));
        assert!(!not_theirs || came.ends_with("403"), "{act:?}: {came}");
        *self.done.entry(came).or_default() += 1;
    }

    fn guests(&self, act: &Act) -> Api<DynamicObject> {
        of(&self.editors[act.team], "GuestInvitation", act.team)
    }

    fn lists(&self, act: &Act) -> Api<DynamicObject> {
        of(&self.editors[act.team], "GuestList", act.team)
    }

    async fn declare(&self, act: &Act, spec: &Value) -> Done {
        let api = self.guests(act);
        let guest = object(ask::guest(act.team, &act.name, spec));
        match api.create(&PostParams::default(), &guest).await {
            Err(kube::Error::Api(status)) if status.code == 409 => {
                let mut spec = spec.clone();
                // Whom it is for cannot change.
                ["email", "userType"].iter().for_each(|field| spec[field] = Value::Null);
                spec.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                self.patch(act, &json!({"spec": spec})).await
            }
            other => other.map(|_| ()),
        }
    }

    async fn patch(&self, act: &Act, patch: &Value) -> Done {
        self.guests(act).patch(&act.name, &PatchParams::default(), &Patch::Merge(patch)).await.map(|_| ())
    }

    async fn list(&self, act: &Act, guests: &[Value]) -> Done {
        let list = json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList",
            "metadata": {"name": "list", "namespace": act.team}, "spec": {"template": {}, "guests": guests},
        });
        let params = PatchParams::apply("editor").force();
        self.lists(act).patch("list", &params, &Patch::Apply(&list)).await.map(|_| ())
    }

    /// Everything here takes rights that nobody has.
    async fn elsewhere(&self, act: &Act, how: usize) -> Done {
        let client = &self.editors[act.team];
        let other = TEAMS[(TEAMS.iter().position(|team| *team == act.team).unwrap() + 1) % TEAMS.len()];
        let theirs = of(client, "GuestInvitation", other);
        let spec = json!({"email": format!("p0@{other}.example"), "deletionPolicy": "Delete"});
        let merge = |patch: Value| Patch::Merge(patch);
        let params = PatchParams::default();
        match how % 7 {
            0 => theirs.create(&PostParams::default(), &object(ask::guest(other, "mine", &spec))).await.map(|_| ()),
            1 => deleted(&theirs, &act.name).await,
            2 => theirs
                .patch(&act.name, &params, &merge(json!({"spec": {"deletionPolicy": "Delete"}})))
                .await
                .map(|_| ()),
            3 => {
                let tenant = cluster_wide(client, "EntraTenant", "entratenants");
                tenant.patch("default", &params, &merge(json!({"spec": {"access": [{}]}}))).await.map(|_| ())
            }
            4 => cluster_wide(client, "GuestRecord", "guests").list(&Default::default()).await.map(|_| ()),
            5 => {
                let guests = cluster_wide(client, "GuestRecord", "guests");
                guests.patch("any", &params, &merge(json!({"spec": {"grant": "Own"}}))).await.map(|_| ())
            }
            _ => {
                let approved = json!({"conditions": [{
                    "type": "Approved", "status": "True", "reason": "Mine", "message": "", "observedGeneration": 1,
                    "lastTransitionTime": "2026-11-22T10:00:00Z",
                }]});
                tell(&self.guests(act), &act.name, &approved).await
            }
        }
    }

    async fn approve(&mut self, act: &Act, yes: bool, late: i64) -> Done {
        let api = of(&self.approver, "GuestInvitation", "blue");
        let read = api.get(&act.name).await?;
        let generation = read.metadata.generation.unwrap_or_default();
        let from = Timestamp::now();
        let word = json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestInvitation", "metadata": {"name": act.name},
            "status": {"conditions": [{
                "type": "Approved", "status": if yes { "True" } else { "False" }, "reason": "Reviewed", "message": "",
                "observedGeneration": generation - late, "lastTransitionTime": "2026-11-22T10:00:00Z",
            }]},
        });
        let params = PatchParams::apply("approver").force();
        api.patch_status(&act.name, &params, &Patch::Apply(&word)).await?;
        if yes && late == 0 {
            self.approvals.push(Approval { uid: read.metadata.uid.unwrap_or_default(), generation, from });
        }
        Ok(())
    }
}

fn object(value: Value) -> DynamicObject {
    serde_json::from_value(value).unwrap()
}

fn cluster_wide(client: &Client, kind: &str, plural: &str) -> Api<DynamicObject> {
    let kind = kube::core::GroupVersionKind::gvk("guestlist.dev", "v1alpha1", kind);
    Api::all_with(client.clone(), &kube::core::ApiResource::from_gvk_with_plural(&kind, plural))
}

async fn deleted(api: &Api<DynamicObject>, name: &str) -> Done {
    api.delete(name, &DeleteParams::default()).await.map(|_| ())
}

async fn tell(api: &Api<DynamicObject>, name: &str, status: &Value) -> Done {
    let patch = Patch::Merge(json!({"status": status}));
    api.patch_status(name, &PatchParams::default(), &patch).await.map(|_| ())
}
