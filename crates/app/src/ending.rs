//! What ends by itself. Access (U-21) is switched off when its time has come, and announced a week before: that it has ended
//! holds from that very moment; here it becomes the user's status, on the record. Keys for programs are announced.

use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::mail::MailKind;
use domain::time::Span;
use store::access_change::{self, Ending};
use store::mail::{self, NewMail};
use store::pass::{AccountPass, Acting, SystemPass};
use store::work::{Committed, Origin, Unrecorded, Writer};
use store::{api_key, login, user};

use crate::access_change::{Confirmed, carry_out};
use crate::reset::login_mail;
use crate::{App, Refused};

/// How long before the end those concerned are told.
const NOTICE: Span = Span::days(7);

impl App {
    /// Ends what is to end and tells of what soon will; how many users it concerned.
    pub async fn end_access(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let (reader, until) = (pass.clone(), self.store.now() + NOTICE);
        let look = move |r: &mut store::work::Reader| {
            let ended = access_change::list_ended(r, &reader)?;
            Ok::<_, Refused>((ended, access_change::list_ending(r, &reader, until)?))
        };
        let (ended, ending) = self.store.read(look).await?;
        let concerned = ended.len() + ending.len();
        for user in ending {
            let pass = pass.clone();
            self.store.write(Origin::internal(), move |w| tell(w, &pass, &user)).await?;
        }
        for user in ended {
            let pass = pass.clone();
            self.store.write(Origin::internal(), move |w| end(w, &pass, &user)).await?;
        }
        Ok(concerned)
    }

    /// Tells the owners of keys that will soon end; how many keys it concerned.
    pub async fn tell_of_ending_keys(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let ending = self.store.read(move |r| api_key::list_ending(r, &reader, NOTICE)).await?;
        let concerned = ending.len();
        for key in ending {
            let pass = pass.clone();
            self.store.write(Origin::internal(), move |w| tell_owner(w, &pass, &key)).await?;
        }
        Ok(concerned)
    }
}

fn end(mut w: Writer, pass: &SystemPass, ending: &Ending) -> Result<Committed<()>, Refused> {
    let account = AccountPass::<ManageUsers>::for_operator(&mut w, pass, &ending.account)?;
    let user = user::find(&mut w, &account, &ending.user)?.ok_or(Refused::NotFound)?;
    if user.ends_at.is_none_or(|end| end > w.now) {
        // Changed since it was looked for.
        return Ok(w.commit_unrecorded(Unrecorded::EndNotice, ()));
    }
    let confirmed = Confirmed { seen: user.access_version, message: None };
    let (_, entries) = carry_out(&mut w, &account, &user, &Change::End, &confirmed)?;
    w.commit_all(&pass.actor(), entries, ())
}

/// A mail to each administrator, once.
fn tell(mut w: Writer, pass: &SystemPass, ending: &Ending) -> Result<Committed<()>, Refused> {
    let account = AccountPass::<ManageUsers>::for_operator(&mut w, pass, &ending.account)?;
    if access_change::update_told(&mut w, &account, &ending.user)? {
        for email in user::list_administrators(&mut w, &account)? {
            let new = NewMail {
                account: Some(&ending.account),
                kind: MailKind::EndNotice,
                subject: ending.user.as_str(),
                generation: 0,
                email: &email,
            };
            mail::insert(&mut w, &new)?;
        }
    }
    Ok(w.commit_unrecorded(Unrecorded::EndNotice, ()))
}

/// A mail to the owner of a key, once.
fn tell_owner(mut w: Writer, pass: &SystemPass, ending: &api_key::Ending) -> Result<Committed<()>, Refused> {
    if api_key::update_told(&mut w, pass, &ending.id)? {
        let owner = login::get(&mut w, &ending.login)?;
        mail::insert(&mut w, &login_mail(MailKind::ApiKeyEnding, ending.id.as_str(), &owner.email))?;
    }
    Ok(w.commit_unrecorded(Unrecorded::EndNotice, ()))
}
