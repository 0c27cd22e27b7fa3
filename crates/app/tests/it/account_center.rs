//! Account centers: which accounts are in them, and who may see what (C-02 to C-04, C-13).

use app::center_person::Filter;
use app::page::Page;
use app::pass::{AccountPass, CenterPass, Proven, Reason, SelfPass, SystemPass};
use app::work::{Reader, Writer};
use app::{Ask, Conflict, Refused, account_center, center_person, executive_administrator, me};
use domain::access::Refusal;
use domain::access_change::Change;
use domain::account::AccountDetails;
use domain::account_center::proof::{AllOfCenter, InCenter, RunsCenter};
use domain::account_center::{Afterwards, CenterDetails, Standing};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccountCenterId, AccountId, CenterPersonId};
use domain::input::Problem;
use domain::user::{Names, UserStatus, UserType};
use testkit::{Center, PASSWORD, World, at_once};

use crate::desk::{Desk, assert_refused, field};

fn details(name: &str) -> CenterDetails {
    CenterDetails { name: name.to_owned(), temporary_passwords: true }
}

/// The names of the accounts on the dashboard, and how whoever asks stands to the center.
async fn dashboard(world: &World, ask: &Ask, center: &AccountCenterId) -> (Vec<String>, Standing) {
    let look = |r: &mut Reader, pass: &CenterPass<InCenter>| account_center::dashboard(r, pass, "", ("", ""));
    let (pass, board) = world.app.read(ask, center.clone(), look).await.unwrap();
    (board.accounts.rows.into_iter().map(|account| account.name).collect(), pass.standing())
}

async fn unlink(world: &World, center: &Center, account: &AccountId) -> Result<(), Refused> {
    let account = account.clone();
    let unlink = move |w: Writer, pass: &CenterPass<RunsCenter>| account_center::unlink(w, pass, &account);
    world.app.write(&center.admin.ask, center.id.clone(), unlink).await.map(|_| ())
}

/// C-03: two accounts at least, each administered by whoever makes the center, each in one center at most. Seen to fail:
/// with `center_id IS NULL` left out of `link`.
#[tokio::test]
async fn c03_a_center_is_made_of_accounts_that_one_administers() {
    for world in testkit::worlds().await {
        let (north, south) = (
            world.another_account("North", "dana@example.com").await,
            world.another_account("South", "dana@example.com").await,
        );
        let foreign = world.another_account("Foreign", "zoe@example.com").await;
        let dana = &south.admin;
        let make = |accounts: &[&AccountId]| {
            let accounts = accounts.iter().map(|id| (*id).clone()).collect();
            world.app.create_center(&dana.ask, details("Agency"), accounts)
        };
        let too_few = ("account", Problem::TooFew { min: 2 });
        assert_eq!(field(make(&[&north.id]).await), too_few);
        assert_eq!(field(make(&[&north.id, &north.id]).await), too_few);
        assert_refused!(make(&[&north.id, &foreign.id]).await, Refused::NotFound);
        let (_, manager) =
            north.join("manager@example.com", UserType::Manager, &[north.company("A").await]).await;
        let both = [north.id.clone(), south.id.clone()].into();
        let by_manager = world.app.create_center(&manager.ask, details("Agency"), both).await;
        assert_refused!(by_manager, Refused::Forbidden { refusal: Refusal::Lacks(_), .. });

        let center = make(&[&north.id, &south.id]).await.unwrap();
        assert_eq!(dashboard(&world, &dana.ask, &center).await.0, ["North", "South"]);
        assert_refused!(make(&[&north.id, &south.id]).await, Refused::Conflict(Conflict::InACenter));
        let third = world.another_account("Third", "dana@example.com").await;
        let link = |account: &AccountId| world.app.link_account(&dana.ask, center.clone(), account.clone());
        assert_refused!(link(&foreign.id).await, Refused::NotFound);
        link(&third.id).await.unwrap();
        assert_eq!(dashboard(&world, &dana.ask, &center).await.0, ["North", "South", "Third"]);
        for (account, verb) in
            [(&third, "account_center.account_linked"), (&north, "account_center.account_linked")]
        {
            assert_eq!(account.activity().await.last().unwrap().verb, verb);
        }
    }
}

