//! Mails about access through an account center: nobody gets it, or loses it, unseen (C-03, C-10 to C-12).

use app::executive_administrator;
use app::pass::{CenterPass, Proven};
use app::work::Writer;
use domain::account_center::proof::RunsCenter;
use domain::account_center::{Afterwards, CenterDetails};
use domain::email::EmailAddress;
use domain::user::{Names, UserType};
use testkit::{Letter, PASSWORD, World};

use crate::desk::Desk;

/// The newest mail to somebody, unless it is one that came before.
async fn fresh(world: &World, address: &str, seen: &mut usize) -> Option<Letter> {
    let letters: Vec<Letter> = world.mailbox().await.into_iter().filter(|one| one.to == address).collect();
    let is_new = letters.len() > std::mem::replace(seen, letters.len());
    letters.into_iter().next_back().filter(|_| is_new)
}

/// C-10, C-11, C-12. Seen to fail: without the mails in `center_notice::of_executive`, and with those of unproven addresses.
#[tokio::test]
async fn c10_c12_whoever_is_made_or_unmade_is_told_and_so_are_the_others() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        let company = center.accounts[0].company("Downtown").await;
        let (_, eve) = center.accounts[0].join("eve@example.com", UserType::Manager, &[company]).await;
        let (mut danas, mut eves) = (0, 0);
        fresh(&world, "dana@example.com", &mut danas).await;
        fresh(&world, "eve@example.com", &mut eves).await;

        center.make_first().await;
        let letter = fresh(&world, "dana@example.com", &mut danas).await.expect("she made herself one");
        assert_eq!(letter.subject, "You are an executive administrator of Agency");
        assert!(letter.text.contains("You have made yourself"), "{}", letter.text);
        assert_eq!(letter.find_link(), None, "a thief would forge this one");

        center.make(&eve.login).await.unwrap();
        let letter = fresh(&world, "eve@example.com", &mut eves).await.expect("she is told");
        let made = "Dana Reyes has made you an executive administrator of Agency: administrator of all its accounts, \
                    now and later.";
        assert!(letter.text.contains(made) && letter.html.contains(made), "{}", letter.text);
        let letter = fresh(&world, "dana@example.com", &mut danas).await.expect("it was in her name");
        assert_eq!(letter.subject, "Eve Reyes is an executive administrator of Agency now");
        assert!(letter.text.contains("Dana Reyes has made Eve Reyes (eve@example[.]com)"), "{}", letter.text);
        center.make(&eve.login).await.unwrap();
        assert!(fresh(&world, "eve@example.com", &mut eves).await.is_none(), "she was one already");

        // Who has not shown that an address is theirs gets no such mail.
        world.sql("UPDATE login SET email_proven_at = NULL WHERE email = 'dana@example.com'");
        center.unmake(&center.admin.ask, &eve.login, Afterwards::TakeBack).await.unwrap();
        let letter = fresh(&world, "eve@example.com", &mut eves).await.expect("she is told");
        assert_eq!(letter.subject, "You are no executive administrator of Agency any more");
        assert!(letter.text.contains("Dana Reyes has ended"), "{}", letter.text);
        assert!(fresh(&world, "dana@example.com", &mut danas).await.is_none());
    }
}

/// C-10. Seen to fail: with every acceptance told as if somebody else had done it.
#[tokio::test]
async fn c10_who_accepts_is_told_of_to_the_others_alone() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        let names = Names { first: "Kim".into(), last: "Ode".into(), display: String::new() };
        let email = EmailAddress::parse("kim@example.com").unwrap();
        let invite = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
            executive_administrator::invite(w, pass, &names, &email, None)
        };
        world.app.write(&center.admin.ask, center.id.clone(), invite).await.unwrap().1.unwrap();
        let letter = world.letter_to("kim@example.com").await;
        assert_eq!(letter.subject, "Dana Reyes invited you to Agency");
        let lead = "Dana Reyes has invited you to be executive administrator of Agency: administrator of all its \
                    accounts, now and later.";
        assert!(letter.text.contains(lead) && letter.html.contains(lead), "{}", letter.text);
        world.accept(letter.link(), PASSWORD).await;
        let told = world.letter_to("dana@example.com").await;
        assert!(
            told.text.contains("Kim Ode (kim@example[.]com) has accepted the invitation"),
            "{}",
            told.text
        );
        let kims = world.mailbox().await.into_iter().filter(|letter| letter.to == "kim@example.com");
        assert!(kims.into_iter().all(|letter| !letter.subject.starts_with("You are")));
    }
}

