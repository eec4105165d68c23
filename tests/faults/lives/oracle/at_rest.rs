//! How things have to stand when all is at rest: nobody is lost, each claim says how it stands with its person, and what the claims say
//! and what is on record agree.

use super::Wrong;
use super::life::{Claim, Existing, Life, Policy, Record, Told, User, What, Wish};
use super::person::Person;
use super::time::Span;

/// Reasons of a claim with whose person all is well.
const WELL: [&str; 7] = ["Invited", "Accepted", "Adopted", "Followed", "Restored", "NothingToSend", "SentUncertain"];

/// What is not as it should be in the end.
pub fn judge(life: &Life, person: &Person<'_>) -> Vec<Wrong> {
    let record = person.records().next_back().map(|(_, record)| record);
    let standing = person.claims.iter().filter_map(|claim| Some((*claim, claim.wishes.last()?.as_ref()?)));
    let mut wrong = Vec::new();
    for (claim, wish) in standing.clone() {
        let Some(told) = life.end.told.iter().find(|told| told.uid == claim.uid) else {
            wrong.push(format!("nothing is told of {}/{}", claim.namespace, claim.name));
            continue;
        };
        let stands = Stands { life, person, claim, wish, record, told };
        wrong.extend(
            stands.why_wrong().map(|why| {
                format!("{}/{} is {} ({}), but {why}", claim.namespace, claim.name, told.state, told.reason)
            }),
        );
    }
    if let Some(record) = record {
        let lives = |uid: &str| standing.clone().any(|(claim, _)| claim.uid == uid);
        let owner = record.owner.as_ref().and_then(|(_, _, uid)| uid.as_deref());
        let gone = record.claims.iter().map(String::as_str).chain(owner).filter(|uid| !lives(uid));
        if record.state != "Ownerless" {
            wrong.extend(gone.map(|uid| format!("the Guest names the claim {uid}, which is gone")));
        }
        let there = |id: &String| life.end.users.iter().any(|user| user.id == *id);
        if record.state == "Gone" && record.user.as_ref().is_some_and(there) {
            wrong.push("the Guest says that the user is gone, who is there".to_owned());
        }
        // What is sent counts over all lives of a record: each is a count that grows.
        let counts = person
            .records()
            .map(|(_, record)| record.sent)
            .fold((0, 0), |(all, before), sent| (all + sent.saturating_sub(before), sent));
        // One that is under way is not counted yet: its claim may be suspended.
        if person.mails.len() > counts.0 + usize::from(record.open) {
            wrong.push(format!("{} mails were sent, and {} are on record", person.mails.len(), counts.0));
        }
    }
    wrong.into_iter().map(|why| Wrong::new(person, life.end.at, why)).collect()
}

/// One claim in the end, with all that counts for it.
struct Stands<'a> {
    life: &'a Life,
    person: &'a Person<'a>,
    claim: &'a Claim,
    wish: &'a Wish,
    record: Option<&'a Record>,
    told: &'a Told,
}

