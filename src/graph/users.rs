//! Users: the search by address, the listing of all guests, and the read by id. Every call names its properties in
//! `$select`. Without `$select` Graph leaves out `externalUserState` and similar properties, and a guest would not look
//! like one (user resource type, Graph).

use std::collections::HashMap;

use jiff::Timestamp;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use url::Url;

use super::pages::{IN_PAGE, Listing};
use super::transport::{Answered, Payload};
use super::{Class, Graph, GraphError, Reach, filter};

/// The properties that are read of a user.
pub(super) const SELECT: &str = "id,userPrincipalName,mail,otherMails,proxyAddresses,userType,creationType,externalUserState,externalUserStateChangeDateTime,accountEnabled,identities,createdDateTime,displayName,givenName,surname,jobTitle,companyName,department,officeLocation,employeeId,mobilePhone,businessPhones,streetAddress,city,state,postalCode,country,usageLocation,preferredLanguage";

/// A user as Graph returns it. Every property except the id may be null or missing.
///
/// A value that cannot be read counts as unknown. One odd user must not keep a listing of thousands from being read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    /// Object id.
    pub id: String,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `mail`.
    pub mail: Option<String>,
    /// `otherMails`.
    pub other_mails: Option<Vec<String>>,
    /// `proxyAddresses`: the primary address begins with `SMTP:`, the others with `smtp:`.
    pub proxy_addresses: Option<Vec<String>>,
    /// `userType`: Guest or Member.
    pub user_type: Option<String>,
    /// `creationType`: Invitation, SelfServiceSignUp, ...
    pub creation_type: Option<String>,
    /// `externalUserState`: PendingAcceptance or Accepted; null for a user who was not invited.
    pub external_user_state: Option<String>,
    /// `externalUserStateChangeDateTime`.
    pub external_user_state_change_date_time: Option<Timestamp>,
    /// `accountEnabled`.
    pub account_enabled: Option<bool>,
    /// `identities`.
    pub identities: Option<Vec<Identity>>,
    /// `createdDateTime`, in whole seconds.
    pub created_date_time: Option<Timestamp>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `givenName`.
    pub given_name: Option<String>,
    /// `surname`.
    pub surname: Option<String>,
    /// `jobTitle`.
    pub job_title: Option<String>,
    /// `companyName`.
    pub company_name: Option<String>,
    /// `department`.
    pub department: Option<String>,
    /// `officeLocation`.
    pub office_location: Option<String>,
    /// `employeeId`.
    pub employee_id: Option<String>,
    /// `mobilePhone`.
    pub mobile_phone: Option<String>,
    /// `businessPhones`; Graph accepts one.
    pub business_phones: Vec<String>,
    /// `streetAddress`.
    pub street_address: Option<String>,
    /// `city`.
    pub city: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `postalCode`.
    pub postal_code: Option<String>,
    /// `country`.
    pub country: Option<String>,
    /// `usageLocation`.
    pub usage_location: Option<String>,
    /// `preferredLanguage`.
    pub preferred_language: Option<String>,
    /// The properties whose values could not be read.
    pub unreadable: Vec<&'static str>,
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut fields = Fields { values: Map::deserialize(from)?, unreadable: Vec::new() };
        Ok(Self {
            id: fields.take("id"),
            user_principal_name: fields.take("userPrincipalName"),
            mail: fields.take("mail"),
            other_mails: fields.take("otherMails"),
            proxy_addresses: fields.take("proxyAddresses"),
            user_type: fields.take("userType"),
            creation_type: fields.take("creationType"),
            external_user_state: fields.take("externalUserState"),
            external_user_state_change_date_time: fields.take("externalUserStateChangeDateTime"),
            account_enabled: fields.take("accountEnabled"),
            identities: fields.take("identities"),
            created_date_time: fields.take("createdDateTime"),
            display_name: fields.take("displayName"),
            given_name: fields.take("givenName"),
            surname: fields.take("surname"),
            job_title: fields.take("jobTitle"),
            company_name: fields.take("companyName"),
            department: fields.take("department"),
            office_location: fields.take("officeLocation"),
            employee_id: fields.take("employeeId"),
            mobile_phone: fields.take("mobilePhone"),
            business_phones: fields.take("businessPhones"),
            street_address: fields.take("streetAddress"),
            city: fields.take("city"),
            state: fields.take("state"),
            postal_code: fields.take("postalCode"),
            country: fields.take("country"),
            usage_location: fields.take("usageLocation"),
            preferred_language: fields.take("preferredLanguage"),
            unreadable: fields.unreadable,
        })
    }
}

