//! For tests: worlds with named people, a moving clock and a mailbox.
//!
//! A [`World`] is the product on a database of its own, which is gone when the world is dropped. A scenario holds on
//! every engine there is, so it loops:
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
//! use domain::user::UserType;
//! use testkit::PASSWORD;
//!
//! for world in testkit::worlds().await {
//!     let account = world.set_up().await;
//!     let branch = account.company("Harbor Dental").await;
//!     account.invite("natalie@example.com", UserType::Manager, &[branch]).await;
//!
//!     let letter = world.letter_to("natalie@example.com").await;
//!     let natalie = world.accept(letter.link(), PASSWORD).await;
//!     assert_eq!(natalie.email, "natalie@example.com");
//! }
//! # });
//! ```
//!
//! SQLite is always there. PostgreSQL joins when `ROLLCALL_TEST_POSTGRES` holds the URL of a server on which
//! databases may be made, such as `postgres://app@127.0.0.1:5432/postgres`.
//!
//! Nothing here depends on the hour or on luck: the clock stands at [`START`] until it is moved, and random bits
//! come from a counter, so a failure comes again. Ids made in one moment sort in the order they were made.
//!
//! A world has no mail server. Mails are kept, as on an installation without one, and [`World::mailbox`] shows them
//! as they would be sent at this moment.

mod asks;
mod brands;
mod catalogue;
mod directory;
mod logins;
mod luck;
mod mailbox;
mod passkey;
mod people;
mod phone;
mod place;
mod provider;
mod push;
mod records;
mod world;

pub use brands::brand_of;
pub use catalogue::{said_in_english_alone, texts, unescaped};
pub use luck::{CountedRandom, MovingClock, START};
pub use mailbox::Letter;
pub use passkey::{Device, asked_in};
pub use people::{Account, Center, Person, session_of};
pub use phone::Phone;
pub use provider::{Provider, Says};
pub use push::BROWSER_KEYS;
pub use store::db::Engine;
pub use world::World;

use std::future::Future;

/// The password that people in tests choose: one that the product takes.
pub const PASSWORD: &str = "correct horse battery staple";

/// The engines that are there: SQLite always, PostgreSQL when a server is named.
pub fn engines() -> Vec<Engine> {
    let postgres = place::postgres_server().map(|_| Engine::Postgres);
    std::iter::once(Engine::Sqlite).chain(postgres).collect()
}

/// A fresh world on each engine.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for engine in engines() {
        worlds.push(World::on(engine).await);
    }
    worlds
}

/// Starts `count` tasks, then waits for all of them; for races. A task's panic is the caller's.
pub async fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    task: impl Fn(usize) -> F,
) -> Vec<T> {
    let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(task(number))).collect();
    let mut answers = Vec::with_capacity(count);
    for task in tasks {
        answers.push(task.await.expect("the task ended well"));
    }
    answers
}
