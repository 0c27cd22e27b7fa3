//! The outbox: claiming mails that are due, writing them, handing them over (I-07).
//!
//! A mail is written when it is sent: a link that was overtaken meanwhile is never mailed, and neither text nor link
//! is ever stored. A mail that may or may not have arrived is sent again under the same Message-ID.

use std::sync::{Mutex, PoisonError};

use domain::id::MailId;
use domain::mail::{MAX_ATTEMPTS, MailState, next_attempt};
use domain::time::Span;
use store::access_request::Answered;
use store::mail::{self, Mail, ReadsMail, suppression};
use store::pass::{OperatorPass, SystemPass};
use store::secret::Key;
use store::work::{Committed, Origin, Reader, Unrecorded, Writer};
use text::{Language, Text};

use super::compose::{Address, ComposeError, Message, compose};
use super::content::{self, Content};
use super::smtp::Delivery;
use super::speaker::{self, Speaker};
use super::views::{
    AccessDeclinedMail, AccessOfferMail, EmailChangeMail, EmailProofMail, EmailTakenMail, EndNoticeMail,
    LoginMergeMail, ResetMail,
};
use crate::brand::recheck::notice_mail;
use crate::moment::Moments;
use crate::{App, Refused};

/// How many mails one claim takes: no more than one lease has time for.
const AT_ONCE: usize = 4;
/// The same where no mail server is set, and mails are only looked at and kept.
const KEPT_AT_ONCE: usize = 64;

/// Whose turn it was: accounts take turns, however many mails one of them has. Each server of several goes round by
/// itself.
#[derive(Debug, Default)]
pub struct Turns(Mutex<String>);

