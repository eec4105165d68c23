//! What happens in the story, chapter by chapter.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testbed::stories::{SOON, TENANT, changed, condition, guest, named, state, until_gone};

use super::AUTOMATIC;
use super::story::Story;

impl Story {
    pub(super) async fn people_arrive(&mut self) {
        let delete = "  deletionPolicy: Delete\n";
        let related = "  displayName: Tia\n  groups: [Analysts, Readers]\n  sponsors: [boss@contoso.com, Hosts]\n  profile: {companyName: ' Fabrikam ', usageLocation: nl}\n";
        let full = "  sponsors: [s1@contoso.com, s2@contoso.com, s3@contoso.com, s4@contoso.com, s5@contoso.com]\n";
        let narrow = "  tenantRef: {name: narrow}\n";
        let expiring = format!("{delete}  expiresAfter: 6s\n");
        let guests = [
            guest("ann", "ann@fabrikam.com", ""),
            guest("pen", "pen@fabrikam.com", ""),
            guest("quiet", "quiet@fabrikam.com", "  delivery: None\n"),
            guest("old", "old@fabrikam.com", delete),
            guest("old-p", "old-p@fabrikam.com", delete),
            guest("card", "card@fabrikam.com", ""),
            guest("tia", "tia@fabrikam.com", related),
            guest("full", "full@fabrikam.com", full),
            guest("eva", "eva@fabrikam.com", ""),
            guest("own", "own@fabrikam.com", "  delivery: Mail\n"),
            guest("late", "late@fabrikam.com", &expiring),
            guest("bye", "bye@fabrikam.com", delete),
            guest("auto", &format!("auto@{AUTOMATIC}"), ""),
            guest("auto-late", &format!("auto-late@{AUTOMATIC}"), &expiring),
            guest("rival", "rival@rivals.example", ""),
            guest("team", "team@fabrikam.com", ""),
            guest("n-plain", "n-plain@fabrikam.com", narrow),
            guest("n-member", "n-member@fabrikam.com", &format!("{narrow}  userType: Member\n")),
            guest("n-group", "n-group@fabrikam.com", &format!("{narrow}  groups: [Team]\n")),
        ];
        self.world.apply(&guests.join("\n---\n")).await.unwrap();
    }

