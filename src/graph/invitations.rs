//! `POST /invitations` ("Create invitation", Graph): the only call that mails a person. It is never repeated and never
//! batched.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::transport::{Answered, INVITE, Payload, RESET};
use super::{Graph, GraphError, RedeemUrl};

/// The fields of an invitation request.
#[derive(Clone, Debug, PartialEq)]
pub struct Invitation {
    /// `invitedUserEmailAddress`.
    pub email: String,
    /// `inviteRedirectUrl`.
    pub redirect_url: String,
    /// `invitedUserDisplayName`.
    pub display_name: Option<String>,
    /// `invitedUserType`: `Guest` or `Member`.
    pub user_type: &'static str,
    /// `invitedUserMessageInfo.messageLanguage`.
    pub language: Option<String>,
    /// `invitedUserMessageInfo.ccRecipients`; Graph supports one.
    pub cc: Option<String>,
    /// `sendInvitationMessage`.
    pub send: bool,
    /// The id of the user whose redemption status is reset. The user must already have `email` in `mail` or
    /// `otherMails` ("Reset redemption status for a guest user", Entra).
    pub reset: Option<String>,
}

/// The result of an invitation.
#[derive(Clone, Debug, PartialEq)]
pub struct Invited {
    /// The invitation's id. It is not the user's id.
    pub id: String,
    /// The user's id.
    pub user_id: String,
    /// `inviteRedeemUrl`. Graph returns it only in this answer.
    pub redeem_url: Option<RedeemUrl>,
    /// `status`. It says little, because it is nearly always `PendingAcceptance`.
    pub status: Option<String>,
    /// The time of the answer on Graph's clock.
    pub graph_time: jiff::Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InvitationResponse {
    id: Option<String>,
    invited_user: Option<InvitedUser>,
    invite_redeem_url: Option<RedeemUrl>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct InvitedUser {
    id: Option<String>,
}

impl Graph {
    /// Invites once, or resets a redemption. A reset needs User.ReadWrite.All, so errors name it as an operation of its
    /// own. The request is not sent at or after `latest` on this process's wall clock.
    ///
    /// # Errors
    /// [`super::Reach`] says whether Graph may have carried out the request despite the error.
    pub async fn invite(
        &self,
        invitation: &Invitation,
        latest: Option<jiff::Timestamp>,
    ) -> Result<Invited, GraphError> {
        let operation = if invitation.reset.is_some() { RESET } else { INVITE };
        let body = invitation.body();
        let invited = self.post_invitation(operation, Payload::json(&body, latest)).await;
        match &invited {
            Err(error) if error.status == Some(503) => {
                let now = jiff::Timestamp::now();
                self.meter().throttled(self.gate().unavailable_for(&invitation.email, error.retry_after, now));
            }
            Err(error) if error.reach != super::Reach::Answered => {}
            _ => self.gate().available(),
        }
        invited
    }

    /// Sends an invitation and reads the user's id from the answer.
    pub(super) async fn post_invitation(
        &self,
        operation: &'static str,
        payload: Payload<'_>,
    ) -> Result<Invited, GraphError> {
        let url = self.url(&["invitations"]);
        let answered: Answered<InvitationResponse> = self.call(operation, Method::POST, url, payload).await?;
        let redeem_url = answered.body.invite_redeem_url.filter(|url| !url.expose().is_empty());
        let user_id = answered.body.invited_user.and_then(|user| user.id).filter(|id| !id.is_empty());
        let (status, graph_time) = (answered.body.status, answered.graph_time);
        match (answered.body.id, user_id) {
            (id, Some(user_id)) => Ok(Invited { id: id.unwrap_or_default(), user_id, redeem_url, status, graph_time }),
            // A 201 without a user: the invitation was made, and the user must be found by a search.
            (_, None) => Err(GraphError::local(
                operation,
                super::Class::Transient,
                super::Reach::Unknown,
                "Graph's answer names no user",
            )),
        }
    }
}

impl Invitation {
    /// The request body for Graph.
    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "invitedUserEmailAddress": self.email,
            "inviteRedirectUrl": self.redirect_url,
            "invitedUserType": self.user_type,
            "sendInvitationMessage": self.send,
        });
        if let Some(id) = &self.reset {
            body["invitedUser"] = json!({"id": id});
            body["resetRedemption"] = json!(true);
        }
        if let Some(name) = &self.display_name {
            body["invitedUserDisplayName"] = json!(name);
        }
        if self.send && (self.language.is_some() || self.cc.is_some()) {
            let mut info = json!({});
            if let Some(language) = &self.language {
                info["messageLanguage"] = json!(language);
            }
            if let Some(cc) = &self.cc {
                info["ccRecipients"] = json!([{"emailAddress": {"address": cc}}]);
            }
            body["invitedUserMessageInfo"] = info;
        }
        body
    }
}
