//! Executive administrators: what they may do where, and how it begins and ends (C-04, C-10 to C-12).

mod races;

use app::pass::{AccountPass, CenterPass, InvitationPass, LinkState, Proven, SelfPass};
use app::work::{Reader, Writer};
use app::{Ask, Conflict, Refused, executive_administrator, me};
use domain::access::Refusal;
use domain::access_change::Change;
use domain::account_center::proof::{AllOfCenter, RunsCenter};
use domain::account_center::{Afterwards, Standing};
use domain::capability::proof::{ManageCompanies, ManageUsers};
use domain::email::EmailAddress;
use domain::user::{Names, UserStatus, UserType};
use testkit::{Account, Center, PASSWORD, World, at_once};

use crate::desk::{Desk, assert_refused};

async fn agency(world: &World) -> Center {
    let center = world.account_center("Agency", "dana@example.com").await;
    center.make_first().await;
    center
}

async fn enters(world: &World, ask: &Ask, account: &Account) -> bool {
    let looked = world.app.read::<AccountPass<ManageUsers>, ()>(ask, account.id.clone(), |_, _| Ok(())).await;
    match looked {
        Ok(_) => true,
        Err(Refused::NotFound | Refused::Forbidden { .. }) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// C-04: seen to fail with `insert` for `insert_first`.
#[tokio::test]
async fn c04_who_administers_all_accounts_makes_themselves_the_first() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        let (_, some) = center.accounts[0].join("some@example.com", UserType::Administrator, &[]).await;
        let first = |ask: Ask| {
            let make = |w: Writer, pass: &Proven<CenterPass<AllOfCenter>>| {
                executive_administrator::make_first(w, pass)
            };
            let (app, id) = (world.app.clone(), center.id.clone());
            async move { app.write(&ask, id, make).await.map(|_| ()) }
        };
        let refused = Refusal::Center(Standing::Everywhere);
        let by_some = first(some.ask.clone()).await;
        assert!(matches!(by_some, Err(Refused::Forbidden { refusal, .. }) if refusal == refused));
        first(center.admin.ask.clone()).await.unwrap();
        let again = first(center.admin.ask.clone()).await;
        assert_refused!(again, Refused::Conflict(Conflict::HasExecutive));
        let opened =
            world.sql("SELECT users_opened_at FROM account_center WHERE users_opened_at IS NOT NULL");
        assert_eq!(opened.len(), 1, "managing users comes with it");
    }
}

/// X-14, C-04. Seen to fail: with nobody but oneself looked for among those there are.
#[tokio::test]
async fn x14_c04_of_two_who_make_themselves_the_first_at_once_one_is() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        let (_, both) = center.accounts[0].join("both@example.com", UserType::Administrator, &[]).await;
        center.accounts[1].join("both@example.com", UserType::Administrator, &[]).await;
        for _ in 0..20 {
            let made = at_once(8, |number| {
                let ask = if number % 2 == 0 { center.admin.ask.clone() } else { both.ask.clone() };
                let (app, id) = (world.app.clone(), center.id.clone());
                let make = |w: Writer, pass: &Proven<CenterPass<AllOfCenter>>| {
                    executive_administrator::make_first(w, pass)
                };
                async move { app.write(&ask, id, make).await.map(|_| ()) }
            })
            .await;
            assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
            assert_eq!(world.sql("SELECT login_id FROM executive_administrator").len(), 1);
            world.sql("DELETE FROM executive_administrator");
        }
    }
}

/// C-10, P-19: everything in every account from the next request on, and nothing from the next request on. Seen to
/// fail: with the join of `executive_administrator` left out of `pass::load`, and with that of the account's center.
#[tokio::test]
async fn c10_p19_an_executive_has_every_account_until_they_are_none() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let [north, south] = &center.accounts;
        let company = north.company("Downtown").await;
        let (eve_there, eve) = north.join("eve@example.com", UserType::Reporting, &[company]).await;
        let elsewhere = world.another_account("Elsewhere", "zoe@example.com").await;
        assert!(!enters(&world, &eve.ask, north).await && !enters(&world, &eve.ask, south).await);
        center.make(&eve.login).await.unwrap();
        assert!(enters(&world, &eve.ask, north).await, "more than their own user gives");
        assert!(enters(&world, &eve.ask, south).await, "without a user of their own");
        assert!(!enters(&world, &eve.ask, &elsewhere).await, "not beyond the center");
        let hers = Desk::of_person(&world, south, &eve);
        hers.create(south.new_user("kim@example.com", UserType::Administrator, &[])).await.unwrap();
        let told = south.activity().await;
        assert!(told.iter().any(|entry| entry.actor_kind == "login" && entry.verb == "user.created"));
        // Suspended there, they still are one.
        Desk::of(&world, north).make(&eve_there, Change::Suspend).await.unwrap();
        assert!(enters(&world, &eve.ask, north).await);
        center.unmake(&center.admin.ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        assert!(!enters(&world, &eve.ask, north).await && !enters(&world, &eve.ask, south).await);
        let accounts = |r: &mut Reader, pass: &SelfPass| me::accounts(r, pass, "", ("", ""));
        assert!(world.app.read(&eve.ask, (), accounts).await.unwrap().1.rows.is_empty());
    }
}

