//! Units of work: the only door to the database.
//!
//! A unit is a synchronous closure that runs whole on a database thread. A reading unit sees; a writing unit ends
//! with [`Writer::commit`], which takes the activity entry and consumes the unit, so a change without its entry
//! does not compile:
//!
//! ```compile_fail
//! # use store::{db::DbError, work::{Committed, Store, Origin}};
//! # async fn f(store: Store) -> Result<(), DbError> {
//! store.write(Origin::internal(), |w| Ok::<_, DbError>(())).await // no commit
//! # }
//! ```
//!
//! The same with its entry does:
//!
//! ```
//! # use domain::activity::{Entry, Verb};
//! # use store::{db::DbError, work::{Actor, Store, Origin}};
//! # async fn f(store: Store) -> Result<(), DbError> {
//! store.write(Origin::internal(), |w| {
//!     w.commit(&Actor::system(), Entry::of_login(Verb::LoginChanged, "LOG…", "Natalie"), ())
//! }).await
//! # }
//! ```

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::activity::Entry;
use domain::id::{AccountCenterId, DirectoryId, Id, LoginId, NumberId, UserId};
use domain::time::{Clock, Random, Span, Timestamp};

use crate::activity;
use crate::attempt::{self, Limit};
use crate::center_person;
use crate::db::{Db, DbError, Engine, MigrateError, Tx};
use crate::secret::{self, Key};

/// What every unit needs beside the database: time, randomness, the key, and what the operator asks of everybody.
pub struct Tools {
    /// The clock.
    pub clock: Box<dyn Clock>,
    /// Random bits.
    pub random: Box<dyn Random>,
    /// The installation's key.
    pub key: Key,
    /// From when everybody everywhere needs a second factor, if ever (A-02).
    pub second_factor_from: Option<Timestamp>,
}

/// The database with its tools. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    db: Db,
    tools: Arc<Tools>,
}

/// Where a change comes from, for its activity entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The network of the request; empty for the command line and the worker.
    pub network: String,
    /// The request's id, as in the logs.
    pub request_id: String,
    /// The code of the language that whoever asks reads; empty where nobody does.
    pub language: String,
}

impl Origin {
    /// From the server itself: the command line or the worker.
    pub fn internal() -> Origin {
        Origin { network: String::new(), request_id: String::new(), language: String::new() }
    }
}

/// Who does something, as the activity entry keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `user`, `login`, `directory`, `operator`, `system` or `visitor`.
    pub kind: &'static str,
    /// The id of the user, login or directory; empty for the others.
    pub id: String,
    /// The name at that time.
    pub name: String,
    /// What the key was called that a program has given for them, if it was one.
    pub key: Option<String>,
}

impl Actor {
    fn new(kind: &'static str, id: String, name: &str) -> Actor {
        Actor { kind, id, name: name.to_owned(), key: None }
    }

    /// The same by a program, where a key of this name was given.
    pub(crate) fn by_key(self, key: Option<&str>) -> Actor {
        Actor { key: key.map(str::to_owned), ..self }
    }

    /// A user of the account.
    pub fn user(id: &UserId, name: &str) -> Actor {
        Actor::new("user", id.to_string(), name)
    }

    /// A person apart from any account.
    pub fn login(id: &LoginId, name: &str) -> Actor {
        Actor::new("login", id.to_string(), name)
    }

    /// A customer's directory.
    pub fn directory(id: &DirectoryId, name: &str) -> Actor {
        Actor::new("directory", id.to_string(), name)
    }

    /// Whoever has the server's command line.
    pub fn operator() -> Actor {
        Actor::new("operator", String::new(), "")
    }

    /// The server by itself.
    pub fn system() -> Actor {
        Actor::new("system", String::new(), "")
    }

    /// Somebody who has not signed in.
    pub fn visitor() -> Actor {
        Actor::new("visitor", String::new(), "")
    }
}

/// Changes that are not in the activity. This list may only shrink.
#[derive(Clone, Copy, Debug)]
pub enum Unrecorded {
    /// When a session and its user were last seen, or a directory's token.
    LastSeen,
    /// Counting attempts, and forgetting old counts.
    Attempt,
    /// Claiming a mail and noting what became of it; the mail's row is its own record.
    Mail,
    /// Claiming a push and noting what became of it; that a device is gone is recorded.
    Push,
    /// That administrators, or the owner of a key, were told of an end to come; the mails are its record.
    EndNotice,
    /// Sealing activity itself.
    Seal,
    /// Facts of the installation.
    Installation,
    /// What became of rows of a job of which nobody was made; the job's own rows are the record.
    Job,
    /// Following an account into a center or out of it, user by user; that it came or left is recorded.
    CenterPeople,
    /// That a browser which saw an account as somebody else has its session back, or was refused, after that was over.
    SeeAsOver,
    /// What could not be done of an access review that goes on; its own rows are the record.
    AccessReview,
}

