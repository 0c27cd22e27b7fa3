//! Lists for several accounts of a center: each person in each account (C-06, C-07).

use std::time::{Duration, Instant};

use app::job::{self, Checked, Item, Job, JobState, Passwords, Table};
use app::pass::CenterPass;
use app::{Ask, Conflict, Refused};
use domain::account_center::proof::InCenter;
use domain::id::JobId;
use domain::job::{Fate, JobKind, Why};
use domain::time::Span;
use domain::user::UserType;
use testkit::{Center, Engine, World};

use super::{fates, grow_old, number, work, worker};
use crate::desk::assert_refused;

/// Somebody at work at an account center.
pub(crate) struct CenterDesk<'w> {
    pub(crate) world: &'w World,
    pub(crate) center: Center,
    pub(crate) ask: Ask,
}

impl CenterDesk<'_> {
    async fn check(&self, text: &str) -> Result<(Vec<domain::job::TypedRow>, Checked), Refused> {
        self.check_for(text, false).await
    }

    /// The same; `temporary` where who is new gets a temporary password.
    pub(super) async fn check_for(
        &self,
        text: &str,
        temporary: bool,
    ) -> Result<(Vec<domain::job::TypedRow>, Checked), Refused> {
        let table = Table::read(JobKind::CreateInAccounts, text).expect("a list");
        let (rows, asked) = (table.rows.clone(), table.rows.clone());
        let look = move |r: &mut app::work::Reader, pass: &CenterPass<InCenter>| {
            job::ground_across(r, pass, &asked, temporary)
        };
        let (_, ground) = self.world.app.read(&self.ask, self.center.id.clone(), look).await?;
        Ok((rows, job::check_across(&table, &ground)))
    }

    async fn start(&self, text: &str) -> Result<JobId, Refused> {
        let (rows, checked) = self.check(text).await?;
        self.start_for(rows, checked, Passwords::new()).await
    }

    pub(super) async fn start_for(
        &self,
        rows: Vec<domain::job::TypedRow>,
        checked: Checked,
        passwords: Passwords,
    ) -> Result<JobId, Refused> {
        let start = move |w: app::work::Writer, pass: &CenterPass<InCenter>| {
            job::start_across(w, pass, &rows, &checked, &passwords)
        };
        Ok(self.world.app.write(&self.ask, self.center.id.clone(), start).await?.1)
    }

    async fn job(&self, id: &JobId) -> Result<Job, Refused> {
        let id = id.clone();
        let look = move |r: &mut app::work::Reader, pass: &CenterPass<InCenter>| {
            job::get(r, pass, &id, Fate::ALL, (0, -1))
        };
        Ok(self.world.app.read(&self.ask, self.center.id.clone(), look).await?.1.0)
    }

    pub(super) async fn items(&self, id: &JobId) -> Vec<Item> {
        let id = id.clone();
        let look = move |r: &mut app::work::Reader, pass: &CenterPass<InCenter>| job::items(r, pass, &id);
        self.world.app.read(&self.ask, self.center.id.clone(), look).await.unwrap().1
    }

    pub(super) async fn cancel(&self, id: &JobId) -> Result<(), Refused> {
        let id = id.clone();
        let cancel = move |w: app::work::Writer, pass: &CenterPass<InCenter>| job::cancel(w, pass, &id);
        self.world.app.write(&self.ask, self.center.id.clone(), cancel).await.map(|_| ())
    }
}

/// A center with two accounts, "Agency North" and "Agency South", each with a company "Harbor", and Users open.
pub(super) async fn desk(world: &World) -> CenterDesk<'_> {
    let center = world.account_center("Agency", "dana@example.com").await;
    center.make_first().await;
    for account in &center.accounts {
        account.company("Harbor").await;
    }
    let ask = center.admin.ask.clone();
    CenterDesk { world, center, ask }
}

