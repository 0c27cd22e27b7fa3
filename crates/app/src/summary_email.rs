//! Summary emails (P-01). One's own are set by whoever may get them, and everybody's by administrators.

use domain::activity::{Entry, Verb};
use domain::capability::proof::{AnyUser, ReceiveNotifications};
use domain::id::SummaryEmailId;
use domain::input::yes_no;
use domain::receiver::Receiver;
use domain::summary_email::{Frequency, Summary, SummaryChange};
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, Denied};
use store::receiver::Whose;
use store::summary_email;
use store::work::{Committed, Reader, Writer};

use store::receiver::most_each;
pub use store::summary_email::{MOST, MOST_EACH, SummaryEmail};

use crate::receiver::{check_company, resolve};
use crate::{Conflict, Refused};

/// A part of what one sees: one's own, and all for who manages users.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<AnyUser>,
    window: Window,
) -> Result<Part<SummaryEmail>, Refused> {
    let whose = whose(r, pass)?;
    Ok(summary_email::list(r, &whose, None, window)?)
}

/// One of them.
pub fn get(r: &mut Reader, pass: &AccountPass<AnyUser>, id: SummaryEmailId) -> Result<SummaryEmail, Refused> {
    let whose = whose(r, pass)?;
    summary_email::find(r, &whose, id)?.ok_or(Refused::NotFound)
}

/// Sets one up.
pub fn create(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    receiver: Option<&Receiver>,
    change: &SummaryChange,
) -> Result<Committed<SummaryEmail>, Refused> {
    whose(&mut w, pass)?;
    let found = resolve(&mut w, pass, receiver)?;
    let summary = change.onto(&Summary::default())?.check(found.reach)?;
    check_company(&mut w, &found.whose, found.user.as_ref(), summary.company.as_ref())?;
    let id: SummaryEmailId = w.new_number();
    if !summary_email::insert(&mut w, &found.whose, id, found.either(), &summary)? {
        let most = most_each(MOST_EACH, found.address.as_ref());
        let is_each = summary_email::count_each(&mut w, &found.whose, found.either())? >= most;
        return Err(Refused::Conflict(if is_each { Conflict::FullForOne } else { Conflict::Full }));
    }
    let made = summary_email::find(&mut w, &found.whose, id)?.ok_or(Refused::NotFound)?;
    let entry = entry(&found.whose, Verb::SummaryEmailCreated, &made, None, Some(&made.summary));
    w.commit(&found.whose.actor(), entry, made)
}

/// Changes what it says, and how often it comes; whose it is stays.
pub fn change(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    id: SummaryEmailId,
    change: &SummaryChange,
) -> Result<Committed<SummaryEmail>, Refused> {
    let whose = whose(&mut w, pass)?;
    let before = summary_email::find(&mut w, &whose, id)?.ok_or(Refused::NotFound)?;
    let summary = change.onto(&before.summary)?.check(before.reach)?;
    check_company(&mut w, &whose, before.user.as_ref(), summary.company.as_ref())?;
    summary_email::update(&mut w, &whose, id, &summary)?;
    let after = summary_email::find(&mut w, &whose, id)?.ok_or(Refused::NotFound)?;
    let entry = entry(&whose, Verb::SummaryEmailChanged, &after, Some(&before.summary), Some(&after.summary));
    w.commit(&whose.actor(), entry, after)
}

/// Removes one.
pub fn remove(
    mut w: Writer,
    pass: &AccountPass<AnyUser>,
    id: SummaryEmailId,
) -> Result<Committed<()>, Refused> {
    let whose = whose(&mut w, pass)?;
    let before = summary_email::find(&mut w, &whose, id)?.ok_or(Refused::NotFound)?;
    if !summary_email::remove(&mut w, &whose, id)? {
        return Err(Refused::NotFound);
    }
    let entry = entry(&whose, Verb::SummaryEmailRemoved, &before, Some(&before.summary), None);
    w.commit(&whose.actor(), entry, ())
}

/// Everybody's for who manages users; one's own for who may get any.
fn whose(r: &mut Reader, pass: &AccountPass<AnyUser>) -> Result<Whose, Denied> {
    let whose = Whose::of(r, pass)?;
    if matches!(whose, Whose::Own(_)) {
        pass.with::<ReceiveNotifications>(r)?;
    }
    Ok(whose)
}

fn entry(
    whose: &Whose,
    verb: Verb,
    one: &SummaryEmail,
    before: Option<&Summary>,
    after: Option<&Summary>,
) -> Entry {
    let with = |entry: Entry, field, value: fn(&Summary) -> Option<String>| {
        entry.change(field, before.and_then(value).as_deref(), after.and_then(value).as_deref())
    };
    let entry = Entry::of(whose.account(), verb, one.id, &one.email);
    let entry = with(entry, "companies", |s| s.company.as_ref().map(ToString::to_string));
    let entry = with(entry, "frequency", |s| Some(words(&s.frequency)));
    let entry = with(entry, "summary_statistics", |s| Some(yes_no(s.parts.summary_statistics).to_owned()));
    let entry = with(entry, "top_sources", |s| Some(yes_no(s.parts.top_sources).to_owned()));
    let entry = with(entry, "top_keywords", |s| Some(yes_no(s.parts.top_keywords).to_owned()));
    let entry = with(entry, "call_log", |s| Some(yes_no(s.parts.call_log).to_owned()));
    with(entry, "lead_status", |s| Some(s.lead_status.word().to_owned()))
}

fn words(frequency: &[Frequency]) -> String {
    frequency.iter().map(|often| often.word()).collect::<Vec<_>>().join(", ")
}
