//! Passwords: judging strength and hashing, a few at a time, beside everything else.

mod breached;

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::BASE64_NOPAD;
use domain::input::Problem;
use domain::password::check_length;
use store::secret;
use tokio::sync::oneshot;

use crate::Refused;

/// How many hashes are computed at once; the rest wait their turn. More would let sign-ins starve everything else.
const AT_ONCE: usize = 2;
/// How many may wait. Beyond that the server says it is busy.
const WAITING: usize = 200;
/// The least zxcvbn score that is accepted: "safely unguessable" begins at 3 of 4.
const MIN_SCORE: u8 = 3;

/// Too many passwords are waiting to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

/// The memory one hash is computed in. Each thread has its own and uses it again: taken anew for every hash, 19 MiB at
/// a time, it makes the allocator hold on to hundreds.
type Memory = Vec<Block>;

/// What one of the hashing threads is given to do.
type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// Judges, hashes and checks passwords on threads of its own, a few at a time.
pub struct Hasher {
    hashing: SyncSender<Work>,
    /// New passwords are judged one at a time, apart: whoever has many of them judged holds up nobody who signs in.
    judging: SyncSender<Work>,
    cost: Params,
    /// A hash of no password: computed with when there is no login, so that the answer takes as long.
    dummy: Arc<str>,
}

/// A password that somebody chose.
pub struct NewPassword<'a> {
    /// The field it was typed into.
    pub field: &'static str,
    /// What was typed.
    pub password: &'a str,
    /// Words a guesser would try first: the person's names and address, the account's name.
    pub known: &'a [&'a str],
}

impl Hasher {
    /// A hasher of the usual cost: 19 MiB, two passes, one lane.
    pub fn new(salt: [u8; 32]) -> Hasher {
        Hasher::with_cost(Params::new(19 * 1024, 2, 1, None).expect("fixed parameters"), salt)
    }

    /// A cheap hasher, for tests and demonstration data that make thousands of logins.
    pub fn cheap(salt: [u8; 32]) -> Hasher {
        Hasher::with_cost(Params::new(8, 1, 1, None).expect("fixed parameters"), salt)
    }

    fn with_cost(cost: Params, salt: [u8; 32]) -> Hasher {
        let dummy = written(&cost, &salt[..16], &[0; LENGTH]);
        let (hashing, judging) = (threads(AT_ONCE), threads(1));
        Hasher { hashing, judging, cost, dummy: dummy.into() }
    }

    /// The hash of a password that somebody chose, once it has been judged: there is no way to one without.
    pub async fn take(&self, new: NewPassword<'_>, salt: [u8; 32]) -> Result<String, Refused> {
        self.check(new.field, new.password, new.known).await?;
        Ok(self.hash_unjudged(new.password.to_owned(), salt).await?)
    }

    /// Refuses a password that is too short, too long or too easy to guess.
    async fn check(&self, field: &'static str, password: &str, known: &[&str]) -> Result<(), Refused> {
        let refuse = |problem| Refused::field(field, problem);
        check_length(password).map_err(refuse)?;
        let password = password.to_owned();
        let known: Vec<String> = known.iter().map(|word| (*word).to_owned()).collect();
        let weak = run(&self.judging, move |_| is_weak(&password, &known)).await?;
        if weak { Err(refuse(Problem::WeakPassword)) } else { Ok(()) }
    }

    /// The hash of `password`, salted with fresh random bytes. For passwords that nobody chose; for the others there is
    /// [`Self::take`].
    pub(crate) async fn hash_unjudged(&self, password: String, salt: [u8; 32]) -> Result<String, Busy> {
        let cost = self.cost.clone();
        run(&self.hashing, move |memory| hash_now(&cost, &password, &salt, memory)).await
    }

    /// Whether `password` belongs to `stored`; without a stored hash, no, after the same time.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Busy> {
        Ok(self.find(password, stored.into_iter().collect()).await?.is_some())
    }

    /// Which of the stored hashes `password` belongs to; of none, after the same time. One hash is computed, whatever there
    /// is to compare it with: those with another salt than the first one are not found.
    pub async fn find(&self, password: String, stored: Vec<String>) -> Result<Option<usize>, Busy> {
        let dummy = Arc::clone(&self.dummy);
        run(&self.hashing, move |memory| {
            let first = stored.first().map_or(&*dummy, String::as_str);
            let computed = again(first, &password, memory)?;
            stored.iter().position(|hash| secret::same(hash, &computed))
        })
        .await
    }
}

