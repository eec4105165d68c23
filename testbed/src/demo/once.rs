//! Plays the whole story by itself: opens the mails, accepts, lets access end, and checks what the operator made of it.
//! A guest who did not come out right is a failed check and stops nothing.

use std::time::Duration;

use entra_simulator::{Entry, MailEntry, MailKind};
use serde_json::{Value, json};

use super::{
    cast::{CAST, Role, SHARERS},
    checks::Checks,
    directory, guest,
    guests::{self, Declared},
    progress::step,
};
use crate::{Ref, Result, World, world::Entra};

/// An end of access that is past.
const LONG_AGO: &str = "2020-01-01T00:00:00Z";

const ACCEPTED_WITHIN: Duration = Duration::from_secs(60);

/// Plays every guest that got a mail, and checks all of them.
pub(super) async fn play(world: &World, entra: &Entra, declared: &[Declared], checks: &mut Checks) -> Result<()> {
    for role in CAST {
        checks.equal(role.email, "mails before accepting", role.mails, mails(entra, &role).len());
    }
    let accepting = accept_all(entra, declared, checks).await?;
    let accepted = |guest: &Value| guest["status"]["state"] == "Accepted";
    step("waiting until the operator has seen it", async {
        Ok(guests::wait_all(world, &accepting, "be accepted", accepted, ACCEPTED_WITHIN).await)
    })
    .await?;
    for role in CAST.iter().filter(|role| role.leaves) {
        let what = format!("putting the last day of {} into the past (spec.accessUntil)", role.email);
        let Some(guest) = declared.iter().find(|guest| guest.email == role.email) else { continue };
        if let Err(error) = step(&what, off_board(world, &guest.object)).await {
            checks.equal(role.email, "is off-boarded", "yes", error.to_string().lines().next().unwrap_or_default());
        }
    }
    for role in CAST {
        let own = |guest: &&Declared| guest.email == role.email && guest.object.namespace != SHARERS;
        let Some(guest) = declared.iter().find(own) else {
            checks.equal(role.email, "is declared in examples/guests", true, false);
            continue;
        };
        let guest = world.get(&guest.object).await?;
        check(entra, &role, &guest, checks);
    }
    for guest in declared.iter().filter(|guest| guest.object.namespace == SHARERS) {
        let shared = world.get(&guest.object).await?;
        let who = format!("{} ({SHARERS})", guest.email);
        checks.equal(&who, "role", "Sharer", shared["status"]["role"].as_str().unwrap_or("none"));
        checks.equal(&who, "state", "Accepted", shared["status"]["state"].as_str().unwrap_or("none"));
    }
    for by in [MailKind::Invitation, MailKind::Own] {
        let expected: usize = CAST.iter().filter(|role| role.by == by).map(|role| role.mails).sum();
        let who = if by == MailKind::Own { "the own mail server" } else { "Microsoft" };
        checks.equal("everybody", &format!("mails by {who}"), expected, all(entra, by));
    }
    Ok(())
}

async fn accept_all<'a>(entra: &Entra, declared: &'a [Declared], checks: &mut Checks) -> Result<Vec<&'a Declared>> {
    let browser = guest::Browser::new(entra)?;
    let mut accepting = Vec::new();
    for role in CAST.iter().filter(|role| role.mails > 0) {
        eprintln!("- {} opens the mailbox and accepts ...", role.email);
        match browser.accept(role.email).await {
            Ok(way) => {
                eprintln!("  {}", way.join(" > "));
                accepting.extend(declared.iter().filter(|guest| guest.email == role.email));
            }
            Err(error) => checks.equal(role.email, "can accept", "yes", error),
        }
    }
    Ok(accepting)
}

/// Puts the end of the guest's access into the past, as `kubectl patch` does, and waits for what follows.
async fn off_board(world: &World, guest: &Ref) -> Result<Value> {
    let patch = json!({ "spec": { "accessUntil": LONG_AGO } }).to_string();
    world.kubectl(&["patch", "ginv", "-n", &guest.namespace, &guest.name, "--type=merge", "-p", &patch]).await?;
    world.wait_for(guest, "be off-boarded", |guest| guest["status"]["ended"].is_object(), ACCEPTED_WITHIN).await
}

fn check(entra: &Entra, role: &Role, guest: &Value, checks: &mut Checks) {
    let status = &guest["status"];
    let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
    checks.equal(role.email, "state", role.state, text(&status["state"]));
    if let Some(provider) = role.provider {
        checks.equal(role.email, "signs in by", provider, text(&status["redemption"]["identityProvider"]));
    }
    let origin = if role.known_before { "Adopted" } else { "Invited" };
    checks.equal(role.email, "origin", origin, text(&status["guest"]["origin"]));
    let sent = status["invitation"]["sent"].as_u64().unwrap_or_default();
    checks.equal(role.email, "status.invitation.sent", role.mails, sent);
    checks.equal(role.email, "mails at the end", role.mails, mails(entra, role).len());
    if role.reminders > 0 {
        let reminders = status["invitation"]["reminders"].as_u64().unwrap_or_default();
        checks.equal(role.email, "of these, reminders", role.reminders, reminders);
    }
    if let Some(group) = role.group {
        let members = entra.simulator().members(&directory::id(), group);
        let members: Vec<&str> = members.iter().filter_map(|member| member.mail.as_deref()).collect();
        checks.equal(role.email, &format!("members of {group}"), role.email, members.join(", "));
    }
    if role.by == MailKind::Own {
        own_words(entra, role, guest, checks);
    }
    let there = entra.simulator().user(&directory::id(), role.email).is_some();
    checks.equal(role.email, "in the directory", !role.leaves, there);
    if role.leaves {
        checks.equal(
            role.email,
            "how it ended",
            "AccessEnded, Deleted",
            format!("{}, {}", text(&status["ended"]["reason"]), text(&status["ended"]["how"])),
        );
    }
}

/// The mail that the operator wrote is in the language and has the text that the example declares.
fn own_words(entra: &Entra, role: &Role, guest: &Value, checks: &mut Checks) {
    let declared = &guest["spec"]["message"];
    let mail = mails(entra, role).into_iter().next();
    let (language, body) = mail.map(|mail| (mail.language, mail.body.unwrap_or_default())).unwrap_or_default();
    checks.equal(role.email, "language of the mail", declared["language"].as_str().unwrap_or("none"), language);
    let lines = declared["body"].as_str().unwrap_or_default().lines();
    let has_them = lines.clone().count() > 0 && lines.clone().all(|line| body.contains(line));
    checks.equal(role.email, "the mail has the personal text", true, has_them);
}

/// The mails with an invitation, of the kind that the role wants, and any of the other kind to show that there is one too many.
fn mails(entra: &Entra, role: &Role) -> Vec<MailEntry> {
    let invites = |mail: &MailEntry| matches!(mail.kind, MailKind::Invitation | MailKind::Own);
    entra.simulator().mails(role.email).into_iter().filter(invites).collect()
}

fn all(entra: &Entra, by: MailKind) -> usize {
    let counts = |entry: &Entry| matches!(entry, Entry::Mail(mail) if mail.kind == by);
    entra.simulator().journal().iter().filter(|entry| counts(entry)).count()
}
