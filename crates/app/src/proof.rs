//! Showing again that it is oneself, before what is dangerous: all that one signs in with.

use domain::activity::{Entry, Verb};
use store::pass::{Acting as _, SelfPass};
use store::session as sessions;
use store::work::{Reader, Writer};

use crate::{App, Ask, Conflict, Refused, second_factor, session};

/// What somebody shows beside or in place of their password.
#[derive(Clone, Copy, Debug)]
pub struct Shows {
    /// A code beside it: of an app, or for recovery.
    pub code: bool,
    /// A passkey in place of it, by signing in once more.
    pub passkey: bool,
}

/// What whoever asks shows.
pub fn shows(r: &mut Reader, pass: &SelfPass) -> Result<Shows, Refused> {
    let login = &pass.person().login;
    Ok(Shows { code: store::second_factor::is_on(r, login)?, passkey: store::passkey::is_any(r, login)? })
}

impl App {
    /// Notes in the session that whoever asks with it is its person, by the password and, with a second factor, a code. It goes on
    /// under a new token, which is handed out: somebody may have copied the one that is asked with.
    pub async fn prove_again(&self, ask: &Ask, password: &str, code: &str) -> Result<String, Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let (typed, host) = (code.to_owned(), ask.credentials.host().map(str::to_owned));
        let done = move |mut w: Writer, pass: &SelfPass| {
            if checked.id != pass.person().login {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            session::check_unchanged(&mut w, &checked)?;
            let mut entries = vec![Entry::of_login(Verb::SessionProven, pass.session(), "")];
            if shows(&mut w, pass)?.code {
                match second_factor::use_up(&mut w, &checked, &typed)? {
                    Ok(used) => entries.extend(used),
                    Err(refused) => return second_factor::commit_refused(w, pass, &checked, refused),
                }
            }
            let token = sessions::prove(&mut w, pass, host.as_deref())?;
            w.commit_all(&pass.actor(), entries, Ok(token))
        };
        self.write(ask, (), done).await?.1
    }
}