pub(super) fn told(items: &[Item]) -> Vec<(String, String, Fate, Option<Why>)> {
    let one = |item: &Item| {
        let why = item.reasons.first().map(|reason| reason.why);
        (item.row.email().to_owned(), item.row.accounts.clone(), item.fate, why)
    };
    items.iter().map(one).collect()
}

const LIST: &str = "\
email,first name,last name,type,accounts,companies
new@example.com,New,Person,manager,all,
known@example.com,Known,Person,manager,Agency South,Harbor
known@example.com,Known,Person,manager,Agency North;Nowhere,Harbor
team@example.com,Team,,notification,Agency South,Harbor
nobody,No,Address,manager,Agency North,
lost@example.com,No,Company,manager,Agency North,Nowhere
new@example.com,New,Twice,reporting,agency north,
";

/// C-06, C-07.
#[tokio::test(flavor = "multi_thread")]
async fn c06_c07_each_person_gets_their_fate_in_each_account_and_one_mail() {
    for world in testkit::worlds().await {
        let desk = desk(&world).await;
        let [north, _] = &desk.center.accounts;
        north.join("known@example.com", UserType::Reporting, &[north.company("Own").await]).await;
        let (_, checked) = desk.check(LIST).await.unwrap();
        let planned = [
            Fate::Waiting,
            Fate::Waiting,
            Fate::Known,
            Fate::Here,
            Fate::Refused,
            Fate::Waiting,
            Fate::Refused,
            Fate::Refused,
            Fate::Twice,
        ];
        assert_eq!(fates(&checked.items), planned);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM job"), 0, "looking writes nothing");
        let before = number(&world, "SELECT COUNT(*) FROM \"user\"");

        let id = desk.start(LIST).await.unwrap();
        // Somebody presses twice.
        let again = desk.start(LIST).await.unwrap();
        work(&world).await;
        let items = desk.items(&id).await;
        let (at, how) = ("new@example.com", Fate::Created);
        let [n, s] = ["Agency North", "Agency South"].map(str::to_owned);
        let nowhere = (at.replace("new", "known"), "Nowhere".to_owned());
        assert_eq!(
            told(&items),
            [
                (at.into(), n.clone(), how, None),
                (at.into(), s.clone(), how, None),
                ("known@example.com".into(), s.clone(), Fate::Added, None),
                ("known@example.com".into(), n.clone(), Fate::Here, None),
                (nowhere.0, nowhere.1, Fate::Refused, Some(Why::AccountUnknown)),
                ("team@example.com".into(), s, Fate::Created, None),
                ("nobody".into(), n.clone(), Fate::Refused, Some(Why::EmailWrong)),
                ("lost@example.com".into(), n.clone(), Fate::Refused, Some(Why::CompanyUnknown)),
                (at.into(), n, Fate::Twice, None),
            ]
        );
        let job = desk.job(&id).await.unwrap();
        assert_eq!((job.state, job.total, job.counts.created), (JobState::Done, 9, 4));
        assert_eq!((job.counts.already, job.counts.refused), (2, 3));
        let job = desk.job(&again).await.unwrap();
        assert_eq!((job.state, job.counts.created, job.counts.all()), (JobState::Done, 0, 9));
        assert_eq!(number(&world, "SELECT COUNT(*) FROM \"user\""), before + 4);
        let active = "SELECT COUNT(*) FROM \"user\" WHERE status = 'active' AND email = 'known@example.com'";
        assert_eq!(number(&world, active), 2, "who signs in already has access at once");
        for email in ["new@example.com", "known@example.com"] {
            let mails = world.outbox().await.into_iter().filter(|mail| mail.email == email);
            // Whoever is known was invited to the first account before.
            assert_eq!(mails.count(), if email.starts_with("new") { 1 } else { 2 }, "{email}");
        }
        world.accept(world.letter_to("new@example.com").await.link(), testkit::PASSWORD).await;
        let active = "SELECT COUNT(*) FROM \"user\" WHERE status = 'active' AND email = 'new@example.com'";
        assert_eq!(number(&world, active), 2, "one link opens both");
        let told = north.activity().await;
        let created = told.iter().filter(|entry| entry.verb == "user.created" && entry.actor_kind == "login");
        assert_eq!(created.count(), 1, "under the name of whoever began it");
    }
}

