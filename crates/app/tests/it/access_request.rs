//! Access requests (U-16), and addresses that are in the system already (U-15).

use std::collections::BTreeSet;

use app::access_request::{self, Found, OwnRequest, State};
use app::pass::{AccountPass, SelfPass};
use app::work::{Reader, Writer};
use app::{Conflict, Refused, limits};
use domain::access_change::Change;
use domain::access_request::Terms;
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccessRequestId, UserId};
use domain::input::Problem;
use domain::time::Span;
use domain::user::{UserStatus, UserType};
use testkit::{Account, PASSWORD, Person, World, at_once};

use crate::desk::{Desk, assert_refused, field};

async fn ask(world: &World, person: &Person, named: &str) -> Result<(), Refused> {
    let named = named.to_owned();
    let ask = move |w: Writer, pass: &SelfPass| access_request::ask(w, pass, &named, "Hello\nfrom Zoe");
    world.app.write(&person.ask, (), ask).await.map(drop)
}

pub(crate) async fn asked(world: &World, person: &Person, named: &str) {
    ask(world, person, named).await.unwrap();
    world.answer_resets().await;
}

async fn own(world: &World, person: &Person) -> Vec<OwnRequest> {
    world.app.read::<SelfPass, _>(&person.ask, (), access_request::list_own).await.unwrap().1
}

pub(crate) async fn waiting(world: &World, account: &Account) -> Vec<Found> {
    let list = |r: &mut Reader, pass: &AccountPass<ManageUsers>| access_request::list(r, pass, None);
    let (_, page) = world.app.read(&account.admin.ask, account.id.clone(), list).await.unwrap();
    assert_eq!(page.count.n as usize, page.requests.rows.len());
    page.requests.rows
}

pub(crate) fn terms(user_type: UserType) -> Terms {
    Terms { user_type, agent: user_type == UserType::Agent, companies: BTreeSet::new() }
}

pub(crate) async fn approve(desk: &Desk, id: &AccessRequestId, terms: Terms) -> Result<UserId, Refused> {
    let id = id.clone();
    let approve =
        move |w: Writer, pass: &AccountPass<ManageUsers>| access_request::approve(w, pass, &id, &terms);
    Ok(desk.app.write(&desk.ask, desk.account.clone(), approve).await?.1)
}

async fn decline(desk: &Desk, id: &AccessRequestId) -> Result<(), Refused> {
    let id = id.clone();
    let decline = move |w: Writer, pass: &AccountPass<ManageUsers>| {
        access_request::decline(w, pass, &id, Some("We know no Zoe."))
    };
    desk.app.write(&desk.ask, desk.account.clone(), decline).await.map(drop)
}

async fn offer(world: &World, account: &Account, address: &str) -> Result<(), Refused> {
    let address = EmailAddress::parse(address).unwrap();
    let offer = move |w: Writer, pass: &AccountPass<ManageUsers>| access_request::offer(w, pass, &address);
    world.app.write(&account.admin.ask, account.id.clone(), offer).await.map(drop)
}

async fn renew_link(world: &World, account: &Account) -> String {
    world.app.write(&account.admin.ask, account.id.clone(), access_request::renew_link).await.unwrap();
    let (_, token) =
        world.app.read(&account.admin.ask, account.id.clone(), access_request::link_token).await.unwrap();
    world.app.request_link(&token.unwrap())
}

async fn to(world: &World, address: &str) -> usize {
    world.mailbox().await.iter().filter(|letter| letter.to == address).count()
}

/// An account of Ada's, and Zoe, who is at home in another.
async fn scene(world: &World) -> (Account, Person) {
    (world.set_up().await, world.another_account("Globex", "zoe@example.com").await.admin)
}

fn status(world: &World, address: &str, account: &Account) -> Vec<String> {
    let rows = world.sql(&format!(
        "SELECT status FROM \"user\" WHERE account_id = '{}' AND email_canonical = '{address}' ORDER BY id",
        account.id
    ));
    rows.into_iter().flatten().collect()
}

