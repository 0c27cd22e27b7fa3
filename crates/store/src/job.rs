//! Jobs and their rows (U-19). A row says what became of it; that a row waits is all that the worker goes by, so that
//! what was not committed is done again and nothing twice.

mod owner;
mod work;

use domain::id::{AccountId, JobId, UserId};
use domain::job::{COLUMNS, Fate, JobKind, JobState, Reason, TypedRow};
use domain::time::Timestamp;

pub use owner::{HasJobs, Owner};
pub use work::{
    Running, Turn, Waiting, find_running, find_turn, insert_parts, list_parts, list_waiting, remove_item,
    remove_old, update_counts, update_done, update_item, update_rest_refused, update_tries,
};

use crate::convert;
use crate::db::{DbError, Row, Value, sql};
use crate::page::{LIMIT, Page};
use crate::work::{Reader, Writer};

/// How many rows came to which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users that were created.
    pub created: i64,
    /// People who are in the account already, or stand further up in the list.
    pub already: i64,
    /// Rows that were refused.
    pub refused: i64,
}

impl Counts {
    /// Counts a row that has come to this end.
    pub fn add(&mut self, fate: Fate) {
        match fate {
            Fate::Created | Fate::Added => self.created += 1,
            Fate::Here | Fate::Invited | Fate::Twice => self.already += 1,
            Fate::Refused => self.refused += 1,
            Fate::Waiting | Fate::Known | Fate::Cancelled => {}
        }
    }

    /// All of them.
    pub fn all(self) -> i64 {
        self.created + self.already + self.refused
    }
}

/// A job as its page shows it.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// The name of whoever began it.
    pub by: String,
    /// How many rows it has.
    pub total: i64,
    /// How many came to which end.
    pub counts: Counts,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
}

/// A row of a job.
#[derive(Clone, Debug)]
pub struct Item {
    /// As it was typed.
    pub row: TypedRow,
    /// The number of the account among those that it names; 0 where it is told as a whole.
    pub part: i64,
    /// The account that it was done in, at an account center.
    pub account: Option<AccountId>,
    /// What became of it.
    pub fate: Fate,
    /// The user that was created.
    pub user: Option<UserId>,
    /// Why it was refused.
    pub reasons: Vec<Reason>,
}

