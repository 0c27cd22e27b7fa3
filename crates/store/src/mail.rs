//! The outbox: mails to be sent, made in the transaction of what they tell about (I-07).
//!
//! A row names what the mail is about and holds neither its text nor its link. Who claims a mail holds it for
//! [`LEASE`]; if they die, another takes it then.

/// The states of mails that did not reach their readers, as statements name them.
macro_rules! undelivered {
    () => {
        "('refused', 'given_up', 'withheld')"
    };
}

/// What is read of a mail.
macro_rules! columns {
    () => {
        "id, account_id, kind, subject_id, generation, email, language, state, attempts, answer, created_at, key_number"
    };
}

mod content;
mod standing;
pub mod suppression;

use domain::id::{AccountCenterId, AccountId, MailId};
use domain::mail::{MailKind, MailState};
use domain::time::{Span, Timestamp};

pub use content::{
    EndContent, InvitationContent, ReadsMail, find_accepted, find_end, find_invitation, find_language,
    find_reset, get_login,
};
pub use standing::{NotReached, Standing, list_not_reached, list_standings};

use crate::convert;
use crate::db::{DbError, Row, sql};
use crate::page::{LIMIT, Page};
use crate::pass::{AccountPass, OperatorPass, SystemPass};
use crate::work::{Reader, Writer};
use domain::capability::proof::ManageUsers;

/// How long a claimed mail is left alone.
pub const LEASE: Span = Span::minutes(5);

/// A mail to be put into the outbox.
#[derive(Clone, Copy)]
pub struct NewMail<'a> {
    /// The account it comes from; `None` for what concerns a login alone.
    pub account: Option<&'a AccountId>,
    /// What it says.
    pub kind: MailKind,
    /// What it is about.
    pub subject: &'a str,
    /// For invitations, which link; for keys, who made them.
    pub generation: i64,
    /// To which address.
    pub email: &'a str,
}

/// A mail in the outbox.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Its id, which is also its Message-ID.
    pub id: MailId,
    /// The id of the account, or account center, that it comes from; empty for mails of none.
    pub account: String,
    /// What it says.
    pub kind: MailKind,
    /// What it is about.
    pub subject: String,
    /// For invitations, which link.
    pub generation: i64,
    /// To which address.
    pub email: String,
    /// The code of the language of whoever set it going; empty where none was known.
    pub language: String,
    /// Where it stands.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: i64,
    /// What the mail server said last.
    pub answer: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The number of the key that its link was made with, whose hash is stored where the link leads.
    pub key_number: i64,
}

/// Puts a mail into the outbox.
pub fn insert(w: &mut Writer, new: &NewMail) -> Result<MailId, DbError> {
    insert_in(w, new.account.map(AccountId::as_str).unwrap_or_default(), new)
}

/// Puts a mail into the outbox that waits until `run_at`, and counts as its generation how often it was asked for until then: it
/// tells of all that came meanwhile.
pub fn insert_folded(w: &mut Writer, new: &NewMail, run_at: Timestamp) -> Result<(), DbError> {
    let account = new.account.map(AccountId::as_str).unwrap_or_default();
    let counted = w.tx().exec(
        sql!(
            "UPDATE mail SET generation = generation + 1
             WHERE account_id = $1 AND subject_id = $2 AND kind = $3 AND email = $4 AND state = 'queued' AND attempts = 0"
        ),
        &[account.into(), new.subject.into(), new.kind.word().into(), new.email.into()],
    )?;
    if counted == 0 {
        let id = insert(w, &NewMail { generation: 1, ..*new })?;
        w.tx().exec(
            sql!("UPDATE mail SET run_at = $3 WHERE account_id = $1 AND id = $2"),
            &[account.into(), (&id).into(), run_at.into()],
        )?;
    }
    Ok(())
}

/// Forgets an account's mails about a subject that is gone, but for those that wait.
pub(crate) fn remove_of(w: &mut Writer, account: &AccountId, subject: &str) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM mail WHERE subject_id = $2 AND account_id = $1 AND state <> 'queued'"),
        &[account.into(), subject.into()],
    )?;
    Ok(())
}

/// Puts a mail that an account center sends into the outbox, in place of an account.
pub fn insert_of_center(w: &mut Writer, center: &AccountCenterId, new: &NewMail) -> Result<MailId, DbError> {
    insert_in(w, center.as_str(), new)
}

