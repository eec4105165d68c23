//! The declared properties of the user: only what differs is written, and what is declared no more is cleared.

use super::{Changes, Decision, Desired, DirectoryUser, Outcome, Record, Step, Task, Why};

/// The next step towards the declared properties, if they differ.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, .. } = decision;
    if let Some((Task::Update { .. }, Outcome::Refused(refused))) = &observed.done {
        return Some(record.refuse_change(desired, refused, now));
    }
    let mut changes = changes(desired, record, user);
    changes.retain(|name, value| observed.patched.get(name) != Some(value));
    if changes.is_empty() {
        let declared: Vec<String> = desired.properties.keys().cloned().collect();
        let settled = Record { profile: declared, ..record.clone() };
        return (settled != *record).then(|| Step::write(settled, Why::Updating));
    }
    if let Some(rest) = record.write_refused(desired, now) {
        return Some(rest);
    }
    if let Some(until) = observed.rewritten.and_then(|rewritten| rewritten.rests_until(&changes, now)) {
        let properties = changes.into_keys().collect();
        return Some(Step::rest_until(Why::ChangedBack { properties, until }, until, now));
    }
    Some(Step::Do(Task::Update { user: user.id.clone(), changes }))
}

/// Whether a difference is held back, because it may be one's own change that reads do not show yet.
pub(super) fn held_back(decision: Decision<'_>, user: &DirectoryUser) -> bool {
    let Decision { desired, record, observed, .. } = decision;
    !observed.patched.is_empty() && !changes(desired, record, user).is_empty()
}

/// Whether the user has to be seen once for their properties.
pub(super) fn may_wait(desired: &Desired, record: &Record) -> bool {
    !desired.properties.keys().eq(record.profile.iter())
}

fn changes(desired: &Desired, record: &Record, user: &DirectoryUser) -> Changes {
    let mut changes: Changes = desired
        .properties
        .iter()
        .filter(|(name, value)| !user.shows(name, Some(value)))
        .map(|(name, value)| (name.clone(), Some(value.clone())))
        .collect();
    for name in record.profile.iter().filter(|name| !desired.properties.contains_key(*name)) {
        // A display name cannot be cleared; an invitation without one gives the part before the @.
        let left = (name == "displayName").then(|| desired.address.local_part().to_owned());
        if !user.shows(name, left.as_deref()) {
            changes.insert(name.clone(), left);
        }
    }
    changes
}
