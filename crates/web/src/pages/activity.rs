//! What was done, in words: the activity of an account and of an account center.

pub mod export;
pub mod list;

use std::collections::BTreeSet;

use app::company::Company;
use app::moment::Moments;
use app::{activity, alert};
use domain::activity::Verb;
use domain::capability::Capability;
use domain::id::{CompanyId, UserId};
use domain::notification::AlertType;
use domain::user::UserType;
use text::Text;

use super::shown;
use crate::views::access_review::decided;
use crate::views::activity::{Change, Row};
use crate::views::capability::label;
use crate::views::isolated;
use crate::views::user::{Described as _, status_label};

/// What was done, as it is shown.
pub(super) fn rows(
    t: Text,
    entries: Vec<activity::Activity>,
    companies: &[Company],
    moments: &Moments,
) -> Vec<Row> {
    entries.into_iter().map(|entry| row(t, entry, companies, moments)).collect()
}

fn row(t: Text, entry: activity::Activity, companies: &[Company], moments: &Moments) -> Row {
    // Who accepts is the one who was invited, and is not named twice.
    let is_own = entry.verb == Verb::InvitationAccepted.key();
    Row {
        who: who(t, &entry),
        of_whom: asks_for(&entry.actor_id),
        key: entry.key_name,
        what: what(t, &entry.verb).to_owned(),
        about: asks_for(&entry.subject_id),
        whom: Some(entry.subject_name).filter(|name| !name.is_empty() && !is_own),
        when: shown::when(entry.at, moments),
        place: Some(entry.network).filter(|network| !network.is_empty()),
        changes: entry
            .changes
            .into_iter()
            .map(|(field, before, after)| {
                let (before, after, kept) = match field.as_str() {
                    "companies" => apart(before, after),
                    _ => (before, after, 0),
                };
                let shown = |value: Option<String>| {
                    value.map(|value| shown_value(t, &field, value, companies, moments))
                };
                let kept = (kept > 0).then(|| t.activity_companies_kept(kept));
                let after = [shown(after), kept].into_iter().flatten().collect::<Vec<_>>().join(", ");
                let after = Some(after).filter(|after| !after.is_empty());
                Change { what: field_name(t, &field), before: shown(before), after }
            })
            .collect(),
    }
}

/// Of two lists, what stands in one alone, and how much in both: of fifty companies nobody finds the one that is new.
fn apart(before: Option<String>, after: Option<String>) -> (Option<String>, Option<String>, i64) {
    let (Some(old), Some(new)) = (&before, &after) else { return (before, after, 0) };
    let [old, new] = [old, new].map(|ids| ids.split(' ').collect::<BTreeSet<_>>());
    let kept = old.intersection(&new).count();
    let only = |of: &BTreeSet<&str>, not: &BTreeSet<&str>| {
        let ids: Vec<&str> = of.difference(not).copied().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    };
    (only(&old, &new), only(&new, &old), kept as i64)
}

/// What asks the list for one user or company alone.
fn asks_for(id: &str) -> Option<String> {
    let name = if id.parse::<UserId>().is_ok() { "of" } else { "company" };
    (name == "of" || id.parse::<CompanyId>().is_ok()).then(|| format!("{name}={id}"))
}

fn who(t: Text, entry: &activity::Activity) -> Option<String> {
    match entry.actor_kind.as_str() {
        "system" => None,
        "operator" => Some(t.activity_operator().to_owned()),
        "visitor" => Some(t.activity_visitor().to_owned()),
        "directory" => Some(t.directory_actor(isolated(&entry.actor_name))),
        _ => Some(entry.actor_name.clone()),
    }
}

/// What was done; what a newer version of the program has written is not known here.
fn what(t: Text, verb: &str) -> &'static str {
    Verb::of_key(verb).map_or_else(|| t.activity_unknown(), |verb| sentence(t, verb))
}

