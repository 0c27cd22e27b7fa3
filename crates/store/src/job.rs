//! Jobs and their rows (U-19). A row says what became of it; that a row waits is all that the worker goes by, so that
//! what was not committed is done again and nothing twice.

mod work;

use domain::capability::proof::ManageUsers;
use domain::id::{JobId, UserId};
use domain::job::{COLUMNS, Fate, JobKind, JobState, Reason, TypedRow};
use domain::time::Timestamp;

pub use work::{
    Running, Turn, find_running, find_turn, list_waiting, remove_old, update_counts, update_done,
    update_item, update_rest_refused, update_tries,
};

use crate::convert;
use crate::db::{DbError, Row, Value, sql};
use crate::page::{LIMIT, Page};
use crate::pass::{Absent, AccountPass, HasPlace};
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
            Fate::Created => self.created += 1,
            Fate::Here | Fate::Invited | Fate::Twice => self.already += 1,
            Fate::Refused => self.refused += 1,
            Fate::Waiting | Fate::Cancelled => {}
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
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
    kind: JobKind,
    total: i64,
    counts: Counts,
) -> Result<(), DbError> {
    let (now, origin, who) = (w.now, w.origin().clone(), Absent::of(pass.place()));
    w.tx().exec(
        sql!(
            "INSERT INTO job (account_id, id, kind, state, user_id, login_id, network, request_id, total, created,
                              already, refused, created_at)
             VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ),
        &[
            pass.account().into(),
            id.into(),
            kind.word().into(),
            who.user.as_ref().into(),
            who.login.as_ref().into(),
            origin.network.into(),
            origin.request_id.into(),
            total.into(),
            counts.created.into(),
            counts.already.into(),
            counts.refused.into(),
            now.into(),
        ],
    )?;
    Ok(())
}

/// How many rows one statement stores.
const AT_ONCE: usize = 8;

/// Stores the rows of a new job.
pub fn insert_items(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
    items: &[Item],
) -> Result<(), DbError> {
    for items in items.chunks(AT_ONCE) {
        let mut values: Vec<Value> = vec![pass.account().into(), id.into()];
        for at in 0..AT_ONCE {
            // Where there are fewer, the last is named again.
            let item = &items[at.min(items.len() - 1)];
            values.extend([item.row.line.into(), input(&item.row).into(), item.fate.word().into()]);
            values.push(joined(&item.reasons).into());
        }
        w.tx().exec(
            sql!(
                "INSERT INTO job_item (account_id, job_id, n, input, fate, reasons)
                 VALUES ($1, $2, $3, $4, $5, $6), ($1, $2, $7, $8, $9, $10), ($1, $2, $11, $12, $13, $14),
                        ($1, $2, $15, $16, $17, $18), ($1, $2, $19, $20, $21, $22), ($1, $2, $23, $24, $25, $26),
                        ($1, $2, $27, $28, $29, $30), ($1, $2, $31, $32, $33, $34)
                 ON CONFLICT DO NOTHING"
            ),
            &values,
        )?;
    }
    Ok(())
}

/// A job of the account.
pub fn find(r: &mut Reader, pass: &AccountPass<ManageUsers>, id: &JobId) -> Result<Option<Job>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT j.id, j.kind, j.state, COALESCE(u.first_name, l.first_name, ''),
                    COALESCE(u.last_name, l.last_name, ''), j.total, j.created, j.already, j.refused,
                    j.created_at, j.finished_at
             FROM job j LEFT JOIN \"user\" u ON u.account_id = j.account_id AND u.id = j.user_id
             LEFT JOIN login l ON l.id = j.login_id
             WHERE j.account_id = $1 AND j.id = $2"
        ),
        &[pass.account().into(), id.into()],
    )?;
    row.map(read).transpose()
}

/// One page of the account's jobs, newest first; behind the job `before`.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    before: Option<&JobId>,
) -> Result<Page<Job>, DbError> {
    // Behind every id: no digit of one sorts after this.
    let before = before.map_or("JOBz", JobId::as_str);
    let rows = r.tx().all(
        sql!(
            "SELECT j.id, j.kind, j.state, COALESCE(u.first_name, l.first_name, ''),
                    COALESCE(u.last_name, l.last_name, ''), j.total, j.created, j.already, j.refused,
                    j.created_at, j.finished_at
             FROM job j LEFT JOIN \"user\" u ON u.account_id = j.account_id AND u.id = j.user_id
             LEFT JOIN login l ON l.id = j.login_id
             WHERE j.account_id = $1 AND j.id < $2 ORDER BY j.id DESC LIMIT $3"
        ),
        &[pass.account().into(), before.into(), LIMIT.into()],
    )?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// One page of a job's rows that came to one of these ends, in the order of the list; behind the line `after`.
pub fn list_items(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
    fates: &[Fate],
    after: i64,
) -> Result<Page<Item>, DbError> {
    Ok(Page::of(items(r, pass, id, fates, after, LIMIT)?))
}

/// All rows of a job, which are bounded by [`domain::job::MAX_ROWS`], for the file.
pub fn list_all_items(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
) -> Result<Vec<Item>, DbError> {
    items(r, pass, id, Fate::ALL, 0, domain::job::MAX_ROWS as i64)
}

fn items(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
    fates: &[Fate],
    after: i64,
    most: i64,
) -> Result<Vec<Item>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT n, input, fate, user_id, reasons FROM job_item
             WHERE account_id = $1 AND job_id = $2 AND n > $3 AND fate {in $4} ORDER BY n LIMIT $5"
        ),
        &[
            pass.account().into(),
            id.into(),
            after.into(),
            convert::list(fates.iter().map(|fate| fate.word())),
            most.into(),
        ],
    )?;
    rows.into_iter().map(read_item).collect()
}

/// Breaks a job off; false if it has come to its end already. What waits is done no more.
pub fn update_cancelled(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &JobId,
) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(
            "UPDATE job SET state = 'cancelled', finished_at = $3
             WHERE account_id = $1 AND id = $2 AND state = 'running'"
        ),
        &[pass.account().into(), id.into(), now.into()],
    )?;
    if changed > 0 {
        w.tx().exec(
            sql!(
                "UPDATE job_item SET fate = 'cancelled'
                 WHERE account_id = $1 AND job_id = $2 AND fate = 'waiting'"
            ),
            &[pass.account().into(), id.into()],
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

fn read_item(row: Row) -> Result<Item, DbError> {
    let mut c = row.columns();
    let (line, input) = (c.int()?, c.text()?);
    Ok(Item {
        row: typed(line, &input)?,
        fate: c.parse()?,
        user: c.parse_or_null()?,
        // What a later version wrote is left out.
        reasons: c.text()?.lines().filter_map(|reason| reason.parse().ok()).collect(),
    })
}

/// The cells of a row, and whether there were more, as one text.
fn input(row: &TypedRow) -> String {
    serde_json::json!([row.cells, row.has_more]).to_string()
}

fn typed(line: i64, input: &str) -> Result<TypedRow, DbError> {
    let read: Result<([String; COLUMNS.len()], bool), _> = serde_json::from_str(input);
    let (cells, has_more) = read.map_err(|_| DbError::Shape("job_item.input".into()))?;
    Ok(TypedRow { line, cells, has_more })
}

fn joined(reasons: &[Reason]) -> String {
    reasons.iter().map(Reason::to_string).collect::<Vec<_>>().join("\n")
}
