//! The demo's directory: what its application may do, a group to join, a mail server of one's own, and a clock to turn.

use std::time::{Duration, Instant};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use entra_simulator::{Config, SeedGroup, SeedKind, SeedUser, SmtpCredentials, TenantConfig};
use serde_json::{Value, json};

use super::{
    cast::{CAST, GROUP, INVITED_WITHIN, REMINDED},
    progress::step,
};
use crate::{Error, Ref, Result, TenantManifest, World, operator::NAMESPACE, stories::ALL, workspace, world::Entra};

/// More than the 72 h that the example waits with its reminder.
const THREE_DAYS_AGO: i64 = -73 * 3600;

/// Who answers for guests in the examples.
const SPONSOR: &str = "host@contoso.com";

const USER: &str = "invites";
const PASSWORD: &str = "mail-pass";

/// The simulator, with an application that may do all of this and with a mail server.
pub(super) fn config() -> Config {
    let mut config = Config { smtp: Some(([127, 0, 0, 1], 0).into()), ..Config::default() };
    for app in config.tenants.iter_mut().flat_map(|tenant| &mut tenant.apps) {
        app.roles = ALL.map(String::from).to_vec();
    }
    config.settings.smtp.credentials = Some(SmtpCredentials { user: USER.into(), password: PASSWORD.into() });
    config
}

/// The directory's id.
pub(super) fn id() -> String {
    TenantConfig::default().id
}

/// Fills the directory with who and what was there before, and declares it with its mail server.
pub(super) async fn declare(world: &World, entra: &Entra) -> Result<()> {
    for role in CAST.iter().filter(|role| role.known_before) {
        entra.make_known(role.email)?;
    }
    let _ = entra.simulator().seed(&id(), SeedUser::new(SPONSOR, SeedKind::Member));
    entra.simulator().seed_group(&id(), SeedGroup::new(GROUP));
    let secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "smtp", "namespace": NAMESPACE },
        "stringData": { "username": USER, "password": PASSWORD },
    });
    world.apply(&secret.to_string()).await?;
    world.apply_tenant(&TenantManifest { more: rules_and_mail(entra)?, ..TenantManifest::default() }).await
}

fn rules_and_mail(entra: &Entra) -> Result<Value> {
    let address = entra.simulator().smtp_address().ok_or_else(|| Error::Other {
        what: "naming the mail server".into(),
        why: "the simulator listens for no mail".into(),
    })?;
    // As in examples/tenant.yaml, and what examples/complete.yaml needs.
    let rule = json!({ "groups": [GROUP], "share": "Allowed", "redeemAs": "Allowed", "redeemLinks": "Allowed", "profile": ["*"] });
    Ok(json!({ "access": [rule], "mail": { "smtp": {
        "host": address.ip().to_string(),
        "port": address.port(),
        "from": "Contoso <invites@contoso.com>",
        "secretRef": { "name": "smtp" },
        "caBundle": BASE64_STANDARD.encode(entra.ca_pem()),
    }}}))
}

/// Invites one of the examples, still without its reminders, while the simulator's clock is three days back.
/// When the example is applied as it stands, its reminder is due.
pub(super) async fn invite_three_days_ago(world: &World, entra: &Entra) -> Result<()> {
    let connected = |tenant: &Value| {
        let conditions = tenant["status"]["conditions"].as_array();
        conditions.into_iter().flatten().any(|found| found["type"] == "Ready" && found["status"] == "True")
    };
    step("waiting until the operator is connected", async {
        world.wait_for(&Ref::tenant("default"), "be Ready", connected, INVITED_WITHIN).await
    })
    .await?;
    let mut guest = super::guests::read(&workspace::path("examples/guests"), REMINDED)?;
    let metadata = &guest["metadata"];
    let named = |field: &str| metadata[field].as_str().unwrap_or_default().to_owned();
    let (namespace, name) = (named("namespace"), named("name"));
    world.plane.namespace(&namespace).await?;
    if let Some(spec) = guest["spec"].as_object_mut() {
        spec.remove("reminders");
    }
    let what =
        format!("inviting {REMINDED} by a clock that is three days back (the simulator's), for a reminder to be due");
    step(&what, async {
        entra.simulator().update_settings(|settings| settings.clock_offset_seconds = THREE_DAYS_AGO);
        world.apply(&guest.to_string()).await?;
        let mailed = |guest: &Value| guest["status"]["invitation"]["sent"] == 1;
        let mailed = world.wait_for(&Ref::guest(&namespace, &name), "be mailed", mailed, INVITED_WITHIN).await;
        entra.simulator().update_settings(|settings| settings.clock_offset_seconds = 0);
        mailed?;
        until_swept(entra).await
    })
    .await
}

/// Waits for the next sweep. By its answer the operator learns of Graph's clock, which does not leap by days in earnest.
async fn until_swept(entra: &Entra) -> Result<()> {
    let sweeps = || entra.simulator().count("listUsers");
    let (before, deadline) = (sweeps(), Instant::now() + INVITED_WITHIN);
    while sweeps() == before {
        if Instant::now() >= deadline {
            let why = format!("no sweep in {} s", INVITED_WITHIN.as_secs());
            return Err(Error::Other { what: "waiting for the operator to ask Graph".into(), why });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
