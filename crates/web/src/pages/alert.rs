//! Alerts and summaries: one's own, and those of each user for who manages users (G-08, P-01, U-04, U-17, U-18). What may be
//! set, and by whom, is said by the operations, which are the API's.

pub mod summary;
pub mod test;

use app::Refused;
use app::alert::{self, Outside, Settings, Subject, Who};
use app::notification::{self, Notification};
use app::pass::AccountPass;
use domain::capability::proof::AnyUser;
use domain::email::EmailAddress;
use domain::id::NotificationId;
use domain::input::FieldError;
use domain::notification::{AlertChange, AlertType};
use domain::receiver::Receiver;
use domain::user::UserStatus;
use serde::Deserialize;
use text::Text;

use self::summary::Typed as TypedSummary;
use super::form::{Errors, ticked};
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::alert::{Address, AlertForm, Note, Of, Page, SUMMARY, mark};
use crate::views::frame::address;
use crate::views::{Choice, SummaryLine, isolated};

type Setting = Visit<AccountPass<AnyUser>>;

/// Whose: a user's, or of an address without one; without either one's own. And the company that new ones are proposed for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Whose {
    user: String,
    email: String,
    company_id: String,
}

/// What is set of an alert, and whose it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    user: String,
    email: String,
    company_id: String,
    calls: String,
    #[serde(deserialize_with = "ticked")]
    texts: Option<String>,
    #[serde(deserialize_with = "ticked")]
    by_email: Option<String>,
    #[serde(deserialize_with = "ticked")]
    by_push: Option<String>,
}

/// What stands in forms in place of what is kept: what was typed and is wrong, or what is proposed.
#[derive(Default)]
struct Filled {
    errors: Vec<FieldError>,
    alert: Option<(Option<NotificationId>, Typed)>,
    summary: Option<(Option<domain::id::SummaryEmailId>, TypedSummary)>,
}

impl Whose {
    fn of(user: &str, email: &str) -> Whose {
        Whose { user: user.to_owned(), email: email.to_owned(), company_id: String::new() }
    }

    /// Who; `None` where what was typed is no address. An id that is none is answered like one of nobody.
    fn receiver(&self) -> Result<Option<Option<Receiver>>, Refused> {
        match Receiver::parse(&self.user, &self.email) {
            Ok(receiver) => Ok(Some(receiver)),
            Err(_) if self.user.is_empty() => Ok(None),
            Err(_) => Err(Refused::NotFound),
        }
    }
}

/// Somebody's alerts and summaries.
pub async fn page(visit: Setting, whose: Whose) -> Answer {
    let Some(receiver) = whose.receiver()? else { return mend_address(&visit, &whose).await };
    let (pass, settings) = get(&visit, receiver).await?;
    visit.page(view(&visit, &pass, &settings, &proposed(&settings, whose.company_id)))
}

/// What was typed is no address: asks for another.
async fn mend_address(visit: &Setting, whose: &Whose) -> Answer {
    let pass = visit.pass().await?;
    let t = visit.t();
    let errors = Errors(
        EmailAddress::parse(&whose.email)
            .err()
            .map(|problem| FieldError { field: "email", problem })
            .into_iter()
            .collect(),
    );
    visit.mend(Address {
        t,
        frame: visit.frame(&pass),
        email: errors.field(t, "email", &whose.email),
        company_id: whose.company_id.clone(),
    })
}

/// New ones for a company, where it is one that can be chosen.
fn proposed(settings: &Settings, company_id: String) -> Filled {
    if !settings.companies.iter().any(|(id, _)| id.as_str() == company_id) {
        return Filled::default();
    }
    let summary = TypedSummary::proposed(company_id.clone());
    let alert = Typed { company_id, ..new_alert(settings) };
    Filled { alert: Some((None, alert)), summary: Some((None, summary)), ..Filled::default() }
}

async fn get(
    visit: &Setting,
    receiver: Option<Receiver>,
) -> Result<(AccountPass<AnyUser>, Settings), Refused> {
    visit.read(move |r, pass| alert::settings(r, pass, receiver.as_ref())).await
}

/// Back to whose they are.
fn back(visit: &Setting, whose: &Whose, toast: Toast) -> Answer {
    let account: domain::id::AccountId = visit.param("account")?;
    let query = [("user", &*whose.user), ("email", &whose.email)];
    visit.go_and_tell(&address(&format!("/accounts/{account}/alerts"), &query), toast)
}

/// What was refused because of what was typed, as the page with it; all else as it is.
async fn mend(visit: &Setting, whose: &Whose, refused: Refused, filled: Filled) -> Answer {
    let Refused::Invalid(errors) = refused else { return Err(refused) };
    let Some(receiver) = whose.receiver()? else { return mend_address(visit, whose).await };
    let (pass, settings) = get(visit, receiver).await?;
    visit.mend(view(visit, &pass, &settings, &Filled { errors, ..filled }))
}

impl Typed {
    fn whose(&self) -> Whose {
        Whose::of(&self.user, &self.email)
    }

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
            email: String::new(),
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
    let (whose, change) = (typed.whose(), typed.change());
    let Some(receiver) = whose.receiver()? else { return mend_address(&visit, &whose).await };
    match visit.write(move |w, pass| notification::create(w, pass, receiver.as_ref(), &change)).await {
        Ok(_) => back(&visit, &whose, Toast::AlertAdded),
        Err(refused) => {
            mend(&visit, &whose, refused, Filled { alert: Some((None, typed)), ..Filled::default() }).await
        }
    }
}

