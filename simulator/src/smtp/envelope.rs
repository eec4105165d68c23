//! The arguments of MAIL and RCPT (RFC 5321, 4.1.2): a path in angle brackets and, for MAIL, SIZE and BODY (RFC 1870, 6152).

use super::wire::Reply;

#[derive(Debug)]
pub(super) struct Sender {
    pub(super) eight_bit: bool,
}

pub(super) fn sender(argument: &str, max_size: usize) -> Result<Sender, Reply> {
    let (address, parameters) = path(argument, "FROM:")?;
    // The empty path is that of a bounce.
    if !address.is_empty() && !is_mailbox(address) {
        return Err("501 5.1.7 Bad sender address syntax".to_owned());
    }
    let mut sender = Sender { eight_bit: false };
    for parameter in parameters.split_ascii_whitespace() {
        match parameter.to_ascii_uppercase().split_once('=') {
            Some(("SIZE", size)) => {
                let size: usize = size.parse().map_err(|_| "501 5.5.4 Bad SIZE".to_owned())?;
                if size > max_size {
                    return Err("552 5.3.4 Message size exceeds fixed limit".to_owned());
                }
            }
            Some(("BODY", "7BIT")) => {}
            Some(("BODY", "8BITMIME")) => sender.eight_bit = true,
            _ => return Err(format!("555 5.5.4 Unsupported option: {parameter}")),
        }
    }
    Ok(sender)
}

pub(super) fn recipient(argument: &str) -> Result<String, Reply> {
    let (address, parameters) = path(argument, "TO:")?;
    if !parameters.trim().is_empty() {
        return Err(format!("555 5.5.4 Unsupported option: {}", parameters.trim()));
    }
    if !is_mailbox(address) {
        return Err("501 5.1.3 Bad recipient address syntax".to_owned());
    }
    Ok(address.to_owned())
}

fn path<'a>(argument: &'a str, keyword: &str) -> Result<(&'a str, &'a str), Reply> {
    let syntax = || format!("501 5.5.4 Syntax: {keyword}<address>");
    let (head, rest) = argument.split_at_checked(keyword.len()).ok_or_else(syntax)?;
    let inside = rest.strip_prefix('<').filter(|_| head.eq_ignore_ascii_case(keyword)).ok_or_else(syntax)?;
    let (address, parameters) = inside.split_once('>').ok_or_else(syntax)?;
    if !parameters.is_empty() && !parameters.starts_with(' ') {
        return Err(syntax());
    }
    Ok((address, parameters))
}

/// Without SMTPUTF8 an address is plain ASCII; quoted local parts and address literals are not taken here.
fn is_mailbox(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let label = |c: char| c.is_ascii_alphanumeric() || c == '-';
    address.len() <= 254
        && local.len() <= 64
        && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
        && domain.split('.').all(|part| !part.is_empty() && part.chars().all(label))
}
