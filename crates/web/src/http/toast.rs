//! Toasts: what was just done, told once on the next page. Only a key travels in the cookie, so nobody can put words
//! into a page.

use text::Text;

/// Declares the toasts. The key that travels is the variant's name.
macro_rules! toasts {
    ($($(#[$doc:meta])* $name:ident => $text:expr,)+) => {
        /// What was just done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Toast {
            $($(#[$doc])* $name,)+
        }

        impl Toast {
            /// The key in the cookie.
            pub(super) fn key(self) -> &'static str {
                match self {
                    $(Toast::$name => stringify!($name),)+
                }
            }

            /// The toast of a key; `None` for one that we never set.
            pub(super) fn of_key(key: &str) -> Option<Toast> {
                match key {
                    $(stringify!($name) => Some(Toast::$name),)+
                    _ => None,
                }
            }

            /// What it says.
            pub(super) fn text(self, t: Text) -> &'static str {
                let text: fn(Text) -> &'static str = match self {
                    $(Toast::$name => $text,)+
                };
                text(t)
            }
        }
    };
}

toasts! {
    /// A form's values are kept.
    Saved => Text::toast_saved,
    /// A user is deleted.
    UserDeleted => Text::toast_user_deleted,
    /// A user has a type with more access.
    UserPromoted => Text::toast_user_promoted,
    /// A user was deleted and added back with another type.
    UserReplaced => Text::toast_user_replaced,
    /// A user's access is switched off.
    UserSuspended => Text::toast_user_suspended,
    /// A user's access is switched on again.
    UserRestored => Text::toast_user_restored,
    /// A token of the directory opens nothing any more.
    DirectoryTokenEnded => Text::toast_directory_token_ended,
    /// The directory provisions nobody any more.
    DirectoryOff => Text::toast_directory_off,
    /// A user's access ends by itself.
    EndSet => Text::toast_end_set,
    /// A user's access does not end by itself any more.
    EndRemoved => Text::toast_end_removed,
    /// A change of a user's access is undone.
    Undone => Text::toast_undone,
    /// A user has one company more.
    CompanyGiven => Text::toast_company_given,
    /// A user has one company less.
    CompanyTaken => Text::toast_company_taken,
    /// A notification user is invited.
    UserInvited => Text::toast_user_invited,
    /// A notification user is invited, and no mail server to send it.
    UserInvitedKept => Text::toast_user_invited_kept,
    /// An invitation is on its way.
    InvitationSent => Text::toast_invitation_sent,
    /// An invitation is there, and no mail server to send it.
    InvitationKept => Text::toast_invitation_kept,
    /// A pending user has another address, and their invitation is on its way there.
    AddressMended => Text::toast_address_mended,
    /// The same, and no mail server to send it.
    AddressMendedKept => Text::toast_address_mended_kept,
    /// A pending user has another address, and no invitation was sent yet.
    AddressMendedUnsent => Text::toast_address_mended_unsent,
    /// A mail that did not reach its reader is tried again.
    MailTriedAgain => Text::toast_mail_tried_again,
    /// Somebody takes invitations again.
    InvitationsAllowed => Text::toast_invitations_allowed,
    /// An API key is ended.
    ApiKeyEnded => Text::toast_api_key_ended,
    /// Single sign-on is connected.
    SingleSignOnConnected => Text::toast_single_sign_on_connected,
    /// It is required.
    SingleSignOnRequired => Text::toast_single_sign_on_required,
    /// It is not.
    SingleSignOnFreed => Text::toast_single_sign_on_freed,
    /// Single sign-on is over.
    SingleSignOnEnded => Text::toast_single_sign_on_ended,
    /// One can sign in by it.
    SingleSignOnLinked => Text::toast_single_sign_on_linked,
    /// One can no more.
    SingleSignOnUnlinked => Text::toast_single_sign_on_unlinked,
    /// What was wanted takes an address that is shown to be one's own.
    AddressUnproven => Text::temporary_password_unproven,
    /// Push is on for this device.
    PushOn => Text::toast_push_on,
    /// One sees the account as oneself again.
    SeeAsEnded => Text::toast_see_as_ended,
    /// Push is off for a device.
    PushOff => Text::toast_push_off,
    /// A test is on its way to a device.
    PushTested => Text::toast_push_tested,
    /// An invitation is revoked.
    InvitationRevoked => Text::toast_invitation_revoked,
    /// A company is made.
    CompanyCreated => Text::toast_company_created,
    /// A company is disabled.
    CompanyDisabled => Text::toast_company_disabled,
    /// A company is in use again.
    CompanyEnabled => Text::toast_company_enabled,
    /// A session is ended.
    SessionEnded => Text::toast_session_ended,
    /// All sessions but this one are ended.
    SessionsEnded => Text::toast_sessions_ended,
    /// The password is changed.
    PasswordChanged => Text::toast_password_changed,
    /// The second factor is off.
    SecondFactorOff => Text::toast_second_factor_off,
    /// There is a passkey more.
    PasskeyAdded => Text::toast_passkey_added,
    /// A passkey has another name.
    PasskeyRenamed => Text::toast_passkey_renamed,
    /// A passkey is gone.
    PasskeyRemoved => Text::toast_passkey_removed,
    /// The second factor is an app, too.
    SecondFactorOn => Text::second_factor_is_on,
    /// A link to a new address is on its way.
    EmailLinkSent => Text::toast_email_link_sent,
    /// A link to a new address is there, and no mail server to send it.
    EmailLinkKept => Text::toast_email_link_kept,
    /// A change of address is given up.
    EmailChangeCancelled => Text::toast_email_change_cancelled,
    /// The address is changed.
    EmailChanged => Text::toast_email_changed,
    /// A link to a login to be merged is on its way.
    LoginLinkSent => Text::toast_login_link_sent,
    /// A link to a login to be merged is there, and no mail server to send it.
    LoginLinkKept => Text::toast_login_link_kept,
    /// A merge is given up.
    LoginMergeCancelled => Text::toast_login_merge_cancelled,
    /// Two logins are one.
    LoginsMerged => Text::toast_logins_merged,
    /// Two logins are two again.
    LoginMergeUndone => Text::toast_login_merge_undone,
    /// A job is broken off.
    JobCancelled => Text::toast_job_cancelled,
    /// A job had ended before it could be broken off.
    JobHadEnded => Text::toast_job_had_ended,
    /// An access review is finished.
    AccessReviewFinished => Text::toast_access_review_finished,
    /// Some changes of an access review are made, and others wait.
    AccessReviewGoesOn => Text::toast_access_review_goes_on,
    /// Access is asked for.
    AccessRequested => Text::toast_access_requested,
    /// That is given up.
    AccessWithdrawn => Text::toast_access_withdrawn,
    /// It was approved before it was given up.
    AccessApprovedBefore => Text::toast_access_approved_before,
    /// It was declined, and is off one's list.
    AccessDeclinedBefore => Text::toast_access_declined_before,
    /// Whoever asked is in.
    AccessApproved => Text::toast_access_approved,
    /// Whoever asked is not let in.
    AccessDeclined => Text::toast_access_declined,
    /// Somebody is told how to ask.
    AccessOffered => Text::toast_access_offered,
    /// The account has a new request link.
    RequestLinkRenewed => Text::toast_request_link_renewed,
    /// A temporary password is set.
    TemporaryPasswordSet => Text::toast_temporary_password_set,
    /// A temporary password is taken back.
    TemporaryPasswordEnded => Text::toast_temporary_password_ended,
    /// A link that proves one's address is on its way.
    ProofSent => Text::toast_proof_sent,
    /// The same, where no mail server is set.
    ProofKept => Text::toast_proof_kept,
    /// The person is signed out.
    SignedOut => Text::toast_signed_out,
    /// An account center is there.
    CenterCreated => Text::toast_center_created,
    /// An account is in an account center.
    AccountLinked => Text::toast_account_linked,
    /// An account is in no account center any more.
    AccountUnlinked => Text::toast_account_unlinked,
    /// An account was made in an account center.
    AccountCreated => Text::toast_account_created,
    /// Users are managed across accounts.
    CenterUsersOpened => Text::toast_center_users_opened,
    /// Whoever asked is the first executive administrator.
    ExecutiveFirst => Text::toast_executive_first,
    /// Somebody is an executive administrator.
    ExecutiveMade => Text::toast_executive_made,
    /// Somebody is invited to be one.
    ExecutiveInvited => Text::toast_executive_invited,
    /// The same, where no mail server is set.
    ExecutiveInvitedKept => Text::toast_executive_invited_kept,
    /// Somebody is one no more.
    ExecutiveUnmade => Text::toast_executive_unmade,
    /// An account's brand is shown.
    BrandOn => Text::toast_brand_on,
    /// The product is shown again.
    BrandOff => Text::toast_brand_off,
    /// A host name is an account's.
    BrandHostGiven => Text::toast_brand_host_given,
    /// An alert is set up.
    AlertAdded => Text::toast_alert_added,
    /// An alert is removed.
    AlertRemoved => Text::toast_alert_removed,
    /// A summary is set up.
    SummaryAdded => Text::toast_summary_added,
    /// A summary is removed.
    SummaryRemoved => Text::toast_summary_removed,
    /// A test alert is on its way.
    AlertTested => Text::toast_alert_tested,
    /// An account center is gone.
    CenterDissolved => Text::toast_center_dissolved,
    /// A user has another type, and the account as an executive administrator.
    ReplacedYetExecutive => Text::toast_replaced_yet_executive,
    /// A user's access is switched off, and they have the account as an executive administrator.
    SuspendedYetExecutive => Text::toast_suspended_yet_executive,
    /// A user is deleted, and they have the account as an executive administrator.
    DeletedYetExecutive => Text::toast_deleted_yet_executive,
    /// A user's access ends by itself, and they have the account as an executive administrator.
    EndSetYetExecutive => Text::toast_end_set_yet_executive,
    /// A user has one company less, and the account as an executive administrator.
    CompanyTakenYetExecutive => Text::toast_company_taken_yet_executive,
}

impl Toast {
    /// What is told instead where somebody has the account as an executive administrator: what was taken from their user
    /// ends nothing. `None` where that makes no difference.
    pub(crate) fn for_executive(self) -> Option<Toast> {
        match self {
            Toast::UserReplaced => Some(Toast::ReplacedYetExecutive),
            Toast::UserSuspended => Some(Toast::SuspendedYetExecutive),
            Toast::UserDeleted => Some(Toast::DeletedYetExecutive),
            Toast::EndSet => Some(Toast::EndSetYetExecutive),
            Toast::CompanyTaken => Some(Toast::CompanyTakenYetExecutive),
            _ => None,
        }
    }
}