impl Turns {
    pub(crate) fn served(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is of no account, `""`, takes no turn: it goes first.
    pub(crate) fn note(&self, account: &str) {
        if !account.is_empty() {
            account.clone_into(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// What became of a claimed mail.
enum Fate {
    End(MailState, String),
    /// It was refused, and so is every other one to its address.
    Bounced(String),
    Wait(String),
}

/// Claims up to `most` mails that are due: of the account whose turn it is, then of those behind `served`.
fn claim_in_turns(
    w: &mut Writer,
    pass: &SystemPass,
    (first, served): (&str, &str),
    most: usize,
) -> Result<Vec<Mail>, Refused> {
    let (mut mails, mut turn, mut served) = (Vec::new(), Some(first.to_owned()), served.to_owned());
    while let Some(account) = turn.take() {
        let claimed = mail::claim(w, pass, &account, most - mails.len())?;
        // Nothing was claimed where another server is just claiming what was due.
        let goes_on = !claimed.is_empty();
        mails.extend(claimed);
        if !account.is_empty() {
            served = account;
        }
        if goes_on && mails.len() < most {
            turn = mail::find_turn(w, pass, &served)?;
        }
    }
    Ok(mails)
}

impl App {
    /// Claims mails that are due and sends them; how many.
    pub async fn send_due_mails(&self, pass: &SystemPass) -> Result<usize, Refused> {
        // Looking first keeps an idle server from writing, and several from reading in each other's way.
        let (claimer, served) = (pass.clone(), self.turns.served());
        let turn = move |r: &mut Reader| mail::find_turn(r, &claimer, &served);
        let Some(first) = self.store.read(turn).await? else { return Ok(0) };
        let (claimer, served, most) = (pass.clone(), self.turns.served(), self.mails_at_once());
        let claim = move |mut w: Writer| {
            let mails = claim_in_turns(&mut w, &claimer, (&first, &served), most)?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Mail, mails))
        };
        let mails = self.store.write_later(Origin::internal(), claim).await?;
        mails.iter().for_each(|mail| self.turns.note(&mail.account));
        let (claimed, mut kept) = (mails.len(), Vec::new());
        for mail in mails {
            // One that cannot be written now must not hold up those behind it, at every claim anew.
            let fate = self.send(pass, &mail).await.unwrap_or_else(|refused| {
                tracing::error!(mail = %mail.id, ?refused, "a mail could not be written");
                wait_or_end(&mail, "The mail could not be written; see the log.".to_owned())
            });
            // What was handed over is noted at once: until then it may be sent twice.
            match &self.smtp {
                Some(_) => self.note(pass, vec![(mail, fate)]).await?,
                None => kept.push((mail, fate)),
            }
        }
        self.note(pass, kept).await?;
        Ok(claimed)
    }

    /// How many mails are claimed at once, of whatever accounts: where fewer were, no more were due.
    pub(crate) fn mails_at_once(&self) -> usize {
        if self.smtp.is_some() { AT_ONCE } else { KEPT_AT_ONCE }
    }

    async fn send(&self, pass: &SystemPass, mail: &Mail) -> Result<Fate, Refused> {
        let Some(message) = self.write_mail(pass, mail).await? else {
            return Ok(Fate::End(MailState::Dropped, String::new()));
        };
        let Some(smtp) = &self.smtp else { return Ok(Fate::End(MailState::Kept, String::new())) };
        if let Some(answer) = self.find_suppressed(pass, mail).await? {
            return Ok(Fate::End(MailState::Withheld, answer));
        }
        Ok(match smtp.send(&message, self.store.now().micros()).await {
            Delivery::HandedOver { reply } => Fate::End(MailState::HandedOver, reply),
            Delivery::Refused { sentence } => Fate::End(MailState::Refused, sentence),
            Delivery::Bounced { sentence } => Fate::Bounced(sentence),
            Delivery::TryLater { sentence } => wait_or_end(mail, sentence),
        })
    }

    /// What the mail server said when it refused the address before, where that keeps this mail from being sent.
    async fn find_suppressed(&self, pass: &SystemPass, mail: &Mail) -> Result<Option<String>, Refused> {
        if mail.kind.is_always_tried() {
            return Ok(None);
        }
        let (reader, row) = (pass.clone(), mail.clone());
        self.store.read(move |r| Ok(suppression::find(r, &reader, &row)?)).await
    }

    async fn note(&self, pass: &SystemPass, fates: Vec<(Mail, Fate)>) -> Result<(), Refused> {
        if fates.is_empty() {
            return Ok(());
        }
        for (mail, fate) in &fates {
            match fate {
                Fate::End(state, answer) => {
                    tracing::info!(mail = %mail.id, state = state.word(), answer, "mail");
                }
                Fate::Bounced(answer) => tracing::info!(mail = %mail.id, state = "bounced", answer, "mail"),
                Fate::Wait(answer) => {
                    tracing::warn!(mail = %mail.id, attempts = mail.attempts, answer, "mail waits");
                }
            }
        }
        let jitter = u64::from_le_bytes(self.store.random_bytes()[..8].try_into().unwrap_or_default());
        let pass = pass.clone();
        let note = move |mut w: Writer| -> Result<Committed<()>, Refused> {
            for (mail, fate) in &fates {
                match fate {
                    Fate::End(state, answer) => mail::update_finished(&mut w, &pass, mail, *state, answer)?,
                    Fate::Bounced(answer) => {
                        mail::update_finished(&mut w, &pass, mail, MailState::Refused, answer)?;
                        if !mail.kind.is_always_tried() {
                            suppression::insert(&mut w, &pass, mail, answer)?;
                        }
                    }
                    Fate::Wait(answer) => {
                        let run_at = next_attempt(w.now, mail.attempts, jitter);
                        mail::update_waiting(&mut w, &pass, mail, run_at, answer)?;
                    }
                }
            }
            Ok(w.commit_unrecorded(Unrecorded::Mail, ()))
        };
        self.store.write_later(Origin::internal(), note).await
    }

    /// The mail as it is sent now; `None` if what it tells of is over. For the worker, and for the operator where
    /// no mail server is set.
    async fn write_mail(
        &self,
        pass: &(impl ReadsMail + Clone + Send + Sync + 'static),
        mail: &Mail,
    ) -> Result<Option<Message>, Refused> {
        let (reader, row) = (pass.clone(), mail.clone());
        let find = move |r: &mut Reader| -> Result<_, Refused> {
            let Some(content) = content::find(r, &reader, &row)? else { return Ok(None) };
            let speaker = content.spoken_by(speaker::find(r, &row)?);
            let language = language_of(r, &reader, &row)?;
            Ok(Some((content, speaker, language, mail::find_first(r, &reader, &row)?)))
        };
        let Some((content, speaker, language, first)) = self.store.read(find).await? else { return Ok(None) };
        let composed = self.compose(Text::new(language), mail, content, &speaker).map(|mut message| {
            let host = message.id.rsplit('@').next().unwrap_or_default();
            message.follows = first.filter(|first| *first != mail.id).map(|first| format!("{first}@{host}"));
            message
        });
        composed.map(Some).map_err(|error| {
            tracing::error!(mail = %mail.id, %error, "a mail could not be written");
            Refused::NotFound
        })
    }

    /// The key that the link of a mail was made with, whose hash is stored already.
    pub(crate) fn key_of(&self, mail: &Mail) -> Key {
        let newest = self.store.key();
        newest.numbered(mail.key_number).unwrap_or_else(|| newest.clone())
    }

    fn compose(
        &self,
        t: Text,
        mail: &Mail,
        content: Content,
        speaker: &Speaker,
    ) -> Result<Message, ComposeError> {
        let (from, base) = (self.sender(speaker), self.base_at(speaker.links()));
        let host = from.address.email.rsplit('@').next().unwrap_or("localhost");
        let id = format!("{}@{host}", mail.id);
        let to = |name: &str| Address { name: name.to_owned(), email: mail.email.clone() };
        match content {
            Content::Invitation(content, invitation) => {
                let view = self.invitation_mail(t, content, &invitation, mail, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            Content::Reset(name, _, reset) => {
                let (link, minutes) =
                    (self.reset_link(mail, &reset, &base), store::reset::LIFETIME.as_minutes());
                compose(&ResetMail { t, to_name: name.clone(), link, minutes }, from, to(&name), id)
            }
            Content::EmailProof(name, reset) => {
                let (link, minutes) =
                    (self.reset_link(mail, &reset, &base), store::reset::LIFETIME.as_minutes());
                compose(&EmailProofMail { t, to_name: name.clone(), link, minutes }, from, to(&name), id)
            }
            Content::TemporaryPassword(content) => {
                let view = self.temporary_password_mail(t, content, &mail.id, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            Content::EndNotice(content) => {
                let view = end_notice_mail(t, content, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            // Nothing of who tried it.
            Content::EmailChange(content, _) if content.is_taken => {
                compose(&EmailTakenMail { t }, from, to(""), id)
            }
            Content::EmailChange(content, change) => {
                let link = self.email_change_link(mail, &change);
                let minutes = store::email_change::LIFETIME.as_minutes();
                let view = EmailChangeMail { t, to_name: content.name.clone(), link, minutes };
                compose(&view, from, to(&content.name), id)
            }
            Content::LoginMerge(name, merge) => {
                let link = self.login_merge_link(mail, &merge);
                let minutes = store::login_merge::LINK.as_minutes();
                compose(&LoginMergeMail { t, to_name: name.clone(), link, minutes }, from, to(&name), id)
            }
            Content::AccessRequest(asked, request) => {
                let view = crate::access_request::request_mail(t, asked, &request, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            Content::AccessApproved(answer) => {
                let view = crate::access_request::approved_mail(t, answer, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            Content::AccessDeclined(answer) => {
                let Answered { account_name, name: to_name, reason, .. } = answer;
                let view = AccessDeclinedMail { t, to_name, account_name, reason };
                compose(&view, from, to(&view.to_name), id)
            }
            Content::AccessOffer(account, account_name, token) => {
                let (link, block_link) =
                    (self.request_link(&token), self.invitation_block_link(&account, &mail.id, &base));
                compose(&AccessOfferMail { t, account_name, link, block_link }, from, to(""), id)
            }
            Content::Bundle(content, bundle) => {
                let content = content.without_center(speaker.is_brand());
                let view = self.bundle_mail(t, &content, &bundle, mail, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            Content::AccessGiven(content) => {
                let content = content.without_center(speaker.is_brand());
                let view = self.access_given_mail(t, &content, mail, &base);
                compose(&view, from, to(&view.to_name), id)
            }
            Content::LoginNotice(notice) => {
                let to = to(notice.to_name());
                notice.compose(t, mail, (from, to, id))
            }
            Content::CenterNotice(notice) => {
                let to = to(notice.to_name());
                notice.compose(t, from, to, id)
            }
            Content::LeadNotice(notice) => notice.compose(self, (t, mail, &base), (from, id)),
            Content::BrandHost(content) => {
                let view = notice_mail(t, content, &base);
                compose(&view, from, to(&view.to_name), id)
            }
        }
    }

    /// A kept mail as it would be sent now, for the operator's page; `None` if what it tells of is over.
    pub async fn show_mail(
        &self,
        pass: &OperatorPass,
        id: &MailId,
    ) -> Result<(Mail, Option<Message>), Refused> {
        let (reader, wanted) = (pass.clone(), id.clone());
        let found = self.store.read(move |r| mail::find(r, &reader, &wanted)).await?;
        let mail = found.ok_or(Refused::NotFound)?;
        let message = self.write_mail(pass, &mail).await?;
        Ok((mail, message))
    }
}

/// The language that a mail is written in: what the person at its address reads, else what whoever set it going reads
/// (I-08).
fn language_of(r: &mut Reader, pass: &impl ReadsMail, mail: &Mail) -> Result<Language, Refused> {
    let own = mail::find_language(r, pass, &mail.email)?;
    Ok(Language::of_code(own.as_deref().unwrap_or(&mail.language)).unwrap_or_default())
}

fn end_notice_mail(t: Text, content: store::mail::EndContent, base: &str) -> EndNoticeMail {
    let last_day = content.ends_at - Span::seconds(1);
    EndNoticeMail {
        t,
        day: Moments::new(t, &content.time_zone, last_day).date(last_day),
        link: format!("{base}/accounts/{}/users/{}", content.account, content.user),
        to_name: content.to_name,
        user_name: content.user_name,
        account_name: content.account_name,
    }
}

/// A mail is tried so often and no more.
fn wait_or_end(mail: &Mail, sentence: String) -> Fate {
    if mail.attempts >= MAX_ATTEMPTS { Fate::End(MailState::GivenUp, sentence) } else { Fate::Wait(sentence) }
}