/// Seen to fail: with an account linked that is in a center by now.
#[tokio::test]
async fn x14_c03_an_account_linked_into_two_centers_at_once_is_in_one() {
    for world in testkit::worlds().await {
        let (one, two) = (
            world.account_center("One", "dana@example.com").await,
            world.account_center("Two", "dana@example.com").await,
        );
        let late = world.another_account("Late", "dana@example.com").await;
        for round in 1..=20 {
            world.sql(&format!("UPDATE account SET center_id = NULL WHERE id = '{}'", late.id));
            world.sql("DELETE FROM attempt");
            let outcomes = at_once(16, |number| {
                let center = if number % 2 == 0 { one.id.clone() } else { two.id.clone() };
                let (app, ask, account) = (world.app.clone(), two.admin.ask.clone(), late.id.clone());
                async move { app.link_account(&ask, center, account).await }
            })
            .await;
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
            for refused in outcomes.into_iter().filter_map(Result::err) {
                let is_one = matches!(refused, Refused::Conflict(Conflict::InACenter) | Refused::TooMany(_));
                assert!(is_one, "{refused:?}");
            }
            let links = format!("SELECT id FROM activity WHERE subject_id = '{}'", late.id);
            let told = world.sql(&format!("{links} AND verb = 'account_center.account_linked'"));
            assert_eq!(told.len(), round, "the other center's trail tells nothing");
        }
    }
}

/// C-02, X-10. Seen to fail: with `list_accounts` for everybody.
#[tokio::test]
async fn c02_x10_who_administers_some_accounts_sees_those_alone() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        let [north, south] = &center.accounts;
        let (_, some) = north.join("some@example.com", UserType::Administrator, &[]).await;
        let (_, manager) =
            north.join("manager@example.com", UserType::Manager, &[north.company("A").await]).await;
        let stranger = world.another_account("Elsewhere", "zoe@example.com").await.admin;
        assert_eq!(dashboard(&world, &center.admin.ask, &center.id).await.1, Standing::Everywhere);
        let seen = dashboard(&world, &some.ask, &center.id).await;
        assert_eq!(seen, (vec!["Agency North".to_owned()], Standing::Somewhere));
        for nobody in [&manager, &stranger] {
            let look = |_: &mut Reader, _: &CenterPass<InCenter>| Ok(());
            let looked = world.app.read(&nobody.ask, center.id.clone(), look).await;
            assert_refused!(looked, Refused::NotFound);
        }
        south.join("some@example.com", UserType::Administrator, &[]).await;
        assert_eq!(dashboard(&world, &some.ask, &center.id).await.1, Standing::Everywhere);
        // Whose access ends by itself does not stand for good (U-21).
        world.sql("UPDATE \"user\" SET ends_at = 99999999999999999 WHERE email = 'some@example.com'");
        assert_eq!(dashboard(&world, &some.ask, &center.id).await.1, Standing::Somewhere);
    }
}

/// C-02: seen to fail without the search, and with `>` left out of the paging.
#[tokio::test]
async fn c02_ones_accounts_are_searched_and_paged() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        for n in 0..60 {
            let details = AccountDetails::new(&format!("Client {n:02} 100%"), "UTC").unwrap();
            let create = move |w: Writer, pass: &CenterPass<RunsCenter>| {
                account_center::create_account(w, pass, &details)
            };
            world.app.write(&center.admin.ask, center.id.clone(), create).await.unwrap();
        }
        let mut names = Vec::new();
        let mut after = (String::new(), String::new());
        loop {
            let from = after.clone();
            let list = move |r: &mut Reader, pass: &SelfPass| me::accounts(r, pass, "", (&from.0, &from.1));
            let (_, page) = world.app.read(&center.admin.ask, (), list).await.unwrap();
            let last = page.rows.last().unwrap();
            after = (last.sort_name.clone(), last.account.to_string());
            names.extend(page.rows.into_iter().map(|place| place.name));
            if !page.has_more {
                break;
            }
        }
        assert_eq!(names.len(), 62, "each once, though the maker is a user there, too");
        assert!(names.is_sorted());
        for (search, found) in [("client 1", 10), ("NORTH", 1), ("0%", 60), ("_", 0), ("!", 0)] {
            let list = move |r: &mut Reader, pass: &SelfPass| me::accounts(r, pass, search, ("", ""));
            let (_, page) = world.app.read(&center.admin.ask, (), list).await.unwrap();
            assert_eq!(page.rows.len() + 10 * usize::from(page.has_more), found, "{search}");
        }
    }
}

