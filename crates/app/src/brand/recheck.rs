//! Own hosts are looked up again every day: whoever has a host no more must not keep it here. The administrators of its account
//! are told when its record is missing, and when it was missing for too long.

use domain::activity::{Entry, Verb};
use domain::brand::HostName;
use domain::brand::host::{LOST_AFTER, Standing, standing};
use domain::capability::proof::ManageWhiteLabel;
use domain::mail::MailKind;
use store::brand::host::{self, Due};
use store::brand::notice::{self, Content};
use store::mail::{self, NewMail};
use store::pass::{AccountPass, Acting as _, SystemPass};
use store::user;
use store::work::{Committed, Origin, Unrecorded, Writer};
use text::Text;

use crate::mail::views::{BrandHostMail, HostNotice};
use crate::{App, Refused, moment};

/// How many are looked up at a time.
const AT_ONCE: i64 = 20;

impl App {
    /// Looks up what is due; how many there were. Where no server answers, nothing is concluded from that for some days.
    pub async fn recheck_hosts(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let due = self.store.read(move |r| Ok::<_, Refused>(host::list_due(r, &reader, AT_ONCE)?)).await?;
        let count = due.len();
        for one in due {
            let found = match HostName::parse(&one.host) {
                Ok(name) => self.is_proven(&one.account, &name).await.ok(),
                Err(_) => Some(None),
            };
            let pass = pass.clone();
            self.store.write_later(Origin::internal(), move |w| note(w, &pass, &one, found)).await?;
        }
        Ok(count)
    }
}

fn note(
    mut w: Writer,
    pass: &SystemPass,
    due: &Due,
    found: Option<Option<i64>>,
) -> Result<Committed<()>, Refused> {
    let of = AccountPass::<ManageWhiteLabel>::for_operator(&mut w, pass, &due.account)?;
    let now = w.now;
    let (proven_at, key_number) = match found {
        Some(Some(key_number)) => (now, key_number),
        _ => (due.proven_at, due.key_number),
    };
    let found = found.map(|by| by.is_some());
    let (verb, is_noted) = match standing(found, due.proven_at, due.failing_since, now) {
        Standing::Proven => (None, host::update_checked(&mut w, &of, due, (proven_at, None, key_number))?),
        // Told once; the settings say it as long as it lasts.
        Standing::Failing(_) => {
            let since = due.failing_since.unwrap_or(now);
            let verb = due.failing_since.is_none().then_some(Verb::BrandHostFailing);
            (verb, host::update_checked(&mut w, &of, due, (proven_at, Some(since), key_number))?)
        }
        Standing::Lost => (Some(Verb::BrandHostLost), host::remove_lost(&mut w, &of, due)?),
    };
    let Some(verb) = verb.filter(|_| is_noted) else {
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
    };
    let generation = if verb == Verb::BrandHostLost { notice::LOST } else { notice::FAILING };
    tell(&mut w, &of, &due.host, generation)?;
    let entry = Entry::of(&due.account, verb, &due.account, &due.host);
    let entry = if verb == Verb::BrandHostLost { entry.change("host", Some(&due.host), None) } else { entry };
    w.commit(&pass.actor(), entry, ())
}

/// A mail to each administrator.
pub(super) fn tell(
    w: &mut Writer,
    of: &AccountPass<ManageWhiteLabel>,
    host: &str,
    generation: i64,
) -> Result<(), Refused> {
    for email in user::list_administrators(w, of)? {
        let (account, kind, subject) = (Some(of.account()), MailKind::BrandHost, host);
        mail::insert(w, &NewMail { account, kind, subject, generation, email: &email })?;
    }
    Ok(())
}

/// What the mail says.
pub(crate) fn notice_mail(t: Text, content: Content, base: &str) -> BrandHostMail {
    let Content { account, account_name, time_zone, host, standing, to_name } = content;
    let what = match standing {
        Standing::Proven => HostNotice::Given,
        Standing::Failing(since) => HostNotice::Failing(moment::full(t, since + LOST_AFTER, &time_zone)),
        Standing::Lost => HostNotice::Lost,
    };
    BrandHostMail {
        t,
        to_name,
        account_name,
        host,
        what,
        link: format!("{base}/accounts/{account}/white-label"),
    }
}
