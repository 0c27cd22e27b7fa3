//! The domain's terms in a person's language.

use domain::user::UserType;
use text::Text;

/// The name of a user type.
pub fn user_type(t: Text, user_type: UserType) -> &'static str {
    match user_type {
        UserType::Administrator => t.user_type_administrator(),
        UserType::Manager => t.user_type_manager(),
        UserType::Reporting => t.user_type_reporting(),
        UserType::Agent => t.user_type_agent(),
        UserType::Notification => t.user_type_notification(),
    }
}
