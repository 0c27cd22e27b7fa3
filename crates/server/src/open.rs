//! Opens what a command needs: the database and the key. Each thing that can stand in the way has its sentence.

use std::error::Error;
use std::fs::{File, TryLockError};
use std::path::Path;

use app::App;
use app::doctor::KeyProblem;
use app::key_file::KeyFile;
use app::password::Hasher;
use app::push::{Push, Way};
use app::real::{RealClock, RealRandom};
use domain::time::{Clock as _, Random as _};
use store::db::{Db, DbError, Location, MigrateError, MigrationReport};
use store::secret::Key;
use store::work::{Store, Tools};

use crate::failure::Failure;
use crate::settings::{Place, Settings};

/// Opens the database and brings it to the present version.
pub(crate) async fn database(
    settings: &Settings,
    connections: usize,
) -> Result<(Db, MigrationReport), Failure> {
    let location = match &settings.database {
        Place::Sqlite(file) => Location::Sqlite(file.clone()),
        Place::Postgres(url) => Location::Postgres { url: url.clone(), connections },
    };
    let db = Db::open(&location).map_err(|error| cannot_open(&settings.database, &error))?;
    match db.migrate(RealClock.now().micros()).await {
        Ok(report) => Ok((db, report)),
        Err(error) => {
            db.close().await;
            Err(cannot_migrate(settings, &error))
        }
    }
}

/// The product on its database, with the key that the database was made with.
pub(crate) async fn app(
    settings: &Settings,
    connections: usize,
    hasher: fn([u8; 32]) -> Hasher,
) -> Result<App, Failure> {
    checked(settings, unchecked_app(settings, connections, hasher).await?).await
}

async fn checked(settings: &Settings, app: App) -> Result<App, Failure> {
    let checked = app.check_key().await;
    let failure = match checked {
        Ok(None) => return Ok(app),
        Ok(Some(problem)) => unfit_key(settings, problem),
        Err(refused) => crate::sentence::refused(refused, crate::sentence::plain_option),
    };
    app.store.close().await;
    Err(failure)
}

/// The product, whatever its key.
pub(crate) async fn unchecked_app(
    settings: &Settings,
    connections: usize,
    hasher: fn([u8; 32]) -> Hasher,
) -> Result<App, Failure> {
    let (db, _) = database(settings, connections).await?;
    match key_file(settings) {
        Ok(keys) => Ok(with_key(settings, db, keys.key(), hasher)),
        Err(failure) => {
            db.close().await;
            Err(failure)
        }
    }
}

/// The product on its database for a command, with keys that do not stand in the file yet: nothing is noted of them.
pub(crate) async fn app_by(settings: &Settings, keys: &KeyFile) -> Result<App, Failure> {
    let (db, _) = database(settings, 1).await?;
    Ok(with_key(settings, db, keys.key(), Hasher::cheap))
}

fn with_key(settings: &Settings, db: Db, key: Key, hasher: fn([u8; 32]) -> Hasher) -> App {
    let (clock, random) = (Box::new(RealClock), Box::new(RealRandom));
    let tools = Tools { clock, random, key, second_factor_from: settings.second_factor_from };
    let store = Store::new(db, tools);
    App {
        store,
        settings: app::Settings {
            base_url: settings.base_url.clone(),
            mail_from: settings.mail_from.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            strong_keys: settings.strong_keys,
        },
        hasher: hasher(RealRandom.bytes()),
        smtp: settings.smtp.clone(),
        turns: app::mail::outbox::Turns::default(),
        uses: app::capability_use::Uses::default(),
        api_limit: app::api_limit::ApiLimit::new(settings.api_requests_per_hour),
        dns: Box::new(app::brand::dns::System),
        push: Push::by(Way::new(settings.push_addresses.clone()).only(settings.outgoing_hosts.clone())),
        providers: Way::new(settings.provider_addresses.clone()).only(settings.outgoing_hosts.clone()),
    }
}

/// The keys of this installation. In the data folder the first is made; one that is kept elsewhere is there already.
pub(crate) fn key_file(settings: &Settings) -> Result<KeyFile, Failure> {
    let file = &settings.secret_key;
    let read = match settings.is_secret_key_set {
        true => KeyFile::read(file),
        false => KeyFile::read_or_make(file, || RealRandom.bytes()),
    };
    read.map_err(|error| {
        let name = named(settings);
        Failure::new(match error.kind() {
            std::io::ErrorKind::InvalidData => format!("{name} is broken: {error}."),
            _ if settings.is_secret_key_set => format!("{name} cannot be read: {error}."),
            _ => format!(
                "{name} can be neither read nor made ({error}): let the user who runs rollcall write there, or set \
                 ROLLCALL_DATA_DIR to another folder."
            ),
        })
    })
}

