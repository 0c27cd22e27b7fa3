//! Alerts and summaries: one's own, and those of each user for who manages users (G-08, P-01, U-04, U-17, U-18). What may be
//! set, and by whom, is said by the operations, which are the API's.

pub mod summary;
pub mod test;

use app::Refused;
use app::alert::{self, Settings};
use app::notification::{self, Notification};
use app::pass::AccountPass;
use domain::capability::proof::AnyUser;
use domain::id::{NotificationId, UserId};
use domain::input::FieldError;
use domain::notification::{AlertChange, AlertType};
use domain::receiver::Receiver;
use domain::user::UserStatus;
use serde::Deserialize;

use self::summary::Typed as TypedSummary;
use super::form::{Errors, ticked};
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::alert::{AlertForm, Note, Page};
use crate::views::frame::address;
use crate::views::{Choice, SummaryLine, isolated};

type Setting = Visit<AccountPass<AnyUser>>;

/// Whose; without a user one's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Whose {
    user: String,
}

/// What is set of an alert, and whose it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    user: String,
    company_id: String,
    calls: String,
    #[serde(deserialize_with = "ticked")]
    texts: Option<String>,
    #[serde(deserialize_with = "ticked")]
    by_email: Option<String>,
    #[serde(deserialize_with = "ticked")]
    by_push: Option<String>,
}

/// What was typed and is wrong; nothing where a page is only looked at.
#[derive(Default)]
struct Wrong {
    errors: Vec<FieldError>,
    alert: Option<(Option<NotificationId>, Typed)>,
    summary: Option<(Option<domain::id::SummaryEmailId>, TypedSummary)>,
}

fn user_of(user: &str) -> Result<Option<UserId>, Refused> {
    if user.is_empty() { Ok(None) } else { user.parse().map(Some).map_err(|_| Refused::NotFound) }
}

/// Somebody's alerts and summaries.
pub async fn page(visit: Setting, whose: Whose) -> Answer {
    let (pass, settings) = get(&visit, &whose.user).await?;
    visit.page(view(&visit, &pass, &settings, &Wrong::default()))
}

async fn get(visit: &Setting, user: &str) -> Result<(AccountPass<AnyUser>, Settings), Refused> {
    let user = user_of(user)?;
    visit.read(move |r, pass| alert::settings(r, pass, user.as_ref())).await
}

/// Back to whose they are.
fn back(visit: &Setting, user: &str, toast: Toast) -> Answer {
    let account: domain::id::AccountId = visit.param("account")?;
    visit.go_and_tell(&address(&format!("/accounts/{account}/alerts"), &[("user", user)]), toast)
}

/// What was refused because of what was typed, as the page with it; all else as it is.
async fn mend(visit: &Setting, user: &str, refused: Refused, wrong: Wrong) -> Answer {
    let Refused::Invalid(errors) = refused else { return Err(refused) };
    let (pass, settings) = get(visit, user).await?;
    visit.mend(view(visit, &pass, &settings, &Wrong { errors, ..wrong }))
}

impl Typed {
    /// What it makes of an alert. What a browser shows comes by push, so that who wants no push wants neither.
    fn change(&self) -> AlertChange {
        let by_push = self.by_push.is_some();
        AlertChange {
            company_id: Some(self.company_id.clone()),
            alert_type: Some(self.calls.parse().ok()),
            call_enabled: Some(!self.calls.is_empty()),
            sms_enabled: Some(self.texts.is_some()),
            send_email: Some(self.by_email.is_some()),
            send_push: Some(by_push),
            send_desktop: (!by_push).then_some(false),
            ..AlertChange::default()
        }
    }

    fn of(one: &Notification) -> Typed {
        let (alert, yes) = (&one.alert, |set: bool| set.then(|| "yes".to_owned()));
        Typed {
            user: String::new(),
            company_id: alert.company.as_ref().map(ToString::to_string).unwrap_or_default(),
            calls: alert.alert_type.filter(|_| alert.call_enabled).map_or("", AlertType::word).to_owned(),
            texts: yes(alert.sms_enabled),
            by_email: yes(alert.send_email),
            by_push: yes(alert.send_push || alert.send_desktop),
        }
    }
}

/// Sets one up.
pub async fn create(visit: Setting, typed: Typed) -> Answer {
    let (receiver, change) = (user_of(&typed.user)?.map(Receiver::User), typed.change());
    let made = visit.write(move |w, pass| notification::create(w, pass, receiver.as_ref(), &change)).await;
    match made {
        Ok(_) => back(&visit, &typed.user, Toast::AlertAdded),
        Err(refused) => {
            let user = typed.user.clone();
            mend(&visit, &user, refused, Wrong { alert: Some((None, typed)), ..Wrong::default() }).await
        }
    }
}

/// Changes one.
pub async fn change(visit: Setting, typed: Typed) -> Answer {
    let (id, change): (NotificationId, _) = (visit.param("notification")?, typed.change());
    match visit.write(move |w, pass| notification::change(w, pass, id, &change)).await {
        Ok(_) => back(&visit, &typed.user, Toast::Saved),
        Err(refused) => {
            let user = typed.user.clone();
            mend(&visit, &user, refused, Wrong { alert: Some((Some(id), typed)), ..Wrong::default() }).await
        }
    }
}

