//! How long an answer takes tells nobody whether an address has a sign-in. Measured at the program itself, with
//! passwords hashed at their real cost. Each kind of address is asked for in turn, so that whatever else the machine
//! does falls on both; and as it may yet fall unevenly, one even round of three is enough.

use std::time::{Duration, Instant};

use store::secret::Key;

use crate::http::{Answer, Ask, Hand, set_up};
use crate::serve::{Server, listening};
use crate::support::Installation;

/// How many answers of each kind are measured in a round.
const SAMPLES: usize = 500;
/// How many addresses there are of each kind: enough to stay below every limit.
const ADDRESSES: usize = 100;
/// How often it is tried.
const ROUNDS: usize = 3;
/// Less than this, and the two kinds do not differ by chance.
const LEAST_CHANCE: f64 = 0.01;
/// How much the two medians may differ.
const MOST_DIFFERENCE: f64 = 0.05;

/// Seen to fail: with no password hashed for an unknown address.
#[test]
fn x16_signing_in_takes_as_long_for_an_unknown_address() {
    assert_alike(422, |email| Ask::post("/sign-in", &[("email", email), ("password", "a wrong password")]));
}

/// Seen to fail: with the reset made, and its mail, before the answer instead of by the worker.
#[test]
fn x16_asking_for_a_new_password_takes_as_long_for_an_unknown_address() {
    assert_alike(200, |email| Ask::post("/reset", &[("email", email)]));
}

fn assert_alike(status: u16, ask: impl Fn(&str) -> Ask) {
    for installation in Installation::each() {
        let installation =
            installation.set("ROLLCALL_LOG", "error").set("ROLLCALL_TRUSTED_PROXIES", "127.0.0.1");
        let (installation, address) = listening(installation);
        let server = Server::start(&installation, &address).ready();
        make_logins(&installation, &address);
        // The server closes a connection that is not used for long, as one is while the logins are made.
        let mut hand = Hand::new(&address);
        let mut told = Vec::new();
        let is_even = (0..ROUNDS)
            .any(|round| is_even(&mut hand, round, SAMPLES, status, &ask, [KNOWN, UNKNOWN], &mut told));
        println!("{}", told.join("\n"));
        assert!(is_even, "{told:#?}");
        server.stop("-TERM");
    }
}

/// Measures two kinds of addresses against each other.
fn is_even(
    hand: &mut Hand,
    round: usize,
    samples: usize,
    status: u16,
    ask: &impl Fn(&str) -> Ask,
    kinds: [&str; 2],
    told: &mut Vec<String>,
) -> bool {
    let (one, other) = measure(hand, round, samples, status, ask, kinds);
    let (chance, difference) = (chance(&one, &other), difference(&one, &other));
    told.push(format!(
        "{} {:?}, {} {:?}: p = {chance:.3}, medians differ by {:.2} %",
        kinds[0],
        median(&one),
        kinds[1],
        median(&other),
        100.0 * difference
    ));
    // The medians of a few samples wander with whatever else the machine does; their ranks tell.
    chance > LEAST_CHANCE && (difference < MOST_DIFFERENCE || samples < SAMPLES)
}

/// Where else an address may stand: its only user suspended, deleted, or invited and without a sign-in, with and without a
/// temporary password. Signing in and
/// asking for a new password answer and take as long as for nobody's; and who tries too often is told the same. On one
/// engine: these differ from known and unknown by rows alone. Seen to fail: with no
/// password hashed for an address without a sign-in.
#[test]
fn x16_no_standing_of_a_user_shows() {
    let installation =
        Installation::new().set("ROLLCALL_LOG", "error").set("ROLLCALL_TRUSTED_PROXIES", "127.0.0.1");
    let (installation, address) = listening(installation);
    let server = Server::start(&installation, &address).ready();
    make_logins(&installation, &address);
    make_users(&installation);
    let mut hand = Hand::new(&address);
    let mut told = Vec::new();
    let sign_in = |email: &str| Ask::post("/sign-in", &[("email", email), ("password", "a wrong password")]);
    let reset = |email: &str| Ask::post("/reset", &[("email", email)]);
    for (number, kind) in [SUSPENDED, DELETED, PENDING, GIVEN].into_iter().enumerate() {
        let rounds = || (0..ROUNDS).map(|round| number * ROUNDS + round);
        let kinds = [kind, UNKNOWN];
        assert!(
            rounds().any(|round| is_even(&mut hand, round, 50, 422, &sign_in, kinds, &mut told)),
            "{told:#?}"
        );
        assert!(
            rounds().any(|round| is_even(&mut hand, round + 50, 150, 200, &reset, kinds, &mut told)),
            "{told:#?}"
        );
    }
    println!("{}", told.join("\n"));
    let mut shown = None;
    for kind in [KNOWN, UNKNOWN, SUSPENDED, DELETED, PENDING, GIVEN] {
        let email = email(99, kind);
        let ask = sign_in(&email).with("X-Forwarded-For", "192.0.2.1");
        let answers: Vec<Answer> = (0..11).map(|_| hand.told(&ask)).collect();
        let last = &answers[10];
        assert_eq!(last.status, 429, "{kind}");
        let seen = without(last, &email);
        let seen = seen.replace(last.header("retry-after").unwrap(), "…");
        assert_eq!(shown.get_or_insert_with(|| seen.clone()), &seen, "who tried too often is told apart");
    }
    server.stop("-TERM");
}