/// C-13, C-10: seen to fail without `link_new`, and without the creator's user.
#[tokio::test]
async fn c13_an_account_made_in_the_center_belongs_to_all_executives_at_once() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        let (_, eve) = center.accounts[0].join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        let details = AccountDetails::new("New client", "UTC").unwrap();
        let create =
            move |w: Writer, pass: &CenterPass<RunsCenter>| account_center::create_account(w, pass, &details);
        let (_, account) = world.app.write(&center.admin.ask, center.id.clone(), create).await.unwrap();
        for who in [&center.admin, &eve] {
            let enter =
                world.app.read::<AccountPass<ManageUsers>, ()>(&who.ask, account.clone(), |_, _| Ok(()));
            enter.await.unwrap();
        }
        let own = world.sql(&format!("SELECT login_id FROM \"user\" WHERE account_id = '{account}'"));
        assert_eq!(
            own,
            [[center.admin.login.to_string()]],
            "who made it administers it, whatever becomes of the center"
        );
    }
}

/// An account that leaves takes its administrators along, and must have one.
#[tokio::test]
async fn c03_an_account_leaves_with_an_administrator_of_its_own_or_not_at_all() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        let [north, south] = &center.accounts;
        let (_, eve) = north.join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        world
            .app
            .read::<AccountPass<ManageUsers>, ()>(&eve.ask, south.id.clone(), |_, _| Ok(()))
            .await
            .unwrap();
        unlink(&world, &center, &south.id).await.unwrap();
        let entered =
            world.app.read::<AccountPass<ManageUsers>, ()>(&eve.ask, south.id.clone(), |_, _| Ok(())).await;
        assert_refused!(entered, Refused::NotFound);
        assert_refused!(unlink(&world, &center, &south.id).await, Refused::NotFound);
        world.sql(&format!("UPDATE \"user\" SET user_type = 'manager' WHERE account_id = '{}'", north.id));
        let left = unlink(&world, &center, &north.id).await;
        assert_refused!(left, Refused::Conflict(Conflict::NoAdministratorOfItsOwn));
        let dissolve = |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| account_center::dissolve(w, pass);
        let dissolved = world.app.write(&center.admin.ask, center.id.clone(), dissolve).await;
        assert_refused!(dissolved, Refused::Conflict(Conflict::NoAdministratorOfItsOwn));
        world.sql(&format!(
            "UPDATE \"user\" SET user_type = 'administrator' WHERE account_id = '{}'",
            north.id
        ));
        // Whoever else runs it would lose it unseen.
        let dissolved = world.app.write(&center.admin.ask, center.id.clone(), dissolve).await;
        assert_refused!(dissolved, Refused::Conflict(Conflict::OtherExecutives));
        center.unmake(&center.admin.ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        world.app.write(&center.admin.ask, center.id.clone(), dissolve).await.unwrap();
        assert_eq!(north.activity().await.last().unwrap().verb, "account_center.account_unlinked");
        let look = |_: &mut Reader, _: &CenterPass<InCenter>| Ok(());
        assert_refused!(world.app.read(&center.admin.ask, center.id.clone(), look).await, Refused::NotFound);
        assert!(world.sql("SELECT login_id FROM executive_administrator").is_empty());
    }
}

/// What is kept of each person, and what it must be: counted from their users.
pub(crate) fn assert_counted(world: &World, after: &str) {
    let kept = world.sql(
        "SELECT center_id, email_canonical, COALESCE(login_id, ''), accounts, pending, administrator, manager,
                reporting, agent, notification, last_active_at
         FROM center_person ORDER BY center_id, email_canonical",
    );
    let counted = world.sql(
        "SELECT a.center_id, u.email_canonical, COALESCE(MAX(u.login_id), ''), COUNT(*),
                COUNT(*) FILTER (WHERE u.status = 'pending'),
                COUNT(*) FILTER (WHERE u.user_type = 'administrator'),
                COUNT(*) FILTER (WHERE u.user_type = 'manager'),
                COUNT(*) FILTER (WHERE u.user_type = 'reporting'),
                COUNT(*) FILTER (WHERE u.user_type = 'agent'),
                COUNT(*) FILTER (WHERE u.user_type = 'notification'), MAX(u.last_active_at)
         FROM \"user\" u JOIN account a ON a.id = u.account_id
         WHERE a.center_id IS NOT NULL AND u.status <> 'deleted'
         GROUP BY a.center_id, u.email_canonical ORDER BY a.center_id, u.email_canonical",
    );
    assert_eq!(kept, counted, "after {after}");
    let without = "SELECT id FROM center_person p WHERE NOT EXISTS (
                       SELECT 1 FROM center_person_term w WHERE w.center_id = p.center_id AND w.person_id = p.id)";
    assert!(world.sql(without).is_empty(), "after {after}: somebody can't be found");
}

