//! Alerts: who is told at once of what comes in for a company (G-08).
//!
//! [`tell`] is the one door: it keeps what came in, and queues a mail or a push for whoever is to be told. Who that is, is
//! decided by `domain::alert::decide`, from what is set and how each receiver stands at that moment; and once more by the same
//! function when a mail is handed to the mail server, or a push to its service. Whoever may not be told by then is not.
//!
//! What feeds it: the test that an administrator sends at a company ([`send_test`]). There are no calls and texts in the product
//! yet; what takes them will call [`raise`] in the unit that keeps them.

mod settings;

use domain::activity::{Entry, Verb};
use domain::alert::{LeadKind, Occasion, Standing, Ways, decide, together};
use domain::capability::proof::ManageCompanies;
use domain::id::{AccountId, LeadEventId, LoginId, NotificationId, UserId};
use domain::mail::MailKind;
use domain::push::PushKind;
use domain::time::Timestamp;
use store::alert::{self, Setting};
use store::attempt;
use store::company;
use store::lead_event::{self, LeadEvent};
use store::mail::{self, Mail, NewMail, ReadsMail};
use store::pass::{Acting, CompanyPass};
use store::push::Push;
use store::work::{Committed, Reader, Writer};
use text::Text;

pub use settings::{Outside, Settings, Subject, Who, settings};
pub use store::lead_event::NewEvent;

use crate::mail::views::{AlertMail, AlertsMoreMail};
use crate::moment::Moments;
use crate::push::{NewPush, Notice};
use crate::{App, Conflict, Refused, limits, push};

/// Whom a company's alerts are set up for.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Their user.
    pub user: Option<UserId>,
    /// Their name; empty for an address without a user.
    pub name: String,
    /// Their address.
    pub email: String,
    /// By what they are told, and why not.
    pub ways: Ways,
}

/// Whom something would be told at this moment, by what, and who is not told and why: everybody for whom an alert of the company
/// is set up, each once.
pub fn recipients<C>(
    r: &mut Reader,
    pass: &CompanyPass<C>,
    occasion: &Occasion,
) -> Result<Vec<Recipient>, Refused> {
    let (now, settings) = (r.now, alert::list(r, pass)?);
    let shown = |(standing, ways, setting): (Standing, Ways, Setting)| Recipient {
        user: setting.user,
        name: setting.name,
        email: standing.email,
        ways,
    };
    Ok(weigh(settings, Some(occasion), now).into_iter().map(shown).collect())
}

/// A receiver, what tells them, and the setting that does.
type Weighed = (Standing, Ways, Setting);

/// Each receiver of these settings once, with what tells them of something.
fn weigh(settings: Vec<Setting>, occasion: Option<&Occasion>, now: Timestamp) -> Vec<Weighed> {
    let weighed = settings.into_iter().map(|setting| {
        let ways = decide(occasion, &setting.alert, &setting.standing, now);
        (setting.standing.clone(), ways, setting)
    });
    together(weighed.collect())
}

/// The name of the company of the pass.
pub fn company_name(r: &mut Reader, pass: &CompanyPass<ManageCompanies>) -> Result<String, Refused> {
    Ok(company::get(r, pass)?.details.name)
}

/// Keeps something that came in for a company, and queues it for whoever is to be told; how many those are.
pub fn raise<C>(w: &mut Writer, pass: &CompanyPass<C>, event: &NewEvent) -> Result<usize, Refused> {
    let (now, settings) = (w.now, alert::list(w, pass)?);
    tell(w, pass, event, weigh(settings, Some(&event.occasion), now))
}

fn tell<C>(
    w: &mut Writer,
    pass: &CompanyPass<C>,
    event: &NewEvent,
    weighed: Vec<Weighed>,
) -> Result<usize, Refused> {
    let id: LeadEventId = w.new_id();
    lead_event::insert(w, pass, &id, event)?;
    let mut told = 0;
    for (standing, ways, setting) in weighed {
        if ways.email.is_ok() {
            queue_mail(w, pass, &id, &standing.email)?;
        }
        if let (Ok(()), Some(login)) = (ways.push, &setting.login) {
            let new = NewPush { account: Some(pass.account()), kind: PushKind::Alert, subject: id.as_str() };
            push::queue(w, login, &new)?;
        }
        told += usize::from(ways.is_told());
    }
    Ok(told)
}