/// U-15. Seen to fail: with suspended users left out of `is_elsewhere`.
#[tokio::test]
async fn u15_who_has_a_place_in_another_account_is_not_invited() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let globex = world.another_account("Globex", "zoe@example.com").await;
        let create =
            async |address: &str, user_type| account.create(account.new_user(address, user_type, &[])).await;
        let mails = world.outbox().await.len();
        assert_eq!(
            field(create("Zoe@Example.com", UserType::Administrator).await),
            ("email", Problem::Elsewhere)
        );
        assert_eq!(
            field(create("zoe@example.com", UserType::Notification).await),
            ("email", Problem::Elsewhere)
        );
        assert_eq!(world.outbox().await.len(), mails, "and nobody is mailed");
        assert!(status(&world, "zoe@example.com", &account).is_empty());

        let (omar, _) = globex.join("omar@example.com", UserType::Administrator, &[]).await;
        let there = Desk::of(&world, &globex);
        there.make(&omar, Change::Suspend).await.unwrap();
        assert_eq!(
            field(create("omar@example.com", UserType::Administrator).await),
            ("email", Problem::Elsewhere)
        );
        world.advance(Span::days(1));
        let admin = world.sign_in("ada@example.com").await;
        let desk = Desk::of_person(&world, &account, &admin);
        let there = Desk::of_person(&world, &globex, &world.sign_in("zoe@example.com").await);
        there.delete(&omar).await.unwrap();
        // Whoever is in no account any more can be invited, and so can who is merely invited, or told, elsewhere.
        there.create(globex.new_user("invited@example.com", UserType::Administrator, &[])).await.unwrap();
        there.create(globex.new_user("told@example.com", UserType::Notification, &[])).await.unwrap();
        for address in ["omar@example.com", "invited@example.com", "told@example.com"] {
            desk.create(account.new_user(address, UserType::Administrator, &[])).await.unwrap();
        }
    }
}

/// U-15, U-09: a promotion that invites is an invitation. Seen to fail: without the check in `carry_out`.
#[tokio::test]
async fn u15_a_notification_user_who_joined_elsewhere_is_not_promoted() {
    for world in testkit::worlds().await {
        let (account, _) = scene(&world).await;
        let new = account.new_user("zoe@example.com", UserType::Notification, &[]);
        let desk = Desk::of(&world, &account);
        world.sql("UPDATE login SET email_canonical = 'x' WHERE email_canonical = 'zoe@example.com'");
        let id = desk.create(new).await.unwrap();
        world.sql("UPDATE login SET email_canonical = 'zoe@example.com' WHERE email_canonical = 'x'");
        let promoted = desk.make(&id, Change::Promote(UserType::Administrator)).await;
        assert_refused!(promoted, Refused::Conflict(Conflict::Elsewhere));
        assert_eq!(desk.get(&id).await.unwrap().user.user_type, UserType::Notification);
    }
}

/// U-15: what was sent before holds.
#[tokio::test]
async fn u15_who_is_invited_and_joins_elsewhere_meanwhile_still_accepts() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        world.another_account("Globex", "natalie@example.com").await;
        world.accept(&link, PASSWORD).await;
        assert_eq!(status(&world, "natalie@example.com", &account), ["active"]);
    }
}

/// U-15, X-16: that an address signs in here is told a few times and no more; then nothing is, whatever the address.
/// Seen to fail: with `count_elsewhere` counting nothing.
#[tokio::test]
async fn u15_x16_refusals_are_counted_and_then_nobody_is_looked_up() {
    for world in testkit::worlds().await {
        let (account, _) = scene(&world).await;
        let desk = Desk::of(&world, &account);
        let check = async || {
            let check = |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
                limits::may_look_elsewhere(r, pass, "192.0.2.1")
            };
            desk.app.read(&desk.ask, desk.account.clone(), check).await.map(drop)
        };
        for _ in 0..limits::ELSEWHERE_YOUNG.most {
            check().await.unwrap();
            let zoe = account.new_user("zoe@example.com", UserType::Administrator, &[]);
            assert_eq!(field(desk.create(zoe).await), ("email", Problem::Elsewhere));
        }
        assert_refused!(check().await, Refused::TooMany(_));
        world.advance(Span::days(1));
        let desk = Desk::of_person(&world, &account, &world.sign_in("ada@example.com").await);
        let typed = EmailAddress::parse("zoe@example.com").unwrap();
        for _ in 0..limits::ELSEWHERE.most {
            let typed = typed.clone();
            let look =
                move |w: Writer, pass: &AccountPass<ManageUsers>| app::user::check_address(w, pass, &typed);
            let (_, problem) = desk.app.write(&desk.ask, desk.account.clone(), look).await.unwrap();
            assert_eq!(problem, Some(Problem::Elsewhere));
        }
        let zoe = account.new_user("zoe@example.com", UserType::Administrator, &[]);
        assert_refused!(desk.create(zoe).await, Refused::TooMany(_));
    }
}

