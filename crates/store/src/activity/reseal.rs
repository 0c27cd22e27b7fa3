//! Sealing anew: a chain that older keys have sealed gets the codes and hashes of the newest, so that nothing of it needs the
//! others. What it says and in which order stays.

use super::seal::{End, Link, entry_mac, find_head, move_head};
use super::verify::{next_account, sealed_behind};
use crate::db::{DbError, sql};
use crate::pass::SystemPass;
use crate::work::{Reader, Writer};

/// The next chain behind one; the chain of logins, which is the account '', comes before all others.
pub fn next_chain(r: &mut Reader, _pass: &SystemPass, after: &str) -> Result<Option<String>, DbError> {
    next_account(r, after)
}

/// Seals a chain anew, as a whole: how many entries it has and the hash of the last. `None` if it is not as it was sealed: then
/// whoever calls must not commit.
pub fn reseal(w: &mut Writer, _pass: &SystemPass, account: &str) -> Result<Option<(i64, String)>, DbError> {
    let Some(head) = find_head(w, account)? else { return Ok(Some((0, String::new()))) };
    if !head.is_genuine(w.key(), account) {
        return Ok(None);
    }
    let (mut old, mut new) = (End::default(), End::default());
    loop {
        let rows = sealed_behind(w, account, &old)?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let link = Link::read(row)?;
            let Some(end) = old.sealed_next(w.key(), &link) else { return Ok(None) };
            old = end;
            new = reseal_entry(w, &new, &link)?;
        }
    }
    if head.end != old {
        return Ok(None);
    }
    move_head(w, account, &new)?;
    Ok(Some((new.seq, new.hash)))
}

fn reseal_entry(w: &mut Writer, end: &End, link: &Link) -> Result<End, DbError> {
    let next = End { seq: end.seq + 1, hash: end.hash_of_next(w.key(), link) };
    let mac = entry_mac(w.key(), &link.content);
    w.tx().exec(
        sql!("UPDATE activity SET mac = $3, hash = $4 WHERE account_id = $1 AND id = $2"),
        &[(&link.account).into(), (&link.id).into(), mac.into(), (&next.hash).into()],
    )?;
    Ok(next)
}
