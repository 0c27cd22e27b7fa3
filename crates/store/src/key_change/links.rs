//! Links that are followed by their stored hash, whichever key has made them. Whoever has a key that is forgotten would go on making
//! them: they end with it.

use domain::time::Timestamp;

use super::PAGE;
use crate::db::{DbError, Row, Stmt, Value, sql};
use crate::secret::{self, Key};
use crate::work::{Reader, Writer};
use crate::{access_request, email_change, invitation, login_merge, reset};

/// How many links are open that are followed by their hash, of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Of invitations.
    pub invitations: u64,
    /// By which accounts are asked for access.
    pub request_links: u64,
    /// To choose a new password by.
    pub resets: u64,
    /// To a new address of a login.
    pub email_changes: u64,
    /// To a login that is to be merged.
    pub login_merges: u64,
}

/// What the links are of.
#[derive(Clone, Copy)]
enum Kind {
    Invitation,
    RequestLink,
    Reset,
    EmailChange,
    LoginMerge,
}

/// A link. Its id is the account's where it is an account's own, and the account is empty where it is of a login.
struct Link {
    account: String,
    id: String,
    generation: i64,
    hash: String,
    expires_at: Option<Timestamp>,
}

/// Counts the links that work and that none of `keys` has made.
pub(super) fn count(r: &mut Reader, keys: &Key) -> Result<Links, DbError> {
    let mut count = |kind: Kind| {
        let (mut after, mut open) = (start(), 0);
        while let Some(links) = kind.list(r, &mut after)? {
            let works = |link: &&Link| link.expires_at.is_none_or(|end| end > r.now);
            open += links.iter().filter(works).filter(|link| !kind.is_of(keys, link)).count();
        }
        Ok::<_, DbError>(open as u64)
    };
    Ok(Links {
        invitations: count(Kind::Invitation)?,
        request_links: count(Kind::RequestLink)?,
        resets: count(Kind::Reset)?,
        email_changes: count(Kind::EmailChange)?,
        login_merges: count(Kind::LoginMerge)?,
    })
}

/// Ends the links that no key has made which is still there. Users whose invitation it was are invited still, and can be sent another.
pub fn end_links(w: &mut Writer) -> Result<(), DbError> {
    let keys = w.key().clone();
    for kind in [Kind::Invitation, Kind::RequestLink, Kind::Reset, Kind::EmailChange, Kind::LoginMerge] {
        let mut after = start();
        while let Some(links) = kind.list(w, &mut after)? {
            for link in links.iter().filter(|link| !kind.is_of(&keys, link)) {
                kind.end(w, link)?;
            }
        }
    }
    Ok(())
}

/// Before the first.
fn start() -> [String; 2] {
    [String::new(), String::new()]
}

impl Kind {
    /// The next of them in the order of their ids; `None` behind the last.
    fn list(self, r: &mut Reader, after: &mut [String; 2]) -> Result<Option<Vec<Link>>, DbError> {
        let own = |stmt: &'static Stmt| (stmt, vec![after[1].clone().into(), PAGE.into()]);
        let (stmt, values): (_, Vec<Value>) = match self {
            Kind::Invitation => (
                sql!(
                    "SELECT account_id, id, generation, token_hash, expires_at FROM invitation
                     WHERE (account_id, id) > ($1, $2) AND accepted_at IS NULL ORDER BY account_id, id LIMIT $3"
                ),
                vec![after[0].clone().into(), after[1].clone().into(), PAGE.into()],
            ),
            Kind::RequestLink => own(sql!(
                "SELECT '' AS account_id, id, request_link, request_hash, CAST(NULL AS BIGINT) AS expires_at
                 FROM account
                 WHERE id > $1 AND request_hash IS NOT NULL ORDER BY id LIMIT $2"
            )),
            Kind::Reset => own(sql!(
                "SELECT '' AS account_id, id, CAST(0 AS BIGINT) AS generation, token_hash, expires_at FROM reset
                 WHERE id > $1 ORDER BY id LIMIT $2"
            )),
            Kind::EmailChange => own(sql!(
                "SELECT '' AS account_id, id, generation, token_hash, expires_at FROM email_change
                 WHERE id > $1 ORDER BY id LIMIT $2"
            )),
            Kind::LoginMerge => own(sql!(
                "SELECT '' AS account_id, id, generation, token_hash, expires_at FROM login_merge
                 WHERE id > $1 AND made_at IS NULL AND other_id IS NULL ORDER BY id LIMIT $2"
            )),
        };
        let links: Vec<Link> = r.tx().all(stmt, &values)?.into_iter().map(read).collect::<Result<_, _>>()?;
        let Some(last) = links.last() else { return Ok(None) };
        *after = [last.account.clone(), last.id.clone()];
        Ok(Some(links))
    }

    fn is_of(self, keys: &Key, link: &Link) -> bool {
        keys.each().any(|key| self.hash(&key, link).is_some_and(|hash| hash == link.hash))
    }

    /// What the hash of the link would be if this key had made it. None of an id that is none, which nobody could follow.
    fn hash(self, key: &Key, link: &Link) -> Option<String> {
        let Link { account, id, generation, .. } = link;
        let token = match self {
            Kind::Invitation => {
                invitation::token(key, &account.parse().ok()?, &id.parse().ok()?, *generation)
            }
            Kind::RequestLink => access_request::token(key, &id.parse().ok()?, *generation),
            Kind::Reset => reset::token(key, &id.parse().ok()?),
            Kind::EmailChange => email_change::token(key, &id.parse().ok()?, *generation),
            Kind::LoginMerge => login_merge::token(key, &id.parse().ok()?, *generation),
        };
        Some(secret::hash(&token))
    }

    fn end(self, w: &mut Writer, link: &Link) -> Result<(), DbError> {
        let id = || link.id.as_str().into();
        match self {
            Kind::Invitation => return end_invitation(w, link),
            Kind::RequestLink => w.tx().exec(
                sql!("UPDATE account SET request_link = 0, request_hash = NULL WHERE id = $1"),
                &[id()],
            )?,
            Kind::Reset => w.tx().exec(sql!("DELETE FROM reset WHERE id = $1"), &[id()])?,
            Kind::EmailChange => w.tx().exec(sql!("DELETE FROM email_change WHERE id = $1"), &[id()])?,
            Kind::LoginMerge => w.tx().exec(sql!("DELETE FROM login_merge WHERE id = $1"), &[id()])?,
        };
        Ok(())
    }
}

/// The link becomes one that the newest key would make and that nobody was sent, and has expired, as the account's administrators see.
fn end_invitation(w: &mut Writer, link: &Link) -> Result<(), DbError> {
    let (now, hash) = (w.now, Kind::Invitation.hash(w.key(), link));
    w.tx().exec(
        sql!(
            "UPDATE invitation SET token_hash = $3, expires_at = CASE WHEN expires_at > $4 THEN $4 ELSE expires_at END
             WHERE account_id = $1 AND id = $2"
        ),
        &[link.account.as_str().into(), link.id.as_str().into(), hash.unwrap_or_default().into(), now.into()],
    )?;
    Ok(())
}

fn read(row: Row) -> Result<Link, DbError> {
    let mut c = row.columns();
    Ok(Link {
        account: c.text()?,
        id: c.text()?,
        generation: c.int()?,
        hash: c.text()?,
        expires_at: c.get()?,
    })
}
