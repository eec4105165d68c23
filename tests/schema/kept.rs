//! What we write is what the API server keeps, and what it keeps is what we read: no field of a type is unknown to its schema,
//! none of a schema to its type, and filled specs and statuses come back as they were written.

use std::collections::BTreeSet;

use guestlist::api::{
    EntraTenantSpec, EntraTenantStatus, GuestFields, GuestInvitationSpec, GuestInvitationStatus, GuestListSpec,
    GuestListStatus, GuestRecord, GuestSpec,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use testbed::World;

use crate::choices::{Choices, random};
use crate::definitions::{rng, schema};
use crate::generate::{all, most};
use crate::requests::{alone, ask, object, path};
use crate::spy::fields_known;

type Paths = BTreeSet<String>;

/// Every property of a schema; `[]` is an item and `{}` a value under any name.
fn of_schema(schema: &Value, at: &str, found: &mut Paths) {
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(format!("{at}.{name}"));
        of_schema(below, &format!("{at}.{name}"), found);
    }
    if schema["items"].is_object() {
        of_schema(&schema["items"], &format!("{at}[]"), found);
    }
    if schema["additionalProperties"].is_object() {
        of_schema(&schema["additionalProperties"], &format!("{at}{{}}"), found);
    }
}

/// Every property of a value that is not null.
fn of_value(schema: &Value, value: &Value, at: &str, found: &mut Paths) {
    match value {
        Value::Object(object) if schema["additionalProperties"].is_object() => {
            object.values().for_each(|below| {
                of_value(&schema["additionalProperties"], below, &format!("{at}{{}}"), found);
            });
        }
        Value::Object(object) => {
            for (name, below) in object.iter().filter(|(_, below)| !below.is_null()) {
                found.insert(format!("{at}.{name}"));
                of_value(&schema["properties"][name], below, &format!("{at}.{name}"), found);
            }
        }
        Value::Array(items) => {
            items.iter().for_each(|item| of_value(&schema["items"], item, &format!("{at}[]"), found))
        }
        _ => {}
    }
}

/// Type and schema know the same properties.
fn same_properties<T: DeserializeOwned + Serialize>(kind: &str, part: &str) -> usize {
    let schema = schema(kind, part);
    let (mut ours, mut theirs) = (Paths::new(), Paths::new());
    of_schema(&schema, part, &mut theirs);
    let bytes = random(&mut fastrand::Rng::with_seed(1), 4000);
    let filled = all(&schema, part, &mut Choices::of(&bytes));
    let read: T = serde_json::from_value(filled.clone()).unwrap_or_else(|error| panic!("{kind}: {error}\n{filled}"));
    of_value(&schema, &serde_json::to_value(&read).unwrap(), part, &mut ours);
    assert_eq!(ours, theirs, "what the schema of {kind} has and the type drops, or the other way round");
    // A field that the schema lacks is not in what was filled by it: the type itself has to be asked.
    let known = fields_known::<T>(&filled, part);
    let beside: Vec<&String> = known.difference(&theirs).collect();
    assert!(beside.is_empty(), "{kind}: the API server would drop {beside:?}");
    theirs.len()
}

#[test]
fn the_types_and_the_schemas_know_the_same_properties() {
    let counts = [
        same_properties::<EntraTenantSpec>("EntraTenant", "spec"),
        same_properties::<EntraTenantStatus>("EntraTenant", "status"),
        same_properties::<GuestInvitationSpec>("GuestInvitation", "spec"),
        same_properties::<GuestInvitationStatus>("GuestInvitation", "status"),
        same_properties::<GuestListSpec>("GuestList", "spec"),
        same_properties::<GuestListStatus>("GuestList", "status"),
        same_properties::<GuestSpec>("GuestRecord", "spec"),
        same_properties::<GuestRecord>("GuestRecord", "record"),
    ];
    println!(
        "schema, properties: {} in {} schemas, each known to its type and the other way round",
        counts.iter().sum::<usize>(),
        counts.len()
    );
}

