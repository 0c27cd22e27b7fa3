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

/// How long a mail that is due may wait before somebody should look.
const MAIL_PATIENCE_MINUTES: i64 = 30;

/// What notes which key the database is used with.
const KEY_FINGERPRINT: &str = "key_fingerprint";
/// What notes under which address the server was started last.
const SERVED_AT: &str = "served_at";

impl App {
    /// Keeps a key from being used with a database that was made with another: every mailed link would be dead.
    /// The first start notes the key's fingerprint. Where one before the newest is noted, the key was replaced: the newest is taken
    /// up, in the same unit, so that nothing is half done however often it is begun.
    pub async fn key_fits(&self) -> Result<bool, Refused> {
        let store = self.store.clone();
        let note = move |mut w: Writer| {
            let newest = w.key().fingerprint();
            let noted = installation::get_or_insert(&mut w, KEY_FINGERPRINT, &newest)?;
            let fits = w.key().each().any(|key| key.fingerprint() == noted);
            if fits && noted != newest {
                key_change::take_up(&mut w, || store.random_bytes())?;
                installation::upsert(&mut w, KEY_FINGERPRINT, &newest)?;
            }
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Installation, fits))
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

    /// Whether the database answers, and no other server has taken up a newer key than this one knows; for readiness (I-06).
    pub async fn is_ready(&self) -> bool {
        let newest = self.store.key().fingerprint();
        let noted = self.store.read(|r| Ok::<_, Refused>(installation::find(r, KEY_FINGERPRINT)?)).await;
        noted.is_ok_and(|noted| noted.is_none_or(|noted| noted == newest))
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
        if self.key_fits().await? {
            verified = self.verify_activity(pass).await?;
        } else {
            problems.push("secret.key is not the one this database was made with.".to_owned());
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
