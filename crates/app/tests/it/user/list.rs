//! The list against a naive one: every chain of pages gives exactly who belongs there, in order (U-05).

use std::collections::BTreeSet;

use app::user::{self, Cursor, Filter, Sort, User, UsersPage};
use app::work::Reader;
use domain::access_change::Change;
use domain::id::{CompanyId, UserId};
use domain::name::sort_key;
use domain::time::Span;
use domain::user::{NewUser, UserStatus, UserType};
use testkit::{Account, World};

use crate::desk::{Desk, names};

/// Draws, the same for the same seed.
struct Lot(u64);

impl Lot {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn draw<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.next(list.len())].clone()
    }
}

const FIRST: &[&str] =
    &["Dana", "Daniel", "Dan", "Ana María", "Zoë", "Jo Jo", "Mary-Ann", "_x%", "日本", "Lee", "back\\slash"];
const LAST: &[&str] = &["Reyes", "Rey", "Lee", "de Cruz", "Dana", "Danforth", "ÅSTRÖM", "O'Neil", "Jo"];
const DISPLAY: &[&str] = &["", "", "", "DR", "Dana R.", "Boss Reyes"];
const HOSTS: &[&str] = &["a.example", "b.example", "dan.example"];
const SEARCHES: &[&str] = &[
    "",
    "",
    "",
    "dan",
    "dana",
    "DANA rey",
    "rey dana",
    "reyes dan",
    "jo",
    "jo jo",
    "dana dan",
    "lee d",
    "dan.example",
    "å",
    "ana cruz de",
    "de ana maría",
    "boss reyes dana",
    "_",
    "%",
    "\\",
    "dana.",
    "nobody",
    "日",
    "r",
    "e",
    "p1",
    "back\\",
];

/// Somebody as the naive list knows them.
struct Known {
    user: User,
    companies: BTreeSet<CompanyId>,
}

impl Known {
    fn words(&self) -> BTreeSet<String> {
        let names = &self.user.names;
        let key = sort_key(&[&names.first, &names.last, &names.display]);
        key.split(' ').map(str::to_owned).collect()
    }

    fn addresses(&self) -> [String; 2] {
        let email = self.user.email.to_lowercase();
        [email.clone(), email.split('@').next_back().unwrap().to_owned()]
    }

    /// All typed words are words of theirs; the last may be the beginning of one.
    fn is_found_by(&self, typed: &str) -> bool {
        let key = sort_key(&[typed]);
        let Some((before, last)) = key.rsplit_once(' ') else {
            return self.words().iter().chain(&self.addresses()).any(|word| word.starts_with(&key));
        };
        let words = self.words();
        before.split(' ').all(|word| words.contains(word)) && words.iter().any(|word| word.starts_with(last))
    }

    /// The first of what is found by one typed word: that word and another, or an address.
    fn first_found(&self, typed: &str) -> String {
        let words = self.words();
        let mut found = self.addresses().to_vec();
        for one in &words {
            for two in words.iter().filter(|two| *two != one) {
                found.push(format!("{one} {two} "));
            }
        }
        if words.len() == 1 {
            found.extend(words.iter().map(|word| format!("{word} ")));
        }
        found.into_iter().filter(|found| found.starts_with(&sort_key(&[typed]))).min().unwrap()
    }

    fn fits(&self, filter: &Filter) -> bool {
        let user = &self.user;
        let has = |company| user.user_type == UserType::Administrator || self.companies.contains(company);
        user.status == filter.status
            && filter.user_type.is_none_or(|user_type| user_type == user.user_type)
            && filter.company.as_ref().is_none_or(has)
            && self.is_found_by(&filter.search)
    }
}

/// Who belongs on the list, in its order; the order of several typed words is the list's own affair.
fn naive(known: &[Known], filter: &Filter) -> Vec<UserId> {
    let mut fitting: Vec<&Known> = known.iter().filter(|known| known.fits(filter)).collect();
    let by_name = |known: &&Known| (known.user.sort_name.clone(), known.user.id.clone());
    let by_activity = |known: &&Known| (known.user.last_active_at, known.user.id.clone());
    let by_activity_too = filter.company.is_none() && filter.status != UserStatus::Pending;
    match filter.sort {
        _ if !filter.search.is_empty() => {
            let word = sort_key(&[&filter.search]);
            match word.contains(' ') {
                true => fitting.sort_by_key(|known| known.user.id.clone()),
                false => fitting.sort_by_key(|known| (known.first_found(&word), known.user.id.clone())),
            }
        }
        Sort::NewestFirst | Sort::OldestFirst if by_activity_too => fitting.sort_by_key(by_activity),
        _ => fitting.sort_by_key(by_name),
    }
    let down = match filter.sort {
        Sort::NameDown => true,
        Sort::NewestFirst => by_activity_too,
        _ => false,
    };
    if down && filter.search.is_empty() {
        fitting.reverse();
    }
    fitting.into_iter().map(|known| known.user.id.clone()).collect()
}