/// A mail of its own; or, where somebody got as many as one hour has, one that tells how many more there were.
fn queue_mail<C>(
    w: &mut Writer,
    pass: &CompanyPass<C>,
    id: &LeadEventId,
    email: &str,
) -> Result<(), Refused> {
    let account = Some(pass.account());
    let counter = format!("alerts of {} to {}", pass.account(), domain::email::canonical(email));
    match attempt::count(w, &counter, limits::ALERT)? {
        Ok(()) => {
            let new = NewMail { account, kind: MailKind::Alert, subject: id.as_str(), generation: 0, email };
            mail::insert(w, &new)?;
        }
        Err(exceeded) => {
            let (kind, subject) = (MailKind::AlertsMore, pass.company().as_str());
            let new = NewMail { account, kind, subject, generation: 0, email };
            mail::insert_folded(w, &new, exceeded.until)?;
        }
    }
    Ok(())
}

/// A number that is nobody's.
pub(crate) const TEST_NUMBER: &str = "+1 202 555 0143";

/// Raises a test at a company, marked as one in mail and push; how many are told. One that tells nobody is refused: whoever sent
/// it has been shown that somebody is.
pub fn send_test(
    mut w: Writer,
    pass: &CompanyPass<ManageCompanies>,
    kind: LeadKind,
    first: bool,
) -> Result<Committed<usize>, Refused> {
    limits::count(&mut w, &format!("alert tests of {}", pass.account()), limits::ALERT_TEST)?;
    let event = NewEvent {
        occasion: Occasion { kind, first, agent: None },
        test: true,
        caller_name: String::new(),
        caller_number: TEST_NUMBER.to_owned(),
        tracker_name: String::new(),
        happened_at: w.now,
    };
    let (now, settings) = (w.now, alert::list(&mut w, pass)?);
    let weighed = weigh(settings, Some(&event.occasion), now);
    count_strangers(&mut w, pass, &weighed)?;
    let told = tell(&mut w, pass, &event, weighed)?;
    if told == 0 {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let name = company_name(&mut w, pass)?;
    let entry = Entry::of(pass.account(), Verb::AlertTested, pass.company(), &name)
        .change("lead_kind", None, Some(kind.word()))
        .change("told", None, Some(&told.to_string()));
    w.commit(&pass.actor(), entry, told)
}

/// Whoever has signed in nowhere may never have asked for mails: a test to them is counted as any mail of a person to a stranger is,
/// from whatever accounts.
fn count_strangers(
    w: &mut Writer,
    pass: &CompanyPass<ManageCompanies>,
    weighed: &[Weighed],
) -> Result<(), Refused> {
    for (standing, ways, setting) in weighed {
        if ways.email.is_ok() && setting.login.is_none() {
            limits::count_by(w, pass, &standing.email)?;
        }
    }
    Ok(())
}

/// What an alert's mail says.
pub(crate) struct Told {
    event: LeadEvent,
    to: Addressee,
}

/// Whoever a mail goes to.
struct Addressee {
    name: String,
    signs_in: bool,
    /// The setting that has it mailed.
    setting: NotificationId,
}

/// What the mail of several alerts says.
pub(crate) struct More {
    account_name: String,
    company_name: String,
    to: Addressee,
}

/// The first setting by which somebody is mailed at this moment.
fn mailed(settings: Vec<Setting>, occasion: Option<&Occasion>, now: Timestamp) -> Option<Addressee> {
    let is_mailed =
        |setting: &Setting| decide(occasion, &setting.alert, &setting.standing, now).email.is_ok();
    let setting = settings.into_iter().find(is_mailed)?;
    Some(Addressee { name: setting.name, signs_in: setting.signs_in, setting: setting.id })
}

/// What an alert's mail says; `None` where whoever it goes to is not told any more.
pub(crate) fn find(r: &mut Reader, pass: &impl ReadsMail, mail: &Mail) -> Result<Option<Told>, Refused> {
    let id = mail.subject.parse().expect("the subject of an alert is an event");
    let Some(event) = lead_event::find(r, pass, &mail.account, &id)? else { return Ok(None) };
    let settings = alert::list_to(r, pass, (&mail.account, &event.company), &mail.email)?;
    let to = mailed(settings, Some(&event.event.occasion), r.now);
    Ok(to.map(|to| Told { event, to }))
}

/// The same of a mail that tells of several.
pub(crate) fn find_more(r: &mut Reader, pass: &impl ReadsMail, mail: &Mail) -> Result<Option<More>, Refused> {
    let company = mail.subject.parse().expect("the subject of several alerts is a company");
    let named = alert::find_names(r, pass, (&mail.account, &company))?;
    let Some((account_name, company_name)) = named else { return Ok(None) };
    let settings = alert::list_to(r, pass, (&mail.account, &company), &mail.email)?;
    let to = mailed(settings, None, r.now);
    Ok(to.map(|to| More { account_name, company_name, to }))
}

/// What a push shows of an alert; `None` where whoever it goes to is not told any more.
pub(crate) fn find_notice(
    r: &mut Reader,
    t: Text,
    pass: &impl ReadsMail,
    push: &Push,
    login: &LoginId,
) -> Result<Option<Notice>, Refused> {
    let id = push.subject.parse().expect("the subject of an alert is an event");
    let Some(found) = lead_event::find(r, pass, &push.account, &id)? else { return Ok(None) };
    let (now, occasion) = (r.now, &found.event.occasion);
    let settings = alert::list_of_login(r, pass, (&push.account, &found.company), login)?;
    let is_told = settings
        .iter()
        .any(|setting| decide(Some(occasion), &setting.alert, &setting.standing, now).push.is_ok());
    Ok(is_told.then(|| Notice {
        title: title(t, &found.event),
        body: found.company_name,
        path: format!("/accounts/{}", push.account),
    }))
}

/// What came in, in a few words; a test says that it is one.
fn title(t: Text, event: &NewEvent) -> String {
    let what = kind(t, event.occasion.kind);
    if event.test { t.alert_test_of(what) } else { what.to_owned() }
}

/// What came in, in a few words.
pub fn kind(t: Text, kind: LeadKind) -> &'static str {
    match kind {
        LeadKind::Answered => t.alert_kind_answered(),
        LeadKind::Missed => t.alert_kind_missed(),
        LeadKind::Voicemail => t.alert_kind_voicemail(),
        LeadKind::Text => t.alert_kind_text(),
    }
}