/// U-15, X-16: many who ask at once are told no more often than one after the other; and then nobody is created unseen.
/// Seen to fail: with the refusal of `create` not committed, and without `may_look_elsewhere` in `refuse_elsewhere`.
#[tokio::test(flavor = "multi_thread")]
async fn u15_x16_many_at_once_learn_no_more_than_one_after_the_other() {
    for world in testkit::worlds().await {
        let (account, _) = scene(&world).await;
        let desk = Desk::of(&world, &account);
        let outcomes = at_once(24, |_| {
            let (desk, zoe) =
                (desk.clone(), account.new_user("zoe@example.com", UserType::Administrator, &[]));
            async move { desk.create(zoe).await }
        })
        .await;
        let mut told = 0;
        for outcome in outcomes {
            match outcome {
                Err(Refused::Invalid(_)) => told += 1,
                Err(Refused::TooMany(_) | Refused::Busy) => {}
                other => panic!("{other:?}"),
            }
        }
        let most = limits::ELSEWHERE_YOUNG.most;
        assert!(told <= most, "{told} were told, {most} may be");
        for _ in told..most {
            let zoe = account.new_user("zoe@example.com", UserType::Administrator, &[]);
            assert_eq!(field(desk.create(zoe).await), ("email", Problem::Elsewhere));
        }
        let nobody = account.new_user("nobody@example.com", UserType::Administrator, &[]);
        assert_refused!(desk.create(nobody).await, Refused::TooMany(_));
        assert!(status(&world, "nobody@example.com", &account).is_empty());
    }
}

/// U-15, X-16: the same where a change of access would invite, of which nothing is done. Seen to fail: with the refusal of
/// `make` not committed.
#[tokio::test(flavor = "multi_thread")]
async fn u15_x16_many_promotions_at_once_learn_no_more() {
    for world in testkit::worlds().await {
        let (account, _) = scene(&world).await;
        let (desk, company) = (Desk::of(&world, &account), account.company("Downtown").await);
        world.sql("UPDATE login SET email_canonical = 'x' WHERE email_canonical = 'zoe@example.com'");
        let team = account.invite("zoe@example.com", UserType::Notification, &[company]).await;
        world.sql("UPDATE login SET email_canonical = 'zoe@example.com' WHERE email_canonical = 'x'");
        let promotions = at_once(24, |_| {
            let (desk, team) = (desk.clone(), team.clone());
            async move { desk.promote(&team, UserType::Reporting).await }
        });
        let mut told = 0;
        for outcome in promotions.await {
            match outcome {
                Err(Refused::Conflict(Conflict::Elsewhere)) => told += 1,
                Err(Refused::TooMany(_) | Refused::Busy) => {}
                other => panic!("{other:?}"),
            }
        }
        assert!(told <= limits::ELSEWHERE_YOUNG.most, "{told} were told");
        let user = desk.get(&team).await.unwrap().user;
        assert_eq!((user.user_type, user.status), (UserType::Notification, UserStatus::Active));
    }
}

/// U-15: the button mails the request link, to nobody who has no place elsewhere; the answer is the same. Seen to fail:
/// with every address mailed.
#[tokio::test]
async fn u15_who_is_elsewhere_is_mailed_how_to_ask() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        offer(&world, &account, "zoe@example.com").await.unwrap();
        offer(&world, &account, "nobody@example.com").await.unwrap();
        assert_eq!(to(&world, "nobody@example.com").await, 0);
        let letter = world.letter_to("zoe@example.com").await;
        assert_eq!(letter.subject, "Acme would like you to ask for access");
        asked(&world, &zoe, letter.link()).await;
        assert_eq!(waiting(&world, &account).await.len(), 1);
        // Whoever wants no mails of this account gets none.
        let block = letter.text.split_whitespace().find(|word| word.contains("/invitation-block/")).unwrap();
        world.app.write(&world.follow(block), (), app::invitation_block::block).await.unwrap();
        let again = offer(&world, &account, "zoe@example.com").await;
        assert_refused!(again, Refused::Conflict(Conflict::Unwanted));
    }
}

