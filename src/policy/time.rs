//! Times and lengths of time in CEL. CEL has times up to the year 9999 and durations up to 292 years, and an expression that meets
//! others fails; so what is no time, or one beyond, counts as the latest or the longest.

/// The time that the text `value` names.
pub(super) fn cel_time(value: &str) -> String {
    format!(
        "({value}.matches('^[0-8][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-5][0-9]([.][0-9]+)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})$') \
         ? timestamp({value}) : timestamp('9999-12-31T23:59:59Z'))"
    )
}

/// The length of time that the text `value` names.
pub(super) fn cel_span(value: &str) -> String {
    format!(
        "({value}.matches('^([0-9]{{1,6}}([.][0-9]+)?(ms|s|m|h))+$') && size({value}) <= 20 ? duration({value}) : duration('2500000h'))"
    )
}
