//! Every operation of the Graph port, failing in every way: what the guest's condition says meanwhile, in words that a person
//! can act on, how often Graph is asked, and that all comes right, with the mails that were wanted, when the fault is over.

mod faults;
mod operations;
mod quirks;

use std::time::{Duration, Instant};

use entra_simulator::SeedGroup;
use serde_json::{Value, json};
use testbed::stories::{SOON, TENANT, changed, condition, kstatus, named, one_mail, posts, simulator};
use testbed::world::{World, WorldConfig};

use crate::acts::{able, tell};
use faults::{Times, WAYS, Way};
use operations::{Mark, Operation, Part};

/// How long a fault lasts that goes on.
const LASTS: Duration = Duration::from_secs(5);

/// A wait that doubles from a second asks three times in that; with a 401 each time asks twice, and a look or a sweep may fall in.
const MOST_ASKED: usize = 12;

macro_rules! failing {
    ($($test:ident $operation:ident $(in $ways:expr)?,)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            let ways = &WAYS$([$ways])?;
            in_every_way(&operations::$operation, ways).await;
        }
    )*};
}

// What is refused for one group or sponsor is left alone for half a minute, a question comes after the settling time, and a sign-in that
// fails again is tried later each time. So these take long and are told in two parts.
failing! {
    a_look LOOK,
    an_invitation INVITE,
    a_question QUESTION in ..10,
    a_question_in_the_other_ways QUESTION in 10..,
    a_resend RESEND,
    a_read READ,
    a_reset RESET,
    an_update UPDATE,
    a_search_for_a_group FIND_GROUP,
    a_read_of_a_group READ_GROUP,
    a_read_of_the_memberships MEMBERSHIPS,
    an_addition_to_a_group ADD_MEMBER in ..10,
    an_addition_to_a_group_in_the_other_ways ADD_MEMBER in 10..,
    a_removal_from_a_group REMOVE_MEMBER,
    a_search_for_a_sponsor FIND_SPONSOR,
    a_read_of_the_sponsors SPONSORS,
    an_addition_of_a_sponsor ADD_SPONSOR in ..10,
    an_addition_of_a_sponsor_in_the_other_ways ADD_SPONSOR in 10..,
    a_removal_of_a_sponsor REMOVE_SPONSOR,
    a_deletion DELETE,
    a_look_for_the_deleted LOOK_FOR_DELETED,
    a_restoration RESTORE,
    a_sweep SWEEP,
    a_read_of_many READ_MANY,
    a_read_of_the_organization ORGANIZATION,
    a_sign_in SIGN_IN in ..10,
    a_sign_in_in_the_other_ways SIGN_IN in 10..,
}

async fn in_every_way(operation: &Operation, ways: &[Way]) {
    let world = able(WorldConfig::default()).await;
    let mut wrong = Vec::new();
    // Who may not do what is optional is followed in the stories of permissions.
    let ways = || ways.iter().filter(|way| !(operation.optional && way.times == Times::UntilAsked));
    for (n, way) in ways().enumerate() {
        let case = Case { world: &world, operation, way, name: format!("f{n}") };
        if let Err(why) = case.told().await {
            wrong.push(format!("{}, {}: {why}", operation.name, way.name));
        }
    }
    println!("{}: {} ways to fail, {} as they should be", operation.name, ways().count(), ways().count() - wrong.len());
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), world.account_of_it());
}

/// One operation failing in one way, for one guest.
struct Case<'a> {
    world: &'a World,
    operation: &'a Operation,
    way: &'a Way,
    name: String,
}

