//! What a change of access does, shown before it is made: one page for all changes (U-08 to U-14, U-20 to U-22).

use app::access_change::{PastChange, Preview};
use askama::Template;
use domain::access_change::{
    Effects, InvitationFate, Kind, Part, Plan, Reach, effects_for_executive, effects_in_use,
};
use domain::capability::{Capability, Mark};
use domain::id::CompanyId;
use domain::user::UserStatus;
use text::Text;

use super::capability::Line;
use super::form::problems;
use super::user::Described as _;
use super::{Field, Frame, Icon, SummaryLine, isolated};

/// A change before it is made. Posts `hidden`, and `message` or `ends_on` where they are asked for, to `action`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/change.html")]
pub struct ChangePage {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// "Suspend Natalie Ford?"
    pub title: String,
    /// What it means, in a sentence or two.
    pub lead: String,
    /// What it does; `None` when it can't be done.
    pub effects: Option<Shown>,
    /// Why it can't be done.
    pub obstacle: Option<String>,
    /// Where that can be undone which stands in the way: the user is deleted.
    pub way_out: Option<String>,
    /// Why it was not done, though it still can be.
    pub notice: Option<String>,
    /// It is the person's own access.
    pub own: bool,
    /// Whether it can be undone, and where.
    pub undo: Option<String>,
    /// Where the form goes.
    pub action: String,
    /// What the form carries along.
    pub hidden: Vec<(&'static str, String)>,
    /// The last day, where it is asked for.
    pub day: Option<Field>,
    /// The first day that may be chosen.
    pub first_day: String,
    /// The button.
    pub button: String,
    /// Whether the button takes something away.
    pub danger: bool,
    /// A second button: takes the last day away.
    pub remove: Option<String>,
    /// Where Cancel leads.
    pub back: String,
    /// The form's answers are in `hidden`: `go` is `confirm`, and Cancel is `back`, to the form with them.
    pub to_form: bool,
}

impl ChangePage {
    fn problems(&self) -> Vec<SummaryLine> {
        let day = self.day.clone().unwrap_or_default();
        problems(&[("ends_on", &day)])
    }
}

/// Effects, ready to be shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// That they have full access whatever is done here, and where that is ended.
    pub executive: Option<String>,
    /// What is new.
    pub gains: Vec<Line>,
    /// What is gone or reaches less far.
    pub loses: Vec<Line>,
    /// All companies are gained.
    pub gains_all: bool,
    /// All companies are lost but those kept.
    pub loses_all: bool,
    /// The companies gained, by name.
    pub gains_companies: Vec<String>,
    /// The companies lost, by name.
    pub loses_companies: Vec<String>,
    /// The companies kept where all others are lost, by name.
    pub keeps_companies: Vec<String>,
    /// What else changes, a sentence each.
    pub notes: Vec<String>,
    /// Which mail goes out.
    pub mail: String,
}

impl Shown {
    pub(super) fn gains_nothing(&self) -> bool {
        self.gains.is_empty() && !self.gains_all && self.gains_companies.is_empty()
    }

    pub(super) fn loses_nothing(&self) -> bool {
        self.loses.is_empty() && !self.loses_all && self.loses_companies.is_empty()
    }
}

/// What a plan for this user does, in a person's words.
pub fn shown(t: Text, preview: &Preview, plan: &Plan) -> Shown {
    let executive = preview.executive_of.as_deref();
    let used = (preview.in_use(&plan.before), preview.in_use(&plan.after));
    let done = if executive.is_some() { effects_for_executive(plan) } else { effects_in_use(plan, used) };
    let lines = |marks: &[(Capability, Mark)], line: fn(Text, Capability, Mark) -> Line| {
        marks.iter().map(|(capability, mark)| line(t, *capability, *mark)).collect()
    };
    let names = |reach: &Reach, other: &Reach| match reach.beyond(other) {
        Some(ids) => named(preview, ids),
        None => Vec::new(),
    };
    let loses_all = done.reached.beyond(&done.reaches).is_none();
    let kept = |reach: &Reach| match reach {
        Reach::Only(ids) if loses_all => named(preview, ids.iter().cloned()),
        _ => Vec::new(),
    };
    Shown {
        executive: executive.map(|center| t.access_change_executive(isolated(center))),
        gains: lines(&done.gains, Line::new),
        loses: lines(&done.loses, Line::lost),
        gains_all: done.reaches.beyond(&done.reached).is_none(),
        loses_all,
        gains_companies: names(&done.reaches, &done.reached),
        loses_companies: names(&done.reached, &done.reaches),
        keeps_companies: kept(&done.reaches),
        notes: waits(t, plan)
            .filter(|_| executive.is_none())
            .into_iter()
            .chain(notes(t, &preview.user.email, &done))
            .chain(kept_by_deleted(t, plan))
            .collect(),
        mail: mail(t, &preview.user.email, plan),
    }
}