/// How the file of the keys is called in sentences.
pub(crate) fn named(settings: &Settings) -> String {
    match settings.is_secret_key_set {
        true => format!("The key in ROLLCALL_SECRET_KEY_FILE ({})", settings.secret_key.display()),
        false => format!("secret.key in the data folder {}", settings.data_dir.display()),
    }
}

/// Holds the data folder while the program serves, beside other servers, or for one command alone that no server may run beside.
/// Where the file system knows no locks, nothing is held.
pub(crate) fn hold(folder: &Path, alone: bool) -> Result<Option<File>, Failure> {
    let Ok(folder) = File::open(folder) else { return Ok(None) };
    let held = if alone { folder.try_lock() } else { folder.try_lock_shared() };
    match held {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::Error(_)) => Ok(None),
        Err(TryLockError::WouldBlock) if alone => Err(Failure::new(
            "A server runs with this data folder, or its key is being replaced: stop every server of this installation first.",
        )),
        Err(TryLockError::WouldBlock) => {
            Err(Failure::new("The key in the data folder is being replaced: start again when that is done."))
        }
    }
}

fn unfit_key(settings: &Settings, problem: KeyProblem) -> Failure {
    let name = named(settings);
    Failure::new(match problem {
        KeyProblem::Forgotten => format!(
            "{name} holds keys that were forgotten, which whoever has read them would go on with: put in its place what rollcall secret \
             forget has written, or destroy this copy."
        ),
        KeyProblem::Foreign => format!(
            "{name} is not the one this database was made with, so every mailed link and every second factor would be dead: restore the \
             secret.key that belongs to the database, or set ROLLCALL_DATA_DIR to the folder that has it."
        ),
    })
}

fn cannot_open(place: &Place, error: &DbError) -> Failure {
    let said = said(error.source().unwrap_or(error));
    let postgres = matches!(place, Place::Postgres(_));
    match error {
        // The driver could not read the URL. Its words may repeat parts of it.
        DbError::Other(_) if postgres => Failure::settings(vec![crate::settings::unreadable_url()]),
        _ if postgres => postgres_failure(error),
        _ => Failure::new(format!(
            "The database in the data folder cannot be opened ({said}): let the user who runs rollcall write there, \
             and check that rollcall.db is a SQLite database."
        )),
    }
}

fn postgres_failure(error: &DbError) -> Failure {
    let source = error.source().unwrap_or(error);
    if store::strong_keys::is_too_weak(source) {
        return Failure::new(
            "The certificate of PostgreSQL, or the one behind it, has a key that ROLLCALL_STRONG_KEYS=on does not take: make it anew with \
             one of ECDSA, Ed25519, or RSA with 3,072 bits or more.",
        );
    }
    Failure::new(postgres_sentence(&said(source)))
}

/// What to do about a PostgreSQL that does not let us in, from its own words, which never hold the password.
fn postgres_sentence(said: &str) -> String {
    let what = if said.contains("password authentication failed") {
        "PostgreSQL refuses the user or the password: check both in ROLLCALL_DATABASE_URL; it says"
    } else if said.contains("password missing") {
        "PostgreSQL asks for a password: write postgres://user:password@host/database in ROLLCALL_DATABASE_URL; \
         the driver says"
    } else if said.contains("certificate") {
        "PostgreSQL and this server do not know each other by their certificates: check sslrootcert, sslcert and sslkey in \
         ROLLCALL_DATABASE_URL; the driver says"
    } else if said.contains("database \"") && said.contains("does not exist") {
        "PostgreSQL has no such database: make it with CREATE DATABASE, or mend its name in ROLLCALL_DATABASE_URL; \
         it says"
    } else {
        "PostgreSQL cannot be reached: check that it runs and that host and port in ROLLCALL_DATABASE_URL are right; \
         the driver says"
    };
    format!("{what}: {said}.")
}

fn cannot_migrate(settings: &Settings, error: &MigrateError) -> Failure {
    let advice = match (error, &settings.database) {
        (MigrateError::Database(error), Place::Postgres(_)) => {
            return postgres_failure(error);
        }
        (MigrateError::Newer { .. }, _) => "",
        (MigrateError::Changed { .. }, _) => "; use the program that made it, or restore a backup",
        _ => "; nothing of it was kept",
    };
    Failure::new(format!("The database cannot be brought to this version: {}{advice}.", said(error)))
}

/// An error and what it comes from, in one line.
pub(crate) fn said(error: &dyn Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let part = error.to_string().replace('\n', " ");
        // Some errors repeat what they come from.
        if !parts.iter().any(|known| known.contains(&part)) {
            parts.push(part);
        }
        next = error.source();
    }
    parts.join(": ").trim_end_matches('.').to_owned()
}
