//! A message that was taken, as the journal and the mailbox have it.
//! Its redeem link is looked for in the text and in the HTML, and leads to the guest.

use mail_parser::{Address, Message, MessageParser, MimeHeaders as _};
use url::Url;

use super::wire::Reply;
use crate::journal::{MailEntry, MailKind};
use crate::state::World;

/// Takes a message apart. Without these headers the large providers would refuse it too.
pub(super) fn parse(bytes: &[u8]) -> Result<Message<'_>, Reply> {
    let message = MessageParser::default().parse(bytes);
    let message = message.ok_or_else(|| "550 5.6.0 Message without a header".to_owned())?;
    let missing = [
        ("From", all(message.from()).is_empty()),
        ("Date", message.date().is_none()),
        ("Message-ID", message.message_id().is_none()),
    ];
    match missing.iter().find(|(_, missing)| *missing) {
        Some((name, _)) => Err(format!("550 5.6.0 Header {name} is missing or malformed")),
        None => Ok(message),
    }
}

pub(super) fn entry(world: &World, origin: &Url, message: &Message<'_>, recipients: &[String]) -> MailEntry {
    let (name, from) = all(message.from()).into_iter().next().unwrap_or_default();
    let delivered = |header: Option<&Address<'_>>| {
        let named = all(header).into_iter().map(|(_, address)| address);
        named.filter(|address| recipients.iter().any(|known| known.eq_ignore_ascii_case(address))).collect::<Vec<_>>()
    };
    let to = delivered(message.to()).into_iter().next().or_else(|| recipients.first().cloned()).unwrap_or_default();
    let cc = delivered(message.cc()).into_iter().find(|address| *address != to);
    let text = message.body_text(0).map(|text| text.replace("\r\n", "\n"));
    let html = message.body_html(0);
    let link = [text.as_deref(), html.as_deref()].into_iter().flatten().find_map(|part| redeem_link(part, origin));
    let (tenant, invitation_id, user_id) = link.as_deref().and_then(|link| lead(world, link)).unwrap_or_default();
    MailEntry {
        seq: 0,
        at: world.now(),
        from: from.clone(),
        reply_to: all(message.reply_to()).into_iter().next().map(|(_, address)| address),
        message_id: message.message_id().map(str::to_owned),
        tenant,
        kind: MailKind::Own,
        to,
        cc,
        language: message.content_language().as_text().unwrap_or_default().to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        inviter: if name.is_empty() { from } else { name },
        body: text,
        redeem_link: link,
        invitation_id: Some(invitation_id).filter(|id| !id.is_empty()),
        user_id,
    }
}

/// Names and addresses of a header.
fn all(header: Option<&Address<'_>>) -> Vec<(String, String)> {
    let Some(header) = header else {
        return Vec::new();
    };
    let one = |addr: &mail_parser::Addr<'_>| {
        let address = addr.address.as_deref().filter(|address| address.contains('@'))?;
        Some((addr.name.as_deref().unwrap_or_default().to_owned(), address.to_owned()))
    };
    header.iter().filter_map(one).collect()
}

fn redeem_link(text: &str, origin: &Url) -> Option<String> {
    let start = format!("{origin}redeem?rd=");
    let rest = text.get(text.find(&start)?..)?;
    let end = rest.find(|c: char| c.is_whitespace() || "\"'<>()".contains(c)).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}

/// The tenant, the invitation and the user that a link leads to.
fn lead(world: &World, link: &str) -> Option<(String, String, String)> {
    let outer = Url::parse(link).ok()?;
    let inner = Url::parse(&outer.query_pairs().find(|(name, _)| name == "rd")?.1).ok()?;
    let part = |name: &str| inner.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let tenant = world.tenant(&part("tenant")?)?;
    let invitation = tenant.invitations.get(&part("user")?)?;
    Some((tenant.config.id.clone(), invitation.id.clone(), invitation.user_id.clone()))
}
