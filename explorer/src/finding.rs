//! What breaks the promise.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    SecondMail,
    /// A mail to somebody whom the look before it would have shown.
    KnownGuestMailed,
    /// A mail to somebody who had accepted, which the look before it would have shown.
    AcceptedGuestMailed,
    /// A send begun, or let go, while Microsoft blocks invitations.
    SentWhileBlocked,
    GuestLost,
    /// A user was deleted whom the resource did not make.
    StrangerDeleted,
    /// The account of a user was disabled whom the resource did not make.
    StrangerDisabled,
    /// The resource is gone, or the access has ended, and the user stays as they were whom it was to take along or to disable.
    LeftBehind,
    /// The guest is wanted, and the account stays disabled that an operator has disabled.
    LeftDisabled,
    /// The resource was deleted and does not go.
    Stuck,
    /// A mail left for a claim that was not entitled to it any more.
    SentForNobody,
    /// A user was restored or enabled for a claim that was not entitled to it any more.
    BroughtBackForNobody,
    /// An account was enabled that somebody else had disabled.
    EnabledForOthers,
    /// A person was ended while another claim of the namespace wanted them.
    EndedBesideAClaim,
    /// A person was ended whose claim nobody had deleted.
    EndedByNobody,
    /// A person was ended for a claim that is suspended, or in a way that it asked for only while it was held.
    EndedWhileHeld,
    /// A person was taken from a claim that stood.
    Taken,
    /// The operator goes on and on.
    Endless,
}
