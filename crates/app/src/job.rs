//! Jobs: creating many users at once, from the list to the report (U-19), and in several accounts (C-06).

mod across;
mod run;
mod run_across;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{CompanyId, JobId};
use domain::input::Problem;
use domain::job::{Around, Fate, JobKind, KnownCompany, TypedRow, plan_many};
use domain::name;
use domain::user::NewUser;
use store::job::NewItem;
use store::page::Page;
use store::pass::{AccountPass, Acting, HasPlace};
use store::work::{Committed, Reader, Writer};
use store::{company, invitation_block, user};
use text::Text;

pub use across::{
    CenterGround, Passwords, check_across, check_addresses, count_check, ground_across, start_across,
};
pub use domain::job::JobState;
pub use store::job::{Counts, HasJobs, Item, Job};
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
    /// Whether it makes more places than one list may.
    pub too_many_pairs: bool,
}

impl Checked {
    /// Of a list that makes more places, or more text, than one list may.
    pub fn too_long() -> Checked {
        Checked { too_many_pairs: true, ..Checked::default() }
    }

    /// How many rows have this fate.
    pub fn count(&self, fate: Fate) -> i64 {
        self.items.iter().filter(|item| item.fate == fate).count() as i64
    }

    /// How many people have a row of this fate: at an account center each may have several.
    pub fn people(&self, fate: Fate) -> i64 {
        let of_fate = self.items.iter().filter(|item| item.fate == fate);
        let email = |item: &Item| EmailAddress::parse(item.row.email()).ok().map(|email| email.canonical());
        of_fate.filter_map(email).collect::<BTreeSet<_>>().len() as i64
    }

    /// How many rows wait to be done.
    pub fn waiting(&self) -> i64 {
        self.count(Fate::Waiting) + self.count(Fate::Known)
    }

    /// Whether anything can be done with it.
    pub fn may_start(&self) -> bool {
        self.too_many.is_none() && !self.too_many_pairs && self.waiting() > 0
    }
}

/// Reads what a list depends on, in as many statements whatever its length.
pub fn ground(r: &mut Reader, pass: &AccountPass<ManageUsers>, rows: &[TypedRow]) -> Result<Ground, Refused> {
    let invitations_left = limits::invitations_left(r, pass)?;
    Ok(Ground { around: around(r, pass, rows)?, invitations_left })
}

fn around(r: &mut Reader, pass: &AccountPass<ManageUsers>, rows: &[TypedRow]) -> Result<Around, Refused> {
    let mut asked = Asked::default();
    rows.iter().for_each(|row| asked.add(row));
    asked.around(r, pass)
}

/// What a list asks of an account.
#[derive(Default)]
struct Asked {
    emails: BTreeSet<String>,
    companies: BTreeSet<String>,
    numbers: BTreeSet<CompanyId>,
    names_none: bool,
}

impl Asked {
    fn of(row: &TypedRow) -> Asked {
        let mut asked = Asked::default();
        asked.add(row);
        asked
    }

    fn add(&mut self, row: &TypedRow) {
        self.emails.extend(EmailAddress::parse(row.email()).ok().map(|email| email.canonical()));
        let mut names = row.companies().peekable();
        self.names_none |= names.peek().is_none();
        for typed in names.chain([row.cells[4].as_str()]) {
            self.numbers.extend(typed.parse::<CompanyId>().ok());
            // No name has the character NUL in it.
            self.companies.extend(Some(name::sort_key(&[typed])).filter(|name| !name.contains('\0')));
        }
    }

    /// The same, of what was read already.
    fn add_all(&mut self, other: &Asked) {
        self.emails.extend(other.emails.iter().cloned());
        self.companies.extend(other.companies.iter().cloned());
        self.numbers.extend(other.numbers.iter().cloned());
        self.names_none |= other.names_none;
    }

