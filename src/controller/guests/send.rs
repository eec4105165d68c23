//! The requests that may mail a person, and the question whether one did. The only place that lets one leave.

use jiff::Timestamp;

use super::links::{self, Places};
use super::notes::Pass;
use super::sight::Sight;
use super::trouble;
use crate::api::{Address, Attempt, AttemptKind, Delivery, Explanation, Reason, UserType};
use crate::controller::context::Context;
use crate::controller::live;
use crate::graph::{Class, GraphError, Invitation, Invited, Reach, RedeemUrl, refused, refused_reset};
use crate::mail::{self, Addressed, Letter, MailError};
use crate::plan::{Answer, Desired, KeptLink, Outcome, Post, Record, Refused};
use crate::schedule::Cost;
use crate::store::{Connection, KnownClaim, Mailer};

/// Where a redemption ends when nobody says.
const MY_APPS: &str = "https://myapps.microsoft.com";

/// How long a mail server's word for good stands.
const REFUSED: std::time::Duration = std::time::Duration::from_secs(6 * 3600);

/// Lets `post` leave, once, and says what it brought.
pub async fn send(
    post: &Post,
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    connection: &Connection,
    pass: &mut Pass,
) -> Answer {
    let Sight { desired, record, .. } = seen;
    let places = Places::of(context, guest, seen);
    let timing = &context.settings.timing;
    let Post::Send { kind, .. } = post else {
        let question = invitation(guest, record, connection, desired, None);
        return match connection.graph.invite(&question, Some(timing.latest(seen.at))).await {
            Ok(invited) => done(&places, desired, connection, invited, pass).await,
            // It mails nobody, so it is asked again as any other request is, and what is wrong is told.
            Err(error) if error.reach == Reach::Unknown => {
                trouble::failed_call(context, guest, connection, &error, pass);
                Answer::Lost
            }
            Err(error) => answer(&error, refused(&error), context, guest, connection, pass),
        };
    };
    // Acting uses the ticket up, whatever comes of it.
    let Some(ticket) = pass.ticket.take() else { return Answer::NotSent };
    let latest = timing.latest(ticket.decided_at);
    let own = matches!(kind, AttemptKind::Resend | AttemptKind::Reminder) && desired.delivery == Delivery::Mail;
    let mut graph = connection.graph.of(&guest.key.namespace);
    if !own {
        // All waiting is done before the last look.
        graph = graph.in_turn(Cost::INVITATION).await;
    }
    if !still_meant(context, (guest, seen), connection, pass).await {
        return Answer::NotSent;
    }
    if own {
        return own_mail(context, (guest, seen), connection, latest, pass).await;
    }
    if let Err(trouble) = places.check().await {
        pass.failed(trouble, None);
        return Answer::NotSent;
    }
    match graph.invite(&invitation(guest, record, connection, desired, Some(*kind)), Some(latest)).await {
        Ok(invited) => done(&places, desired, connection, invited, pass).await,
        Err(error) if *kind == AttemptKind::Reset => {
            answer(&error, refused_reset(&error), context, guest, connection, pass)
        }
        Err(error) => answer(&error, refused(&error), context, guest, connection, pass),
    }
}

/// Whether the claim, the Guest and what the claim is judged by are, read live, as they were decided on. What was read is what is decided on next.
pub async fn still_meant(
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    connection: &Connection,
    pass: &mut Pass,
) -> bool {
    let claim = live::stands(context, guest);
    let access = live::access_stands(context, guest, connection, &seen.access);
    match tokio::try_join!(claim, access, seen.person.is_outdated(context)) {
        Ok((claim, access, outdated)) => {
            let stands = claim && access && !outdated;
            pass.outdated |= !stands;
            stands
        }
        Err(error) => {
            tracing::warn!(guest = guest.key.name, %error, "nothing is done, because the invitation and what it is judged by could not be read once more");
            pass.outdated = true;
            false
        }
    }
}

