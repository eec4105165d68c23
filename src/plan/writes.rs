//! The steps that put something on record, and those that rest because of what is on record.

use jiff::Timestamp;

use super::mail_limit::note;
use super::record::{refusal, stands};
use super::{Bond, Desired, MailLimit, Observed, Record, Refused, Step, Why};
use crate::api::Attempt;
use crate::api::conditions::whole_seconds;

impl Record {
    /// The record with what the claim is entitled to now, and with the time of a mail that was counted since `before`.
    ///
    /// The requests count that come after the claim has got the person: a resource made again from the same manifest asks for
    /// nothing anew. The ends count that the rules, an approver and the spec allow.
    pub(super) fn stamped(mut self, before: &Self, desired: &Desired, observed: &Observed, now: Timestamp) -> Self {
        if before.bond == Bond::None && self.bond != Bond::None {
            self.handled.clone_from(&desired.requests);
        }
        if self.bond == Bond::Owns && observed.is_entitled(desired) {
            self.ends = desired.ends();
        }
        // On our own clock, by which the next mail waits: Graph's may be hours away.
        if self.invitation.sent > before.invitation.sent && desired.mail_limit != MailLimit::NONE {
            note(&mut self.mailed_at, whole_seconds(now));
            if self.bond == Bond::Shares {
                self.asked_mail_at = Some(whole_seconds(now));
            }
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
    pub(super) fn intend(mut self, desired: &Desired, attempt: Attempt, decided_at: Timestamp) -> Step {
        let (claim, generation) = (desired.uid.clone(), desired.generation);
        self.invitation.attempt = Some(Attempt { claim, generation, ..attempt });
        Step::Write { record: Box::new(self), ticket: Some(decided_at), why: Why::Sending }
    }
}
