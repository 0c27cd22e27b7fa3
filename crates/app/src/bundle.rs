//! Bundles: one person who gets access to several accounts of a center at once is told by one mail, and accepts what they
//! are invited to all at once (C-06).

use domain::access_request::Terms;
use domain::activity::Entry;
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{BundleId, UserId};
use domain::mail::MailKind;
use domain::user::{Names, NewUser};
use store::bundle::{self, Content};
use store::login::{self, LoginRecord};
use store::mail::NewMail;
use store::pass::{AccountPass, HasPlace as _};
use store::work::{Reader, Writer};
use store::{invitation_block, mail};
use text::Text;

pub use store::bundle::NAMED;

use crate::invitation::queue;
use crate::mail::views::{AccessGivenMail, BundleLine, BundleMail};
use crate::{App, Conflict, Refused, limits, moment, user, words};

/// Makes somebody new one user of the bundle, as `user::place_looked_at` does: whom `access_request::refuse_elsewhere` has
/// let through, once for all accounts. The caller makes the bundle's id, and gives the same one with each account's pass; the
/// first user who is invited has the one mail queued.
pub fn place_looked_at(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    new: &NewUser,
    bundle: &BundleId,
) -> Result<(UserId, Vec<Entry>), Refused> {
    user::place_looked_at(w, pass, new, Some(bundle))
}

/// The login of an address that is known in the center of the pass's account, as far as whoever asks may know of it: whom
/// [`let_in`] lets in.
pub fn find_known(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    email: &EmailAddress,
) -> Result<Option<LoginRecord>, Refused> {
    Ok(login::find_in_center(r, pass, email)?)
}

/// Lets in somebody who is known in the center, active at once, unless they want nothing from the account; under the
/// names that were typed for them, as theirs are for those who know them. It counts like an invitation, and they are told
/// by one mail for all accounts of the bundle.
pub fn let_in(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    known: &LoginRecord,
    names: &Names,
    terms: &Terms,
    bundle: &BundleId,
) -> Result<(UserId, Vec<Entry>), Refused> {
    limits::count_invitation(w, pass, bundle.as_str(), &known.email)?;
    if invitation_block::is_there(w, pass, &known.email)? {
        return Err(Refused::Conflict(Conflict::Unwanted));
    }
    let (user, entries) = user::let_in(w, pass, known, names, terms)?;
    join(w, pass, &user, &known.email, MailKind::AccessGiven, bundle)?;
    Ok((user, entries))
}

/// Takes a user into a bundle; the first has the mail queued.
pub(crate) fn join(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    user: &UserId,
    email: &str,
    kind: MailKind,
    bundle: &BundleId,
) -> Result<(), Refused> {
    // An account with its own brand shares no mail with others: its users are a bundle of their own (C-09).
    let own = pass.place().brand.is_some().then(|| w.new_id::<BundleId>());
    let bundle = own.as_ref().unwrap_or(bundle);
    if !bundle::insert(w, pass, bundle, user)? {
        return Ok(());
    }
    let subject = bundle.as_str();
    queue(w, pass, &NewMail { account: Some(pass.account()), kind, subject, generation: 0, email })
}

impl App {
    /// The address of a bundle's link.
    pub fn bundle_link(&self, bundle: &BundleId) -> String {
        let token = bundle::token(self.store.key(), bundle);
        format!("{}/invitations/{bundle}/{token}", self.settings.base_url)
    }

    /// What whoever is invited to the accounts of a bundle is told. Whoever wants no more says so to the first account.
    pub(crate) fn bundle_mail(
        &self,
        t: Text,
        content: &Content,
        id: &BundleId,
        mail: &mail::Mail,
        base: &str,
    ) -> BundleMail {
        let expires_at = content.expires_at.map(|at| moment::full(t, at, &content.time_zone));
        BundleMail {
            t,
            to_name: content.name.clone(),
            center_name: content.center_name.clone(),
            inviter_name: by(content),
            lines: lines(t, content),
            more: content.more,
            personal_message: content.message.clone(),
            link: self.bundle_link(id),
            block_name: content.mailed_in.clone(),
            block_link: self.block_link_in(mail, base),
            expires_on: expires_at.unwrap_or_default(),
        }
    }

    /// The link by which the reader of a mail wants no more from the account that sends it.
    fn block_link_in(&self, mail: &mail::Mail, base: &str) -> String {
        let account = mail.account.parse();
        account.map(|account| self.invitation_block_link(&account, &mail.id, base)).unwrap_or_default()
    }

    /// What whoever was let in is told. Whoever wants no more says so to the first account.
    pub(crate) fn access_given_mail(
        &self,
        t: Text,
        content: &Content,
        mail: &mail::Mail,
        base: &str,
    ) -> AccessGivenMail {
        AccessGivenMail {
            t,
            to_name: content.name.clone(),
            center_name: content.center_name.clone(),
            by_name: by(content),
            lines: lines(t, content),
            more: content.more,
            link: format!("{base}/accounts"),
            block_name: content.mailed_in.clone(),
            block_link: self.block_link_in(mail, base),
        }
    }
}

/// Who invited, or let in. The operator, who has no name, does it for the center.
fn by(content: &Content) -> String {
    if content.by.is_empty() { content.center_name.clone() } else { content.by.clone() }
}

fn lines(t: Text, content: &Content) -> Vec<BundleLine> {
    let line = |named: &store::bundle::Named| BundleLine {
        account_name: named.account_name.clone(),
        type_name: words::user_type(t, named.user_type).to_owned(),
    };
    content.accounts.iter().map(line).collect()
}
