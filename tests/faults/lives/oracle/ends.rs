//! Who is disabled or deleted: nobody without an owner whose end it is and who had the right to it, nobody while a claim of the same
//! namespace stands that wants the person. And every end of an owner with that right is carried out before its claim goes.

use super::Wrong;
use super::life::{Call, Claim, Existing, Life, Policy, Record, What, Wish};
use super::person::Person;
use super::time::{Moment, Span};

/// Clocks in a status and in a spec are read in whole seconds.
const SECOND: Moment = 1_000;

/// The ends that were asked of Graph, and those that were not.
pub fn judge(life: &Life, person: &Person<'_>) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for request in &person.requests {
        let end = match &request.call {
            Call::Delete { user } => Some((user, Policy::Delete)),
            Call::Enable { user, enabled: false } => Some((user, Policy::Disable)),
            _ => None,
        };
        let Some((user, policy)) = end else { continue };
        if let Err(why) = authority(life, person, request.at, user, policy) {
            wrong.push(Wrong::new(person, request.at, why));
        }
    }
    wrong.extend(person.claims.iter().filter_map(|claim| left_undone(life, person, claim)));
    wrong
}

/// Whether some claim was at its end that may end this user so.
fn authority(life: &Life, person: &Person<'_>, at: Moment, user: &str, policy: Policy) -> Result<(), &'static str> {
    let window = life.live(at);
    let mut why = "a user ended whom no claim may end";
    for claim in &person.claims {
        for wish in claim.wishes.possibly(window).flatten() {
            if wish.suspended || !may_end(life, person, claim, wish, user, policy, at) {
                continue;
            }
            if !is_over(person, claim, wish, user, window) {
                why = "a user ended whose claim was not at its end";
            } else if !owned(person, claim, user, window) {
                why = "a user ended who was not its claim's";
            } else if wish.deleting && has_successor(life, person, claim, window) {
                why = "a user ended whom another claim of the namespace wanted";
            } else {
                return Ok(());
            }
        }
    }
    if is_left_behind(life, person, user, policy, window) { Ok(()) } else { Err(why) }
}

/// Whether an owner that ended while others shared the person has left this end to be carried out when the last of them has ended.
fn is_left_behind(life: &Life, person: &Person<'_>, user: &str, policy: Policy, window: Span) -> bool {
    let left = |record: &Record| {
        record.reclaim == Some(policy) && record.claims.is_empty() && record.user.as_deref() == Some(user)
    };
    let by_whom = |claim: &&Claim| {
        let ended = claim.wishes.iter().find(|(_, wish)| wish.as_ref().is_some_and(|wish| wish.deleting));
        let Some((began, Some(wish))) = ended else { return false };
        let lasted = Span { from: began.from, to: window.to };
        let shared = |record: &Record| person.is_shared(record, &claim.namespace);
        !wish.suspended
            && may_end(life, person, claim, wish, user, policy, began.to)
            && owned(person, claim, user, *began)
            && person.guest.is_some_and(|guest| guest.records.may(lasted, shared))
    };
    person.guest.is_some_and(|guest| guest.records.may(window, left)) && person.claims.iter().any(by_whom)
}

/// Whether this claim has, or had while the rules allowed it, the right to such an end.
fn may_end(
    life: &Life,
    person: &Person<'_>,
    claim: &Claim,
    wish: &Wish,
    user: &str,
    policy: Policy,
    at: Moment,
) -> bool {
    let needs = if policy == Policy::Delete { Existing::Own } else { Existing::Manage };
    let enough = |wish: &Wish| person.right(claim, wish, user) >= needs;
    let window = life.live(at);
    if life.may_allow(claim, wish, window) && wish.policy == policy && enough(wish) {
        return true;
    }
    // A claim that is held has the end that it was entitled to last.
    let held = !life.must_allow(claim, wish, window);
    let states: Vec<_> = claim.wishes.iter().collect();
    let earlier =
        states.iter().enumerate().filter(|(_, (began, _))| began.from <= at).filter_map(|(n, (began, wish))| {
            let over = states.get(n + 1).map_or(at, |(next, _)| next.to).min(at);
            wish.as_ref().map(|wish| (Span { from: began.from, to: over }, wish))
        });
    held && enough(wish)
        && earlier
            .into_iter()
            .any(|(lasted, wish)| wish.policy == policy && enough(wish) && life.may_allow(claim, wish, lasted))
}

/// Whether the claim was at its end: being deleted, or one of its times had passed. Of a claim that is held, the times that it had
/// count as well.
fn is_over(person: &Person<'_>, claim: &Claim, wish: &Wish, user: &str, window: Span) -> bool {
    if wish.deleting {
        return true;
    }
    let made = claim.wishes.iter().next().map_or(window.to, |(began, _)| began.from);
    let began_before = claim.wishes.iter().filter(|(began, _)| began.from <= window.to);
    let mut said = began_before.filter_map(|(_, wish)| wish.as_ref());
    let pending = !person.had_accepted(user, window);
    said.any(|wish| {
        let until = wish.access_until.is_some_and(|until| until <= window.to + SECOND);
        let expired = wish.expires_after.is_some_and(|after| pending && made + after <= window.to + SECOND);
        until || expired
    })
}

/// Whether the user was on record as this claim's.
fn owned(person: &Person<'_>, claim: &Claim, user: &str, window: Span) -> bool {
    person.guest.is_some_and(|guest| {
        guest.records.may(window, |record| {
            let owner = record.owner.as_ref().and_then(|(_, _, uid)| uid.as_ref());
            owner == Some(&claim.uid) && record.user.as_deref() == Some(user)
        })
    })
}

/// Whether another claim of the namespace stood all the while that may have the person.
fn has_successor(life: &Life, person: &Person<'_>, claim: &Claim, window: Span) -> bool {
    let others = person.claims.iter().filter(|other| other.uid != claim.uid && other.namespace == claim.namespace);
    others.into_iter().any(|other| life.surely_entitled(other, window))
}

/// An end that should have been carried out before the claim went, and was not.
fn left_undone(life: &Life, person: &Person<'_>, claim: &Claim) -> Option<Wrong> {
    let (began, wish) = claim
        .wishes
        .iter()
        .filter_map(|(began, wish)| Some((began, wish.as_ref()?)))
        .find(|(_, wish)| wish.deleting)?;
    let gone = claim.wishes.iter().find(|(_, wish)| wish.is_none()).map(|(gone, _)| *gone)?;
    let all = Span { from: began.from - SECOND, to: gone.to };
    let needs = match wish.policy {
        Policy::Retain => return None,
        Policy::Disable => Existing::Manage,
        Policy::Delete => Existing::Own,
    };
    let user = owned_by(person, claim, *began)?;
    let excused = claim.forced
        || !wish.bound
        // Whoever waits for its end may still be suspended, or be given another one.
        || claim.wishes.may(all, |later| later.as_ref().is_some_and(|later| later.suspended || later.policy != wish.policy))
        || person.right(claim, wish, user) < needs
        || !life.must_allow(claim, wish, all)
        || person.deeds.iter().any(|deed| matches!(deed.what, What::WasThere { member: true, .. }))
        // Others share the person, and the end is left until the last of them has ended.
        || person.guest.is_some_and(|guest| guest.records.may(all, |record| person.is_shared(record, &claim.namespace)))
        // Somebody of the namespace may have taken the person over.
        || person.claims.iter().any(|other| {
            other.uid != claim.uid && other.namespace == claim.namespace && other.wishes.may(all, Option::is_some)
        });
    let done = person.is_ended(user, wish.policy, gone.to);
    (!excused && !done).then(|| Wrong::new(person, gone.to, "a claim went without the end that it was to make"))
}

/// The user whom the claim certainly had at this time.
fn owned_by<'a>(person: &Person<'a>, claim: &Claim, at: Span) -> Option<&'a str> {
    let record = person.guest?.records.surely(at)?;
    let owner = record.owner.as_ref().and_then(|(_, _, uid)| uid.as_ref());
    record.user.as_deref().filter(|_| owner == Some(&claim.uid))
}
