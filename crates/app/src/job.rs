//! Jobs: creating many users at once, from the list to the report (U-19).

mod run;
mod table;

use std::collections::BTreeSet;

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::JobId;
use domain::input::Problem;
use domain::job::{Around, COLUMNS, Fate, JobKind, KnownCompany, TypedRow, plan_many};
use domain::name;
use domain::user::NewUser;
use store::page::Page;
use store::pass::{AccountPass, Acting, HasPlace};
use store::work::{Committed, Reader, Writer};
use store::{company, invitation_block, user};
use text::Text;

pub use domain::job::JobState;
pub use store::job::{Counts, Item, Job};
pub use table::{Table, Unreadable};

use crate::{Conflict, Refused, csv, limits, words};

/// What is known of the account when a list is looked at.
#[derive(Clone, Debug)]
pub struct Ground {
    around: Around,
    invitations_left: i64,
}

/// A list with what becomes of each of its rows.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The rows.
    pub items: Vec<Item>,
    /// Headings of columns that nothing is made of.
    pub unused: Vec<String>,
    /// How many invitations it takes, where that is more than the account may send now, and how many that is.
    pub too_many: Option<(i64, i64)>,
}

impl Checked {
    /// How many rows have this fate.
    pub fn count(&self, fate: Fate) -> i64 {
        self.items.iter().filter(|item| item.fate == fate).count() as i64
    }

    /// Whether anything can be done with it.
    pub fn may_start(&self) -> bool {
        self.too_many.is_none() && self.count(Fate::Waiting) > 0
    }
}

/// Reads what a list depends on, in as many statements whatever its length.
pub fn ground(r: &mut Reader, pass: &AccountPass<ManageUsers>, rows: &[TypedRow]) -> Result<Ground, Refused> {
    let invitations_left = limits::invitations_left(r, pass)?;
    Ok(Ground { around: around(r, pass, rows)?, invitations_left })
}

fn around(r: &mut Reader, pass: &AccountPass<ManageUsers>, rows: &[TypedRow]) -> Result<Around, Refused> {
    let emails: BTreeSet<String> =
        rows.iter().filter_map(|row| Some(EmailAddress::parse(row.email()).ok()?.canonical())).collect();
    let key = |typed: &str| name::sort_key(&[typed]);
    let of_row = |row: &TypedRow| row.companies().map(key).chain([key(&row.cells[4])]).collect::<Vec<_>>();
    // No name has the character NUL in it.
    let names: BTreeSet<String> = rows.iter().flat_map(of_row).filter(|name| !name.contains('\0')).collect();
    let known = |company: company::Company| {
        let use_of = company.in_use();
        let known =
            KnownCompany { id: use_of.id, disabled: use_of.disabled, lead_center: use_of.lead_center };
        (key(&company.details.name), known)
    };
    Ok(Around {
        grants: pass.place().grants.clone(),
        users: user::list_by_email(r, pass, &emails)?.into_iter().collect(),
        unwanted: invitation_block::list_among(r, pass, &emails)?.into_iter().collect(),
        companies: company::list_named(r, pass, &names)?.into_iter().map(known).collect(),
    })
}

/// What becomes of each row.
pub fn check(table: Table, ground: &Ground) -> Checked {
    let planned = plan_many(&table.rows, &ground.around);
    let is_invited = |new: &NewUser| new.send_now;
    let invitations = planned.iter().filter_map(|planned| planned.new.as_ref()).filter(|new| is_invited(new));
    let (needed, left) = (invitations.count() as i64, ground.invitations_left);
    let rows = table.rows.into_iter().zip(planned);
    let item = |(row, planned): (TypedRow, domain::job::Planned)| Item {
        row,
        fate: planned.fate,
        user: None,
        reasons: planned.reasons,
    };
    Checked {
        items: rows.map(item).collect(),
        unused: table.unused,
        too_many: (needed > left).then_some((needed, left)),
    }
}

/// Begins to create the users of a list that was checked.
pub fn start(
    mut w: Writer,
    pass: &AccountPass<ManageUsers>,
    checked: &Checked,
) -> Result<Committed<JobId>, Refused> {
    if !checked.may_start() {
        return Err(Refused::field("text", Problem::Missing));
    }
    limits::count(&mut w, &format!("jobs of {}", pass.account()), limits::JOB)?;
    let (id, total): (JobId, i64) = (w.new_id(), checked.items.len() as i64);
    let mut counts = Counts::default();
    checked.items.iter().for_each(|item| counts.add(item.fate));
    store::job::insert(&mut w, pass, &id, JobKind::CreateUsers, total, counts)?;
    store::job::insert_items(&mut w, pass, &id, &checked.items)?;
    let entry = Entry::of(pass.account(), Verb::JobStarted, &id, "");
    let entry = entry.change("rows", None, Some(&checked.count(Fate::Waiting).to_string()));
    w.commit(&pass.actor(), entry, id)
}

/// One page of the account's jobs, newest first.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&JobId>,
) -> Result<Page<Job>, Refused> {
    Ok(store::job::list(r, pass, before)?)
}

/// A job with one page of its rows that came to one of these ends.
pub fn get(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
    fates: &[Fate],
    after: i64,
) -> Result<(Job, Page<Item>), Refused> {
    let job = store::job::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok((job, store::job::list_items(r, pass, id, fates, after)?))
}

/// Breaks a job off. What it did until now stays. Refused as changed when it has ended.
pub fn cancel(mut w: Writer, pass: &AccountPass<ManageUsers>, id: &JobId) -> Result<Committed<()>, Refused> {
    let job = store::job::find(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    if !store::job::update_cancelled(&mut w, pass, id)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = recorded(pass.account(), Verb::JobCancelled, id, job.counts);
    w.commit(&pass.actor(), entry, ())
}

fn recorded(account: impl ToString, verb: Verb, id: &JobId, counts: Counts) -> Entry {
    Entry::of(account, verb, id, "")
        .change("created", None, Some(&counts.created.to_string()))
        .change("already", None, Some(&counts.already.to_string()))
        .change("refused", None, Some(&counts.refused.to_string()))
}

/// Every row of a job, for [`report`].
pub fn items(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &JobId) -> Result<Vec<Item>, Refused> {
    store::job::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok(store::job::list_all_items(r, pass, id)?)
}

/// The rows as they were typed, with what became of each, as a file that can be mended and pasted again.
pub fn report(t: Text, items: &[Item]) -> String {
    let told = |item: &Item| {
        let notes: Vec<String> = item.reasons.iter().map(|reason| words::reason(t, reason)).collect();
        (words::fate(t, item.fate).to_owned(), notes.join(" "))
    };
    let told: Vec<(String, String)> = items.iter().map(told).collect();
    let heading = COLUMNS.into_iter().chain(["result", "note"]).collect();
    let rows = items.iter().zip(&told).map(|(item, (result, note))| {
        let cells = item.row.cells.iter().map(String::as_str);
        cells.chain([result.as_str(), note.as_str()]).collect()
    });
    csv::write(std::iter::once(heading).chain(rows))
}
