//! For every field that may change: set, changed, removed, reverted. After each step the end state, in status and in the
//! directory, is that of a fresh guest with that spec; and nobody is mailed a second time for it.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use entra_simulator::{SeedGroup, SeedKind, SeedUser, Simulator, User};
use kube::Api;
use kube::api::{DynamicObject, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, TENANT, condition, connected, every_right, named, simulator, smtp, state, variants, world,
};
use testbed::world::{TenantManifest, World};

use crate::life;

/// One field, or one field in one circumstance.
struct Row {
    what: String,
    /// What stands besides the field.
    base: Value,
    steps: Vec<Step>,
    /// What differs from a fresh guest because of what happened before, by JSON pointer; each use says why.
    history: &'static [&'static str],
    /// The mails to the guest in the end.
    mails: usize,
    /// The same for each fresh guest.
    fresh_mails: Vec<usize>,
    /// Whether the guests are in the directory before.
    known: bool,
    /// Laid over the spec of who is to end, until they have arrived: whoever ends before their sponsors are added ends differently.
    until_arrived: Value,
}

#[derive(Clone)]
struct Step {
    /// Laid over the spec.
    patch: Value,
    /// The state that both end in.
    state: &'static str,
    /// The step whose fresh guest it is like, if not its own.
    like: usize,
}

impl Row {
    /// Set to `one`, changed to `two`, removed, reverted to `one`.
    fn of(field: &str, one: &Value, two: &Value) -> Self {
        Self::with(
            field,
            json!({}),
            &[json!({field: one}), json!({field: two}), json!({field: null}), json!({field: one})],
        )
    }

    fn with(what: &str, base: Value, patches: &[Value]) -> Self {
        let step = |(like, patch): (usize, &Value)| Step { patch: patch.clone(), state: "Invited", like };
        let steps: Vec<Step> = patches.iter().enumerate().map(step).collect();
        let fresh_mails = vec![1; steps.len()];
        let until_arrived = json!({});
        Self { what: what.into(), base, steps, history: &[], mails: 1, fresh_mails, known: false, until_arrived }
    }

    fn on(mut self, circumstance: &str, base: Value) -> Self {
        self.what = format!("{} ({circumstance})", self.what);
        self.base = base;
        self
    }

    fn ending(mut self, states: &[&'static str]) -> Self {
        self.steps.iter_mut().zip(states).for_each(|(step, state)| step.state = state);
        self
    }

    fn until_arrived(mut self, patch: Value) -> Self {
        self.until_arrived = patch;
        self
    }

    /// Whether the guests of this step are kept from their end until they have arrived.
    fn is_kept(&self, step: usize) -> bool {
        self.until_arrived != json!({}) && self.steps[step].state != "Invited"
    }

    fn history(mut self, history: &'static [&'static str]) -> Self {
        self.history = history;
        self
    }

    fn mails(mut self, mails: usize, fresh: &[usize]) -> Self {
        (self.mails, self.fresh_mails) = (mails, fresh.to_vec());
        self
    }

    /// The spec after a step; `NAME` stands for the guest's name.
    fn spec(&self, step: usize, name: &str) -> Value {
        let mut spec = self.base.clone();
        for step in &self.steps[..=step] {
            lay_over(&mut spec, &step.patch);
        }
        let mut spec = for_name(&spec, name);
        spec["email"] = json!(address(name));
        spec
    }
}

/// What a mail that left before leaves behind: it cannot be unsent.
const SENT: &[&str] = &[
    "/status/invitation/sent",
    "/status/invitation/lastSentAt",
    "/status/conditions/Ready/message",
    "/status/conditions/Invited",
];

/// Who was invited before they were held is in the directory.
const HELD: &[&str] = &[
    "/user",
    "/status/state",
    "/status/guest",
    "/status/invitation",
    "/status/redemption",
    "/status/conditions/Invited",
    "/status/conditions/Redeemed",
];

