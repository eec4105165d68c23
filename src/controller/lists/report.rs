//! Puts a survey into status, the same bytes for the same facts.

use jiff::Timestamp;
use kube::ResourceExt;

use super::survey::{EntryStanding, Survey};
use crate::api::conditions::{Claim, READY, RECONCILING, STALLED, merge};
use crate::api::{Attention, Course, Explanation, GuestCounts, GuestList, GuestListStatus, Reason, State, annotations};
use crate::store::ChildTrouble;

/// How many guests that need a look are named.
const NAMED: usize = 5;

/// The longest message of one of them.
const LONGEST: usize = 600;

/// The status of `list`: `failed` are the writes that went wrong and are tried again; `about` may add to what is said of
/// the guest of a name.
pub fn status(
    list: &GuestList,
    survey: &Survey,
    failed: &[String],
    about: impl Fn(&str, &ChildTrouble) -> Option<String>,
    now: Timestamp,
) -> GuestListStatus {
    let before = list.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let generation = list.metadata.generation;
    let counts = counts(survey);
    let mut looks = looks(survey);
    let (explanation, course) = explained(survey, &counts, failed, &looks);
    let (ready, beside) = Claim::ready(&explanation, course);
    let mut claims: Vec<Claim> = [ready].into_iter().chain(beside).collect();
    annotations::add_to_ready(&mut claims, annotations::meaningless(list.annotations().keys(), &[]).as_deref());
    looks.truncate(NAMED);
    let needs_attention = looks.into_iter().map(|look| {
        let more = about(look.name, &look.trouble).map(|more| format!(" {more}")).unwrap_or_default();
        let Explanation { reason, message } = look.trouble.explanation;
        let message = format!("{message}{more}").chars().take(LONGEST).collect();
        Attention { email: look.email.into(), name: look.name.into(), reason, message }
    });
    GuestListStatus {
        observed_generation: generation,
        guests: Some(counts),
        needs_attention: needs_attention.collect(),
        conditions: merge(before, &[READY, RECONCILING, STALLED], &claims, generation, now),
    }
}

struct NeedsLook<'a> {
    email: &'a str,
    name: &'a str,
    trouble: ChildTrouble,
}

/// Everybody who needs a look: first who waits for somebody, then who is tried again, each in the list's order.
fn looks(survey: &Survey) -> Vec<NeedsLook<'_>> {
    let mut looks: Vec<NeedsLook<'_>> = survey
        .entries
        .iter()
        .filter_map(|(wanted, standing)| {
            let trouble = match standing {
                EntryStanding::Refused(trouble, _) => trouble.clone(),
                EntryStanding::InStep(child) | EntryStanding::Behind(Some(child)) => child.trouble.clone()?,
                EntryStanding::Behind(None) | EntryStanding::Leaving => return None,
            };
            Some(NeedsLook { email: &wanted.email, name: &wanted.name, trouble })
        })
        .collect();
    looks.sort_by_key(|look| look.trouble.course != Course::Stuck);
    looks
}

fn counts(survey: &Survey) -> GuestCounts {
    let mut counts = GuestCounts::default();
    for (_, standing) in &survey.entries {
        counts.add(match standing {
            EntryStanding::Refused(_, None) => Some(State::Refused),
            EntryStanding::InStep(child)
            | EntryStanding::Behind(Some(child))
            | EntryStanding::Refused(_, Some(child)) => child.state,
            EntryStanding::Behind(None) | EntryStanding::Leaving => None,
        });
    }
    counts
}

