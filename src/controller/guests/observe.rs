//! Gathers what the decision is made on. Reads memory only; what needs a call is a step of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::notes::Pass;
use super::permission::Rules;
use super::person::ClaimedPerson;
use crate::api::{Address, Explanation, Grant, PerRelation, Reason, Relation};
use crate::controller::context::Context;
use crate::plan::{
    Changes, ClaimKey, GraphClock, Observed, Record, Rewritten, SendAt, Standing, Tenant, UserView, standing,
};
use crate::policy::Permission;
use crate::store::{Connection, TenantState};

/// What this process knows of the person, beside the record.
pub fn observed(
    rules: &Rules<'_>,
    (key, person, record): (&ClaimKey, &ClaimedPerson, &Record),
    pass: &Pass,
    (standing, permission): (Standing, Permission),
    now: Timestamp,
) -> Observed {
    let Rules { context, guest: claim, found, .. } = *rules;
    let tenant = match (&pass.trouble, found) {
        (Some(trouble), _) => Tenant::Unready(trouble.clone()),
        (None, TenantState::Missing) => Tenant::Missing {
            message: format!(
                "There is no EntraTenant named {:?}. Name an existing one in spec.tenantRef (kubectl get etenant), or ask the platform team for it.",
                claim.tenant()
            ),
        },
        (None, TenantState::Unready(trouble)) => Tenant::Unready(trouble.explanation.clone()),
        (None, TenantState::Ready(connection)) => Tenant::Ready { send_at: send_at(connection, &key.uid, pass, now) },
    };
    let wishes = person.wishes();
    let held = match (wishes.revoke, wishes.hold) {
        (Some(_), _) => Some(Reason::Revoked),
        (None, true) => Some(Reason::HeldByPlatform),
        (None, false) => None,
    };
    let user = user(found, record, pass);
    Observed {
        tenant,
        permission,
        standing,
        elsewhere: elsewhere(context, person, record, pass),
        barred: barred(rules, person, &user, pass),
        demanded: rules.demand(),
        held,
        new_id: uuid::Uuid::new_v4().to_string(),
        ticket: pass.ticket.clone(),
        look: pass.look.clone(),
        user,
        graph_clock: GraphClock::ahead_by(found.connection().map(|known| known.graph.ahead()).unwrap_or_default()),
        user_read_at: pass.user_read_at.filter(|_| pass.user != UserView::Unknown),
        patched: patched(found, record, context, now),
        rewritten: rewritten(found, record),
        successor: pass.successor.unwrap_or_default(),
        shared: of_others(key, person, |relation| !relation.is_going()),
        removing: of_others(key, person, Relation::is_going),
        lost: lost(found, record),
        ends_stopped: found.connection().and_then(|connection| ends_stopped(context, connection, record, now)),
        no_link_kept: pass.no_link_kept,
        mail_trouble: found.connection().and_then(|connection| connection.mailer.as_ref().err().cloned()),
        answer: pass.answer.clone(),
        done: pass.done.clone(),
    }
}

/// Whose the person is. Before all Guests were read nobody is taken for unknown.
pub fn whose(context: &Context, key: &ClaimKey, person: &ClaimedPerson) -> Standing {
    let granted = person.wishes().grant > Some(Grant::Follow);
    context.store.index(|index| match person.record() {
        None if !index.people().complete() => Standing::Unknown,
        record => standing(key, record, granted, index),
    })
}

/// The users of this pass whom another Guest has, and has had for longer.
fn elsewhere(context: &Context, person: &ClaimedPerson, record: &Record, pass: &Pass) -> BTreeMap<String, String> {
    let Some(tenant_id) = &person.tenant_id else { return BTreeMap::new() };
    let looked = pass.look.iter().flat_map(|look| &look.users).map(|user| user.id.clone());
    let ids = looked.chain(record.guest.iter().map(|user| user.id.clone()));
    context.store.index(|index| {
        let other = |id: String| {
            let ours = person.guest.as_deref().filter(|guest| {
                guest.record.as_ref().is_some_and(|record| record.user.as_ref().is_some_and(|user| user.id == id))
            });
            let older = match ours {
                Some(guest) => index.people().older(guest),
                None => index
                    .people()
                    .of_user(tenant_id, &id)
                    .into_iter()
                    .find(|other| person.name.as_deref() != Some(&other.name)),
            }?;
            Some((id, format!("the Guest {}", older.name)))
        };
        ids.filter_map(other).collect()
    })
}

