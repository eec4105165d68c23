//! The steps that put something on record, and those that rest because of what is on record.

use jiff::Timestamp;

use super::record::{refusal, stands};
use super::{Desired, Observed, Record, Refused, Step, Why};
use crate::api::Attempt;

impl Record {
    /// The record with this process's word that nothing was sent before, if it can give it.
    ///
    /// From then on the requests count that come after: a resource made again from the same manifest asks for nothing anew.
    pub fn attest(mut self, desired: &Desired, observed: &Observed) -> Self {
        let attests = !self.is_blank() || (!observed.unwitnessed && observed.inherited.is_none());
        if attests && !self.attested {
            self.attested = true;
            self.handled.resend.clone_from(&desired.requests.resend);
            self.handled.reset_redemption.clone_from(&desired.requests.reset_redemption);
        }
        self
    }

    /// Rest, while Graph's refusal of this very spec stands.
    pub(super) fn refused(&self, desired: &Desired, now: Timestamp) -> Option<Step> {
        let refusal = self.invitation.refusal.as_ref()?;
        stands(refusal, desired, now).then(|| Step::rest_until(Why::Refused(refusal.clone()), refusal.retry_at, now))
    }

    /// Rest, while Graph's refusal to change the user to this very spec stands.
    pub(super) fn write_refused(&self, desired: &Desired, now: Timestamp) -> Option<Step> {
        let refusal = self.refusal.as_ref()?;
        stands(refusal, desired, now)
            .then(|| Step::rest_until(Why::NotAsDeclared(refusal.clone()), refusal.retry_at, now))
    }

    /// Puts Graph's refusal of a send on record.
    pub(super) fn refuse_send(mut self, desired: &Desired, refused: &Refused, now: Timestamp) -> Step {
        let refusal = refusal(desired, refused, now);
        self.invitation.refusal = Some(refusal.clone());
        Step::write(self, Why::Refused(refusal))
    }

    /// Puts Graph's refusal to change the user on record.
    pub(super) fn refuse_change(&self, desired: &Desired, refused: &Refused, now: Timestamp) -> Step {
        let refusal = refusal(desired, refused, now);
        Step::write(Self { refusal: Some(refusal.clone()), ..self.clone() }, Why::NotAsDeclared(refusal))
    }

    /// Writes the intent to send: whoever writes it may act on it, by a decision made at `decided_at`.
    pub(super) fn intend(mut self, attempt: Attempt, decided_at: Timestamp) -> Step {
        self.invitation.attempt = Some(attempt);
        Step::Write { record: Box::new(self), ticket: Some(decided_at), why: Why::Sending }
    }
}