/// Changes one.
pub async fn change(visit: Setting, typed: Typed) -> Answer {
    let (id, change): (NotificationId, _) = (visit.param("notification")?, typed.change());
    let whose = typed.whose();
    if whose.receiver()?.is_none() {
        return mend_address(&visit, &whose).await;
    }
    match visit.write(move |w, pass| notification::change(w, pass, id, &change)).await {
        Ok(_) => back(&visit, &whose, Toast::Saved),
        Err(refused) => {
            mend(&visit, &whose, refused, Filled { alert: Some((Some(id), typed)), ..Filled::default() })
                .await
        }
    }
}

/// Removes one. Its button stands in the form that changes it, whose fields come along.
pub async fn remove(visit: Setting, typed: Typed) -> Answer {
    let (id, whose): (NotificationId, _) = (visit.param("notification")?, typed.whose());
    if whose.receiver()?.is_none() {
        return mend_address(&visit, &whose).await;
    }
    visit.write(move |w, pass| notification::remove(w, pass, id)).await?;
    back(&visit, &whose, Toast::AlertRemoved)
}

fn view(visit: &Setting, pass: &AccountPass<AnyUser>, settings: &Settings, filled: &Filled) -> Page {
    let t = visit.t();
    let typed = |id: Option<NotificationId>| {
        filled.alert.as_ref().filter(|(of, _)| *of == id).map(|(_, typed)| typed.clone())
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
    Page {
        t,
        frame: visit.frame(pass),
        of: of(&settings.subject),
        problems: problems(t, filled),
        notes: notes(t, settings),
        is_offered: is_offered(&settings.subject),
        gets_emails: settings.gets_emails,
        gets_push: settings.subject.user().is_some_and(|who| who.user_type.has_login()),
        alerts: settings.alerts.iter().map(form).collect(),
        new_alert: alert_form(t, settings, (None, None), &typed(None).unwrap_or_else(|| new_alert(settings))),
        summaries: settings
            .summaries
            .iter()
            .map(|one| summary::form(t, settings, Some(one), filled))
            .collect(),
        new_summary: summary::form(t, settings, None, filled),
    }
}

/// Whose page it is, where it is not one's own.
fn of(subject: &Subject) -> Option<Of> {
    match subject {
        Subject::Nobody | Subject::Own(_) => None,
        Subject::User(who) => Some(Of { field: "user", value: who.id.to_string(), name: who.name.clone() }),
        Subject::Address(email, _) => {
            Some(Of { field: "email", value: email.to_string(), name: email.to_string() })
        }
    }
}

/// What is wrong, leading to the field of the card that it is about.
fn problems(t: Text, filled: &Filled) -> Vec<SummaryLine> {
    let alert = filled.alert.as_ref().map(|(id, _)| mark(id.map(|id| id.to_string()).as_deref(), ""));
    let summary =
        filled.summary.as_ref().map(|(id, _)| mark(id.map(|id| id.to_string()).as_deref(), SUMMARY));
    let Some(mark) = alert.or(summary) else { return Vec::new() };
    let errors = Errors(filled.errors.clone());
    let line = |error: &FieldError| {
        let field = match error.field {
            "call_enabled" | "alert_type" => Some("calls"),
            "company_id" => Some("company_id"),
            "send_email" => Some("by"),
            "frequency" => Some("often"),
            _ => None,
        };
        let field = field.map(|field| format!("{field}-{mark}").into());
        Some(SummaryLine { field, text: errors.sentence(t, error.field)? })
    };
    filled.errors.iter().filter_map(line).collect()
}

/// Whether anything can be set up for them at present.
fn is_offered(subject: &Subject) -> bool {
    match subject {
        Subject::Nobody => false,
        Subject::Own(who) | Subject::User(who) => is_let_in(who.status),
        Subject::Address(_, outside) => outside.known || !(outside.stopped || outside.unwanted),
    }
}

fn is_let_in(status: UserStatus) -> bool {
    matches!(status, UserStatus::Pending | UserStatus::Active)
}

/// Every call, in the way that they can be told.
fn new_alert(settings: &Settings) -> Typed {
    let yes = |set: bool| set.then(|| "yes".to_owned());
    let (by_email, by_push) = (yes(settings.gets_emails), yes(!settings.gets_emails));
    Typed { calls: AlertType::All.word().to_owned(), by_email, by_push, ..Typed::default() }
}

fn alert_form(
    t: Text,
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

/// The companies that may be chosen: every one too, but for an address without a user. The one that is chosen is always among them,
/// as a form without it would say another.
fn companies(t: Text, settings: &Settings, (chosen, name): (&str, Option<&str>)) -> Vec<Choice> {
    let every = match settings.subject {
        Subject::Address(..) => t.alert_which_company(),
        _ => t.alert_every_company(),
    };
    let every = Choice::new("", every, chosen.is_empty());
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
fn notes(t: Text, settings: &Settings) -> Vec<Note> {
    match &settings.subject {
        Subject::Nobody => vec![Note::warn(t.alert_nobody())],
        Subject::Own(who) => user_notes(t, settings, who, true),
        Subject::User(who) => user_notes(t, settings, who, false),
        Subject::Address(email, outside) => outside_notes(t, email, outside),
    }
}

fn outside_notes(t: Text, email: &EmailAddress, outside: &Outside) -> Vec<Note> {
    let mut notes = vec![Note::plain(t.alert_outside())];
    if outside.refused {
        notes.push(Note::warn(t.alert_refused(email.as_str())));
    }
    if outside.unwanted {
        notes.push(Note::warn(t.problem_unwanted()));
    } else if outside.stopped {
        notes.push(Note::warn(t.form_stopped()));
    }
    notes
}

fn user_notes(t: Text, settings: &Settings, who: &Who, is_own: bool) -> Vec<Note> {
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
        let note = if is_own { t.alert_no_device_own() } else { t.alert_no_device() };
        notes.push(Note { leads_to_push: is_own, ..Note::plain(note) });
    }
    notes
}