    pub(super) async fn things_happen(&mut self) {
        for (name, key) in [("ann", None), ("eva", None), ("own", None), ("pen", Some("resend"))] {
            let sent = |guest: &Value| guest["status"]["invitation"]["sent"] == 1 && state(guest) == "Invited";
            self.reach(name, "be mailed", sent).await;
            match key {
                Some(key) => self.ask(name, key).await,
                None => self.entra().redeem(TENANT, &format!("{name}@fabrikam.com"), None).unwrap(),
            }
        }
        self.reach_state("ann", "Accepted").await;
        // The new address is a contact's, as that of somebody who moved often is.
        self.reach_state("eva", "Accepted").await;
        changed(&self.world, "eva", json!({"spec": {"redeemAs": "eva@adatum.com"}})).await;
        self.ask("eva", "reset-redemption").await;
        self.reach_state("own", "Accepted").await;
        self.ask("own", "reset-redemption").await;

        let twice = |guest: &Value| guest["status"]["invitation"]["sent"] == 2;
        self.reach("pen", "have the resend on record", twice).await;
        self.reach_state("quiet", "Invited").await;
        self.reach_state("old", "Accepted").await;
        self.reach_state("old-p", "Invited").await;
        self.reach_state("card", "Invited").await;
        self.reach_state("rival", "Refused").await;
        self.reach_state("team", "Refused").await;

        let all_are = |guest: &Value, field: &str, wanted: &[&str]| {
            let relations = guest["status"][field].as_array().cloned().unwrap_or_default();
            relations.iter().map(|relation| relation["state"].as_str().unwrap_or_default()).eq(wanted.iter().copied())
        };
        let related = |guest: &Value| {
            all_are(guest, "groups", &["Added", "Added"])
                && all_are(guest, "sponsors", &["Added", "Added"])
                && condition(guest, "Ready").0 == "True"
        };
        self.reach("tia", "have groups, sponsors and properties", related).await;
        // Somebody takes them out of a group that is then declared no more.
        self.entra().remove_member(TENANT, "Readers", "tia@fabrikam.com").unwrap();
        changed(&self.world, "tia", json!({"spec": {"groups": ["Analysts"]}})).await;
        let one = |guest: &Value| all_are(guest, "groups", &["Added"]) && condition(guest, "Ready").0 == "True";
        self.reach("tia", "be in one group", one).await;
        let tia = self.entra().user(TENANT, "tia@fabrikam.com").unwrap();
        let company = tia.profile.get("companyName").and_then(Value::as_str).unwrap_or_default();
        self.check(company.trim() == "Fabrikam" && tia.related("sponsors").len() >= 2, || {
            format!("tia has become {tia:?}")
        });
        // The application itself takes one of the five places.
        let last = if self.is("service-principal-sponsors") { "Refused" } else { "Added" };
        let filled = |guest: &Value| all_are(guest, "sponsors", &["Added", "Added", "Added", "Added", last]);
        self.reach("full", "have the sponsors that there is room for", filled).await;

        let kept_out = self.is("restricted-invites-refuse-apps");
        self.reach_state("n-plain", if kept_out { "Refused" } else { "Invited" }).await;
        let no_member = kept_out || self.variants.member_needs_write_role;
        self.reach_state("n-member", if no_member { "Refused" } else { "Invited" }).await;
        self.reach_state("n-group", if kept_out { "Refused" } else { "Invited" }).await;
        if self.is("membership-needs-user-write") {
            let said = |guest: &Value| condition(guest, "Ready").2.contains("User.ReadWrite.All");
            self.reach("n-group", "be told which permission is missing", said).await;
        } else if !kept_out {
            self.reach("n-group", "be in the group", |guest| all_are(guest, "groups", &["Added"])).await;
        }

        let accepted = self.is("automatic-redemption-accepted");
        self.reach_state("auto", if accepted { "Accepted" } else { "Invited" }).await;
        let ends = match self.name {
            "automatic-redemption-accepted" => "Accepted",
            // Nothing tells whether they ever signed in, and they have nothing to accept.
            "automatic-redemption-unset" => "Invited",
            _ => "Expired",
        };
        self.reach_state("late", "Expired").await;
        self.reach_state("auto-late", ends).await;
    }

