//! The properties of users: which come without $select, which can be filtered how, and which can be written.
//! Operators by the page "Advanced query capabilities on Microsoft Entra ID objects", lengths by "user resource type".

use super::property::Op::{self, EndsWith, Ge, In, Le, Ne, Not, Null, StartsWith};
use super::property::{Kind, Property, Write, property, shown, unfiltered};
use super::schema::Schema;

const fn elsewhere(name: &'static str, kind: Kind) -> Property {
    Property { name, kind, default: false, plain: &[], advanced: &[], write: Write::Own, elsewhere: true }
}

const TEXT: &[Op] = &[Op::Eq, In, Ge, Le, StartsWith];
const MORE: &[Op] = &[Ne, Not, Null];

const fn text(name: &'static str, length: usize) -> Property {
    property(name, Kind::Text, TEXT, MORE, Write::Up(length))
}

/// Users, as far as the simulator knows them.
pub(crate) const USER: Schema = Schema {
    kind: "user",
    resource: "User",
    properties: PROPERTIES,
    basic: &["id", "displayName", "givenName", "surname", "mail", "userPrincipalName"],
    navigation: &[
        "createdObjects",
        "directReports",
        "licenseDetails",
        "manager",
        "memberOf",
        "ownedDevices",
        "ownedObjects",
        "registeredDevices",
        "sponsorOf",
        "sponsors",
        "transitiveMemberOf",
    ],
};