/// C-11: seen to fail with `TakeBack` for both, and with `Stay::Needed` left out.
#[tokio::test]
async fn c11_accounts_are_kept_or_given_back_and_none_is_left_alone() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let [north, south] = &center.accounts;
        let company = north.company("Downtown").await;
        let (_, eve) = north.join("eve@example.com", UserType::Reporting, &[company]).await;
        center.make(&eve.login).await.unwrap();
        let login = eve.login.clone();
        let preview = move |r: &mut Reader, pass: &CenterPass<RunsCenter>| {
            executive_administrator::preview_unmake(r, pass, &login)
        };
        let (_, shown) = world.app.read(&center.admin.ask, center.id.clone(), preview).await.unwrap();
        assert_eq!(shown.through_center, ["Agency North", "Agency South"]);
        assert!(shown.own.is_empty() && shown.needed.is_empty() && !shown.is_last);
        center.unmake(&center.admin.ask, &eve.login, Afterwards::Keep).await.unwrap();
        for account in [north, south] {
            assert!(enters(&world, &eve.ask, account).await);
            let hers = world.sql(&format!(
                "SELECT user_type, status FROM \"user\" WHERE account_id = '{}' AND login_id = '{}'",
                account.id, eve.login
            ));
            assert_eq!(hers, [["administrator", "active"]]);
            assert!(matches!(
                account.activity().await.last().unwrap().verb.as_str(),
                "user.created" | "user.promoted"
            ));
        }
        let late = world.another_account("Late", "dana@example.com").await;
        world.app.link_account(&center.admin.ask, center.id.clone(), late.id.clone()).await.unwrap();
        assert!(!enters(&world, &eve.ask, &late).await, "not in what joins later");
        // Like any other administrator they can be removed.
        let rows = Desk::of(&world, south).list(UserStatus::Active).await.unwrap().users.rows.clone();
        let hers = rows.iter().find(|row| row.user.email == "eve@example.com").unwrap();
        Desk::of(&world, south).delete(&hers.user.id).await.unwrap();
        assert!(!enters(&world, &eve.ask, south).await);
        // Where nobody else is left, they stay, whatever is chosen.
        center.make(&eve.login).await.unwrap();
        world.sql(&format!("UPDATE \"user\" SET status = 'suspended' WHERE account_id = '{}'", south.id));
        center.unmake(&center.admin.ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        assert!(enters(&world, &eve.ask, south).await, "otherwise nobody could manage it");
    }
}

/// C-11: all of it is done at one moment, so there is an end to how much. Seen to fail: without the bound.
#[tokio::test]
async fn c11_so_many_accounts_are_kept_at_once_and_no_more() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let row =
            |n| format!("('ACC{n:032x}', 'Client {n}', 'client {n}', 'UTC', 7, 0, '{}', {n} + 1)", center.id);
        let rows: Vec<String> = (0..executive_administrator::KEPT_AT_ONCE).map(row).collect();
        let columns = "id, name, sort_name, time_zone, invitation_days, created_at, center_id, number";
        world.sql(&format!("INSERT INTO account ({columns}) VALUES {}", rows.join(", ")));
        world.sql(
            "INSERT INTO \"user\" (account_id, id, email, email_canonical, first_name, last_name, display_name, sort_name,
                 user_type, agent, status, invoice_emails, created_at, activated_at, last_active_at, listed, center_id)
             SELECT id, 'USR' || substr(id, 4), 'own@example.com', 'own@example.com', 'Own', 'Reyes', '', 'own reyes',
                 'administrator', 0, 'active', 0, 1, 1, 1, 'active', center_id FROM account WHERE name LIKE 'Client %'",
        );
        let (_, eve) = center.accounts[0].join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        let count = || world.sql("SELECT COUNT(*) FROM \"user\"");
        let before = count();
        let kept = center.unmake(&center.admin.ask, &eve.login, Afterwards::Keep).await;
        assert_refused!(kept, Refused::Conflict(Conflict::TooMuchToKeep));
        assert_eq!(count(), before);
        center.unmake(&center.admin.ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        // One less, and they fit.
        world.sql(&format!("UPDATE account SET center_id = NULL WHERE id = 'ACC{:032x}'", 0));
        center.make(&eve.login).await.unwrap();
        center.unmake(&center.admin.ask, &eve.login, Afterwards::Keep).await.unwrap();
        assert_ne!(count(), before);
    }
}

