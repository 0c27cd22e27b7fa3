//! Activity: who did what to whom, and what it changed.

mod topic;

pub use topic::Topic;

use crate::id::ActivityId;

/// What was done. The key is kept for ever; the sentence stands in the message catalogue.
macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Verb { $($(#[$doc])* $name,)* }

        impl Verb {
            /// All of them.
            pub const ALL: &'static [Verb] = &[$(Verb::$name,)*];

            /// The key in the database, exports and the route table.
            pub fn key(self) -> &'static str {
                match self { $(Verb::$name => $key,)* }
            }

            /// The verb of a key.
            pub fn of_key(key: &str) -> Option<Verb> {
                Verb::ALL.iter().copied().find(|verb| verb.key() == key)
            }
        }
    };
}

verbs! {
    /// An account was made.
    AccountCreated = "account.created",
    /// An account's name, time zone or limits were changed.
    AccountChanged = "account.changed",
    /// A company was made.
    CompanyCreated = "company.created",
    /// A company's details were changed.
    CompanyChanged = "company.changed",
    /// The same was set for many companies at once.
    CompaniesChanged = "companies.changed",
    /// A company was disabled.
    CompanyDisabled = "company.disabled",
    /// A company was enabled again.
    CompanyEnabled = "company.enabled",
    /// A user was made.
    UserCreated = "user.created",
    /// A user's names, companies, agent flag or invoice emails were changed.
    UserChanged = "user.changed",
    /// A user got a type with more access.
    UserPromoted = "user.promoted",
    /// A user was deleted.
    UserDeleted = "user.deleted",
    /// A user was deleted and added back with a type that has less.
    UserReplaced = "user.replaced",
    /// A user's access was switched off.
    UserSuspended = "user.suspended",
    /// A user's access was switched on again.
    UserRestored = "user.restored",
    /// A moment was set or taken away at which a user's access ends.
    UserEndSet = "user.end_set",
    /// A user has the type and companies that their groups in the directory give.
    UserProvided = "user.provided",
    /// A user's access ended by itself.
    UserEnded = "user.ended",
    /// A change of a user's access was undone.
    UserUndone = "user.undone",
    /// An invitation was sent, for the first time or again.
    InvitationSent = "invitation.sent",
    /// An invitation was revoked.
    InvitationRevoked = "invitation.revoked",
    /// The person an invitation went to wants no more of them from the account.
    InvitationBlocked = "invitation.blocked",
    /// An invitation is held back: its link is dead until it is sent again.
    InvitationHeld = "invitation.held",
    /// They take invitations again.
    InvitationAllowed = "invitation.allowed",
    /// An invitation was accepted.
    InvitationAccepted = "invitation.accepted",
    /// A pending user has another address, and their invitation goes there.
    InvitationMended = "invitation.mended",
    /// A mail that did not reach its reader is tried again.
    MailTriedAgain = "mail.tried_again",
    /// Somebody signed in.
    SessionStarted = "session.started",
    /// A session was ended.
    SessionEnded = "session.ended",
    /// Somebody showed again that it is them, before what is dangerous.
    SessionProven = "session.proven",
    /// A sign-in was refused.
    SessionRefused = "session.refused",
    /// Somebody was shown what their app is to be told, to get a second factor.
    SecondFactorShown = "second_factor.shown",
    /// Somebody has a second factor.
    SecondFactorAdded = "second_factor.added",
    /// They have none any more.
    SecondFactorRemoved = "second_factor.removed",
    /// They have new recovery codes.
    RecoveryCodesMade = "recovery_codes.made",
    /// One was used.
    RecoveryCodeUsed = "recovery_code.used",
    /// Somebody has a passkey more.
    PasskeyAdded = "passkey.added",
    /// A passkey has another name.
    PasskeyRenamed = "passkey.renamed",
    /// Somebody has a passkey less.
    PasskeyRemoved = "passkey.removed",
    /// A passkey has signed less often than before, so that there are two of it.
    PasskeyCopied = "passkey.copied",
    /// A new password was asked for.
    ResetRequested = "reset.requested",
    /// A password was changed.
    PasswordChanged = "password.changed",
    /// A change of one's own address was asked for, or its link sent again.
    EmailChangeRequested = "email_change.requested",
    /// A change of one's own address was given up.
    EmailChangeCancelled = "email_change.cancelled",
    /// A login has another address.
    EmailChanged = "email.changed",
    /// A link was sent to the address of a login that somebody wants to merge with theirs.
    LoginMergeRequested = "login_merge.requested",
    /// Somebody has shown that the other login is theirs too.
    LoginMergeProven = "login_merge.proven",
    /// A merge was given up before it was made.
    LoginMergeCancelled = "login_merge.cancelled",
    /// Two logins became one.
    LoginMerged = "login_merge.made",
    /// A merge was undone.
    LoginMergeUndone = "login_merge.undone",
    /// A user is reached by another login, which theirs was merged into.
    UserMerged = "user.merged",
    /// A user is reached by the login of before again.
    UserUnmerged = "user.unmerged",
    /// A login's own names were changed.
    LoginChanged = "login.changed",
    /// An API key was made.
    ApiKeyCreated = "api_key.created",
    /// An API key is called something else.
    ApiKeyChanged = "api_key.changed",
    /// An API key was ended.
    ApiKeyEnded = "api_key.ended",
    /// Somebody is told by push on a device.
    PushTurnedOn = "push.turned_on",
    /// They are told there no more.
    PushTurnedOff = "push.turned_off",
    /// A push was sent to a device of one's own, to see whether it comes.
    PushTested = "push.tested",
    /// An account was connected to a provider of single sign-on.
    SingleSignOnConnected = "single_sign_on.connected",
    /// It was disconnected from it.
    SingleSignOnEnded = "single_sign_on.ended",
    /// It was set whether an account's people must come by its provider.
    SingleSignOnRequired = "single_sign_on.required",
    /// Somebody was linked to whom the provider knows.
    SingleSignOnLinked = "single_sign_on.linked",
    /// That link was ended.
    SingleSignOnUnlinked = "single_sign_on.unlinked",
    /// Somebody has signed in by it.
    SingleSignOnUsed = "single_sign_on.used",
    /// An account center was made.
    CenterCreated = "account_center.created",
    /// An account center's name or settings were changed.
    CenterChanged = "account_center.changed",
    /// An account center was dissolved.
    CenterDissolved = "account_center.dissolved",
    /// Managing users across its accounts was switched on.
    CenterUsersOpened = "account_center.users_opened",
    /// An account was added to an account center.
    CenterAccountLinked = "account_center.account_linked",
    /// An account was taken out of an account center.
    CenterAccountUnlinked = "account_center.account_unlinked",
    /// Somebody became an executive administrator.
    ExecutiveMade = "executive_administrator.made",
    /// Somebody new was invited to be an executive administrator.
    ExecutiveInvited = "executive_administrator.invited",
    /// Somebody is an executive administrator no more.
    ExecutiveUnmade = "executive_administrator.unmade",
    /// Something for many at once was begun.
    JobStarted = "job.started",
    /// It was broken off.
    JobCancelled = "job.cancelled",
    /// It came to its end.
    JobFinished = "job.finished",
    /// An access review was begun.
    AccessReviewStarted = "access_review.started",
    /// On a user of an access review something was decided.
    AccessReviewDecided = "access_review.decided",
    /// An access review was finished.
    AccessReviewFinished = "access_review.finished",
    /// Somebody asked to be let into an account.
    AccessRequested = "access_request.made",
    /// They gave that up.
    AccessWithdrawn = "access_request.withdrawn",
    /// They were let in.
    AccessApproved = "access_request.approved",
    /// They were not.
    AccessDeclined = "access_request.declined",
    /// Somebody who has a place elsewhere was told how to ask.
    AccessOffered = "access_request.offered",
    /// An account has a new request link; the one before is dead.
    RequestLinkRenewed = "request_link.renewed",
    /// Somebody who is invited was given a temporary password.
    TemporaryPasswordSet = "temporary_password.set",
    /// It was taken back.
    TemporaryPasswordEnded = "temporary_password.ended",
    /// A tag was made.
    TagCreated = "tag.created",
    /// A tag's name or colour was changed, or it was disabled or enabled.
    TagChanged = "tag.changed",
    /// A tag was removed.
    TagRemoved = "tag.removed",
    /// An alert of calls and texts was set up.
    NotificationCreated = "notification.created",
    /// It was changed.
    NotificationChanged = "notification.changed",
    /// It was removed.
    NotificationRemoved = "notification.removed",
    /// An account's brand was edited.
    BrandChanged = "brand.changed",
    /// A part of it, or all of it, was looked at.
    BrandPreviewed = "brand.previewed",
    /// It is shown from now on.
    BrandOn = "brand.on",
    /// The product is shown again.
    BrandOff = "brand.off",
    /// An account wants another host name, or none.
    BrandHostWanted = "brand.host_wanted",
    /// A host name was shown to be an account's, or was given to it by the operator.
    BrandHostGiven = "brand.host_given",
    /// A host's record is missing.
    BrandHostFailing = "brand.host_failing",
    /// It was missing for too long, and the host is the account's no more.
    BrandHostLost = "brand.host_lost",
    /// A test alert was sent.
    AlertTested = "alert.tested",
    /// Whoever got the emails of an alert or summary has ended them.
    EmailsStopped = "emails.stopped",
    /// A summary by email was set up.
    SummaryEmailCreated = "summary_email.created",
    /// It was changed.
    SummaryEmailChanged = "summary_email.changed",
    /// It was removed.
    SummaryEmailRemoved = "summary_email.removed",
    /// Somebody began to see the account as a user.
    SeeAsStarted = "see_as.started",
    /// They tried to change something meanwhile, and nothing was changed.
    SeeAsRefused = "see_as.refused",
    /// It came to its end.
    SeeAsEnded = "see_as.ended",
    /// An account's users are provisioned by a directory from now on.
    DirectoryOn = "directory.on",
    /// They are not any more.
    DirectoryOff = "directory.off",
    /// What the directory is called, or what users without a mapped group get, was changed.
    DirectoryChanged = "directory.changed",
    /// A token was made for the directory.
    DirectoryTokenMade = "directory_token.made",
    /// It was ended.
    DirectoryTokenEnded = "directory_token.ended",
    /// The directory tells of a group.
    DirectoryGroupMade = "directory_group.made",
    /// It has changed the group, or who is in it.
    DirectoryGroupChanged = "directory_group.changed",
    /// It has removed the group.
    DirectoryGroupRemoved = "directory_group.removed",
    /// Somebody has said what a group gives.
    DirectoryGroupMapped = "directory_group.mapped",
    /// A directory has somebody of the account among its people.
    DirectoryUserLinked = "directory_user.linked",
    /// What a directory calls somebody by was changed.
    DirectoryUserChanged = "directory_user.changed",
}

