//! See as: what it opens, what ends it, and what stands in the activity.

use app::pass::{
    AccountPass, CenterPass, CompanyPass, Gate, HasPlace as _, LeavePass, Proven, Reason, SelfPass,
    SystemPass,
};
use app::session::sign_out;
use app::work::{Unrecorded, Writer};
use app::{Ask, Conflict, Refused, account, see_as, session};
use domain::access_change::Change;
use domain::account::AccountDetails;
use domain::account_center::Afterwards;
use domain::account_center::proof::InCenter;
use domain::capability::proof::{AnyUser, ManageCompanies, ManageUsers};
use domain::id::{SessionId, UserId};
use domain::time::Span;
use domain::user::{UserStatus, UserType};
use testkit::{Account, PASSWORD, Person, World};

use crate::desk::{Desk, assert_refused, names};

/// Whether it still opens the account, as whom.
async fn opens(world: &World, account: &Account, ask: &Ask) -> Result<UserId, Refused> {
    let look = world.app.read::<AccountPass<AnyUser>, ()>(ask, account.id.clone(), |_, _| Ok(()));
    look.await.map(|(pass, ())| pass.place().user.clone().expect("a user is seen"))
}

/// Tries to write with this pass, and to read.
async fn tried<P: Gate>(
    world: &World,
    ask: &Ask,
    target: P::Target,
) -> (Result<(), Refused>, Result<(), Refused>) {
    let write = |w: Writer, _: &P| Ok(w.commit_unrecorded(Unrecorded::Attempt, ()));
    let written = world.app.write::<P, ()>(ask, target.clone(), write).await.map(drop);
    (written, world.app.read::<P, ()>(ask, target, |_, _| Ok(())).await.map(drop))
}

/// An account with an administrator who sees it as a manager of one company.
struct Scene {
    account: Account,
    viewer: Person,
    viewer_user: UserId,
    user: UserId,
    natalie: Person,
    ask: Ask,
}

impl Scene {
    async fn new(world: &World) -> Scene {
        let account = world.set_up().await;
        let company = account.company("Downtown").await;
        let (viewer_user, viewer) = account.join("vera@example.com", UserType::Administrator, &[]).await;
        let (user, natalie) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        let ask = account.see_as(&viewer.ask, &user).await.expect("it begins");
        Scene { account, viewer, viewer_user, user, natalie, ask }
    }
}

async fn end(world: &World, ask: &Ask) -> Result<see_as::Back, Refused> {
    world
        .app
        .write(ask, (), |w: Writer, pass: &LeavePass| see_as::end(w, pass, None))
        .await
        .map(|(_, back)| back)
}

async fn forbid(world: &World, account: &Account) {
    let change = |mut w: Writer, pass: &AccountPass<ManageUsers>| {
        let details = AccountDetails { see_as: false, ..account::get(&mut w, pass)? };
        account::change(w, pass, &details)
    };
    world.app.write(&account.admin.ask, account.id.clone(), change).await.expect("it is changed");
}

/// nothing that writes gets a pass, whatever the operation is, and of the person who is seen nothing opens that is
/// theirs apart from the account. Seen to fail: with `r.writes()` left out of `pass::see_as::load`, and without the account
/// compared there.
#[tokio::test]
async fn a09_x33_who_sees_as_somebody_else_has_their_place_and_writes_nothing() {
    for world in testkit::worlds().await {
        let scene = Scene::new(&world).await;
        let center = world.account_center("Agency", "agency@example.com").await;
        let (id, ask) = (scene.account.id.clone(), &scene.ask);
        assert_eq!(opens(&world, &scene.account, ask).await.unwrap(), scene.user);
        let company = world.sql("SELECT id FROM company").remove(0).remove(0).parse().unwrap();
        let (written, read) = tried::<AccountPass<AnyUser>>(&world, ask, id.clone()).await;
        assert_refused!(written, Refused::SeeingAs(_));
        read.unwrap();
        let (written, read) = tried::<AccountPass<ManageUsers>>(&world, ask, id.clone()).await;
        assert_refused!(written, Refused::SeeingAs(_));
        assert_refused!(read, Refused::Forbidden { .. });
        let (written, read) = tried::<CompanyPass<ManageCompanies>>(&world, ask, (id.clone(), company)).await;
        assert_refused!(written, Refused::SeeingAs(_));
        assert_refused!(read, Refused::Forbidden { .. });
        let (written, read) = tried::<SelfPass>(&world, ask, ()).await;
        assert_refused!(written, Refused::SeeingAs(_));
        assert_refused!(read, Refused::SeeingAs(_));
        let (written, read) = tried::<CenterPass<InCenter>>(&world, ask, center.id.clone()).await;
        assert_refused!(written, Refused::SeeingAs(_));
        assert_refused!(read, Refused::SeeingAs(_));
        let elsewhere = center.accounts[0].id.clone();
        let (written, read) = tried::<AccountPass<AnyUser>>(&world, ask, elsewhere).await;
        assert_refused!(written, Refused::SeeingAs(_));
        assert_refused!(read, Refused::SeeingAs(_));
        assert_refused!(scene.account.see_as(ask, &scene.viewer_user).await, Refused::SeeingAs(_));
        // The one who is seen notices nothing.
        let (written, read) = tried::<AccountPass<AnyUser>>(&world, &scene.natalie.ask, id).await;
        written.and(read).unwrap();
    }
}