fn properties() -> Vec<Row> {
    let mut rows = vec![Row::of("displayName", &json!("One Gu"), &json!("Two Gu"))];
    for field in [
        "givenName",
        "surname",
        "jobTitle",
        "companyName",
        "department",
        "officeLocation",
        "employeeId",
        "mobilePhone",
        "businessPhone",
        "streetAddress",
        "city",
        "state",
        "postalCode",
        "country",
        "usageLocation",
        "preferredLanguage",
    ] {
        let (one, two) = match field {
            "usageLocation" => ("nl", "DE"),
            "preferredLanguage" => ("nl-NL", "de-DE"),
            _ => ("One 1", "Two 2"),
        };
        let set = |value: &str| json!({"profile": {field: value}});
        // Removed alone, and with everything around it.
        let none = if field < "m" { json!({"profile": {field: null}}) } else { json!({"profile": null}) };
        rows.push(Row::with(&format!("profile.{field}"), json!({}), &[set(one), set(two), none, set(one)]));
    }
    rows
}

fn relations(groups: &[String]) -> Vec<Row> {
    let analysts = &groups[0];
    vec![
        Row::of("groups", &json!(["Analysts"]), &json!(["Readers", "Analysts"])),
        // The same group by another name is the same membership.
        Row::with(
            "groups by id",
            json!({}),
            &[
                json!({"groups": ["Analysts"]}),
                json!({"groups": [analysts]}),
                json!({"groups": null}),
                json!({"groups": ["Analysts"]}),
            ],
        ),
        Row::with(
            "groups by id and name",
            json!({}),
            &[
                json!({"groups": ["Analysts"]}),
                json!({"groups": ["Analysts", analysts]}),
                json!({"groups": [analysts]}),
                json!({"groups": null}),
            ],
        )
        .history(&["/status/groups/1/state"]),
        Row::of("sponsors", &json!(["boss@contoso.com"]), &json!(["Hosts", "boss@contoso.com"])),
    ]
}

fn mailing() -> Vec<Row> {
    let mail = || json!({"delivery": "Mail"});
    let secret = |name: &str| json!({"name": format!("NAME-{name}")});
    let kept = || Row::of("redeemUrlSecretRef", &secret("one"), &secret("two"));
    let moved = || Row::of("redeemAs", &json!("NAME-one@adatum.com"), &json!("NAME-two@adatum.com"));
    vec![
        Row::of("redirectUrl", &json!("https://one.contoso.com/"), &json!("https://two.contoso.com/")),
        Row::of("message", &json!({"language": "nl"}), &json!({"language": "de", "cc": ["boss@contoso.com"]})),
        Row::with(
            "message.body",
            mail(),
            &[
                json!({"message": {"body": "One"}}),
                json!({"message": {"body": "Two"}}),
                json!({"message": null}),
                json!({"message": {"body": "One"}}),
            ],
        ),
        Row::of("reminders", &json!({"after": "720h"}), &json!({"after": "1000h", "limit": 1})),
        Row::of("delivery", &json!("None"), &json!("Microsoft"))
            .history(SENT)
            .mails(usize::from(variants().pending_repeat_mails), &[0, 1, 1, 0]),
        Row::with(
            "delivery by the operator",
            json!({}),
            &[
                json!({"delivery": "Microsoft"}),
                json!({"delivery": "Mail"}),
                json!({"delivery": null}),
                json!({"delivery": "Microsoft"}),
            ],
        ),
        Row::with("delivery no more", mail(), &[json!({}), json!({"delivery": "None"}), json!({"delivery": "Mail"})])
            .history(SENT)
            .mails(1, &[1, 0, 1]),
        moved(),
        moved().on("the operator mails", mail()),
        kept(),
        kept().on("nobody mails", json!({"delivery": "None"})).mails(0, &[0, 0, 0, 0]),
        kept().on("the operator mails", mail()),
    ]
}

/// How long all the guests of a table take to be invited and in their groups, on a machine that is busy with other things too.
const ALL_ARRIVED: Duration = Duration::from_secs(75);