impl App {
    pub(crate) fn alert_mail(&self, t: Text, told: Told, mail: &Mail, base: &str) -> AlertMail {
        let Told { event: LeadEvent { company_name, account_name, time_zone, event, .. }, to } = told;
        let account: AccountId = mail.account.parse().expect("an alert is an account's");
        let stop = domain::receiver::Stop::Alert(to.setting);
        AlertMail {
            t,
            what: title(t, &event),
            to_name: to.name,
            company_name,
            account_name,
            caller_name: event.caller_name,
            caller_number: event.caller_number,
            tracker_name: event.tracker_name,
            when: Moments::new(t, &time_zone, event.happened_at).full(event.happened_at),
            first: event.occasion.first,
            test: event.test,
            link: to.signs_in.then(|| format!("{base}/accounts/{account}")),
            stop_link: self.unsubscribe_link(&account, stop, base),
        }
    }

    pub(crate) fn alerts_more_mail(&self, t: Text, more: More, mail: &Mail, base: &str) -> AlertsMoreMail {
        let account: AccountId = mail.account.parse().expect("alerts are an account's");
        let stop = domain::receiver::Stop::Alert(more.to.setting);
        AlertsMoreMail {
            t,
            to_name: more.to.name,
            company_name: more.company_name,
            account_name: more.account_name,
            more: mail.generation,
            most: limits::ALERT.most,
            link: more.to.signs_in.then(|| format!("{base}/accounts/{account}")),
            stop_link: self.unsubscribe_link(&account, stop, base),
        }
    }
}
