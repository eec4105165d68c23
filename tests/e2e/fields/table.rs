//! The guests of all rows, brought from step to step.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use entra_simulator::{SeedKind, SeedUser};
use kube::Api;
use kube::api::{DynamicObject, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use testbed::stories::{TENANT, condition, named, simulator, state};
use testbed::world::{World, lay_over};

use super::compare::{comparable, compare, directory, members, remove};
use super::rows::{ALL_ARRIVED, Row, address, for_name};

/// The guests of all rows: one that changes, and a fresh one for each step.
pub(super) struct Table {
    world: World,
    api: Api<DynamicObject>,
    rows: Vec<Row>,
    /// The rows that differed after a step: they are looked at to the end, but not waited for again.
    broken: BTreeSet<usize>,
    wrong: Vec<String>,
}

impl Table {
    pub(super) async fn start(world: World, rows: Vec<Row>) -> Self {
        let guest = named("any");
        let api = world.plane.api_of(&guest.api_version, &guest.kind, &guest.namespace).await.unwrap();
        let table = Self { world, api, rows, broken: BTreeSet::new(), wrong: Vec::new() };
        for (index, row) in table.rows.iter().enumerate() {
            for (name, step) in names(index, row) {
                if row.known {
                    simulator(&table.world).seed(TENANT, SeedUser::new(address(&name), SeedKind::PendingGuest));
                }
                let mut spec = row.spec(step, &name);
                if row.is_kept(step) {
                    lay_over(&mut spec, &row.until_arrived);
                }
                table.make(&name, spec).await;
            }
        }
        table.let_end().await;
        table
    }

    /// Gives those who are to end the spec that ends them, when all of them have arrived.
    async fn let_end(&self) {
        let kept = |(index, row)| {
            names(index, row).filter(|(_, step)| row.is_kept(*step)).map(move |(name, step)| (name, row, step))
        };
        let kept: Vec<(String, &Row, usize)> = self.rows.iter().enumerate().flat_map(kept).collect();
        let deadline = Instant::now() + ALL_ARRIVED;
        loop {
            let guests = self.guests().await;
            let away: Vec<&String> =
                kept.iter().map(|(name, ..)| name).filter(|name| !has_arrived(&guests[*name])).collect();
            if away.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "not invited and in their groups: {away:?}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        for (name, row, step) in kept {
            let spec = row.spec(step, &name);
            let ended: Value = row
                .until_arrived
                .as_object()
                .unwrap()
                .keys()
                .map(|field| (field.clone(), spec[field].clone()))
                .collect();
            let patch = Patch::Merge(json!({"spec": ended}));
            self.api.patch(&name, &PatchParams::default(), &patch).await.unwrap();
        }
    }

    async fn guests(&self) -> HashMap<String, Value> {
        let listed = self.api.list(&ListParams::default()).await.unwrap();
        let named = |guest: DynamicObject| {
            (guest.metadata.name.clone().unwrap_or_default(), serde_json::to_value(guest).unwrap())
        };
        listed.into_iter().map(named).collect()
    }

    async fn make(&self, name: &str, spec: Value) {
        let object = json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestInvitation",
            "metadata": {"name": name, "namespace": "team"}, "spec": spec,
        });
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        self.api.create(&PostParams::default(), &object).await.unwrap();
    }

    pub(super) async fn walk(mut self) {
        let most = self.rows.iter().map(|row| row.steps.len()).max().unwrap_or_default();
        for step in 0..most {
            for (index, row) in self.rows.iter().enumerate().filter(|(_, row)| step > 0 && step < row.steps.len()) {
                let patch = json!({"spec": for_name(&row.steps[step].patch, &changing(index))});
                let params = PatchParams::default();
                self.api.patch(&changing(index), &params, &Patch::Merge(&patch)).await.unwrap();
            }
            self.come_to_rest(step).await;
        }
        self.count_mails();
        assert!(self.wrong.is_empty(), "{} differ:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }

    /// Waits until every row is as its fresh guest, twice in a row; notes those that are not in time.
    async fn come_to_rest(&mut self, step: usize) {
        let deadline = Instant::now() + Duration::from_secs(20) + if step == 0 { ALL_ARRIVED } else { Duration::ZERO };
        let mut before = false;
        loop {
            let wrong = self.differing(step).await;
            let rested = wrong.iter().all(|(row, _)| self.broken.contains(row));
            if (rested && before) || Instant::now() > deadline {
                self.broken.extend(wrong.iter().map(|(row, _)| *row));
                return self.wrong.extend(wrong.into_iter().map(|(_, what)| what));
            }
            before = rested;
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
    }

    async fn differing(&self, step: usize) -> Vec<(usize, String)> {
        let guests = self.guests().await;
        let members = members(simulator(&self.world));
        let mut wrong = Vec::new();
        for (index, row) in self.rows.iter().enumerate().filter(|(_, row)| step < row.steps.len()) {
            let wanted = &row.steps[step];
            let (changed, fresh) = (&guests[&changing(index)], &guests[&fresh(index, wanted.like)]);
            let what = format!("{}, step {} {}", row.what, step + 1, wanted.patch);
            for guest in [changed, fresh] {
                if !at_rest(guest, wanted.state) {
                    let of = if guest == changed { "the changed guest" } else { "the fresh guest" };
                    let ready = condition(guest, "Ready");
                    wrong.push((
                        index,
                        format!("{what}: {of} should be {} and is {} {ready:?}", wanted.state, state(guest)),
                    ));
                }
            }
            let (mut changed, mut fresh) = (self.view(changed, &members), self.view(fresh, &members));
            for pointer in row.history {
                remove(&mut changed, pointer);
                remove(&mut fresh, pointer);
            }
            let mut differences = Vec::new();
            compare("", &changed, &fresh, &mut differences);
            wrong.extend(differences.into_iter().map(|difference| (index, format!("{what}: {difference}"))));
        }
        wrong
    }

    /// What is to be equal, with the guest's own name and id taken out.
    fn view(&self, guest: &Value, members: &HashMap<String, Vec<String>>) -> Value {
        let name = guest["metadata"]["name"].as_str().unwrap_or_default();
        let user = simulator(&self.world).user(TENANT, &address(name));
        let id = user.as_ref().map(|user| user.id.clone()).unwrap_or_else(|| "nobody".into());
        let view = json!({
            "status": comparable(&guest["status"]),
            "finalizers": guest["metadata"]["finalizers"],
            "user": user.map(|user| directory(&user, members)),
        });
        serde_json::from_str(&view.to_string().replace(name, "NAME").replace(&id, "USER")).unwrap()
    }

    fn count_mails(&mut self) {
        let mut wrong = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let fresh = (0..row.steps.len()).map(|step| (fresh(index, step), row.fresh_mails[step]));
            for (name, wanted) in fresh.chain([(changing(index), row.mails)]) {
                let mails = simulator(&self.world).mails(&address(&name)).len();
                if mails != wanted {
                    wrong.push(format!("{}: {name} got {mails} mails and should have {wanted}", row.what));
                }
            }
        }
        self.wrong.extend(wrong);
    }
}

/// Whether the newest spec was worked on to the end.
fn at_rest(guest: &Value, wanted: &str) -> bool {
    guest["status"]["observedGeneration"] == guest["metadata"]["generation"]
        && condition(guest, "Ready").0 != "Unknown"
        && guest["status"]["invitation"]["attempt"].is_null()
        && (wanted.is_empty() || state(guest) == wanted)
}

/// Whether they are invited and have all that their spec asks for.
fn has_arrived(guest: &Value) -> bool {
    let added = |relations: &str| {
        let wanted = guest["spec"][relations].as_array().map_or(0, Vec::len);
        let added = guest["status"][relations].as_array().into_iter().flatten();
        added.filter(|relation| relation["state"] == "Added").count() == wanted
    };
    at_rest(guest, "Invited") && added("groups") && added("sponsors")
}

fn changing(row: usize) -> String {
    format!("row{row:02}x")
}

fn fresh(row: usize, step: usize) -> String {
    format!("row{row:02}f{step}")
}

/// The names of the guests of a row, and the step that each begins with.
fn names(index: usize, row: &Row) -> impl Iterator<Item = (String, usize)> {
    (0..row.steps.len()).map(move |step| (fresh(index, step), step)).chain([(changing(index), 0)])
}