/// Removes one. Its button stands in the form that changes it, whose fields come along.
pub async fn remove(visit: Setting, typed: Typed) -> Answer {
    let id: NotificationId = visit.param("notification")?;
    visit.write(move |w, pass| notification::remove(w, pass, id)).await?;
    back(&visit, &typed.user, Toast::AlertRemoved)
}

fn view(visit: &Setting, pass: &AccountPass<AnyUser>, settings: &Settings, wrong: &Wrong) -> Page {
    let t = visit.t();
    let who = settings.who.as_ref();
    let typed = |id: Option<NotificationId>| {
        wrong.alert.as_ref().filter(|(wrong, _)| *wrong == id).map(|(_, typed)| typed.clone())
    };
    let form = |one: &Notification| {
        let typed = typed(Some(one.id)).unwrap_or_else(|| Typed::of(one));
        let name = one.company_name.as_deref();
        AlertForm {
            title: notification::name(t, one),
            agent: one.agent_name.clone(),
            ..alert_form(t, settings, (Some(one.id), name), &typed)
        }
    };
    let errors = Errors(wrong.errors.clone());
    let problems = wrong.errors.iter().filter_map(|error| errors.sentence(t, error.field));
    Page {
        t,
        frame: visit.frame(pass),
        user: who.filter(|_| !settings.own).map(|who| (who.id.to_string(), who.name.clone())),
        problems: problems.map(|text| SummaryLine { field: None, text }).collect(),
        notes: notes(t, settings),
        is_offered: who.is_some_and(|who| is_let_in(who.status)),
        gets_emails: settings.gets_emails,
        gets_push: who.is_some_and(|who| who.user_type.has_login()),
        alerts: settings.alerts.iter().map(form).collect(),
        new_alert: alert_form(t, settings, (None, None), &typed(None).unwrap_or_else(new_alert(settings))),
        summaries: settings
            .summaries
            .iter()
            .map(|one| summary::form(t, settings, Some(one), wrong))
            .collect(),
        new_summary: summary::form(t, settings, None, wrong),
    }
}

fn is_let_in(status: UserStatus) -> bool {
    matches!(status, UserStatus::Pending | UserStatus::Active)
}

/// Every call, in the way that they can be told.
fn new_alert(settings: &Settings) -> impl FnOnce() -> Typed {
    let gets_emails = settings.gets_emails;
    move || {
        let yes = |set: bool| set.then(|| "yes".to_owned());
        let calls = AlertType::All.word().to_owned();
        Typed { calls, by_email: yes(gets_emails), by_push: yes(!gets_emails), ..Typed::default() }
    }
}

fn alert_form(
    t: text::Text,
    settings: &Settings,
    (id, company_name): (Option<NotificationId>, Option<&str>),
    typed: &Typed,
) -> AlertForm {
    let which = [
        ("", t.alert_which_none()),
        (AlertType::All.word(), t.alert_which_all()),
        (AlertType::FirstCall.word(), t.alert_which_first()),
        (AlertType::MissedAndVoicemail.word(), t.alert_which_missed()),
        (AlertType::Voicemail.word(), t.alert_which_voicemail()),
    ];
    AlertForm {
        id: id.map(|id| id.to_string()),
        title: String::new(),
        agent: None,
        companies: companies(t, settings, (&typed.company_id, company_name)),
        calls: which.iter().map(|(word, label)| Choice::new(*word, *label, *word == typed.calls)).collect(),
        texts: typed.texts.is_some(),
        by_email: typed.by_email.is_some(),
        by_push: typed.by_push.is_some(),
    }
}

/// The companies that may be chosen. The one that is chosen is always among them, as a form without it would say: every company.
fn companies(t: text::Text, settings: &Settings, (chosen, name): (&str, Option<&str>)) -> Vec<Choice> {
    let every = Choice::new("", t.alert_every_company(), chosen.is_empty());
    let one = |(id, name): &(domain::id::CompanyId, String)| {
        Choice::new(id.as_str(), name.clone(), id.as_str() == chosen)
    };
    let mut choices: Vec<Choice> = std::iter::once(every).chain(settings.companies.iter().map(one)).collect();
    if !choices.iter().any(|choice| choice.chosen) {
        choices.push(Choice::new(chosen, name.unwrap_or(chosen), true));
    }
    choices
}

/// Why nothing comes, or not in every way.
fn notes(t: text::Text, settings: &Settings) -> Vec<Note> {
    let Some(who) = &settings.who else {
        return vec![Note::warn(t.alert_nobody())];
    };
    if !is_let_in(who.status) {
        return vec![Note::warn(t.alert_suspended(isolated(&who.name)))];
    }
    let mut notes = Vec::new();
    if !settings.gets_emails {
        notes.push(Note::plain(t.alert_no_emails()));
    }
    if who.refused {
        notes.push(Note::warn(t.alert_refused(&who.email)));
    }
    if !who.user_type.has_login() {
        notes.push(Note::plain(t.alert_no_login()));
    } else if !who.has_device {
        let note = if settings.own { t.alert_no_device_own() } else { t.alert_no_device() };
        notes.push(Note { leads_to_push: settings.own, ..Note::plain(note) });
    }
    notes
}
