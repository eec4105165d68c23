//! Groups and sponsors: added when declared, removed when declared no more and if it was us who added them.
//! What we are about to add is on record before it is added; otherwise a crash in between would make ours look like others'.

use jiff::Timestamp;

use super::{DirectoryUser, Outcome, Record, Seen, Step, Task, TieKind, Wanted, Why, record};
use crate::api::{Tie, TieState};

/// The next step towards the declared groups and sponsors, if they differ.
pub(super) fn step(
    wanted: &Wanted,
    record: &Record,
    user: &DirectoryUser,
    seen: &Seen,
    now: Timestamp,
) -> Option<Step> {
    let kinds = [TieKind::Group, TieKind::Sponsor];
    kinds.into_iter().find_map(|kind| towards(kind, wanted, record, user, seen, now)).or_else(|| {
        let all = record.groups.iter().chain(&record.sponsors);
        let refusal = all.filter_map(|tie| tie.refusal.as_ref()).min_by_key(|refusal| refusal.retry_at)?;
        Some(Step::rest_until(Why::NotAsDeclared(refusal.clone()), refusal.retry_at, now))
    })
}

/// Whether anything is to be added or removed.
pub(super) fn waits(wanted: &Wanted, record: &Record) -> bool {
    [TieKind::Group, TieKind::Sponsor].into_iter().any(|kind| {
        let ties = recorded(kind, record);
        !ties.iter().map(|tie| &tie.name).eq(declared(kind, wanted))
            || ties.iter().any(|tie| tie.state == TieState::Adding)
    })
}

/// Only removes what is declared no more: what is left to do while nothing new may be.
pub(super) fn withdraw(
    wanted: &Wanted,
    record: &Record,
    user: &DirectoryUser,
    seen: &Seen,
    now: Timestamp,
) -> Option<Step> {
    [TieKind::Group, TieKind::Sponsor].into_iter().find_map(|kind| {
        brought(kind, wanted, record, seen, now).or_else(|| untie_stale(kind, wanted, record, user, now))
    })
}

/// Whether anything that we added is declared no more.
pub(super) fn stale(wanted: &Wanted, record: &Record) -> bool {
    [TieKind::Group, TieKind::Sponsor].into_iter().any(|kind| !of_stale(kind, wanted, record).is_empty())
}

/// Removes what we added, before access ends.
pub(super) fn untie_all(record: &Record, user: &str, seen: &Seen, now: Timestamp, wanted: &Wanted) -> Option<Step> {
    let ours = of_ours(&record.groups, |_| true);
    if ours.is_empty() {
        return None;
    }
    match &seen.done {
        Some((Task::Untie { kind: TieKind::Group, .. }, Outcome::Refused(refused))) => {
            Some(record.refuse_change(wanted, refused, now))
        }
        Some((Task::Untie { kind: TieKind::Group, .. }, _)) => {
            Some(Step::write(Record { groups: Vec::new(), ..record.clone() }, Why::Offboarding))
        }
        _ => Some(
            record
                .write_refused(wanted, now)
                .unwrap_or_else(|| Step::Do(Task::Untie { kind: TieKind::Group, user: user.to_owned(), ties: ours })),
        ),
    }
}

fn towards(
    kind: TieKind,
    wanted: &Wanted,
    record: &Record,
    user: &DirectoryUser,
    seen: &Seen,
    now: Timestamp,
) -> Option<Step> {
    let ties = recorded(kind, record);
    let names = declared(kind, wanted);
    if let Some(step) = brought(kind, wanted, record, seen, now) {
        return Some(step);
    }
    let stands = |tie: &Tie| tie.refusal.as_ref().is_some_and(|refusal| record::stands(refusal, wanted, now));
    let open = |name: &&String| {
        let tie = ties.iter().find(|tie| tie.name == **name);
        tie.is_none_or(|tie| tie.state == TieState::Refused && !stands(tie))
    };
    let unknown: Vec<String> = names.iter().filter(open).cloned().collect();
    if !unknown.is_empty() {
        return Some(Step::Do(Task::Find { kind, user: user.id.clone(), names: unknown }));
    }
    if let Some(handed_on) = handed_on(names, ties) {
        return Some(Step::write(replaced(kind, record, handed_on), Why::Updating));
    }
    if let Some(step) = untie_stale(kind, wanted, record, user, now) {
        return Some(step);
    }
    let adding = ties.iter().filter(|tie| tie.state == TieState::Adding && !stands(tie));
    let adding: Vec<Tie> = adding.cloned().collect();
    if !adding.is_empty() {
        return Some(Step::Do(Task::Tie { kind, user: user.id.clone(), ties: adding }));
    }
    let settled = replaced(kind, record, in_order(names, ties, &[]));
    (settled != *record).then(|| Step::write(settled, Why::Updating))
}