/// nobody sees more than they may themselves.
#[tokio::test]
async fn a09_who_may_see_the_account_as_whom() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let company = account.company("Downtown").await;
        let only = std::slice::from_ref(&company);
        let (manager, natalie) = account.join("natalie@example.com", UserType::Manager, only).await;
        let pending = account.invite("pending@example.com", UserType::Manager, only).await;
        let mailed = account
            .create(account.new_user("mails@example.com", UserType::Notification, only))
            .await
            .unwrap();
        let other = world.another_account("Other", "olga@example.com").await;
        let own: UserId = world
            .sql(&format!("SELECT id FROM \"user\" WHERE login_id = '{}'", account.admin.login))
            .remove(0)
            .remove(0)
            .parse()
            .unwrap();
        let ask = &account.admin.ask;
        assert_refused!(account.see_as(ask, &own).await, Refused::Conflict(Conflict::SeeAsOneself));
        assert_refused!(
            account.see_as(ask, &pending).await,
            Refused::Conflict(Conflict::NotNow(UserStatus::Pending))
        );
        assert_refused!(account.see_as(ask, &mailed).await, Refused::Conflict(_));
        assert_refused!(account.see_as(&natalie.ask, &own).await, Refused::Forbidden { .. });
        assert_refused!(other.see_as(&other.admin.ask, &manager).await, Refused::NotFound);
        assert_refused!(account.see_as(&other.admin.ask, &manager).await, Refused::NotFound);
        forbid(&world, &account).await;
        assert_refused!(account.see_as(ask, &manager).await, Refused::Conflict(Conflict::SeeAsOff));
    }
}

/// What happens meanwhile.
#[derive(Clone, Copy, Debug)]
enum Meanwhile {
    Nothing,
    Time,
    ViewerDemoted,
    ViewerSuspended,
    ViewerEnds,
    UserPromoted,
    UserChanged,
    UserSuspended,
    UserDeleted,
    Forbidden,
    ForbiddenAndAllowed,
    SessionEnded,
    PasswordChanged,
}

const MEANWHILE: [Meanwhile; 13] = [
    Meanwhile::Nothing,
    Meanwhile::Time,
    Meanwhile::ViewerDemoted,
    Meanwhile::ViewerSuspended,
    Meanwhile::ViewerEnds,
    Meanwhile::UserPromoted,
    Meanwhile::UserChanged,
    Meanwhile::UserSuspended,
    Meanwhile::UserDeleted,
    Meanwhile::Forbidden,
    Meanwhile::ForbiddenAndAllowed,
    Meanwhile::SessionEnded,
    Meanwhile::PasswordChanged,
];

async fn happen(world: &World, scene: &Scene, meanwhile: Meanwhile) {
    let desk = Desk::of(world, &scene.account);

    match meanwhile {
        Meanwhile::Nothing => world.advance(Span::minutes(29)),
        Meanwhile::Time => world.advance(Span::minutes(30)),
        Meanwhile::ViewerDemoted => {
            // As whoever demotes them does it: the row that access is decided on.
            let set = "user_type = 'manager', access_version = access_version + 1";
            world.sql(&format!("UPDATE \"user\" SET {set} WHERE id = '{}'", scene.viewer_user));
        }
        Meanwhile::ViewerSuspended => drop(desk.make(&scene.viewer_user, Change::Suspend).await.unwrap()),
        Meanwhile::ViewerEnds => {
            let now = world.app.store.now() + Span::minutes(1);
            // Access ends by itself without a change being counted.
            world.sql(&format!(
                "UPDATE \"user\" SET ends_at = {} WHERE id = '{}'",
                now.micros(),
                scene.viewer_user
            ));
            world.advance(Span::minutes(2));
        }
        Meanwhile::UserPromoted => desk.promote(&scene.user, UserType::Administrator).await.unwrap(),
        Meanwhile::UserChanged => {
            let more = scene.account.company("Riverside").await;
            let first = world.sql("SELECT id FROM company ORDER BY id").remove(0).remove(0).parse().unwrap();
            desk.change(&scene.user, names("Nat", "Ford"), &[first, more]).await.unwrap();
        }
        Meanwhile::UserSuspended => drop(desk.make(&scene.user, Change::Suspend).await.unwrap()),
        Meanwhile::UserDeleted => desk.delete(&scene.user).await.unwrap(),
        Meanwhile::Forbidden => forbid(world, &scene.account).await,
        Meanwhile::ForbiddenAndAllowed => {
            forbid(world, &scene.account).await;
            world.sql("UPDATE account SET see_as = 1");
        }
        Meanwhile::SessionEnded => {
            let another = world.sign_in(&scene.viewer.email).await;
            let out = |w: Writer, pass: &Proven<SelfPass>| session::end_others(w, pass);
            world.app.write(&another.ask, (), out).await.unwrap();
        }
        Meanwhile::PasswordChanged => {
            let another = world.sign_in(&scene.viewer.email).await;
            world.app.change_password(&another.ask, PASSWORD, "another long one indeed").await.unwrap();
        }
    }
}

