//! What people do, and what they may expect of it.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use fastrand::Rng;
use kube::Api;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use testbed::stories::{TENANT, guest, named, simulator};
use testbed::world::World;

/// One guest, as the people know them.
#[derive(Debug, Default)]
pub struct Guest {
    /// How many mails somebody has asked for.
    pub wanted: usize,
    /// Whether the resource is declared.
    pub declared: bool,
    /// Whether the user was redeemed, left, or was deleted with a resource: what they are in the end depends on the order.
    pub eventful: bool,
}

/// All guests, and how often what was done.
#[derive(Debug)]
pub struct People {
    most: usize,
    pub guests: BTreeMap<String, Guest>,
    done: BTreeMap<&'static str, usize>,
}

impl People {
    /// Nobody yet, and at most so many.
    pub fn new(most: usize) -> Self {
        Self { most, guests: BTreeMap::new(), done: BTreeMap::new() }
    }

    /// Does one thing, if the API server is there to take it.
    pub async fn something(&mut self, world: &World, rng: &mut Rng) {
        let fresh = self.guests.len() < self.most && rng.u8(..) < 160;
        let what = if fresh || self.guests.is_empty() {
            self.declare(world, rng).await
        } else {
            self.change(world, rng).await
        };
        if let Some(what) = what {
            *self.done.entry(what).or_default() += 1;
        }
        tokio::time::sleep(Duration::from_millis(rng.u64(20..200))).await;
    }

    async fn declare(&mut self, world: &World, rng: &mut Rng) -> Option<&'static str> {
        let name = format!("s{}", self.guests.len());
        let specs = [
            "",
            "  deletionPolicy: Delete\n",
            "  groups: [Analysts]\n  sponsors: [boss@contoso.com]\n",
            "  delivery: Mail\n  profile: {department: Research}\n",
            "  groups: [Readers, Writers]\n  deletionPolicy: Disable\n",
        ];
        let spec = specs[rng.usize(..specs.len())];
        world.apply(&guest(&name, &address(&name), spec)).await.ok()?;
        self.guests.insert(name, Guest { wanted: 1, declared: true, eventful: false });
        Some("declared")
    }

    async fn change(&mut self, world: &World, rng: &mut Rng) -> Option<&'static str> {
        let nth = rng.usize(..self.guests.len());
        let (name, known) = self.guests.iter_mut().nth(nth)?;
        let api = world.plane.api_of("guestlist.dev/v1alpha1", "GuestInvitation", "team").await.ok()?;
        let once = rng.u32(..).to_string();
        match rng.u8(..12) {
            0 | 1 if known.declared => {
                known.wanted += 1;
                annotate(&api, name, "guestlist.dev/resend", &once).await?;
                Some("asked to resend")
            }
            2 if known.declared => {
                known.wanted += 1;
                known.eventful = true;
                annotate(&api, name, "guestlist.dev/reset-redemption", &once).await?;
                Some("asked to reset")
            }
            3 | 4 => {
                known.eventful = true;
                simulator(world).redeem(TENANT, &address(name), None).ok()?;
                Some("redeemed")
            }
            5 if known.declared => {
                let groups = [json!(null), json!(["Analysts"]), json!(["Writers", "Analysts"])];
                patch(&api, name, json!({"spec": {"groups": groups[rng.usize(..3)], "profile": {"jobTitle": once}}}))
                    .await?;
                Some("edited")
            }
            6 if known.declared => {
                patch(&api, name, json!({"spec": {"suspend": rng.bool()}})).await?;
                Some("suspended or resumed")
            }
            7 if rng.u8(..) < 60 => {
                known.eventful = true;
                simulator(world).delete_user(TENANT, &address(name)).ok()?;
                Some("left")
            }
            8 if known.declared && rng.u8(..) < 120 => {
                known.eventful = true;
                api.delete(name, &DeleteParams::default()).await.ok()?;
                known.declared = false;
                Some("deleted")
            }
            9 if !known.declared => {
                // The old one may still be on its way out; then it is declared another time.
                if world.get(&named(name)).await.ok()?.is_object() {
                    return None;
                }
                world.apply(&guest(name, &address(name), "  deletionPolicy: Delete\n")).await.ok()?;
                known.declared = true;
                // Whoever was purged or never made is invited like anybody.
                known.wanted += 1;
                Some("declared again")
            }
            10 if known.declared => {
                forge(&api, name, rng).await?;
                Some("forged")
            }
            11 if rng.u8(..) < 100 => {
                // At most this other one is mailed too, when the first has let the person go.
                known.wanted += 1;
                known.eventful = true;
                let namespace = format!("namespace: {}", others(rng));
                let policy = ["Retain", "Disable", "Delete"][rng.usize(..3)];
                let manifest = guest(name, &address(name), &format!("  deletionPolicy: {policy}\n"));
                world.apply(&manifest.replace("namespace: team", &namespace)).await.ok()?;
                Some("wanted by another team")
            }
            _ => None,
        }
    }
}

/// How many other teams there are.
const OTHERS: usize = 19;

/// The namespaces of the other teams.
pub fn namespaces() -> String {
    let each = (0..OTHERS).map(|n| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: team-{n}}}\n"));
    each.collect::<Vec<_>>().join("---\n")
}

/// The namespace of one of the other teams.
fn others(rng: &mut Rng) -> String {
    format!("team-{}", rng.usize(..OTHERS))
}

/// Writes into a status what somebody might wish for.
async fn forge(api: &Api<DynamicObject>, name: &str, rng: &mut Rng) -> Option<()> {
    let forged = [
        Value::Null,
        json!({"invitation": {"sent": 0, "attempt": null}, "lastHandled": null}),
        json!({"guest": {"id": "00000000-0000-0000-0000-000000000000", "origin": "Invited"}, "state": "Pending"}),
        json!({"ended": {"reason": "Expired", "at": "2026-01-01T00:00:00Z", "how": "Deleted"}}),
    ];
    let patch = json!({"status": forged[rng.usize(..forged.len())]});
    api.patch_status(name, &PatchParams::default(), &Patch::Merge(&patch)).await.ok().map(|_| ())
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} guests", self.guests.len())?;
        self.done.iter().try_for_each(|(what, count)| write!(f, ", {count} {what}"))
    }
}

/// Where the guest `name` gets mails.
pub fn address(name: &str) -> String {
    format!("{name}@fabrikam.com")
}

async fn annotate(api: &Api<DynamicObject>, name: &str, key: &str, value: &str) -> Option<()> {
    patch(api, name, json!({"metadata": {"annotations": {key: value}}})).await
}

async fn patch(api: &Api<DynamicObject>, name: &str, patch: Value) -> Option<()> {
    api.patch(name, &PatchParams::default(), &Patch::Merge(&patch)).await.ok().map(|_| ())
}