/// C-05: what is kept of people follows whatever is done to their users. Seen to fail: with each call of `refresh` in
/// `user::terms` and `user::own` left out in turn, and without `move_account`.
#[tokio::test]
async fn c05_people_are_counted_as_their_users_are() {
    for world in testkit::worlds().await {
        let center = agency_with_people(&world).await;
        let [north, south] = &center.accounts;
        assert_counted(&world, "inviting and accepting");
        let desk = Desk::of(&world, north);
        let users = desk.list(UserStatus::Active).await.unwrap().users.rows.clone();
        let kim = users.iter().find(|row| row.user.email == "kim@example.com").unwrap().user.id.clone();
        let names = Names { first: "Kimberly".into(), last: "Lo".into(), display: String::new() };
        let companies: Vec<_> = users.iter().flat_map(|row| row.company_ids.clone()).collect();
        desk.change(&kim, names, &companies[..1]).await.unwrap();
        assert_counted(&world, "a new name");
        let found = world.sql("SELECT name FROM center_person WHERE email = 'kim@example.com'");
        assert_eq!(found, [["Kimberly Lo"]]);
        desk.promote(&kim, UserType::Manager).await.unwrap();
        assert_counted(&world, "a promotion");
        desk.make(&kim, Change::Suspend).await.unwrap();
        assert_counted(&world, "a suspension");
        desk.delete(&kim).await.unwrap();
        assert_counted(&world, "a deletion");
        desk.undo(&kim).await.unwrap();
        assert_counted(&world, "undoing it");
        desk.revoke(&desk.list(UserStatus::Pending).await.unwrap().users.rows[0].user.id).await.unwrap();
        assert_counted(&world, "revoking an invitation");
        let third = world.another_account("Third", "dana@example.com").await;
        third.invite("new@example.com", UserType::Administrator, &[]).await;
        world.app.link_account(&center.admin.ask, center.id.clone(), third.id.clone()).await.unwrap();
        assert_counted(&world, "linking an account");
        unlink(&world, &center, &south.id).await.unwrap();
        assert_counted(&world, "taking an account out");
        let to = EmailAddress::parse("dana.moved@example.com").unwrap();
        world.app.request_email_change(&center.admin.ask, PASSWORD, to).await.unwrap();
        let mut ask = world.follow(world.letter_to("dana.moved@example.com").await.link());
        ask.credentials.session = center.admin.ask.credentials.session.clone();
        world.app.confirm_email_change(&ask, "").await.unwrap();
        assert_counted(&world, "a new address");
    }
}

pub(crate) async fn agency_with_people(world: &World) -> Center {
    let center = world.account_center("Agency", "dana@example.com").await;
    center.make_first().await;
    for account in &center.accounts {
        let company = account.company("Downtown").await;
        account.join("kim@example.com", UserType::Reporting, std::slice::from_ref(&company)).await;
        account.invite("pending@example.com", UserType::Manager, &[company]).await;
    }
    center
}

/// C-05: seen to fail with `MIN(f.term)` left out, and without the type.
#[tokio::test]
async fn c05_people_are_one_row_each_searched_filtered_and_paged() {
    for world in testkit::worlds().await {
        let center = agency_with_people(&world).await;
        let list = |search: &str, user_type, after: Option<CenterPersonId>| {
            let filter = Filter { search: search.to_owned(), user_type };
            let list = move |r: &mut Reader, pass: &CenterPass<AllOfCenter>| {
                center_person::list(r, pass, &filter, after.as_ref())
            };
            world.app.read(&center.admin.ask, center.id.clone(), list)
        };
        let emails = |page: (_, Page<center_person::Person>)| -> Vec<String> {
            page.1.rows.into_iter().map(|person| person.email).collect()
        };
        let all = emails(list("", None, None).await.unwrap());
        assert_eq!(all, ["dana@example.com", "kim@example.com", "pending@example.com"]);
        for (search, user_type, wanted) in [
            ("", Some(UserType::Reporting), vec!["kim@example.com"]),
            ("", Some(UserType::Agent), vec![]),
            ("kim", None, vec!["kim@example.com"]),
            ("reyes k", None, vec!["kim@example.com"]),
            ("rey", Some(UserType::Manager), vec!["pending@example.com"]),
            ("example.com", None, vec!["dana@example.com", "kim@example.com", "pending@example.com"]),
        ] {
            let mut emails = emails(list(search, user_type, None).await.unwrap());
            emails.sort();
            assert_eq!(emails, wanted, "{search} {user_type:?}");
        }
        for n in 0..60 {
            center.accounts[0].invite(&format!("many{n:02}@example.com"), UserType::Administrator, &[]).await;
        }
        for search in ["", "reyes"] {
            let (_, first) = list(search, None, None).await.unwrap();
            let (_, rest) =
                list(search, None, first.rows.last().map(|person| person.id.clone())).await.unwrap();
            let mut ids: Vec<_> =
                first.rows.iter().chain(&rest.rows).map(|person| person.id.clone()).collect();
            ids.sort();
            ids.dedup();
            assert_eq!((first.rows.len(), rest.rows.len(), ids.len()), (50, 13, 63), "{search:?}");
        }
    }
}

