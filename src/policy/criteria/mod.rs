//! The table of criteria, a file for each.

mod delivery;
mod email_domains;
mod groups;
mod redirect_urls;
mod user_types;

use super::Criterion;

/// Every criterion, in the order in which they are asked: the first that no rule fulfils is the one to name.
pub const CRITERIA: &[Criterion] = &[
    email_domains::CRITERION,
    user_types::CRITERION,
    groups::CRITERION,
    redirect_urls::CRITERION,
    delivery::CRITERION,
];
