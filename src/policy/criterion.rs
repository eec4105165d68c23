//! The shape of a criterion: one field of an access rule that checks the guest.

use super::{Ask, Words};
use crate::api::AccessRule;

/// One field of an access rule that checks the guest.
///
/// The field itself, with its type and its validation, is a field of [`AccessRule`]. Its doc comment is the description
/// in the definition of EntraTenant and the line in docs/who-may-invite.md. Everything else about it is here.
#[derive(Clone, Copy, Debug)]
pub struct Criterion {
    /// The field's name in YAML.
    pub field: &'static str,
    /// The fields of a guest's spec that it reads. Only one criterion names each field. (`email` and `tenantRef` cannot
    /// change, and are always there.)
    pub reads: &'static [SpecField],
    /// The values that CEL computes once for each guest, and not again for each rule.
    pub derives: &'static [Derived],
    /// Whether this field of the rule allows the guest.
    pub check: fn(&AccessRule, &Ask<'_>) -> bool,
    /// The same in CEL, over `r`, the rule, and `g`, the guest. The keys of `g` are `email`, `domains`, and those of
    /// every criterion's `reads` and `derives`.
    pub cel: fn() -> String,
    /// What a rule must have to allow the guest, in words with at most one hole.
    pub lacks: Words,
    /// The value for the hole.
    pub value: fn(&Ask<'_>) -> String,
    /// The same in CEL, over `g`: a text, in parentheses if it is more than one term. Empty if `lacks` has no hole.
    pub cel_value: &'static str,
}

/// A field of a guest's spec, as CEL reads it.
#[derive(Clone, Copy, Debug)]
pub struct SpecField {
    /// Its key in `g`.
    pub key: &'static str,
    /// Where it is in the spec, such as `userType` or `message.language`.
    pub path: &'static str,
    /// The value for a guest who leaves the field out.
    pub otherwise: Otherwise,
    /// Which changes of the field must be checked.
    pub change: JudgedChange,
}

/// The value for a guest who leaves a field out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// No value: in CEL it is null.
    Nothing,
    /// This CEL value.
    Value(&'static str),
    /// The tenant's default.
    Default {
        /// The field of the tenant's `defaults`.
        field: &'static str,
        /// The CEL value for a tenant that leaves the default out too.
        value: &'static str,
    },
}

/// Which changes of a field must be checked. Other changes are allowed without a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JudgedChange {
    /// Any change.
    Any,
    /// A new item of a list. Items may be removed without a check.
    NewItem,
}

/// A value that CEL computes once for each guest.
#[derive(Clone, Copy, Debug)]
pub struct Derived {
    /// Its key in `g`.
    pub key: &'static str,
    /// The CEL value, over `g` as it was asked and `i`, its index in `variables.asked`.
    pub cel: &'static str,
    /// A variable that has to be computed for all guests before, if this value needs one.
    pub before: Option<Variable>,
}

/// A variable of a ValidatingAdmissionPolicy.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// Why it is there, as a comment in the policy.
    pub why: &'static str,
    /// Its value in CEL.
    pub cel: &'static str,
}

/// Whether a rule that lists what it allows allows `value`. A rule without a list allows anything.
pub(super) fn among<T: PartialEq>(listed: Option<&Vec<T>>, value: &T) -> bool {
    listed.is_none_or(|listed| listed.contains(value))
}

/// The same in CEL. `field` of the rule lists what it allows, and `value` is the guest's value.
pub(super) fn among_cel(field: &str, value: &str) -> String {
    format!("r.?{field}.orValue(null) == null || {value} in r.{field}")
}