/// The users whose own address the rules do not allow. For a person of whom the platform team has said what may be done, its word
/// counts.
fn barred(rules: &Rules<'_>, person: &ClaimedPerson, user: &UserView, pass: &Pass) -> BTreeMap<String, Explanation> {
    let address = rules.guest.spec.address();
    let seen = match user {
        UserView::Found(user) => Some(user),
        UserView::Unknown | UserView::Missing => None,
    };
    let users = pass.look.iter().flat_map(|look| &look.users).chain(seen).filter(|_| person.wishes().grant.is_none());
    let others = users.filter_map(|user| Some((user, Address::new(user.mail.as_deref()?))));
    let refused = others.filter(|(_, own)| *own != address && !rules.allow(own));
    // Neither the address nor its domain is told: it is not this namespace's to know.
    let message = || {
        format!(
            "The user of the directory who has {address} has another address of their own, at a domain that no rule in spec.access of the EntraTenant {} allows to this namespace. So nothing is done. Ask who runs the EntraTenant for such a rule, or delete this resource.",
            rules.guest.spec.tenant_ref.name
        )
    };
    refused.map(|(user, _)| (user.id.clone(), Explanation::new(Reason::NotAllowed, message()))).collect()
}

/// What other claims of the person have in these states, by id.
fn of_others(key: &ClaimKey, person: &ClaimedPerson, so: impl Fn(&Relation) -> bool) -> PerRelation<Vec<String>> {
    let others = || {
        let all = person.record().into_iter().flat_map(|record| &record.claims);
        all.filter(|claim| claim.uid.is_some() && (claim.namespace != key.namespace || claim.name != key.name))
    };
    PerRelation::of(|kind| {
        let all = others().flat_map(|claim| kind.recorded(&claim.relations));
        all.filter(|relation| so(relation)).filter_map(|relation| relation.id.clone()).collect()
    })
}

/// Why nobody is ended now, if so. Whose end has begun is ended.
fn ends_stopped(context: &Context, connection: &Connection, record: &Record, now: Timestamp) -> Option<Explanation> {
    let stopped = || context.store.index(|index| connection.ends_stopped(index.people(), now));
    record.ending.is_none().then(stopped).flatten()
}

/// The connection to the directory, and the id of the user of the record.
fn user_of<'a>(found: &'a TenantState, record: &'a Record) -> Option<(&'a Connection, &'a str)> {
    found.connection().zip(record.guest.as_ref()).map(|(connection, guest)| (&**connection, guest.id.as_str()))
}

/// What was written to the user within the settling time, and no read has shown since.
fn patched(found: &TenantState, record: &Record, context: &Context, now: Timestamp) -> Changes {
    let unseen = |(connection, user): (&Connection, &str)| {
        connection.mirror.write().unseen(user, now, context.settings.timing.settling)
    };
    user_of(found, record).map(unseen).unwrap_or_default()
}

/// The last change of the user that the operator has written, and how often.
fn rewritten(found: &TenantState, record: &Record) -> Option<Rewritten> {
    user_of(found, record).and_then(|(connection, user)| connection.mirror.read().rewritten(user))
}

/// The relations of the user that somebody took away.
fn lost(found: &TenantState, record: &Record) -> PerRelation<Vec<String>> {
    user_of(found, record).map(|(connection, user)| connection.mirror.read().lost(user)).unwrap_or_default()
}

fn send_at(connection: &Connection, uid: &str, pass: &Pass, now: Timestamp) -> SendAt {
    if connection.is_blocked() {
        return SendAt::Blocked;
    }
    if let Some(until) = connection.graph.gate().closed_until(now) {
        return SendAt::Not(until);
    }
    if let Some(until) = connection.full_until(now) {
        return SendAt::Full(until);
    }
    if pass.ticket.is_some() {
        return SendAt::Now; // its turn was taken when the attempt was written
    }
    match connection.scheduler.pacer.place(uid, now) {
        None => SendAt::Unqueued,
        Some(place) if place > now => SendAt::Not(place),
        Some(_) => SendAt::Now,
    }
}

/// What was fetched in this pass, else what the mirror shows.
fn user(found: &TenantState, record: &Record, pass: &Pass) -> UserView {
    if pass.user != UserView::Unknown {
        return pass.user.clone();
    }
    match (found, &record.guest) {
        (TenantState::Ready(connection), Some(guest)) => connection.mirror.read().view(&guest.id),
        _ => UserView::Unknown,
    }
}
