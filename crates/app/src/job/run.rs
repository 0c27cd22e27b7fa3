//! The worker's part of jobs: some rows after the other, each unit whole.
//!
//! A unit does a few rows and notes what became of them, in one transaction: what was not committed waits still, on
//! whichever server, and is done again as if it had never been begun. A row that cannot be done takes its unit back; it
//! is then noted as refused, and the others are done without it.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountId, UserId};
use domain::input::Problem;
use domain::job::{Fate, JobKind, Reason, TypedRow, Why, plan_many};
use domain::user::NewUser;
use store::db::DbError;
use store::job::{self, Counts, Owner, Running, Turn};
use store::pass::{AccountPass, Acting, Denied, SystemPass};
use store::work::{Actor, Committed, Unrecorded, Writer};

use super::{Item, around, recorded, run_across};
use crate::{App, Conflict, Refused, access_request, user};

/// How many rows one unit does: others wait no longer than for that.
const AT_ONCE: i64 = 20;

/// How often a unit is tried that fails and nobody knows why.
const TRIES: i64 = 5;

/// A unit that was taken back, and what stood in its way.
pub(super) struct Stuck {
    pub(super) by: Option<Culprit>,
    pub(super) refused: Refused,
}

/// What could not be done.
pub(super) enum Culprit {
    /// The row of a line.
    Row(i64),
    /// A row in one of its accounts.
    Part(Box<Item>),
}

impl Stuck {
    fn at(line: i64, refused: Refused) -> Stuck {
        Stuck { by: Some(Culprit::Row(line)), refused }
    }
}

impl From<DbError> for Stuck {
    fn from(error: DbError) -> Stuck {
        Stuck::from(Refused::from(error))
    }
}

impl From<Refused> for Stuck {
    fn from(refused: Refused) -> Stuck {
        Stuck { by: None, refused }
    }
}

/// A row that came to its end.
struct Ended {
    line: i64,
    fate: Fate,
    user: Option<UserId>,
    reasons: Vec<Reason>,
}

/// What a kind of job made of some rows, which are noted.
pub(super) enum Did {
    Rows {
        by: Actor,
        entries: Vec<Entry>,
        count: usize,
    },
    /// Nothing of what waits can be done.
    Nothing(Why),
}

impl App {
    /// Does the next rows of the job whose turn it is; how many. `served` is the job that was served last.
    pub async fn work_on_jobs(&self, pass: &SystemPass, served: &mut String) -> Result<usize, Refused> {
        let (worker, behind) = (pass.clone(), served.clone());
        let turn = self.store.read(move |r| job::find_turn(r, &worker, &behind)).await?;
        let Some(turn) = turn else { return Ok(0) };
        *served = turn.job.to_string();
        let (worker, at) = (pass.clone(), turn.clone());
        let done = self.store.write_later(turn.origin.clone(), move |w| step(w, &worker, &at)).await;
        let stuck = match done {
            Ok(rows) => return Ok(rows),
            Err(stuck) => stuck,
        };
        let worker = pass.clone();
        let (by, (fate, why)) = match (stuck.by, end_of(&stuck.refused)) {
            (Some(by), Some(end)) => (Some(by), end),
            _ if is_passing(&stuck.refused) => return Err(stuck.refused),
            (by, _) => {
                let at = turn.clone();
                let count = move |mut w: Writer| -> Result<Committed<i64>, DbError> {
                    let tries = job::update_tries(&mut w, &worker, &at)?;
                    Ok(w.commit_unrecorded(Unrecorded::Job, tries))
                };
                let tries = self.store.write_later(store::work::Origin::internal(), count).await?;
                if tries < TRIES {
                    return Err(stuck.refused);
                }
                (by, (Fate::Refused, Some(Why::Failed)))
            }
        };
        tracing::info!(job = %turn.job, refused = ?stuck.refused, "a row could not be done");
        let worker = pass.clone();
        let reasons: Vec<Reason> = why.map(Reason::of).into_iter().collect();
        let note = move |mut w: Writer| -> Result<Committed<usize>, DbError> {
            match &by {
                Some(Culprit::Row(line)) => {
                    let ended = Ended { line: *line, fate, user: None, reasons: reasons.clone() };
                    end_rows(&mut w, &worker, &turn, &[ended])?;
                }
                Some(Culprit::Part(part)) => {
                    let item = Item { fate, user: None, reasons: reasons.clone(), ..Item::clone(part) };
                    run_across::end_parts(&mut w, &worker, &turn, &[item])?;
                }
                None => drop(refuse_rest(&mut w, &worker, &turn, Why::Failed)?),
            }
            Ok(w.commit_unrecorded(Unrecorded::Job, 1))
        };
        Ok(self.store.write_later(store::work::Origin::internal(), note).await?)
    }
}

/// Whether it will pass by itself, however long that takes.
fn is_passing(refused: &Refused) -> bool {
    let is_away = |error: &DbError| matches!(error, DbError::Unavailable(_) | DbError::Unknown(_));
    matches!(refused, Refused::Busy) || matches!(refused, Refused::Failed(error) if is_away(error))
}

/// Why nobody is made of somebody who was not in the account yet: they have a place outside (U-15), or that was told too
/// often, so that nobody is looked at.
pub(super) fn look(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
) -> Result<Option<Why>, Refused> {
    let Err(refused) = access_request::refuse_elsewhere(w, pass, new.email.as_str()) else { return Ok(None) };
    match end_of(&refused) {
        Some((_, Some(why @ (Why::Elsewhere | Why::TooMany)))) => Ok(Some(why)),
        _ => Err(refused),
    }
}

