//! `profile`: which properties of the user may be set. Dynamic groups and Conditional Access choose users by such properties, so
//! a rule without this field allows only those of a person's name and language.

use crate::api::ProfileProperty;
use crate::policy::criterion::{AppliesTo, Criterion, Derived, JudgedChange, Otherwise, SpecField};
use crate::policy::{Ask, Words};

/// What a rule without this field allows.
const USUAL: &[ProfileProperty] = &[
    ProfileProperty::DisplayName,
    ProfileProperty::GivenName,
    ProfileProperty::Surname,
    ProfileProperty::PreferredLanguage,
];

pub(super) const CRITERION: Criterion = Criterion {
    field: "profile",
    left_out: "['displayName', 'givenName', 'surname', 'preferredLanguage']",
    lists: true,
    applies_to: AppliesTo::ItsGuests,
    reads: &[
        SpecField {
            key: "displayName",
            path: "displayName",
            otherwise: Otherwise::Nothing,
            change: JudgedChange::NewValue,
        },
        SpecField { key: "profile", path: "profile", otherwise: Otherwise::Nothing, change: JudgedChange::NewEntry },
    ],
    derives: &[Derived {
        key: "properties",
        cel: || {
            "dyn((g.displayName == null ? [] : ['displayName']) + (g.profile == null ? [] : g.profile.filter(n, g.profile[n] != null)))"
                .into()
        },
        before: None,
    }],
    check: |rule, ask| {
        let listed = rule.profile.as_deref().unwrap_or(USUAL);
        declared(ask).all(|property| listed.contains(&property) || listed.contains(&ProfileProperty::Any))
    },
    cel: || "g.properties.all(n, n in r.profile || '*' in r.profile)".into(),
    lacks: Words("has all of {} in its profile"),
    value: |ask| declared(ask).map(ProfileProperty::as_str).collect::<Vec<_>>().join(", "),
    // A map has no order, so the names are put into one.
    cel_value: "['displayName', 'givenName', 'surname', 'jobTitle', 'companyName', 'department', 'officeLocation', 'employeeId', 'mobilePhone', 'businessPhone', 'streetAddress', 'city', 'state', 'postalCode', 'country', 'usageLocation', 'preferredLanguage'].filter(n, n in g.properties).join(', ')",
};

/// The properties that the guest's spec sets.
fn declared(ask: &Ask<'_>) -> impl Iterator<Item = ProfileProperty> {
    let name = ask.spec.display_name.is_some().then_some(ProfileProperty::DisplayName);
    let others = ask.spec.profile.clone().unwrap_or_default();
    name.into_iter().chain(others.declared().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cel_knows_the_properties_in_their_order() {
        let names: Vec<String> = ProfileProperty::ALL.iter().map(|known| format!("'{}'", known.as_str())).collect();
        assert!(CRITERION.cel_value.starts_with(&format!("[{}]", names.join(", "))), "{}", CRITERION.cel_value);
        let usual: Vec<String> = USUAL.iter().map(|known| format!("'{}'", known.as_str())).collect();
        assert_eq!(CRITERION.left_out, format!("[{}]", usual.join(", ")));
    }
}
