//! `PATCH /users/{id}`: 204, absent properties stay as they are (page "Update user").
//! Everything is checked before anything is changed.

use serde_json::{Map, Value, json};

use super::access::Caller;
use super::call::Call;
use super::errors::GraphError;
use super::properties::USER;
use super::property::{Kind, Property, Write};
use crate::answer::Answer;
use crate::state::provider::domain;
use crate::state::user::{ObjectIdentity, User};
use crate::state::{State, Tenant};

pub(crate) fn update(state: &State, call: &Call, caller: &Caller, key: &str) -> Result<Answer, GraphError> {
    let mut changes = call.object()?;
    changes.retain(|name, _| !name.starts_with('@'));
    let trimmed = state.world().settings.variants.profile_values_trimmed;
    for (name, value) in &mut changes {
        normalise(name, value, trimmed);
    }
    permitted(caller, &changes)?;
    let mut world = state.world();
    let lag = world.settings.lag.write_after_create;
    let clash_refused = world.settings.variants.mail_clash_refused;
    let tenant = world.tenant_mut(&caller.tenant).ok_or_else(|| GraphError::not_found(key))?;
    let user = tenant.directory.get(key).ok_or_else(|| GraphError::not_found(key))?.clone();
    if tenant.directory.get_behind(&user.id, lag).is_none() {
        return Err(GraphError::not_yet_there());
    }

    if user.property("onPremisesSyncEnabled") == true && changes.keys().any(|name| name != "usageLocation") {
        return Err(GraphError::bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        ));
    }
    let sensitive = ["businessPhones", "mobilePhone", "otherMails"];
    if user.holds_directory_role && changes.keys().any(|name| sensitive.contains(&name.as_str())) {
        return Err(GraphError::denied());
    }
    for (name, value) in &changes {
        let property = USER.properties.iter().find(|property| property.name == name);
        let property = property.ok_or_else(|| {
            GraphError::bad_request(format!(
                "Property '{name}' does not exist as a declared property or extension property."
            ))
        })?;
        valid(property, value, tenant)?;
    }
    let clash = changes.get("mail").and_then(Value::as_str).is_some_and(|mail| {
        let owner = tenant.directory.users().any(|other| other.id != user.id && other.owns_address(mail));
        owner || tenant.directory.contacts.iter().any(|contact| contact.eq_ignore_ascii_case(mail))
    });
    if clash && clash_refused {
        return Err(conflict(&user));
    }
    tenant.directory.change(&user.id, |user| {
        for (name, value) in changes {
            apply(user, &name, value, clash);
        }
    });
    Ok(Answer::no_content())
}

/// The narrower permissions go for their own properties only.
fn permitted(caller: &Caller, changes: &Map<String, Value>) -> Result<(), GraphError> {
    let allowed = |name: &str| match name {
        "identities" => caller.has(&["User.ManageIdentities.All"]),
        "employeeLeaveDateTime" => caller.has(&["User-LifeCycleInfo.ReadWrite.All"]),
        _ if caller.may_write_users() => true,
        "accountEnabled" => caller.has(&["User.EnableDisableAccount.All"]) && caller.has(&["User.Read.All"]),
        "otherMails" => caller.has(&["User-Mail.ReadWrite.All"]),
        "businessPhones" | "mobilePhone" => caller.has(&["User-Phone.ReadWrite.All"]),
        _ => false,
    };
    changes.keys().all(|name| allowed(name)).then_some(()).ok_or_else(GraphError::denied)
}

/// A country is kept in capital letters, whatever came.
fn normalise(name: &str, value: &mut Value, trimmed: bool) {
    if let Value::String(text) = value {
        if trimmed {
            *text = text.trim().to_owned();
        }
        if name == "usageLocation" {
            *text = text.to_ascii_uppercase();
        }
    }
}

