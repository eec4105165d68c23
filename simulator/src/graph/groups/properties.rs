//! The properties of groups, by the pages "group resource type" and "Advanced query capabilities".

use crate::graph::property::{Kind, Op, Property, Write, property, shown, unfiltered};
use crate::graph::schema::Schema;

/// Groups, as far as the simulator knows them.
pub(crate) const GROUP: Schema = Schema {
    kind: "group",
    resource: "Group",
    properties: PROPERTIES,
    basic: &["id", "displayName"],
    navigation: &["members", "memberOf", "owners", "transitiveMembers", "transitiveMemberOf", "createdOnBehalfOf"],
};

use Op::{EndsWith, Ge, In, Le, Ne, Not, Null, StartsWith};

const fn text(name: &'static str, plain: &'static [Op], advanced: &'static [Op]) -> Property {
    shown(property(name, Kind::Text, plain, advanced, Write::ReadOnly))
}

const fn quiet(name: &'static str, kind: Kind) -> Property {
    shown(unfiltered(name, kind, Write::ReadOnly))
}

const PROPERTIES: &[Property] = &[
    text("id", &[Op::Eq], &[Ne, Not, In]),
    quiet("deletedDateTime", Kind::Time),
    quiet("classification", Kind::Text),
    shown(property("createdDateTime", Kind::Time, &[Op::Eq, Ge, Le, In], &[Ne, Not], Write::ReadOnly)),
    quiet("creationOptions", Kind::Texts),
    text("description", &[Op::Eq, Ge, Le, StartsWith], &[Ne, Not, Null]),
    text("displayName", &[Op::Eq, Ge, Le, In, StartsWith], &[Ne, Not, Null]),
    quiet("expirationDateTime", Kind::Time),
    shown(property("groupTypes", Kind::Texts, &[Op::Eq], &[Ne, Not], Write::ReadOnly)),
    shown(property("isAssignableToRole", Kind::Bool, &[Op::Eq], &[Ne, Not, Null], Write::ReadOnly)),
    text("mail", &[Op::Eq, Ge, Le, In, StartsWith], &[Ne, Not, EndsWith, Null]),
    shown(property("mailEnabled", Kind::Bool, &[Op::Eq], &[Ne, Not], Write::ReadOnly)),
    text("mailNickname", &[Op::Eq, Ge, Le, In, StartsWith], &[Ne, Not]),
    quiet("membershipRule", Kind::Text),
    quiet("membershipRuleProcessingState", Kind::Text),
    quiet("onPremisesDomainName", Kind::Text),
    quiet("onPremisesLastSyncDateTime", Kind::Time),
    quiet("onPremisesNetBiosName", Kind::Text),
    quiet("onPremisesSamAccountName", Kind::Text),
    quiet("onPremisesSecurityIdentifier", Kind::Text),
    shown(property("onPremisesSyncEnabled", Kind::Bool, &[Op::Eq, In], &[Ne, Not, Null], Write::ReadOnly)),
    quiet("onPremisesProvisioningErrors", Kind::Texts),
    quiet("preferredDataLocation", Kind::Text),
    quiet("preferredLanguage", Kind::Text),
    quiet("proxyAddresses", Kind::Texts),
    quiet("renewedDateTime", Kind::Time),
    quiet("resourceBehaviorOptions", Kind::Texts),
    quiet("resourceProvisioningOptions", Kind::Texts),
    shown(property("securityEnabled", Kind::Bool, &[Op::Eq], &[Ne, Not], Write::ReadOnly)),
    quiet("securityIdentifier", Kind::Text),
    quiet("serviceProvisioningErrors", Kind::Texts),
    quiet("theme", Kind::Text),
    quiet("visibility", Kind::Text),
];
