//! Reads what the API server and the simulator say into the words of the oracle.

use entra_simulator::{Entry, MailKind, Outcome, RequestEntry};
use jiff::Timestamp;
use serde_json::Value;

use super::log::Clock;
use super::oracle::life::{Call, Existing, Mail, Policy, Record, Request, Told, Wish, Worked};
use super::oracle::time::Moment;

/// The finalizer of the operator.
const FINALIZER: &str = "guestlist.dev/offboard";

/// What a GuestInvitation says.
pub fn wish(claim: &Value, clock: Clock) -> Wish {
    let (metadata, spec) = (&claim["metadata"], &claim["spec"]);
    let annotation = |name: &str| text(&metadata["annotations"][name]);
    let reminders = &spec["reminders"];
    Wish {
        existing: match spec["existing"].as_str() {
            Some("Refuse") => Existing::Refuse,
            Some("Manage") => Existing::Manage,
            Some("Own") => Existing::Own,
            _ => Existing::Follow,
        },
        policy: policy(&spec["deletionPolicy"]),
        access_until: spec["accessUntil"].as_str().and_then(|at| at.parse::<Timestamp>().ok()).map(|at| clock.of(at)),
        expires_after: spec["expiresAfter"].as_str().map(span),
        groups: texts(&spec["groups"]),
        sponsors: spec["sponsors"].as_array().is_some_and(|sponsors| !sponsors.is_empty()),
        title: text(&spec["profile"]["jobTitle"]),
        link: spec["redeemUrlSecretRef"].is_object(),
        mails: spec["delivery"] != "None",
        suspended: spec["suspend"] == true,
        deleting: metadata["deletionTimestamp"].is_string(),
        bound: texts(&metadata["finalizers"]).iter().any(|name| name == FINALIZER),
        resend: annotation("guestlist.dev/resend"),
        reset: annotation("guestlist.dev/reset-redemption"),
        reminders: reminders["after"].as_str().map(|after| (span(after), number(&reminders["limit"]))),
    }
}

/// What stands in a Guest.
pub fn record(record: &Value) -> Record {
    let owner = &record["owner"];
    let name = |key: &str| text(&owner[key]).unwrap_or_default();
    let claims = record["claims"].as_array().into_iter().flatten();
    Record {
        user: text(&record["user"]["id"]),
        made_in: text(&record["madeIn"]),
        owner: owner.is_object().then(|| (name("namespace"), name("name"), text(&owner["uid"]))),
        policy: policy(&owner["ends"]["policy"]),
        claims: claims.filter_map(|claim| text(&claim["uid"])).collect(),
        sent: number(&record["invitation"]["sent"]),
        open: !record["invitation"]["attempt"].is_null() || !record["ending"].is_null(),
        disabling: record["ending"]["how"] == "Disabled",
        reclaim: record["reclaim"].is_object().then(|| policy(&record["reclaim"]["policy"])),
        state: text(&record["state"]).unwrap_or_default(),
    }
}

/// What the status of a claim says.
pub fn told(claim: &Value) -> Told {
    let status = &claim["status"];
    Told {
        uid: text(&claim["metadata"]["uid"]).unwrap_or_default(),
        state: text(&status["state"]).unwrap_or_default(),
        reason: testbed::stories::condition(claim, "Ready").1,
        user: text(&status["guest"]["id"]),
        guest: text(&status["guestName"]),
        sent: number(&status["invitation"]["sent"]),
    }
}

/// The requests that change something, and the mails, of a journal. `group` tells the name of a group by its id.
pub fn journal(entries: &[Entry], clock: Clock, group: impl Fn(&str) -> String) -> (Vec<Request>, Vec<Mail>) {
    let (mut requests, mut mails) = (Vec::new(), Vec::new());
    // For each address the last invitation that was asked for: a mail of Graph's comes of it.
    let mut asked: std::collections::HashMap<String, (Moment, bool)> = std::collections::HashMap::new();
    for entry in entries {
        match entry {
            Entry::Request(request) => {
                let Some(call) = call(request, &group) else { continue };
                let at = clock.of_graph(request.at);
                if let Call::Invite { address, resets, .. } = &call {
                    asked.insert(address.clone(), (at, resets.is_some()));
                }
                requests.push(Request { at, call, worked: worked(request.outcome) });
            }
            Entry::Mail(mail) if mail.kind != MailKind::Passcode => {
                let asked = asked.get(&mail.to).filter(|_| mail.kind != MailKind::Own);
                let (at, resets) = asked.copied().unwrap_or((clock.of_graph(mail.at), false));
                mails.push(Mail { at, address: mail.to.clone(), user: mail.user_id.clone(), resets });
            }
            Entry::Mail(_) => {}
        }
    }
    (requests, mails)
}

fn call(request: &RequestEntry, group: &impl Fn(&str) -> String) -> Option<Call> {
    let body = request.body.as_ref().unwrap_or(&Value::Null);
    // "/v1.0/users/ID", "/v1.0/groups/ID/members/ID/$ref", "/v1.0/directory/deletedItems/ID/restore"
    let path: Vec<&str> = request.path.trim_start_matches("/v1.0").split('/').filter(|part| !part.is_empty()).collect();
    let part = |n: usize| path.get(n).copied().unwrap_or_default().to_owned();
    let link = || body["@odata.id"].as_str().and_then(|link| link.rsplit('/').next()).unwrap_or_default().to_owned();
    Some(match request.operation.as_str() {
        "createInvitation" => Call::Invite {
            address: text(&body["invitedUserEmailAddress"]).unwrap_or_default(),
            mails: body["sendInvitationMessage"] == true,
            resets: text(&body["invitedUser"]["id"]).filter(|_| body["resetRedemption"] == true),
        },
        "deleteUser" => Call::Delete { user: part(1) },
        "restoreDeletedItem" => Call::Restore { user: part(2) },
        "updateUser" => match body["accountEnabled"].as_bool() {
            Some(enabled) => Call::Enable { user: part(1), enabled },
            None => Call::Update { user: part(1) },
        },
        "addMember" => Call::Join { user: link(), group: group(&part(1)) },
        "removeMember" => Call::Leave { user: part(3), group: group(&part(1)) },
        "addSponsor" => Call::Sponsor { user: part(1), added: true },
        "removeSponsor" => Call::Sponsor { user: part(1), added: false },
        _ => return None,
    })
}

fn worked(outcome: Outcome) -> Worked {
    match outcome {
        Outcome::CutBefore | Outcome::Silence => Worked::No,
        Outcome::Pending => Worked::Perhaps,
        Outcome::Status(status) | Outcome::HalfAnswer(status) | Outcome::CutAfter(status) => match status {
            200..300 => Worked::Yes,
            500.. => Worked::Perhaps,
            _ => Worked::No,
        },
    }
}

fn policy(value: &Value) -> Policy {
    match value.as_str() {
        Some("Delete") => Policy::Delete,
        Some("Disable") => Policy::Disable,
        _ => Policy::Retain,
    }
}

/// A span as the scripts write it: seconds or minutes.
pub fn span(text: &str) -> Moment {
    let number = |unit: char| text.strip_suffix(unit).and_then(|number| number.parse::<Moment>().ok());
    number('s')
        .map(|seconds| seconds * 1_000)
        .or_else(|| number('m').map(|minutes| minutes * 60_000))
        .unwrap_or_default()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(text).collect()
}

fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}
