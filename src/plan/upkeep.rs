//! The declared properties of the user: only what differs is written, and what is declared no more is cleared. What is about to be set is
//! on record first.

use jiff::Timestamp;

use super::{Changes, Decision, Desired, DirectoryUser, Outcome, Record, Step, Task, Why, in_flight};
use crate::api::ProfileChange;
use crate::api::conditions::whole_seconds;

/// The next step towards the declared properties, if they differ.
pub(super) fn step(decision: Decision<'_>, user: &DirectoryUser) -> Option<Step> {
    let Decision { desired, record, observed, now, timing } = decision;
    if let Some((Task::Update { .. }, Outcome::Refused(refused))) = &observed.done {
        return Some(record.refuse_change(desired, refused, now));
    }
    let mut changes = changes(desired, record, user);
    changes.retain(|name, value| observed.patched.get(name) != Some(value));
    if changes.is_empty() {
        return settled(decision);
    }
    if let Some(rest) = record.write_refused(desired, now) {
        return Some(rest);
    }
    if let Some(until) = observed.rewritten.and_then(|rewritten| rewritten.rests_until(&changes, now)) {
        let properties = changes.into_keys().collect();
        return Some(Step::rest_until(Why::ChangedBack { properties, until }, until, now));
    }
    let task = Task::Update { user: user.id.clone(), changes };
    let is_begun = record.profile_change.is_some_and(|change| timing.is_fresh(change.begun_at, now));
    if task.sets() && !(is_begun && record.knows_profile_of(desired)) {
        return Some(Step::write(record.with_profile_begun(desired, now), Why::Updating));
    }
    Some(Step::Do(task))
}

/// Everything is as declared. What was cleared stays on record until no request can be under way any more that sets it.
fn settled(decision: Decision<'_>) -> Option<Step> {
    let Decision { desired, record, now, timing, .. } = decision;
    let late = in_flight::late_until(record.profile_change.map(|change| change.begun_at), now, timing);
    let cleared = record.dropped(desired).filter(|_| late.is_some());
    let profile = desired.properties.keys().chain(cleared).cloned().collect();
    let profile_change = record.profile_change.map(|change| ProfileChange { open: false, ..change });
    let settled = Record { profile, profile_change, ..record.clone() };
    (settled != *record).then(|| Step::write(settled, Why::Updating))
}

/// When it is to be looked at once more whether what was cleared still is.
pub(super) fn again_at(decision: Decision<'_>) -> Option<Timestamp> {
    let Decision { desired, record, now, timing, .. } = decision;
    record.dropped(desired).next()?;
    let change = record.profile_change?;
    in_flight::late_until(Some(change.begun_at), now, timing)
}

impl Record {
    /// This, about to set the declared properties. Without that record they would be left behind by a crash in between.
    pub(super) fn with_profile_begun(&self, desired: &Desired, now: Timestamp) -> Self {
        let profile = desired.properties.keys().chain(self.dropped(desired)).cloned().collect();
        let was_open = self.profile_change.is_some_and(|change| change.open);
        let open = was_open || !self.knows_profile_of(desired);
        Self { profile, profile_change: Some(ProfileChange { begun_at: whole_seconds(now), open }), ..self.clone() }
    }

    /// The properties on record that are declared no more.
    fn dropped(&self, desired: &Desired) -> impl Iterator<Item = &String> {
        self.profile.iter().filter(|name| !desired.properties.contains_key(*name))
    }

    fn knows_profile_of(&self, desired: &Desired) -> bool {
        desired.properties.keys().all(|name| self.profile.contains(name))
    }
}

/// Whether a difference is held back, because it may be one's own change that reads do not show yet.
pub(super) fn held_back(decision: Decision<'_>, user: &DirectoryUser) -> bool {
    let Decision { desired, record, observed, .. } = decision;
    !observed.patched.is_empty() && !changes(desired, record, user).is_empty()
}

/// Whether the user has to be seen once for their properties.
pub(super) fn may_wait(decision: Decision<'_>) -> bool {
    let Decision { desired, record, .. } = decision;
    let open = record.profile_change.is_some_and(|change| change.open);
    let cleared = again_at(decision).is_some();
    let known = record.profile.iter().filter(|name| !cleared || desired.properties.contains_key(*name));
    open || !desired.properties.keys().eq(known)
}