/// Stores a new job of whoever holds the pass.
pub fn insert(
    w: &mut Writer,
    pass: &impl HasJobs,
    id: &JobId,
    kind: JobKind,
    total: i64,
    counts: Counts,
) -> Result<(), DbError> {
    let (now, origin, who) = (w.now, w.origin().clone(), pass.who());
    w.tx().exec(
        sql!(
            "INSERT INTO job (account_id, id, kind, state, user_id, login_id, network, request_id, language, total,
                              created, already, refused, created_at)
             VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        &[
            (&pass.of_whom()).into(),
            id.into(),
            kind.word().into(),
            who.user.as_ref().into(),
            who.login.as_ref().into(),
            origin.network.into(),
            origin.request_id.into(),
            origin.language.into(),
            total.into(),
            counts.created.into(),
            counts.already.into(),
            counts.refused.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// What a new job is to do, or not: one row, or all rows of a person.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The rows.
    pub rows: Vec<TypedRow>,
    /// What becomes of them.
    pub fate: Fate,
    /// Why they are refused.
    pub reasons: Vec<Reason>,
    /// The hash of the temporary password that the person is given (C-06).
    pub password_hash: Option<String>,
}

/// How many rows one statement stores.
const AT_ONCE: usize = 8;

/// Stores what a new job is to do, and what it is not.
pub fn insert_items(
    w: &mut Writer,
    pass: &impl HasJobs,
    id: &JobId,
    items: &[NewItem],
) -> Result<(), DbError> {
    for items in items.chunks(AT_ONCE) {
        let mut values: Vec<Value> = vec![Value::from(&pass.of_whom()), id.into()];
        for at in 0..AT_ONCE {
            // Where there are fewer, the last is named again.
            let item = &items[at.min(items.len() - 1)];
            let line = item.rows.first().map_or(0, |row| row.line);
            values.extend([line.into(), input(&item.rows).into(), item.fate.word().into()]);
            values.extend([joined(&item.reasons).into(), item.password_hash.as_deref().into()]);
        }
        w.tx().exec(
            sql!(
                "INSERT INTO job_item (account_id, job_id, n, part, input, fate, reasons, password_hash)
                 VALUES ($1, $2, $3, 0, $4, $5, $6, $7), ($1, $2, $8, 0, $9, $10, $11, $12),
                        ($1, $2, $13, 0, $14, $15, $16, $17), ($1, $2, $18, 0, $19, $20, $21, $22),
                        ($1, $2, $23, 0, $24, $25, $26, $27), ($1, $2, $28, 0, $29, $30, $31, $32),
                        ($1, $2, $33, 0, $34, $35, $36, $37), ($1, $2, $38, 0, $39, $40, $41, $42)
                 ON CONFLICT DO NOTHING"
            ),
            &values,
        )?;
    }
    Ok(())
}

/// A job, as far as whoever asks may see it.
pub fn find(r: &mut Reader, pass: &impl HasJobs, id: &JobId) -> Result<Option<Job>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT j.id, j.kind, j.state, COALESCE(u.first_name, l.first_name, ''),
                    COALESCE(u.last_name, l.last_name, ''), j.total, j.created, j.already, j.refused,
                    j.created_at, j.finished_at
             FROM job j LEFT JOIN \"user\" u ON u.account_id = j.account_id AND u.id = j.user_id
             LEFT JOIN login l ON l.id = j.login_id
             WHERE j.account_id = $1 AND j.id = $2 AND ($3 = '' OR j.login_id = $3)"
        ),
        &[(&pass.of_whom()).into(), id.into(), pass.only().into()],
    )?;
    row.map(read).transpose()
}

/// One page of the jobs that whoever asks may see, newest first; behind the job `before`.
pub fn list(r: &mut Reader, pass: &impl HasJobs, before: Option<&JobId>) -> Result<Page<Job>, DbError> {
    // Behind every id: no digit of one sorts after this.
    let before = before.map_or("JOBz", JobId::as_str);
    let rows = r.tx().all(
        sql!(
            "SELECT j.id, j.kind, j.state, COALESCE(u.first_name, l.first_name, ''),
                    COALESCE(u.last_name, l.last_name, ''), j.total, j.created, j.already, j.refused,
                    j.created_at, j.finished_at
             FROM job j LEFT JOIN \"user\" u ON u.account_id = j.account_id AND u.id = j.user_id
             LEFT JOIN login l ON l.id = j.login_id
             WHERE j.account_id = $1 AND j.id < $2 AND ($4 = '' OR j.login_id = $4)
             ORDER BY j.id DESC LIMIT $3"
        ),
        &[(&pass.of_whom()).into(), before.into(), LIMIT.into(), pass.only().into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// One page of a job's rows that came to one of these ends, in the order of the list; behind a line and part.
pub fn list_items(
    r: &mut Reader,
    pass: &impl HasJobs,
    id: &JobId,
    fates: &[Fate],
    after: (i64, i64),
) -> Result<Page<Item>, DbError> {
    let page = Page::of(items(r, pass, id, fates, after, LIMIT)?);
    let rows = page.rows.into_iter().filter_map(as_one).collect();
    Ok(Page { rows, has_more: page.has_more, has_previous: page.has_previous })
}

/// The rows of a person who waits, or waited in vain, as one: the first, with the accounts of all.
fn as_one(rows: Vec<Item>) -> Option<Item> {
    let accounts: Vec<String> = rows.iter().map(|item| item.row.accounts.clone()).collect();
    let mut first = rows.into_iter().next()?;
    first.row.accounts = accounts.join(";");
    Some(first)
}

/// All rows of a job, which are bounded by [`domain::job::MAX_PAIRS`], for the file.
pub fn list_all_items(r: &mut Reader, pass: &impl HasJobs, id: &JobId) -> Result<Vec<Item>, DbError> {
    let most = domain::job::MAX_PAIRS as i64;
    Ok(items(r, pass, id, Fate::ALL, (0, -1), most)?.into_iter().flatten().collect())
}

fn items(
    r: &mut Reader,
    pass: &impl HasJobs,
    id: &JobId,
    fates: &[Fate],
    (line, part): (i64, i64),
    most: i64,
) -> Result<Vec<Vec<Item>>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT part, done_in, input, fate, user_id, reasons FROM job_item
             WHERE account_id = $1 AND job_id = $2 AND (n, part) > ($3, $4) AND fate {in $5}
             ORDER BY n, part LIMIT $6"
        ),
        &[
            (&pass.of_whom()).into(),
            id.into(),
            line.into(),
            part.into(),
            convert::list(fates.iter().map(|fate| fate.word())),
            most.into(),
        ],
    )?;
    rows.into_iter().map(read_item).collect()
}