/// One user for each address of the other kinds; those who are invited have no sign-in.
fn make_users(installation: &Installation) {
    let insert = |number: usize, kind: &str, status: &str| {
        let (email, login) = (
            email(number, kind),
            format!("{}{number:029x}", if kind == DELETED { "LOGddd" } else { "LOGeee" }),
        );
        let made = if [PENDING, GIVEN].contains(&kind) {
            String::new()
        } else {
            format!(
                "INSERT INTO login (id, email, email_canonical, first_name, last_name, password_hash,
                                    password_changed_at, language, created_at, email_proven_at)
                 SELECT '{login}', '{email}', '{email}', first_name, last_name, password_hash,
                        password_changed_at, language, created_at, email_proven_at FROM login WHERE email = 'ada@example.com';"
            )
        };
        let of = if [PENDING, GIVEN].contains(&kind) { "NULL".to_owned() } else { format!("'{login}'") };
        let id = format!(
            "USR{}{number:029x}",
            &kind.bytes().map(|b| format!("{:x}", b % 16)).collect::<String>()[..3]
        );
        let given = if kind == GIVEN { give(&id, &email) } else { String::new() };
        format!(
            "{made} INSERT INTO \"user\" (account_id, id, login_id, email, email_canonical, first_name, last_name,
                 display_name, sort_name, user_type, agent, status, invoice_emails, created_at, last_active_at, listed)
             SELECT id, '{id}', {of}, '{email}', '{email}', 'P', 'Q', '', 'p q', 'administrator', 0, '{status}', 0,
                 created_at, 0, '{status}' FROM account; {given}"
        )
    };
    let all = [(SUSPENDED, "suspended"), (DELETED, "deleted"), (PENDING, "pending"), (GIVEN, "pending")];
    for (kind, status) in all {
        installation.sql(&(0..ADDRESSES).map(|n| insert(n, kind, status)).collect::<String>());
    }
}

/// An invitation and a temporary password, hashed as Ada's password is.
fn give(user: &str, email: &str) -> String {
    let invitation = user.replace("USR", "INV");
    format!(
        "INSERT INTO invitation (account_id, id, user_id, token_hash, generation, created_at)
         SELECT id, '{invitation}', '{user}', '{invitation}', 0, created_at FROM account;
         INSERT INTO temporary_password (account_id, user_id, email_canonical, password_hash, set_at, expires_at)
         SELECT a.id, '{user}', '{email}', l.password_hash, a.created_at, a.created_at + 259200000000
         FROM account a, login l WHERE l.email = 'ada@example.com';"
    )
}

/// Logins with a password hashed at its real cost.
fn make_logins(installation: &Installation, address: &str) {
    let key = std::fs::read(installation.folder.join("data/secret.key")).unwrap();
    let token = store::pass::setup_token(&Key::new(key.try_into().unwrap()));
    let first = set_up("Acme", "ada@example.com", "correct horse battery staple");
    let made = Hand::new(address).told(&first.with("Cookie", &format!("setup={token}")));
    assert_eq!(made.status, 303, "{}", made.body);
    let insert = |number| {
        let email = email(number, KNOWN);
        format!(
            "INSERT INTO login (id, email, email_canonical, first_name, last_name, password_hash,
                                password_changed_at, language, created_at, email_proven_at)
             SELECT 'LOG{number:032x}', '{email}', '{email}', first_name, last_name, password_hash,
                    password_changed_at, language, created_at, email_proven_at FROM login WHERE email = 'ada@example.com';"
        )
    };
    installation.sql(&(0..ADDRESSES).map(insert).collect::<String>());
}