/// from the next request on. Seen to fail: with it not looked at whether the access of who sees has ended.
#[tokio::test]
async fn a09_x15_x33_whatever_changes_for_either_ends_it_at_once() {
    for meanwhile in MEANWHILE {
        for world in testkit::worlds().await {
            let scene = Scene::new(&world).await;
            opens(&world, &scene.account, &scene.ask).await.expect("it goes on");
            happen(&world, &scene, meanwhile).await;
            let now = opens(&world, &scene.account, &scene.ask).await;
            match (meanwhile, now) {
                (Meanwhile::Nothing, Ok(user)) => assert_eq!(user, scene.user),
                (Meanwhile::SessionEnded | Meanwhile::PasswordChanged, Err(Refused::SignedOut)) => continue,
                (Meanwhile::Nothing | Meanwhile::SessionEnded | Meanwhile::PasswordChanged, now) => {
                    panic!("{meanwhile:?}: {now:?}")
                }
                (_, Err(Refused::SeeingAs(seeing))) => assert!(seeing.is_over, "{meanwhile:?}"),
                (_, now) => panic!("{meanwhile:?}: {now:?}"),
            }
            // Whoever saw has their own session back, with what they may do by now.
            let back = end(&world, &scene.ask).await.expect("one can leave");
            let mut own = scene.viewer.ask.clone();
            own.credentials.session = Some(back.token);
            let pass = world.app.read::<SelfPass, ()>(&own, (), |_, _| Ok(())).await.expect("signed in").0;
            assert_eq!(pass.person().login, scene.viewer.login);
        }
    }
}

/// A-09, C-10: an executive administrator, too, and as long as they are one; made one again they see as nobody.
#[tokio::test]
async fn a09_an_executive_administrator_sees_as_a_user_while_they_are_one() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "agency@example.com").await;
        center.make_first().await;
        let [north, south] = &center.accounts;
        let company = north.company("Downtown").await;
        let (user, _) =
            north.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        let (_, emil) = south.join("emil@example.com", UserType::Administrator, &[]).await;
        center.make(&emil.login).await.unwrap();
        let ask = north.see_as(&emil.ask, &user).await.expect("it begins");
        assert_eq!(opens(&world, north, &ask).await.unwrap(), user);
        assert_refused!(
            tried::<CenterPass<InCenter>>(&world, &ask, center.id.clone()).await.1,
            Refused::SeeingAs(_)
        );
        let started = north.activity().await.pop().unwrap();
        assert_eq!((started.verb.as_str(), started.actor_name.as_str()), ("see_as.started", "Emil Reyes"));
        center.unmake(&center.admin.ask, &emil.login, Afterwards::TakeBack).await.unwrap();
        assert_refused!(opens(&world, north, &ask).await, Refused::SeeingAs(_));
        world.advance(Span::minutes(1));
        center.make(&emil.login).await.unwrap();
        assert_refused!(opens(&world, north, &ask).await, Refused::SeeingAs(_));
    }
}

/// a new token at the beginning and at the end, and the ones before are dead. Seen to fail: without `session::hide`, and
/// with `update_left` left out of `note_left`.
#[tokio::test]
async fn x28_beginning_and_ending_give_a_new_token_and_the_old_ones_are_dead() {
    for world in testkit::worlds().await {
        let scene = Scene::new(&world).await;
        let signed_in = |ask: Ask| {
            let app = world.app.clone();
            async move { app.read::<SelfPass, SessionId>(&ask, (), |_, pass| Ok(pass.session().clone())).await }
        };
        assert_refused!(signed_in(scene.viewer.ask.clone()).await, Refused::SignedOut);
        let back = end(&world, &scene.ask).await.unwrap();
        assert_refused!(opens(&world, &scene.account, &scene.ask).await, Refused::SignedOut);
        assert_refused!(end(&world, &scene.ask).await, Refused::SignedOut);
        let mut own = scene.viewer.ask.clone();
        own.credentials.session = Some(back.token);
        signed_in(own.clone()).await.expect("signed in");
        assert_refused!(end(&world, &own).await, Refused::NotFound);
        let again = scene.account.see_as(&own, &scene.user).await.unwrap();
        world.app.write(&again, (), |w: Writer, pass: &LeavePass| sign_out(w, pass)).await.unwrap();
        for dead in [again, own] {
            assert_refused!(signed_in(dead.clone()).await, Refused::SignedOut);
            assert_refused!(opens(&world, &scene.account, &dead).await, Refused::SignedOut);
        }
    }
}