/// C-06, C-07. A row that is shown as refused gives nothing, be its words those for everything. Seen to fail: with what was typed
/// kept as it was and read by the job as the list was; either alone is no fault yet.
#[tokio::test(flavor = "multi_thread")]
async fn c06_c07_what_is_shown_as_refused_is_not_done() {
    for world in testkit::worlds().await {
        let desk = desk(&world).await;
        let list = "email,first,last,type,accounts\n\
            eve@example.com,Eve,Lee,administrator,\"all;\"\nbo@example.com,Bo,Lee,administrator,Agency North\n";
        let (_, checked) = desk.check(list).await.unwrap();
        assert_eq!(fates(&checked.items), [Fate::Refused, Fate::Waiting]);
        let id = desk.start(list).await.unwrap();
        work(&world).await;
        let [refused, waiting] = [Fate::Refused, Fate::Created];
        assert_eq!(fates(&desk.items(&id).await), [refused, waiting]);
        let of_eve = "SELECT COUNT(*) FROM \"user\" WHERE email = 'eve@example.com'";
        assert_eq!(number(&world, of_eve), 0);
        let job = desk.job(&id).await.unwrap();
        assert_eq!((job.state, job.counts.all()), (JobState::Done, job.total));
    }
}

/// C-07, X-08, X-10. Seen to fail: with the rights not asked for again when the work is done.
#[tokio::test(flavor = "multi_thread")]
async fn c07_x08_x10_each_account_is_done_with_the_rights_one_has_there_then() {
    for world in testkit::worlds().await {
        let mut desk = desk(&world).await;
        let (north, south) = (desk.center.accounts[0].clone(), desk.center.accounts[1].clone());
        let third = world.another_account("Third", "dana@example.com").await;
        let dana = desk.center.admin.ask.clone();
        world.app.link_account(&dana, desk.center.id.clone(), third.id.clone()).await.unwrap();
        let (_, some) = north.join("some@example.com", UserType::Administrator, &[]).await;
        south.join("some@example.com", UserType::Administrator, &[]).await;
        third.join("some@example.com", UserType::Reporting, &[third.company("Own").await]).await;
        desk.ask = some.ask;
        let list = "email,first,last,type,accounts\n\
            a@example.com,Ann,Lee,administrator,Agency North;Agency South;Third\nb@example.com,Bo,Lee,administrator,all\n";
        let (_, checked) = desk.check(list).await.unwrap();
        let accounts: Vec<_> =
            told(&checked.items).into_iter().map(|(_, name, fate, why)| (name, fate, why)).collect();
        let [n, s] = ["Agency North", "Agency South"].map(|name| (name.to_owned(), Fate::Waiting, None));
        let third_told = ("Third".to_owned(), Fate::Refused, Some(Why::NoRight));
        assert_eq!(accounts, [n.clone(), s.clone(), third_told, n, s], "all are those that one administers");

        let id = desk.start(list).await.unwrap();
        // The right in one account is lost before the work begins, and one account leaves the center.
        world.sql(&format!(
            "UPDATE \"user\" SET user_type = 'manager' WHERE email = 'some@example.com' AND account_id = '{}'",
            south.id
        ));
        work(&world).await;
        let items = desk.items(&id).await;
        let of_south = |item: &&Item| item.row.accounts == "Agency South";
        assert!(items.iter().filter(of_south).all(|item| item.reasons[0].why == Why::NoRight));
        let created = items.iter().filter(|item| item.fate == Fate::Created).count();
        assert_eq!((items.len(), created), (5, 2), "the other account goes on");
        let job = desk.job(&id).await.unwrap();
        assert_eq!((job.state, job.counts.refused), (JobState::Done, 3));

        world.sql(&format!(
            "DELETE FROM \"user\" WHERE email = 'some@example.com' AND account_id = '{}'",
            south.id
        ));
        let list =
            "email,first,last,type,accounts\nc@example.com,Cy,Lee,administrator,Agency South;No such\n";
        let (_, checked) = desk.check(list).await.unwrap();
        assert!(
            checked.items.iter().all(|item| item.reasons[0].why == Why::AccountUnknown),
            "{:?}",
            checked.items
        );
        desk.ask = dana;
        let (_, checked) = desk.check(list).await.unwrap();
        assert_eq!(fates(&checked.items), [Fate::Waiting, Fate::Refused]);
    }
}

