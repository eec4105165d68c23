//! A story under one variant: its world, what is checked, and how it ends.

use std::time::{Duration, Instant};

use entra_simulator::{Entry, Fault, FaultAction, Simulator, Variants};
use serde_json::{Value, json};
use testbed::stories::{
    ALL, SOON, TENANT, changed, connected, every_right, guest, kstatus, named, simulator, smtp, state, world,
};
use testbed::world::{TenantManifest, World};

use crate::life;

use super::{NARROW, prepared, seeded};

/// What is told of one variant, and what was wrong in it.
pub(super) struct Story {
    pub(super) name: &'static str,
    pub(super) variants: Variants,
    pub(super) world: World,
    /// The ids of those who were in the directory before.
    pub(super) theirs: Vec<String>,
    pub(super) wrong: Vec<String>,
}

impl Story {
    pub(super) async fn begin(name: &'static str, variants: Variants) -> Self {
        let mut config = life::config(&ALL, Value::Null);
        config.tenant = None;
        config.entra = config.entra.map(|entra| prepared(entra, variants.clone()));
        let world = world(config).await;
        let smtp = smtp(&world);
        let able = TenantManifest {
            more: json!({"access": every_right(), "mail": {"smtp": smtp}}),
            ..TenantManifest::default()
        };
        let narrow = TenantManifest {
            name: "narrow".into(),
            tenant_id: NARROW.into(),
            more: json!({"access": every_right()}),
            ..TenantManifest::default()
        };
        world.apply_tenant(&able).await.unwrap();
        world.apply_tenant(&narrow).await.unwrap();
        let theirs = seeded(simulator(&world));
        connected(&world).await;
        Self { name, variants, world, theirs, wrong: Vec::new() }
    }