/// U-16: number, link and administrator name one account, and it is one request, of which every administrator is told
/// once. Seen to fail: with a mail for a request that is not new.
#[tokio::test]
async fn u16_asked_twice_it_is_one_request() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        account.join("kim@example.com", UserType::Administrator, &[]).await;
        let link = renew_link(&world, &account).await;
        let (adas, kims) = (to(&world, "ada@example.com").await, to(&world, "kim@example.com").await);
        for named in [account.id.as_str(), &link, "Ada@example.com", account.id.as_str()] {
            asked(&world, &zoe, named).await;
        }
        let [request] = waiting(&world, &account).await.try_into().unwrap();
        assert_eq!(
            (request.email.as_str(), request.message.as_deref()),
            ("zoe@example.com", Some("Hello\nfrom Zoe"))
        );
        assert_eq!(to(&world, "ada@example.com").await, adas + 1);
        assert_eq!(to(&world, "kim@example.com").await, kims + 1);
        let letter = world.letter_to("ada@example.com").await;
        assert!(
            letter.link().ends_with(&format!("/users/access-requests/{}", request.id)),
            "{}",
            letter.text
        );
        assert_eq!(own(&world, &zoe).await.len(), 3, "one for each name");
        let old = link;
        renew_link(&world, &account).await;
        let hash = world.sql("SELECT request_hash FROM account WHERE request_hash IS NOT NULL").remove(0);
        assert!(!old.contains(&hash[0]), "the link itself is stored nowhere");
    }
}

/// U-16, X-16: what is not there, takes no requests or has an old link looks to whoever asks like what is. Seen to fail:
/// with `takes_requests` left out of `find_account`.
#[tokio::test]
async fn u16_x16_who_asks_learns_nothing_of_accounts() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        account.join("kim@example.com", UserType::Manager, &[account.company("Downtown").await]).await;
        let old = renew_link(&world, &account).await;
        renew_link(&world, &account).await;
        let nowhere = format!("ACC{}", "f".repeat(32));
        for named in [nowhere.as_str(), "nobody@example.com", "kim@example.com", &old] {
            asked(&world, &zoe, named).await;
        }
        assert!(waiting(&world, &account).await.is_empty());
        world.sql("UPDATE account SET takes_requests = 0 WHERE name = 'Acme'");
        for named in [account.id.as_str(), "ada@example.com"] {
            asked(&world, &zoe, named).await;
        }
        assert!(waiting(&world, &account).await.is_empty());
        let own = own(&world, &zoe).await;
        assert_eq!(own.len(), 6);
        assert!(own.iter().all(|request| request.state == State::Open && request.reason.is_none()));
        assert_eq!(world.sql("SELECT id FROM activity WHERE verb = 'access_request.made'").len(), 6);
    }
}

/// U-16: approving lets in at once, and says so. Seen to fail: without the mail.
#[tokio::test]
async fn u16_whoever_is_approved_is_in_at_once() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        let company = account.company("Downtown").await;
        asked(&world, &zoe, account.id.as_str()).await;
        let id = waiting(&world, &account).await.remove(0).id;
        let desk = Desk::of(&world, &account);
        let manager = |company| Terms { companies: BTreeSet::from([company]), ..terms(UserType::Manager) };
        let strange = "COM".to_owned() + &"f".repeat(32);
        let refused = approve(&desk, &id, manager(strange.parse().unwrap())).await;
        assert_eq!(field(refused), ("company", Problem::NotAChoice));
        let user = approve(&desk, &id, manager(company.clone())).await.unwrap();
        let page = desk.get(&user).await.unwrap();
        assert_eq!((page.user.status, page.user.login), (UserStatus::Active, Some(zoe.login.clone())));
        assert_eq!((page.companies, page.user.last_active_at), (vec![company], None));
        assert_eq!(world.letter_to("zoe@example.com").await.subject, "You have access to Acme");
        assert!(waiting(&world, &account).await.is_empty() && own(&world, &zoe).await.is_empty());
        assert_refused!(
            approve(&desk, &id, terms(UserType::Administrator)).await,
            Refused::Conflict(Conflict::Changed)
        );
        assert_refused!(decline(&desk, &id).await, Refused::Conflict(Conflict::Changed));
        // Who is in asks for nothing.
        asked(&world, &zoe, account.id.as_str()).await;
        assert!(waiting(&world, &account).await.is_empty());
    }
}