/// What a writing unit returns: proof that it was committed.
#[derive(Debug)]
#[must_use]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    /// Changes what is handed to the caller; the proof stays.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Committed<U> {
        Committed(change(self.0))
    }
}

/// A unit that reads.
pub struct Reader<'a, 'tx> {
    tx: &'a mut Tx<'tx>,
    /// The time of this unit.
    pub now: Timestamp,
    tools: &'a Tools,
    writes: bool,
}

/// A unit that writes. It derefs to a [`Reader`], so whatever reads can be called with it.
pub struct Writer<'a, 'tx> {
    reader: Reader<'a, 'tx>,
    origin: Cow<'a, Origin>,
    attempts: &'a Attempts,
    people: &'a People,
}

/// The people of account centers whose users a unit has changed, by their addresses in lower case.
type People = RefCell<BTreeSet<(AccountCenterId, String)>>;

/// What a unit has counted, by name and limit. A unit that is refused leaves nothing behind, yet its attempts count.
type Attempts = Mutex<Vec<(String, Limit)>>;

impl<'tx> Reader<'_, 'tx> {
    /// The installation's key.
    pub fn key(&self) -> &Key {
        &self.tools.key
    }

    /// From when everybody everywhere needs a second factor, if ever.
    pub(crate) fn second_factor_from(&self) -> Option<Timestamp> {
        self.tools.second_factor_from
    }

    /// Whether it is part of a unit that writes.
    pub(crate) fn writes(&self) -> bool {
        self.writes
    }

    pub(crate) fn tx(&mut self) -> &mut Tx<'tx> {
        self.tx
    }
}

impl<'a, 'tx> Deref for Writer<'a, 'tx> {
    type Target = Reader<'a, 'tx>;

    fn deref(&self) -> &Reader<'a, 'tx> {
        &self.reader
    }
}

impl<'a, 'tx> DerefMut for Writer<'a, 'tx> {
    fn deref_mut(&mut self) -> &mut Reader<'a, 'tx> {
        &mut self.reader
    }
}

impl Writer<'_, '_> {
    /// A new id.
    pub fn new_id<T: Id>(&self) -> T {
        let bytes = self.tools.random.bytes();
        T::new(self.now, u128::from_le_bytes(bytes[..16].try_into().expect("16 of 32 bytes")))
    }

    /// A random number from 0 on, below `end`, which is far below 2^64.
    pub(crate) fn random_below(&self, end: i64) -> i64 {
        let bytes = self.tools.random.bytes();
        let random = u64::from_le_bytes(bytes[..8].try_into().expect("8 of 32 bytes"));
        (random % end as u64) as i64
    }

    /// A new id that is a whole number.
    pub fn new_number<T: NumberId>(&self) -> T {
        let bytes = self.tools.random.bytes();
        T::new(self.now, u128::from_le_bytes(bytes[..16].try_into().expect("16 of 32 bytes")))
    }

    /// A new random token.
    pub fn new_token(&self) -> String {
        secret::random_token(self.tools.random.bytes())
    }

    /// Notes an attempt that counts whatever becomes of the unit.
    pub(crate) fn note_attempt(&self, name: &str, limit: Limit) {
        locked(self.attempts).push((name.to_owned(), limit));
    }

    /// Notes a person of a center who is to be counted anew before the unit ends.
    pub(crate) fn note_person(&self, center: &AccountCenterId, email: &str) {
        self.people.borrow_mut().insert((center.clone(), email.to_owned()));
    }

    /// From here on the language is that of this code, which whoever acts has chosen: the mails they cause get it.
    pub fn speak(&mut self, language: &str) {
        if self.origin.language != language {
            language.clone_into(&mut self.origin.to_mut().language);
        }
    }

    /// From here on what is noted says nothing of the network it comes from.
    pub fn forget_network(&mut self) {
        self.origin.to_mut().network.clear();
    }

    /// Where the change comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Ends the unit with its entry in the activity.
    pub fn commit<T, E: From<DbError>>(
        self,
        actor: &Actor,
        entry: Entry,
        value: T,
    ) -> Result<Committed<T>, E> {
        self.commit_all(actor, vec![entry], value)
    }

