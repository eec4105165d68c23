//! A user's relations with other objects of the directory, `/users/{id}/sponsors` and the like: reading and changing them
//! by the rows in `kinds`, and what every `$ref` has in common.

pub(super) mod change;
pub(super) mod expand;
pub(crate) mod kinds;
pub(super) mod read;
pub(super) mod reference;
mod shown;

pub(crate) use kinds::UserRelation;