/// How the list is, and how severe that is.
fn explained(
    survey: &Survey,
    counts: &GuestCounts,
    failed: &[String],
    looks: &[NeedsLook<'_>],
) -> (Explanation, Course) {
    let total = counts.total;
    let said = |reason: Reason, message: String| (Explanation { reason, message }, reason.course());
    if let Some(first) = failed.first() {
        let message =
            format!("Of {total} guests, {} could not be written. It is tried again. The first: {first}", failed.len());
        return said(Reason::WriteFailed, message);
    }
    // Whose change was refused is nothing to wait for.
    let under_way = |standing: &EntryStanding| match standing {
        EntryStanding::InStep(child) => !child.observed,
        EntryStanding::Behind(_) | EntryStanding::Leaving => true,
        EntryStanding::Refused(..) => false,
    };
    let open = survey.entries.iter().filter(|(_, standing)| under_way(standing)).count();
    if open > 0 || !survey.leavers.is_empty() {
        let leaving = match survey.leavers.len() {
            0 => String::new(),
            gone => format!(" To be deleted, because their entries are gone: {gone}."),
        };
        let message = format!("Applied: {} of {total} guests.{leaving}", survey.entries.len() - open);
        return said(Reason::Applying, message);
    }
    let Some(first) = looks.first() else {
        let message = format!(
            "Every entry is applied. Guests: {total}, of them {} pending, {} invited, {} accepted.",
            counts.pending, counts.invited, counts.accepted
        );
        return said(Reason::Applied, message);
    };
    let Explanation { reason, message } = &first.trouble.explanation;
    let one = looks.iter().all(|look| look.trouble.explanation.reason == *reason);
    let reason = if one { *reason } else { Reason::GuestsNeedALook };
    let message = format!(
        "Of {total} guests, {} need a look: see status.needsAttention. The first is {}: {message}",
        looks.len(),
        first.email,
    );
    // The guests stand in the order of severity.
    (Explanation { reason, message }, first.trouble.course)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::sync::Arc;

    use super::super::wanted;
    use super::*;
    use crate::api::conditions::is_true;
    use crate::store::{Child, Family, Memory};
    use serde_json::json;

    fn list(emails: &[&str]) -> GuestList {
        let guests: Vec<_> = emails.iter().map(|email| json!({"email": email})).collect();
        serde_json::from_value(json!({
            "apiVersion": "guestlist.dev/v1alpha1", "kind": "GuestList",
            "metadata": {"name": "l", "namespace": "team", "generation": 3}, "spec": {"guests": guests},
        }))
        .unwrap()
    }

    /// One guest a word: a state, or a reason for trouble behind a `!` (stuck) or a `~` (tried again); `?` is not observed, `-` not made.
    fn said(words: &[&str], failed: &[String]) -> GuestListStatus {
        let emails: Vec<String> = (0..words.len()).map(|n| format!("g{n}@x.example")).collect();
        let list = list(&emails.iter().map(String::as_str).collect::<Vec<_>>());
        let wanted = wanted::all(&list);
        let mut children = HashMap::new();
        for (wanted, word) in wanted.iter().zip(words).filter(|(_, word)| **word != "-") {
            let trouble = word.strip_prefix(['!', '~']).map(|reason| ChildTrouble {
                explanation: Explanation::new(Reason::named(reason).unwrap(), format!("{reason} it is.")),
                course: if word.starts_with('!') { Course::Stuck } else { Course::Retrying },
            });
            let child = Child {
                list: Some("1".into()),
                list_name: "l".into(),
                uid: wanted.name.clone(),
                print: wanted.spec.as_ref().unwrap().print,
                observed: *word != "?",
                deleting: false,
                state: serde_json::from_value(json!(word)).ok(),
                trouble,
            };
            children.insert(wanted.name.clone(), Arc::new(child));
        }
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let family = Family { children, taken: HashSet::new() };
        let survey = Survey::new(wanted, &family, &Memory::default(), now);
        status(&list, &survey, failed, |_, _| None, now)
    }

    fn ready(status: &GuestListStatus) -> (&str, &str) {
        let ready = &status.conditions[0];
        assert_eq!(ready.type_, READY);
        let (going, stalled) = (is_true(&status.conditions, RECONCILING), is_true(&status.conditions, STALLED));
        assert!(!(going && stalled) && (ready.status == "True") != (going || stalled), "{status:?}");
        (&ready.status, &ready.reason)
    }

    #[test]
    fn counts_are_by_state_and_add_up() {
        let status = said(&["Pending", "Invited", "Invited", "Accepted", "Withdrawn", "Failed", "Refused", "-"], &[]);
        let counts = status.guests.unwrap();
        let all = [counts.pending, counts.invited, counts.accepted, counts.withdrawn, counts.failed, counts.refused];
        assert_eq!(all, [2, 2, 1, 1, 1, 1]);
        assert_eq!(counts.total, 8);
    }

    #[test]
    fn ready_follows_the_rules_of_kstatus() {
        assert_eq!(ready(&said(&["Pending", "Invited", "Accepted"], &[])), ("True", "Applied"));
        assert_eq!(ready(&said(&[], &[])), ("True", "Applied"));
        assert_eq!(ready(&said(&["Invited", "-"], &[])), ("Unknown", "Applying"));
        assert_eq!(ready(&said(&["Invited", "?"], &[])), ("Unknown", "Applying"));
        assert_eq!(ready(&said(&["!DuplicateAddress", "-"], &[])), ("Unknown", "Applying"), "never both");
        assert_eq!(ready(&said(&["!DuplicateAddress", "Invited"], &[])), ("False", "DuplicateAddress"));
        assert_eq!(ready(&said(&["!DuplicateAddress", "!GuestGone"], &[])), ("False", "GuestsNeedALook"));
        let retried = said(&["~TenantNotFound"], &[]);
        assert_eq!(ready(&retried), ("False", "TenantNotFound"));
        assert!(is_true(&retried.conditions, RECONCILING));
        assert_eq!(ready(&said(&["!GuestGone"], &["a: no answer".into()])), ("False", "WriteFailed"));
    }

    #[test]
    fn the_first_five_are_named_and_who_waits_for_somebody_comes_first() {
        let words = [
            "~Throttled",
            "!GuestGone",
            "Invited",
            "!NotAllowed",
            "!Denied",
            "~Throttled",
            "!OwnDomain",
            "!NameTaken",
            "!OnPremises",
        ];
        let status = said(&words, &[]);
        let named: Vec<&str> = status.needs_attention.iter().map(|look| look.reason.as_str()).collect();
        assert_eq!(named, ["GuestGone", "NotAllowed", "Denied", "OwnDomain", "NameTaken"]);
        assert_eq!(status.needs_attention[0].email, "g1@x.example");
        assert!(status.conditions[0].message.contains("Of 9 guests, 8 need a look"), "{status:?}");
    }
}