fn endings() -> Vec<Row> {
    let mut rows = Vec::new();
    let late = json!("2099-01-01T00:00:00Z");
    let past = json!(format!("{:.0}", jiff::Timestamp::now()));
    for policy in ["Retain", "Disable", "Delete"] {
        let base = || {
            json!({
                "deletionPolicy": policy, "groups": ["Analysts"], "sponsors": ["boss@contoso.com"],
                "profile": {"companyName": "Fabrikam"},
            })
        };
        let expires = Row::of("expiresAfter", &json!("15s"), &json!("720h"));
        let expires = expires.on(policy, base()).ending(&["Expired", "Invited", "Invited", "Expired"]);
        rows.push(expires.until_arrived(json!({"expiresAfter": null})));
        let ends = Row::of("accessUntil", &past, &late);
        let ends = ends.on(policy, base()).ending(&["Withdrawn", "Invited", "Invited", "Withdrawn"]);
        rows.push(ends.until_arrived(json!({"accessUntil": null})));
    }
    rows.push(Row::of("deletionPolicy", &json!("Delete"), &json!("Disable")));
    let expired = Row::with(
        "deletionPolicy (expired)",
        json!({"expiresAfter": "15s", "groups": ["Analysts"]}),
        &[
            json!({"deletionPolicy": "Retain"}),
            json!({"deletionPolicy": "Disable"}),
            json!({"deletionPolicy": null}),
            json!({"expiresAfter": null}),
        ],
    );
    let expired = expired.ending(&["Expired", "Expired", "Expired", "Invited"]);
    rows.push(expired.until_arrived(json!({"expiresAfter": null})));
    rows.push(Row::of("existing", &json!("Follow"), &json!("Refuse")));
    // It is about the moment at which the guest is found: who was taken over stays so.
    let mut known = Row::of("existing", &json!("Refuse"), &json!("Follow"));
    known = known.on("known", json!({})).ending(&["Refused", "Invited", "Invited", "Invited"]);
    known.steps[3].like = 1;
    known.known = true;
    rows.push(known.mails(0, &[0, 0, 0, 0]));
    let held = Row::of("suspend", &json!(true), &json!(false)).history(HELD);
    rows.push(held.mails(1, &[0, 1, 1, 0]).ending(&["", "Invited", "Invited", ""]));
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn properties_groups_and_sponsors_end_as_those_of_a_fresh_guest() {
    let world = able().await;
    let groups = seeded(simulator(&world));
    let rows = properties().into_iter().chain(relations(&groups)).collect();
    Table::start(world, rows).await.walk().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_and_endings_end_as_those_of_a_fresh_guest() {
    let world = able().await;
    seeded(simulator(&world));
    let rows = mailing().into_iter().chain(endings()).collect();
    Table::start(world, rows).await.walk().await;
}

#[test]
fn every_field_that_may_change_is_in_a_row() {
    let crd = include_str!("../../crds/guestinvitations.guestlist.dev.yaml");
    let crd: Value = serde_saphyr::from_str(crd).unwrap();
    let spec = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"];
    let names = |fields: &Value, prefix: &str| -> Vec<String> {
        fields.as_object().unwrap().keys().map(|name| format!("{prefix}{name}")).collect()
    };
    let mut fields = names(spec, "");
    fields.extend(names(&spec["profile"]["properties"], "profile."));
    fields.retain(|field| !["email", "tenantRef", "userType", "profile"].contains(&field.as_str()));
    let rows: Vec<Row> =
        properties().into_iter().chain(relations(&[String::new()])).chain(mailing()).chain(endings()).collect();
    let missing: Vec<&String> = fields
        .iter()
        .filter(|field| !rows.iter().any(|row| row.what == **field || row.what.starts_with(&format!("{field} ("))))
        .collect();
    assert_eq!((fields.len() > 25, missing), (true, vec![]));
}

/// The guests of all rows: one that changes, and a fresh one for each step.
struct Table {
    world: World,
    api: Api<DynamicObject>,
    rows: Vec<Row>,
    /// The rows that differed after a step: they are looked at to the end, but not waited for again.
    broken: BTreeSet<usize>,
    wrong: Vec<String>,
}

impl Table {
    async fn start(world: World, rows: Vec<Row>) -> Self {
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

    async fn walk(mut self) {
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

/// A status without what is each guest's own (ids), without times, and with conditions by their type.
fn comparable(status: &Value) -> Value {
    let mut status = status.clone();
    // Who was suspended from the start has no Guest and no role, and the name of a Guest has a hash of the address in it.
    for pointer in [
        "/observedGeneration",
        "/role",
        "/guest/id",
        "/guestName",
        "/invitation/id",
        "/ended/at",
        "/redemption/changedAt",
    ] {
        remove(&mut status, pointer);
    }
    // What counts of the next reminder is how long after the mail it comes.
    let time = |value: &Value| value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let invitation = &status["invitation"];
    if let Some((next, last)) = time(&invitation["nextSendAt"]).zip(time(&invitation["lastSentAt"])) {
        status["invitation"]["nextSendAt"] = json!(next.duration_since(last).as_secs());
    }
    if status["invitation"]["lastSentAt"].is_string() {
        status["invitation"]["lastSentAt"] = json!("once");
    }
    let conditions: serde_json::Map<String, Value> = status["conditions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|condition| {
            let shown = json!({
                "status": condition["status"], "reason": condition["reason"], "message": condition["message"],
            });
            (condition["type"].as_str().unwrap_or_default().to_owned(), shown)
        })
        .collect();
    status["conditions"] = Value::Object(conditions);
    status
}

fn directory(user: &User, members: &HashMap<String, Vec<String>>) -> Value {
    let mut sponsors = user.related("sponsors").to_vec();
    sponsors.sort();
    let mut profile = user.profile.clone();
    // A list that was never set and an empty one are the same to whoever reads them.
    profile.retain(|_, value| *value != json!([]));
    json!({
        "displayName": user.display_name, "mail": user.mail, "otherMails": user.other_mails,
        "enabled": user.account_enabled, "state": user.external_user_state, "profile": profile,
        "sponsors": sponsors, "groups": members.get(&user.id),
    })
}

/// The names of everybody's groups, by user id.
fn members(entra: &Simulator) -> HashMap<String, Vec<String>> {
    let mut members: HashMap<String, Vec<String>> = HashMap::new();
    for group in entra.groups(TENANT) {
        for member in entra.members(TENANT, &group.id) {
            members.entry(member.id).or_default().push(group.display_name.clone());
        }
    }
    members
}

fn compare(at: &str, changed: &Value, fresh: &Value, differences: &mut Vec<String>) {
    match (changed, fresh) {
        (Value::Object(one), Value::Object(other)) => {
            let mut keys: Vec<&String> = one.keys().chain(other.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                compare(&format!("{at}/{key}"), &changed[key.as_str()], &fresh[key.as_str()], differences);
            }
        }
        _ if changed != fresh => differences.push(format!("{at} is {changed}, of a fresh guest {fresh}")),
        _ => {}
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    match value.pointer_mut(parent) {
        Some(Value::Object(parent)) => drop(parent.remove(key)),
        Some(Value::Array(parent)) => {
            if let Some(item) = key.parse().ok().and_then(|index: usize| parent.get_mut(index)) {
                *item = Value::Null;
            }
        }
        _ => {}
    }
}

/// A JSON merge patch (RFC 7396).
fn lay_over(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else { return };
    for (name, change) in patch {
        match change {
            Value::Null => {
                if let Some(object) = target.as_object_mut() {
                    object.remove(name);
                }
            }
            Value::Object(_) if target[name].is_object() => lay_over(&mut target[name], change),
            other => target[name] = other.clone(),
        }
    }
}

fn for_name(spec: &Value, name: &str) -> Value {
    serde_json::from_str(&spec.to_string().replace("NAME", name)).unwrap()
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

fn address(name: &str) -> String {
    format!("{name}@fabrikam.com")
}

/// A world that can do all, and where the operator can mail.
async fn able() -> World {
    let mut config = life::config(&ALL, Value::Null);
    config.tenant = None;
    if let Some(entra) = &mut config.entra {
        entra.smtp = Some("127.0.0.1:0".parse().unwrap());
        entra.settings.throttle.enabled = false;
    }
    let world = world(config).await;
    let smtp = smtp(&world);
    let more = json!({"access": every_right(), "mail": {"smtp": smtp}, "pacing": {"perMinute": 1800, "burst": 150}});
    world.apply_tenant(&TenantManifest { more, ..TenantManifest::default() }).await.unwrap();
    connected(&world).await;
    world
}

/// The ids of the groups.
fn seeded(entra: &Simulator) -> Vec<String> {
    entra.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
    ["Analysts", "Readers", "Hosts"].map(|group| entra.seed_group(TENANT, SeedGroup::new(group))).to_vec()
}
