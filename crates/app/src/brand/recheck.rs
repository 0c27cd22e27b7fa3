//! Own hosts are looked up again every day: whoever has a host no more must not keep it here.

use domain::activity::{Entry, Verb};
use domain::brand::HostName;
use domain::brand::host::{Standing, standing};
use domain::capability::proof::ManageWhiteLabel;
use store::brand::host::{self, Due};
use store::pass::{AccountPass, Acting as _, SystemPass};
use store::work::{Committed, Origin, Unrecorded, Writer};

use crate::{App, Refused};

/// How many are looked up at a time.
const AT_ONCE: i64 = 20;

impl App {
    /// Looks up what is due; how many there were. Where no server answers, nothing is concluded from that.
    pub async fn recheck_hosts(&self, pass: &SystemPass) -> Result<usize, Refused> {
        let reader = pass.clone();
        let due = self.store.read(move |r| Ok::<_, Refused>(host::list_due(r, &reader, AT_ONCE)?)).await?;
        let count = due.len();
        for one in due {
            let found = match HostName::parse(&one.host) {
                Ok(name) => self.is_proven(&one.account, &name).await.ok(),
                Err(_) => Some(false),
            };
            let pass = pass.clone();
            self.store.write_later(Origin::internal(), move |w| note(w, &pass, &one, found)).await?;
        }
        Ok(count)
    }
}

fn note(mut w: Writer, pass: &SystemPass, due: &Due, found: Option<bool>) -> Result<Committed<()>, Refused> {
    let of = AccountPass::<ManageWhiteLabel>::for_operator(&mut w, pass, &due.account)?;
    let now = w.now;
    let Some(found) = found else {
        host::update_checked(&mut w, &of, &due.host, due.failing_since)?;
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
    };
    let entry = |verb| Entry::of(&due.account, verb, &due.account, &due.host);
    match standing(found, due.failing_since, now) {
        Standing::Proven => {
            host::update_checked(&mut w, &of, &due.host, None)?;
            Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
        }
        Standing::Failing(_) => {
            let is_there =
                host::update_checked(&mut w, &of, &due.host, Some(due.failing_since.unwrap_or(now)))?;
            // Told once, in the activity; the settings say it as long as it lasts.
            match due.failing_since {
                None if is_there => w.commit(&pass.actor(), entry(Verb::BrandHostFailing), ()),
                _ => Ok(w.commit_unrecorded(Unrecorded::Attempt, ())),
            }
        }
        Standing::Lost => {
            host::remove(&mut w, &of)?;
            w.commit(&pass.actor(), entry(Verb::BrandHostLost).change("host", Some(&due.host), None), ())
        }
    }
}
