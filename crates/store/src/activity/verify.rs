//! Verifying: walks every account's entries, sealed or not, and finds what was changed, removed or swapped. It
//! changes nothing. Each step is a unit of its own, so that none grows with the tenants or their entries.

use super::seal::{End, Link, find_head};
use crate::db::{DbError, Row, sql};
use crate::installation;
use crate::pass::SystemPass;
use crate::work::Reader;

/// How many entries one step looks at.
const PAGE: i64 = 1_000;

/// What the walk of all chains found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many entries were checked.
    pub entries: u64,
    /// How many chains there are.
    pub chains: u64,
    /// The first fault, if any.
    pub broken: Option<Broken>,
}

/// Where a chain is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The account; empty for the chain of logins.
    pub account: String,
    /// The number of the entry in its chain; of an entry without one, the number that is next.
    pub seq: i64,
    /// What is wrong with it.
    pub fault: &'static str,
}

/// Where the walk is. It begins with the chain of logins, which is the account ''.
#[derive(Clone, Default)]
pub struct Walk {
    account: String,
    part: Part,
}

/// What is looked at next.
#[derive(Clone, Default)]
enum Part {
    #[default]
    Trail,
    /// The account's sealed entries behind this one.
    Sealed(End),
    /// The entries of all accounts that have no place yet, behind this id and account.
    Unsealed(String, String),
}

