//! A check of the whole installation, for the operator.

use store::pass::SystemPass;
use store::work::{Reader, Unrecorded, Writer};
use store::{installation, mail};

use crate::activity::Verified;
use crate::{App, Refused, key_change};

/// What was found. Everything is well when `problems` is empty.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// Whether a mail server is set.
    pub sends_mail: bool,
    /// Entries of activity that were checked.
    pub activity_entries: u64,
    /// What is wrong, one sentence each.
    pub problems: Vec<String>,
}

/// Why keys are not to be used with the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyProblem {
    /// It was made with another.
    Foreign,
    /// There are some among them that were forgotten.
    Forgotten,
}

/// How long a mail that is due may wait before somebody should look.
const MAIL_PATIENCE_MINUTES: i64 = 30;

/// What notes which key the database is used with.
const KEY_FINGERPRINT: &str = "key_fingerprint";
/// What notes the number of the oldest key that is not forgotten.
const OLDEST_KEY: &str = "oldest_key";
/// What notes under which address the server was started last.
const SERVED_AT: &str = "served_at";

impl App {
    /// Keeps a key from being used with a database that was made with another: every mailed link would be dead.
    /// The first start notes the key's fingerprint. Where one before the newest is noted, the key was replaced: the newest is taken
    /// up. Where older ones than the oldest are noted, they were forgotten: their links end. Both are done in the same unit as they are
    /// noted, so that nothing is half done however often it is begun.
    pub async fn check_key(&self) -> Result<Option<KeyProblem>, Refused> {
        let store = self.store.clone();
        let note = move |mut w: Writer| {
            let problem = key_problem(&mut w, || store.random_bytes())?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Installation, problem))
        };
        self.store.write(store::work::Origin::internal(), note).await
    }

    /// Notes the address that the server is reached under, for commands that are not told it.
    pub async fn note_served_at(&self) -> Result<(), Refused> {
        let address = self.settings.base_url.clone();
        if self.served_at().await?.as_ref() == Some(&address) {
            return Ok(());
        }
        let note = move |mut w: Writer| {
            installation::upsert(&mut w, SERVED_AT, &address)?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Installation, ()))
        };
        self.store.write(store::work::Origin::internal(), note).await
    }

    /// The address that the server was started under last.
    pub async fn served_at(&self) -> Result<Option<String>, Refused> {
        self.store.read(|r| Ok::<_, Refused>(installation::find(r, SERVED_AT)?)).await
    }

    /// Whether this is the bearer token for metrics (I-06).
    pub fn knows_metrics_token(&self, token: &str) -> bool {
        store::secret::same(token, &store::pass::metrics_token(self.store.key()))
    }

    /// Whether the database answers, and no other server has taken up a newer key than this one knows, nor forgotten one that it still
    /// takes; for readiness (I-06).
    pub async fn is_ready(&self) -> bool {
        let look = |r: &mut Reader| {
            let (newest, oldest) = (r.key().fingerprint(), r.key().oldest_number());
            let is_newest = installation::find(r, KEY_FINGERPRINT)?.is_none_or(|noted| noted == newest);
            Ok::<_, Refused>(is_newest && noted_oldest(r)?.is_none_or(|noted| noted <= oldest))
        };
        self.store.read(look).await.unwrap_or(false)
    }

    /// Whether there is no account yet, so that the set-up link works.
    pub async fn is_empty(&self) -> Result<bool, Refused> {
        self.store.read(|r| Ok::<_, Refused>(installation::is_empty(r)?)).await
    }

    /// Looks at everything that can be wrong without anybody noticing.
    pub async fn diagnose(&self, pass: &SystemPass) -> Result<Diagnosis, Refused> {
        let mut problems = Vec::new();
        let mut verified = Verified::default();
        // With another key every entry would look false.
        match self.check_key().await? {
            None => verified = self.verify_activity(pass).await?,
            Some(KeyProblem::Foreign) => {
                problems.push("secret.key is not the one this database was made with.".to_owned());
            }
            Some(KeyProblem::Forgotten) => {
                problems.push("secret.key holds keys that were forgotten.".to_owned())
            }
        }
        if let Some(broken) = &verified.broken {
            problems.push(format!(
                "Activity entry {} of account {:?} {}.",
                broken.seq, broken.account, broken.fault
            ));
        }
        let now = self.store.now();
        if let Some(due) = self.store.read(|r: &mut Reader| Ok::<_, Refused>(mail::oldest_due(r)?)).await? {
            let minutes = now.since(due).as_minutes();
            if minutes > MAIL_PATIENCE_MINUTES {
                problems.push(format!("A mail has been waiting for {minutes} minutes."));
            }
        }
        Ok(Diagnosis {
            engine: match self.store.engine() {
                store::db::Engine::Sqlite => "sqlite",
                store::db::Engine::Postgres => "postgres",
            },
            sends_mail: self.smtp.is_some(),
            activity_entries: verified.entries,
            problems,
        })
    }
}

/// What is wrong with the keys, after taking up what is new about them.
fn key_problem(w: &mut Writer, random: impl Fn() -> [u8; 32]) -> Result<Option<KeyProblem>, Refused> {
    let (newest, oldest) = (w.key().fingerprint(), w.key().oldest_number());
    let is_first = installation::find(w, KEY_FINGERPRINT)?.is_none();
    let noted = installation::get_or_insert(w, KEY_FINGERPRINT, &newest)?;
    if !w.key().each().any(|key| key.fingerprint() == noted) {
        return Ok(Some(KeyProblem::Foreign));
    }
    // Whoever has lost the key begins anew, whatever was forgotten of the ones before.
    let noted_oldest = noted_oldest(w)?.filter(|_| !is_first);
    if noted_oldest.is_some_and(|noted| noted > oldest) {
        return Ok(Some(KeyProblem::Forgotten));
    }
    if noted != newest {
        key_change::take_up(w, random)?;
        installation::upsert(w, KEY_FINGERPRINT, &newest)?;
    }
    if noted_oldest != Some(oldest) {
        store::key_change::end_links(w)?;
        installation::upsert(w, OLDEST_KEY, &oldest.to_string())?;
    }
    Ok(None)
}

/// The number of the oldest key that is not forgotten, where that was noted.
fn noted_oldest(r: &mut Reader) -> Result<Option<i64>, Refused> {
    let noted = installation::find(r, OLDEST_KEY)?;
    Ok(noted.and_then(|number| number.parse().ok()))
}
