//! Makes GuestLists of rows. What all rows have in common goes into the template, and the rest into each entry.

use serde::Serialize;

use super::table::GuestRow;
use crate::api::{Delivery, MOST_GUESTS};

/// The names of the lists, their namespace and their tenant.
#[derive(Clone, Debug)]
pub struct Heading {
    /// The name of the list, or of the first of several.
    pub name: String,
    /// The namespace of the lists, if it is to be written into them.
    pub namespace: Option<String>,
    /// The EntraTenant, if it is not the default one.
    pub tenant: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct List<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    spec: ListSpec<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
}

#[derive(Serialize)]
struct ListSpec<'a> {
    template: ListTemplate<'a>,
    guests: Vec<ListGuest<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListTemplate<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_ref: Option<ListTenantRef<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<&'a str>,
}

#[derive(Serialize)]
struct ListTenantRef<'a> {
    name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListGuest<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Delivery>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize)]
struct Message<'a> {
    body: &'a str,
}

/// The lists as YAML, one document for each list. Every row is in one of them.
///
/// # Errors
/// When a list cannot be written as YAML.
pub fn yaml(rows: &[GuestRow], heading: &Heading) -> Result<String, serde_saphyr::SerializeError> {
    let first = rows.first().and_then(|row| row.redirect_url.as_deref());
    let common = first.filter(|first| rows.iter().all(|row| row.redirect_url.as_deref() == Some(first)));
    let mut text = String::new();
    for (n, rows) in rows.chunks(MOST_GUESTS).enumerate() {
        let list = List {
            api_version: "guestlist.dev/v1alpha1",
            kind: "GuestList",
            metadata: Metadata {
                name: if n == 0 { heading.name.clone() } else { format!("{}-{}", heading.name, n + 1) },
                namespace: heading.namespace.as_deref(),
            },
            spec: ListSpec {
                template: ListTemplate {
                    tenant_ref: heading.tenant.as_deref().map(|name| ListTenantRef { name }),
                    redirect_url: common,
                },
                guests: rows.iter().map(|row| guest(row, common)).collect(),
            },
        };
        text.push_str("---\n");
        text.push_str(&serde_saphyr::to_string(&list)?);
    }
    Ok(text)
}

fn guest<'a>(row: &'a GuestRow, common: Option<&str>) -> ListGuest<'a> {
    ListGuest {
        email: row.email.as_str(),
        display_name: row.display_name.as_deref(),
        redirect_url: row.redirect_url.as_deref().filter(|url| Some(*url) != common),
        // Only the operator's own mail can have a personal text.
        delivery: match (row.send, &row.message) {
            (_, Some(_)) => Some(Delivery::Mail),
            (Some(true), None) => Some(Delivery::Microsoft),
            (Some(false), None) => Some(Delivery::None),
            (None, None) => None,
        },
        message: row.message.as_deref().map(|body| Message { body }),
    }
}
