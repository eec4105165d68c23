//! What all steps do with the directory: invite once and remember the user, and look until something shows.

use std::time::{Duration, Instant};

use super::{Probe, Stop, Switch, made};
use crate::graph::probe::SponsorForm;
use crate::graph::{Class, Graph, GraphError, Invitation, Invited, Reach, User};

/// A sponsor, and how the invitation names them.
pub type Sponsored<'s> = (&'s str, SponsorForm);

impl Probe<'_> {
    /// The body of an invitation of `address`. Graph mails it if `send` is set.
    pub(super) fn invitation(&self, address: &str, send: bool) -> Invitation {
        Invitation {
            email: address.to_owned(),
            redirect_url: self.redirect_url.clone(),
            display_name: None,
            user_type: "Guest",
            language: None,
            cc: None,
            send,
            reset: None,
        }
    }

    /// Invites, and remembers the user that the invitation made. A refusal is no error, because some steps want one.
    ///
    /// # Errors
    /// When the directory is blocked, or the outcome is not known.
    pub(super) async fn invite(
        &mut self,
        invitation: &Invitation,
        sponsored: Option<Sponsored<'_>>,
    ) -> Result<Result<Invited, GraphError>, Stop> {
        let until = Instant::now() + self.patience;
        loop {
            let asked = match sponsored {
                Some((sponsor, form)) => self.graph.invite_sponsored(invitation, sponsor, form).await,
                None => self.graph.invite(invitation, None).await,
            };
            match asked {
                Ok(invited) => {
                    self.made.brought(&invited.user_id, &invitation.email);
                    return Ok(Ok(invited));
                }
                Err(error) if error.class == Class::Blocked => return Err(error.into()),
                Err(error) if error.reach == Reach::Unknown => {
                    self.made.may_have_brought(&invitation.email);
                    return Err(Stop::Lost(Box::new(error)));
                }
                // Nothing was sent.
                Err(error) if error.class == Class::Throttled && Instant::now() < until => {
                    let wait = error.retry_after.unwrap_or(Duration::from_secs(10));
                    self.person.say(format_args!("  Graph asks to wait {} s", wait.as_secs()));
                    self.person.pause(wait).await?;
                }
                Err(error) => return Ok(Err(error)),
            }
        }
    }

    /// Looks until there is something. Returns nothing if there is still nothing when the patience is over.
    ///
    /// # Errors
    /// When Graph refuses the look, or the person stops.
    pub(super) async fn until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut look: impl AsyncFnMut(&Graph) -> Result<Option<T>, GraphError>,
    ) -> Result<Option<T>, Stop> {
        let began = Instant::now();
        let mut told = false;
        let found = loop {
            match look(self.graph).await {
                Ok(Some(found)) => break Some(found),
                Ok(None) => {}
                Err(error) if made::passing(&error) => {}
                Err(error) => return Err(error.into()),
            }
            if began.elapsed() >= patience {
                break None;
            }
            if !told {
                self.person.say(format_args!("  waiting, {} s at most, until {what}", patience.as_secs()));
                told = true;
            }
            self.person.dot();
            self.person.pause(made::step(patience)).await?;
        };
        if told {
            self.person.say("");
        }
        Ok(found)
    }

    /// Waits until the directory shows the user that an invitation made.
    ///
    /// # Errors
    /// When the directory never shows the user, or shows that the user was there before.
    pub(super) async fn appears(&mut self, id: &str) -> Result<User, Stop> {
        let patience = self.patience;
        let shown = self.until("the directory shows the guest", patience, async |graph| graph.user(id).await).await?;
        match shown {
            Some(user) if made::is_ours(&user, self.began) => Ok(user),
            Some(_) => Err(Stop::Unsettled(
                "the user was there before the probe began, though no look-up showed them: they are left alone".into(),
            )),
            None => {
                let waited = format!("201, but the user was not shown within {} s", patience.as_secs());
                self.report.beside(waited.clone(), Switch::UserNeverAppears);
                Err(Stop::Unsettled(format!("{waited}; run again with a longer --wait")))
            }
        }
    }
}
