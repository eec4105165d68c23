//! A directory to be probed, with its EntraTenant on a shared API server, and the command run against it.

use std::collections::BTreeSet;

use entra_simulator::{AllowInvitesFrom, Entry, Policy, RequestEntry, SeedKind, SeedUser, Settings, Simulator};
use serde_json::{Value, json};
use testbed::stories::{TENANT, allowed, only_plane};
use testbed::world::{TenantManifest, World};

use crate::person::{self, Ended, Reply};

pub const DOMAIN: &str = "contoso.onmicrosoft.com";

/// Whom the person can be.
pub const GUEST: &str = "me@fabrikam.com";
pub const SPONSORED: &str = "other@fabrikam.com";
pub const AUTOMATIC: &str = "auto@tailspintoys.com";
pub const BLOCKED: &str = "nobody@blocked.example";
pub const GROUP: &str = "team@fabrikam.com";
/// A guest of the directory's own, who has nothing to do with any of it.
pub const BYSTANDER: &str = "bystander@fabrikam.com";

pub const ROLES: [&str; 6] = [
    "User.Invite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "GroupMember.Read.All",
    "Organization.Read.All",
];

/// An API server with the definitions, and nothing else.
pub async fn plane() -> World {
    World::start(only_plane()).await.unwrap()
}

/// One directory with one EntraTenant.
pub struct Bench<'w> {
    pub world: &'w World,
    pub sim: Simulator,
    pub name: String,
    before: Vec<String>,
}

impl<'w> Bench<'w> {
    pub async fn new(world: &'w World, name: &str, change: impl FnOnce(&mut Settings)) -> Self {
        Self::with(world, TenantManifest { name: name.into(), ..TenantManifest::default() }, &ROLES, change).await
    }

    pub async fn with(
        world: &'w World,
        tenant: TenantManifest,
        roles: &[&str],
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mut config = allowed(roles);
        config.settings.policy = Policy {
            automatic_redemption_domains: vec!["tailspintoys.com".into()],
            blocked_domains: vec!["blocked.example".into()],
            ..Policy::default()
        };
        config.settings.accounts.group_addresses = vec![GROUP.into()];
        change(&mut config.settings);
        let sim = Simulator::start(config).await.unwrap();
        sim.seed(TENANT, SeedUser::new("boss@contoso.com", SeedKind::Member));
        sim.seed(TENANT, SeedUser::new(BYSTANDER, SeedKind::AcceptedGuest));
        world.apply(&tenant.yaml(sim.url(), sim.ca_pem()).unwrap()).await.unwrap();
        let before = ids(&sim);
        Self { world, sim, name: tenant.name, before }
    }

    /// `guestlist check tenant` without a probe.
    pub async fn check(&self) -> Ended {
        person::run(self.world, &["check", "tenant", self.name.as_str()], async |_| panic!("nothing is asked")).await
    }

    /// A probe with all addresses, every question answered as the journal has it.
    pub async fn probe(&self, more: &[&str]) -> Ended {
        let mut reader = person::Reader::new(&self.sim);
        self.probe_with(more, async |asked| reader.answer(asked).await).await
    }

    /// The same with other answers.
    pub async fn probe_with(&self, more: &[&str], answer: impl AsyncFnMut(&str) -> Reply) -> Ended {
        let mut args = vec!["check", "tenant", self.name.as_str(), "--probe", "--output", "json"];
        args.extend(["--address", GUEST, "--address", SPONSORED, "--sponsor", "boss@contoso.com"]);
        args.extend(["--automatic", AUTOMATIC, "--blocked", BLOCKED, "--group", GROUP]);
        args.extend(more);
        person::run(self.world, &args, answer).await
    }

    /// Everything asked of Graph, sign-ins left out.
    pub fn asked(&self) -> Vec<RequestEntry> {
        let requests = self.sim.journal().into_iter().filter_map(|entry| match entry {
            Entry::Request(request) => Some(request),
            Entry::Mail(_) => None,
        });
        requests.filter(|request| request.operation != "token").collect()
    }

    /// What was written.
    pub fn writes(&self) -> Vec<RequestEntry> {
        self.asked().into_iter().filter(|request| request.method != "GET").collect()
    }

    /// The addresses that were mailed, each once.
    pub fn mailed(&self) -> BTreeSet<String> {
        let mails = self.sim.journal().into_iter().filter_map(|entry| match entry {
            Entry::Mail(mail) => Some(mail.to),
            Entry::Request(_) => None,
        });
        mails.collect()
    }

    /// The directory holds those who were there before and nobody else; nobody of them was written to; and nobody was mailed
    /// but the one mailbox that is there for it.
    pub fn left_as_it_was(&self) {
        assert_eq!(ids(&self.sim), self.before, "{}: users", self.name);
        for write in self.writes() {
            let touched = self.before.iter().find(|id| write.path.contains(id.as_str()));
            assert_eq!(touched, None, "{}: {} {}", self.name, write.method, write.path);
        }
        let mailed = self.mailed();
        assert!(mailed.iter().all(|address| address == GUEST), "{}: {mailed:?}", self.name);
    }

    /// Whoever was deleted was deleted for good: the ids are the same. A user that an invitation restored is deleted twice.
    pub fn deleted_for_good(&self) {
        assert_eq!(self.done("deleteUser"), self.done("purgeDeletedItem"), "{}", self.name);
    }

    /// The ids that an operation was done to.
    fn done(&self, operation: &str) -> BTreeSet<String> {
        let asked = self.asked().into_iter();
        let done = asked.filter(|request| request.operation == operation && request.status() == Some(204));
        done.filter_map(|request| Some(request.path.rsplit('/').next()?.to_owned())).collect()
    }

    pub fn restricted(&self) -> bool {
        self.sim.settings().policy.allow_invites_from == AllowInvitesFrom::AdminsAndGuestInviters
    }
}

fn ids(sim: &Simulator) -> Vec<String> {
    let mut ids: Vec<String> = sim.users(TENANT).into_iter().map(|user| user.id).collect();
    ids.sort_unstable();
    ids
}

/// What a probe printed.
pub fn answers(ended: &Ended) -> Vec<Value> {
    let printed: Value = serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"));
    printed["answers"].as_array().unwrap_or_else(|| panic!("{ended:?}")).clone()
}

/// The switches that are turned away from the default, by question.
pub fn turned(ended: &Ended) -> BTreeSet<(String, String)> {
    let answers = answers(ended);
    let switch = |answer: &Value| {
        let name = answer["switch"].as_str().filter(|name| *name != "default")?;
        Some((answer["question"].as_str()?.to_owned(), name.to_owned()))
    };
    answers.iter().filter_map(switch).collect()
}

/// The letters that are not settled.
pub fn open(ended: &Ended) -> BTreeSet<String> {
    let answers = answers(ended);
    let open = answers.iter().filter(|answer| answer["settled"] == json!(false));
    open.filter_map(|answer| Some(answer["question"].as_str()?.to_owned())).collect()
}
