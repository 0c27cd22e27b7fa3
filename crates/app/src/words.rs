//! The domain's terms in a person's language.

use domain::job::{Fate, Reason, Why};
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

/// A device, as sessions keep it: a browser on a system, one of them, or neither.
pub fn device(t: Text, kept: &str) -> String {
    match kept.split_once(DEVICE_ON) {
        Some((browser, system)) => t.me_device(browser, system),
        None if kept == UNKNOWN_DEVICE => t.me_device_unknown().to_owned(),
        None => kept.to_owned(),
    }
}

/// Stands between a browser and its system, in what sessions keep.
pub const DEVICE_ON: &str = " on ";
/// What sessions keep of a device that says neither.
pub const UNKNOWN_DEVICE: &str = "Unknown device";

/// What became of a row.
pub fn fate(t: Text, fate: Fate) -> &'static str {
    match fate {
        Fate::Waiting => t.job_fate_waiting(),
        Fate::Known => t.job_fate_known(),
        Fate::Created => t.job_fate_created(),
        Fate::Added => t.job_fate_added(),
        Fate::Here => t.job_fate_here(),
        Fate::Invited => t.job_fate_invited(),
        Fate::Twice => t.job_fate_twice(),
        Fate::Refused => t.job_fate_refused(),
        Fate::Cancelled => t.job_fate_cancelled(),
    }
}

/// Why a row was refused, and what to write instead.
pub fn reason(t: Text, reason: &Reason) -> String {
    let what = &reason.what;
    let fixed = match reason.why {
        Why::TypeUnknown => return t.job_why_type_unknown(what),
        Why::AgentUnknown => return t.job_why_agent_unknown(what),
        Why::CompanyUnknown if what.is_empty() => t.job_why_company_gone(),
        Why::CompanyUnknown => return t.job_why_company_unknown(what),
        Why::CompanyDisabled => return t.job_why_company_disabled(what),
        Why::CompanyUnfit => return t.job_why_company_unfit(what),
        Why::AccountUnknown => return t.job_why_account_unknown(what),
        Why::AccountSeveral => return t.job_why_account_several(what),
        Why::AccountMissing => t.job_why_account_missing(),
        Why::TooManyAccounts => t.job_why_too_many_accounts(),
        Why::NoRight => t.job_why_no_right(),
        Why::HasLogin => t.job_why_has_login(),
        Why::TemporaryPasswordsOff => t.job_why_temporary_passwords_off(),
        Why::NoLeadCenter => t.job_why_no_lead_center(),
        Why::NoCompanyInUse => t.job_why_no_company_in_use(),
        Why::EmailMissing => t.job_why_email_missing(),
        Why::EmailWrong => t.job_why_email_wrong(),
        Why::EmailSeveral => t.job_why_email_several(),
        Why::EmailNotAscii => t.form_email_not_ascii(),
        Why::FirstNameMissing => t.job_why_first_name_missing(),
        Why::LastNameMissing => t.job_why_last_name_missing(),
        Why::NameTooLong => t.job_why_name_too_long(),
        Why::NameCharacters => t.job_why_name_characters(),
        Why::TypeMissing => t.job_why_type_missing(),
        Why::AgentUnfit => t.job_why_agent_unfit(),
        Why::CompanyMissing => t.job_why_company_missing(),
        Why::TooManyCells => t.job_why_too_many_cells(),
        Why::LineBreak => t.job_why_line_break(),
        Why::GreaterAccess => t.job_why_greater_access(),
        Why::Unwanted => t.job_why_unwanted(),
        Why::TooManyCompanies => t.job_why_too_many_companies(),
        Why::Elsewhere => t.job_why_elsewhere(),
        Why::RightLost => t.job_why_right_lost(),
        Why::TooMany => t.job_why_too_many(),
        Why::Failed => t.job_why_failed(),
    };
    fixed.to_owned()
}
