//! Who may invite whom: whether the rules in `spec.access` of an EntraTenant allow a guest as declared. Pure.
//!
//! Each field of a rule that checks the guest is one [`Criterion`], and [`CRITERIA`] is the table of them. The
//! operator, which is the authority, goes through the table in [`judge()`]. The API server goes through the same table
//! in CEL that [`admission`] generates, so that `kubectl apply` refuses at once and in the same words.
//!
//! Three fields are no criteria, because they do not check the guest. `namespaces` selects the rules that apply.
//! `maxGuests` and `approval` say what happens to a guest whom a rule allows.

pub mod admission;
mod approval;
mod ask;
mod criteria;
mod criterion;
pub mod docs;
mod domain;
mod judge;
mod listed;
mod namespaces;
mod time;
mod words;

#[cfg(test)]
mod tests;

pub use approval::{ApprovalStatus, Declared, Permission, permission};
pub use ask::Ask;
pub use criteria::CRITERIA;
pub use criterion::{AppliesTo, Criterion, Derived, JudgedChange, Otherwise, SpecField, Variable};
pub use judge::{Ruling, judge};
pub use words::Words;