fn sentence(t: Text, verb: Verb) -> &'static str {
    match verb {
        Verb::AccountCreated => t.activity_account_created(),
        Verb::AccountChanged => t.activity_account_changed(),
        Verb::CompanyCreated => t.activity_company_created(),
        Verb::CompanyChanged => t.activity_company_changed(),
        Verb::CompaniesChanged => t.activity_companies_changed(),
        Verb::CompanyDisabled => t.activity_company_disabled(),
        Verb::CompanyEnabled => t.activity_company_enabled(),
        Verb::UserCreated => t.activity_user_created(),
        Verb::UserChanged => t.activity_user_changed(),
        Verb::UserPromoted => t.activity_user_promoted(),
        Verb::UserDeleted => t.activity_user_deleted(),
        Verb::UserReplaced => t.activity_user_replaced(),
        Verb::UserSuspended => t.activity_user_suspended(),
        Verb::UserRestored => t.activity_user_restored(),
        Verb::UserEndSet => t.activity_user_end_set(),
        Verb::UserEnded => t.activity_user_ended(),
        Verb::UserUndone => t.activity_user_undone(),
        Verb::InvitationSent => t.activity_invitation_sent(),
        Verb::InvitationRevoked => t.activity_invitation_revoked(),
        Verb::InvitationBlocked => t.activity_invitation_blocked(),
        Verb::InvitationAllowed => t.activity_invitation_allowed(),
        Verb::InvitationAccepted => t.activity_invitation_accepted(),
        Verb::InvitationMended => t.activity_invitation_mended(),
        Verb::MailTriedAgain => t.activity_mail_tried_again(),
        Verb::SessionStarted => t.activity_session_started(),
        Verb::SessionEnded => t.activity_session_ended(),
        Verb::SessionProven => t.activity_session_proven(),
        Verb::SessionRefused => t.activity_session_refused(),
        Verb::ResetRequested => t.activity_reset_requested(),
        Verb::PasswordChanged => t.activity_password_changed(),
        Verb::EmailChangeRequested => t.activity_email_change_requested(),
        Verb::EmailChangeCancelled => t.activity_email_change_cancelled(),
        Verb::EmailChanged => t.activity_email_changed(),
        Verb::UserMerged => t.activity_user_merged(),
        Verb::UserUnmerged => t.activity_user_unmerged(),
        Verb::LoginChanged => t.activity_login_changed(),
        Verb::CenterCreated => t.activity_center_created(),
        Verb::CenterChanged => t.activity_center_changed(),
        Verb::CenterDissolved => t.activity_center_dissolved(),
        Verb::CenterUsersOpened => t.activity_center_users_opened(),
        Verb::CenterAccountLinked => t.activity_center_account_linked(),
        Verb::CenterAccountUnlinked => t.activity_center_account_unlinked(),
        Verb::ExecutiveMade => t.activity_executive_made(),
        Verb::ExecutiveInvited => t.activity_executive_invited(),
        Verb::ExecutiveUnmade => t.activity_executive_unmade(),
        Verb::JobStarted => t.activity_job_started(),
        Verb::JobCancelled => t.activity_job_cancelled(),
        Verb::JobFinished => t.activity_job_finished(),
        Verb::AccessReviewStarted => t.activity_access_review_started(),
        Verb::AccessReviewDecided => t.activity_access_review_decided(),
        Verb::AccessReviewFinished => t.activity_access_review_finished(),
        Verb::AccessRequested => t.activity_access_requested(),
        Verb::AccessWithdrawn => t.activity_access_withdrawn(),
        Verb::AccessApproved => t.activity_access_approved(),
        Verb::AccessDeclined => t.activity_access_declined(),
        Verb::AccessOffered => t.activity_access_offered(),
        Verb::RequestLinkRenewed => t.activity_request_link_renewed(),
        Verb::TemporaryPasswordSet => t.activity_temporary_password_set(),
        Verb::TemporaryPasswordEnded => t.activity_temporary_password_ended(),
        Verb::TagCreated => t.activity_tag_created(),
        Verb::TagChanged => t.activity_tag_changed(),
        Verb::TagRemoved => t.activity_tag_removed(),
        Verb::NotificationCreated => t.activity_notification_created(),
        Verb::NotificationChanged => t.activity_notification_changed(),
        Verb::NotificationRemoved => t.activity_notification_removed(),
        Verb::AlertTested => t.activity_alert_tested(),
        Verb::EmailsStopped => t.activity_emails_stopped(),
        Verb::SummaryEmailCreated => t.activity_summary_email_created(),
        Verb::SummaryEmailChanged => t.activity_summary_email_changed(),
        Verb::SummaryEmailRemoved => t.activity_summary_email_removed(),
        Verb::SeeAsStarted => t.activity_see_as_started(),
        Verb::SeeAsRefused => t.activity_see_as_refused(),
        Verb::SeeAsEnded => t.activity_see_as_ended(),
        _ => of_own(t, verb),
    }
}