fn untie_stale(kind: TieKind, wanted: &Wanted, record: &Record, user: &DirectoryUser, now: Timestamp) -> Option<Step> {
    let ties = of_stale(kind, wanted, record);
    let untie = || Step::Do(Task::Untie { kind, user: user.id.clone(), ties: ties.clone() });
    (!ties.is_empty()).then(|| record.write_refused(wanted, now).unwrap_or_else(untie))
}

fn of_stale(kind: TieKind, wanted: &Wanted, record: &Record) -> Vec<Tie> {
    of_ours(recorded(kind, record), |tie| !declared(kind, wanted).contains(&tie.name))
}

/// What we added under one name and is declared under another, say the id instead of the display name, changes hands.
fn handed_on(names: &[String], ties: &[Tie]) -> Option<Vec<Tie>> {
    let stale = of_ours(ties, |tie| !names.contains(&tie.name));
    let heir = |tie: &Tie| {
        ties.iter().position(|other| names.contains(&other.name) && other.id.is_some() && other.id == tie.id)
    };
    let (gone, at) = stale.iter().find_map(|tie| Some((tie, heir(tie)?)))?;
    let mut next = ties.to_vec();
    next[at].state = TieState::Added;
    next.retain(|tie| tie != gone);
    Some(next)
}

/// Writes down what a task brought, if it is not on record yet.
fn brought(kind: TieKind, wanted: &Wanted, record: &Record, seen: &Seen, now: Timestamp) -> Option<Step> {
    let ties = recorded(kind, record);
    let (next, why) = match seen.done.as_ref()? {
        (Task::Find { kind: of, .. } | Task::Tie { kind: of, .. }, Outcome::Ties(news)) if *of == kind => {
            (replaced(kind, record, in_order(declared(kind, wanted), ties, news)), Why::Updating)
        }
        (Task::Find { kind: of, names, .. }, Outcome::Refused(refused)) if *of == kind => {
            let refusal = record::refusal(wanted, refused, now);
            let tie = |name: &String| Tie {
                name: name.clone(),
                id: None,
                state: TieState::Refused,
                refusal: Some(refusal.clone()),
            };
            let news: Vec<Tie> = names.iter().map(tie).collect();
            (replaced(kind, record, in_order(declared(kind, wanted), ties, &news)), Why::NotAsDeclared(refusal))
        }
        (Task::Untie { kind: of, ties: removed, .. }, Outcome::Done) if *of == kind => {
            let left = ties.iter().filter(|tie| !removed.contains(tie)).cloned().collect();
            (Record { refusal: None, ..replaced(kind, record, left) }, Why::Updating)
        }
        (Task::Untie { kind: of, .. }, Outcome::Refused(refused)) if *of == kind => {
            return Some(record.refuse_change(wanted, refused, now));
        }
        _ => return None,
    };
    (next != *record).then(|| Step::write(next, why))
}

/// The declared names in the spec's order, each as `news` or else the record has it.
fn in_order(names: &[String], ties: &[Tie], news: &[Tie]) -> Vec<Tie> {
    let find = |name: &String| news.iter().chain(ties).find(|tie| tie.name == *name).cloned();
    let mut next: Vec<Tie> = names.iter().filter_map(find).collect();
    // What we added stays on record until it is removed.
    next.extend(of_ours(ties, |tie| !names.contains(&tie.name)));
    next
}

fn of_ours(ties: &[Tie], also: impl Fn(&Tie) -> bool) -> Vec<Tie> {
    let ours = |tie: &&Tie| matches!(tie.state, TieState::Added | TieState::Adding) && tie.id.is_some();
    ties.iter().filter(ours).filter(|tie| also(tie)).cloned().collect()
}

fn recorded(kind: TieKind, record: &Record) -> &[Tie] {
    match kind {
        TieKind::Group => &record.groups,
        TieKind::Sponsor => &record.sponsors,
    }
}

fn replaced(kind: TieKind, record: &Record, ties: Vec<Tie>) -> Record {
    match kind {
        TieKind::Group => Record { groups: ties, ..record.clone() },
        TieKind::Sponsor => Record { sponsors: ties, ..record.clone() },
    }
}

fn declared(kind: TieKind, wanted: &Wanted) -> &[String] {
    match kind {
        TieKind::Group => &wanted.groups,
        TieKind::Sponsor => &wanted.sponsors,
    }
}