fn changes(desired: &Desired, record: &Record, user: &DirectoryUser) -> Changes {
    let mut changes: Changes = desired
        .properties
        .iter()
        .filter(|(name, value)| !user.shows(name, Some(value)))
        .map(|(name, value)| (name.clone(), Some(value.clone())))
        .collect();
    for name in record.dropped(desired) {
        // A display name cannot be cleared; an invitation without one gives the part before the @.
        let left = (name == "displayName").then(|| desired.address.local_part().to_owned());
        if !user.shows(name, left.as_deref()) {
            changes.insert(name.clone(), left);
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::api::Address;
    use crate::plan::{Observed, Timing};

    /// A property was set, and the operator died before it had put on record that it was its own. The spec dropped the property meanwhile, and
    /// nobody cleared it.
    #[test]
    fn what_is_set_is_on_record_first_and_what_is_cleared_is_looked_at_once_more() {
        let start: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let after = |seconds| start.checked_add(Duration::from_secs(seconds)).unwrap();
        let (observed, timing) = (Observed::idle(), Timing::default());
        let mut desired = Desired::new(Address::new("guest@example.com"));
        let (mut user, mut record) = (DirectoryUser::new("user".into()), Record::default());
        let next = |desired: &Desired, record: &Record, user: &DirectoryUser, now| {
            let decision = Decision { desired, record, observed: &observed, now, timing: &timing };
            (step(decision, user), may_wait(decision), again_at(decision))
        };
        let changes = |value: Option<&str>| Changes::from_iter([("department".to_owned(), value.map(str::to_owned))]);
        let update = |value| Some(Step::Do(Task::Update { user: "user".into(), changes: changes(value) }));
        let write = |record: &mut Record, desired: &Desired, user: &DirectoryUser, now| match next(
            desired, record, user, now,
        )
        .0
        {
            Some(Step::Write { record: next, .. }) => *record = *next,
            other => panic!("{other:?}"),
        };
        desired.properties.insert("department".into(), "Sales".into());
        write(&mut record, &desired, &user, start);
        assert_eq!(record.profile, ["department"]);
        assert_eq!(record.profile_change, Some(ProfileChange { begun_at: start, open: true }));
        assert_eq!(next(&desired, &record, &user, after(59)), (update(Some("Sales")), true, None));
        // An intent of long ago is no leave to do it now.
        let before = record.clone();
        write(&mut record, &desired, &user, after(60));
        assert_eq!(record.profile_change, Some(ProfileChange { begun_at: after(60), open: true }));
        record = before;
        user.change(&changes(Some("Sales")));
        write(&mut record, &desired, &user, after(1));
        assert_eq!(record.profile_change, Some(ProfileChange { begun_at: start, open: false }));
        assert_eq!(next(&desired, &record, &user, after(2)), (None, false, None));
        // Another value needs no more than the time on record.
        desired.properties.insert("department".into(), "Research".into());
        let mut other = record.clone();
        assert_eq!(next(&desired, &record, &user, after(2)).0, update(Some("Research")));
        write(&mut other, &desired, &user, after(90));
        assert_eq!(other.profile_change, Some(ProfileChange { begun_at: after(90), open: false }));
        // It is cleared. A late request may set it once more, so it stays on record until none can be under way.
        desired.properties.clear();
        assert_eq!(next(&desired, &record, &user, after(3)), (update(None), false, Some(after(120))));
        user.change(&changes(None));
        assert_eq!(next(&desired, &record, &user, after(4)), (None, false, Some(after(120))));
        let late = DirectoryUser { properties: [("department".to_owned(), "Sales".to_owned())].into(), ..user.clone() };
        assert_eq!(next(&desired, &record, &late, after(120)), (update(None), true, None));
        write(&mut record, &desired, &user, after(120));
        assert_eq!(
            (record.profile.is_empty(), next(&desired, &record, &user, after(121))),
            (true, (None, false, None))
        );
    }
}