/// C-10, X-08: what a mail promises is what accepting gives: sent again by somebody of the account, it is that account alone.
/// Seen to fail: with the sender left out of `mail::find_invitation`.
#[tokio::test]
async fn c10_x08_an_invitation_sent_again_by_the_account_speaks_of_the_account() {
    for world in testkit::worlds().await {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        let north = &center.accounts[0];
        let (_, some) = north.join("some@example.com", UserType::Administrator, &[]).await;
        let names = Names { first: "Kim".into(), last: "Ode".into(), display: String::new() };
        let email = EmailAddress::parse("kim@example.com").unwrap();
        let invite = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
            executive_administrator::invite(w, pass, &names, &email, None)
        };
        let (_, user) = world.app.write(&center.admin.ask, center.id.clone(), invite).await.unwrap();
        Desk::of_person(&world, north, &some).resend(&user.unwrap()).await.unwrap();
        let letter = world.letter_to("kim@example.com").await;
        assert_eq!(letter.subject, "Some Reyes invited you to Agency North");
        assert!(!letter.text.contains("executive"), "{}", letter.text);
    }
}

/// C-03. Seen to fail: without the mails in `center_notice::of_account`.
#[tokio::test]
async fn c03_administrators_are_told_when_their_account_comes_or_leaves() {
    for world in testkit::worlds().await {
        let first = world.another_account("North", "dana@example.com").await;
        let second = world.another_account("South", "dana@example.com").await;
        let third = world.another_account("West", "dana@example.com").await;
        let dana = &third.admin;
        first.join("some@example.com", UserType::Administrator, &[]).await;
        third.invite_known("some@example.com", UserType::Administrator, &[]).await;
        world.accept(world.letter_to("some@example.com").await.link(), PASSWORD).await;
        let (mut danas, mut somes) = (0, 0);
        fresh(&world, "dana@example.com", &mut danas).await;
        fresh(&world, "some@example.com", &mut somes).await;

        let accounts = [first.id.clone(), second.id.clone()].into();
        let details = CenterDetails { name: "Agency".to_owned(), temporary_passwords: true };
        let center = world.app.create_center(&dana.ask, details, accounts).await.unwrap();
        let letter = fresh(&world, "some@example.com", &mut somes).await.expect("North is in a center");
        assert_eq!(letter.subject, "North is in the account center Agency now");
        assert!(letter.text.contains("Dana Reyes has added North to the account center Agency."));
        assert_eq!(letter.find_link(), None);
        assert!(fresh(&world, "dana@example.com", &mut danas).await.is_none(), "she has chosen the accounts");

        world.app.link_account(&dana.ask, center, third.id.clone()).await.unwrap();
        for (address, seen) in [("some@example.com", &mut somes), ("dana@example.com", &mut danas)] {
            let letter = fresh(&world, address, seen).await.expect("West is in a center");
            assert_eq!(letter.subject, "West is in the account center Agency now");
        }
        Desk::of_person(&world, &third, dana).manage(app::account_center::leave).await.unwrap();
        let letter = fresh(&world, "some@example.com", &mut somes).await.expect("West has left");
        assert_eq!(letter.subject, "West has left the account center Agency");
        assert!(letter.text.contains("Dana Reyes has taken West out"), "{}", letter.text);
    }
}
