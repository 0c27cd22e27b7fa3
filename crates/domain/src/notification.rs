//! Notifications: what somebody is alerted of, and how (G-08).

use std::str::FromStr;

use crate::id::{CompanyId, UserId};
use crate::input::{Checker, FieldError, Problem};
use crate::receiver::Reach;
use crate::user::{Unknown, words};

words! {
    /// Which calls somebody is alerted of.
    AlertType {
        /// Every call.
        All = "all",
        /// The first one of each caller.
        FirstCall = "first_call",
        /// Those nobody answered, and voicemails.
        MissedAndVoicemail = "missed_and_vm",
        /// Voicemails.
        Voicemail = "vm_only",
    }
}

words! {
    /// How an alert comes.
    Channel {
        /// By email.
        Email = "email",
        /// To their phone.
        Push = "push",
        /// Shown by their browser.
        Desktop = "desktop",
    }
}

/// What is alerted of, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// Only what this agent answers.
    pub agent: Option<UserId>,
    /// Only what comes in for this company; otherwise for all that the receiver has.
    pub company: Option<CompanyId>,
    /// Which calls.
    pub alert_type: Option<AlertType>,
    /// Whether calls are told.
    pub call_enabled: bool,
    /// Whether texts are told.
    pub sms_enabled: bool,
    /// By email.
    pub send_email: bool,
    /// To their phone.
    pub send_push: bool,
    /// In their browser.
    pub send_desktop: bool,
}

/// What of a notification is set, as it was typed; what is `None` stays, and an empty id is taken away.
#[derive(Clone, Debug, Default)]
pub struct AlertChange {
    /// The agent's user.
    pub agent_id: Option<String>,
    /// The company.
    pub company_id: Option<String>,
    /// The tracker. There are none yet, so that none fits.
    pub tracker_id: Option<String>,
    /// Which calls.
    pub alert_type: Option<Option<AlertType>>,
    /// Whether calls are told.
    pub call_enabled: Option<bool>,
    /// Whether texts are told.
    pub sms_enabled: Option<bool>,
    /// By email.
    pub send_email: Option<bool>,
    /// To the phone.
    pub send_push: Option<bool>,
    /// In the browser.
    pub send_desktop: Option<bool>,
}

impl AlertChange {
    /// What it makes of an alert; every field's error at once.
    pub fn onto(&self, before: &Alert) -> Result<Alert, Vec<FieldError>> {
        let mut check = Checker::default();
        let agent = check.take("agent_id", set(self.agent_id.as_ref(), &before.agent));
        let company = check.take("company_id", set(self.company_id.as_ref(), &before.company));
        if self.tracker_id.as_deref().is_some_and(|id| !id.is_empty()) {
            check.take("tracker_id", Err::<(), _>(Problem::NotAChoice));
        }
        check.finish((|| {
            Some(Alert {
                agent: agent?,
                company: company?,
                alert_type: self.alert_type.unwrap_or(before.alert_type),
                call_enabled: self.call_enabled.unwrap_or(before.call_enabled),
                sms_enabled: self.sms_enabled.unwrap_or(before.sms_enabled),
                send_email: self.send_email.unwrap_or(before.send_email),
                send_push: self.send_push.unwrap_or(before.send_push),
                send_desktop: self.send_desktop.unwrap_or(before.send_desktop),
            })
        })())
    }
}

impl Alert {
    /// Holds it to what its receiver can be sent, to have its type, and to tell of something in some way.
    pub fn check(self, reach: Reach) -> Result<Alert, Vec<FieldError>> {
        let mut check = Checker::default();
        let mut refuse = |wrong: bool, field, problem| {
            if wrong {
                check.take(field, Err::<(), _>(problem));
            }
        };
        let is_address = reach == Reach::Address;
        refuse(is_address && self.company.is_none(), "company_id", Problem::Missing);
        refuse(self.call_enabled && self.alert_type.is_none(), "alert_type", Problem::Missing);
        refuse(!self.call_enabled && !self.sms_enabled, "call_enabled", Problem::Missing);
        refuse(!self.send_email && !self.send_push && !self.send_desktop, "send_email", Problem::Missing);
        refuse(reach == Reach::NoEmails && self.send_email, "send_email", Problem::NoEmails);
        refuse(is_address && self.send_push, "send_push", Problem::NotAChoice);
        refuse(is_address && self.send_desktop, "send_desktop", Problem::NotAChoice);
        check.finish(Some(self))
    }
}

/// What is set: as before where nothing was typed, none where it was emptied.
fn set<T: FromStr + Clone>(typed: Option<&String>, before: &Option<T>) -> Result<Option<T>, Problem> {
    match typed.map(String::as_str) {
        None => Ok(before.clone()),
        Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| Problem::NotAChoice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T: std::fmt::Debug>(read: Result<T, Vec<FieldError>>) -> Vec<(&'static str, Problem)> {
        read.unwrap_err().into_iter().map(|error| (error.field, error.problem)).collect()
    }

    /// G-08. Seen to fail: with what is left out read as no, and with a tracker taken.
    #[test]
    fn g08_a_change_of_an_alert_leaves_the_rest() {
        let company = format!("COM{}", "1".repeat(32));
        let typed = AlertChange {
            company_id: Some(company.clone()),
            alert_type: Some(Some(AlertType::Voicemail)),
            call_enabled: Some(true),
            send_push: Some(true),
            ..AlertChange::default()
        };
        let alert = typed.onto(&Alert::default()).unwrap();
        assert_eq!(
            (alert.alert_type, alert.send_push, alert.send_email),
            (Some(AlertType::Voicemail), true, false)
        );
        assert_eq!(AlertChange::default().onto(&alert), Ok(alert.clone()));
        let emptied = AlertChange { company_id: Some(String::new()), ..AlertChange::default() };
        assert_eq!(emptied.onto(&alert).unwrap(), Alert { company: None, ..alert });
        let text = || Some("x".to_owned());
        let wrong = AlertChange {
            agent_id: text(),
            company_id: text(),
            tracker_id: text(),
            ..AlertChange::default()
        };
        let wanted = ["agent_id", "company_id", "tracker_id"];
        assert_eq!(fields(wrong.onto(&Alert::default())), wanted.map(|field| (field, Problem::NotAChoice)));
    }

    /// G-08, L-05. Seen to fail: with each of the seven refusals left out.
    #[test]
    fn g08_l05_an_alert_fits_its_receiver() {
        let all = Alert {
            sms_enabled: true,
            send_email: true,
            send_push: true,
            send_desktop: true,
            ..Alert::default()
        };
        let missing = |field| [(field, Problem::Missing)];
        let of_nothing = Alert { sms_enabled: false, ..all.clone() };
        assert_eq!(fields(of_nothing.check(Reach::User)), missing("call_enabled"));
        let in_no_way = Alert { sms_enabled: true, ..Alert::default() };
        assert_eq!(fields(in_no_way.check(Reach::NoEmails)), missing("send_email"));
        assert!(all.clone().check(Reach::User).is_ok());
        assert_eq!(fields(all.clone().check(Reach::NoEmails)), [("send_email", Problem::NoEmails)]);
        let wanted = [
            ("company_id", Problem::Missing),
            ("send_push", Problem::NotAChoice),
            ("send_desktop", Problem::NotAChoice),
        ];
        assert_eq!(fields(all.clone().check(Reach::Address)), wanted);
        let calls = Alert { call_enabled: true, ..all };
        assert_eq!(fields(calls.check(Reach::User)), [("alert_type", Problem::Missing)]);
    }
}
