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
    /// A notification user is invited.
    UserInvited => Text::toast_user_invited,
    /// An invitation is on its way.
    InvitationSent => Text::toast_invitation_sent,
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
    /// The person is signed out.
    SignedOut => Text::toast_signed_out,
}