/// One field and its values before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field's name.
    pub field: &'static str,
    /// The value before; `None` where there was none.
    pub before: Option<String>,
    /// The value after; `None` where there is none.
    pub after: Option<String>,
}

/// What is to be written beside a change; who and when come from the unit of work.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id, where a mail tells of it; otherwise it gets one when it is written.
    pub id: Option<ActivityId>,
    /// What was done.
    pub verb: Verb,
    /// The account it belongs to; `None` for what concerns a login alone.
    pub account: Option<String>,
    /// The id of what it was done to.
    pub subject: String,
    /// The subject's name at that time, so that the trail reads well after a deletion.
    pub subject_name: String,
    /// What it changed.
    pub changes: Vec<Change>,
}

impl Entry {
    /// An entry in the trail of `account`.
    pub fn of(account: impl ToString, verb: Verb, subject: impl ToString, subject_name: &str) -> Entry {
        let account = Some(account.to_string());
        Entry {
            id: None,
            verb,
            account,
            subject: subject.to_string(),
            subject_name: subject_name.to_owned(),
            changes: Vec::new(),
        }
    }

    /// An entry that belongs to no account.
    pub fn of_login(verb: Verb, subject: impl ToString, subject_name: &str) -> Entry {
        Entry { account: None, ..Entry::of("", verb, subject, subject_name) }
    }

    /// With an id that is known before it is written.
    pub fn numbered(self, id: &ActivityId) -> Entry {
        Entry { id: Some(id.clone()), ..self }
    }

    /// With one more field; left out when nothing changed.
    pub fn change(mut self, field: &'static str, before: Option<&str>, after: Option<&str>) -> Entry {
        if before != after {
            self.changes.push(Change {
                field,
                before: before.map(str::to_owned),
                after: after.map(str::to_owned),
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn a05_keys_are_unique_and_read_back() {
        for &verb in Verb::ALL {
            assert_eq!(Verb::of_key(verb.key()), Some(verb));
        }
    }

    ///
    #[test]
    fn a05_what_did_not_change_is_left_out() {
        let entry = Entry::of_login(Verb::LoginChanged, "LOG1", "Natalie")
            .change("first_name", Some("Nat"), Some("Natalie"))
            .change("last_name", Some("Ford"), Some("Ford"));
        assert_eq!(entry.changes.len(), 1);
    }
}