/// C-06, X-10: who administers some accounts sees the lists of their own alone. Seen to fail: with everybody's lists shown to
/// who has some accounts.
#[tokio::test(flavor = "multi_thread")]
async fn c06_x10_lists_of_others_are_for_who_has_all_accounts() {
    for world in testkit::worlds().await {
        let mut desk = desk(&world).await;
        let dana = desk.ask.clone();
        let north = desk.center.accounts[0].clone();
        let (_, some) = north.join("some@example.com", UserType::Administrator, &[]).await;
        let list = "email,first,last,type,accounts\na@example.com,Ann,Lee,administrator,all\n";
        let danas = desk.start(list).await.unwrap();
        desk.ask = some.ask.clone();
        assert_refused!(desk.job(&danas).await, Refused::NotFound);
        assert_refused!(desk.cancel(&danas).await, Refused::NotFound);
        let own = desk
            .start("email,first,last,type,accounts\nb@example.com,Bo,Lee,administrator,all\n")
            .await
            .unwrap();
        desk.job(&own).await.unwrap();
        desk.ask = dana;
        assert_eq!(desk.job(&own).await.unwrap().by, "Some Reyes");
        desk.cancel(&own).await.unwrap();
        assert_refused!(desk.cancel(&own).await, Refused::Conflict(Conflict::Changed));
        work(&world).await;
        assert_eq!(desk.job(&danas).await.unwrap().state, JobState::Done);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM \"user\" WHERE email = 'b@example.com'"), 0);
        assert_eq!(desk.items(&own).await[0].fate, Fate::Cancelled);
        let told = "SELECT COUNT(*) FROM activity WHERE verb LIKE 'job.%' AND account_id";
        assert_eq!(
            number(&world, &format!("{told} = '{}'", desk.center.id)),
            4,
            "the center's trail tells of it"
        );
    }
}

/// C-06, C-07.
#[tokio::test(flavor = "multi_thread")]
async fn c06_c07_a_place_that_fails_at_the_last_moment_stops_no_other() {
    for world in testkit::worlds().await {
        let desk = desk(&world).await;
        let ends = number(&world, "SELECT MAX(created_at) FROM account") + 86_400_000_000;
        world.sql(&format!(
            "INSERT INTO attempt (name, made, ends_at) VALUES ('invitations of {} to kim1@example.com', 10, {ends})",
            desk.center.accounts[1].id
        ));
        let id = desk.start(&people(4, "all")).await.unwrap();
        work(&world).await;
        let items = desk.items(&id).await;
        let refused: Vec<_> = items.iter().filter(|item| item.fate == Fate::Refused).collect();
        assert_eq!((items.len(), refused.len()), (8, 1));
        assert_eq!((refused[0].row.email(), refused[0].reasons[0].why), ("kim1@example.com", Why::TooMany));
        let job = desk.job(&id).await.unwrap();
        assert_eq!((job.state, job.counts.created, job.counts.refused), (JobState::Done, 7, 1));
        assert_eq!(number(&world, "SELECT COUNT(*) FROM mail WHERE email LIKE 'kim%'"), 4);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM \"user\" WHERE email LIKE 'kim%'"), 7);
    }
}

