//! The protocol with one of its steps taken out, each of which the explorer must find. The function that ships is not
//! touched: what is bent is what it is told, or what is done with its answer.

mod bend;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// Step 1: no look before the first POST.
    NoLook,
    /// Step 2: the request leaves before the intent is on record.
    SendBeforeWriting,
    /// Step 2: writes do not compare the resource version.
    WriteWithoutComparing,
    /// Step 3: an attempt of any age is acted on.
    ActOnStaleAttempt,
    /// Step 3: a process acts more than once on its attempt.
    ActTwice,
    /// Step 3: a process acts on an attempt that another wrote.
    ActOnOthersAttempt,
    /// Step 4: the attempt is cleared and the outcome is not written.
    ForgetOutcome,
    /// A lost answer is taken for a refusal, and the request is made again.
    RetryAfterLostAnswer,
    /// The directory's silence is believed at once.
    NoSettlingTime,
    /// After the settling time the listing is believed, and nobody asks by a POST without a mail.
    TrustTheListing,
    /// The question is not on record before it is asked.
    AskUnrecorded,
    /// A guest who was there before counts as one that the attempt made.
    IgnoreCreatedTime,
    /// The record of a person goes with the claim.
    ForgetTheGuest,
    /// A mail leaves without a last look at the claim.
    SendWithoutALiveRead,
    /// A mail leaves after a last look at the claim, and none at the EntraTenant.
    SendOnOldRules,
    /// The last look at the claim does not look at its approval.
    SendOnAnOldApproval,
    /// A user is brought back without a last look at the claim and the EntraTenant.
    BringBackWithoutALiveRead,
    /// A claim takes a person over without a last look at it.
    TakeWithoutALiveRead,
    /// Nobody takes back the attempt of a claim that is gone when its mail is to leave.
    LeaveTheAttemptOfAGoneClaim,
    /// The finalizer is taken off on an old view of the Guest.
    ReleaseOnAnOldView,
    /// A person is ended without a last look at the claims.
    EndWithoutALiveRead,
    /// A person is ended after a last look at the claims, and none at the EntraTenant.
    EndOnOldRules,
    /// A claim that is not there any more counts as deleted.
    TakeAbsenceForDeletion,
    /// A claim that the watch does not show counts as gone.
    BelieveTheWatch,
    /// Whoever is found counts as invited.
    MailWhoeverIsFound,
    /// Whoever is found is the claim's, to end as it says.
    OwnWhoeverIsFound,
    /// Whoever claims a person has them.
    ActForAnybody,
    /// The rules and who may approve are not asked.
    IgnoreThePermission,
    /// They are not asked once an attempt is open.
    ActOnAHeldAttempt,
    /// They are not asked before somebody is brought back.
    BringBackWhoIsHeld,
    /// Of a claim that is held, its ends count as the spec says them now.
    BelieveTheSpecOfWhoIsHeld,
    /// A suspended claim that is deleted ends its person.
    EndForWhoIsSuspended,
    /// A guest is mailed on what the mirror shows, without a read.
    TrustTheMirror,
    /// The breaker is not asked.
    IgnoreTheBreaker,
    /// A user is made before the finalizer stands that undoes it.
    MakeUnbound,
    /// The user of a deleted resource is not looked for while an attempt is open.
    LeaveWithAnOpenAttempt,
    /// A deleted resource believes the first read that does not show its user.
    BelieveTheFirstRead,
    /// Whom the record names counts as ours, whenever they were made.
    DeleteWhoWasThere,
    /// An end is carried out before it is on record.
    EndBeforeWriting,
    /// Who is found disabled when their access ends counts as disabled by us.
    OwnWhoIsDisabled,
    /// Whoever is wanted again is enabled, whoever disabled them.
    EnableWhoeverIsDisabled,
    /// An end counts while a request that brings the user back may be under way.
    BelieveAnEndAtOnce,
    /// A user is brought back while a request that ends them may be under way.
    BringBackAtOnce,
    /// Nobody looks among the deleted before and after the question.
    IgnoreTheDeleted,
    /// They are looked at before the question only.
    IgnoreWhoLeftBeforeTheQuestion,
}
