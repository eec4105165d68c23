//! The directory of a world's default tenant: its names, and what its application may do, how Graph behaves.

use entra_simulator::{Config, Variants};

/// The directory of the default tenant.
pub const TENANT: &str = "11111111-2222-3333-4444-555555555555";

/// The client id of its application.
pub const APP: &str = "aaaaaaaa-0000-0000-0000-000000000001";

/// What an application needs for guests in groups who are deleted at the end.
pub const ROLES: [&str; 5] =
    ["User.Invite.All", "User.Read.All", "User.ReadWrite.All", "User.DeleteRestore.All", "GroupMember.ReadWrite.All"];

/// Every permission that a declared field can need.
pub const ALL: [&str; 6] = [
    "User.Invite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "User.DeleteRestore.All",
    "GroupMember.ReadWrite.All",
    "Organization.Read.All",
];

/// A directory whose application has these permissions.
pub fn allowed(roles: &[&str]) -> Config {
    let mut entra = Config::default();
    entra.tenants[0].apps[0].roles = roles.iter().map(|role| (*role).to_owned()).collect();
    entra
}

/// How Graph behaves in this run where no document settles it.
///
/// # Panics
/// Where `GUESTLIST_VARIANT` has a name that is not one of [`Variants::all`].
pub fn variants() -> Variants {
    let names = std::env::var("GUESTLIST_VARIANT").unwrap_or_default();
    Variants::turned(names.split('+').filter(|name| !name.is_empty())).expect("a name of Variants::all")
}
