//! `languages`: in which language the guest is mailed. Tags are compared without case (RFC 5646, 2.1.1).

use crate::api::Language;
use crate::policy::Words;
use crate::policy::criterion::{AppliesTo, Criterion, JudgedChange, Otherwise, SpecField};

pub(super) const CRITERION: Criterion = Criterion {
    field: "languages",
    left_out: "null",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[SpecField {
        key: "language",
        path: "message.language",
        otherwise: Otherwise::Default { field: "language", value: "null" },
        change: JudgedChange::Any,
    }],
    derives: &[],
    check: |rule, ask| match (&rule.languages, ask.language()) {
        (Some(listed), Some(language)) => listed.iter().any(|listed| same(listed, language)),
        // What Microsoft chooses needs no rule.
        _ => true,
    },
    cel: || {
        "r.languages == null || g.language == null || r.languages.exists(l, l.lowerAscii() == g.language.lowerAscii())"
            .into()
    },
    lacks: Words("has {} among its languages"),
    value: |ask| ask.language().map(ToString::to_string).unwrap_or_default(),
    cel_value: "g.language",
};

fn same(one: &Language, other: &Language) -> bool {
    one.as_str().eq_ignore_ascii_case(other.as_str())
}