/// U-16, U-13: nobody lets in with more than they have, nor for longer. Seen to fail: with the end of `may_create`
/// left out.
#[tokio::test]
async fn u16_u13_nobody_lets_in_for_longer_than_their_own_access() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        let (kim, person) = account.join("kim@example.com", UserType::Administrator, &[]).await;
        world.sql(&format!("UPDATE \"user\" SET ends_at = 1893456000000000 WHERE id = '{kim}'"));
        asked(&world, &zoe, account.id.as_str()).await;
        let id = waiting(&world, &account).await.remove(0).id;
        let desk = Desk::of_person(&world, &account, &person);
        let user = approve(&desk, &id, terms(UserType::Administrator)).await.unwrap();
        assert_eq!(desk.get(&user).await.unwrap().user.ends_at.unwrap().micros(), 1_893_456_000_000_000);
    }
}

/// U-16: whoever had the address here without a sign-in makes room. Seen to fail: without `make_room`.
#[tokio::test]
async fn u16_an_invited_or_notified_user_of_the_address_makes_room() {
    for world in testkit::worlds().await {
        for user_type in [UserType::Administrator, UserType::Notification] {
            let address = format!("{}@example.com", user_type.word());
            let account = world.another_account("Acme", &format!("boss-of-{address}")).await;
            let zoe = world.another_account("Globex", &address).await.admin;
            let old = account.invite_known(&address, user_type, &[]).await;
            asked(&world, &zoe, account.id.as_str()).await;
            let desk = Desk::of(&world, &account);
            let id = waiting(&world, &account).await.remove(0).id;
            approve(&desk, &id, terms(UserType::Reporting)).await.unwrap();
            assert_eq!(status(&world, &address, &account), ["deleted", "active"]);
            assert!(world.sql(&format!("SELECT id FROM invitation WHERE user_id = '{old}'")).is_empty());
        }
    }
}

/// U-16: declining mails the reason; then one may ask again, a few times. Seen to fail: with `ACCESS_REQUEST_AGAIN` not
/// counted.
#[tokio::test]
async fn u16_x31_whoever_is_declined_is_told_why_and_may_not_ask_without_end() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        let desk = Desk::of(&world, &account);
        for _ in 0..limits::ACCESS_REQUEST_AGAIN.most {
            asked(&world, &zoe, account.id.as_str()).await;
            let id = waiting(&world, &account).await.remove(0).id;
            decline(&desk, &id).await.unwrap();
        }
        let letter = world.letter_to("zoe@example.com").await;
        assert!(letter.text.contains("> We know no Zoe."), "{}", letter.text);
        let [declined] = own(&world, &zoe).await.try_into().unwrap();
        assert_eq!((declined.state, declined.reason.as_deref()), (State::Declined, Some("We know no Zoe.")));
        asked(&world, &zoe, account.id.as_str()).await;
        assert!(waiting(&world, &account).await.is_empty());
    }
}

/// one person asks so often, also with what is nothing, and is told so whatever they name. Seen to fail: with the
/// count behind the reading of what was typed.
#[tokio::test]
async fn u16_x31_requests_of_a_person_are_counted_before_they_are_read() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        for _ in 0..limits::ACCESS_REQUEST.most {
            assert_eq!(field(ask(&world, &zoe, "Acme").await), ("account", Problem::NamesNoAccount));
        }
        for named in ["Acme", account.id.as_str(), "nobody@example.com"] {
            assert_refused!(ask(&world, &zoe, named).await, Refused::TooMany(_));
        }
    }
}