    /// Until here no listing showed anybody new, so that lost answers had to be asked for.
    pub(super) async fn the_directory_catches_up(&mut self) {
        let asked = Instant::now() + SOON;
        while !self.asked("cut-acc@fabrikam.com") && Instant::now() < asked {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // The answer to the question is on record before the listing can help.
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.entra().update_settings(|settings| settings.lag.listing = Duration::ZERO);

        let settled = |guest: &Value| {
            let invitation = &guest["status"]["invitation"];
            invitation["attempt"].is_null() && invitation["sent"] == 1
        };
        for (name, wanted) in [("cut", "Invited"), ("cut-acc", "Accepted"), ("lost", "Invited")] {
            let holds = |guest: &Value| settled(guest) && state(guest) == wanted;
            self.reach(name, &format!("settle as {wanted}"), holds).await;
        }

        for (name, address) in [("eva", "eva@adatum.com"), ("own", "own@fabrikam.com")] {
            let reset = |guest: &Value| guest["status"]["lastHandled"]["resetRedemption"] == "1";
            self.reach(name, "be reset", reset).await;
            if !self.is("reset-leaves-the-state") {
                self.reach_state(name, "Invited").await;
            }
            if name == "own" {
                let deadline = Instant::now() + Duration::from_secs(10);
                while self.entra().own_mails(address).len() < 2 && Instant::now() < deadline {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
            self.entra().redeem(TENANT, address, None).unwrap();
            let accepted = |guest: &Value| {
                state(guest) == "Accepted" && guest["status"]["redemption"]["identityProvider"] == "Entra"
            };
            self.reach(name, "accept anew", accepted).await;
        }
    }

    pub(super) async fn some_leave(&mut self) {
        for name in ["bye", "old", "old-p", "back", "hidden"] {
            self.world.delete(&named(name)).await.unwrap();
        }
        for name in ["bye", "old", "old-p", "back", "hidden"] {
            until_gone(&self.world, &named(name)).await;
        }
        let there = |address: &str| self.entra().user(TENANT, address).is_some();
        let (bye, late) = (there("bye@fabrikam.com"), there("late@fabrikam.com"));
        let automatic = there(&format!("auto-late@{AUTOMATIC}"));
        self.check(!bye && !late, || format!("deleted by policy: bye is there {bye}, late is there {late}"));
        let stays = ["automatic-redemption-unset", "automatic-redemption-accepted"].contains(&self.name);
        self.check(automatic == stays, || format!("auto-late is there: {automatic}"));

        let deleted: Vec<String> = self.entra().requests("deleteUser").into_iter().map(|delete| delete.path).collect();
        for id in self.theirs.clone() {
            let ours = deleted.iter().find(|path| path.ends_with(&id));
            self.check(ours.is_none(), || format!("a user whom we did not make was deleted: {id}"));
        }
    }

    pub(super) fn count_mails(&mut self) {
        let silent = self.is("pending-repeat-is-silent");
        let automatic = |local: &str| format!("{local}@{AUTOMATIC}");
        let restricted = self.is("restricted-invites-refuse-apps");
        let narrow = |allowed: bool| usize::from(allowed && !restricted);
        let wanted = [
            ("ann@fabrikam.com".to_owned(), 1),
            ("pen@fabrikam.com".to_owned(), if silent { 1 } else { 2 }),
            ("quiet@fabrikam.com".to_owned(), 0),
            ("old@fabrikam.com".to_owned(), 0),
            ("old-p@fabrikam.com".to_owned(), 0),
            // Whom somebody else deleted is invited like anybody, and not restored.
            ("back@fabrikam.com".to_owned(), usize::from(!self.is("soft-deleted-is-refused"))),
            ("hidden@fabrikam.com".to_owned(), usize::from(!self.is("soft-deleted-is-refused"))),
            ("card@fabrikam.com".to_owned(), usize::from(!self.is("contact-clash-is-silent"))),
            ("tia@fabrikam.com".to_owned(), 1),
            ("full@fabrikam.com".to_owned(), 1),
            ("eva@fabrikam.com".to_owned(), 1),
            ("eva@adatum.com".to_owned(), 1),
            ("own@fabrikam.com".to_owned(), 2),
            ("late@fabrikam.com".to_owned(), 1),
            ("bye@fabrikam.com".to_owned(), 1),
            ("cut@fabrikam.com".to_owned(), 1),
            ("cut-acc@fabrikam.com".to_owned(), 1),
            // The question that finds out that nothing left makes the guest: then Graph mails them by no means at all.
            ("lost@fabrikam.com".to_owned(), usize::from(!silent)),
            (automatic("auto"), 1),
            (automatic("auto-late"), 1),
            ("rival@rivals.example".to_owned(), 0),
            ("team@fabrikam.com".to_owned(), 0),
            ("n-plain@fabrikam.com".to_owned(), narrow(true)),
            ("n-member@fabrikam.com".to_owned(), narrow(!self.variants.member_needs_write_role)),
            ("n-group@fabrikam.com".to_owned(), narrow(true)),
        ];
        for (address, wanted) in wanted {
            let mails = self.entra().mails(&address);
            self.check(mails.len() == wanted, || {
                let kinds: Vec<_> = mails.iter().map(|mail| mail.kind).collect();
                format!("{address} got {} mails and should have {wanted}: {kinds:?}", mails.len())
            });
        }
        for user in self.entra().users(TENANT) {
            let twins = self.entra().users(TENANT).iter().filter(|other| other.other_mails == user.other_mails).count();
            self.check(twins == 1 || user.other_mails.is_empty(), || format!("made twice: {user:?}"));
        }
    }
}