/// Makes a new redeem link, without a mail, and keeps it. Nothing when it could not be kept: the pass has noted it, and comes again.
///
/// # Errors
/// When Graph makes no link, or nobody knows whether it did.
pub async fn link(
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    connection: &Connection,
    pass: &mut Pass,
) -> Result<Option<Outcome>, GraphError> {
    let Sight { desired, record, .. } = seen;
    let places = Places::of(context, guest, seen);
    if let Err(trouble) = places.check().await {
        pass.failed(trouble, None);
        return Ok(None);
    }
    let latest = Some(context.settings.timing.latest(seen.at));
    let invited = connection.graph.invite(&invitation(guest, record, connection, desired, None), latest).await?;
    let link = match links::usable(invited.redeem_url.as_ref(), desired.delivery, connection) {
        Ok(link) => link,
        Err(refused) => return Ok(Some(Outcome::Refused(refused))),
    };
    let kept = places.keep(link, pass).await;
    Ok(places.are_filled_by(&kept).then_some(Outcome::Linked(kept)))
}

/// The answer of a request that was carried out. A link that cannot be used or kept takes nothing from it: a mail may have left.
async fn done(
    places: &Places,
    desired: &Desired,
    connection: &Connection,
    invited: Invited,
    pass: &mut Pass,
) -> Answer {
    let kept = match links::usable(invited.redeem_url.as_ref(), desired.delivery, connection) {
        Ok(link) => places.keep(link, pass).await,
        Err(_) => KeptLink::default(),
    };
    Answer::Done { invitation: invited.id, user: invited.user_id, graph_time: invited.graph_time, kept }
}

/// The operator's own mail, with the link from its own Secret.
async fn own_mail(
    context: &Context,
    (guest, seen): (&KnownClaim, &Sight),
    connection: &Connection,
    latest: Timestamp,
    pass: &mut Pass,
) -> Answer {
    let record = &seen.record;
    let (Ok(mailer), Some(attempt)) = (&connection.mailer, &record.invitation.attempt) else {
        return Answer::NotSent;
    };
    let link = match links::mailable(context, seen, connection).await {
        Ok(Some(link)) => link,
        // Somebody deleted or changed it: a new one is made, and the mail goes out with that.
        Ok(None) => return Answer::LinkLost,
        Err(trouble) => {
            pass.failed(trouble, None);
            return Answer::NotSent;
        }
    };
    let letter = match letter(guest, record, connection, mailer, attempt, &link).await {
        Ok(letter) => letter,
        Err(error) => {
            let message = format!("The mail cannot be written: {error}.");
            let explanation = Explanation::new(Reason::MailImpossible, message);
            return Answer::Refused(Refused { explanation, retry_after: REFUSED });
        }
    };
    match mailer.smtp.send(&letter, latest).await {
        Ok(_) => Answer::Mailed { at: crate::api::conditions::whole_seconds(Timestamp::now()) },
        Err(MailError::Unknown { message, .. }) => {
            tracing::warn!(guest = guest.key.name, message, "nobody can tell whether a mail left");
            Answer::Lost
        }
        Err(MailError::NotSent { class: mail::MailErrorClass::Terminal, message, .. }) => {
            let message = format!(
                "The mail server refuses this mail: {message}. Put the address or the settings right; it is tried again in some hours."
            );
            let explanation = Explanation::new(Reason::MailRefused, message);
            Answer::Refused(Refused { explanation, retry_after: REFUSED })
        }
        Err(error @ MailError::NotSent { class, .. }) => {
            let reason = match class {
                mail::MailErrorClass::Auth => Reason::MailSignInFailed,
                mail::MailErrorClass::Config => Reason::MailServerRefuses,
                _ => Reason::MailServerBusy,
            };
            pass.failed(Explanation::new(reason, format!("{error}. It is tried again.")), None);
            Answer::NotSent
        }
    }
}

