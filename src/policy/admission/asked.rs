//! The question: each guest as a map of what the table reads. A value is null where the guest leaves it out.

use super::manifest::{Part, part};
use crate::policy::time::{cel_span, cel_time};
use crate::policy::{CRITERIA, JudgedChange, Otherwise, SpecField};

/// Every field of a guest's spec that the table reads.
pub(super) fn reads() -> impl Iterator<Item = &'static SpecField> {
    CRITERIA.iter().flat_map(|criterion| criterion.reads)
}

/// The one guest of a GuestInvitation.
pub(super) fn guest() -> String {
    let value = |field: &SpecField| format!("{}.orValue(null)", optional(field, |name| format!("object.spec.?{name}")));
    let fixed = [
        "object.spec.?tenantRef.?name.orValue('default')",
        "object.spec.email",
        "object.metadata.?creationTimestamp.orValue(null)",
    ];
    format!("[{{\n{}\n}}]", map(fixed, value))
}

/// Whether a GuestInvitation asks for more than it did before.
pub(super) fn guest_asks_for_something_new() -> String {
    let changes: Vec<String> = reads().map(|field| asks_for_more(field, "object.spec", "oldObject.spec")).collect();
    format!("oldObject == null || (!has(object.metadata.deletionTimestamp) && (\n{}))", changes.join("\n|| "))
}

fn asks_for_more(field: &SpecField, now: &str, before: &str) -> String {
    let unsaid = match field.otherwise {
        Otherwise::Value(value) => value,
        Otherwise::Nothing | Otherwise::Default { .. } => "null",
    };
    let of = |root: &str| format!("{}.orValue({unsaid})", optional(field, |name| format!("{root}.?{name}")));
    let (now, before) = (of(now), of(before));
    // An end that is taken away or put off.
    let put_off = |later: String| format!("({before} != null && ({now} == null || {later}))");
    match field.change {
        JudgedChange::Any => format!("{now} != {before}"),
        JudgedChange::NewValue => format!("({now} != null && {now} != {before})"),
        JudgedChange::NewItem => format!("{now}.exists(item, !(item in {before}))"),
        JudgedChange::NewEntry => format!(
            "({now} != null && {now}.exists(n, {now}[n] != null && ({before} == null || !(n in {before}) || {before}[n] != {now}[n])))"
        ),
        JudgedChange::Later => put_off(format!("{} > {}", cel_time(&now), cel_time(&before))),
        JudgedChange::Longer => put_off(format!("{} > {}", cel_span(&now), cel_span(&before))),
    }
}

/// Whether a GuestList may ask for more than it did before.
pub(super) fn list_asks_for_something_new() -> String {
    "oldObject == null || (!has(object.metadata.deletionTimestamp) && object.spec != oldObject.spec)".into()
}

/// The entries of a GuestList that are new or changed, each with the values of its template.
pub(super) fn list() -> Vec<Part> {
    let value = |field: &SpecField| {
        let inherited = optional(field, |name| format!("e.?{name}.or(variables.template.?{name})"));
        format!("{inherited}.orValue(null)")
    };
    // Its GuestInvitation is still to be made.
    let fixed = ["e.?tenantRef.or(variables.template.?tenantRef).?name.orValue('default')", "e.email", "dyn(null)"];
    let map = map(fixed, value);
    let before =
        "variables.templateIsNew ? {} : oldObject.spec.?guests.orValue([]).transformMapEntry(i, e, {e.email: e})";
    vec![
        part("template", "object.spec.?template.orValue({})".into()),
        part("templateIsNew", template_is_new()),
        part("before", before.into()),
        part(
            "asked",
            format!(
                "object.spec.?guests.orValue([]).filter(e, !(e.email in variables.before) || variables.before[e.email] != e).map(e, {{\n{map}\n}})"
            ),
        ),
    ]
}

/// Whether the template has changed in a field that the table reads.
fn template_is_new() -> String {
    let tenant = "oldObject == null\n|| variables.template.?tenantRef.orValue(null) != oldObject.spec.?template.?tenantRef.orValue(null)";
    let changes = reads().map(|field| {
        let of = |root: &str| format!("{}.orValue(null)", optional(field, |name| format!("{root}.?{name}")));
        format!("\n|| {} != {}", of("variables.template"), of("oldObject.spec.?template"))
    });
    std::iter::once(tenant.to_owned()).chain(changes).collect()
}

/// The entries of the map of one guest: the tenant, the address, when the GuestInvitation was made, and what the table reads.
fn map([tenant, email, created]: [&str; 3], value: impl Fn(&SpecField) -> String) -> String {
    let fixed = [format!("'tenant': {tenant}"), format!("'email': {email}"), format!("'created': {created}")];
    let read = reads().map(|field| format!("'{}': {}", field.key, value(field)));
    fixed.into_iter().chain(read).collect::<Vec<_>>().join(",\n")
}

/// An optional value: the field, where `first` gives the first part of its path. An object on the path may be null.
fn optional(field: &SpecField, first: impl Fn(&str) -> String) -> String {
    let mut names = field.path.split('.');
    let outermost = first(names.next().unwrap_or_default());
    names.fold(outermost, |outer, name| format!("optional.ofNonZeroValue({outer}.orValue(null)).?{name}"))
}