/// What addresses of each kind begin with; all have the same length.
const KNOWN: &str = "person";
const UNKNOWN: &str = "nobody";
const SUSPENDED: &str = "halted";
const DELETED: &str = "erased";
const PENDING: &str = "waited";
/// Invited, and with a temporary password.
const GIVEN: &str = "locked";

fn email(number: usize, kind: &str) -> String {
    format!("{kind}{number:02}@example.com")
}

/// The times of both kinds, in random order.
fn measure(
    hand: &mut Hand,
    round: usize,
    samples: usize,
    status: u16,
    ask: &impl Fn(&str) -> Ask,
    [known_kind, unknown_kind]: [&str; 2],
) -> (Vec<Duration>, Vec<Duration>) {
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut luck = Luck(round as u64 + 1);
    let mut shown = None;
    for sample in 0..samples {
        let first_is_known = luck.flip();
        for is_known in [first_is_known, !first_is_known] {
            let email = email(sample % ADDRESSES, if is_known { known_kind } else { unknown_kind });
            // A network of its own each time, so that none has asked too often.
            let network =
                format!("10.{}.{}.{}", round * 2 + usize::from(is_known), sample / 250, sample % 250);
            let ask = ask(&email).with("X-Forwarded-For", &network);
            let start = Instant::now();
            let answer = hand.told(&ask);
            let took = start.elapsed();
            assert_eq!(answer.status, status, "{}", answer.body);
            let seen = without(&answer, &email);
            assert_eq!(shown.get_or_insert_with(|| seen.clone()), &seen, "the answers differ");
            if is_known {
                known.push(took)
            } else {
                unknown.push(took)
            }
            // What a request leaves to the worker falls on any request that follows.
            std::thread::sleep(Duration::from_micros(500 * (luck.next() % 8)));
        }
    }
    (known, unknown)
}

/// An answer without what differs for every request: the address that was typed, the moment and the request's id.
fn without(answer: &Answer, email: &str) -> String {
    let own = ["date", "x-request-id"].into_iter().filter_map(|name| answer.header(name)).chain([email]);
    own.fold(format!("{answer:?}"), |shown, own| shown.replace(own, "…"))
}

/// Luck that comes again: a multiplier and a shift.
struct Luck(u64);

impl Luck {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn flip(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}

/// By which part of itself the greater median is greater.
fn difference(one: &[Duration], other: &[Duration]) -> f64 {
    let (one, other) = (median(one).as_secs_f64(), median(other).as_secs_f64());
    (one - other).abs() / one.max(other)
}

/// How likely two samples of the same differ by as much as these, by the ranks of their times (Mann and Whitney; two
/// sides, with the normal distribution, which hundreds of samples are enough for).
fn chance(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<(Duration, bool)> = one.iter().map(|time| (*time, true)).collect();
    all.extend(other.iter().map(|time| (*time, false)));
    all.sort();
    let ranks = all.iter().enumerate().filter(|(_, (_, is_one))| *is_one).map(|(at, _)| at as f64 + 1.0);
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = ranks.sum::<f64>() - n * (n + 1.0) / 2.0;
    let z = (u - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    2.0 * tail(z)
}

/// The part of the normal distribution beyond `z`, to a few places (Abramowitz and Stegun, 26.2.17).
fn tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let terms = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = terms.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * sum
}

/// The measure itself: samples of the same pass, and shifted ones do not. Seen to fail: with the variance of the ranks taken
/// for their deviation.
#[test]
fn x16_what_is_measured_tells_different_times_apart() {
    let mut luck = Luck(7);
    let mut sample = |shift: u64| -> Vec<Duration> {
        (0..SAMPLES).map(|_| Duration::from_micros(30_000 + shift + luck.next() % 5_000)).collect()
    };
    let (one, same, slower) = (sample(0), sample(0), sample(400));
    assert!(chance(&one, &same) > LEAST_CHANCE, "{}", chance(&one, &same));
    assert!(chance(&one, &slower) < LEAST_CHANCE, "{}", chance(&one, &slower));
    assert!((tail(1.96) - 0.025).abs() < 0.000_1 && (tail(0.0) - 0.5).abs() < 0.000_1);
    assert!(difference(&one, &sample(2_000)) > MOST_DIFFERENCE);
}