async fn letter(
    guest: &KnownClaim,
    record: &Record,
    connection: &Connection,
    mailer: &Mailer,
    attempt: &Attempt,
    link: &RedeemUrl,
) -> Result<Letter, mail::LetterError> {
    let spec = &guest.spec;
    // A name that could not be had now is asked for again with the next letter.
    let organization = connection.organization.get_or_try_init(async || connection.graph.organization_name().await);
    let organization = organization.await.ok().cloned().flatten();
    let address = moved_to(record).unwrap_or_else(|| spec.address());
    let message = spec.message.as_ref();
    let values = mail::Values {
        email: address.as_str(),
        display_name: spec.display_name.as_deref(),
        tenant: organization.as_deref().unwrap_or(&spec.tenant_ref.name),
        redeem_url: link.expose(),
        message: message.and_then(|message| message.body.as_deref()),
        reminds: attempt.kind == AttemptKind::Reminder,
    };
    let language = message.and_then(|message| message.language.as_ref()).or(connection.defaults.language.as_ref());
    let language = language.map(crate::api::Language::as_str);
    let draft = match &mailer.template {
        Some(template) => {
            let mut draft = template.render(&values);
            draft.language = language.map(str::to_owned);
            draft
        }
        None => mail::builtin(language, &values),
    };
    let addressed = Addressed {
        attempt: &attempt.id,
        from: &mailer.from,
        reply_to: mailer.reply_to.as_ref(),
        to: address.as_str(),
        to_name: spec.display_name.as_deref(),
        cc: message.and_then(|message| message.cc.first()).map(crate::api::Email::as_str),
        date: Timestamp::now(),
    };
    Letter::new(&addressed, &draft)
}

/// Who has moved is known by the new address from the reset on.
fn moved_to(record: &Record) -> Option<Address> {
    record.invitation.redeem_as.as_deref().map(Address::new)
}

/// What a failed POST says about the mail.
fn answer(
    error: &GraphError,
    refused: Refused,
    context: &Context,
    guest: &KnownClaim,
    connection: &Connection,
    pass: &mut Pass,
) -> Answer {
    // Too many at once, and a directory that is not trusted, are told by these. What is wrong with one address is told by a 400.
    if matches!(error.status, Some(403 | 429)) {
        connection.scheduler.pacer.refused();
    }
    match (error.reach, error.class) {
        (Reach::Unknown, _) => Answer::Lost,
        (_, Class::Blocked) => {
            trouble::blocked(error, context, guest, connection);
            Answer::NotSent
        }
        (Reach::Answered, Class::Full) => {
            trouble::full(error, context, guest, connection);
            Answer::NotSent
        }
        (Reach::NotSent, _) | (_, Class::Throttled | Class::Auth) => {
            trouble::failed_call(context, guest, connection, error, pass);
            Answer::NotSent
        }
        _ if error.is_denied_for_one() => {
            trouble::failed_call(context, guest, connection, error, pass);
            Answer::NotSent
        }
        (Reach::Answered, _) => Answer::Refused(refused),
    }
}

/// The invitation to ask for; no `kind` mails nobody.
fn invitation(
    guest: &KnownClaim,
    record: &Record,
    connection: &Connection,
    desired: &Desired,
    kind: Option<AttemptKind>,
) -> Invitation {
    let (spec, defaults) = (&guest.spec, &connection.defaults);
    let message = spec.message.clone().unwrap_or_default();
    let redirect = spec.redirect_url.as_ref().or(defaults.redirect_url.as_ref());
    let user = record.guest.as_ref();
    let resets = kind == Some(AttemptKind::Reset);
    let address = match resets {
        true => desired.redeem_as.clone(),
        false => moved_to(record).unwrap_or_else(|| desired.address.clone()),
    };
    let sends = match kind {
        Some(AttemptKind::Invite) => true,
        Some(AttemptKind::Resend | AttemptKind::Reminder | AttemptKind::Reset) => {
            desired.delivery == Delivery::Microsoft
        }
        Some(AttemptKind::Add) | None => false,
    };
    Invitation {
        email: address.as_str().to_owned(),
        redirect_url: redirect.map_or(MY_APPS, |url| url.as_str()).to_owned(),
        display_name: spec.display_name.clone(),
        user_type: match spec.user_type {
            UserType::Guest => "Guest",
            UserType::Member => "Member",
        },
        language: message.language.as_ref().or(defaults.language.as_ref()).map(|language| language.as_str().to_owned()),
        cc: message.cc.first().map(|cc| cc.as_str().to_owned()),
        send: sends,
        reset: user.filter(|_| resets).map(|user| user.id.clone()),
    }
}
