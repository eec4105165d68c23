//! An invitation that names the guest's sponsor ("Create invitation", Graph). Never repeated, never batched.

use serde_json::json;

use crate::graph::transport::Payload;
use crate::graph::{Graph, GraphError, Invitation, Invited};

/// How an invitation can name a sponsor; which of them Graph takes is documented nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SponsorForm {
    /// `invitedUserSponsors`, an object with the id.
    Inline,
    /// `invitedUserSponsors@odata.bind`, a link.
    Bind,
}

impl Graph {
    /// Invites once with the sponsor whose object id is `sponsor`.
    ///
    /// # Errors
    /// As [`Graph::invite`].
    pub async fn invite_sponsored(
        &self,
        invitation: &Invitation,
        sponsor: &str,
        form: SponsorForm,
    ) -> Result<Invited, GraphError> {
        let mut body = invitation.body();
        match form {
            SponsorForm::Inline => body["invitedUserSponsors"] = json!([{"id": sponsor}]),
            SponsorForm::Bind => {
                let link = self.url(&["directoryObjects", sponsor]);
                body["invitedUserSponsors@odata.bind"] = json!([link.as_str()]);
            }
        }
        self.post_invitation("createInvitation", Payload::Json(&body)).await
    }
}
