//! Groups and their members (pages "Add members", "Remove member", "List group members").
//! Only users are kept as members; groups in groups are not.

pub(super) mod bind;
pub(super) mod change;
pub(super) mod members;
mod membership;
pub(super) mod of_user;
pub(super) mod properties;
pub(super) mod read;