impl Case<'_> {
    async fn told(&self) -> Result<(), String> {
        let (world, operation, way) = (self.world, self.operation, self.way);
        let entra = simulator(world);
        let (group_name, group) = self.group();
        let words = [("{group-name}", group_name.as_str()), ("{group}", group.as_str())];
        tell(world, operation.given, &self.name, &words).await;
        self.until("be ready for the fault", operation.given_is_done).await?;
        let mark = self.mark(&group_name, &group);
        // A sweep reads the sponsors of everybody at its own pace, many in one call.
        let by_sweeps = |in_batch: bool| in_batch && operation.name == operations::SPONSORS.name;
        let asks = || entra.requests(operation.name).iter().filter(|request| !by_sweeps(request.in_batch)).count();
        let before = asks();
        entra.inject(way.fault(operation.name, &mark));
        if operation.name == "token" {
            entra.revoke_tokens();
        }
        tell(world, operation.acts, &self.name, &words).await;
        let said = if way.times == Times::Once { Ok(()) } else { self.says().await };
        let asked = asks() - before;
        entra.clear_faults();
        if way.times == Times::UntilAsked && world.get(&named(&self.name)).await.is_ok_and(|guest| guest.is_object()) {
            let now = json!({"metadata": {"annotations": {"guestlist.dev/reconcile": "mended"}}});
            changed(world, &self.name, now).await;
        }
        self.until("come right", operation.is_done).await?;
        said?;
        if asked > MOST_ASKED {
            return Err(format!("asked {asked} times in {} s", LASTS.as_secs()));
        }
        self.mailed()
    }

    fn group(&self) -> (String, String) {
        let name = format!("Group-{}", self.name);
        let id = simulator(self.world).seed_group(TENANT, SeedGroup::new(&name));
        (name, id)
    }

    fn mark(&self, group_name: &str, group: &str) -> String {
        let entra = simulator(self.world);
        let find = |user: &entra_simulator::User| user.mail.as_deref() == Some(&self.address());
        match self.operation.mark {
            Mark::Address => self.address(),
            Mark::AddressAsked => self.address().replace('@', "%40"),
            Mark::NewAddress => format!("{}@adatum.com", self.name),
            Mark::User => {
                entra.users(TENANT).iter().find(|user| find(user)).map(|user| user.id.clone()).unwrap_or_default()
            }
            Mark::GroupName => group_name.into(),
            Mark::Group => group.into(),
            Mark::Text(text) => text.into(),
        }
    }

    fn address(&self) -> String {
        format!("{}@fabrikam.com", self.name)
    }

    async fn until(&self, what: &str, holds: fn(&Value) -> bool) -> Result<Value, String> {
        let guest = self.world.wait_for(&named(&self.name), what, holds, SOON).await;
        if guest.is_ok() {
            return guest.map_err(|error| error.to_string());
        }
        let guest = self.world.get(&named(&self.name)).await.map_err(|error| error.to_string())?;
        Err(format!("does not {what}: {} {:?}", guest["status"]["state"], condition(&guest, "Ready")))
    }

    /// Watches what the condition says as long as the fault lasts.
    async fn says(&self) -> Result<(), String> {
        let began = Instant::now();
        let (mut heard, mut all) = (false, Vec::new());
        let done = self.operation.is_done;
        let mut ended = false;
        // A sign-in is waited for longer than a call, as it comes once in an hour; a question, as it comes after the settling time.
        let lasts = match self.operation.part {
            Part::SignIn => LASTS * 3,
            Part::Question => LASTS * 4,
            _ => LASTS,
        };
        while began.elapsed() < lasts && !(heard && began.elapsed() > LASTS / 2) {
            let guest = self.world.get(&named(&self.name)).await.map_err(|error| error.to_string())?;
            if guest["status"]["conditions"].is_array() {
                kstatus(&guest);
            }
            let (_, reason, message) = condition(&guest, "Ready");
            heard |= self.words().iter().any(|words| words.iter().all(|word| message.contains(word)));
            let now = format!("{reason}: {message}");
            if all.last() != Some(&now) {
                all.push(now);
            }
            ended = done(&guest);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        match self.may_end() {
            true if ended || heard => Ok(()),
            false if heard => Ok(()),
            _ => Err(format!("says not {:?} but {all:#?}", self.words())),
        }
    }

    /// What is to be heard: one of these, each with all its words.
    fn words(&self) -> Vec<&'static [&'static str]> {
        match self.operation.part {
            Part::Silent => vec![&[]],
            // What it has come to is said, or why finding that out has to wait.
            Part::FirstMail if !self.way.answered => {
                vec![&["is finding out whether an earlier invitation left", "Nothing is sent twice"], self.way.words]
            }
            Part::SignIn => vec![self.way.at_sign_in],
            // The refusal of one group or sponsor is kept with it, in Graph's own words.
            Part::Idempotent => vec![self.way.words, self.way.at_tie],
            _ => vec![self.way.words],
        }
    }

    /// Whether the guest may come to its end though the fault lasts.
    fn may_end(&self) -> bool {
        match self.operation.part {
            Part::Step | Part::Silent | Part::SignIn | Part::Question => false,
            Part::Idempotent => self.way.done,
            // Found by looking, or counted as sent.
            Part::FirstMail => self.way.done,
            Part::FurtherMail => !self.way.answered,
        }
    }

    fn mailed(&self) -> Result<(), String> {
        let entra = simulator(self.world);
        let addresses = [self.address(), format!("{}@adatum.com", self.name)];
        let count = |address: &String| entra.invitation_mails(address).len() + entra.own_mails(address).len();
        let sent: usize = addresses.iter().map(count).sum();
        let wanted = match self.operation.part {
            Part::FirstMail | Part::Question => one_mail(&posts(self.world, &self.address())),
            _ => self.operation.mails,
        };
        // Nothing can tell whether a mail to somebody who is known left; then it is not repeated.
        let least = match self.operation.part {
            Part::FurtherMail if !self.way.answered => wanted - 1,
            _ => wanted,
        };
        match (least..=wanted).contains(&sent) {
            true => Ok(()),
            false => Err(format!("{sent} mails instead of {least} to {wanted}")),
        }
    }
}