fn insert_in(w: &mut Writer, from: &str, new: &NewMail) -> Result<MailId, DbError> {
    let (id, now, language) = (w.new_id::<MailId>(), w.now, w.origin().language.clone());
    let key_number = w.key().number();
    w.tx().put(
        sql!(
            "INSERT INTO mail (account_id, id, kind, subject_id, generation, email, language, state, attempts, run_at,
                               lease_until, answer, created_at, key_number)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $8, 0, '', $8, $9)"
        ),
        &[
            from.into(),
            (&id).into(),
            new.kind.word().into(),
            new.subject.into(),
            new.generation.into(),
            new.email.into(),
            language.into(),
            now.into(),
            key_number.into(),
        ],
    )?;
    Ok(id)
}

/// Puts a mail of the account behind those that somebody waits for.
pub fn update_behind(w: &mut Writer, pass: &AccountPass<ManageUsers>, mail: &MailId) -> Result<(), DbError> {
    put_behind(w, pass.account(), mail)
}

/// The same for what the worker sends.
pub(crate) fn put_behind(w: &mut Writer, account: &AccountId, mail: &MailId) -> Result<(), DbError> {
    w.tx().put(
        sql!("UPDATE mail SET behind = 1 WHERE account_id = $1 AND id = $2"),
        &[account.into(), mail.into()],
    )?;
    Ok(())
}

/// Whose mails are sent next: those of no account, `""`, which a person waits for, such as a reset; then those of the next
/// account behind `served`, so that many mails of one account do not keep those of the others. `None` if none is due.
pub fn find_turn(r: &mut Reader, _pass: &SystemPass, served: &str) -> Result<Option<String>, DbError> {
    let now = r.now;
    let row = r.tx().one(
        sql!(
            "SELECT COALESCE(
                 (SELECT account_id FROM mail
                  WHERE account_id = '' AND state = 'queued' AND run_at <= $1 AND lease_until <= $1 LIMIT 1),
                 (SELECT account_id FROM mail
                  WHERE account_id > $2 AND state = 'queued' AND +run_at <= $1 AND lease_until <= $1
                  ORDER BY account_id LIMIT 1),
                 (SELECT account_id FROM mail
                  WHERE account_id > '' AND state = 'queued' AND +run_at <= $1 AND lease_until <= $1
                  ORDER BY account_id LIMIT 1))"
        ),
        &[now.into(), served.into()],
    )?;
    row.columns().text_or_null()
}

/// Claims up to `most` mails of an account, or of none, that are due. What is chosen is claimed by a statement of its own:
/// PostgreSQL would choose anew for each row that it claims. The condition on the lease keeps two workers from claiming
/// the same one.
pub fn claim(w: &mut Writer, _pass: &SystemPass, account: &str, most: usize) -> Result<Vec<Mail>, DbError> {
    let now = w.now;
    let rows = w.tx().all(
        sql!(
            "SELECT id FROM mail
             WHERE account_id = $1 AND state = 'queued' AND run_at <= $2 AND lease_until <= $2
             ORDER BY behind, run_at LIMIT $3 {skip locked}"
        ),
        &[account.into(), now.into(), (most as i64).into()],
    )?;
    let ids: Vec<MailId> = rows.into_iter().map(|row| row.columns().parse()).collect::<Result<_, _>>()?;
    let rows = w.tx().all(
        sql!(concat!(
            "UPDATE mail SET lease_until = $3, attempts = attempts + 1
             WHERE account_id = $1 AND id {in $4} AND state = 'queued' AND lease_until <= $2 RETURNING ",
            columns!()
        )),
        &[account.into(), now.into(), (now + LEASE).into(), convert::list(&ids)],
    )?;
    rows.into_iter().map(read).collect()
}

/// Notes what became of a claimed mail: its end in `state`.
pub fn update_finished(
    w: &mut Writer,
    _pass: &SystemPass,
    mail: &Mail,
    state: MailState,
    answer: &str,
) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "UPDATE mail SET state = $3, answer = $4, finished_at = $5
             WHERE account_id = $1 AND id = $2 AND state = 'queued'"
        ),
        &[(&mail.account).into(), (&mail.id).into(), state.word().into(), answer.into(), now.into()],
    )?;
    Ok(())
}