/// Writes filled specs and statuses of the kind, and reads them back; `status` is written as the operator writes it.
async fn comes_back<Spec, Status>(world: &World, kind: &str, rng: &mut fastrand::Rng) -> (usize, Paths)
where
    Spec: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug,
    Status: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug,
{
    const EACH: usize = 80;
    let (spec_schema, status_schema) = (schema(kind, "spec"), schema(kind, "status"));
    let mut written = Paths::new();
    for n in 0..EACH {
        let bytes = random(rng, 4000);
        let choices = &mut Choices::of(&bytes);
        let (spec, mut status) = (most(&spec_schema, "spec", choices), most(&status_schema, "status", choices));
        // The operator always tells which spec it speaks of. What is left out stays as the API server has filled it in.
        if status["observedGeneration"].is_null() {
            status["observedGeneration"] = 1.into();
        }
        let (spec, status): (Spec, Status) =
            (serde_json::from_value(spec).unwrap(), serde_json::from_value(status).unwrap());
        let (as_spec, as_status) = (serde_json::to_value(&spec).unwrap(), serde_json::to_value(&status).unwrap());
        of_value(&spec_schema, &as_spec, "spec", &mut written);
        of_value(&status_schema, &as_status, "status", &mut written);

        let name = format!("kept-{n}");
        let whole = object(kind, &name, as_spec.clone());
        let uri = format!("{}?fieldManager=somebody&fieldValidation=Strict", path(kind));
        let made = ask(world, "POST", &uri, "application/json", &whole).await;
        assert_eq!((made.code, made.said()), (201, ""), "{kind} {as_spec}");
        let apply = json!({
            "apiVersion": whole["apiVersion"], "kind": kind,
            "metadata": {"name": name, "resourceVersion": made.body["metadata"]["resourceVersion"]},
            "status": as_status,
        });
        let uri = format!("{}/{name}/status?fieldManager=guestlist&force=true&fieldValidation=Strict", path(kind));
        let patched = ask(world, "PATCH", &uri, "application/apply-patch+yaml", &apply).await;
        assert_eq!((patched.code, patched.said()), (200, ""), "{kind} {as_status}");

        let kept = ask(world, "GET", &format!("{}/{name}", path(kind)), "application/json", &Value::Null).await.body;
        assert_eq!(kept["spec"], as_spec, "{kind}: the spec that was kept is another one");
        assert_eq!(kept["status"], as_status, "{kind}: the status that was kept is another one");
        assert_eq!(serde_json::from_value::<Spec>(kept["spec"].clone()).unwrap(), spec);
        // A condition's time is written in whole seconds.
        let written = serde_json::from_value::<Status>(as_status.clone()).unwrap();
        assert_eq!(serde_json::from_value::<Status>(kept["status"].clone()).unwrap(), written);

        // The same again is no write.
        let again = ask(world, "PATCH", &uri, "application/apply-patch+yaml", &{
            let mut apply = apply;
            apply["metadata"]["resourceVersion"] = kept["metadata"]["resourceVersion"].clone();
            apply
        })
        .await;
        assert_eq!(
            again.body["metadata"]["resourceVersion"], kept["metadata"]["resourceVersion"],
            "{kind} {as_status}"
        );
    }
    let mut every = Paths::new();
    of_schema(&spec_schema, "spec", &mut every);
    of_schema(&status_schema, "status", &mut every);
    let missing: Vec<&String> = every.difference(&written).collect();
    assert!(missing.is_empty(), "{kind}: never written: {missing:?}");
    (EACH, written)
}

/// Writes filled Guests, which have no status: the record is written with the rest, and read back.
async fn guests_come_back(world: &World, rng: &mut fastrand::Rng) -> (usize, Paths) {
    const EACH: usize = 80;
    let schemas = ["spec", "record"].map(|part| (part, schema("GuestRecord", part)));
    let (mut written, mut every) = (Paths::new(), Paths::new());
    for n in 0..EACH {
        let bytes = random(rng, 4000);
        let choices = &mut Choices::of(&bytes);
        let filled: serde_json::Map<String, Value> =
            schemas.iter().map(|(part, schema)| ((*part).to_owned(), most(schema, part, choices))).collect();
        let fields: GuestFields = serde_json::from_value(filled.into()).unwrap();
        let as_written = serde_json::to_value(&fields).unwrap();
        let mut whole = object("GuestRecord", &format!("kept-{n}"), as_written["spec"].clone());
        whole["record"] = as_written["record"].clone();
        for (part, schema) in &schemas {
            of_value(schema, &as_written[*part], part, &mut written);
        }
        let uri = format!("{}?fieldManager=guestlist&fieldValidation=Strict", path("GuestRecord"));
        let made = ask(world, "POST", &uri, "application/json", &whole).await;
        assert_eq!((made.code, made.said()), (201, ""), "{as_written}");
        let uri = format!("{}/kept-{n}", path("GuestRecord"));
        let kept = ask(world, "GET", &uri, "application/json", &Value::Null).await.body;
        for (part, _) in &schemas {
            assert_eq!(kept[*part], as_written[*part], "the {part} that was kept is another one");
        }
        assert_eq!(serde_json::from_value::<GuestFields>(kept.clone()).unwrap(), fields);
        // The same again is no write.
        let again = ask(world, "PUT", &uri, "application/json", &kept).await;
        assert_eq!(again.body["metadata"]["resourceVersion"], kept["metadata"]["resourceVersion"], "{as_written}");
    }
    schemas.iter().for_each(|(part, schema)| of_schema(schema, part, &mut every));
    let missing: Vec<&String> = every.difference(&written).collect();
    assert!(missing.is_empty(), "never written: {missing:?}");
    (EACH, written)
}

#[tokio::test(flavor = "multi_thread")]
async fn filled_specs_and_statuses_come_back_as_they_were_written() {
    let mut rng = rng("schema, kept");
    let world = alone().await;
    let tenants = comes_back::<EntraTenantSpec, EntraTenantStatus>(&world, "EntraTenant", &mut rng).await;
    let guests = comes_back::<GuestInvitationSpec, GuestInvitationStatus>(&world, "GuestInvitation", &mut rng).await;
    let lists = comes_back::<GuestListSpec, GuestListStatus>(&world, "GuestList", &mut rng).await;
    let records = guests_come_back(&world, &mut rng).await;
    let kinds = [("EntraTenants", tenants), ("GuestInvitations", guests), ("GuestLists", lists), ("Guests", records)];
    for (kind, (objects, paths)) in kinds {
        println!("schema, kept: {objects} {kind} with {} properties came back as they were written", paths.len());
    }
}
