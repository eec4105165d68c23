//! Guests who were invited and followed long ago. Two are invited in truth, one of them accepts; the others are copies of them with
//! names, uids and users of their own, so that there is nothing to do for anybody.

use std::collections::HashMap;
use std::time::Duration;

use entra_simulator::{SeedKind, SeedUser, User};
use guestlist::api::Address;
use guestlist::store::guest_name;
use serde_json::Value;
use testbed::stories::{TENANT, guest, named, simulator};
use testbed::world::World;

use super::etcd::Etcd;
use super::start;

/// One of so many guests is still pending.
pub const ONE_PENDING_OF: usize = 20;

/// A guest as the API server keeps it, with what is to be replaced in a copy.
struct Template {
    claim: String,
    record: String,
    texts: Texts,
}

/// What differs from guest to guest.
struct Texts {
    name: String,
    email: String,
    uid: String,
    guest_name: String,
    guest_uid: String,
    user_id: String,
    principal_name: String,
    changed_at: String,
}

/// Makes `count` guests of the namespace `team` who need nothing, and ends the operator.
pub async fn settled(world: &World, count: usize) {
    let operator = start::operator(world);
    let names = ["template-accepted", "template-pending"];
    for name in names {
        world.apply(&guest(name, &format!("{name}@fabrikam.com"), "")).await.unwrap();
    }
    let within = Duration::from_secs(60);
    let is = |state: &'static str| {
        move |guest: &Value| guest["status"]["state"] == state && guest["status"]["redemption"]["state"].is_string()
    };
    for name in names {
        world.wait_for(&named(name), "be Invited", is("Invited"), within).await.unwrap();
    }
    simulator(world).redeem(TENANT, "template-accepted@fabrikam.com", None).unwrap();
    world.wait_for(&named(names[0]), "be Accepted", is("Accepted"), within).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    operator.terminate().unwrap();
    operator.wait().await;

    let mut etcd = Etcd::of(world.plane.folder().path()).await;
    let accepted = Template::read(world, &mut etcd, names[0]).await;
    let pending = Template::read(world, &mut etcd, names[1]).await;
    let numbers = 0..count.saturating_sub(names.len());
    let email = |n: usize| format!("guest{n:06}@fabrikam.com");
    for n in numbers.clone() {
        let kind = if n % ONE_PENDING_OF == 0 { SeedKind::PendingGuest } else { SeedKind::AcceptedGuest };
        simulator(world).seed(TENANT, SeedUser::new(email(n), kind));
    }
    let users: HashMap<String, User> = simulator(world)
        .users(TENANT)
        .into_iter()
        .filter_map(|user| Some((user.invited_address.clone().or_else(|| user.mail.clone())?, user)))
        .collect();
    let copies = numbers.flat_map(|n| {
        let template = if n % ONE_PENDING_OF == 0 { &pending } else { &accepted };
        template.copy(&format!("guest{n:06}"), &email(n), &users[&email(n)])
    });
    etcd.put(copies).await;
}

impl Template {
    async fn read(world: &World, etcd: &mut Etcd, name: &str) -> Self {
        let claim = etcd.get(&claim_key(name)).await;
        let told: Value = serde_json::from_str(&claim).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let guest_name = text(&told["status"]["guestName"]);
        let record = etcd.get(&guest_key(&guest_name)).await;
        let guest: Value = serde_json::from_str(&record).unwrap();
        let user = simulator(world).user(TENANT, guest["record"]["user"]["id"].as_str().unwrap()).unwrap();
        let texts = Texts {
            name: name.to_owned(),
            email: text(&told["spec"]["email"]),
            uid: text(&told["metadata"]["uid"]),
            guest_uid: text(&guest["metadata"]["uid"]),
            guest_name,
            principal_name: user.user_principal_name.clone(),
            changed_at: text(&guest["record"]["redemption"]["changedAt"]),
            user_id: user.id,
        };
        Self { claim, record, texts }
    }

    /// The keys and values of a copy with this name and address, whose user is `user`.
    fn copy(&self, name: &str, email: &str, user: &User) -> [(String, String); 2] {
        let guest = guest_name(TENANT, &Address::new(email));
        let (uid, guest_uid) = (uuid::Uuid::new_v4().to_string(), uuid::Uuid::new_v4().to_string());
        // In status times are in whole seconds.
        let changed_at = user.external_user_state_change_date_time.unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let Texts { name: was, .. } = &self.texts;
        // The longer ones first: the address has the name in it.
        let changes = [
            (self.texts.principal_name.as_str(), user.user_principal_name.as_str()),
            (&self.texts.guest_name, &guest),
            (&self.texts.email, email),
            (&self.texts.uid, &uid),
            (&self.texts.guest_uid, &guest_uid),
            (&self.texts.user_id, &user.id),
            (&self.texts.changed_at, &changed_at),
            (was, name),
        ];
        let filled = |text: &str| changes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        [(claim_key(name), filled(&self.claim)), (guest_key(&guest), filled(&self.record))]
    }
}

fn claim_key(name: &str) -> String {
    format!("/registry/guestlist.dev/guestinvitations/team/{name}")
}

fn guest_key(name: &str) -> String {
    format!("/registry/guestlist.dev/guests/{name}")
}
