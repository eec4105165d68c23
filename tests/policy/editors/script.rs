//! What the editors and the approver do, act by act, as a seed decides it.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::scene::{COMMON, FINANCE, SPONSORS, TEAMS, addresses, below};
use crate::odd;

/// How many GuestInvitations an editor has names for.
const NAMES: usize = 8;

/// One act. The editor of `team` does it, or the approver to a guest of that team.
#[derive(Clone, Debug)]
pub struct Act {
    pub team: &'static str,
    pub name: String,
    pub what: What,
}

#[derive(Clone, Debug)]
pub enum What {
    /// Declares a guest; where the name is taken, changes that one to this spec.
    Declare(Value),
    /// Lays a merge patch over it.
    Patch(Value),
    Delete,
    /// Applies a GuestList of these guests.
    List(Vec<Value>),
    DeleteList,
    /// Writes a status, which is the operator's word.
    Status(Value),
    /// Does something in the namespace of another team, or of the whole cluster.
    Elsewhere(usize),
    /// The approver says yes or no to this many generations before the one that is there.
    Approve {
        yes: bool,
        late: i64,
    },
    /// The approver writes a status.
    Report(Value),
}

/// So many acts.
pub fn script(rng: &mut Rng, acts: usize) -> Vec<Act> {
    (0..acts).map(|n| act(rng, n)).collect()
}

fn act(rng: &mut Rng, n: usize) -> Act {
    let team = TEAMS[rng.usize(..TEAMS.len())];
    let name = format!("g{}", rng.usize(..NAMES));
    let what = match rng.u8(..100) {
        0..30 => What::Declare(spec(rng, team)),
        30..50 => What::Patch(json!({"spec": changes(rng, team)})),
        50..64 => {
            let request = ["resend", "resend", "reset-redemption", "reconcile", "resume"][rng.usize(..5)];
            What::Patch(json!({"metadata": {"annotations": {format!("guestlist.dev/{request}"): format!("{n}")}}}))
        }
        64..72 => What::Delete,
        72..76 => What::Patch(json!({"metadata": forged(rng)})),
        76..79 => What::List(list(rng, team)),
        79 => What::DeleteList,
        80..82 => What::Status(status(rng)),
        82..85 => What::Elsewhere(rng.usize(..)),
        85..88 => What::Report(status(rng)),
        _ => {
            return Act {
                team: "blue",
                name,
                what: What::Approve { yes: rng.u8(..6) > 0, late: i64::from(rng.u8(..5) == 0) },
            };
        }
    };
    Act { team, name, what }
}

/// The guests of a list, each with an address of its own.
fn list(rng: &mut Rng, team: &str) -> Vec<Value> {
    let mut guests: Vec<Value> = (0..rng.usize(1..4)).map(|_| spec(rng, team)).collect();
    guests.sort_by_key(|guest| guest["email"].to_string());
    guests.dedup_by_key(|guest| guest["email"].to_string());
    guests
}

/// A spec: mostly what the rules of the team give, and now and then more.
fn spec(rng: &mut Rng, team: &str) -> Value {
    let mut spec = changes(rng, team);
    spec.retain(|_, value| !value.is_null());
    spec.insert("email".into(), json!(address(rng, team)));
    spec.entry("redirectUrl").or_insert_with(|| json!(below(team)));
    if team == "blue" && rng.u8(..8) > 0 {
        spec.insert("accessUntil".into(), json!(until(300 * DAY)));
    }
    Value::Object(spec)
}

fn address(rng: &mut Rng, team: &str) -> String {
    let domain = match rng.u8(..20) {
        0..12 => format!("{team}.example"),
        12..17 => COMMON.to_owned(),
        17 => return odd::address(rng),
        _ => {
            let all = addresses();
            return all[rng.usize(..all.len())].clone();
        }
    };
    format!("p{}@{domain}", rng.u8(..8))
}

/// Some fields of a spec, as a merge patch has them. What the team may ask for is more frequent than what it may not.
fn changes(rng: &mut Rng, team: &str) -> Map<String, Value> {
    let mut spec = Map::new();
    for (field, one_in, own, others) in fields(rng, team) {
        if rng.u8(..one_in) == 0 {
            let from = if rng.u8(..100) < 8 { others } else { own };
            spec.insert(field.into(), from[rng.usize(..from.len())].clone());
        }
    }
    match rng.u8(..24) {
        0 | 1 => drop(spec.insert("redirectUrl".into(), json!(odd::url(rng, &below(team))))),
        2 => drop(spec.insert("redirectUrl".into(), json!(below(TEAMS[rng.usize(..TEAMS.len())])))),
        _ => {}
    }
    spec
}