async fn run<T: Send + 'static>(
    queue: &SyncSender<Work>,
    work: impl FnOnce(&mut Memory) -> T + Send + 'static,
) -> Result<T, Busy> {
    let (reply, answer) = oneshot::channel();
    let work = Box::new(move |memory: &mut Memory| {
        // Whoever asked may have gone: others shall not wait for them.
        if !reply.is_closed() {
            let _ = reply.send(work(memory));
        }
    });
    queue.try_send(work).map_err(|_| Busy)?;
    answer.await.map_err(|_| Busy)
}

/// Threads with a queue of their own.
fn threads(count: usize) -> SyncSender<Work> {
    let (queue, waiting) = mpsc::sync_channel(WAITING);
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..count {
        let waiting = Arc::clone(&waiting);
        thread::spawn(move || work_off(&waiting));
    }
    queue
}

/// Takes work until the hasher is gone.
fn work_off(waiting: &Mutex<Receiver<Work>>) {
    let mut memory = Memory::new();
    loop {
        // In a statement of its own, so that the other threads can take theirs meanwhile.
        let next = waiting.lock().map(|waiting| waiting.recv());
        let Ok(Ok(work)) = next else { return };
        work(&mut memory);
    }
}

/// How many bytes a hash has.
const LENGTH: usize = 32;

fn hash_now(cost: &Params, password: &str, salt: &[u8; 32], memory: &mut Memory) -> String {
    let salt = &salt[..16];
    let hash = compute(cost.clone(), password, salt, memory).expect("salt and cost are in range");
    written(cost, salt, &hash)
}

/// A hash in the usual form: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
fn written(cost: &Params, salt: &[u8], hash: &[u8; LENGTH]) -> String {
    let (m, t, p) = (cost.m_cost(), cost.t_cost(), cost.p_cost());
    let (salt, hash) = (BASE64_NOPAD.encode(salt), BASE64_NOPAD.encode(hash));
    format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${hash}")
}

fn compute(cost: Params, password: &str, salt: &[u8], memory: &mut Memory) -> Option<[u8; LENGTH]> {
    let mut hash = [0; LENGTH];
    memory.resize(cost.block_count(), Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, memory).ok()?;
    Some(hash)
}

/// The hash of `password` with the cost and salt of a stored one; `None` for a text that is no hash of ours.
fn again(stored: &str, password: &str, memory: &mut Memory) -> Option<String> {
    let (given, _) = stored.rsplit_once('$')?;
    let rest = given.strip_prefix("$argon2id$v=19$m=")?;
    let (m, rest) = rest.split_once(",t=")?;
    let (t, rest) = rest.split_once(",p=")?;
    let (p, salt) = rest.split_once('$')?;
    let cost = Params::new(m.parse().ok()?, t.parse().ok()?, p.parse().ok()?, None).ok()?;
    let found = compute(cost, password, &BASE64_NOPAD.decode(salt.as_bytes()).ok()?, memory)?;
    Some(format!("{given}${}", BASE64_NOPAD.encode(&found)))
}

/// How many characters of a password are judged.
const JUDGED: usize = 32;

/// Whether a password is easy to guess, or was seen in a breach. The judge carries 30,000 common passwords, and knows those that
/// are made of them.
pub(crate) fn is_weak(password: &str, known: &[String]) -> bool {
    if breached::was_seen(password) {
        return true;
    }
    // The judge's time grows steeply with the length, where every letter could stand for another: a hundred characters
    // of signs took seconds. These tell enough.
    let judged: String = password.chars().take(JUDGED).collect();
    let known: Vec<&str> =
        known.iter().map(String::as_str).chain(["rollcall"]).filter(|word| !word.is_empty()).collect();
    let is_guessed = |text: &str| u8::from(zxcvbn::zxcvbn(text, &known).score()) < MIN_SCORE;
    // To the judge three words make a password, be they the person's own names: what is left must do without them.
    let is_known = without(&judged, &known).is_some_and(|rest| is_guessed(&rest));
    is_known || is_guessed(&judged)
}

