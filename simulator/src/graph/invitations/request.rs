//! The body of an invitation: its properties and which characters an address may hold (page "invitation resource type").
//! The texts of these refusals are documented nowhere; only their status is to be relied on.

use serde_json::{Map, Value};
use url::Url;

use super::errors::refused;
use crate::graph::call::Call;
use crate::graph::errors::GraphError;
use crate::settings::InvitedSponsors;
use crate::state::State;

/// Characters that no invited address may hold. `'` is doubtful in the documents and is let through.
const FORBIDDEN: &str = "~!#$%^&*()+=[]{}\\/|;:\"<>?,";

const KNOWN: &[&str] = &[
    "id",
    "invitedUserEmailAddress",
    "invitedUserDisplayName",
    "inviteRedirectUrl",
    "inviteRedeemUrl",
    "invitedUserMessageInfo",
    "sendInvitationMessage",
    "invitedUserType",
    "invitedUserSponsors",
    "resetRedemption",
    "status",
    "invitedUser",
];

/// What the caller wants.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) email: String,
    pub(super) display_name: Option<String>,
    /// Normalised, as the answer and the guest will see it.
    pub(super) redirect_url: String,
    pub(super) user_type: String,
    pub(super) send: bool,
    pub(super) reset: bool,
    /// `invitedUser.id`: for a reset, or to convert an internal account.
    pub(super) user_id: Option<String>,
    pub(super) language: Option<String>,
    pub(super) body: Option<String>,
    pub(super) cc: Option<String>,
    /// The object ids of the sponsors, if any are named.
    pub(super) sponsors: Option<Vec<String>>,
}

impl Wanted {
    pub(super) fn read(state: &State, call: &Call, taken: InvitedSponsors) -> Result<Self, GraphError> {
        let fields = call.object()?;
        if let Some(unknown) = fields.keys().find(|name| !name.contains('@') && !KNOWN.contains(&name.as_str())) {
            return Err(refused(format!(
                "The property '{unknown}' does not exist on type 'microsoft.graph.invitation'. Make sure to only use property names that are defined by the type."
            )));
        }
        let email = text(&fields, "invitedUserEmailAddress")?.unwrap_or_default().to_owned();
        // A plus sign has a refusal of its own.
        if !address(&email.replacen('+', "_", 1)) {
            return Err(invalid("invitedUserEmailAddress"));
        }
        let redirect_url = text(&fields, "inviteRedirectUrl")?.and_then(|text| Url::parse(text).ok());
        let redirect_url = redirect_url
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| invalid("inviteRedirectUrl"))?;
        let display_name = text(&fields, "invitedUserDisplayName")?.map(str::to_owned);
        if display_name.as_ref().is_some_and(|name| name.chars().count() > 256) {
            return Err(invalid("invitedUserDisplayName"));
        }
        let user_type = text(&fields, "invitedUserType")?.unwrap_or("Guest").to_owned();
        if user_type != "Guest" && user_type != "Member" {
            return Err(invalid("invitedUserType"));
        }
        let none = Map::new();
        let message = match fields.get("invitedUserMessageInfo") {
            None | Some(Value::Null) => &none,
            Some(Value::Object(message)) => message,
            Some(_) => return Err(invalid("invitedUserMessageInfo")),
        };
        // Only the first further recipient is served.
        let cc = message.get("ccRecipients").and_then(|all| all.pointer("/0/emailAddress/address"));
        let reset = flag(&fields, "resetRedemption")?;
        let user_id = fields.get("invitedUser").and_then(|user| user.get("id")).and_then(Value::as_str);
        if reset && user_id.is_none() {
            return Err(invalid("invitedUser"));
        }
        Ok(Self {
            email,
            display_name,
            redirect_url: redirect_url.into(),
            user_type,
            send: flag(&fields, "sendInvitationMessage")?,
            reset,
            user_id: user_id.map(str::to_owned),
            language: text(message, "messageLanguage")?.map(str::to_owned),
            body: text(message, "customizedMessageBody")?.map(str::to_owned),
            cc: cc.and_then(Value::as_str).map(str::to_owned),
            sponsors: super::sponsors::read(state, &fields, taken)?,
        })
    }
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, GraphError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(name)),
    }
}

fn flag(fields: &Map<String, Value>, name: &str) -> Result<bool, GraphError> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(invalid(name)),
    }
}

fn invalid(name: &str) -> GraphError {
    refused(format!("Invalid value specified for property '{name}' of resource 'Invitation'."))
}

fn address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let edge = |letter: char| letter == '.' || letter == '-';
    let clean = |part: &str| {
        !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || FORBIDDEN.contains(c))
    };
    clean(local)
        && clean(domain)
        && !domain.contains('@')
        && domain.contains('.')
        && !domain.starts_with(edge)
        && !domain.ends_with(edge)
        && !local.starts_with(edge)
        && !local.ends_with(edge)
        && local.chars().count() <= 64
        && text.chars().count() <= 254
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn the_forbidden_characters_are_refused() {
        for good in ["ann@fabrikam.com", "a.b-c_d@x.org", "_a_@x.org", "o'neill@x.org"] {
            assert!(address(good), "{good}");
        }
        let bad =
            ["", "ann", "@x.org", "ann@", "ann@org", "a+b@x.org", ".a@x.org", "a-@x.org", "a@b@x.org", "a b@x.org"];
        let long = format!("{}@x.org", "a".repeat(65));
        assert!(address(&long[1..]), "64 letters");
        for bad in bad
            .into_iter()
            .map(str::to_owned)
            .chain([long])
            .chain(super::FORBIDDEN.chars().map(|c| format!("a{c}b@x.org")))
        {
            assert!(!address(&bad), "{bad}");
        }
    }
}