/// C-12
#[tokio::test]
async fn c12_executives_are_made_by_executives_and_are_people_of_the_center() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let (_, both) = center.accounts[0].join("both@example.com", UserType::Administrator, &[]).await;
        center.accounts[1].join("both@example.com", UserType::Administrator, &[]).await;
        let stranger = world.another_account("Elsewhere", "zoe@example.com").await.admin;
        let login = both.login.clone();
        let make = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
            executive_administrator::make(w, pass, &login)
        };
        let refused = Refusal::Center(Standing::Executive);
        let made = world.app.write(&both.ask, center.id.clone(), make).await;
        match made {
            Err(Refused::Forbidden { refusal, ask }) if refusal == refused => {
                let told: Vec<_> =
                    ask.iter().map(|helper| (&*helper.name, helper.email.as_deref())).collect();
                assert_eq!(told, [("Dana Reyes", None)]);
            }
            other => panic!("{:?}", other.map(|_| ())),
        }
        assert_refused!(center.make(&stranger.login).await, Refused::NotFound);
        center.make(&both.login).await.unwrap();
    }
}

/// C-12, X-14. Seen to fail: with the guard left out of `remove`.
#[tokio::test]
async fn c12_x14_executives_who_unmake_each_other_at_once_leave_one() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let mut people = vec![center.admin.clone()];
        for n in 0..3 {
            people.push(
                center.accounts[0].join(&format!("e{n}@example.com"), UserType::Administrator, &[]).await.1,
            );
        }
        for round in 0..20 {
            for person in &people {
                world.sql(&format!(
                    "INSERT INTO executive_administrator (center_id, login_id, created_at) VALUES ('{}', '{}', {round})
                     ON CONFLICT DO NOTHING",
                    center.id, person.login
                ));
            }
            at_once(32, |number| {
                let by = people[(number + round) % people.len()].ask.clone();
                let whom = people[(number / people.len()) % people.len()].login.clone();
                let (app, id) = (world.app.clone(), center.id.clone());
                let unmake = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
                    executive_administrator::unmake(w, pass, &whom, Afterwards::TakeBack)
                };
                async move {
                    match app.write(&by, id, unmake).await {
                        Ok(_)
                        | Err(Refused::NotFound | Refused::Forbidden { .. } | Refused::Busy)
                        | Err(Refused::Conflict(Conflict::LastExecutive)) => {}
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
            .await;
            let left = world.sql("SELECT login_id FROM executive_administrator").len();
            assert!(left >= 1, "nobody is left in round {round}");
        }
    }
}

async fn invite(world: &World, center: &Center, address: &str) -> Result<(), Refused> {
    let names = Names { first: "Eve".into(), last: "Exec".into(), display: String::new() };
    let email = EmailAddress::parse(address).unwrap();
    let invite = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
        executive_administrator::invite(w, pass, &names, &email, None)
    };
    world.app.write(&center.admin.ask, center.id.clone(), invite).await?.1.map(drop)
}

/// C-10, X-08. Seen to fail: without the join of the inviter's row in `accept`.
#[tokio::test]
async fn c10_x08_somebody_new_is_one_with_accepting_if_the_inviter_still_is() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        invite(&world, &center, "eve@example.com").await.unwrap();
        let letter = world.letter_to("eve@example.com").await;
        assert!(letter.text.contains("Dana Reyes"), "who invites is told: {}", letter.text);
        let eve = world.accept(letter.link(), PASSWORD).await;
        for account in &center.accounts {
            assert!(enters(&world, &eve.ask, account).await);
        }
        invite(&world, &center, "late@example.com").await.unwrap();
        let link = world.letter_to("late@example.com").await.link().to_owned();
        center.unmake(&eve.ask, &center.admin.login, Afterwards::TakeBack).await.unwrap();
        // Sent as executive administrator, it gives nothing any more until somebody of the account sends it again, and
        // then that account alone.
        let ask = world.follow(&link);
        let followed = world.app.read::<InvitationPass, ()>(&ask, (), |_, _| Ok(())).await;
        assert_refused!(followed, Refused::Link(LinkState::NeedsApproval { .. }));
        let north = Desk::of(&world, &center.accounts[0]);
        let rows = north.list(UserStatus::Pending).await.unwrap().users.rows.clone();
        north.resend(&rows[0].user.id).await.unwrap();
        let late = world.accept(world.letter_to("late@example.com").await.link(), PASSWORD).await;
        assert!(enters(&world, &late.ask, &center.accounts[0]).await);
        assert!(!enters(&world, &late.ask, &center.accounts[1]).await);
        assert_eq!(world.sql("SELECT login_id FROM executive_administrator").len(), 1);
    }
}