const PROPERTIES: &[Property] = &[
    shown(property("id", Kind::Text, &[Op::Eq], &[Ne, Not, In], Write::ReadOnly)),
    shown(unfiltered("businessPhones", Kind::Texts, Write::Own)),
    shown(text("displayName", 256)),
    shown(text("givenName", 64)),
    shown(text("jobTitle", 128)),
    shown(property("mail", Kind::Text, &[Op::Eq, Ge, Le, In, StartsWith], &[Ne, Not, EndsWith, Null], Write::Own)),
    shown(unfiltered("mobilePhone", Kind::Text, Write::Up(64))),
    shown(unfiltered("officeLocation", Kind::Text, Write::Up(128))),
    shown(unfiltered("preferredLanguage", Kind::Text, Write::Up(64))),
    shown(text("surname", 64)),
    shown(property(
        "userPrincipalName",
        Kind::Text,
        &[Op::Eq, Le, In, StartsWith],
        &[Ne, Not, Ge, EndsWith],
        Write::Own,
    )),
    property("accountEnabled", Kind::Bool, &[Op::Eq, In], &[Ne, Not], Write::Own),
    property("creationType", Kind::Text, &[Op::Eq, In], &[Ne, Not, Null], Write::ReadOnly),
    property("userType", Kind::Text, &[Op::Eq, In], &[Ne, Not, Null], Write::Own),
    property("otherMails", Kind::Texts, &[Op::Eq, Ge, Le, In, StartsWith], &[Ne, Not, EndsWith], Write::Own),
    property("proxyAddresses", Kind::Texts, &[Op::Eq, Ge, Le, StartsWith], &[Ne, Not, In, EndsWith], Write::ReadOnly),
    property("identities", Kind::Identities, &[Op::Eq], &[], Write::Own),
    property("createdDateTime", Kind::Time, &[Op::Eq, Ge, Le], &[Ne, Not, In], Write::ReadOnly),
    property("deletedDateTime", Kind::Time, &[Op::Eq, Ge, Le], &[Ne, Not, In], Write::ReadOnly),
    property("externalUserState", Kind::Text, &[Op::Eq, In], &[Ne, Not, Null], Write::ReadOnly),
    property("externalUserStateChangeDateTime", Kind::Time, &[Op::Eq, In], &[Ne, Not, Null], Write::ReadOnly),
    property("companyName", Kind::Text, &[], &[Op::Eq, Ne, Not, Ge, Le, In, StartsWith, Null], Write::Up(64)),
    text("department", 64),
    text("city", 128),
    text("country", 128),
    text("state", 128),
    text("streetAddress", 1024),
    text("postalCode", 40),
    text("mailNickname", 64),
    text("employeeId", 16),
    property("usageLocation", Kind::Text, TEXT, MORE, Write::Own),
    property("employeeType", Kind::Text, &[], &[Op::Eq, Ne, Not, Ge, Le, In, StartsWith, Null], Write::Up(256)),
    unfiltered("faxNumber", Kind::Text, Write::Up(64)),
    unfiltered("ageGroup", Kind::Text, Write::Up(64)),
    unfiltered("consentProvidedForMinor", Kind::Text, Write::Up(64)),
    unfiltered("employeeHireDate", Kind::Time, Write::Own),
    unfiltered("employeeLeaveDateTime", Kind::Time, Write::Own),
    unfiltered("imAddresses", Kind::Texts, Write::ReadOnly),
    unfiltered("legalAgeGroupClassification", Kind::Text, Write::ReadOnly),
    unfiltered("lastPasswordChangeDateTime", Kind::Time, Write::ReadOnly),
    unfiltered("signInSessionsValidFromDateTime", Kind::Time, Write::ReadOnly),
    unfiltered("securityIdentifier", Kind::Text, Write::ReadOnly),
    unfiltered("onPremisesSyncEnabled", Kind::Bool, Write::ReadOnly),
    unfiltered("onPremisesUserPrincipalName", Kind::Text, Write::ReadOnly),
    unfiltered("onPremisesImmutableId", Kind::Text, Write::Own),
    unfiltered("onPremisesDomainName", Kind::Text, Write::ReadOnly),
    unfiltered("onPremisesSamAccountName", Kind::Text, Write::ReadOnly),
    unfiltered("onPremisesDistinguishedName", Kind::Text, Write::ReadOnly),
    unfiltered("onPremisesSecurityIdentifier", Kind::Text, Write::ReadOnly),
    unfiltered("onPremisesLastSyncDateTime", Kind::Time, Write::ReadOnly),
    unfiltered("onPremisesExtensionAttributes", Kind::Other, Write::Own),
    unfiltered("passwordPolicies", Kind::Text, Write::Up(256)),
    unfiltered("preferredDataLocation", Kind::Text, Write::Up(64)),
    unfiltered("showInAddressList", Kind::Bool, Write::Own),
    unfiltered("isManagementRestricted", Kind::Bool, Write::ReadOnly),
    unfiltered("identityParentId", Kind::Text, Write::ReadOnly),
    unfiltered("employeeOrgData", Kind::Other, Write::Own),
    // Never shown, and an app needs a permission of its own to set it.
    unfiltered("passwordProfile", Kind::Other, Write::ReadOnly),
    unfiltered("authorizationInfo", Kind::Other, Write::ReadOnly),
    unfiltered("onPremisesProvisioningErrors", Kind::Texts, Write::ReadOnly),
    unfiltered("serviceProvisioningErrors", Kind::Texts, Write::ReadOnly),
    unfiltered("assignedLicenses", Kind::Texts, Write::ReadOnly),
    unfiltered("assignedPlans", Kind::Texts, Write::ReadOnly),
    unfiltered("provisionedPlans", Kind::Texts, Write::ReadOnly),
    unfiltered("licenseAssignmentStates", Kind::Texts, Write::ReadOnly),
    unfiltered("isResourceAccount", Kind::Bool, Write::ReadOnly),
    unfiltered("signInActivity", Kind::Other, Write::ReadOnly),
    elsewhere("aboutMe", Kind::Text),
    elsewhere("birthday", Kind::Time),
    elsewhere("hireDate", Kind::Time),
    elsewhere("interests", Kind::Texts),
    elsewhere("mailboxSettings", Kind::Other),
    elsewhere("mySite", Kind::Text),
    elsewhere("pastProjects", Kind::Texts),
    elsewhere("preferredName", Kind::Text),
    elsewhere("responsibilities", Kind::Texts),
    elsewhere("schools", Kind::Texts),
    elsewhere("skills", Kind::Texts),
];
