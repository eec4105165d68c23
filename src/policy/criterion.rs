//! The shape of a criterion: one field of an access rule that asks something of a guest.

use super::{Ask, Words};
use crate::api::AccessRule;

/// One field of an access rule that asks something of a guest.
///
/// The field itself, with its type and its validation, is a field of [`AccessRule`]: its documentation is the description in
/// the definition of EntraTenant and the line in docs/who-may-invite.md. All else about it is here.
#[derive(Clone, Copy, Debug)]
pub struct Criterion {
    /// The field's name in YAML.
    pub field: &'static str,
    /// The fields of a guest's spec that it asks about, each of which only one criterion names.
    /// (`email` and `tenantRef` cannot change, and are always there.)
    pub reads: &'static [SpecField],
    /// What CEL works out once for each guest, so that it need not be worked out for each rule.
    pub derives: &'static [Derived],
    /// Whether the rule allows the guest, as far as this field goes.
    pub check: fn(&AccessRule, &Ask<'_>) -> bool,
    /// The same in CEL, over `r`, the rule, and `g`, the guest: its keys are `email`, `domains`, and those of every criterion's
    /// `reads` and `derives`.
    pub cel: fn() -> String,
    /// What a rule would need in order to allow the guest, with one hole at most.
    pub lacks: Words,
    /// What goes into the hole.
    pub value: fn(&Ask<'_>) -> String,
    /// The same in CEL, over `g`: a text, in parentheses if it is more than one term. Empty when `lacks` has no hole.
    pub cel_value: &'static str,
}

/// A field of a guest's spec, as CEL reads it.
#[derive(Clone, Copy, Debug)]
pub struct SpecField {
    /// Its key in `g`.
    pub key: &'static str,
    /// Where it is in the spec, such as `userType` or `message.language`.
    pub path: &'static str,
    /// What holds for a guest that does not say.
    pub otherwise: Otherwise,
    /// Which changes of it ask for something new.
    pub change: JudgedChange,
}

/// What holds for a guest that does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// Nothing: in CEL it is null.
    Nothing,
    /// This CEL value.
    Value(&'static str),
    /// The tenant's default.
    Default {
        /// The field of the tenant's `defaults`.
        field: &'static str,
        /// The CEL value for a tenant that does not say either.
        value: &'static str,
    },
}

/// Which changes of a field ask for something new. What asks for nothing new is not judged again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedChange {
    /// Any.
    Any,
    /// A new item of a list; items may go.
    NewItem,
}

/// What CEL works out once for each guest.
#[derive(Clone, Copy, Debug)]
pub struct Derived {
    /// Its key in `g`.
    pub key: &'static str,
    /// The CEL value, over `g` as it was asked and `i`, its place among `variables.asked`.
    pub cel: &'static str,
    /// What it needs to have been worked out for all guests at once.
    pub before: Option<Variable>,
}

/// A variable of a ValidatingAdmissionPolicy.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Why it is there, as a comment in the policy.
    pub why: &'static str,
    /// What it is.
    pub cel: &'static str,
}

/// Whether a rule that lists what it allows allows `value`. A rule without a list allows anything.
pub(super) fn among<T: PartialEq>(listed: Option<&Vec<T>>, value: &T) -> bool {
    listed.is_none_or(|listed| listed.contains(value))
}

/// The same in CEL: `field` of the rule lists what it allows, and `value` is the guest's.
pub(super) fn among_cel(field: &str, value: &str) -> String {
    format!("r.?{field}.orValue(null) == null || {value} in r.{field}")
}