fn valid(property: &Property, value: &Value, tenant: &Tenant) -> Result<(), GraphError> {
    let name = property.name;
    if property.elsewhere {
        return Err(GraphError::new(
            403,
            "accessDenied",
            "Access denied. The property cannot be set by an application.",
        ));
    }
    if property.write == Write::ReadOnly {
        let text = format!("Property '{name}' is read-only and cannot be set.");
        return Err(GraphError::bad_request(text));
    }
    let texts = |most: usize, length: usize| {
        value.as_array().is_some_and(|values| {
            let short =
                |value: &Value| value.as_str().is_some_and(|text| !text.is_empty() && text.chars().count() <= length);
            values.len() <= most && values.iter().all(short)
        })
    };
    let fits = match (name, property.kind, value) {
        // The name cannot be cleared, nor can these two.
        ("displayName" | "accountEnabled" | "userPrincipalName", _, Value::Null) => false,
        ("otherMails", ..) => texts(250, 250),
        ("businessPhones", ..) => texts(1, 64),
        ("identities", ..) => identities(value).is_some(),
        (_, _, Value::Null) => true,
        ("usageLocation", _, Value::String(text)) => text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase()),
        ("userType", _, Value::String(text)) => text == "Member" || text == "Guest",
        ("mail", _, Value::String(text)) => text.contains('@') && text.is_ascii(),
        ("userPrincipalName", _, Value::String(text)) => tenant.config.owns(domain(text)),
        (_, Kind::Bool, value) => value.is_boolean(),
        (_, Kind::Time, Value::String(text)) => text.parse::<jiff::Timestamp>().is_ok(),
        (_, Kind::Text, Value::String(text)) => match property.write {
            Write::Up(length) => !text.is_empty() && text.chars().count() <= length,
            Write::Own | Write::ReadOnly => !text.is_empty(),
        },
        (_, Kind::Other, value) => value.is_object(),
        _ => false,
    };
    fits.then_some(()).ok_or_else(|| GraphError::invalid_value(name))
}

fn identities(value: &Value) -> Option<Vec<ObjectIdentity>> {
    let one = |value: &Value| {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        Some(ObjectIdentity {
            sign_in_type: text("signInType")?.to_owned(),
            issuer: text("issuer").filter(|issuer| issuer.len() <= 512)?.to_owned(),
            issuer_assigned_id: text("issuerAssignedId").map(str::to_owned),
        })
    };
    value.as_array()?.iter().map(one).collect()
}

fn apply(user: &mut User, name: &str, value: Value, clash: bool) {
    let text = value.as_str().map(str::to_owned);
    match name {
        "displayName" => user.display_name = text,
        "userType" => user.user_type = text,
        "accountEnabled" => user.account_enabled = value.as_bool().unwrap_or(user.account_enabled),
        "userPrincipalName" => user.user_principal_name = text.unwrap_or_default(),
        "otherMails" => {
            user.other_mails =
                value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        "identities" => user.identities = identities(&value).unwrap_or_default(),
        "mail" => set_mail(user, text, clash),
        _ if value.is_null() => {
            user.profile.remove(name);
        }
        _ => {
            user.profile.insert(name.to_owned(), value);
        }
    }
}

/// A new `mail` becomes the first proxy address; the one before it stays as a further one.
fn set_mail(user: &mut User, mail: Option<String>, clash: bool) {
    if let (Some(mail), false) = (&mail, clash) {
        let same = |proxy: &String| proxy.split_once(':').is_some_and(|(_, known)| known.eq_ignore_ascii_case(mail));
        user.proxy_addresses.retain(|proxy| !same(proxy));
        for proxy in &mut user.proxy_addresses {
            if let Some(address) = proxy.strip_prefix("SMTP:") {
                *proxy = format!("smtp:{address}");
            }
        }
        user.proxy_addresses.insert(0, format!("SMTP:{mail}"));
    }
    user.mail = mail;
}

fn conflict(user: &User) -> GraphError {
    let text = "Another object with the same value for property proxyAddresses already exists.";
    let mut error = GraphError::bad_request(text);
    error.details = Some(json!([
        {"code": "ObjectConflict", "message": text, "target": "proxyAddresses"},
        {"code": "ConflictingObjects", "message": user.id, "target": "ConflictingObjects"},
    ]));
    error
}