    /// Reads it, in as many statements whatever the number of rows.
    fn around(&self, r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Around, Refused> {
        let key = |company: &company::Company| name::sort_key(&[&company.details.name]);
        let named = company::list_named(r, pass, &self.companies)?;
        let mut companies: BTreeMap<String, KnownCompany> =
            named.into_iter().map(|company| (key(&company), known(company))).collect();
        if !self.numbers.is_empty() {
            let numbered = company::list_among(r, pass, &self.numbers)?;
            companies.extend(numbered.into_iter().map(|company| (company.id.to_string(), known(company))));
        }
        Ok(Around {
            grants: pass.place().grants.clone(),
            users: user::list_by_email(r, pass, &self.emails)?.into_iter().collect(),
            unwanted: invitation_block::list_among(r, pass, &self.emails)?.into_iter().collect(),
            companies,
            in_use: None,
        })
    }
}

fn known(company: company::Company) -> KnownCompany {
    let use_of = company.in_use();
    KnownCompany { id: use_of.id, disabled: use_of.disabled, lead_center: use_of.lead_center }
}

/// What becomes of each row.
pub fn check(table: &Table, ground: &Ground) -> Checked {
    let planned = plan_many(&table.rows, &ground.around);
    let is_invited = |new: &NewUser| new.send_now;
    let invitations = planned.iter().filter_map(|planned| planned.new.as_ref()).filter(|new| is_invited(new));
    let (needed, left) = (invitations.count() as i64, ground.invitations_left);
    let rows = table.rows.iter().zip(planned);
    let item = |(row, planned): (&TypedRow, domain::job::Planned)| Item {
        row: row.clone(),
        part: 0,
        account: None,
        fate: planned.fate,
        user: None,
        reasons: planned.reasons,
    };
    Checked {
        items: rows.map(item).collect(),
        unused: table.unused.clone(),
        too_many: (needed > left).then_some((needed, left)),
        too_many_pairs: false,
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
    let kept = |item: &Item| NewItem {
        rows: vec![item.row.clone()],
        fate: item.fate,
        reasons: item.reasons.clone(),
        password_hash: None,
    };
    store::job::insert_items(&mut w, pass, &id, &checked.items.iter().map(kept).collect::<Vec<_>>())?;
    w.commit(&pass.actor(), started(pass.account(), &id, checked), id)
}

fn started(owner: impl ToString, id: &JobId, checked: &Checked) -> Entry {
    Entry::of(owner, Verb::JobStarted, id, "").change("rows", None, Some(&checked.waiting().to_string()))
}

/// One page of the jobs that whoever asks may see, newest first.
pub fn list(r: &mut Reader, pass: &impl HasJobs, before: Option<&JobId>) -> Result<Page<Job>, Refused> {
    Ok(store::job::list(r, pass, before)?)
}

/// A job with one page of its rows that came to one of these ends.
pub fn get(
    r: &mut Reader,
    pass: &impl HasJobs,
    id: &JobId,
    fates: &[Fate],
    after: (i64, i64),
) -> Result<(Job, Page<Item>), Refused> {
    let job = store::job::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok((job, store::job::list_items(r, pass, id, fates, after)?))
}

/// Breaks a job off. What it did until now stays. Refused as changed when it has ended.
pub fn cancel<P: HasJobs + Acting>(mut w: Writer, pass: &P, id: &JobId) -> Result<Committed<()>, Refused> {
    let job = store::job::find(&mut w, pass, id)?.ok_or(Refused::NotFound)?;
    if !store::job::update_cancelled(&mut w, pass, id)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = recorded(pass.of_whom(), Verb::JobCancelled, id, job.counts);
    w.commit(&pass.actor(), entry, ())
}

fn recorded(owner: impl ToString, verb: Verb, id: &JobId, counts: Counts) -> Entry {
    Entry::of(owner, verb, id, "")
        .change("created", None, Some(&counts.created.to_string()))
        .change("already", None, Some(&counts.already.to_string()))
        .change("refused", None, Some(&counts.refused.to_string()))
}

/// Every row of a job, for [`report`].
pub fn items(r: &mut Reader, pass: &impl HasJobs, id: &JobId) -> Result<Vec<Item>, Refused> {
    store::job::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    Ok(store::job::list_all_items(r, pass, id)?)
}

/// The rows as they were typed, with what became of each, as a file that can be mended and pasted again.
pub fn report(t: Text, kind: JobKind, items: &[Item]) -> String {
    let told = |item: &Item| {
        let notes: Vec<String> = item.reasons.iter().map(|reason| words::reason(t, reason)).collect();
        (words::fate(t, item.fate).to_owned(), notes.join(" "))
    };
    let told: Vec<(String, String)> = items.iter().map(told).collect();
    let heading = kind.columns().iter().copied().chain(["result", "note"]).collect();
    let rows = items.iter().zip(&told).map(|(item, (result, note))| {
        let cells = kind.columns().iter().map(|column| item.row.cell(column));
        cells.chain([result.as_str(), note.as_str()]).collect()
    });
    csv::write(std::iter::once(heading).chain(rows))
}
