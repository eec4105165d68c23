//! Graph calls that only `guestlist check` makes. The operator makes none of them.

mod address;
mod deleted_user;
mod delta;
mod organization;
mod sponsored;
mod sponsors;

pub use delta::DeltaLink;
pub use organization::Organization;
pub use sponsored::SponsorForm;
pub use sponsors::Sponsor;
