//! No more emails of one alert or summary, by the link in its mails (RFC 8058, X-31): for who signs in and who does not. It ends
//! that one alert or summary of that one receiver, and nothing else; ending it again ends nothing more.

use domain::activity::{Entry, Verb};
use domain::id::AccountId;
use domain::receiver::Stop;
use store::pass::{Acting, UnsubscribePass};
use store::unsubscribe;
use store::work::{Committed, Writer};

use crate::{App, Ask, Conflict, Refused};

/// Ends it, on the record.
pub fn stop(mut w: Writer, pass: &UnsubscribePass) -> Result<Committed<()>, Refused> {
    let over = || Refused::Conflict(Conflict::Changed);
    let setting = pass.setting.as_ref().ok_or_else(over)?;
    if !unsubscribe::stop(&mut w, pass)? {
        return Err(over());
    }
    let entry = Entry::of(&pass.account, Verb::EmailsStopped, pass.what.number(), &setting.email);
    w.commit(&pass.actor(), entry, ())
}

impl App {
    /// The address of the link, below `base`.
    pub fn unsubscribe_link(&self, account: &AccountId, what: Stop, base: &str) -> String {
        let token = unsubscribe::token(self.store.key(), account, what);
        format!("{base}/unsubscribe/{account}/{}/{}/{token}", what.word(), what.number())
    }

    /// Ends what a link names, for a mail program that asks for it. What was over already is over.
    pub async fn stop_at_once(&self, ask: &Ask, link: String) -> Result<(), Refused> {
        let mut ask = ask.clone();
        ask.credentials.unsubscribe = Some(link);
        match self.write::<UnsubscribePass, ()>(&ask, (), stop).await {
            Err(Refused::Conflict(Conflict::Changed)) => Ok(()),
            done => done.map(|_| ()),
        }
    }
}
