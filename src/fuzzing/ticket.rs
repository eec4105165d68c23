//! A redeem link with a ticket that nobody but the guest may see.

/// What may show nowhere.
pub(super) const TICKET: &str = "TICKET-THAT-NOBODY-MAY-SEE";

/// A redeem link, as Graph writes them.
pub(super) const LINK: &str = "https://login.microsoftonline.com/redeem?rd=https%3a%2f%2finvitations.microsoft.com%2fredeem%2f%3ftenant%3d1%26user%3d2%26ticket%3dTICKET-THAT-NOBODY-MAY-SEE%26ver%3d2.0";

/// Whether the bytes themselves say the ticket: a fuzzer that watches comparisons learns to, and in plain text it is no link's.
pub(super) fn say_the_ticket(data: &[u8]) -> bool {
    data.windows(TICKET.len()).any(|part| part == TICKET.as_bytes())
}
