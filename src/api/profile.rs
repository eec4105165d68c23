//! Properties of the guest's user ("user resource type", Graph). The operator keeps declared values and leaves the
//! others alone.

use std::collections::BTreeMap;

use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! profile {
    ($($(#[$doc:meta])* $field:ident $property:ident $spec:literal $name:literal $most:literal $([$rule:literal, $message:literal])?,)*) => {
        /// Properties of the guest's user. The operator restores a declared value when somebody changes it, and clears
        /// a value that is no longer declared.
        #[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
        #[serde(rename_all = "camelCase")]
        pub struct Profile {
            $($(#[$doc])*
            #[schemars(length(min = 1, max = $most))]
            $(#[x_kube(validation = Rule::new($rule).message($message))])?
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $field: Option<String>,)*
        }

        impl Profile {
            /// The declared values, by the property's name in Graph.
            pub fn properties(&self) -> BTreeMap<String, String> {
                let all = [$(($name, &self.$field)),*];
                all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
            }

            /// Which properties are declared, in the order of [`ProfileProperty::ALL`].
            pub fn declared(&self) -> impl Iterator<Item = ProfileProperty> {
                let all = [$((ProfileProperty::$property, self.$field.is_some())),*];
                all.into_iter().filter_map(|(property, is_declared)| is_declared.then_some(property))
            }
        }

        /// A property of the guest's user, by its name in the spec.
        #[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProfileProperty {
            /// Any property.
            #[serde(rename = "*")]
            Any,
            /// The name that the directory shows, which is a field of its own.
            #[serde(rename = "displayName")]
            DisplayName,
            $($(#[$doc])*
            #[serde(rename = $spec)]
            $property,)*
        }

        impl ProfileProperty {
            /// Every property that a spec can set.
            pub const ALL: &[Self] = &[Self::DisplayName, $(Self::$property),*];

            /// The name, as specs have it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    Self::Any => "*",
                    Self::DisplayName => "displayName",
                    $(Self::$property => $spec,)*
                }
            }
        }
    };
}

profile! {
    /// Given name.
    given_name GivenName "givenName" "givenName" 64,
    /// Family name.
    surname Surname "surname" "surname" 64,
    /// Job title.
    job_title JobTitle "jobTitle" "jobTitle" 128,
    /// Company.
    company_name CompanyName "companyName" "companyName" 64,
    /// Department.
    department Department "department" "department" 64,
    /// Office.
    office_location OfficeLocation "officeLocation" "officeLocation" 128,
    /// Employee number.
    employee_id EmployeeId "employeeId" "employeeId" 16,
    /// Mobile phone.
    mobile_phone MobilePhone "mobilePhone" "mobilePhone" 64,
    /// The business phone. Graph keeps only one.
    business_phone BusinessPhone "businessPhone" "businessPhones" 64,
    /// Street.
    street_address StreetAddress "streetAddress" "streetAddress" 1024,
    /// City.
    city City "city" "city" 128,
    /// State or province.
    state State "state" "state" 128,
    /// Postal code.
    postal_code PostalCode "postalCode" "postalCode" 40,
    /// Country.
    country Country "country" "country" 128,
    /// The country where licences are used, in two letters.
    usage_location UsageLocation "usageLocation" "usageLocation" 64
        ["self.matches('^[A-Za-z]{2}$')", "usageLocation is a country by its two letters, such as NL for the Netherlands"],
    /// Preferred language, such as `nl-NL`. Microsoft's mails use it where no other language is given.
    preferred_language PreferredLanguage "preferredLanguage" "preferredLanguage" 35,
}
