//! Users: the look-up of an address, the listing of all guests, the read by id. Every property comes by `$select`:
//! `externalUserState` and its like are missing without it, which would read as "not a guest" (user resource type, Graph).

use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use url::Url;

use super::transport::{Answered, Payload};
use super::{Class, Graph, GraphError, Reach};

/// What we read of a user.
pub(super) const SELECT: &str = "id,userPrincipalName,mail,otherMails,proxyAddresses,userType,creationType,externalUserState,externalUserStateChangeDateTime,accountEnabled,identities,createdDateTime";

/// A user as Graph returns it: everything but the id may be null or missing.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct User {
    /// Object id.
    pub id: String,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
    /// `mail`.
    pub mail: Option<String>,
    /// `userType`: Guest or Member.
    pub user_type: Option<String>,
    /// `creationType`: Invitation, SelfServiceSignUp, ...
    pub creation_type: Option<String>,
    /// `externalUserState`: PendingAcceptance, Accepted; null for whom no invitation made.
    pub external_user_state: Option<String>,
    /// `externalUserStateChangeDateTime`.
    pub external_user_state_change_date_time: Option<Timestamp>,
    /// `accountEnabled`.
    pub account_enabled: Option<bool>,
    /// `identities`.
    pub identities: Option<Vec<Identity>>,
    /// `createdDateTime`, in whole seconds.
    pub created_date_time: Option<Timestamp>,
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

/// Who has an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The users; usually none or one.
    pub users: Vec<User>,
    /// When they were read, on Graph's clock.
    pub graph_time: Timestamp,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    value: Vec<User>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

impl Graph {
    /// Everybody whose `mail`, `otherMails` or `proxyAddresses` hold `address`: a clash with a contact moves a guest's address
    /// to `otherMails`, and an internal user with the address must be seen too ("B2B troubleshooting", Entra).
    ///
    /// # Errors
    /// As [`Graph::call`]; reads may be repeated freely.
    pub async fn find_by_address(&self, address: &str) -> Result<Found, GraphError> {
        const OPERATION: &str = "listUsers";
        let quoted = address.replace('\'', "''");
        let filter = format!(
            "mail eq '{quoted}' or otherMails/any(x:x eq '{quoted}') or proxyAddresses/any(x:x eq 'SMTP:{quoted}') or proxyAddresses/any(x:x eq 'smtp:{quoted}')"
        );
        let mut url = self.url(&["users"]);
        url.query_pairs_mut().append_pair("$filter", &filter).append_pair("$select", SELECT).append_pair("$top", "10");
        let answered: Result<Answered<Page>, _> = self.call(OPERATION, Method::GET, url.clone(), Payload::None).await;
        let mut answered = match answered {
            // Whether the `or` over collections runs in default mode is documented nowhere.
            Err(error) if error.code == "Request_UnsupportedQuery" => {
                url.query_pairs_mut().append_pair("$count", "true");
                self.call(OPERATION, Method::GET, url, Payload::Advanced).await?
            }
            other => other?,
        };
        let graph_time = answered.graph_time;
        let mut users = std::mem::take(&mut answered.body.value);
        let mut next = answered.body.next;
        while let Some(link) = next {
            let page: Answered<Page> =
                self.call(OPERATION, Method::GET, self.follow(OPERATION, &link)?, Payload::Advanced).await?;
            users.extend(page.body.value);
            next = page.body.next;
        }
        Ok(Found { users, graph_time })
    }

    /// All users that invitations made, page by page; the second value counts the pages.
    ///
    /// # Errors
    /// As [`Graph::call`]; half a listing is never returned.
    pub async fn list_invited(&self) -> Result<(Vec<User>, u32), GraphError> {
        const OPERATION: &str = "listUsers";
        let mut url = self.url(&["users"]);
        url.query_pairs_mut()
            .append_pair("$filter", "creationType eq 'Invitation'")
            .append_pair("$select", SELECT)
            .append_pair("$top", "999");
        let mut users = Vec::new();
        let mut pages = 0;
        let mut next = Some(url);
        while let Some(url) = next {
            let page: Answered<Page> = self.call(OPERATION, Method::GET, url, Payload::None).await?;
            pages += 1;
            users.extend(page.body.value);
            next = page.body.next.map(|link| self.follow(OPERATION, &link)).transpose()?;
        }
        Ok((users, pages))
    }

    /// The cheapest read that needs what the operator needs: whether Graph answers and lets it read users.
    ///
    /// # Errors
    /// As [`Graph::call`].
    pub async fn probe(&self) -> Result<(), GraphError> {
        let mut url = self.url(&["users"]);
        url.query_pairs_mut().append_pair("$select", "id").append_pair("$top", "1");
        self.call::<Page>("listUsers", Method::GET, url, Payload::None).await.map(|_| ())
    }

    /// The user by id; nothing when Graph answers 404.
    ///
    /// # Errors
    /// As [`Graph::call`].
    pub async fn user(&self, id: &str) -> Result<Option<User>, GraphError> {
        let mut url = self.url(&["users", id]);
        url.query_pairs_mut().append_pair("$select", SELECT);
        match self.call::<User>("getUser", Method::GET, url, Payload::None).await {
            Ok(answered) => Ok(Some(answered.body)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A nextLink is used whole, and only if it leads back to this Graph.
    fn follow(&self, operation: &'static str, link: &str) -> Result<Url, GraphError> {
        Url::parse(link).ok().filter(|url| self.owns(url)).ok_or_else(|| {
            GraphError::local(operation, Class::Transient, Reach::Answered, "the listing's nextLink leads elsewhere")
        })
    }
}