async fn page(desk: &Desk, filter: &Filter, from: Cursor) -> UsersPage {
    let filter = filter.clone();
    let list = move |r: &mut Reader, pass: &_| user::list(r, pass, &filter, &from);
    desk.app.read(&desk.ask, desk.account.clone(), list).await.unwrap().1
}

/// All pages from the first to the last, and all back again.
async fn chains(desk: &Desk, filter: &Filter) -> (Vec<UserId>, Vec<UserId>) {
    let ids =
        |page: &UsersPage| page.users.rows.iter().map(|listed| listed.user.id.clone()).collect::<Vec<_>>();
    let mut last = page(desk, filter, Cursor::Start).await;
    let mut there = ids(&last);
    assert!(!last.users.has_previous);
    while last.users.has_more {
        last = page(desk, filter, Cursor::After(there.last().unwrap().clone())).await;
        assert!(last.users.has_previous && !last.users.rows.is_empty());
        there.extend(ids(&last));
    }
    let mut back = ids(&last);
    while last.users.has_previous {
        last = page(desk, filter, Cursor::Before(back[0].clone())).await;
        assert!(last.users.has_more && !last.users.rows.is_empty());
        back = [ids(&last), back].concat();
    }
    (there, back)
}

async fn fill(lot: &mut Lot, account: &Account, companies: &[CompanyId]) -> Vec<UserId> {
    let mut made = Vec::new();
    for number in 0..180 {
        let user_type = lot.draw(&[
            UserType::Administrator,
            UserType::Manager,
            UserType::Reporting,
            UserType::Reporting,
            UserType::Notification,
            UserType::Notification,
            UserType::Notification,
        ]);
        let given: BTreeSet<_> = (0..=lot.next(3)).map(|_| lot.draw(companies)).collect();
        let given = if user_type.has_all_companies() { BTreeSet::new() } else { given };
        let address = format!("p{number}@{}", lot.draw(HOSTS));
        let mut called = names(lot.draw(FIRST), lot.draw(LAST));
        called.display = lot.draw(DISPLAY).to_owned();
        let new = NewUser {
            names: called,
            companies: given,
            send_now: false,
            ..account.new_user(&address, user_type, &[])
        };
        made.push(account.create(new).await.unwrap());
    }
    made
}

/// Changes people at random; who may not be changed so stays as they are. Who was deleted is told.
async fn shake(lot: &mut Lot, world: &World, desk: &Desk, made: &[UserId], companies: &[CompanyId]) {
    for _ in 0..130 {
        let id = lot.draw(made);
        match lot.next(8) {
            0 => drop(desk.promote(&id, lot.draw(&[UserType::Manager, UserType::Administrator])).await),
            1 => drop(desk.make(&id, Change::Delete).await),
            2 | 3 => drop(desk.make(&id, Change::Suspend).await),
            4 => drop(desk.undo(&id).await),
            5 => {
                let at = 1_000_000 * lot.next(9);
                let seen = format!("UPDATE \"user\" SET last_active_at = {at} WHERE id = '{id}'");
                world.sql(&seen);
            }
            _ => {
                let called = names(lot.draw(FIRST), lot.draw(LAST));
                drop(desk.change(&id, called, &[lot.draw(companies)]).await);
            }
        }
    }
}

/// Everybody as they stand in their own rows.
async fn everybody(world: &World, desk: &Desk, made: &[UserId]) -> Vec<Known> {
    let mut known = Vec::new();
    for id in made {
        // The page of a deleted user is gone, so for the moment of asking they are not.
        let deleted = world.sql(&format!("SELECT status FROM \"user\" WHERE id = '{id}'")) == [["deleted"]];
        let set =
            |status: &str| world.sql(&format!("UPDATE \"user\" SET status = '{status}' WHERE id = '{id}'"));
        if deleted {
            set("suspended");
        }
        let page = desk.get(id).await.unwrap();
        if deleted {
            set("deleted");
        }
        let status = if deleted { UserStatus::Deleted } else { page.user.status };
        let companies = page.companies.into_iter().collect();
        known.push(Known { user: User { status, ..page.user }, companies });
    }
    known
}