/// That what is gained or lost is not there yet.
fn waits(t: Text, plan: &Plan) -> Option<String> {
    use UserStatus::{Active, Deleted, Pending, Suspended};
    let waits = match (plan.before.status, plan.after.status) {
        (_, Pending) => t.access_change_waits_pending(),
        (Pending, Active | Suspended | Deleted) => t.access_change_waited_pending(),
        (Suspended, Suspended) => t.access_change_waits_suspended(),
        (Suspended, Deleted) => t.access_change_waited_suspended(),
        (Active | Deleted, _) | (Suspended, Active) => return None,
    };
    Some(waits.to_owned())
}

/// Names of companies; those that are not in use any more have none here.
fn named(preview: &Preview, ids: impl IntoIterator<Item = CompanyId>) -> Vec<String> {
    let find = |id: CompanyId| preview.companies.iter().find(|company| company.id == id);
    ids.into_iter().filter_map(find).map(|company| company.details.name.clone()).collect()
}

fn notes(t: Text, email: &str, done: &Effects) -> Vec<String> {
    let changed = |(was, is): (bool, bool), on: String, off: String| match (was, is) {
        (false, true) => Some(on),
        (true, false) => Some(off),
        _ => None,
    };
    let notes = [
        changed(
            done.signs_in,
            t.access_change_signs_in().to_owned(),
            t.access_change_signs_in_no_more().to_owned(),
        ),
        changed(done.is_notified, t.access_change_notified(email), t.access_change_notified_no_more(email)),
        changed(
            done.gets_invoices,
            t.access_change_invoices().to_owned(),
            t.access_change_invoices_no_more().to_owned(),
        ),
    ];
    notes.into_iter().flatten().collect()
}

/// What a deletion does not take.
fn kept_by_deleted(t: Text, plan: &Plan) -> Vec<String> {
    if plan.after.status != UserStatus::Deleted {
        return Vec::new();
    }
    let elsewhere = plan.before.login.as_ref().map(|_| t.access_change_stays_own());
    [Some(t.access_change_history_stays()), elsewhere].into_iter().flatten().map(str::to_owned).collect()
}

fn mail(t: Text, email: &str, plan: &Plan) -> String {
    match plan.invitation {
        InvitationFate::Sent => t.access_change_mail_invitation(email),
        InvitationFate::Held => t.access_change_mail_held().to_owned(),
        InvitationFate::Revoked => t.access_change_mail_revoked().to_owned(),
        InvitationFate::Untouched => t.access_change_mail_none().to_owned(),
    }
}

/// What was done, for the list of recent changes and the page that undoes it: "promoted to manager".
pub fn what(t: Text, made: &PastChange) -> String {
    let type_name = || made.after.user_type.label(t).to_lowercase();
    let fixed = match made.kind {
        Kind::Promoted => return t.access_change_promoted(type_name()),
        Kind::Replaced => return t.access_change_replaced(type_name()),
        Kind::Edited => edited(t, made),
        Kind::Provided => t.access_change_provided(),
        Kind::Suspended => t.access_change_suspended(),
        Kind::Restored => t.access_change_restored(),
        Kind::EndSet if made.after.ends_at.is_none() => t.access_change_end_removed(),
        Kind::EndSet => t.access_change_end_set(),
        Kind::Ended => t.access_change_ended(),
        Kind::Deleted => t.access_change_deleted(),
        Kind::Revoked => t.access_change_revoked(),
        Kind::Undone => t.access_change_undone(),
    };
    fixed.to_owned()
}

/// What was changed on Edit User or on a company's page; where it was several things, no more than that.
fn edited(t: Text, made: &PastChange) -> &'static str {
    let (before, after) = (&made.before, &made.after);
    let other_companies = before.companies != after.companies;
    let other_invoices = before.invoice_emails != after.invoice_emails;
    match (other_companies, before.agent != after.agent, other_invoices) {
        (true, false, false) => t.access_change_companies_changed(),
        (false, true, false) if after.agent => t.access_change_agent_on(),
        (false, true, false) => t.access_change_agent_off(),
        (false, false, true) => t.access_change_invoices_changed(),
        _ => t.access_change_changed(),
    }
}

/// A part of an access, as sentences name it: "user type".
pub fn part_name(t: Text, part: Part) -> &'static str {
    match part {
        Part::UserType => t.access_change_part_user_type(),
        Part::Agent => t.access_change_part_agent(),
        Part::Status => t.access_change_part_status(),
        Part::Login => t.access_change_part_login(),
        Part::Companies => t.access_change_part_companies(),
        Part::InvoiceEmails => t.access_change_part_invoice_emails(),
        Part::EndsAt => t.access_change_part_ends_at(),
    }
}
