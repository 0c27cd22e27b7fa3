//! Addresses at which the mail server refused mails for good (I-07): nothing more is sent there by the same sender, which is
//! an account, an account center, or the installation itself, for mails of no account. What one has learned so is kept from
//! the others: no account learns from another's mails whether there is an address (decision 0025).

use domain::capability::proof::ManageUsers;
use domain::email::canonical;
use domain::mail::SUPPRESSION;

use super::Mail;
use crate::db::{DbError, sql};
use crate::pass::{AccountPass, OperatorPass, SystemPass};
use crate::work::{Reader, Writer};

/// What the mail server said when it refused the address of this mail to the same sender; `None` if it may be tried.
pub fn find(r: &mut Reader, _pass: &SystemPass, mail: &Mail) -> Result<Option<String>, DbError> {
    let since = r.now - SUPPRESSION;
    let row = r.tx().optional(
        sql!(
            "SELECT answer FROM mail_suppression
             WHERE account_id = $1 AND email_canonical = $2 AND created_at > $3"
        ),
        &[(&mail.account).into(), canonical(&mail.email).into(), since.into()],
    )?;
    row.map(|row| row.columns().text()).transpose()
}

/// Keeps that the address of a mail was refused, and in which words.
pub fn insert(w: &mut Writer, _pass: &SystemPass, mail: &Mail, answer: &str) -> Result<(), DbError> {
    let now = w.now;
    w.tx().exec(
        sql!(
            "INSERT INTO mail_suppression (account_id, email_canonical, answer, created_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, email_canonical) DO UPDATE SET
                 answer = excluded.answer, created_at = excluded.created_at"
        ),
        &[(&mail.account).into(), canonical(&mail.email).into(), answer.into(), now.into()],
    )?;
    Ok(())
}

/// Lets the account's mails to an address be tried again.
pub fn remove(w: &mut Writer, pass: &AccountPass<ManageUsers>, email: &str) -> Result<(), DbError> {
    remove_of(w, pass.account().as_str(), &canonical(email))
}

/// Lets the mails of this one's sender to its address be tried again.
pub fn remove_for(w: &mut Writer, _pass: &OperatorPass, mail: &Mail) -> Result<(), DbError> {
    remove_of(w, &mail.account, &canonical(&mail.email))
}

fn remove_of(w: &mut Writer, sender: &str, email: &str) -> Result<(), DbError> {
    w.tx().exec(
        sql!("DELETE FROM mail_suppression WHERE account_id = $1 AND email_canonical = $2"),
        &[sender.into(), email.into()],
    )?;
    Ok(())
}

/// Forgets those that are over.
pub fn remove_old(w: &mut Writer) -> Result<u64, DbError> {
    let until = w.now - SUPPRESSION;
    w.tx().exec(sql!("DELETE FROM mail_suppression WHERE created_at <= $1"), &[until.into()])
}