/// U-05. Seen to fail: with a user listed once for each term that was found, with a company's list without
/// administrators, with a change of names that leaves the companies' lists, and one of status that leaves all lists, as
/// they were. In a company: with each of the two sides from which somebody is found left without its condition on the
/// company, and with the types of the two sides mixed up.
#[tokio::test]
async fn u05_every_chain_of_pages_is_the_naive_list() {
    for (seed, world) in (1..).zip(testkit::worlds().await) {
        let mut lot = Lot(seed);
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let mut companies = Vec::new();
        for name in ["Harbor Dental", "Harbor Paris", "Harbor Oslo"] {
            companies.push(account.company(name).await);
        }
        let mut made = fill(&mut lot, &account, &companies).await;
        shake(&mut lot, &world, &desk, &made, &companies).await;
        let own = page(&desk, &filter(UserStatus::Active, "ada@"), Cursor::Start).await;
        made.push(own.users.rows[0].user.id.clone());
        let known = everybody(&world, &desk, &made).await;
        let (mut seen, mut in_company) = (BTreeSet::new(), Vec::new());
        for _ in 0..250 {
            let filter = Filter {
                status: lot.draw(&[
                    UserStatus::Active,
                    UserStatus::Active,
                    UserStatus::Pending,
                    UserStatus::Suspended,
                    UserStatus::Deleted,
                ]),
                search: lot.draw(SEARCHES).to_owned(),
                user_type: lot.draw(&[
                    None,
                    None,
                    Some(UserType::Administrator),
                    Some(UserType::Notification),
                ]),
                company: lot.draw(&[None, None, Some(companies[0].clone()), Some(companies[1].clone())]),
                sort: lot.draw(&[Sort::Name, Sort::NameDown, Sort::NewestFirst, Sort::OldestFirst]),
            };
            let wanted = naive(&known, &filter);
            let (mut there, mut back) = chains(&desk, &filter).await;
            if sort_key(&[&filter.search]).contains(' ') {
                assert_eq!(there, back, "{filter:?}");
                there.sort();
                back.sort();
            }
            assert_eq!(there, wanted, "{filter:?}");
            assert_eq!(back, wanted, "backwards: {filter:?}");
            seen.insert((filter.status.word(), wanted.len() > 50, wanted.is_empty()));
            if filter.company.is_some() && !filter.search.is_empty() {
                in_company.push((filter, there, back));
            }
        }
        assert!(seen.len() >= 7, "too little was tried: {seen:?}");
        assert_counted(&desk, &known).await;
        crowd(&world, &account, &companies);
        for (filter, there, back) in in_company {
            let (mut found, mut back_again) = chains(&desk, &filter).await;
            if sort_key(&[&filter.search]).contains(' ') {
                found.sort();
                back_again.sort();
            }
            assert_eq!((found, back_again), (there, back), "in a crowd: {filter:?}");
        }
    }
}

/// Gives companies more than a thousand users of the types that have companies, who are found by no word: what is found in
/// a company is then looked for by its terms.
fn crowd(world: &World, account: &Account, companies: &[CompanyId]) {
    for user_type in ["manager", "reporting", "notification"] {
        world.sql(&format!(
            "WITH RECURSIVE n(i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM n WHERE i < 11001)
             INSERT INTO \"user\" (account_id, id, email, email_canonical, first_name, last_name, display_name, sort_name,
                 user_type, agent, status, invoice_emails, created_at, last_active_at, listed)
             SELECT '{}', 'USR{user_type}' || i, i || '@{user_type}', i || '@{user_type}', '', '', '', '', '{user_type}', 0,
                 'active', 0, 1, 0, 'active' FROM n",
            account.id
        ));
        for company in companies {
            world.sql(&format!(
                "INSERT INTO user_company (account_id, user_id, company_id, listed, user_type, sort_name)
                 SELECT account_id, id, '{company}', listed, user_type, '' FROM \"user\" WHERE id LIKE 'USR{user_type}%'"
            ));
        }
    }
}

async fn assert_counted(desk: &Desk, known: &[Known]) {
    let counts = desk.list(UserStatus::Active).await.unwrap().counts;
    let of = |status| known.iter().filter(|known| known.user.status == status).count() as i64;
    let counted =
        [counts.active, counts.pending, counts.suspended, counts.deleted].map(|count| (count.n, count.more));
    let statuses = [UserStatus::Active, UserStatus::Pending, UserStatus::Suspended, UserStatus::Deleted];
    assert_eq!(counted, statuses.map(|status| (of(status), false)));
}

fn filter(status: UserStatus, search: &str) -> Filter {
    Filter { status, search: search.to_owned(), user_type: None, company: None, sort: Sort::Name }
}

/// U-05, U-11. Seen to fail: with nobody taken off the lists after 30 days.
#[tokio::test]
async fn u05_u11_deleted_users_are_listed_and_found_for_30_days() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let id =
            account.invite("natalie@example.com", UserType::Manager, std::slice::from_ref(&branch)).await;
        desk.delete(&id).await.unwrap();
        let found = |page: UsersPage| page.users.rows.len();
        let of_company = Filter { company: Some(branch), ..filter(UserStatus::Deleted, "") };
        let (nat, all) = (filter(UserStatus::Deleted, "nat"), filter(UserStatus::Deleted, ""));
        clear(&world).await;
        for filter in [&nat, &all, &of_company] {
            assert_eq!(found(page(&desk, filter, Cursor::Start).await), 1, "{filter:?}");
        }
        world.advance(Span::days(30));
        let desk = Desk { ask: world.sign_in("ada@example.com").await.ask, ..desk };
        clear(&world).await;
        for filter in [&nat, &all, &of_company] {
            assert_eq!(found(page(&desk, filter, Cursor::Start).await), 0, "{filter:?}");
        }
        assert_eq!(desk.list(UserStatus::Active).await.unwrap().counts.deleted.n, 0);
    }
}

/// What the worker does every ten minutes.
async fn clear(world: &World) {
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let worker = tokio::spawn(app::worker::run(world.app.clone(), stopped));
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    stop.send(true).unwrap();
    worker.await.unwrap();
}
