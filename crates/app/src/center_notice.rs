//! Mails about what gives or takes access through an account center, so that nobody gets it unseen: to whoever is made or
//! unmade an executive administrator and to the others of the center (C-10 to C-12), and to the administrators of an account
//! that comes or leaves (C-03). Each tells of an entry of the activity, and is put into the outbox in its unit.

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, ActivityId, LoginId};
use domain::mail::MailKind;
use store::account_center::{self, AccountTold, ExecutiveTold};
use store::mail::{self, Mail, NewMail, ReadsMail};
use store::pass::{AccountPass, Acting};
use store::work::{Reader, Writer};
use store::{executive_administrator, login, user};
use text::Text;

use crate::Refused;
use crate::mail::compose::{Address, ComposeError, Message, compose};
use crate::mail::sender::Sender;
use crate::mail::views::{CenterAccountMail, ExecutiveChangedMail, ExecutiveNoticeMail};
use crate::moment;

/// The entry of somebody who is an executive administrator from now on, or no more, with the mails that tell of it: to
/// the others, and to them unless they `accepted` it this moment. Call it while whoever is to know is one.
pub(crate) fn of_executive(
    w: &mut Writer,
    pass: &impl Acting,
    center: &AccountCenterId,
    (verb, login): (Verb, &LoginId),
    accepted: bool,
) -> Result<Entry, Refused> {
    let (id, person) = (w.new_id::<ActivityId>(), login::get(w, login)?);
    if person.is_proven && !accepted {
        post(w, center, (MailKind::ExecutiveChanged, &id), &person.email)?;
    }
    for email in executive_administrator::list_others(w, pass, center, login)? {
        post(w, center, (MailKind::ExecutiveNotice, &id), &email)?;
    }
    Ok(Entry::of(center, verb, login, &person.name).numbered(&id))
}

fn post(
    w: &mut Writer,
    center: &AccountCenterId,
    (kind, entry): (MailKind, &ActivityId),
    email: &str,
) -> Result<(), Refused> {
    let new = NewMail { account: None, kind, subject: entry.as_str(), generation: 0, email };
    mail::insert_of_center(w, center, &new)?;
    Ok(())
}

/// The entry of an account that came into a center or left it, with the mails that tell its administrators, but for `but`.
pub(crate) fn of_account(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    (verb, center, center_name): (Verb, &AccountCenterId, &str),
    but: Option<&str>,
) -> Result<Entry, Refused> {
    let (id, account) = (w.new_id::<ActivityId>(), pass.account());
    for email in user::list_administrators(w, pass)? {
        if but == Some(email.as_str()) {
            continue;
        }
        let (kind, subject) = (MailKind::CenterAccount, id.as_str());
        let new = NewMail { account: Some(account), kind, subject, generation: 0, email: &email };
        mail::insert(w, &new)?;
    }
    Ok(Entry::of(account, verb, center, center_name).numbered(&id))
}

/// What such a mail says, as the activity knows it.
pub(crate) enum CenterNotice {
    /// To whoever is made or unmade.
    Changed(ExecutiveTold),
    /// To the others.
    Others(ExecutiveTold),
    /// To an administrator of the account.
    Account(AccountTold),
}

/// Finds what a mail says; `None` where the account center is gone.
pub(crate) fn find(
    r: &mut Reader,
    pass: &impl ReadsMail,
    mail: &Mail,
) -> Result<Option<CenterNotice>, Refused> {
    let entry: ActivityId = mail.subject.parse().expect("the subject of such a mail is an entry");
    if mail.kind == MailKind::CenterAccount {
        let told = account_center::find_account_told(r, pass, &mail.account, &entry, &mail.email)?;
        return Ok(told.map(CenterNotice::Account));
    }
    let told = account_center::find_executive_told(r, pass, &mail.account, &entry, &mail.email)?;
    Ok(told.map(match mail.kind {
        MailKind::ExecutiveChanged => CenterNotice::Changed,
        _ => CenterNotice::Others,
    }))
}

impl CenterNotice {
    pub(crate) fn to_name(&self) -> &str {
        match self {
            CenterNotice::Changed(told) | CenterNotice::Others(told) => &told.to_name,
            CenterNotice::Account(told) => &told.to_name,
        }
    }

    pub(crate) fn compose(
        self,
        t: Text,
        from: Sender,
        to: Address,
        id: String,
    ) -> Result<Message, ComposeError> {
        match self {
            CenterNotice::Changed(told) => compose(&changed_mail(t, told), from, to, id),
            CenterNotice::Others(told) => compose(&notice_mail(t, told), from, to, id),
            CenterNotice::Account(told) => compose(&account_mail(t, told), from, to, id),
        }
    }
}

fn changed_mail(t: Text, told: ExecutiveTold) -> ExecutiveChangedMail {
    ExecutiveChangedMail {
        t,
        when: moment::full(t, told.at, "UTC"),
        made: told.is_made,
        by_name: (!told.is_own).then_some(told.by),
        center_name: told.center_name,
        to_name: told.to_name,
    }
}

fn notice_mail(t: Text, told: ExecutiveTold) -> ExecutiveNoticeMail {
    ExecutiveNoticeMail {
        t,
        when: moment::full(t, told.at, "UTC"),
        made: told.is_made,
        by_name: (!told.is_own).then_some(told.by),
        name: told.name,
        email: told.email,
        center_name: told.center_name,
        to_name: told.to_name,
    }
}

fn account_mail(t: Text, told: AccountTold) -> CenterAccountMail {
    CenterAccountMail {
        t,
        when: moment::full(t, told.at, &told.time_zone),
        linked: told.is_linked,
        by_name: told.by,
        account_name: told.account_name,
        center_name: told.center_name,
        to_name: told.to_name,
    }
}
