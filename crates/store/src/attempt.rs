//! Counters for everything that can be guessed or spammed, shared by all instances.

use domain::time::{Span, Timestamp};

use crate::convert;
use crate::db::{Db, DbError, Tx, sql};
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

/// The counting of [`count`]: one statement, and one more where a window has ended that is still there. When a running window ends
/// is not written again, so that its index is left alone.
pub(crate) fn add(
    tx: &mut Tx,
    now: Timestamp,
    name: &str,
    limit: Limit,
) -> Result<Result<(), Exceeded>, DbError> {
    let values = [name.into(), now.into(), (now + limit.window).into()];
    let counted = tx.optional(
        sql!(
            "INSERT INTO attempt (name, made, ends_at) VALUES ($1, 1, $3)
             ON CONFLICT (name) DO UPDATE SET made = attempt.made + 1 WHERE attempt.ends_at > $2
             RETURNING made, ends_at"
        ),
        &values,
    )?;
    let row = match counted {
        Some(row) => row,
        None => tx.one(
            sql!("UPDATE attempt SET made = 1, ends_at = $3 WHERE name = $1 AND ends_at <= $2 RETURNING made, ends_at"),
            &values,
        )?,
    };
    let mut c = row.columns();
    let (made, until) = (c.int()?, c.get()?);
    Ok(if made <= limit.most { Ok(()) } else { Err(Exceeded { until }) })
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