/// What becomes of a row that was refused so; `None` where it is to be tried again.
fn end_of(refused: &Refused) -> Option<(Fate, Option<Why>)> {
    let why = match refused {
        Refused::Invalid(errors) => match errors.first().map(|error| error.problem) {
            Some(Problem::AddressTaken) => return Some((Fate::Here, None)),
            Some(Problem::Unwanted) => Why::Unwanted,
            Some(Problem::NotAChoice) => Why::CompanyUnknown,
            _ => Why::Failed,
        },
        Refused::Conflict(Conflict::Elsewhere) => Why::Elsewhere,
        Refused::Conflict(Conflict::Unwanted) => Why::Unwanted,
        Refused::Forbidden { .. } => Why::RightLost,
        Refused::TooMany(_) => Why::TooMany,
        Refused::Busy => return None,
        Refused::Failed(DbError::Unavailable(_) | DbError::Unknown(_) | DbError::Other(_)) => return None,
        _ => Why::Failed,
    };
    Some((Fate::Refused, Some(why)))
}

/// One unit: the next rows that wait, and the end of the job where none is left.
fn step(mut w: Writer, system: &SystemPass, turn: &Turn) -> Result<Committed<usize>, Stuck> {
    let Some(running) = job::find_running(&mut w, system, turn)? else {
        return Ok(w.commit_unrecorded(Unrecorded::Job, 0));
    };
    let did = match (running.kind, &turn.owner) {
        (JobKind::CreateUsers, Owner::Account(account)) => {
            create_users(&mut w, system, turn, account, &running)?
        }
        (JobKind::CreateInAccounts, Owner::Center(center)) => {
            run_across::create_in_accounts(&mut w, system, turn, center, &running)?
        }
        // None is stored so.
        _ => Did::Nothing(Why::Failed),
    };
    let (by, mut entries, count) = match did {
        Did::Rows { by, entries, count } => (by, entries, count),
        Did::Nothing(why) => {
            let refused = refuse_rest(&mut w, system, turn, why)?;
            (system.actor(), Vec::new(), refused as usize)
        }
    };
    if let Some(counts) = job::update_done(&mut w, system, turn)? {
        entries.push(recorded(&turn.owner, Verb::JobFinished, &turn.job, counts));
    }
    if entries.is_empty() {
        return Ok(w.commit_unrecorded(Unrecorded::Job, count));
    }
    w.commit_all(&by, entries, count)
}

/// Creates users as a person would who has, at this moment, the rights of whoever began the job.
fn create_users(
    w: &mut Writer,
    system: &SystemPass,
    turn: &Turn,
    account: &AccountId,
    running: &Running,
) -> Result<Did, Stuck> {
    let pass = match AccountPass::<ManageUsers>::for_job(w, system, account, &running.by) {
        Ok(pass) => pass,
        Err(Denied::Database(error)) => return Err(error.into()),
        Err(_) => return Ok(Did::Nothing(Why::RightLost)),
    };
    let waiting = job::list_waiting(w, system, turn, AT_ONCE)?;
    let rows: Vec<TypedRow> = waiting.into_iter().flat_map(|waiting| waiting.rows).collect();
    // What has changed since the list was looked at is told as it would be now.
    let around = around(w, &pass, &rows)?;
    let refused = |line, why| {
        let reasons = vec![Reason::of(why)];
        Ended { line, fate: Fate::Refused, user: None, reasons }
    };
    let (mut ended, mut entries) = (Vec::new(), Vec::new());
    for (row, planned) in rows.iter().zip(plan_many(&rows, &around)) {
        let Some(new) = planned.new else {
            ended.push(Ended { line: row.line, fate: planned.fate, user: None, reasons: planned.reasons });
            continue;
        };
        // Before the row is done, so that what was told is counted: a row that is refused later takes its unit back.
        let looked = look(w, &pass, &new).map_err(|refused| Stuck::at(row.line, refused))?;
        if let Some(why) = looked {
            ended.push(refused(row.line, why));
            continue;
        }
        let placed = user::place_looked_at(w, &pass, &new, None);
        let (user, told) = placed.map_err(|refused| Stuck::at(row.line, refused))?;
        ended.push(Ended { line: row.line, fate: Fate::Created, user: Some(user), reasons: Vec::new() });
        entries.extend(told);
    }
    end_rows(w, system, turn, &ended)?;
    Ok(Did::Rows { by: pass.actor(), entries, count: rows.len() })
}

/// Refuses whatever waits; how much that was.
fn refuse_rest(w: &mut Writer, system: &SystemPass, turn: &Turn, why: Why) -> Result<i64, DbError> {
    let refused = job::update_rest_refused(w, system, turn, &Reason::of(why))?;
    job::update_counts(w, system, turn, Counts { refused, ..Counts::default() })?;
    Ok(refused)
}

/// Notes what became of rows, and counts those that had waited for it.
fn end_rows(w: &mut Writer, system: &SystemPass, turn: &Turn, ended: &[Ended]) -> Result<(), DbError> {
    let mut counts = Counts::default();
    for row in ended {
        let end = (row.fate, row.user.as_ref(), row.reasons.as_slice());
        if job::update_item(w, system, turn, row.line, end)? {
            counts.add(row.fate);
        }
    }
    job::update_counts(w, system, turn, counts)
}
