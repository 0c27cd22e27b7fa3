//! What lies in the outbox, as its readers would get it.

use app::operator::{self, Mail};
use app::pass::{OperatorPass, Reason, SystemPass};
use app::work::Reader;
use app::{App, Ask};
use domain::id::MailId;

use crate::asks;

/// A mail as it would be sent now.
#[derive(Clone, Debug)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// The part for readers without HTML.
    pub text: String,
    /// The part for everybody else.
    pub html: String,
    /// Who it comes from, as the head of the mail says it.
    pub from: String,
    /// Its Message-ID.
    pub id: String,
    /// The Message-ID of the first mail about the same.
    pub follows: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// Where mail programs have no more of its kind sent.
    pub stop_link: Option<String>,
    /// Where it stands in the outbox.
    pub mail: Mail,
    link: Option<String>,
}

impl Letter {
    /// The link it is there for; panics if it has none.
    pub fn link(&self) -> &str {
        self.find_link().unwrap_or_else(|| panic!("no link in {:?}", self.subject))
    }

    /// The link it is there for, if it has one.
    pub fn find_link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}

/// Does what the server's worker does with the addresses that a new password was asked for, and with the accounts that
/// access was asked for.
pub(crate) async fn answer_resets(app: &App) {
    let pass = SystemPass::new(Reason::Worker);
    while app.answer_reset_requests(&pass).await.expect("the worker works") > 0 {}
    while app.answer_access_requests(&pass).await.expect("the worker works") > 0 {}
}

/// Every mail's row, oldest first; with those of resets that the worker has not looked at yet.
pub(crate) async fn rows(app: &App) -> Vec<Mail> {
    answer_resets(app).await;
    let operator = asks::operator(app);
    let mut mails: Vec<Mail> = Vec::new();
    loop {
        let (_, page) = list(app, &operator, mails.last().map(|mail| mail.id.clone())).await;
        mails.extend(page.rows);
        if !page.has_more {
            mails.reverse();
            return mails;
        }
    }
}

/// Every mail as it would be sent now, oldest first; without those whose link was overtaken.
pub(crate) async fn all(app: &App) -> Vec<Letter> {
    let operator = asks::operator(app);
    let mut letters = Vec::new();
    for mail in rows(app).await {
        letters.extend(open(app, &operator, &mail.id).await);
    }
    letters
}

/// The newest mail to an address.
pub(crate) async fn newest(app: &App, address: &str) -> Option<Letter> {
    answer_resets(app).await;
    let operator = asks::operator(app);
    let mut before = None;
    loop {
        let (_, page) = list(app, &operator, before).await;
        for mail in page.rows.iter().filter(|mail| mail.email == address) {
            if let Some(letter) = open(app, &operator, &mail.id).await {
                return Some(letter);
            }
        }
        before = page.rows.last().map(|mail| mail.id.clone());
        if !page.has_more {
            return None;
        }
    }
}

async fn list(app: &App, operator: &Ask, before: Option<MailId>) -> (OperatorPass, app::page::Page<Mail>) {
    let list = move |r: &mut Reader, pass: &OperatorPass| operator::mails(r, pass, before.as_ref(), false);
    app.read(operator, (), list).await.expect("the operator may look")
}

async fn open(app: &App, operator: &Ask, id: &MailId) -> Option<Letter> {
    let (pass, ()) =
        app.read::<OperatorPass, ()>(operator, (), |_, _| Ok(())).await.expect("the operator may look");
    let (mail, message) = app.show_mail(&pass, id).await.expect("a mail can be written");
    let message = message?;
    let begins_with =
        |start: &str| message.text.split_whitespace().find(|word| word.starts_with(start)).map(str::to_owned);
    // Below the server's address, or else below an account's own host.
    let link = begins_with(&app.settings.base_url).or_else(|| begins_with("https://"));
    Some(Letter {
        to: message.to.email,
        subject: message.subject,
        text: message.text,
        html: message.html,
        from: format!("{} <{}>", message.from.name, message.from.email),
        id: message.id,
        follows: message.follows,
        reply_to: message.reply_to,
        stop_link: message.stop_link,
        mail,
        link,
    })
}
