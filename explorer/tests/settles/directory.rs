//! What Graph does with a request of the settling world.

use std::collections::BTreeMap;

use jiff::Timestamp;

use explorer::api::*;
use explorer::plan::*;

use super::world::{SettlingPass, SettlingPerson, SettlingWorld};

pub fn post_answer(world: &mut SettlingWorld, post: &Post) -> Answer {
    let kind = match post {
        Post::Send { kind, .. } => Some(*kind),
        Post::Ask { .. } => None,
    };
    let person = world.person.get_or_insert_with(|| person("new", world.now));
    person.deleted = false;
    let own =
        matches!(kind, Some(AttemptKind::Resend | AttemptKind::Reminder)) && world.desired.delivery == Delivery::Mail;
    let mailed =
        own || (kind.is_some_and(|kind| kind != AttemptKind::Add) && world.desired.delivery == Delivery::Microsoft);
    world.mails += u32::from(mailed);
    if kind == Some(AttemptKind::Reset) {
        person.user.external_state = Some("PendingAcceptance".into());
        person.user.identity_provider = UNKNOWN_PROVIDER.into();
    }
    if own {
        return Answer::Mailed { at: world.now };
    }
    Answer::Done {
        invitation: "i".into(),
        user: person.user.id.clone(),
        graph_time: world.now,
        kept: kept(&world.desired),
    }
}

pub fn do_task(world: &mut SettlingWorld, pass: &mut SettlingPass, task: &Task) -> Option<Outcome> {
    if let Task::Bind(bound) = task {
        world.desired.finalizer = *bound;
        return None;
    }
    let Some(person) = world.person.as_mut() else { return Some(Outcome::Gone) };
    Some(match task {
        Task::Bind(_) => return None,
        Task::FindRelated { kind, names, .. } => {
            let ids = &person.relations[*kind];
            let found = |name: &String| Relation {
                name: name.clone(),
                id: Some(name.clone()),
                state: if ids.contains(name) { RelationState::Present } else { RelationState::Adding },
                begun_at: None,
                refusal: None,
            };
            Outcome::Relations(names.iter().map(found).collect())
        }
        Task::AddRelations { kind, relations, .. } => {
            let ids = &mut person.relations[*kind];
            ids.extend(relations.iter().filter_map(|relation| relation.id.clone()));
            ids.sort();
            ids.dedup();
            let added =
                |relation: &Relation| Relation { state: RelationState::Added, refusal: None, ..relation.clone() };
            Outcome::Relations(relations.iter().map(added).collect())
        }
        Task::RemoveRelations { kind, relations, .. } => {
            let ids = &mut person.relations[*kind];
            ids.retain(|id| !relations.iter().any(|relation| relation.id.as_ref() == Some(id)));
            Outcome::Done
        }
        Task::Update { changes, .. } => {
            world.changed += u32::from(person.user.id == "user");
            person.user.change(changes);
            if let Some(UserView::Found(user)) = &mut pass.user {
                user.change(changes);
            }
            Outcome::Done
        }
        Task::AddAddress { address, .. } => {
            world.changed += u32::from(person.user.id == "user");
            world.handed_on += u32::from(person.user.id == "user");
            person.user.addresses.push(address.clone());
            if let Some(UserView::Found(user)) = &mut pass.user {
                user.addresses.push(address.clone());
            }
            Outcome::Done
        }
        Task::Enable { enabled, .. } => {
            world.disabled += u32::from(!enabled && person.user.id == "user");
            person.user.enabled = *enabled;
            Outcome::Done
        }
        Task::Delete(id) => {
            world.deletions += u32::from(id == "user");
            person.deleted = true;
            Outcome::Done
        }
        Task::Restore(_) => {
            person.deleted = false;
            Outcome::Done
        }
        Task::KeepLink { .. } => {
            pass.no_link_kept = true;
            Outcome::Gone
        }
        Task::Link { .. } => Outcome::Linked(kept(&world.desired)),
    })
}

/// A new link is kept where it is wanted.
fn kept(desired: &Desired) -> KeptLink {
    let digest = (desired.delivery == Delivery::Mail).then(|| "digest".into());
    KeptLink { digest, copy: desired.link_secret.clone() }
}

pub fn view(world: &SettlingWorld, id: &str) -> UserView {
    match &world.person {
        Some(person) if person.user.id == id && !person.deleted => UserView::Found(person.user.clone()),
        _ => UserView::Missing,
    }
}

pub fn person(id: &str, created: Timestamp) -> SettlingPerson {
    let user = DirectoryUser {
        created_at: Some(created),
        is_guest: true,
        external_state: Some("PendingAcceptance".into()),
        external_state_since: Some(created),
        mail: Some("guest@example.com".into()),
        addresses: vec!["guest@example.com".into()],
        properties: BTreeMap::from([("displayName".to_owned(), "guest".to_owned())]),
        ..DirectoryUser::new(id.into())
    };
    SettlingPerson { user, deleted: false, relations: PerRelation::default() }
}
