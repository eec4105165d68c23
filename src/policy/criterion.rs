//! The shape of a criterion: one field of an access rule that checks the guest.

use super::{Ask, Words};
use crate::api::{ANY, AccessRule};

/// One field of an access rule that checks the guest.
///
/// The field itself, with its type and its validation, is a field of [`AccessRule`]. Its doc comment is the description
/// in the definition of EntraTenant and the line in docs/who-may-invite.md. Everything else about it is here.
#[derive(Clone, Copy, Debug)]
pub struct Criterion {
    /// The field's name in YAML, such as `groups` or `require.sponsors`.
    pub field: &'static str,
    /// The CEL value of the field, over `r`, for a rule that leaves it out.
    pub left_out: &'static str,
    /// Whether the field lists what it allows, so that a refusal can name it.
    pub lists: bool,
    /// Whom the field speaks to.
    pub applies_to: AppliesTo,
    /// The fields of a guest's spec that it reads. Only one criterion names each field. (`email` and `tenantRef` cannot
    /// change, and are always there.)
    pub reads: &'static [SpecField],
    /// The values that CEL computes once for each guest, and not again for each rule.
    pub derives: &'static [Derived],
    /// Whether this field of the rule allows the guest.
    pub check: fn(&AccessRule, &Ask<'_>) -> bool,
    /// The same in CEL, over `r`, the rule, and `g`, the guest. The keys of `r` are those of [`Criterion::key`], and those
    /// of `g` are `email`, `created` and those of every criterion's `reads` and `derives`.
    pub cel: fn() -> String,
    /// What a rule must have to allow the guest, in words with at most one hole.
    pub lacks: Words,
    /// The value for the hole.
    pub value: fn(&Ask<'_>) -> String,
    /// The same in CEL, over `g`: a text, in parentheses if it is more than one term. Empty if `lacks` has no hole.
    pub cel_value: &'static str,
}

impl Criterion {
    /// The key of the field in `r`: its name, as one word.
    pub fn key(&self) -> String {
        let mut parts = self.field.split('.');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |key, part| key + &capitalised(part))
    }
}

/// `name` with a capital at its begin.
pub(super) fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Whom a field of a rule speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppliesTo {
    /// The guests whom this rule allows.
    ItsGuests,
    /// Those of them who are another namespace's. Only the operator knows who is, so the API server is not asked.
    SharedGuests,
    /// Every guest of the namespaces of this rule, whatever other rules allow.
    ItsNamespaces,
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
    /// Another value. It may be removed without a check.
    NewValue,
    /// A new item of a list. Items may be removed without a check.
    NewItem,
    /// A new or another value in a map. Values may be removed without a check.
    NewEntry,
    /// A later time, or none any more. An earlier one, or one where none was, is no question.
    Later,
    /// A longer time, or none any more.
    Longer,
}

/// A value that CEL computes once for each guest.
#[derive(Clone, Copy, Debug)]
pub struct Derived {
    /// Its key in `g`.
    pub key: &'static str,
    /// The CEL value, over `g` as it was asked and `i`, its index in `variables.asked`.
    pub cel: fn() -> String,
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

/// The same in CEL. The field `key` of the rule lists what it allows, and `value` is the guest's value.
pub(super) fn among_cel(key: &str, value: &str) -> String {
    format!("r.{key} == null || {value} in r.{key}")
}

/// Whether a rule that lists names allows all of `names`: each is listed, or the rule has `*`.
pub(super) fn all_named(listed: &[String], names: &[String]) -> bool {
    names.iter().all(|name| listed.iter().any(|allowed| allowed == name || allowed == ANY))
}

/// The same in CEL.
pub(super) fn all_named_cel(key: &str, names: &str) -> String {
    format!("{names}.all(n, n in r.{key} || '*' in r.{key})")
}