/// whoever signs in with the browser of somebody who sees as another leaves no session behind. Seen to fail: with the
/// session that waits left there.
#[tokio::test]
async fn x28_signing_in_meanwhile_ends_the_session_that_waits() {
    for world in testkit::worlds().await {
        let scene = Scene::new(&world).await;
        let sessions = format!("SELECT id FROM session WHERE login_id = '{}'", scene.viewer.login);
        assert_eq!(world.sql(&sessions).len(), 1);
        world.app.sign_in(&scene.ask, &scene.natalie.email, PASSWORD).await.unwrap();
        assert_eq!(world.sql(&sessions).len(), 0);
        assert_refused!(end(&world, &scene.ask).await, Refused::SignedOut);
    }
}

/// both names, the reason, every try, and the end however it came. Seen to fail: with what was tried in vain not
/// recorded.
#[tokio::test]
async fn a09_x33_everything_is_recorded_under_both_names_and_the_user_sees_it() {
    for world in testkit::worlds().await {
        let scene = Scene::new(&world).await;
        let entries = async || {
            let all = scene.account.activity().await;
            let line = |e: &app::activity::Activity| {
                let changes: Vec<_> = e.changes.iter().filter_map(|(_, _, after)| after.clone()).collect();
                format!("{} {} {} [{}]", e.actor_name, e.verb, e.subject_name, changes.join(", "))
            };
            all.iter().filter(|e| e.verb.starts_with("see_as.")).map(line).collect::<Vec<_>>()
        };
        let started = "Vera Reyes see_as.started Natalie Reyes [She does not find it]";
        assert_eq!(entries().await, [started]);
        let refused = world.app.refuse_seeing(&scene.ask, "POST /accounts/{account}/users").await;
        assert!(matches!(refused, Refused::SeeingAs(seeing) if !seeing.is_over));
        let tried = "Vera Reyes see_as.refused Natalie Reyes [POST /accounts/{account}/users]";
        assert_eq!(entries().await, [started, tried]);
        let system = SystemPass::new(Reason::Worker);
        assert_eq!(world.app.end_seeing(&system).await.unwrap(), 0);
        world.advance(Span::minutes(30));
        assert_eq!(world.app.end_seeing(&system).await.unwrap(), 1);
        assert_eq!(world.app.end_seeing(&system).await.unwrap(), 0);
        let by_time = " see_as.ended Natalie Reyes [Vera Reyes]";
        assert_eq!(entries().await, [started, tried, by_time]);
        let back = end(&world, &scene.ask).await.unwrap();
        assert_eq!(entries().await, [started, tried, by_time], "it is told once");
        let mut own = scene.viewer.ask.clone();
        own.credentials.session = Some(back.token);
        let ask = scene.account.see_as(&own, &scene.user).await.unwrap();
        end(&world, &ask).await.unwrap();
        let by_button = "Vera Reyes see_as.ended Natalie Reyes []";
        assert_eq!(entries().await, [started, tried, by_time, started, by_button]);
        let (_, seen) = world.app.read(&scene.natalie.ask, (), see_as::list_own).await.unwrap();
        let seen: Vec<_> = seen.iter().map(|one| (one.viewer.as_str(), one.reason.as_str())).collect();
        assert_eq!(seen, [("Vera Reyes", "She does not find it"); 2]);
        let (_, own) = world.app.read(&scene.account.admin.ask, (), see_as::list_own).await.unwrap();
        assert!(own.is_empty(), "nobody saw the account as its administrator");
        // What the account forbids ends what goes on, and is recorded with it.
        let other = world.sign_in("vera@example.com").await.ask;
        scene.account.see_as(&other, &scene.user).await.unwrap();
        forbid(&world, &scene.account).await;
        assert_eq!(entries().await.pop().unwrap(), "Ada Reyes see_as.ended Natalie Reyes [Vera Reyes]");
        // Nobody who is seen was here.
        let seen = format!("SELECT last_active_at FROM \"user\" WHERE id = '{}'", scene.user);
        let before = world.sql(&seen);
        world.advance(Span::hours(2));
        assert_eq!(world.sql(&seen), before);
    }
}
