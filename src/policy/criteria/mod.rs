//! The table of criteria, a file for each.

mod delivery;
mod email_domains;
mod existing;
mod groups;
mod redirect_urls;
mod user_types;

use super::Criterion;

/// Every criterion, in the order in which they are checked. A refusal names the first one that no rule fulfils.
pub const CRITERIA: &[Criterion] = &[
    email_domains::CRITERION,
    user_types::CRITERION,
    groups::CRITERION,
    redirect_urls::CRITERION,
    delivery::CRITERION,
    existing::CRITERION,
];
