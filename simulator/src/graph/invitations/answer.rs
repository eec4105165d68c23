//! The 201 of an invitation, with the quirks of its echo: message fields are null whatever was sent,
//! ccRecipients holds an object of nulls, the redirect URL is normalised, the status is PendingAcceptance unless nothing is left to redeem.

use serde_json::json;

use super::invitee::Invitee;
use super::request::Wanted;
use crate::answer::Answer;
use crate::state::State;
use crate::state::invitation::Invitation;

pub(super) fn created(
    state: &State,
    wanted: &Wanted,
    invitation: &Invitation,
    redeem_url: &str,
    invitee: &Invitee,
) -> Answer {
    Answer::json(
        201,
        json!({
            "@odata.context": format!("{}/v1.0/$metadata#invitations/$entity", state.graph_root()),
            "id": invitation.id,
            "inviteRedeemUrl": redeem_url,
            "invitedUserDisplayName": wanted.display_name,
            "invitedUserEmailAddress": wanted.email,
            "invitedUserType": wanted.user_type,
            "resetRedemption": wanted.reset,
            "sendInvitationMessage": wanted.send,
            "inviteRedirectUrl": wanted.redirect_url,
            "status": if invitee.completed { "Completed" } else { "PendingAcceptance" },
            "invitedUserMessageInfo": {
                "messageLanguage": null,
                "customizedMessageBody": null,
                "ccRecipients": [{"emailAddress": {"name": null, "address": null}}],
            },
            "invitedUser": {"id": invitee.user.id, "userPrincipalName": invitee.user.user_principal_name},
        }),
    )
}
