//! Properties of the guest's user ("user resource type", Graph). The operator keeps declared values and leaves the
//! others alone.

use std::collections::BTreeMap;

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

macro_rules! profile {
    ($($(#[$doc:meta])* $field:ident $name:literal $most:literal,)*) => {
        /// Properties of the guest's user. The operator restores a declared value when somebody changes it, and clears
        /// a value that is no longer declared.
        #[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq)]
        #[serde(rename_all = "camelCase")]
        #[x_kube(validation = Rule::new("!has(self.usageLocation) || self.usageLocation.matches('^[A-Za-z]{2}$')").field_path(".usageLocation").message("usageLocation is a country of two letters, such as NL"))]
        pub struct Profile {
            $($(#[$doc])*
            #[schemars(length(min = 1, max = $most))]
            #[serde(skip_serializing_if = "Option::is_none")]
            pub $field: Option<String>,)*
        }

        impl Profile {
            /// The declared values, by the property's name in Graph.
            pub fn properties(&self) -> BTreeMap<String, String> {
                let all = [$(($name, &self.$field)),*];
                all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?))).collect()
            }
        }
    };
}

profile! {
    /// Given name.
    given_name "givenName" 64,
    /// Family name.
    surname "surname" 64,
    /// Job title.
    job_title "jobTitle" 128,
    /// Company.
    company_name "companyName" 64,
    /// Department.
    department "department" 64,
    /// Office.
    office_location "officeLocation" 128,
    /// Employee number.
    employee_id "employeeId" 16,
    /// Mobile phone.
    mobile_phone "mobilePhone" 64,
    /// The business phone. Graph keeps only one.
    business_phone "businessPhones" 64,
    /// Street.
    street_address "streetAddress" 1024,
    /// City.
    city "city" 128,
    /// State or province.
    state "state" 128,
    /// Postal code.
    postal_code "postalCode" 40,
    /// Country.
    country "country" 128,
    /// The country where licences are used, in two letters.
    usage_location "usageLocation" 2,
    /// Preferred language, such as `nl-NL`. Microsoft's mails use it where no other language is given.
    preferred_language "preferredLanguage" 35,
}
