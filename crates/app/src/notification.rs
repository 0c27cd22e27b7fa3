//! Notifications: alerts of calls and texts (G-08, U-17, U-18). One's own are set by oneself, and everybody's by
//! administrators.

use domain::activity::{Entry, Verb};
use domain::capability::proof::{AnyUser, ManageUsers};
use domain::id::{NotificationId, UserId};
use domain::input::Problem;
use domain::input::yes_no;
use domain::notification::{Alert, AlertChange};
use domain::receiver::Receiver;
use store::notification;
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, HasPlace};
use store::receiver::{self, Whose};
use store::work::{Committed, Reader, Writer};
use text::Text;

pub use store::notification::{Filter, MOST, MOST_EACH, Notification};
use store::receiver::most_each;

use crate::receiver::{check_company, resolve};
use crate::{Conflict, Refused};

/// What a notification is called.
pub fn name(t: Text, notification: &Notification) -> String {
    let whose = notification.company_name.as_deref().unwrap_or_else(|| t.notification_every_company());
    match (notification.alert.call_enabled, notification.alert.sms_enabled) {
        (true, true) => t.notification_name_calls_and_texts(whose),
        (true, false) => t.notification_name_calls(whose),
        (false, true) => t.notification_name_texts(whose),
        (false, false) => t.notification_name_none(whose),
    }
}

/// A part of what one sees: one's own, and all for who manages users. Another user's are asked for by nobody else.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<AnyUser>,
    filter: &Filter,
    window: Window,
) -> Result<Part<Notification>, Refused> {
    if filter.user.is_some() && filter.user != pass.place().user {
        pass.with::<ManageUsers>(r)?;
    }
    let whose = Whose::of(r, pass)?;
    Ok(notification::list(r, &whose, filter, window)?)
}

/// One of them.
pub fn get(r: &mut Reader, pass: &AccountPass<AnyUser>, id: NotificationId) -> Result<Notification, Refused> {
    let whose = Whose::of(r, pass)?;
    notification::find(r, &whose, id)?.ok_or(Refused::NotFound)
}

/// Sets one up.
pub fn create(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    receiver: Option<&Receiver>,
    change: &AlertChange,
) -> Result<Committed<Notification>, Refused> {
    let found = resolve(&mut w, pass, receiver)?;
    let alert = change.onto(&Alert::default())?.check(found.reach)?;
    check(&mut w, &found.whose, found.user.as_ref(), &alert)?;
    let id: NotificationId = w.new_number();
    if !notification::insert(&mut w, &found.whose, id, found.either(), &alert)? {
        let most = most_each(MOST_EACH, found.address.as_ref());
        let is_each = notification::count_each(&mut w, &found.whose, found.either())? >= most;
        return Err(Refused::Conflict(if is_each { Conflict::FullForOne } else { Conflict::Full }));
    }
    let made = notification::find(&mut w, &found.whose, id)?.ok_or(Refused::NotFound)?;
    let entry = entry(&found.whose, Verb::NotificationCreated, None, Some(&made), &made);
    w.commit(&found.whose.actor(), entry, made)
}

/// Changes what it tells of, and how; whose it is stays.
pub fn change(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    id: NotificationId,
    change: &AlertChange,
) -> Result<Committed<Notification>, Refused> {
    let whose = Whose::of(&mut w, pass)?;
    let before = notification::find(&mut w, &whose, id)?.ok_or(Refused::NotFound)?;
    let alert = change.onto(&before.alert)?.check(before.reach)?;
    check(&mut w, &whose, before.user.as_ref(), &alert)?;
    notification::update(&mut w, &whose, id, &alert)?;
    let after = notification::find(&mut w, &whose, id)?.ok_or(Refused::NotFound)?;
    let entry = entry(&whose, Verb::NotificationChanged, Some(&before), Some(&after), &after);
    w.commit(&whose.actor(), entry, after)
}

/// Removes one.
pub fn remove(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    id: NotificationId,
) -> Result<Committed<()>, Refused> {
    let whose = Whose::of(&mut w, pass)?;
    let before = notification::find(&mut w, &whose, id)?.ok_or(Refused::NotFound)?;
    if !notification::remove(&mut w, &whose, id)? {
        return Err(Refused::NotFound);
    }
    let entry = entry(&whose, Verb::NotificationRemoved, Some(&before), None, &before);
    w.commit(&whose.actor(), entry, ())
}

/// Refuses a company that the receiver does not have, and an agent whom they do not know.
fn check(r: &mut Reader, whose: &Whose, user: Option<&UserId>, alert: &Alert) -> Result<(), Refused> {
    check_company(r, whose, user, alert.company.as_ref())?;
    let Some(agent) = &alert.agent else { return Ok(()) };
    let has = receiver::has_agent(r, whose, user, agent)?;
    if has { Ok(()) } else { Err(Refused::field("agent_id", Problem::NotAChoice)) }
}

fn entry(
    whose: &Whose,
    verb: Verb,
    before: Option<&Notification>,
    after: Option<&Notification>,
    one: &Notification,
) -> Entry {
    let both = |value: fn(&Notification) -> Option<&str>| (before.and_then(value), after.and_then(value));
    let with = |entry: Entry, field, value: fn(&Notification) -> Option<&str>| {
        let (before, after) = both(value);
        entry.change(field, before, after)
    };
    let entry = Entry::of(whose.account(), verb, one.id, &one.email);
    let entry = with(entry, "companies", |n| n.alert.company.as_ref().map(|company| company.as_str()));
    let entry = with(entry, "answered_by", |n| n.agent_name.as_deref());
    let entry = with(entry, "alert_type", |n| n.alert.alert_type.map(|which| which.word()));
    let entry = with(entry, "call_enabled", |n| Some(yes_no(n.alert.call_enabled)));
    let entry = with(entry, "sms_enabled", |n| Some(yes_no(n.alert.sms_enabled)));
    let entry = with(entry, "send_email", |n| Some(yes_no(n.alert.send_email)));
    let entry = with(entry, "send_push", |n| Some(yes_no(n.alert.send_push)));
    with(entry, "send_desktop", |n| Some(yes_no(n.alert.send_desktop)))
}