/// The values of one object, and the names of those that could not be read.
pub(super) struct Fields {
    pub(super) values: Map<String, Value>,
    pub(super) unreadable: Vec<&'static str>,
}

impl Fields {
    /// The value `name`; the default where it is null, missing or of another type.
    pub(super) fn take<T: Default + DeserializeOwned>(&mut self, name: &'static str) -> T {
        match self.values.remove(name) {
            None | Some(Value::Null) => T::default(),
            Some(value) => serde_json::from_value(value).unwrap_or_else(|_| {
                self.unreadable.push(name);
                T::default()
            }),
        }
    }
}

/// One way to sign in (objectIdentity resource type, Graph).
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Identity {
    /// `signInType`: userPrincipalName, federated, emailAddress, ...
    pub sign_in_type: Option<String>,
    /// `issuer`: the tenant's domain, ExternalAzureAD, MicrosoftAccount, google.com, facebook.com, mail, or a URI.
    pub issuer: Option<String>,
}

/// The users who have an address.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressHolders {
    /// The users: usually none or one.
    pub users: Vec<User>,
    /// The time on Graph's clock when they were read.
    pub graph_time: Timestamp,
}

/// The operation that lists users.
const LIST: &str = "listUsers";

impl Graph {
    /// All users who have `address` in one of the properties of `filter::has_address`.
    ///
    /// # Errors
    /// As `Graph::call`. Reads can be repeated safely.
    pub async fn find_by_address(&self, address: &str) -> Result<AddressHolders, GraphError> {
        self.holders(self.search(LIST, self.url_of_holders(address)).await?)
    }

    /// As [`Graph::find_by_address`] for several addresses, twenty to a call. An address is left out for which that brought no answer that
    /// can be used.
    pub async fn find_by_addresses(&self, addresses: &[&str]) -> HashMap<String, AddressHolders> {
        let found = self.search_each(LIST, addresses, |address| self.url_of_holders(address)).await;
        found.into_iter().filter_map(|(address, listing)| Some((address, self.holders(listing).ok()?))).collect()
    }

    fn url_of_holders(&self, address: &str) -> Url {
        self.search_by_address(&["users"], SELECT, address)
    }

    /// The search of a collection for whoever has `address`.
    pub(super) fn search_by_address(&self, collection: &[&str], select: &str, address: &str) -> Url {
        let mut url = self.url(collection);
        url.query_pairs_mut()
            .append_pair("$filter", &filter::has_address(address))
            .append_pair("$select", select)
            .append_pair("$top", "10");
        url
    }

    fn url_of_user(&self, id: &str) -> Url {
        let mut url = self.url(&["users", id]);
        url.query_pairs_mut().append_pair("$select", SELECT);
        url
    }

    fn holders(&self, listing: Listing<User>) -> Result<AddressHolders, GraphError> {
        self.count_unreadable(&listing.values);
        let users: Result<Vec<User>, GraphError> = listing.values.into_iter().map(|user| named(LIST, user)).collect();
        Ok(AddressHolders { users: users?, graph_time: listing.graph_time })
    }

    /// Reads users by id. Each id comes with its user, or with none when Graph answered 404. An id whose item failed is
    /// left out.
    ///
    /// # Errors
    /// When a whole call fails.
    pub async fn users(&self, ids: &[String]) -> Result<Vec<(String, Option<User>)>, GraphError> {
        let mut found = Vec::with_capacity(ids.len());
        let take = |id: &String, read: Result<Answered<Value>, GraphError>| match read {
            Ok(read) => {
                let user = serde_json::from_value::<User>(read.body).ok();
                if let Some(user) = user.filter(|user| !user.id.is_empty()) {
                    self.count_unreadable([&user]);
                    found.push((id.clone(), Some(user)));
                }
            }
            Err(error) if error.is_not_found() => found.push((id.clone(), None)),
            Err(error) => tracing::info!(%error, "a read in a batch failed; the next sweep reads it again"),
        };
        self.read_each("getUser", ids, |id| self.url_of_user(id), take).await?;
        Ok(found)
    }