/// Breaks a job off; false if it has come to its end already. What waits is done no more.
pub fn update_cancelled(w: &mut Writer, pass: &impl HasJobs, id: &JobId) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE job SET state = 'cancelled', finished_at = $3
             WHERE account_id = $1 AND id = $2 AND state = 'running' AND ($4 = '' OR login_id = $4)"
        ),
        &[(&pass.of_whom()).into(), id.into(), now.into(), pass.only().into()],
    )?;
    if changed > 0 {
        w.tx().exec(
            sql!(
                "UPDATE job_item SET fate = 'cancelled', password_hash = NULL
                 WHERE account_id = $1 AND job_id = $2 AND fate = 'waiting'"
            ),
            &[(&pass.of_whom()).into(), id.into()],
        )?;
    }
    Ok(changed > 0)
}

fn read(row: Row) -> Result<Job, DbError> {
    let mut c = row.columns();
    Ok(Job {
        id: c.parse()?,
        kind: c.parse()?,
        state: c.parse()?,
        by: format!("{} {}", c.text()?, c.text()?).trim().to_owned(),
        total: c.int()?,
        counts: Counts { created: c.int()?, already: c.int()?, refused: c.int()? },
        created_at: c.get()?,
        finished_at: c.get()?,
    })
}

/// The rows of one item; more than one only where it is a person who waits, or waited in vain.
fn read_item(row: Row) -> Result<Vec<Item>, DbError> {
    let mut c = row.columns();
    let (part, account) = (c.int()?, c.parse_or_null()?);
    let rows = typed(&c.text()?)?;
    let (fate, user) = (c.parse()?, c.parse_or_null()?);
    // What a later version wrote is left out.
    let reasons: Vec<Reason> = c.text()?.lines().filter_map(|reason| reason.parse().ok()).collect();
    let item = |row| Item {
        row,
        part,
        account: account.clone(),
        fate,
        user: user.clone(),
        reasons: reasons.clone(),
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Rows as one text: of each its line, its cells, whether there were more, and the accounts.
fn input(rows: &[TypedRow]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| (row.line, &row.cells, row.has_more, &row.accounts)).collect();
    serde_json::json!(rows).to_string()
}

/// A row of that text.
type Stored = (i64, [String; COLUMNS.len()], bool, String);

fn typed(input: &str) -> Result<Vec<TypedRow>, DbError> {
    let read: Result<Vec<Stored>, _> = serde_json::from_str(input);
    let rows = read.map_err(|_| DbError::Shape("job_item.input".into()))?;
    let row = |(line, cells, has_more, accounts)| TypedRow { line, cells, accounts, has_more };
    Ok(rows.into_iter().map(row).collect())
}

fn joined(reasons: &[Reason]) -> String {
    reasons.iter().map(Reason::to_string).collect::<Vec<_>>().join("\n")
}