impl Stands<'_> {
    fn why_wrong(&self) -> Option<String> {
        if self.wish.deleting {
            return Some("it is to be deleted, and stays".into());
        }
        if self.wish.suspended {
            return self.expect(&["Suspended"], "it is suspended");
        }
        if self.belongs_to_another() {
            // Of a namespace only one claim has a person.
            let reason = if self.owner_is_of_its_namespace() { "DuplicateAddress" } else { self.held() };
            // Where the owner has vanished nobody can be allowed to share the person: the platform team decides.
            let mut reasons = vec![reason];
            reasons.extend(self.has_vanished().then_some("DuplicateAddress"));
            return self.expect(&reasons, "another claim has the person");
        }
        if self.is_left_to_sharers() {
            return self.expect(&[self.held()], "an owner has left the person to those who share them");
        }
        let now = Span::at(self.life.end.at);
        if !self.life.may_allow(self.claim, self.wish, now) {
            let mut reasons = vec!["NotAllowed", "AccessEnded", "Expired"];
            reasons.extend(self.nothing_to_allow());
            reasons.extend(self.is_kept_by_who_vanished().then_some("DuplicateAddress"));
            return self.expect(&reasons, "no rule allows it");
        }
        let past = self.wish.access_until.is_some_and(|until| until <= self.life.end.at);
        if past && !self.follows() {
            // Of two ends the first is told.
            let mut reasons = vec!["AccessEnded"];
            reasons.extend(self.has_expired().then_some("Expired"));
            reasons.extend(self.is_kept_by_who_vanished().then_some("DuplicateAddress"));
            return self.expect(&reasons, "its time is over").or_else(|| self.why_not_ended());
        }
        let member = |deed: &super::life::Deed| {
            matches!(deed.what, What::WasThere { member: true, .. }) && self.user(&deed.user).is_some()
        };
        if self.person.deeds.iter().any(|deed| member(deed)) {
            return self.expect(&["InternalUser"], "a member has the address");
        }
        match self.record.filter(|_| self.owns() || self.follows()) {
            Some(record) => self.why_not_well(record),
            None => {
                if self.is_counted() {
                    // Whose send it was had vanished. It counts as sent, and nobody can tell.
                    return self.expect(&["UserNeverAppeared", "DuplicateAddress"], "a mail counts as sent");
                }
                // Whoever was deleted counts too, as long as they can be restored: longer than a life lasts.
                let refuses = self.wish.existing == Existing::Refuse && !self.person.users.is_empty();
                match refuses {
                    true => self.expect(&["AlreadyExists"], "it refuses whom the directory knows"),
                    false => Some("its person is lost".into()),
                }
            }
        }
    }

    fn expect(&self, reasons: &[&str], because: &str) -> Option<String> {
        (!reasons.contains(&self.told.reason.as_str())).then(|| format!("{because}: {}", reasons.join(" or ")))
    }

    /// What is told where another namespace has the person, or had. Whoever followed them before is held: no rule lets it share them. That
    /// they are gone it hears all the same.
    fn held(&self) -> &'static str {
        match self.follows() {
            true => self.nothing_to_allow().unwrap_or("NotAllowed"),
            false => "DuplicateAddress",
        }
    }

    /// What is told of a person for whom there is nothing that a rule would have to allow.
    fn nothing_to_allow(&self) -> Option<&'static str> {
        let id = self.record.and_then(|record| record.user.as_deref()).filter(|_| self.owns() || self.follows());
        let gone = id.is_some_and(|id| self.user(id).is_none());
        gone.then_some("GuestGone").or(self.is_counted().then_some("UserNeverAppeared"))
    }

    /// Whether a claim that has vanished keeps the person, because a mail counts as sent for it.
    fn is_kept_by_who_vanished(&self) -> bool {
        !self.owns() && self.is_counted()
    }

    /// Whether a mail counts as sent, and nobody was ever seen whom it was to.
    fn is_counted(&self) -> bool {
        self.record.is_some_and(|record| record.user.is_none() && record.sent > 0)
    }

    /// Of a person whom the claim has, and whose time is not over.
    fn why_not_well(&self, record: &Record) -> Option<String> {
        let Some(id) = &record.user else { return Some("no user is on record".into()) };
        if self.told.user.as_ref() != Some(id) || self.told.guest != self.person.guest.map(|guest| guest.name.clone()) {
            return Some(format!("the Guest has the user {id}, and the claim says {:?}", self.told.user));
        }
        if self.owns() && self.told.sent != record.sent {
            return Some(format!("the Guest counts {} mails, and the claim says {}", record.sent, self.told.sent));
        }
        if record.open {
            return Some("something is under way".into());
        }
        let bound = self.wish.policy != Policy::Retain;
        if self.wish.bound != bound {
            return Some(format!("its finalizer: {}", self.wish.bound));
        }
        if self.told.reason == "Expired" || self.is_late(id) {
            let earlier = self.claim.wishes.iter().filter_map(|(_, wish)| wish.as_ref()?.access_until);
            let ended = earlier.into_iter().any(|until| until <= self.life.end.at);
            let reasons: &[&str] = if ended { &["Expired", "AccessEnded"] } else { &["Expired"] };
            return self.expect(reasons, "the person has not accepted in time").or_else(|| self.why_not_expired(id));
        }
        let Some(user) = self.user(id) else { return self.expect(&["GuestGone"], "the user is gone") };
        if !user.enabled {
            let others = self.person.deeds.iter().any(|deed| deed.user == *id && deed.what == What::Disabled);
            let may = self.owns() && self.person.right(self.claim, self.wish, id) >= Existing::Manage;
            return match may && !others {
                true => Some("the operator has left the account disabled".into()),
                false => self.expect(&["AccountDisabled"], "the account is disabled"),
            };
        }
        if let Some(lacking) = self.wish.groups.iter().find(|group| !user.groups.contains(group)) {
            return Some(format!("the person is not in the group {lacking}"));
        }
        if self.owns() && self.wish.title.is_some() && self.wish.title != user.title {
            return Some(format!("the title is {:?}, and not {:?}", user.title, self.wish.title));
        }
        let state = if user.accepted { "Accepted" } else { "Invited" };
        if self.told.state != state {
            return Some(format!("the person is {state}"));
        }
        // While others share the person, a reset that was asked for waits.
        if self.told.reason == "ResetWaits" {
            let waits =
                self.owns() && self.wish.reset.is_some() && self.person.is_shared(record, &self.claim.namespace);
            return (!waits).then(|| "no reset has to wait".into());
        }
        self.expect(&WELL, "all is well").or_else(|| self.why_not_mailed(id, user))
    }

    /// Whether the person of an owner has certainly had their time, and has not accepted.
    fn is_late(&self, id: &str) -> bool {
        let made = self.claim.wishes.iter().next().map_or(0, |(began, _)| began.to);
        let since = self.person.reset_at(id).map_or(made, |reset| reset.max(made));
        let over = self.wish.expires_after.is_some_and(|after| since + after < self.life.end.at);
        self.owns() && over && self.user(id).is_some_and(|user| !user.accepted)
    }

    /// Whether the time to accept may be over.
    fn has_expired(&self) -> bool {
        let since = self.claim.wishes.iter().next().map_or(0, |(began, _)| began.from);
        self.wish.expires_after.is_some_and(|after| since + after <= self.life.end.at + 1_000)
    }

    /// Of a claim that says so.
    fn why_not_expired(&self, id: &str) -> Option<String> {
        let over = self.has_expired();
        // Whoever accepts after the end is not taken back for it.
        let end = self
            .wish
            .expires_after
            .map(|after| self.claim.wishes.iter().next().map_or(0, |(began, _)| began.to) + after);
        // Unless they have been asked since to accept anew.
        let accepted = end.is_some_and(|end| {
            self.person.had_accepted(id, Span::at(end)) && self.person.reset_at(id).is_none_or(|reset| reset <= end)
        });
        match self.owns() && over && !accepted {
            true => self.why_not_ended(),
            false => Some("it may not be".into()),
        }
    }

    /// Of an owner whose time is over.
    fn why_not_ended(&self) -> Option<String> {
        if !self.owns() {
            return None;
        }
        let record = self.record?;
        // While claims of other namespaces have the person too, they stay.
        if self.person.is_shared(record, &self.claim.namespace) {
            return None;
        }
        let id = record.user.as_ref()?;
        let right = self.person.right(self.claim, self.wish, id);
        let user = self.user(id)?;
        match self.wish.policy {
            Policy::Delete if right == Existing::Own => Some("the user was not deleted".into()),
            Policy::Disable if right >= Existing::Manage && user.enabled => Some("the user was not disabled".into()),
            _ => None,
        }
    }

    /// Of the only claim that a person ever had, who was invited for it and has not accepted.
    fn why_not_mailed(&self, id: &str, user: &User) -> Option<String> {
        let invited = self.person.made_in(id) == Some(&self.claim.namespace) && self.person.claims.len() == 1;
        // Of a mail to somebody known nobody can tell, once whoever was to send it is gone: it counts as sent.
        let uncertain = |record: &Record| record.open && record.sent == 0 && record.user.is_some();
        let counts = self.told.sent > 0 && self.person.records().any(|(_, record)| uncertain(record));
        let nobody = !counts && !self.person.mails.iter().any(|mail| mail.user == id);
        let unmailed = invited && self.wish.mails && !user.accepted && nobody && self.told.reason != "SentUncertain";
        unmailed.then(|| "the person was never mailed".into())
    }

    fn owns(&self) -> bool {
        self.owner() == Some(&self.claim.uid)
    }

    fn owner(&self) -> Option<&str> {
        self.record?.owner.as_ref()?.2.as_deref()
    }

    /// Whether the end of an owner of another namespace waits until the last who shares the person has ended. No rule of a life lets anybody
    /// share, and whoever asks for more than to follow takes the place.
    fn is_left_to_sharers(&self) -> bool {
        let waits = self.record.is_some_and(|record| record.reclaim.is_some());
        waits && !self.owns() && !self.owner_is_of_its_namespace() && self.wish.existing < Existing::Manage
    }

    fn owner_is_of_its_namespace(&self) -> bool {
        let owner = self.record.and_then(|record| record.owner.as_ref());
        owner.is_some_and(|(namespace, _, _)| *namespace == self.claim.namespace)
    }

    fn follows(&self) -> bool {
        !self.owns() && self.record.is_some_and(|record| record.claims.contains(&self.claim.uid))
    }

    /// Whether another claim has the person, or one of another namespace vanished with something to undo.
    fn belongs_to_another(&self) -> bool {
        let Some(record) = self.record.filter(|record| !record.is_vacant()) else { return false };
        let Some((namespace, _, Some(uid))) = &record.owner else { return false };
        let stands = self.person.claim(uid).is_some_and(|claim| claim.wishes.last().is_some_and(Option::is_some));
        *uid != self.claim.uid && (stands || (self.has_vanished() && *namespace != self.claim.namespace))
    }

    /// Whether the owner has vanished with something to undo.
    fn has_vanished(&self) -> bool {
        self.record.is_some_and(|record| record.state == "Ownerless")
    }

    fn user(&self, id: &str) -> Option<&User> {
        self.life.end.users.iter().find(|user| user.id == id)
    }
}