    /// Ends the unit with several entries. At least one, else the change would go unrecorded.
    pub fn commit_all<T, E: From<DbError>>(
        mut self,
        actor: &Actor,
        entries: Vec<Entry>,
        value: T,
    ) -> Result<Committed<T>, E> {
        assert!(!entries.is_empty(), "a change is recorded");
        activity::insert(&mut self, actor, &entries)?;
        Ok(Committed(value))
    }

    /// Ends a unit that is not recorded, for one of the few reasons there are.
    pub fn commit_unrecorded<T>(self, _reason: Unrecorded, value: T) -> Committed<T> {
        Committed(value)
    }
}

fn write_unit<T, E: From<DbError>>(
    tx: &mut Tx,
    tools: &Tools,
    origin: &Origin,
    attempts: &Attempts,
    unit: &impl Fn(Writer) -> Result<Committed<T>, E>,
) -> Result<T, E> {
    locked(attempts).clear();
    let (now, people) = (tools.clock.now(), People::default());
    let reader = Reader { tx: &mut *tx, now, tools, writes: true };
    let Committed(value) = unit(Writer { reader, origin: Cow::Borrowed(origin), attempts, people: &people })?;
    let reader = Reader { tx, now, tools, writes: true };
    let mut w = Writer { reader, origin: Cow::Borrowed(origin), attempts, people: &people };
    for (center, email) in people.take() {
        center_person::count_anew(&mut w, &center, &email)?;
    }
    Ok(value)
}

/// A unit that panicked has noted its attempts all the same.
fn locked(attempts: &Attempts) -> MutexGuard<'_, Vec<(String, Limit)>> {
    attempts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// The database and its tools together.
    pub fn new(db: Db, tools: Tools) -> Store {
        Store { db, tools: Arc::new(tools) }
    }

    /// Runs a unit that reads. Errors of the database come back as `E`.
    pub async fn read<T, E>(
        &self,
        unit: impl Fn(&mut Reader) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let tools = Arc::clone(&self.tools);
        self.db
            .read(move |tx| unit(&mut Reader { tx, now: tools.clock.now(), tools: &tools, writes: false }))
            .await
    }

    /// Runs a unit that writes. It may be run again after a collision with another, so it must do nothing but
    /// read and write through its unit. What it counted stays counted when it is refused.
    pub async fn write<T, E>(
        &self,
        origin: Origin,
        unit: impl Fn(Writer) -> Result<Committed<T>, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (tools, attempts) = (Arc::clone(&self.tools), Arc::<Attempts>::default());
        let noted = Arc::clone(&attempts);
        let done = self.db.write(move |tx| write_unit(tx, &tools, &origin, &noted, &unit)).await;
        if done.is_err() {
            let attempts = std::mem::take(&mut *locked(&attempts));
            self.count(attempts).await;
        }
        done
    }

    /// Runs a unit that nobody waits for, behind those that somebody waits for. What it counted goes with it: refused, it
    /// has counted nothing.
    pub async fn write_later<T, E>(
        &self,
        origin: Origin,
        unit: impl Fn(Writer) -> Result<Committed<T>, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let tools = Arc::clone(&self.tools);
        self.db.write_later(move |tx| write_unit(tx, &tools, &origin, &Attempts::default(), &unit)).await
    }

    /// Counts `n` under each of two names: how many each has now, and until when it counts. Many who count at once wait for
    /// each other, and none is tried again.
    pub async fn tally(
        &self,
        names: [String; 2],
        windows: [Span; 2],
        n: i64,
    ) -> Result<[(i64, Timestamp); 2], DbError> {
        let now = self.now();
        attempt::add_many(&self.db, now, [&names[0], &names[1]], windows, n).await
    }

    /// Counts the attempts of a unit that was refused.
    async fn count(&self, attempts: Vec<(String, Limit)>) {
        if attempts.is_empty() {
            return;
        }
        let now = self.now();
        let count = move |tx: &mut Tx| {
            attempts.iter().try_for_each(|(name, limit)| attempt::add(tx, now, name, *limit).map(drop))
        };
        // Whoever asked is told why they were refused, not that it could not be counted.
        if let Err(error) = self.db.write::<(), DbError>(count).await {
            tracing::warn!(%error, "an attempt could not be counted");
        }
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        self.tools.clock.now()
    }

    /// The installation's key.
    pub fn key(&self) -> &Key {
        &self.tools.key
    }

    /// 32 random bytes, for use outside a unit.
    pub fn random_bytes(&self) -> [u8; 32] {
        self.tools.random.bytes()
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        self.db.engine()
    }

    /// Brings the database to the present version.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        self.db.migrate(self.now().micros()).await.map(|_| ())
    }

    /// Waits for queued units and ends the database threads.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