/// C-06, X-16: whoever administers some accounts learns of nobody who is in the others alone: those are invited like
/// everybody else. And who is let in is called there what was typed. Seen to fail: with `knows_all` always true, always false,
/// and with the names of the sign-in.
#[tokio::test(flavor = "multi_thread")]
async fn c06_x16_who_is_in_accounts_of_others_alone_is_nobody_known() {
    for world in testkit::worlds().await {
        let mut desk = desk(&world).await;
        let (north, south) = (desk.center.accounts[0].clone(), desk.center.accounts[1].clone());
        let third = world.another_account("Third", "dana@example.com").await;
        world.app.link_account(&desk.ask, desk.center.id.clone(), third.id.clone()).await.unwrap();
        let (_, some) = north.join("some@example.com", UserType::Administrator, &[]).await;
        third.join("some@example.com", UserType::Administrator, &[]).await;
        north.join("near@example.com", UserType::Administrator, &[]).await;
        south.join("far@example.com", UserType::Administrator, &[]).await;
        let list = "email,first,last,type,accounts\nnear@example.com,Typed,Name,administrator,Third\n\
            far@example.com,Typed,Name,administrator,Third\n";
        let of = async |desk: &CenterDesk<'_>| fates(&desk.check(list).await.unwrap().1.items);
        let (_, eve) = north.join("eve@example.com", UserType::Administrator, &[]).await;
        desk.center.make(&eve.login).await.unwrap();
        desk.ask = eve.ask;
        assert_eq!(of(&desk).await, [Fate::Known, Fate::Known], "whoever runs the center");
        let everywhere = some.ask.clone();
        desk.ask = some.ask;
        assert_eq!(of(&desk).await, [Fate::Known, Fate::Waiting]);
        // That somebody known is suspended in an account of others is none of their matter either.
        south.join("near@example.com", UserType::Administrator, &[]).await;
        let suspend =
            "UPDATE \"user\" SET status = 'suspended' WHERE email = 'near@example.com' AND account_id";
        world.sql(&format!("{suspend} = '{}'", south.id));
        assert_eq!(of(&desk).await, [Fate::Known, Fate::Waiting]);

        let id = desk.start(list).await.unwrap();
        work(&world).await;
        assert_eq!(fates(&desk.items(&id).await), [Fate::Added, Fate::Created]);
        let there = "SELECT email, first_name, status FROM \"user\" WHERE email IN ('near@example.com', 'far@example.com')
                     AND account_id";
        assert_eq!(
            world.sql(&format!("{there} = '{}' ORDER BY email", third.id)),
            [["far@example.com", "Typed", "pending"], ["near@example.com", "Typed", "active"]]
        );
        // Administrator of all accounts, each by themselves.
        world.sql(&format!(
            "UPDATE \"user\" SET status = 'deleted' WHERE email = 'far@example.com' AND account_id = '{}'",
            third.id
        ));
        south.join("some@example.com", UserType::Administrator, &[]).await;
        desk.ask = everywhere;
        assert_eq!(of(&desk).await, [Fate::Here, Fate::Known]);
    }
}

/// U-15, C-06.
#[tokio::test(flavor = "multi_thread")]
async fn u15_c06_who_is_elsewhere_is_told_once_a_person() {
    for world in testkit::worlds().await {
        let desk = desk(&world).await;
        grow_old(&world);
        world.another_account("Else", "else@elsewhere.example.com").await;
        let list = "email,first,last,type,accounts\nelse@elsewhere.example.com,El,Se,administrator,all\n\
            kim0@example.com,Kim,Ito,administrator,all\n";
        let id = desk.start(list).await.unwrap();
        work(&world).await;
        let told = told(&desk.items(&id).await);
        assert!(told[..2].iter().all(|(.., why)| *why == Some(Why::Elsewhere)), "{told:?}");
        assert!(told[2..].iter().all(|(_, _, fate, _)| *fate == Fate::Created), "{told:?}");
        assert_eq!(number(&world, "SELECT MAX(made) FROM attempt WHERE name LIKE 'elsewhere, by LOG%'"), 1);
    }
}