/// What somebody does with their own sign-in.
fn of_own(t: Text, verb: Verb) -> &'static str {
    match verb {
        Verb::LoginMergeRequested => t.activity_login_merge_requested(),
        Verb::LoginMergeProven => t.activity_login_merge_proven(),
        Verb::LoginMergeCancelled => t.activity_login_merge_cancelled(),
        Verb::LoginMerged => t.activity_login_merged(),
        Verb::LoginMergeUndone => t.activity_login_merge_undone(),
        Verb::ApiKeyCreated => t.activity_api_key_created(),
        Verb::ApiKeyChanged => t.activity_api_key_changed(),
        Verb::ApiKeyEnded => t.activity_api_key_ended(),
        Verb::PushTurnedOn => t.activity_push_turned_on(),
        Verb::PushTurnedOff => t.activity_push_turned_off(),
        Verb::PushTested => t.activity_push_tested(),
        _ => of_sign_in(t, verb),
    }
}

/// What was done to the ways somebody signs in by: second factors, passkeys and single sign-on.
fn of_sign_in(t: Text, verb: Verb) -> &'static str {
    match verb {
        Verb::SecondFactorShown => t.activity_second_factor_shown(),
        Verb::SecondFactorAdded => t.activity_second_factor_added(),
        Verb::SecondFactorRemoved => t.activity_second_factor_removed(),
        Verb::RecoveryCodesMade => t.activity_recovery_codes_made(),
        Verb::RecoveryCodeUsed => t.activity_recovery_code_used(),
        Verb::PasskeyAdded => t.activity_passkey_added(),
        Verb::PasskeyRenamed => t.activity_passkey_renamed(),
        Verb::PasskeyRemoved => t.activity_passkey_removed(),
        Verb::PasskeyCopied => t.activity_passkey_copied(),
        Verb::SingleSignOnConnected => t.activity_single_sign_on_connected(),
        Verb::SingleSignOnEnded => t.activity_single_sign_on_ended(),
        Verb::SingleSignOnRequired => t.activity_single_sign_on_required(),
        Verb::SingleSignOnLinked => t.activity_single_sign_on_linked(),
        Verb::SingleSignOnUnlinked => t.activity_single_sign_on_unlinked(),
        Verb::SingleSignOnUsed => t.activity_single_sign_on_used(),
        _ => of_brand(t, verb),
    }
}

/// What was done to a brand.
fn of_brand(t: Text, verb: Verb) -> &'static str {
    match verb {
        Verb::BrandChanged => t.activity_brand_changed(),
        Verb::BrandPreviewed => t.activity_brand_previewed(),
        Verb::BrandOn => t.activity_brand_on(),
        Verb::BrandOff => t.activity_brand_off(),
        Verb::BrandHostWanted => t.activity_brand_host_wanted(),
        Verb::BrandHostGiven => t.activity_brand_host_given(),
        Verb::BrandHostFailing => t.activity_brand_host_failing(),
        Verb::BrandHostLost => t.activity_brand_host_lost(),
        _ => of_directory(t, verb),
    }
}

/// What a directory has done, and what was done to it.
fn of_directory(t: Text, verb: Verb) -> &'static str {
    match verb {
        Verb::UserProvided => t.activity_user_provided(),
        Verb::InvitationHeld => t.activity_invitation_held(),
        Verb::DirectoryOn => t.activity_directory_on(),
        Verb::DirectoryOff => t.activity_directory_off(),
        Verb::DirectoryChanged => t.activity_directory_changed(),
        Verb::DirectoryTokenMade => t.activity_directory_token_made(),
        Verb::DirectoryTokenEnded => t.activity_directory_token_ended(),
        Verb::DirectoryGroupMade => t.activity_directory_group_made(),
        Verb::DirectoryGroupChanged => t.activity_directory_group_changed(),
        Verb::DirectoryGroupRemoved => t.activity_directory_group_removed(),
        Verb::DirectoryGroupMapped => t.activity_directory_group_mapped(),
        Verb::DirectoryUserLinked => t.activity_directory_user_linked(),
        Verb::DirectoryUserChanged => t.activity_directory_user_changed(),
        _ => t.activity_unknown(),
    }
}

