//! Counters for everything that can be guessed or spammed, shared by all instances.

use std::collections::HashMap;

use domain::time::{Span, Timestamp};

use crate::convert;
use crate::db::{Db, DbError, Row, Tx, sql};
use crate::work::{Reader, Writer};

/// How many attempts a window has.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The most attempts in one window.
    pub most: i64,
    /// How long a window is.
    pub window: Span,
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    /// When the next attempt is welcome.
    pub until: Timestamp,
}

/// Counts one attempt under `name`, in one statement, so that parallel attempts are counted exactly.
pub fn count(w: &mut Writer, name: &str, limit: Limit) -> Result<Result<(), Exceeded>, DbError> {
    let now = w.now;
    w.note_attempt(name, limit);
    add(w.tx(), now, name, limit)
}

/// Counts one attempt under each of two names, in one statement: the first limit that is reached tells. The unit is to be refused
/// then, and what comes behind it is not counted; in one that is committed all the same it would be.
pub fn count_both(w: &mut Writer, counters: [(&str, Limit); 2]) -> Result<Result<(), Exceeded>, DbError> {
    let now = w.now;
    let [(first, one), (second, other)] = counters;
    let rows = w.tx().all(
        sql!(
            "INSERT INTO attempt (name, made, ends_at) VALUES ($1, 1, $2), ($3, 1, $4)
             ON CONFLICT (name) DO UPDATE SET made = attempt.made + 1 WHERE attempt.ends_at > $5
             RETURNING name, made, ends_at"
        ),
        &[first.into(), (now + one.window).into(), second.into(), (now + other.window).into(), now.into()],
    )?;
    let mut counted = HashMap::new();
    for row in rows {
        let mut c = row.columns();
        counted.insert(c.text()?, Counted { made: c.int()?, until: c.get()? });
    }
    for (name, limit) in counters {
        w.note_attempt(name, limit);
        let counted = match counted.remove(name) {
            Some(counted) => counted,
            None => begin_anew(w.tx(), now, name, limit)?,
        };
        if let Err(exceeded) = counted.within(limit) {
            return Ok(Err(exceeded));
        }
    }
    Ok(Ok(()))
}

/// How often something was tried in its window, and when that ends.
struct Counted {
    made: i64,
    until: Timestamp,
}

impl Counted {
    fn within(self, limit: Limit) -> Result<(), Exceeded> {
        if self.made <= limit.most { Ok(()) } else { Err(Exceeded { until: self.until }) }
    }
}

/// The counting of [`count`]: one statement, and one more where a window has ended that is still there. When a running window ends
/// is not written again, so that its index is left alone.
pub(crate) fn add(
    tx: &mut Tx,
    now: Timestamp,
    name: &str,
    limit: Limit,
) -> Result<Result<(), Exceeded>, DbError> {
    let row = tx.optional(
        sql!(
            "INSERT INTO attempt (name, made, ends_at) VALUES ($1, 1, $3)
             ON CONFLICT (name) DO UPDATE SET made = attempt.made + 1 WHERE attempt.ends_at > $2
             RETURNING made, ends_at"
        ),
        &[name.into(), now.into(), (now + limit.window).into()],
    )?;
    let counted = match row {
        Some(row) => read_counted(row)?,
        None => begin_anew(tx, now, name, limit)?,
    };
    Ok(counted.within(limit))
}

/// The first attempt of a window behind one that has ended.
fn begin_anew(tx: &mut Tx, now: Timestamp, name: &str, limit: Limit) -> Result<Counted, DbError> {
    read_counted(tx.one(
        sql!("UPDATE attempt SET made = 1, ends_at = $3 WHERE name = $1 AND ends_at <= $2 RETURNING made, ends_at"),
        &[name.into(), now.into(), (now + limit.window).into()],
    )?)
}

fn read_counted(row: Row) -> Result<Counted, DbError> {
    let mut c = row.columns();
    Ok(Counted { made: c.int()?, until: c.get()? })
}

/// Counts `n` at once under each of two names, in one statement: how many each has now, and until when it counts.
pub(crate) async fn add_many(
    db: &Db,
    now: Timestamp,
    names: [&str; 2],
    windows: [Span; 2],
    n: i64,
) -> Result<[(i64, Timestamp); 2], DbError> {
    let counted = db.count(
        sql!(
            "INSERT INTO attempt (name, made, ends_at) VALUES ($1, $2, $4), ($3, $2, $5)
             ON CONFLICT (name) DO UPDATE SET
                 made = CASE WHEN attempt.ends_at <= $6 THEN excluded.made ELSE attempt.made + excluded.made END,
                 ends_at = CASE WHEN attempt.ends_at <= $6 THEN excluded.ends_at ELSE attempt.ends_at END
             RETURNING {xid}, name, made, ends_at"
        ),
        vec![
            names[0].into(),
            n.into(),
            names[1].into(),
            (now + windows[0]).into(),
            (now + windows[1]).into(),
            now.into(),
        ],
    );
    let rows = counted.await?;
    let mut counted = [(0, now); 2];
    for row in rows {
        let mut c = row.columns();
        c.int()?;
        let place = usize::from(c.text()? == names[1]);
        counted[place] = (c.int()?, c.get()?);
    }
    Ok(counted)
}

/// How many attempts these names have made in their present windows, together.
pub fn count_made(r: &mut Reader, names: &[String]) -> Result<i64, DbError> {
    let now = r.now;
    let row = r.tx().one(
        sql!(
            "SELECT CAST(COALESCE(SUM(made), 0) AS BIGINT) FROM attempt WHERE name {in $1} AND ends_at > $2"
        ),
        &[convert::list(names), now.into()],
    )?;
    row.columns().int()
}

/// The first of these limits that is used up, if one is; nothing is counted.
pub fn find_exceeded(r: &mut Reader, limits: &[(String, Limit)]) -> Result<Option<Exceeded>, DbError> {
    let now = r.now;
    let rows = r.tx().all(
        sql!("SELECT name, made, ends_at FROM attempt WHERE name {in $1} AND ends_at > $2"),
        &[convert::list(limits.iter().map(|(name, _)| name)), now.into()],
    )?;
    for row in rows {
        let mut c = row.columns();
        let (name, made, until) = (c.text()?, c.int()?, c.get()?);
        if limits.iter().any(|(known, limit)| *known == name && made >= limit.most) {
            return Ok(Some(Exceeded { until }));
        }
    }
    Ok(None)
}

/// Forgets the count of `name`, after a success.
pub fn remove(w: &mut Writer, name: &str) -> Result<(), DbError> {
    w.tx().exec(sql!("DELETE FROM attempt WHERE name = $1"), &[name.into()])?;
    Ok(())
}

/// Forgets windows that have ended.
pub fn remove_ended(w: &mut Writer) -> Result<u64, DbError> {
    let now = w.now;
    w.tx().exec(sql!("DELETE FROM attempt WHERE ends_at <= $1"), &[now.into()])
}