/// C-10, X-08: whatever is changed of an invited user makes the invitation one for no more than the account. Seen to fail:
/// with the sender of the link not looked at in `accept`; `remove_invitation` holds it a second time.
#[tokio::test]
async fn c10_x08_an_invitation_that_was_taken_back_or_lowered_makes_nobody_an_executive() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let north = &center.accounts[0];
        let (_, some) = north.join("some@example.com", UserType::Administrator, &[]).await;
        let theirs = Desk::of_person(&world, north, &some);
        for (address, is_resent_only) in [("revoked@example.com", false), ("resent@example.com", true)] {
            invite(&world, &center, address).await.unwrap();
            let pending = theirs.list(UserStatus::Pending).await.unwrap().users.rows.clone();
            let id = pending.iter().find(|row| row.user.email == address).unwrap().user.id.clone();
            if !is_resent_only {
                Desk::of(&world, north).revoke(&id).await.unwrap();
                theirs.undo(&id).await.unwrap();
            }
            theirs.resend(&id).await.unwrap();
            let person = world.accept(world.letter_to(address).await.link(), PASSWORD).await;
            assert!(enters(&world, &person.ask, north).await);
            assert!(!enters(&world, &person.ask, &center.accounts[1]).await, "{address}");
        }
        // Lowered while they are invited, by a link that the executive administrator has sent.
        let company = north.company("Downtown").await;
        invite(&world, &center, "lowered@example.com").await.unwrap();
        let pending = theirs.list(UserStatus::Pending).await.unwrap().users.rows.clone();
        let to = Change::Replace { to: UserType::Reporting, companies: [company].into() };
        theirs.make(&pending[0].user.id, to).await.unwrap();
        let person = world.accept(world.letter_to("lowered@example.com").await.link(), PASSWORD).await;
        assert!(!enters(&world, &person.ask, &center.accounts[1]).await);
        assert_eq!(world.sql("SELECT login_id FROM executive_administrator").len(), 1);
    }
}

/// what an executive administrator without a user has sent is dead when they are none any more. Seen to fail: with
/// `invited_by_login` not stored.
#[tokio::test]
async fn x08_c10_invitations_of_an_executive_end_with_them() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let [north, south] = &center.accounts;
        let (_, eve) = north.join("eve@example.com", UserType::Administrator, &[]).await;
        center.make(&eve.login).await.unwrap();
        let hers = Desk::of_person(&world, south, &eve);
        hers.create(south.new_user("kim@example.com", UserType::Administrator, &[])).await.unwrap();
        let link = world.letter_to("kim@example.com").await.link().to_owned();
        let ask = world.follow(&link);
        let follow = || world.app.read::<InvitationPass, ()>(&ask, (), |_, _| Ok(()));
        follow().await.unwrap();
        center.unmake(&center.admin.ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        assert_refused!(follow().await, Refused::Link(_));
        center.make(&eve.login).await.unwrap();
        follow().await.unwrap();
    }
}

/// C-10: 5,000 accounts at once. The time is printed by `cargo nextest run --no-capture`, on an unoptimized build.
#[tokio::test]
async fn c10_making_one_costs_the_same_for_any_number_of_accounts() {
    for world in testkit::worlds().await {
        let center = agency(&world).await;
        let row =
            |n| format!("('ACC{n:032x}', 'Client {n}', 'client {n}', 'UTC', 7, 0, '{}', {n} + 1)", center.id);
        let rows: Vec<String> = (1..=5_000).map(row).collect();
        let columns = "id, name, sort_name, time_zone, invitation_days, created_at, center_id, number";
        world.sql(&format!("INSERT INTO account ({columns}) VALUES {}", rows.join(", ")));
        let (_, eve) = center.accounts[0].join("eve@example.com", UserType::Administrator, &[]).await;
        let before = world.sql("SELECT COUNT(*) FROM \"user\"");
        let start = std::time::Instant::now();
        center.make(&eve.login).await.unwrap();
        println!("{:?}: {:?}", world.engine(), start.elapsed());
        assert_eq!(world.sql("SELECT COUNT(*) FROM \"user\""), before, "one row holds it for all accounts");
        let last = world.sql("SELECT id FROM account WHERE sort_name = 'client 5000'").remove(0).remove(0);
        let look = world
            .app
            .read::<AccountPass<ManageCompanies>, ()>(&eve.ask, last.parse().unwrap(), |_, _| Ok(()))
            .await;
        look.unwrap();
    }
}