/// Values are kept as the database has them: companies by their ids, types, states, yes and no by their words, moments in
/// UTC.
fn shown_value(t: Text, field: &str, value: String, companies: &[Company], moments: &Moments) -> String {
    let name = |id: &str| {
        let found = companies.iter().find(|company| company.id.as_str() == id);
        found.map_or(id, |company| company.details.name.as_str()).to_owned()
    };
    match (field, value.as_str()) {
        ("companies", ids) => ids.split(' ').map(name).collect::<Vec<_>>().join(", "),
        ("user_type", word) => {
            word.parse().map_or(value, |user_type: UserType| user_type.label(t).to_owned())
        }
        // What ended by itself is told by its verb.
        ("status", "suspended") => t.user_suspended().to_owned(),
        ("status", word) => word.parse().map_or(value, |status| status_label(t, status).to_owned()),
        ("second_factor_from", at) => at.parse().map_or(value, |from| moments.day(from)),
        ("capabilities", keys) => {
            let shown =
                |key: &str| Capability::of_key(key).map_or(key, |capability| label(t, capability)).to_owned();
            keys.split(',').map(shown).collect::<Vec<_>>().join(", ")
        }
        ("expires_at", at) => at.parse().map_or(value, |at| shown::when(at, moments).full),
        ("ends_at", at) => at.parse().map_or(value, |end| shown::last_day(end, moments)),
        (
            "agent"
            | "lead_center"
            | "disabled"
            | "free_types"
            | "takes_requests"
            | "invoice_emails"
            | "temporary_passwords"
            | "see_as"
            | "all_companies"
            | "callscore_enabled"
            | "callscribe_enabled"
            | "external_form_capture"
            | "swap_ppc_override"
            | "call_enabled"
            | "sms_enabled"
            | "send_email"
            | "send_push"
            | "send_desktop"
            | "summary_statistics"
            | "top_sources"
            | "top_keywords"
            | "call_log"
            | "reads_only"
            | "single_sign_on_required",
            "yes" | "no",
        ) => {
            let is_yes = value == "yes";
            if is_yes { t.common_yes().to_owned() } else { t.common_no().to_owned() }
        }
        ("lead_kind", word) => word.parse().map_or(value, |kind| alert::kind(t, kind).to_owned()),
        ("alert_type", word) => word.parse().map_or(value, |which| alert_type(t, which).to_owned()),
        ("decision", word) => word.parse().map_or(value, |decision| decided(t, Some(decision))),
        _ => value,
    }
}

fn alert_type(t: Text, alert_type: AlertType) -> &'static str {
    match alert_type {
        AlertType::All => t.notification_all(),
        AlertType::FirstCall => t.notification_first_call(),
        AlertType::MissedAndVoicemail => t.notification_missed_and_voicemail(),
        AlertType::Voicemail => t.notification_voicemail(),
    }
}