/// U-16: 30 days, then it is over, for both. Seen to fail: with `expires_at` left out of `list_open`.
#[tokio::test]
async fn u16_a_request_waits_for_thirty_days() {
    for world in testkit::worlds().await {
        let (mut account, zoe) = scene(&world).await;
        asked(&world, &zoe, account.id.as_str()).await;
        let id = waiting(&world, &account).await.remove(0).id;
        world.advance(Span::days(30));
        account.admin = world.sign_in("ada@example.com").await;
        let zoe = world.sign_in("zoe@example.com").await;
        assert!(waiting(&world, &account).await.is_empty() && own(&world, &zoe).await.is_empty());
        let desk = Desk::of(&world, &account);
        assert_refused!(approve(&desk, &id, terms(UserType::Reporting)).await, Refused::NotFound);
        asked(&world, &zoe, account.id.as_str()).await;
        assert_eq!(waiting(&world, &account).await.len(), 1);
    }
}

/// U-16: one's own request is given up, and with the last of its names the account's. Seen to fail: with the request
/// removed for any of them.
#[tokio::test]
async fn u16_what_one_has_asked_for_can_be_given_up() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        for named in [account.id.as_str(), "ada@example.com"] {
            asked(&world, &zoe, named).await;
        }
        let withdraw = async |person: &Person, id: &AccessRequestId| {
            let id = id.clone();
            let done = move |w: Writer, pass: &SelfPass| access_request::withdraw(w, pass, &id);
            world.app.write(&person.ask, (), done).await.map(drop)
        };
        let ids: Vec<_> = own(&world, &zoe).await.into_iter().map(|request| request.id).collect();
        assert_refused!(withdraw(&account.admin, &ids[0]).await, Refused::NotFound);
        withdraw(&zoe, &ids[0]).await.unwrap();
        assert_eq!(waiting(&world, &account).await.len(), 1);
        withdraw(&zoe, &ids[1]).await.unwrap();
        assert!(waiting(&world, &account).await.is_empty());
        assert_refused!(withdraw(&zoe, &ids[1]).await, Refused::NotFound);
    }
}

/// U-16, X-14: of several decisions at once one holds. Seen to fail: with `state = 'open'` left out of `update_decided`.
#[tokio::test]
async fn u16_x14_a_request_is_decided_once() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        asked(&world, &zoe, account.id.as_str()).await;
        let (desk, id) = (Desk::of(&world, &account), waiting(&world, &account).await.remove(0).id);
        let outcomes = at_once(8, |number| {
            let (desk, id) = (desk.clone(), id.clone());
            async move {
                match number % 2 {
                    0 => approve(&desk, &id, terms(UserType::Administrator)).await.map(drop),
                    _ => decline(&desk, &id).await,
                }
            }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        for refused in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(refused, Refused::Conflict(Conflict::Changed)), "{refused:?}");
        }
        let answers = world.sql("SELECT kind FROM mail WHERE kind IN ('access_approved', 'access_declined')");
        assert_eq!(answers.len(), 1);
    }
}

/// U-16, X-14: who is let in while they accept their invitation is in once. Seen to fail: with who is let in left waiting for
/// the invitation that made room.
#[tokio::test]
async fn u16_x14_approving_while_the_invitation_is_accepted_makes_one_user() {
    for world in testkit::worlds().await {
        for round in 0..4 {
            let address = format!("zoe{round}@example.com");
            let account = world.another_account("Acme", &format!("boss{round}@example.com")).await;
            let zoe = world.another_account("Globex", &address).await.admin;
            account.invite_known(&address, UserType::Administrator, &[]).await;
            let link = world.letter_to(&address).await.link().to_owned();
            asked(&world, &zoe, account.id.as_str()).await;
            let (desk, id) = (Desk::of(&world, &account), waiting(&world, &account).await.remove(0).id);
            let outcomes = at_once(2, |number| {
                let (desk, id, ask) = (desk.clone(), id.clone(), world.follow(&link));
                async move {
                    match number {
                        0 => approve(&desk, &id, terms(UserType::Administrator)).await.map(drop),
                        _ => desk.app.accept(&ask, PASSWORD).await.map(drop),
                    }
                }
            })
            .await;
            assert!(outcomes.iter().any(Result::is_ok), "{outcomes:?}");
            let active = status(&world, &address, &account);
            assert_eq!(active.iter().filter(|status| *status == "active").count(), 1, "{active:?}");
        }
    }
}