/// What one step of an account comes to.
enum Step {
    Next(Part),
    Done,
    Broken(i64, &'static str),
}

const CHANGED: &str = "was changed, or one before it";
const MISSING: &str = "is missing";
const CUT: &str = "is missing at the end";
const BEHIND: &str = "is behind the end of its chain";
const NO_TRAIL: &str = "is missing, and so is every other one";
const NO_HEAD: &str = "is in a chain whose end was removed";
const FALSE_HEAD: &str = "is in a chain whose end was changed";
const FALSE_UNSEALED: &str = "was changed or put there before it was sealed";

/// Takes one step of the walk and adds to what was found; where the walk goes on, or `None` when all is walked or
/// something is broken.
pub fn verify(
    r: &mut Reader,
    _pass: &SystemPass,
    walk: &Walk,
    found: &mut Verified,
) -> Result<Option<Walk>, DbError> {
    let account = walk.account.as_str();
    let step = match &walk.part {
        Part::Trail => begin(r, account)?,
        Part::Sealed(last) => sealed(r, account, last, found)?,
        Part::Unsealed(id, account) => return unsealed(r, (id, account), found),
    };
    match step {
        Step::Next(part) => Ok(Some(Walk { account: account.to_owned(), part })),
        Step::Done => Ok(Some(match next_account(r, account)? {
            Some(account) => Walk { account, part: Part::Trail },
            None => Walk { account: String::new(), part: Part::Unsealed(String::new(), String::new()) },
        })),
        Step::Broken(seq, fault) => {
            found.broken = Some(Broken { account: account.to_owned(), seq, fault });
            Ok(None)
        }
    }
}

/// Every account has a head and its first entry since it was made. There are no logins before the first account.
fn begin(r: &mut Reader, account: &str) -> Result<Step, DbError> {
    let is_due = !account.is_empty() || !installation::is_empty(r)?;
    let any = r.tx().optional(
        sql!("SELECT id FROM activity WHERE account_id = $1 ORDER BY id LIMIT 1"),
        &[account.into()],
    )?;
    let head = find_head(r, account)?;
    Ok(match head {
        _ if any.is_none() && !account.is_empty() => Step::Broken(1, NO_TRAIL),
        None if is_due => Step::Broken(1, NO_HEAD),
        Some(head) if !head.is_genuine(r.key(), account) => Step::Broken(head.end.seq, FALSE_HEAD),
        _ => Step::Next(Part::Sealed(End::default())),
    })
}

fn sealed(r: &mut Reader, account: &str, last: &End, found: &mut Verified) -> Result<Step, DbError> {
    let rows = sealed_behind(r, account, last)?;
    if rows.is_empty() {
        return end(r, account, last, found);
    }
    let mut last = last.clone();
    for row in rows {
        let link = Link::read(row)?;
        let next = last.seq + 1;
        if link.seq != Some(next) {
            return Ok(Step::Broken(next, MISSING));
        }
        let Some(end) = last.sealed_next(r.key(), &link) else { return Ok(Step::Broken(next, CHANGED)) };
        last = end;
        found.entries += 1;
    }
    Ok(Step::Next(Part::Sealed(last)))
}

/// No number is below the first.
pub(super) fn sealed_behind(r: &mut Reader, account: &str, last: &End) -> Result<Vec<Row>, DbError> {
    let from = if last.seq == 0 { i64::MIN } else { last.seq + 1 };
    r.tx().all(
        sql!(
            "SELECT account_id, id, at, verb, actor_kind, actor_id, actor_name, subject_id, subject_name,
                    changes, network, request_id, mac, seq, hash
             FROM activity WHERE account_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3"
        ),
        &[account.into(), from.into(), PAGE.into()],
    )
}

/// Sealing may go on beside the walk, so the head is looked at behind the last entry, and then whether more came.
fn end(r: &mut Reader, account: &str, last: &End, found: &mut Verified) -> Result<Step, DbError> {
    let head = find_head(r, account)?.unwrap_or_default();
    if head.end.seq > last.seq {
        let came = !sealed_behind(r, account, last)?.is_empty();
        let goes_on = Step::Next(Part::Sealed(last.clone()));
        return Ok(if came { goes_on } else { Step::Broken(last.seq + 1, CUT) });
    }
    if head.end.seq < last.seq {
        return Ok(Step::Broken(head.end.seq + 1, BEHIND));
    }
    if head.end.hash != last.hash {
        return Ok(Step::Broken(last.seq, FALSE_HEAD));
    }
    found.chains += u64::from(last.seq > 0);
    Ok(Step::Done)
}

/// A page of the queue that sealing takes from, the only part that is not walked account by account: it is short.
fn unsealed(
    r: &mut Reader,
    (id, account): (&str, &str),
    found: &mut Verified,
) -> Result<Option<Walk>, DbError> {
    let rows = r.tx().all(
        sql!(
            "SELECT account_id, id, at, verb, actor_kind, actor_id, actor_name, subject_id, subject_name,
                    changes, network, request_id, mac, seq, hash
             FROM activity WHERE seq IS NULL AND (id, account_id) > ($1, $2) ORDER BY id, account_id LIMIT $3"
        ),
        &[id.into(), account.into(), PAGE.into()],
    )?;
    let mut last = None;
    for row in rows {
        let link = Link::read(row)?;
        if !link.is_genuine(r.key()) {
            let sealed = find_head(r, &link.account)?.unwrap_or_default().end.seq;
            found.broken = Some(Broken { account: link.account, seq: sealed + 1, fault: FALSE_UNSEALED });
            return Ok(None);
        }
        found.entries += 1;
        last = Some(Part::Unsealed(link.id, link.account));
    }
    Ok(last.map(|part| Walk { account: String::new(), part }))
}

/// Accounts are walked in their order, those without entries and entries without an account too.
pub(super) fn next_account(r: &mut Reader, after: &str) -> Result<Option<String>, DbError> {
    let rows = [
        r.tx().optional(sql!("SELECT id FROM account WHERE id > $1 ORDER BY id LIMIT 1"), &[after.into()])?,
        r.tx().optional(
            sql!("SELECT account_id FROM activity_head WHERE account_id > $1 ORDER BY account_id LIMIT 1"),
            &[after.into()],
        )?,
        r.tx().optional(
            sql!("SELECT account_id FROM activity WHERE account_id > $1 ORDER BY account_id LIMIT 1"),
            &[after.into()],
        )?,
    ];
    let ids = rows.into_iter().flatten().map(|row| row.columns().text()).collect::<Result<Vec<_>, _>>()?;
    Ok(ids.into_iter().min())
}
