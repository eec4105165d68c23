//! Puts a survey into status, the same bytes for the same facts.

use jiff::Timestamp;

use super::child::Trouble;
use super::survey::{Standing, Survey};
use crate::api::conditions::{Claim, READY, RECONCILING, STALLED, Truth, merge};
use crate::api::{Attention, GuestList, GuestListStatus, ListCounts, State};

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
    about: impl Fn(&str, &Trouble) -> Option<String>,
    now: Timestamp,
) -> GuestListStatus {
    let before = list.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
    let generation = list.metadata.generation;
    let counts = counts(survey);
    let mut looks = looks(survey);
    let claims = claims(survey, &counts, failed, &looks);
    looks.truncate(NAMED);
    let needs_attention = looks.into_iter().map(|look| {
        let more = about(look.name, &look.trouble).map(|more| format!(" {more}")).unwrap_or_default();
        let message = format!("{}{more}", look.trouble.message).chars().take(LONGEST).collect();
        Attention { email: look.email.into(), name: look.name.into(), reason: look.trouble.reason, message }
    });
    GuestListStatus {
        observed_generation: generation,
        guests: Some(counts),
        needs_attention: needs_attention.collect(),
        conditions: merge(before, &[READY, RECONCILING, STALLED], &claims, generation, now),
    }
}

struct Look<'a> {
    email: &'a str,
    name: &'a str,
    trouble: Trouble,
}

/// Everybody who needs a look: first who waits for somebody, then who is tried again, each in the list's order.
fn looks(survey: &Survey) -> Vec<Look<'_>> {
    let mut looks: Vec<Look<'_>> = survey
        .entries
        .iter()
        .filter_map(|(wanted, standing)| {
            let trouble = match standing {
                Standing::Refused(trouble, _) => trouble.clone(),
                Standing::InStep(child) | Standing::Behind(Some(child)) => child.trouble.clone()?,
                Standing::Behind(None) | Standing::Leaving => return None,
            };
            Some(Look { email: &wanted.email, name: &wanted.name, trouble })
        })
        .collect();
    looks.sort_by_key(|look| !look.trouble.stuck);
    looks
}

fn counts(survey: &Survey) -> ListCounts {
    let mut counts = ListCounts::default();
    for (_, standing) in &survey.entries {
        counts.total += 1;
        let state = match standing {
            Standing::Refused(_, None) => Some(State::Refused),
            Standing::InStep(child) | Standing::Behind(Some(child)) | Standing::Refused(_, Some(child)) => child.state,
            Standing::Behind(None) | Standing::Leaving => None,
        };
        *of_state(&mut counts, state) += 1;
    }
    counts
}

/// By the word, so that a state without a count of its own counts as pending.
fn of_state(counts: &mut ListCounts, state: Option<State>) -> &mut u32 {
    let word = state.and_then(|state| serde_json::to_value(state).ok());
    match word.as_ref().and_then(|word| word.as_str()) {
        Some("Invited") => &mut counts.invited,
        Some("Accepted") => &mut counts.accepted,
        Some("Expired") => &mut counts.expired,
        Some("Withdrawn") => &mut counts.withdrawn,
        Some("Refused") => &mut counts.refused,
        Some("Failed") => &mut counts.failed,
        _ => &mut counts.pending,
    }
}

fn claims(survey: &Survey, counts: &ListCounts, failed: &[String], looks: &[Look<'_>]) -> Vec<Claim> {
    let total = counts.total;
    let reconciling = |ready: Truth, reason: &str, message: String| {
        vec![claim(READY, ready, reason, &message), claim(RECONCILING, Truth::True, reason, &message)]
    };
    if let Some(first) = failed.first() {
        let message = format!(
            "{} of {total} guests could not be written, and are tried again. The first is {first}",
            failed.len()
        );
        return reconciling(Truth::False, "WriteFailed", message);
    }
    // Whose change was refused is nothing to wait for.
    let under_way = |standing: &Standing| match standing {
        Standing::InStep(child) => !child.observed,
        Standing::Behind(_) | Standing::Leaving => true,
        Standing::Refused(..) => false,
    };
    let open = survey.entries.iter().filter(|(_, standing)| under_way(standing)).count();
    if open > 0 || !survey.leavers.is_empty() {
        let leaving = match survey.leavers.len() {
            0 => String::new(),
            gone => format!(" {gone} whose entries are gone are being deleted."),
        };
        let message = format!("{} of {total} guests are applied.{leaving}", survey.entries.len() - open);
        return reconciling(Truth::Unknown, "Applying", message);
    }
    let Some(first) = looks.first() else {
        let message = format!(
            "All {total} guests are declared: {} pending, {} invited, {} accepted.",
            counts.pending, counts.invited, counts.accepted
        );
        return vec![claim(READY, Truth::True, "Applied", &message)];
    };
    let one = looks.iter().all(|look| look.trouble.reason == first.trouble.reason);
    let reason = if one { first.trouble.reason.as_str() } else { "GuestsNeedALook" };
    let message = format!(
        "{} of {total} guests need a look; status.needsAttention names them. The first is {}: {}",
        looks.len(),
        first.email,
        first.trouble.message
    );
    match first.trouble.stuck {
        true => vec![claim(READY, Truth::False, reason, &message), claim(STALLED, Truth::True, reason, &message)],
        false => reconciling(Truth::False, reason, message),
    }
}

fn claim(kind: &'static str, status: Truth, reason: &str, message: &str) -> Claim {
    Claim { kind, status, reason: reason.into(), message: message.into() }
}