/// the center's own trail tells who did what, and begins with the center.
#[tokio::test]
async fn a05_what_is_done_to_a_center_is_recorded_in_its_own_trail() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        let (ask, id) = (&center.admin.ask, || center.id.clone());
        let open = |w: Writer, pass: &CenterPass<AllOfCenter>| account_center::open_users(w, pass);
        world.app.write(ask, id(), open).await.unwrap();
        center.make_first().await;
        let (_, eve) = center.accounts[0].join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        center.unmake(ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        let invite = |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
            let names = Names { first: "Ivy".into(), last: "Exec".into(), display: String::new() };
            let email = EmailAddress::parse("ivy@example.com").unwrap();
            executive_administrator::invite(w, pass, &names, &email, None)
        };
        world.app.write(ask, id(), invite).await.unwrap().1.unwrap();
        let rename =
            |w: Writer, pass: &CenterPass<RunsCenter>| account_center::change(w, pass, &details("Agency 2"));
        world.app.write(ask, id(), rename).await.unwrap();
        unlink(&world, &center, &center.accounts[1].id).await.unwrap();
        let dissolve = |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| account_center::dissolve(w, pass);
        world.app.write(ask, id(), dissolve).await.unwrap();
        let trail =
            format!("SELECT verb, actor_name FROM activity WHERE account_id = '{}' ORDER BY id", center.id);
        let (verbs, actors): (Vec<String>, Vec<String>) =
            world.sql(&trail).into_iter().map(|mut row| (row.remove(0), row.remove(0))).unzip();
        assert!(actors.iter().all(|actor| actor == "Dana Reyes"), "{actors:?}");
        let wanted = [
            "account_center.created",
            "account_center.account_linked",
            "account_center.account_linked",
            "account_center.users_opened",
            "executive_administrator.made",
            "executive_administrator.made",
            "executive_administrator.unmade",
            "executive_administrator.invited",
            "account_center.changed",
            "account_center.account_unlinked",
            "account_center.dissolved",
        ];
        assert_eq!(verbs, wanted);
        let pass = SystemPass::new(Reason::CommandLine);
        world.app.seal_activity(&pass).await.unwrap();
        world.app.verify_activity(&pass).await.unwrap();
        assert_eq!(
            world.sql(&format!("SELECT seq FROM activity_head WHERE account_id = '{}'", center.id)),
            [["11"]]
        );
    }
}

/// C-03: who administers an account takes it out of a center that somebody else has put it in. Seen to fail: with
/// `move_account` left out of `leave`.
#[tokio::test]
async fn c03_an_account_leaves_by_its_own_administrator() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        let north = &center.accounts[0];
        let (_, own) = north.join("own@example.com", UserType::Administrator, &[]).await;
        let (_, eve) = center.accounts[1].join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        let leave = |w: Writer, pass: &AccountPass<ManageUsers>| account_center::leave(w, pass);
        world.app.write(&own.ask, north.id.clone(), leave).await.unwrap();
        let enter = world.app.read::<AccountPass<ManageUsers>, ()>(&eve.ask, north.id.clone(), |_, _| Ok(()));
        assert_refused!(enter.await, Refused::NotFound);
        assert_counted(&world, "leaving");
        let again = world.app.write(&own.ask, north.id.clone(), leave).await;
        assert_refused!(again, Refused::Conflict(Conflict::Changed));
    }
}

/// C-04: users are managed across accounts when somebody has opened it. Seen to fail: without `check_opened`.
#[tokio::test]
async fn c04_people_are_listed_when_users_are_open() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        let list = || {
            let list = |r: &mut Reader, pass: &CenterPass<AllOfCenter>| {
                center_person::list(r, pass, &Filter::default(), None)
            };
            world.app.read(&center.admin.ask, center.id.clone(), list)
        };
        assert_refused!(list().await, Refused::Conflict(Conflict::UsersNotOpen));
        let open = |w: Writer, pass: &CenterPass<AllOfCenter>| account_center::open_users(w, pass);
        world.app.write(&center.admin.ask, center.id.clone(), open).await.unwrap();
        assert_eq!(list().await.unwrap().1.rows.len(), 1);
    }
}