/// Gives a claimed mail back, to be tried again at `run_at`. Does nothing if another has claimed it meanwhile.
pub fn update_waiting(
    w: &mut Writer,
    _pass: &SystemPass,
    mail: &Mail,
    run_at: Timestamp,
    answer: &str,
) -> Result<(), DbError> {
    w.tx().exec(
        sql!(
            "UPDATE mail SET run_at = $3, lease_until = 0, answer = $4
             WHERE account_id = $1 AND id = $2 AND state = 'queued' AND attempts = $5"
        ),
        &[(&mail.account).into(), (&mail.id).into(), run_at.into(), answer.into(), mail.attempts.into()],
    )?;
    Ok(())
}

/// The first mail to the same reader about the same, which may be this one.
pub fn find_first(r: &mut Reader, _pass: &impl ReadsMail, mail: &Mail) -> Result<Option<MailId>, DbError> {
    let row = r.tx().optional(
        sql!(
            "SELECT id FROM mail WHERE account_id = $1 AND subject_id = $2 AND kind = $3 AND email = $4
             ORDER BY id LIMIT 1"
        ),
        &[(&mail.account).into(), (&mail.subject).into(), mail.kind.word().into(), (&mail.email).into()],
    )?;
    row.map(|row| row.columns().parse()).transpose()
}

/// One page of mails, newest first; behind the mail `before`. All, or those that did not reach their readers.
pub fn list(
    r: &mut Reader,
    _pass: &OperatorPass,
    before: Option<&MailId>,
    undelivered: bool,
) -> Result<Page<Mail>, DbError> {
    // Behind every id: no digit of one sorts after this.
    let before = before.map_or("MAIz", MailId::as_str);
    let statement = if undelivered {
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM mail WHERE id < $1 AND state IN ",
            undelivered!(),
            " ORDER BY id DESC LIMIT $2"
        ))
    } else {
        sql!(concat!("SELECT ", columns!(), " FROM mail WHERE id < $1 ORDER BY id DESC LIMIT $2"))
    };
    let rows = r.tx().all(statement, &[before.into(), LIMIT.into()])?;
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// Puts a mail that did not reach its reader into the queue again, as if it were new, and under its id; false if it is none
/// by now.
pub fn update_again(w: &mut Writer, _pass: &OperatorPass, mail: &Mail) -> Result<bool, DbError> {
    let now = w.now;
    let changed = w.tx().exec(
        sql!(concat!(
            "UPDATE mail SET state = 'queued', answer = '', attempts = 0, run_at = $3, lease_until = 0,
                             finished_at = NULL
             WHERE account_id = $1 AND id = $2 AND state IN ",
            undelivered!()
        )),
        &[(&mail.account).into(), (&mail.id).into(), now.into()],
    )?;
    Ok(changed > 0)
}

/// One mail.
pub fn find(r: &mut Reader, _pass: &OperatorPass, id: &MailId) -> Result<Option<Mail>, DbError> {
    let row =
        r.tx().optional(sql!(concat!("SELECT ", columns!(), " FROM mail WHERE id = $1")), &[id.into()])?;
    row.map(read).transpose()
}

/// How long the oldest mail that is due has waited; `None` if none is due.
pub fn oldest_due(r: &mut Reader) -> Result<Option<Timestamp>, DbError> {
    let now = r.now;
    let row = r.tx().optional(
        sql!("SELECT run_at FROM mail WHERE state = 'queued' AND run_at <= $1 ORDER BY run_at LIMIT 1"),
        &[now.into()],
    )?;
    row.map(|row| row.columns().get()).transpose()
}

fn read(row: Row) -> Result<Mail, DbError> {
    let mut c = row.columns();
    Ok(Mail {
        id: c.parse()?,
        account: c.text()?,
        kind: c.parse()?,
        subject: c.text()?,
        generation: c.int()?,
        email: c.text()?,
        language: c.text()?,
        state: c.parse()?,
        attempts: c.int()?,
        answer: c.text()?,
        created_at: c.get()?,
        key_number: c.int()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-07. Seen to fail: a state left out of the statements.
    #[test]
    fn i07_statements_name_the_states_that_did_not_reach_their_readers() {
        for state in MailState::ALL {
            assert_eq!(
                undelivered!().contains(&format!("'{}'", state.word())),
                state.is_undelivered(),
                "{state:?}"
            );
        }
    }
}
