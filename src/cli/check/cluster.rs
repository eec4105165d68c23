//! What the cluster says about a tenant: the EntraTenant, and the guests that name it.

use std::fmt::Debug;
use std::time::Duration;

use kube::api::{ListParams, ObjectList};
use kube::{Api, Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;

use crate::api::{EntraTenant, GuestInvitation};
use crate::controller::said;

/// How often a request is repeated when the API server asks to wait. It does so for moments after a definition was
/// applied.
const AGAIN: u32 = 10;

/// Why the EntraTenant cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The CRDs are not installed.
    #[error("the cluster knows no EntraTenants: install Guestlist first (docs/install.md)")]
    NotInstalled(#[source] kube::Error),
    /// The person may not list EntraTenants.
    #[error("you may not list EntraTenants: {}. Ask for the verb list on entratenants.guestlist.dev", said(.0))]
    Forbidden(#[source] kube::Error),
    /// The API server does not answer, or answers something else.
    #[error("the EntraTenants cannot be read: {}", said(.0))]
    Unreadable(#[source] kube::Error),
    /// There is no EntraTenant at all.
    #[error("there is no EntraTenant {0:?}, nor any other: make one (docs/connect-a-tenant.md)")]
    NoTenants(String),
    /// There are only EntraTenants of other names.
    #[error("there is no EntraTenant {name:?}; there is: {}", others.join(", "))]
    OtherTenants {
        /// The name that was asked for.
        name: String,
        /// The names that exist.
        others: Vec<String>,
    },
}

/// Why the guests cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}", said(.0))]
pub struct GuestsUnreadable(#[from] kube::Error);

/// The EntraTenant `name`. All EntraTenants are listed: the operator's own account may only list them, and the error
/// for a wrong name can tell the right ones.
///
/// # Errors
/// A sentence that says what to do.
pub async fn tenant(client: &Client, name: &str) -> Result<EntraTenant, LookError> {
    let tenants: ObjectList<EntraTenant> = list(client).await.map_err(|error| match &error {
        kube::Error::Api(status) if status.is_not_found() => LookError::NotInstalled(error),
        kube::Error::Api(status) if status.is_forbidden() => LookError::Forbidden(error),
        _ => LookError::Unreadable(error),
    })?;
    let others: Vec<String> = tenants.items.iter().map(ResourceExt::name_any).collect();
    let named = tenants.items.into_iter().find(|tenant| tenant.name_any() == name);
    named.ok_or_else(|| match others.is_empty() {
        true => LookError::NoTenants(name.to_owned()),
        false => LookError::OtherTenants { name: name.to_owned(), others },
    })
}

/// The guests that name the tenant `name`, in all namespaces.
///
/// # Errors
/// Why the guests cannot be read.
pub async fn guests(client: &Client, name: &str) -> Result<Vec<GuestInvitation>, GuestsUnreadable> {
    let guests: ObjectList<GuestInvitation> = list(client).await?;
    Ok(guests.items.into_iter().filter(|guest| guest.spec.tenant_ref.name == name).collect())
}

async fn list<K>(client: &Client) -> Result<ObjectList<K>, kube::Error>
where
    K: Resource<DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let api: Api<K> = Api::all(client.clone());
    let mut again = AGAIN;
    loop {
        match api.list(&ListParams::default()).await {
            Err(kube::Error::Api(status)) if status.code == 429 && again > 0 => again -= 1,
            other => return other,
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
