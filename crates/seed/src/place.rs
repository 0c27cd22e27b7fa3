//! Where a world is made: the settings that the server will be given too, and the key that it will have.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use app::Refused;
use app::key_file::KeyFile;
use app::password::Hasher;
use app::real::{RealClock, RealRandom};
use domain::time::{Clock as _, Random as _};
use serde::Serialize;
use store::db::{Db, Location};
use store::installation;
use store::secret::{Key, random_token};
use store::work::{Origin, Store, Tools, Unrecorded, Writer};

use crate::{Size, World, fill};

/// A data folder and, where the data is not in there, the URL of a PostgreSQL database.
pub struct Place {
    /// The folder of `secret.key` and, on SQLite, of `rollcall.db`.
    pub data_dir: PathBuf,
    /// `postgres://user:password@host/database`.
    pub database_url: Option<String>,
}

/// What was made, and how its first administrator signs in.
#[derive(Debug, Serialize)]
pub struct Made {
    /// The first administrator's address.
    pub login: String,
    /// Their password, which is random and told this once.
    pub password: String,
    /// The first account.
    pub account: String,
    /// The account center, if one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_center: Option<String>,
    /// How many users were made.
    pub users: u64,
    /// How long it took.
    pub seconds: f64,
    /// How many that would be in a minute.
    pub users_per_minute: u64,
}

impl Place {
    /// Makes a world in a database without accounts; a sentence, if that can't be.
    pub async fn fill(&self, size: Size) -> Result<Made, String> {
        if self.has_accounts().await? {
            return Err(NOT_EMPTY.to_owned());
        }
        let store = self.open().await?;
        let made = fill_empty(&store, size).await;
        store.close().await;
        made
    }

    /// The database, brought to the present version, with the key that is its own from now on.
    async fn open(&self) -> Result<Store, String> {
        let folder = self.data_dir.display();
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.data_dir);
        made.map_err(|error| format!("The folder {folder} cannot be made: {error}."))?;
        let db = self.database()?;
        let migrated = db.migrate(RealClock.now().micros()).await;
        migrated.map_err(|error| format!("The database cannot be brought to this version: {error}."))?;
        let keys = KeyFile::read_or_make(&self.data_dir.join("secret.key"), || RealRandom.bytes())
            .map_err(|error| format!("secret.key in {folder} can be neither read nor made: {error}."))?;
        Ok(store(db, keys.key()))
    }

    fn database(&self) -> Result<Db, String> {
        let location = match &self.database_url {
            Some(url) => Location::Postgres { url: url.clone(), connections: 1 },
            None => Location::Sqlite(self.file()),
        };
        Db::open(&location).map_err(|error| format!("The database cannot be opened: {error}."))
    }

    /// Where the data is on SQLite.
    fn file(&self) -> PathBuf {
        self.data_dir.join("rollcall.db")
    }

    /// Whether anybody's accounts are there, looked at before anything is changed or made. A database that cannot be asked has no
    /// such table yet, or tells what it lacks when it is brought to the present version.
    async fn has_accounts(&self) -> Result<bool, String> {
        if self.database_url.is_none() && !self.file().exists() {
            return Ok(false);
        }
        let store = store(self.database()?, Key::new([0; 32]));
        let empty = store.read(|r| Ok::<_, Refused>(installation::is_empty(r)?)).await;
        store.close().await;
        Ok(matches!(empty, Ok(false)))
    }
}

const NOT_EMPTY: &str = "There are accounts in this database already, and made-up people among real ones could not be told apart: name a fresh \
     data folder in ROLLCALL_DATA_DIR.";

fn store(db: Db, key: Key) -> Store {
    let (clock, random) = (Box::new(RealClock), Box::new(RealRandom));
    Store::new(db, Tools { clock, random, key, second_factor_from: None })
}

async fn fill_empty(store: &Store, size: Size) -> Result<Made, String> {
    let failed = |refused: Refused| format!("The world cannot be made: {refused:?}.");
    if !store.read(|r| Ok::<_, Refused>(installation::is_empty(r)?)).await.map_err(failed)? {
        return Err(NOT_EMPTY.to_owned());
    }
    if !note_key(store).await.map_err(failed)? {
        return Err("secret.key is not the one this database was made with.".to_owned());
    }
    let password = random_token(store.random_bytes())[..20].to_owned();
    let start = store.now();
    let world = fill(store, &Hasher::new(RealRandom.bytes()), size, &password).await;
    let seconds = store.now().since(start).as_micros() as f64 / 1e6;
    let World { account, center, email, users } = world.map_err(failed)?;
    Ok(Made {
        login: email,
        password,
        account: account.to_string(),
        account_center: center.map(|center| center.to_string()),
        users,
        seconds: (seconds * 1_000.0).round() / 1_000.0,
        users_per_minute: (users as f64 * 60.0 / seconds) as u64,
    })
}

/// Notes the key's fingerprint, as the server does at its first start; whether it is this database's.
async fn note_key(store: &Store) -> Result<bool, Refused> {
    let fingerprint = store.key().fingerprint();
    let note = {
        let fingerprint = fingerprint.clone();
        move |mut w: Writer| {
            let noted = installation::get_or_insert(&mut w, "key_fingerprint", &fingerprint)?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Installation, noted))
        }
    };
    Ok(store.write(Origin::internal(), note).await? == fingerprint)
}
