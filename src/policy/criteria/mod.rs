//! The table of criteria, a file for each.

mod cc_domains;
mod deletion_policies;
mod delivery;
mod deny_email_domains;
mod email_domains;
mod existing;
mod groups;
mod languages;
mod profile;
mod redeem_as;
mod redeem_links;
mod redirect_urls;
mod require_access_until;
mod require_expires_after;
mod require_sponsors;
mod share;
mod sponsors;
mod user_types;

use super::Criterion;

/// Every criterion, in the order in which they are checked. A refusal names the first one that no rule fulfils.
pub const CRITERIA: &[Criterion] = &[
    email_domains::CRITERION,
    deny_email_domains::CRITERION,
    cc_domains::CRITERION,
    user_types::CRITERION,
    groups::CRITERION,
    redirect_urls::CRITERION,
    delivery::CRITERION,
    languages::CRITERION,
    existing::CRITERION,
    share::CRITERION,
    redeem_as::CRITERION,
    redeem_links::CRITERION,
    deletion_policies::CRITERION,
    profile::CRITERION,
    sponsors::CRITERION,
    require_access_until::CRITERION,
    require_expires_after::CRITERION,
    require_sponsors::CRITERION,
];