fn field_name(t: Text, field: &str) -> String {
    let name = known_field_name(t, field).map_or_else(|| field.replace('_', " "), str::to_owned);
    // Some of the names stand within sentences elsewhere.
    let mut letters = name.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn known_field_name(t: Text, field: &str) -> Option<&'static str> {
    Some(match field {
        "first_name" => t.form_first_name(),
        "last_name" => t.form_last_name(),
        "display_name" => t.form_display_name(),
        "email" => t.form_email(),
        "user_type" => t.user_type(),
        "agent" => t.user_agent(),
        "companies" => t.user_companies(),
        "time_zone" => t.form_time_zone(),
        "language" => t.me_language(),
        "name" => t.user_name(),
        "lead_center" => t.company_lead_center(),
        "disabled" => t.company_disabled(),
        "invitation_days" => t.account_invitation_days(),
        "free_types" => t.account_free_types(),
        "takes_requests" => t.account_takes_requests(),
        "temporary_passwords" => t.temporary_password_setting(),
        "see_as" => t.see_as_setting(),
        "second_factor_from" => t.second_factor_rule_title(),
        "single_sign_on_required" => t.single_sign_on_required(),
        "keep_password" => t.single_sign_on_keep(),
        "all_companies" => t.activity_field_all_companies(),
        "user_name" => t.directory_user_name(),
        "external_id" => t.directory_external_id(),
        "seen_by" => t.see_as_seen_by(),
        "tried" => t.see_as_tried(),
        "invoice_emails" => t.access_change_part_invoice_emails(),
        "status" => t.access_change_part_status(),
        "ends_at" => t.access_change_part_ends_at(),
        "rows" => t.job_rows(),
        "created" => t.job_created(),
        "already" => t.job_already(),
        "refused" => t.job_refused(),
        "decision" => t.access_review_decision(),
        "reason" => t.access_review_reason(),
        "idle_days" => t.access_review_idle_days(),
        "users" => t.user_title(),
        "kept" => t.access_review_finish_kept(),
        "changed" => t.access_review_finish_changes(),
        "not_changed" => t.access_review_not_changed(),
        "not_decided" => t.access_review_decided_none(),
        "sender" => t.brand_sender(),
        "support" => t.brand_support(),
        "accent" => t.brand_accent(),
        "terms" => t.brand_terms_link(),
        "privacy" => t.brand_privacy_link(),
        "logo" => t.brand_logo(),
        "host" => t.brand_host_name(),
        "color" => t.tag_color(),
        "answered_by" => t.notification_answered_by(),
        "alert_type" => t.notification_alert_type(),
        "call_enabled" => t.notification_call_enabled(),
        "sms_enabled" => t.notification_sms_enabled(),
        "send_email" => t.notification_send_email(),
        "send_push" => t.notification_send_push(),
        "send_desktop" => t.notification_send_desktop(),
        "issuer" => t.single_sign_on_issuer(),
        "client_id" => t.single_sign_on_client_id(),
        "lead_kind" => t.alert_kind(),
        "told" => t.alert_told(),
        "frequency" => t.summary_email_frequency(),
        "summary_statistics" => t.summary_email_statistics(),
        "top_sources" => t.summary_email_top_sources(),
        "top_keywords" => t.summary_email_top_keywords(),
        "call_log" => t.summary_email_call_log(),
        "lead_status" => t.summary_email_lead_status(),
        "capabilities" => t.activity_field_capabilities(),
        "reads_only" => t.activity_field_reads_only(),
        "expires_at" => t.activity_field_expires_at(),
        "owner" => t.activity_field_owner(),
        "merged_login" => t.activity_field_merged_login(),
        "sessions_ended" => t.activity_field_sessions_ended(),
        "callscore_enabled" => t.activity_field_callscore(),
        "callscribe_enabled" => t.activity_field_callscribe(),
        "external_form_capture" => t.activity_field_external_forms(),
        "swap_ppc_override" => t.activity_field_swap_ppc(),
        "swap_landing_override" => t.activity_field_swap_landing(),
        "swap_cookie_duration" => t.activity_field_swap_duration(),
        "swap_cookie_duration_unit" => t.activity_field_swap_unit(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    ///
    #[test]
    fn a05_of_many_companies_what_is_new_and_what_is_gone_is_told() {
        let list = |ids: &str| Some(ids.to_owned());
        assert_eq!(apart(list("A B C"), list("B C D")), (list("A"), list("D"), 2));
        assert_eq!(apart(list("A B"), list("A")), (list("B"), None, 1));
        assert_eq!(apart(None, list("A B")), (None, list("A B"), 0));
        assert_eq!(apart(list("A"), list("B")), (list("A"), list("B"), 0));
    }

    /// Seen to fail: with a verb left out of `of_directory`.
    #[test]
    fn a05_every_verb_has_its_sentence() {
        let t = Text::default();
        for verb in Verb::ALL {
            assert_ne!(what(t, verb.key()), t.activity_unknown(), "{verb:?}");
        }
    }

    /// What is recorded as changed, in whatever operation, has a name for people. Seen to fail: with one left out that
    /// `change` names, and with one that a `told` does.
    #[test]
    fn a05_every_field_has_its_name() {
        let mut fields = Vec::new();
        gather(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src")), &mut fields);
        assert!(fields.len() > 40, "{fields:?}");
        for field in fields {
            assert!(known_field_name(Text::default(), &field).is_some(), "{field}");
            assert!(field_name(Text::default(), &field).starts_with(char::is_uppercase), "{field}");
        }
    }

    fn gather(folder: &Path, fields: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                gather(&entry, fields);
                continue;
            }
            let Ok(text) = std::fs::read_to_string(entry) else { continue };
            // What is folded into an entry stands in pairs, in a function that gives only those.
            let told = text.split("fn told(").skip(1).filter_map(|rest| rest.split_once("\n}\n"));
            let pairs = told.filter(|(body, _)| body.contains("&'static str, Option<String>"));
            let pairs = pairs.flat_map(|(body, _)| body.split("        (\"").skip(1));
            let named = text.split(".change(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            let recorded = pairs.chain(named).filter_map(|rest| rest.split_once('"'));
            fields.extend(recorded.map(|(field, _)| field.to_owned()));
        }
    }
}
