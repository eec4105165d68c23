//! The table of reasons. A line has the reason, how severe it is, where it is used, and what to do, as in
//! docs/states.md. The comment above a line says what the reason means.

use super::course::Course;
use super::place::ReasonPlace;

macro_rules! reasons {
    (
        $(#[doc = $of_all:literal])*
        pub enum Reason {
            $($(#[doc = $meaning:literal])+ $name:ident: $course:ident, [$($place:ident),+], $way_out:literal;)+
        }
    ) => {
        $(#[doc = $of_all])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[doc = $meaning])+ $name,)+
        }

        impl Reason {
            /// Every reason, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word, as conditions and Events have it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }

            /// How severe it is.
            pub const fn course(self) -> Course {
                match self {
                    $(Self::$name => Course::$course,)+
                }
            }

            /// Where it can stand.
            pub const fn places(self) -> &'static [ReasonPlace] {
                match self {
                    $(Self::$name => &[$(ReasonPlace::$place),+],)+
                }
            }

            /// What it means, in a sentence.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($meaning),+),)+
                }
            }

            /// What a person can do about it.
            pub const fn way_out(self) -> &'static str {
                match self {
                    $(Self::$name => $way_out,)+
                }
            }
        }
    };
}

reasons! {
    /// Why a resource is as it is, in one word: the reason of a condition or of an Event.
    pub enum Reason {
        /// The guest is in the directory and has not accepted yet.
        Invited: Done, [Guest, Event], "nothing";
        /// The guest has accepted and can sign in.
        Accepted: Done, [Guest, Redeemed, Event], "nothing";
        /// The guest was in the directory already and is followed from now on. No mail was sent.
        Adopted: Done, [Guest, Invited, Event], "nothing";
        /// The guest was in the directory before, and the operator only follows how they redeem.
        Followed: Done, [Guest], "nothing. `spec.existing: Manage` allows more, where an access rule does";
        /// Another namespace has the person as its guest, and this resource shares them.
        Shared: Done, [Guest, Event], "nothing. See [shared guests](shared-guests.md)";
        /// A reset was asked for, and waits while another namespace shares the person.
        ResetWaits: Held, [Guest], "ask the platform team: see [shared guests](shared-guests.md#what-rests-meanwhile)";
        /// The guest had been deleted and was brought back. No mail was sent.
        Restored: Done, [Guest, Event], "nothing";
        /// A mail was asked for, but the guest has accepted, or `delivery: None` says that nobody mails them.
        NothingToSend: Done, [Guest, Event], "nothing";
        /// The guest did not accept within `spec.expiresAfter`, and what the spec says for that is done.
        Expired: Done, [Guest], "[change the spec to take the guest back](end-of-access.md)";
        /// `spec.accessUntil` has passed, and what the spec says for that is done.
        AccessEnded: Done, [Guest], "[change the spec to take the guest back](end-of-access.md)";
        /// `spec.suspend` holds the guest.
        Suspended: Done, [Guest], "set `spec.suspend: false` to go on";
        /// The answer is lost, so the mail counts as sent and is not repeated.
        SentUncertain: Unsure, [Guest, Event], "ask the guest whether it came; to send another one, annotate [`guestlist.dev/resend`](resend-and-remind.md)";

        /// The invitation is being sent.
        Sending: Going, [Guest], "nothing";
        /// The guest waits for its turn: invitations are paced.
        Queued: Going, [Guest], "nothing. `spec.pacing` of the EntraTenant sets the pace";
        /// The person was mailed a short time ago, and the next mail waits.
        MailedLately: Going, [Guest], "nothing. `status.invitation.nextSendAt` says when it leaves; `spec.pacing.perGuest` of the EntraTenant sets the limit";
        /// The operator finds out whether an earlier mail was sent, which can take minutes.
        Settling: Going, [Guest], "nothing";
        /// The user is being brought to what is declared.
        Updating: Going, [Guest], "nothing";
        /// The user is being disabled or deleted, as `spec.deletionPolicy` says.
        Offboarding: Going, [Guest], "nothing";

        /// The platform team holds the person (`spec.hold` of the Guest).
        HeldByPlatform: Held, [Guest], "ask the platform team: see [guests](guests.md)";
        /// The platform team has revoked the person's access (`spec.revoke` of the Guest).
        Revoked: Held, [Guest], "ask the platform team: see [guests](guests.md)";
        /// The operator has just started, and reads all resources first.
        Listing: Going, [Guest], "nothing";
        /// The EntraTenant is in mode Observe. The message says what the operator would do.
        Observing: Held, [Guest], "set `mode: Active` in the EntraTenant to let it";
        /// Somebody has to approve the guest first.
        ApprovalRequired: Held, [Guest], "ask an approver: see [who may invite](who-may-invite.md#approval)";
        /// The resource is being deleted.
        Deleting: Held, [Guest], "nothing. If the resource stays, a finalizer of somebody else holds it";

        /// Graph asked to wait.
        Throttled: Retrying, [Guest, Tenant], "nothing; of a long wait the EntraTenant says until when";
        /// Graph did not answer as it should.
        GraphError: Retrying, [Guest], "nothing. If it stays, the operator's log has the request-id for Microsoft support";
        /// Graph could not do it just now.
        GraphBusy: Retrying, [Guest], "nothing";
        /// Graph does not show a new user or group everywhere yet.
        NotReplicated: Retrying, [Guest], "nothing. If it stays, look whether the user or the group was deleted";
        /// The new address of a guest takes a moment to arrive.
        AddressNotReplicated: Retrying, [Guest], "nothing";
        /// The directory shows a deleted guest whom it cannot bring back.
        DirectoryLags: Retrying, [Guest], "nothing";
        /// There is no such EntraTenant.
        TenantNotFound: Retrying, [Guest], "name an existing one in `spec.tenantRef`";
        /// The access rules depend on labels of the namespace, which the operator cannot read.
        NamespaceUnreadable: Retrying, [Guest], "grant the operator the right to list and watch namespaces, or write rules without `namespaces`";
        /// `delivery: Mail` is declared, and the EntraTenant has no mail server.
        MailNotConfigured: Retrying, [Guest], "give `spec.mail.smtp` of the EntraTenant, or set `delivery: Microsoft`";
        /// The sender, the caBundle or the text of the mail is wrong; the message names the field.
        MailSettingsInvalid: Retrying, [Guest, Mail], "correct [`spec.mail`](own-mail.md) of the EntraTenant";
        /// The Secret with the mail server's user name and password is missing or incomplete.
        MailSecretUnusable: Retrying, [Guest, Mail], "make the Secret, or give it the keys `username` and `password`; the message has the command";
        /// The mail server does not take the user name and the password.
        MailSignInFailed: Retrying, [Guest], "correct them in the Secret";
        /// The mail server or its certificate does not fit the settings.
        MailServerRefuses: Retrying, [Guest], "it depends on the stage in the message: see [own mail](own-mail.md#if-the-mail-does-not-come)";
        /// The mail server cannot be reached, or asks to come later.
        MailServerBusy: Retrying, [Guest], "nothing";
        /// The Secret for the redeem link belongs to somebody else.
        SecretNotOurs: Retrying, [Guest], "name another one in `redeemUrlSecretRef`, or delete it";
        /// The operator may not write the Secret for the redeem link, or the API server did not answer.
        SecretUnwritable: Retrying, [Guest], "set the chart's value that the message names: `ownMail.enabled` for own mail, `redeemLinkSecrets.enabled` for copies";

        /// The person is the guest of another resource.
        DuplicateAddress: Stuck, [Guest], "delete one of the two. The message names the other one, and its list if it belongs to one. If it is in another namespace, ask the platform team";
        /// The directory has the address where it does not tell whose it is.
        AddressOfAnother: Stuck, [Guest], "put the addresses of the user right in Entra; the message names the user";
        /// So many people were ended within an hour that a person has to say whether that is meant.
        TooManyEnds: Held, [Guest, EndsStopped], "look whether the ends are meant, then `kubectl annotate etenant default guestlist.dev/resume=\"$(date)\" --overwrite`";
        /// Graph has failed ten times in a row for this guest, and is asked once an hour.
        GraphKeepsFailing: Stuck, [Guest], "the message has Graph's own words, and the operator's log the request-id for Microsoft support. Change the resource to have it tried now";
        /// No access rule allows the guest.
        NotAllowed: Stuck, [Guest], "change the guest, or ask for a rule: see [who may invite](who-may-invite.md)";
        /// The namespace has as many guests as the access rules allow.
        TooManyGuests: Stuck, [Guest], "delete a guest of the namespace, or ask for a higher [`maxGuests`](who-may-invite.md)";
        /// An approver said no. The message has their words.
        Denied: Stuck, [Guest], "change the spec, which asks again, or [ask them](who-may-invite.md#approval)";
        /// The address is in the directory already, and `spec.existing` is Refuse.
        AlreadyExists: Stuck, [Guest], "set `spec.existing: Follow`, or delete the resource";
        /// The address belongs to a member of the directory.
        InternalUser: Stuck, [Guest, Redeemed, Event], "give that user access, and delete the resource";
        /// The address is in a domain of the directory itself.
        OwnDomain: Stuck, [Guest], "give the member with that address access, and delete the resource";
        /// The guest's account is disabled.
        AccountDisabled: Stuck, [Guest], "enable it in Entra";
        /// The guest left the directory, or somebody removed them.
        GuestGone: Stuck, [Guest], "annotate `guestlist.dev/resend` [to have them back](resend-and-remind.md)";
        /// Graph accepted the invitation, and no user appeared.
        UserNeverAppeared: Stuck, [Guest], "look for the guest in Entra, then delete the resource and make it again";
        /// The application lacks a permission. The message names it.
        PermissionMissing: Stuck, [Guest, Tenant, Permitted], "grant it with admin consent ([all permissions](../README.md#permissions))";
        /// The directory's collaboration restrictions block the guest's domain.
        DomainBlocked: Stuck, [Guest], "an administrator of Entra has to allow it";
        /// Cross-tenant access settings, here or at the guest's, block the invitation.
        CrossTenantBlocked: Stuck, [Guest], "the administrators of both directories have to allow it";
        /// The directory's external collaboration settings let nobody invite, or not this application.
        InvitationsNotAllowed: Stuck, [Guest], "an administrator of Entra has to allow it";
        /// There is no such group.
        GroupNotFound: Stuck, [Guest], "[correct the name](groups-and-profile.md), or make the group";
        /// Several groups have this name.
        GroupAmbiguous: Stuck, [Guest], "[give the id](groups-and-profile.md) of one";
        /// A rule decides who belongs to the group.
        DynamicGroup: Stuck, [Guest], "change the rule, or name another group";
        /// The group comes from on-premises.
        OnPremisesGroup: Stuck, [Guest], "add the guest there; the synchronisation brings it to Entra. Or name another group";
        /// The group is a distribution list or a mail-enabled security group, whose members Exchange keeps.
        MailEnabledGroup: Stuck, [Guest], "name another group";
        /// This Microsoft 365 group takes no guests.
        GuestsNotAllowed: Stuck, [Guest], "an administrator can allow them; or name a security group";
        /// There is no such sponsor.
        SponsorNotFound: Stuck, [Guest], "[correct the name](groups-and-profile.md)";
        /// Several users or groups have this name.
        SponsorAmbiguous: Stuck, [Guest], "[give the id](groups-and-profile.md) of one";
        /// A guest has five sponsors at most, and somebody else has added some.
        TooManySponsors: Stuck, [Guest], "remove one, in the spec or in Entra";
        /// Graph gave no redeem link, or one that does not lead to where the tenant's cloud signs people in. The operator mails no such link.
        LinkUnusable: Stuck, [Guest], "set `delivery: Microsoft`, or look whether `spec.cloud` and `spec.endpoints` of the EntraTenant are right";
        /// Graph does not take the value of a property.
        InvalidProperty: Stuck, [Guest], "[correct the value](groups-and-profile.md), or remove it";
        /// No application may set one of the properties.
        NotForApplications: Stuck, [Guest], "remove it from the spec, and set it by hand";
        /// Another object of the directory has this value.
        ObjectConflict: Stuck, [Guest], "free it there, or use another";
        /// The user comes from on-premises.
        OnPremises: Stuck, [Guest], "change it there; the synchronisation brings it to Entra";
        /// The mail server refuses this address or this letter. Its own words are in the message.
        MailRefused: Stuck, [Guest], "correct it, or ask the mail administrator: see [own mail](own-mail.md#if-the-mail-does-not-come)";
        /// The address, `from` or `cc` is not possible in a mail. The message says which.
        MailImpossible: Stuck, [Guest], "correct it";
        /// Microsoft drops the text of `message.body`, so nothing was sent.
        MessageNotDelivered: Stuck, [Guest], "set [`delivery: Mail`](own-mail.md), or leave `message.body` out";
        /// An address in the spec cannot be one: `email`, `redeemAs` or `message.cc`.
        InvalidAddress: Stuck, [Guest], "correct the field that the message names. For another `email` delete the resource, and declare the guest anew";
        /// `redirectUrl` cannot be used: not all programs would read it alike.
        InvalidRedirectUrl: Stuck, [Guest], "correct it as the message says: see [who may invite](who-may-invite.md#addresses-and-urls)";
        /// `expiresAfter` is no time.
        InvalidDuration: Stuck, [Guest], "write it like 720h or 90m";
        /// Somebody changes a declared property back each time that the operator sets it.
        ChangedBack: Stuck, [Guest], "declare it in one place only; the audit log of Entra names who changes it. The operator sets it more and more seldom, at last once an hour";
        /// Graph refuses, and the operator does not know why.
        RefusedByGraph: Stuck, [Guest], "the message has Graph's own words and a request-id for Microsoft support";

        /// No invitation was made yet.
        NotInvited: Going, [Invited], "see Ready";
        /// The invitation was sent.
        Sent: Done, [Invited], "nothing";
        /// The guest was added, and no mail was sent.
        AddedWithoutMail: Done, [Invited], "nothing";
        /// The guest has not accepted yet.
        NotAccepted: Going, [Redeemed], "[mail them again](resend-and-remind.md), if you like";

        /// The access or the invitation ended, as declared.
        Ended: Held, [Event], "nothing; `status.ended` says what was done";
        /// The guest is there, but Graph refuses a part of what is declared.
        NotAsDeclared: Stuck, [Event], "see Ready";
        /// Graph refuses to invite or mail the guest.
        Refused: Stuck, [Event], "see Ready";

        /// The operator is signed in, and Graph answers.
        Connected: Done, [Tenant], "nothing";
        /// Microsoft blocks invitations from the directory because of suspicious activity.
        InvitationsBlocked: Stuck, [Tenant], "open a case with Microsoft support. When they have lifted the block: `kubectl annotate etenant default guestlist.dev/resume=\"$(date)\" --overwrite`";
        /// The directory holds as many objects as it may. Guests who are there already are followed and mailed.
        DirectoryFull: Retrying, [Guest, Tenant], "delete objects for good, or ask Microsoft for a higher quota";
        /// Another EntraTenant works with the same directory (`tenantId`): it has Guests already, or is older.
        DirectoryTaken: Stuck, [Tenant], "name that one in `spec.tenantRef`, or delete one of the two; when the other one goes, this one takes over";
        /// `spec.credentials` has no kind, or several.
        NoCredentials: Retrying, [Tenant], "give it exactly one";
        /// The Secret of `spec.credentials` does not exist.
        SecretNotFound: Retrying, [Tenant], "make it; the message has the command";
        /// The Secret lacks a key, or it is empty.
        SecretKeyMissing: Retrying, [Tenant], "the message names the key and what is there instead";
        /// The Secret cannot be read, or holds no text.
        SecretUnreadable: Retrying, [Tenant], "the message says what is wrong";
        /// The operator may not read the Secret.
        SecretForbidden: Retrying, [Tenant], "add its name to the chart's value `rbac.secretNames`";
        /// The certificate has expired.
        CertificateExpired: Retrying, [Tenant], "put a valid one with its key into the Secret";
        /// The certificate is not valid yet.
        CertificateNotYetValid: Retrying, [Tenant], "compare the clocks, or wait";
        /// The certificate or its key cannot be used. The message says what is wrong.
        CertificateUnusable: Retrying, [Tenant], "put a valid one with its key into the Secret";
        /// Entra or Graph does not take the sign-in.
        AuthenticationFailed: Retrying, [Tenant], "the message says what Entra's number means: wrong or expired secret, unknown certificate, wrong clientId or tenantId, no federated credential, Conditional Access ([connect a tenant](connect-a-tenant.md))";
        /// Entra's sign-in cannot be reached, or a proxy answers in its place.
        SignInUnreachable: Retrying, [Tenant], "check the cluster's way to the internet: proxy, network policies, firewall";
        /// Entra's sign-in asks to wait, or has a fault that passes.
        SignInBusy: Retrying, [Tenant], "nothing";
        /// Graph cannot be reached.
        GraphUnreachable: Retrying, [Tenant], "check the cluster's way to the internet: proxy, network policies, firewall";
        /// An address under `spec.endpoints` is missing or no address.
        InvalidEndpoint: Retrying, [Tenant], "correct the field";
        /// `endpoints.caBundle` cannot be read.
        InvalidCaBundle: Retrying, [Tenant], "give PEM, base64 encoded";
        /// The resource does not fit the operator's version.
        Unreadable: Stuck, [Guest, Tenant, List], "correct the field that the message names, or apply the resource again with the CRD of the operator's version";

        /// Something is wrong, and the operator tries again.
        Retrying: Retrying, [Reconciling], "see Ready";
        /// The directory cannot be read to its end.
        ListingFailed: Retrying, [SweepFailing], "it depends on Graph's words in the message; `status.lastSweep` says since when";
        /// The operator holds a token.
        SignedIn: Done, [Authenticated], "nothing";
        /// The certificate expires within fourteen days.
        CertificateExpiresSoon: Done, [Authenticated], "make a new one";
        /// The application has the permissions that the guests need.
        Granted: Done, [Permitted], "nothing";
        /// No token was got yet that tells the permissions.
        NotTold: Going, [Permitted], "see Ready";
        /// Graph has not reported a block.
        NotBlocked: Done, [Blocked], "nothing";
        /// Graph has reported the block of InvitationsBlocked.
        SuspiciousActivity: Stuck, [Blocked], "see Ready";
        /// The mail server and the text were read.
        Configured: Done, [Mail], "nothing";

        /// Every entry is applied, and no guest needs a look.
        Applied: Done, [List], "nothing";
        /// The guests are being written. The message says how far it is.
        Applying: Going, [List], "nothing";
        /// Guests could not be written. The message has the API server's words.
        WriteFailed: Retrying, [List], "nothing";
        /// The API server refuses an entry. The message has the rule; the other entries go on.
        EntryRefused: Stuck, [List], "correct the entry";
        /// An entry and the template do not make a guest.
        EntryUnreadable: Stuck, [List], "correct the field, or apply the list again with the CRD of the operator's version";
        /// The API server refuses a change. Some fields cannot change once a guest is declared (`tenantRef`, `userType`).
        ChangeRefused: Stuck, [List], "undo the change; or remove the entry, and add it again when its GuestInvitation is gone";
        /// Something in the cluster, such as an admission webhook, changes what the list writes.
        ChangedByOthers: Stuck, [List], "exempt it there, or declare what it wants";
        /// The list did not make the GuestInvitation that has the name of an entry.
        NameTaken: Stuck, [List], "delete the GuestInvitation that the message names, and the list makes its own";
        /// Several guests need a look, for several reasons.
        GuestsNeedALook: Stuck, [List], "see `status.needsAttention`";
    }
}