    /// Reads all users who were created by an invitation, and hands each page to `take` when it has come.
    ///
    /// # Errors
    /// As `Graph::call`. What was handed on before the error is true all the same.
    pub async fn each_invited(&self, take: impl FnMut(Vec<User>)) -> Result<(), GraphError> {
        self.each_where("creationType eq 'Invitation'", Payload::None, take).await
    }

    /// As [`Graph::each_invited`], only those who have not redeemed. The property can be filtered by ("user resource type", Graph), but it
    /// is not among those for which the plain mode is documented ("Use the $filter query parameter").
    ///
    /// # Errors
    /// As `Graph::call`; `is_unsupported` where Graph takes the filter in no mode.
    pub async fn each_pending(&self, mut take: impl FnMut(Vec<User>)) -> Result<(), GraphError> {
        let pending = "externalUserState eq 'PendingAcceptance'";
        match self.each_where(pending, Payload::None, &mut take).await {
            Err(error) if error.is_unsupported() => self.each_where(pending, Payload::Advanced, take).await,
            other => other,
        }
    }

    async fn each_where(
        &self,
        filter: &str,
        payload: Payload<'_>,
        mut take: impl FnMut(Vec<User>),
    ) -> Result<(), GraphError> {
        let mut url = self.url(&["users"]);
        url.query_pairs_mut()
            .append_pair("$filter", filter)
            .append_pair("$select", SELECT)
            .append_pair("$top", &IN_PAGE.to_string());
        if matches!(payload, Payload::Advanced) {
            url.query_pairs_mut().append_pair("$count", "true");
        }
        self.each_page(LIST, url, payload, |page: Vec<User>| {
            self.count_unreadable(&page);
            take(page);
        })
        .await
        .map(|_| ())
    }

    /// The cheapest read that shows whether Graph answers and lets the operator read users.
    ///
    /// # Errors
    /// As `Graph::call`.
    pub async fn probe(&self) -> Result<(), GraphError> {
        let mut url = self.url(&["users"]);
        url.query_pairs_mut().append_pair("$select", "id").append_pair("$top", "1");
        self.call::<serde::de::IgnoredAny>(LIST, Method::GET, url, Payload::None).await.map(|_| ())
    }

    /// The user by id; none when Graph answers 404.
    ///
    /// # Errors
    /// As `Graph::call`.
    pub async fn user(&self, id: &str) -> Result<Option<User>, GraphError> {
        match self.call::<User>("getUser", Method::GET, self.url_of_user(id), Payload::None).await {
            Ok(answered) => {
                self.count_unreadable([&answered.body]);
                named("getUser", answered.body).map(Some)
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Checks that the user has an id. An answer of `{}`, for example from a proxy, is not a user.
pub(super) fn named(operation: &'static str, user: User) -> Result<User, GraphError> {
    match user.id.is_empty() {
        false => Ok(user),
        true => {
            Err(GraphError::local(operation, Class::Transient, Reach::Unknown, "the answer holds a user without an id"))
        }
    }
}

impl Graph {
    /// Counts the values of `users` that could not be read.
    pub(super) fn count_unreadable<'u>(&self, users: impl IntoIterator<Item = &'u User>) {
        for user in users {
            for property in &user.unreadable {
                self.meter().unreadable(property);
            }
        }
    }
}

/// Reads a collection. Graph may send null for an empty one.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Option::<Vec<T>>::deserialize(from).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_that_cannot_be_held_takes_nothing_else_along() {
        let user: User = serde_json::from_value(serde_json::json!({
            "id": "u", "mail": "ann@fabrikam.com", "createdDateTime": "9999-12-31T23:59:59.9999999Z",
            "externalUserStateChangeDateTime": "soon", "businessPhones": null, "otherMails": [null],
            "identities": {}, "department": 7, "userType": null, "accountEnabled": true,
        }))
        .unwrap();
        let read = User {
            id: "u".into(),
            mail: Some("ann@fabrikam.com".into()),
            account_enabled: Some(true),
            unreadable: vec![
                "otherMails",
                "externalUserStateChangeDateTime",
                "identities",
                "createdDateTime",
                "department",
            ],
            ..User::default()
        };
        assert_eq!(user, read);
        assert!(serde_json::from_value::<User>(serde_json::json!("u")).is_err(), "a user is an object");
    }
}