/// U-16: asking at the same moment under several names makes one request. Seen to fail: without `ON CONFLICT DO NOTHING` where
/// the request is made, so that the second worker fails at the index.
#[tokio::test]
async fn u16_x14_two_workers_make_one_request() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        for named in [account.id.as_str(), "ada@example.com"] {
            ask(&world, &zoe, named).await.unwrap();
        }
        let passes = at_once(4, |_| {
            let app = world.app.clone();
            async move {
                let worker = app::pass::SystemPass::new(app::pass::Reason::Worker);
                app.answer_access_requests(&worker).await.map(drop)
            }
        });
        assert!(passes.await.iter().all(Result::is_ok));
        assert_eq!(waiting(&world, &account).await.len(), 1);
    }
}

/// U-16, U-15, A-05: who asked, gave up, let in, declined and offered, in the order of time. What a person does stands in
/// their own activity too.
#[tokio::test]
async fn u16_a05_every_step_is_recorded() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        let desk = Desk::of(&world, &account);
        offer(&world, &account, "zoe@example.com").await.unwrap();
        renew_link(&world, &account).await;
        asked(&world, &zoe, account.id.as_str()).await;
        let id = own(&world, &zoe).await.remove(0).id;
        let withdraw = move |w: Writer, pass: &SelfPass| access_request::withdraw(w, pass, &id);
        world.app.write(&zoe.ask, (), withdraw).await.unwrap();
        asked(&world, &zoe, account.id.as_str()).await;
        decline(&desk, &waiting(&world, &account).await[0].id).await.unwrap();
        asked(&world, &zoe, account.id.as_str()).await;
        let id = waiting(&world, &account).await.remove(0).id;
        approve(&desk, &id, terms(UserType::Administrator)).await.unwrap();
        let trail = account.activity().await;
        let told: Vec<_> =
            trail.iter().map(|entry| (entry.verb.as_str(), entry.actor_name.as_str())).collect();
        let (ada, zoe) = ("Ada Reyes", "Zoe Reyes");
        let wanted = [
            ("access_request.offered", ada),
            ("request_link.renewed", ada),
            ("access_request.made", zoe),
            ("access_request.withdrawn", zoe),
            ("access_request.made", zoe),
            ("access_request.declined", ada),
            ("access_request.made", zoe),
            ("access_request.approved", ada),
            ("user.created", ada),
        ];
        assert_eq!(told[told.len() - wanted.len()..], wanted);
    }
}

/// U-16: what was decided before it was given up is said to be so. Seen to fail: with the state not looked at in `withdraw`.
#[tokio::test]
async fn u16_who_withdraws_too_late_is_told_what_was_decided() {
    for world in testkit::worlds().await {
        let (account, zoe) = scene(&world).await;
        let desk = Desk::of(&world, &account);
        let withdraw = async |id: &AccessRequestId| {
            let id = id.clone();
            let done = move |w: Writer, pass: &SelfPass| access_request::withdraw(w, pass, &id);
            world.app.write(&zoe.ask, (), done).await.map(|(_, state)| state)
        };
        asked(&world, &zoe, account.id.as_str()).await;
        let id = own(&world, &zoe).await.remove(0).id;
        decline(&desk, &waiting(&world, &account).await[0].id).await.unwrap();
        assert_eq!(withdraw(&id).await.unwrap(), State::Declined);
        asked(&world, &zoe, account.id.as_str()).await;
        let id = own(&world, &zoe).await.remove(0).id;
        let open = waiting(&world, &account).await.remove(0).id;
        approve(&desk, &open, terms(UserType::Administrator)).await.unwrap();
        assert_refused!(withdraw(&id).await, Refused::Conflict(Conflict::RequestApproved));
        let told = account.activity().await;
        assert!(told.iter().all(|entry| entry.verb != "access_request.withdrawn"), "nothing was withdrawn");
    }
}
