//! What an account center gives and takes holds at the next request on every server, whichever of them it was done on
//! (C-03, C-10, C-11, P-19).

use std::thread;
use std::time::Instant;

use crate::http::{Ask, Hand};
use crate::revocation::{KIM, Pair, soon};
use crate::stage::{login_of, token, user_of};
use crate::support::Installation;

/// An account center of the first accounts, run by the person of number 0. Kim is a reporting user of the first account,
/// and in none of the others.
struct Agency {
    pair: Pair,
    path: String,
}

impl Agency {
    fn new(installation: Installation, accounts: usize, first: usize) -> Agency {
        let pair = Pair::new(installation, accounts);
        let own = user_of(&pair.first.accounts[0], KIM);
        let strangers: Vec<String> =
            pair.first.accounts.iter().map(|account| format!("'{account}'")).collect();
        for sql in [
            format!("UPDATE \"user\" SET user_type = 'reporting' WHERE id = '{own}'"),
            format!(
                "DELETE FROM \"user\" WHERE login_id = '{}' AND id <> '{own}' AND account_id IN ({})",
                login_of(KIM),
                strangers.join(", ")
            ),
        ] {
            pair.first.installation.sql(&sql);
        }
        let accounts: Vec<_> =
            pair.first.accounts[..first].iter().map(|id| ("account", id.as_str())).collect();
        let made = Ask::post("/account-centers/new", &[&[("name", "Agency")], &accounts[..]].concat());
        let made = Hand::new(&pair.addresses[0]).told(&made.with_session(&token(0, 0)));
        assert_eq!(made.status, 303, "{made:?}");
        let path = made.header("location").unwrap().to_owned();
        let agency = Agency { pair, path };
        agency.does(1, "executives/first", &[]);
        agency
    }

    /// Whoever runs the center does something, on one of the servers.
    fn does(&self, server: usize, what: &str, fields: &[(&str, &str)]) {
        let ask = Ask::post(format!("{}/{what}", self.path), fields).with_session(&token(0, 0));
        let answer = Hand::new(&self.pair.addresses[server]).told(&ask);
        assert_eq!(answer.status, 303, "{what}: {answer:?}");
    }

    fn make(&self, server: usize) {
        self.does(server, &format!("executives/{}/make", login_of(KIM)), &[]);
    }

    fn unmake(&self, server: usize, afterwards: &str) {
        self.does(server, &format!("executives/{}/end", login_of(KIM)), &[("afterwards", afterwards)]);
    }

    fn join(&self, server: usize, account: usize) {
        self.does(server, "accounts/link", &[("account", &self.pair.first.accounts[account])]);
    }

    /// What Kim gets of an account on both servers: its list of users, and whether they may manage them by their session
    /// and by their key.
    fn assert_kim(&self, account: usize, page: u16, may: (u16, bool)) {
        let account = &self.pair.first.accounts[account];
        assert_eq!(self.pair.statuses(&self.pair.page(account)), [page; 2]);
        assert_eq!(self.pair.may(account, "manage_users"), [may; 4]);
    }
}

const ALL: (u16, (u16, bool)) = (200, (200, true));
const SOME: (u16, (u16, bool)) = (403, (200, false));
const NONE: (u16, (u16, bool)) = (404, (404, false));

#[test]
fn c10_p19_an_executive_is_one_on_every_server_from_the_next_request_on() {
    for installation in Installation::each() {
        let agency = Agency::new(installation, 2, 2);
        let (first, second) = (0, 1);
        for (made_on, unmade_on) in [(first, second), (second, first)] {
            agency.assert_kim(0, SOME.0, SOME.1);
            agency.assert_kim(1, NONE.0, NONE.1);
            agency.make(made_on);
            agency.assert_kim(0, ALL.0, ALL.1);
            agency.assert_kim(1, ALL.0, ALL.1);
            let streams = agency.pair.streams(&agency.pair.first.accounts[1]);
            agency.unmake(unmade_on, "take-back");
            let since = Instant::now();
            agency.assert_kim(0, SOME.0, SOME.1);
            agency.assert_kim(1, NONE.0, NONE.1);
            let ends = streams.map(|stream| thread::spawn(move || stream.end(since)));
            ends.into_iter().for_each(|end| assert!(end.join().unwrap() < soon()));
        }
        agency.pair.end("an executive administrator made and unmade", 2);
    }
}

#[test]
fn c03_c11_p19_accounts_that_join_and_access_that_is_kept_are_the_same_on_every_server() {
    for installation in Installation::each() {
        let agency = Agency::new(installation, 4, 2);
        agency.make(0);
        agency.assert_kim(2, NONE.0, NONE.1);
        agency.join(1, 2);
        agency.assert_kim(2, ALL.0, ALL.1);
        agency.unmake(0, "keep");
        for account in 0..3 {
            agency.assert_kim(account, ALL.0, ALL.1);
        }
        agency.join(0, 3);
        agency.assert_kim(3, NONE.0, NONE.1);
        // Made again they have what came meanwhile, until it leaves.
        agency.make(1);
        agency.assert_kim(3, ALL.0, ALL.1);
        agency.does(0, &format!("accounts/{}/unlink", agency.pair.first.accounts[3]), &[]);
        agency.assert_kim(3, NONE.0, NONE.1);
        agency.assert_kim(1, ALL.0, ALL.1);
        agency.pair.end("accounts of a center that come and go", 1);
    }
}