/// What is left of a password without the known words and their parts; `None` if it holds none of them.
fn without(password: &str, known: &[&str]) -> Option<String> {
    let mut words: Vec<String> = known.iter().map(|word| word.to_lowercase()).collect();
    let parts =
        |word: &String| word.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    words.extend(words.iter().flat_map(parts).collect::<Vec<_>>());
    words.retain(|word| word.chars().count() >= 3);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let password = password.to_lowercase();
    let rest = words.iter().fold(password.clone(), |rest, word| rest.replace(word.as_str(), ""));
    (rest != password).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(password: &str, known: &[&str]) -> Result<(), Refused> {
        Hasher::cheap([0; 32]).check("password", password, known).await
    }

    /// It would do, had nobody lost it. Seen to fail: with the list not asked.
    #[tokio::test]
    async fn a01_what_was_seen_in_breaches_is_refused() {
        assert!(check("SatisfactoryFan2", &[]).await.is_err());
        assert!(check("SatisfactoryFan3", &[]).await.is_ok());
    }

    ///
    #[tokio::test]
    async fn a01_guessable_passwords_are_refused() {
        let known = ["natalie", "ford", "natalie@localsync.com", "Acme Dental"];
        for weak in [
            "password1234",
            "natalieford12",
            "aaaaaaaaaaaaaaaa",
            "qwertyuiop123",
            "Acme Dental 1",
            "Ford, Natalie!",
        ] {
            assert!(check(weak, &known).await.is_err(), "{weak}");
        }
        for good in [
            "correct horse battery staple",
            "v8#kQz!2pLm9",
            "ein Koffer voller Regen",
            "natalie eats carrots at noon",
        ] {
            assert!(check(good, &known).await.is_ok(), "{good}");
        }
        assert!(check("short", &[]).await.is_err());
        assert!(check(&"x7!q".repeat(33), &[]).await.is_err(), "more than 128 characters");
    }

    ///
    const KNOWN: &str =
        "$argon2id$v=19$m=64,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$Mdn5CM9HcwcF2uRvAiuF1mIJviWUzswDdgLXvOMvpgk";

    /// the known answer of another implementation (argon2-cffi 25.1 with the same cost and salt), so that a hash
    /// can be read by whoever reads the usual form.
    #[test]
    fn a01_the_form_is_the_usual_one() {
        let cost = Params::new(64, 2, 1, None).expect("a small cost");
        let hash = hash_now(&cost, "correct horse battery staple", &[7; 32], &mut Memory::new());
        assert_eq!(hash, KNOWN);
        assert_eq!(again(&hash, "correct horse battery staple", &mut Memory::new()), Some(hash));
        for broken in ["", "$argon2id$v=19$m=64", "$argon2i$v=19$m=64,t=2,p=1$AA$AA", "plain"] {
            assert_eq!(again(broken, "correct horse battery staple", &mut Memory::new()), None, "{broken}");
        }
    }

    /// Seen to fail: with `check` left out of `take`.
    #[tokio::test]
    async fn a01_what_somebody_chose_is_judged_before_it_is_hashed() {
        let hasher = Hasher::cheap([0; 32]);
        let take =
            |password| hasher.take(NewPassword { field: "password", password, known: &["Ada"] }, [1; 32]);
        assert!(matches!(take("password1234").await, Err(Refused::Invalid(_))));
        assert!(matches!(take("short").await, Err(Refused::Invalid(_))));
        let hash = take("correct horse battery staple").await.expect("good enough");
        let same = hasher.verify("correct horse battery staple".to_owned(), Some(hash)).await;
        assert_eq!(same, Ok(true));
    }

    #[tokio::test]
    async fn a01_hashes_verify_and_salts_differ() {
        let hasher = Hasher::cheap([0; 32]);
        let password = || "correct horse battery staple".to_owned();
        let hash = hasher.hash_unjudged(password(), [1; 32]).await.expect("hashed");
        assert!(hash.starts_with("$argon2id$"));
        assert_ne!(hash, hasher.hash_unjudged(password(), [2; 32]).await.expect("hashed"));
        assert_eq!(hasher.verify(password(), Some(hash.clone())).await, Ok(true));
        assert_eq!(hasher.verify("wrong".into(), Some(hash)).await, Ok(false));
        assert_eq!(hasher.verify("a password that nobody has".into(), None).await, Ok(false));
    }

    /// whoever has new passwords judged, as fast as they like, holds up nobody who signs in.
    #[tokio::test]
    async fn a06_judging_does_not_keep_sign_ins_waiting() {
        let hasher = Arc::new(Hasher::cheap([0; 32]));
        let hash =
            hasher.hash_unjudged("correct horse battery staple".to_owned(), [1; 32]).await.expect("hashed");
        let judge = |_| {
            let hasher = Arc::clone(&hasher);
            tokio::spawn(
                async move { hasher.check("password", "@4({[<3690$57+|!1@4({[<3690$57+|", &[]).await },
            )
        };
        let judged: Vec<_> = (0..400).map(judge).collect();
        tokio::task::yield_now().await;
        let began = std::time::Instant::now();
        assert_eq!(hasher.verify("correct horse battery staple".to_owned(), Some(hash)).await, Ok(true));
        assert!(began.elapsed().as_secs() < 1, "{:?}", began.elapsed());
        judged.iter().for_each(tokio::task::JoinHandle::abort);
    }

    /// Seen to fail: with 100 characters judged, which took several seconds.
    #[tokio::test]
    async fn a06_no_password_takes_long_to_be_judged() {
        let signs: String = "@4({[<3690$57+|!1".chars().cycle().take(128).collect();
        let began = std::time::Instant::now();
        let _ = check(&signs, &["Ada", "Reyes"]).await;
        assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    }
}
