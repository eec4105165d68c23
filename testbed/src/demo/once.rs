//! Plays the whole story by itself: opens the mails, accepts, and checks what the operator made of it.
//! A guest who did not come out right is a failed check and stops nothing.

use std::time::Duration;

use entra_simulator::{Entry, MailKind};

use super::{
    cast::CAST,
    checks::Checks,
    guest,
    guests::{self, Declared},
    progress::step,
};
use crate::{Result, World, world::Entra};

const ACCEPTED_WITHIN: Duration = Duration::from_secs(60);

/// Plays every guest that got a mail, and checks all of them.
pub(super) async fn play(world: &World, entra: &Entra, declared: &[Declared], checks: &mut Checks) -> Result<()> {
    for role in CAST {
        let mails = entra.simulator().invitation_mails(role.email).len();
        checks.equal(role.email, "mails after the invitation", role.mails, mails);
    }
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
    let accepted = |guest: &serde_json::Value| guest["status"]["state"] == "Accepted";
    step("waiting until the operator has seen it", async {
        Ok(guests::wait_all(world, &accepting, "be accepted", accepted, ACCEPTED_WITHIN).await)
    })
    .await?;
    for role in CAST {
        let Some(guest) = declared.iter().find(|guest| guest.email == role.email) else {
            checks.equal(role.email, "is declared in examples/guests", true, false);
            continue;
        };
        let status = world.get(&guest.object).await?["status"].clone();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or("none").to_string();
        checks.equal(role.email, "state", role.state, text(&status["state"]));
        if let Some(provider) = role.provider {
            checks.equal(role.email, "signs in by", provider, text(&status["redemption"]["identityProvider"]));
        }
        let origin = if role.known_before { "Adopted" } else { "Invited" };
        checks.equal(role.email, "origin", origin, text(&status["guest"]["origin"]));
        checks.equal(
            role.email,
            "status.invitation.sent",
            role.mails,
            status["invitation"]["sent"].as_u64().unwrap_or_default(),
        );
        let mails = entra.simulator().invitation_mails(role.email).len();
        checks.equal(role.email, "mails at the end", role.mails, mails);
    }
    let expected: usize = CAST.iter().map(|role| role.mails).sum();
    checks.equal("everybody", "invitation mails to any address", expected, all_invitation_mails(entra));
    Ok(())
}

fn all_invitation_mails(entra: &Entra) -> usize {
    let is_invitation = |entry: &Entry| matches!(entry, Entry::Mail(mail) if mail.kind == MailKind::Invitation);
    entra.simulator().journal().iter().filter(|entry| is_invitation(entry)).count()
}
