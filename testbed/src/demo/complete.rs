//! The example with every field: it must be complete, the API server must take it, and all that it declares must come true.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{cast, checks::Checks, progress::step};
use crate::{Error, Ref, Result, World, control_plane::manifests::documents, workspace, world::Entra};

const FILE: &str = "examples/complete.yaml";
const DEFINITION: &str = "crds/guestinvitations.guestlist.dev.yaml";

/// Lets the API server judge the example without keeping it, and compares its fields with those that there are.
pub(super) async fn check(world: &World) -> Result<()> {
    let path = workspace::path(FILE);
    let missing = missing()?;
    if !missing.is_empty() {
        let why = format!("it lacks {}", missing.join(", "));
        return Err(Error::Other { what: format!("reading {FILE}"), why });
    }
    let shown = path.display().to_string();
    world.kubectl(&["apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", &shown]).await?;
    Ok(())
}

/// Applies the example as it stands, and checks what becomes of it.
pub(super) async fn invite(world: &World, entra: &Entra, checks: &mut Checks) -> Result<()> {
    let text = std::fs::read_to_string(workspace::path(FILE)).map_err(Error::io(format!("reading {FILE}")))?;
    world.apply(&text).await?;
    let is_done = |guest: &Value| {
        let status = &guest["status"];
        let all_added = |field: &str| status[field].as_array().is_some_and(|all| all.iter().all(is_added));
        status["invitation"]["sent"] == 1 && all_added("groups") && all_added("sponsors")
    };
    let applied = Ref::guest("partners", "complete");
    let waited = step("applying examples/complete.yaml, which has every field", async {
        Ok(world.wait_for(&applied, "come true", is_done, cast::INVITED_WITHIN).await)
    });
    let guest = match waited.await? {
        Ok(guest) => guest,
        Err(_) => world.get(&applied).await?,
    };
    let status = &guest["status"];
    let conditions = status["conditions"].as_array();
    let ready = conditions.into_iter().flatten().find(|condition| condition["type"] == "Ready");
    let ready = ready.and_then(|ready| ready["reason"].as_str()).unwrap_or("none");
    checks.equal(FILE, "state", "Invited", status["state"].as_str().unwrap_or("none"));
    checks.equal(FILE, "reason", "Invited", ready);
    let email = guest["spec"]["email"].as_str().unwrap_or_default();
    checks.equal(FILE, "mails by the own mail server", 1, entra.simulator().own_mails(email).len());
    checks.equal(FILE, "group and sponsor are added", true, is_done(&guest));
    let secret = world.get(&Ref::new("v1", "Secret", "partners", "alex-redeem-url")).await;
    checks.equal(FILE, "the redeem link is in its Secret", true, secret.is_ok());
    Ok(())
}

fn is_added(relation: &Value) -> bool {
    relation["state"] == "Added"
}

/// The fields of a GuestInvitation's spec that the example does not show.
fn missing() -> Result<Vec<String>> {
    let read = |name: &str| -> Result<Value> {
        let text = std::fs::read_to_string(workspace::path(name)).map_err(Error::io(format!("reading {name}")))?;
        Ok(documents(name, &text)?.into_iter().next().unwrap_or_default())
    };
    let definition = read(DEFINITION)?;
    let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let mut there_are = BTreeSet::new();
    of_schema(schema, "", &mut there_are);
    let mut shown = BTreeSet::new();
    of_value(&read(FILE)?["spec"], "", &mut shown);
    Ok(there_are.difference(&shown).cloned().collect())
}

fn of_schema(schema: &Value, path: &str, fields: &mut BTreeSet<String>) {
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        of_schema(schema, &path, fields);
        fields.insert(path);
    }
}

fn of_value(value: &Value, path: &str, fields: &mut BTreeSet<String>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        of_value(value, &path, fields);
        fields.insert(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_has_every_field() {
        assert_eq!(missing().unwrap(), [] as [String; 0]);
    }

    #[test]
    fn the_readme_shows_the_example_as_it_is() {
        let read = |name: &str| std::fs::read_to_string(workspace::path(name)).unwrap();
        assert!(read("README.md").contains(&read(FILE)), "copy {FILE} into README.md");
    }
}