/// A field, how seldom it is said, what the rules of the team give there, and what they may not give.
type Field = (&'static str, u8, Vec<Value>, Vec<Value>);

fn fields(rng: &mut Rng, team: &str) -> Vec<Field> {
    let group = format!("{}{}", team[..1].to_uppercase(), &team[1..]);
    let title = json!({"jobTitle": format!("title {}", rng.u8(..)), "department": "Sales"});
    let (existing, policies, groups, profiles) = match team {
        "red" => (
            json!(["Follow", "Manage", "Manage", "Refuse"]),
            json!(["Disable", "Disable", "Retain", null]),
            json!([[group], [group, "Shared"], []]),
            json!([title, {"jobTitle": "Guest"}, {"department": null, "jobTitle": null}]),
        ),
        "green" => (
            json!(["Follow", "Manage", "Own", "Own", "Refuse"]),
            json!(["Delete", "Delete", "Disable", null]),
            json!([[group], [group, "Shared"], []]),
            json!([title, {"companyName": "Green", "jobTitle": null}, {"employeeId": "7"}]),
        ),
        _ => (
            json!(["Follow", "Refuse"]),
            json!(["Delete", "Disable", "Retain", null]),
            json!([[group], []]),
            json!([{"givenName": "Pat"}, {"givenName": null}]),
        ),
    };
    let all = |value: Value| value.as_array().cloned().unwrap_or_default();
    let cc = |host: String, language: &str| json!({"cc": [host], "language": language});
    let (moves, links) = (team == "green", team == "green");
    let link = json!({"name": format!("link-{}", rng.u16(..))});
    let times = [2, 5, 3_600, 300 * DAY, 300 * DAY].map(|seconds| json!(until(seconds)));
    vec![
        ("existing", 4, all(existing), all(json!(["Own", "Manage"]))),
        ("deletionPolicy", 3, all(policies), all(json!(["Delete", "Disable"]))),
        ("groups", 3, all(groups), all(json!([[FINANCE], ["Red", "Green", "Blue"]]))),
        ("profile", 4, all(profiles), all(json!([{"companyName": "Evil", "jobTitle": "CFO"}, {"employeeId": "1"}]))),
        ("displayName", 4, vec![json!(format!("Pat {}", rng.u8(..)))], vec![Value::Null]),
        ("sponsors", 10, vec![json!([SPONSORS[0]])], vec![json!(SPONSORS)]),
        (
            "redeemAs",
            8,
            vec![if moves { json!("p7@green.example") } else { Value::Null }],
            all(json!(["eve@out.example"])),
        ),
        (
            "message",
            8,
            vec![cc(if team == "red" { "host@contoso.com".into() } else { format!("host@{team}.example") }, "nl")],
            vec![cc("eve@out.example".into(), "en-US"), cc(format!("host@{team}.example"), "de")],
        ),
        ("redeemUrlSecretRef", 10, vec![if links { link.clone() } else { Value::Null }], vec![link]),
        ("delivery", 4, all(json!(["Microsoft", "Microsoft", "Mail", "None"])), all(json!(["Mail"]))),
        ("accessUntil", 10, times.to_vec(), vec![json!(until(1_000 * DAY)), Value::Null]),
        ("expiresAfter", 20, vec![json!("720h")], vec![json!("3s")]),
        ("suspend", 20, all(json!([true, false, false])), vec![json!(true)]),
    ]
}

const DAY: i64 = 24 * 3_600;

fn until(seconds: i64) -> String {
    let at = Timestamp::now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Metadata that an editor may write, and hopes to gain something by.
fn forged(rng: &mut Rng) -> Value {
    let owner = |kind: &str| {
        json!({"ownerReferences": [{
            "apiVersion": "guestlist.dev/v1alpha1", "kind": kind, "name": "g0", "controller": true,
            "uid": "00000000-0000-0000-0000-000000000001",
        }]})
    };
    let all = [
        json!({"finalizers": null}),
        json!({"finalizers": ["guestlist.dev/offboard"]}),
        json!({"finalizers": ["guestlist.dev/offboard", "example.com/mine"]}),
        owner("GuestList"),
        owner("GuestRecord"),
        json!({"labels": {"team": "green", "kubernetes.io/metadata.name": "green"}}),
        json!({"annotations": {"guestlist.dev/approved": "true", "guestlist.dev/grant": "Own"}}),
    ];
    all[rng.usize(..all.len())].clone()
}

/// A status that somebody might wish for.
fn status(rng: &mut Rng) -> Value {
    let approved = |generation: Option<i64>| {
        json!({"conditions": [{
            "type": "Approved", "status": "True", "reason": "Mine", "message": "", "observedGeneration": generation,
            "lastTransitionTime": "2026-11-22T10:00:00Z",
        }, {
            "type": "Ready", "status": "True", "reason": "Mine", "message": "", "lastTransitionTime": "2026-11-22T10:00:00Z",
        }]})
    };
    let all = [
        Value::Null,
        json!({"state": "Accepted", "invitation": {"sent": 0}}),
        json!({"guest": {"id": "00000000-0000-0000-0000-000000000001", "origin": "Invited"}}),
        json!({"ended": {"reason": "Expired", "at": "2026-01-01T00:00:00Z", "how": "Deleted"}}),
        approved(None),
        approved(Some(1_000)),
    ];
    all[rng.usize(..all.len())].clone()
}
