//! An invitation that names the guest's sponsor ("Create invitation", Graph). It is never repeated and never batched.

use serde_json::json;

use crate::graph::transport::Payload;
use crate::graph::{Graph, GraphError, Invitation, Invited};

/// The ways to name a sponsor in an invitation. No page documents which of them Graph accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SponsorForm {
    /// `invitedUserSponsors`: an object with the id.
    Inline,
    /// `invitedUserSponsors@odata.bind`: a link.
    Bind,
}

impl Graph {
    /// Invites once. `sponsor` is the sponsor's object id.
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
