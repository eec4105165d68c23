//! What the cluster says of a tenant: the EntraTenant, and the guests that are invited by it.

use std::fmt::Debug;
use std::time::Duration;

use kube::api::{ListParams, ObjectList};
use kube::{Api, Client, Resource, ResourceExt};
use serde::de::DeserializeOwned;

use crate::api::{EntraTenant, GuestInvitation};

/// How often an API server that asks to wait is asked again: for moments after a definition was applied it does.
const AGAIN: u32 = 10;

/// The EntraTenant `name`. All are listed, as the operator's own account may do only that, and a wrong name is met with the right ones.
///
/// # Errors
/// A sentence with the way out.
pub async fn tenant(client: &Client, name: &str) -> Result<EntraTenant, String> {
    let tenants: ObjectList<EntraTenant> = list(client).await.map_err(|error| match &error {
        kube::Error::Api(status) if status.is_not_found() => {
            "the cluster knows no EntraTenants: install Guestlist first (docs/install.md)".to_owned()
        }
        kube::Error::Api(status) if status.is_forbidden() => format!(
            "you may not list EntraTenants: {}. Ask for the verb list on entratenants.guestlist.dev",
            status.message
        ),
        _ => format!("the EntraTenants cannot be read: {}", said(&error)),
    })?;
    let names: Vec<String> = tenants.items.iter().map(ResourceExt::name_any).collect();
    tenants.items.into_iter().find(|tenant| tenant.name_any() == name).ok_or_else(|| match names.as_slice() {
        [] => format!("there is no EntraTenant {name:?}, nor any other: make one (docs/connect-a-tenant.md)"),
        names => format!("there is no EntraTenant {name:?}; there is: {}", names.join(", ")),
    })
}

/// The guests of the tenant `name`, in all namespaces.
///
/// # Errors
/// Why they cannot be read.
pub async fn guests(client: &Client, name: &str) -> Result<Vec<GuestInvitation>, String> {
    let guests: ObjectList<GuestInvitation> = list(client).await.map_err(|error| said(&error))?;
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

fn said(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        other => other.to_string(),
    }
}