/// X-31, C-04. Seen to fail: with each young account of a center counted for itself.
#[tokio::test(flavor = "multi_thread")]
async fn x31_c04_a_young_center_is_told_before_anything_is_written() {
    for world in testkit::worlds().await {
        let desk = desk(&world).await;
        assert!(desk.check(&people(50, "all")).await.unwrap().1.may_start());
        let checked = desk.check(&people(51, "all")).await.unwrap().1;
        assert_eq!(checked.too_many, Some((102, 100)), "young accounts of a center count as one");
        assert_refused!(desk.start(&people(51, "all")).await, Refused::Invalid(_));
        // Who is let in counts like who is invited.
        desk.center.accounts[0].join("known@example.com", UserType::Administrator, &[]).await;
        world.sql("UPDATE attempt SET made = 100 WHERE name LIKE 'invitations of CEN%, young'");
        let known = "known@example.com,Kim,Ito,administrator,Agency South,\n";
        assert_eq!(desk.check(known).await.unwrap().1.too_many, Some((1, 0)));
        grow_old(&world);
        assert!(desk.check(&people(5_000, "all")).await.unwrap().1.may_start());
        // A row is kept for each account that it names, so that long cells count as often.
        let (names, long) = ("a;".repeat(10_000), "x".repeat(300_000));
        let list = format!("kim@example.com,Kim,Ito,manager,{names},{long}\n");
        assert!(desk.check(&list).await.unwrap().1.too_many_pairs);
        world.sql("UPDATE account_center SET users_opened_at = NULL");
        assert_refused!(desk.start(&people(1, "all")).await, Refused::Conflict(Conflict::UsersNotOpen));
    }
}

/// A list of so many managers.
fn people(count: usize, accounts: &str) -> String {
    let row = |n: usize| format!("kim{n}@example.com,Kim,Ito {n},manager,{accounts},\n");
    (0..count).map(row).collect()
}

/// C-06: how long lists take to be looked at, and their places to be made.
#[tokio::test(flavor = "multi_thread")]
async fn c06_five_thousand_people_in_twenty_accounts_are_looked_at_quickly() {
    for world in testkit::worlds().await {
        let desk = desk(&world).await;
        for n in 3..=20 {
            // Signing in is limited.
            world.advance(Span::minutes(5));
            let account = world.another_account(&format!("Branch {n}"), "dana@example.com").await;
            account.company("Harbor").await;
            world.app.link_account(&desk.ask, desk.center.id.clone(), account.id.clone()).await.unwrap();
        }
        grow_old(&world);
        let list = people(5_000, "all");
        let began = Instant::now();
        let checked = desk.check(&list).await.unwrap().1;
        let looked = began.elapsed();
        assert_eq!((checked.items.len(), checked.waiting()), (100_000, 100_000));
        let most = if world.engine() == Engine::Sqlite { 1 } else { 2 };
        // The bounds are those of a server; a build for tests, beside other tests, takes several times as long.
        let patience = if cfg!(debug_assertions) { 8 } else { 1 };
        println!("{:?}: looked at in {looked:?}", world.engine());
        assert!(looked < Duration::from_secs(most * patience), "{looked:?}");
        let began = Instant::now();
        let id = desk.start(&list).await.unwrap();
        let begun = began.elapsed();
        let (began, mut served, mut units) = (Instant::now(), String::new(), 0);
        while units < 10 {
            world.app.work_on_jobs(&worker(), &mut served).await.unwrap();
            units += 1;
        }
        let job = desk.job(&id).await.unwrap();
        println!("begun in {begun:?}, {} places in {:?}", job.counts.created, began.elapsed());
        assert_eq!(job.counts.created, 1_000);
    }
}