    pub(super) fn entra(&self) -> &Simulator {
        simulator(&self.world)
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub(super) fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(what());
        }
    }

    /// Waits until a guest is as `holds` says; if that never comes, it is noted and the story goes on.
    pub(super) async fn reach(&mut self, name: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let within = Duration::from_secs(if self.variants.young_reference_bad_request { 50 } else { 25 });
        if let Ok(guest) = self.world.wait_for(&named(name), what, holds, within).await {
            kstatus(&guest);
            return guest;
        }
        let guest = self.world.get(&named(name)).await.unwrap();
        self.wrong.push(format!("{name} is expected to {what} and is: {}", guest["status"]));
        guest
    }

    pub(super) async fn reach_state(&mut self, name: &str, wanted: &str) -> Value {
        self.reach(name, &format!("be {wanted}"), |guest| state(guest) == wanted).await
    }

    /// Guests who were deleted, while listings show it.
    pub(super) async fn the_deleted_return(&mut self) {
        // Whoever may not list deleted guests does not hear of this one, so that it is the invitation that meets them.
        let denied = Fault::new("listDeletedUsers", FaultAction::status(403)).containing("hidden");
        self.entra().inject(denied.times(1000));
        let delete = "  deletionPolicy: Delete\n";
        let guests = [guest("back", "back@fabrikam.com", delete), guest("hidden", "hidden@fabrikam.com", delete)];
        self.world.apply(&guests.join("\n---\n")).await.unwrap();
        let refused = self.is("soft-deleted-is-refused");
        self.reach_state("back", if refused { "Refused" } else { "Invited" }).await;
        self.reach_state("hidden", if refused { "Refused" } else { "Invited" }).await;
        self.entra().update_settings(|settings| settings.lag.listing = Duration::from_secs(600));
    }

    /// Answers lost and requests lost. All share one HTTP/2 connection, so they come before everybody else.
    pub(super) async fn strike(&mut self) {
        for (name, action) in
            [("cut", FaultAction::CutAfter), ("cut-acc", FaultAction::CutAfter), ("lost", FaultAction::CutBefore)]
        {
            let address = format!("{name}@fabrikam.com");
            self.entra().inject(Fault::new("createInvitation", action).containing(&address));
            self.world.apply(&guest(name, &address, "")).await.unwrap();
            let deadline = Instant::now() + SOON;
            while !self.posted(&address) {
                assert!(Instant::now() < deadline, "no POST for {name}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        // The mail is there before anybody has asked what became of it.
        self.entra().redeem(TENANT, "cut-acc@fabrikam.com", None).unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    pub(super) fn posted(&self, address: &str) -> bool {
        self.entra().requests("createInvitation").iter().any(|post| {
            post.outcome != entra_simulator::Outcome::Pending
                && post.body.as_ref().is_some_and(|body| body["invitedUserEmailAddress"] == address)
        })
    }

    /// Whether an invitation without a mail was asked for.
    pub(super) fn asked(&self, address: &str) -> bool {
        self.entra().requests("createInvitation").iter().any(|post| {
            post.body
                .as_ref()
                .is_some_and(|body| body["invitedUserEmailAddress"] == address && body["sendInvitationMessage"] != true)
        })
    }

    /// Nothing but the sweeps goes on, at Graph and at the API server.
    pub(super) async fn rest(&mut self) {
        let version = |guest: &Value| guest["metadata"]["resourceVersion"].clone();
        let names = ["ann", "pen", "quiet", "card", "tia", "full", "eva", "own", "late", "cut", "cut-acc", "lost"];
        let names: Vec<&str> = names.into_iter().chain(["auto", "auto-late", "rival", "team", "n-group"]).collect();
        let mut before = Vec::new();
        for name in &names {
            before.push(version(&self.world.get(&named(name)).await.unwrap()));
        }
        let seen = self.entra().journal().len();
        tokio::time::sleep(Duration::from_secs(4)).await;
        let journal = self.entra().journal();
        let mut calls: Vec<String> = Vec::new();
        for entry in &journal[seen..] {
            match entry {
                Entry::Request(request) if !request.in_batch && request.operation != "token" => {
                    calls.push(request.operation.clone());
                }
                Entry::Request(_) => {}
                Entry::Mail(mail) => self.wrong.push(format!("a mail at rest: {} {:?}", mail.to, mail.kind)),
            }
        }
        // Three sweeps of two directories, each of two pages at most, a listing of members, and a batch of users and one of sponsors.
        let of_sweeps = ["listUsers", "batch", "listMembers"];
        let quiet = calls.len() <= 30 && calls.iter().all(|call| of_sweeps.contains(&call.as_str()));
        self.check(quiet, || format!("no rest: {calls:?}"));
        for (name, before) in names.iter().zip(before) {
            let guest = self.world.get(&named(name)).await.unwrap();
            self.check(version(&guest) == before, || format!("{name} was written at rest: {}", guest["status"]));
        }
        let posts = self.entra().count("createInvitation");
        self.check(posts <= 32, || format!("{posts} invitations were asked for"));
    }

    pub(super) fn end(self) {
        let shown = self.wrong.join("\n");
        assert!(self.wrong.is_empty(), "under {}:\n{shown}\n{}", self.name, self.invitations());
    }

    /// Every POST and every mail, a line each.
    pub(super) fn invitations(&self) -> String {
        let lines = self.entra().journal().into_iter().filter_map(|entry| match entry {
            Entry::Request(post) if post.operation == "createInvitation" => {
                let body = post.body.unwrap_or_default();
                let (to, mails) = (&body["invitedUserEmailAddress"], &body["sendInvitationMessage"]);
                Some(format!(
                    "{} POST {to} mails {mails} reset {}: {:?}",
                    post.seq, body["resetRedemption"], post.outcome
                ))
            }
            Entry::Request(request) if ["deleteUser", "restoreDeletedItem"].contains(&request.operation.as_str()) => {
                Some(format!("{} {} {}: {:?}", request.seq, request.operation, request.path, request.outcome))
            }
            Entry::Request(_) => None,
            Entry::Mail(mail) => Some(format!("{} mail to {} {:?}", mail.seq, mail.to, mail.kind)),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) async fn ask(&self, name: &str, key: &str) {
        let annotations = json!({ format!("guestlist.dev/{key}"): "1" });
        changed(&self.world, name, json!({"metadata": {"annotations": annotations}})).await;
    }
}
