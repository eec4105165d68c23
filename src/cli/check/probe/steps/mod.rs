//! The steps, in an order in which one guest answers many questions: the guest is invited, invited again, accepts, is
//! invited once more, is reset, deleted, invited as deleted, and deleted for good. Three other steps have guests of
//! their own.

mod accepted;
mod automatic;
mod deleted;
mod pending;
mod refusals;
mod reset;
mod restricted;
mod sponsor;

use super::people::FirstGuest;
use super::questions::ProbeQuestion::{self, A, B, C, D, E, F, G, H, I, J, K, L};
use super::{Probe, Stop};
use crate::graph::{Feature, Invited};

#[derive(Clone, Copy, Debug)]
enum ProbeStep {
    LookUp,
    Invite,
    Repeat,
    Accept,
    RepeatAccepted,
    Reset,
    Delete,
    InviteDeleted,
    Purge,
    Sponsor,
    Automatic,
    Refusals,
}

/// Each step, with the questions that stay open without it.
const STEPS: [(ProbeStep, &[ProbeQuestion]); 12] = [
    (ProbeStep::LookUp, &[F]),
    (ProbeStep::Invite, &[A, B, C, D, E, H, K, L]),
    (ProbeStep::Repeat, &[A]),
    (ProbeStep::Accept, &[B, E, K]),
    (ProbeStep::RepeatAccepted, &[B]),
    (ProbeStep::Reset, &[K]),
    (ProbeStep::Delete, &[C, L]),
    (ProbeStep::InviteDeleted, &[C]),
    (ProbeStep::Purge, &[L]),
    (ProbeStep::Sponsor, &[G]),
    (ProbeStep::Automatic, &[I]),
    (ProbeStep::Refusals, &[J]),
];

impl Probe<'_> {
    /// Whether `question` is wanted and the report says nothing about it yet.
    pub(super) fn is_open(&self, question: ProbeQuestion) -> bool {
        self.wanted.contains(&question) && !self.report.has(question)
    }

    /// Takes every step that still has an open question, each after the person agrees.
    ///
    /// # Errors
    /// When the whole probe ends early.
    pub(super) async fn steps(&mut self) -> Result<(), Stop> {
        for (step, serves) in STEPS {
            let open: Vec<ProbeQuestion> = serves.iter().copied().filter(|question| self.is_open(*question)).collect();
            if open.is_empty() {
                continue;
            }
            let ended = match self.will(step) {
                Err(stop) => Err(stop),
                Ok(will) => {
                    let letters: Vec<String> = open.iter().map(ToString::to_string).collect();
                    self.person.say(format_args!("\n({}) {will}", letters.join(", ")));
                    match self.person.go_on().await? {
                        true => self.take(step).await,
                        false => Err(Stop::Unsettled("you have skipped it".into())),
                    }
                }
            };
            match ended {
                Err(stop) if !stop.ends_all() => {
                    self.person.say(format_args!("  Not settled: {stop}"));
                    for question in open {
                        if !self.report.has(question) {
                            self.report.open(question, stop.to_string());
                        }
                    }
                }
                other => other?,
            }
        }
        Ok(())
    }

    /// What a step does, writes and mails, or why it cannot be taken.
    fn will(&self, step: ProbeStep) -> Result<String, Stop> {
        let guest = || {
            let guest = self.people.guest.as_deref();
            guest.ok_or_else(|| Stop::Unsettled("it needs an address: --address".into()))
        };
        let may = |feature: Feature| match &self.permissions {
            Some(held) if !held.allow(feature) => {
                Err(Stop::Unsettled(format!("it needs {}: grant that and run again", feature.permission())))
            }
            _ => Ok(()),
        };
        Ok(match step {
            ProbeStep::LookUp => format!("Look up {}. Writes nothing, mails nobody.", guest()?),
            ProbeStep::Invite if self.mails_guest() => format!("Invite {}. Makes a guest and MAILS them.", guest()?),
            ProbeStep::Invite => format!("Invite {} without a mail. Makes a guest.", guest()?),
            ProbeStep::Repeat => format!("Invite {} again, who has not accepted yet. MAILS them, perhaps.", guest()?),
            ProbeStep::Accept => {
                format!("Now you accept the invitation, as {}. Writes and mails nothing by itself.", guest()?)
            }
            ProbeStep::RepeatAccepted => format!("Invite {} again, who has accepted. MAILS them, perhaps.", guest()?),
            ProbeStep::Reset => {
                may(Feature::Reset)?;
                format!("Reset the redemption of {}, and change their job title. Mails nobody.", guest()?)
            }
            ProbeStep::Delete => {
                format!("Delete the guest {}. Can be restored until a later step. Mails nobody.", guest()?)
            }
            ProbeStep::InviteDeleted => format!("Invite {} again, who is deleted. Mails nobody.", guest()?),
            ProbeStep::Purge => format!("Delete the guest {} for good. Mails nobody.", guest()?),
            ProbeStep::Sponsor => self.will_sponsor()?,
            ProbeStep::Automatic => self.will_redeem_automatically()?,
            ProbeStep::Refusals => self.will_be_refused()?,
        })
    }

    async fn take(&mut self, step: ProbeStep) -> Result<(), Stop> {
        match step {
            ProbeStep::LookUp => self.look_up().await,
            ProbeStep::Invite => self.invite_guest().await,
            ProbeStep::Repeat => self.repeat_pending().await,
            ProbeStep::Accept => self.accept().await,
            ProbeStep::RepeatAccepted => self.repeat_accepted().await,
            ProbeStep::Reset => self.reset().await,
            ProbeStep::Delete => self.delete().await,
            ProbeStep::InviteDeleted => self.invite_deleted().await,
            ProbeStep::Purge => self.purge().await,
            ProbeStep::Sponsor => self.sponsor().await,
            ProbeStep::Automatic => self.redeem_automatically().await,
            ProbeStep::Refusals => self.refusals().await,
        }
    }

    /// Whether some question needs the first guest to be mailed.
    fn mails_guest(&self) -> bool {
        [A, B, E, K].into_iter().any(|question| self.is_open(question))
    }

    /// The first guest.
    fn guest(&self) -> Result<FirstGuest, Stop> {
        self.guest.clone().ok_or_else(|| Stop::Unsettled("the first guest was not invited".into()))
    }

    /// Invites without a mail. If Graph refuses, the step stays unsettled.
    async fn invite_silently(&mut self, address: &str) -> Result<Invited, Stop> {
        let invitation = self.invitation(address, false);
        Ok(self.invite(&invitation, None).await??)
    }

    /// Whether an application is signed in. Some questions concern applications only.
    fn by_application(&self) -> bool {
        self.permissions.as_ref().is_none_or(|held| !held.of_a_person())
    }
}
