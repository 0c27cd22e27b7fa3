//! Addresses of nobody's user, which alerts and summaries may go to.

use app::Refused;
use app::limits::{INVITATION_YOUNG, OUTSIDE_ADDRESS};
use app::notification;
use domain::input::Problem;
use domain::notification::AlertChange;
use domain::receiver::Receiver;
use domain::summary_email::{Frequency, SummaryChange};
use domain::time::Span;
use domain::user::UserType;

use super::{address, by_email};
use crate::desk::{Desk, assert_refused, field};

fn reader(email: &str) -> Option<Receiver> {
    Some(Receiver::Address(address(email)))
}

/// X-31, G-08. Seen to fail: without counting, and with those counted that are known.
#[tokio::test]
async fn x31_new_outside_addresses_are_counted() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        for number in 0..OUTSIDE_ADDRESS.most {
            // A summary and an alert of one address count once.
            let email = format!("desk{number}@example.com");
            desk.alert_to(reader(&email), by_email(Some(&paris))).await.unwrap();
            let summary = SummaryChange {
                company_id: Some(paris.to_string()),
                frequency: Some(vec![Frequency::Daily]),
                ..SummaryChange::default()
            };
            desk.summary_to(reader(&email), summary).await.unwrap();
        }
        let more = async || desk.alert_to(reader("more@example.com"), by_email(Some(&paris))).await;
        assert_refused!(more().await, Refused::TooMany(_));
        desk.alert_to(reader("desk0@example.com"), by_email(Some(&paris))).await.unwrap();
        desk.alert_to(reader("ada@example.com"), by_email(Some(&paris))).await.unwrap();
        world.advance(Span::days(1));
        more().await.unwrap();
    }
}

/// X-31, U-02. A notification user signs in nowhere and asked for nothing: the first that is set up for them is counted with
/// the account's invitations, and refused where they want none. Seen to fail: without counting, with each one counted, and
/// with their wish let go.
#[tokio::test]
async fn x31_notification_users_are_counted_like_invitations() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        let own = std::slice::from_ref(&paris);
        let mut users = Vec::new();
        for number in 0..=INVITATION_YOUNG.most {
            users.push(
                account.invite(&format!("desk{number}@example.com"), UserType::Notification, own).await,
            );
        }
        let calm = users.pop().unwrap();
        let block = "INSERT INTO invitation_block (account_id, email_canonical, created_at)";
        world.sql(&format!(
            "{block} VALUES ('{}', 'desk{}@example.com', 1)",
            account.id, INVITATION_YOUNG.most
        ));
        assert_eq!(field(desk.alert(Some(&calm), by_email(None)).await), ("user_id", Problem::Unwanted));
        let last = users.pop().unwrap();
        for user in &users {
            desk.alert(Some(user), by_email(None)).await.unwrap();
            desk.alert(Some(user), by_email(Some(&paris))).await.unwrap();
        }
        assert_refused!(desk.alert(Some(&last), by_email(None)).await, Refused::TooMany(_));
        desk.alert(None, by_email(None)).await.unwrap();
        desk.alert(users.first(), by_email(None)).await.unwrap();
    }
}

/// X-31, G-08. Seen to fail: with the wish not to be mailed let go.
#[tokio::test]
async fn x31_an_outside_address_gets_emails_of_one_company_and_nothing_unwanted() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        let nothing = desk.alert_to(reader("desk@example.com"), by_email(None)).await;
        assert_eq!(field(nothing), ("company_id", Problem::Missing));
        let push = AlertChange { send_push: Some(true), ..by_email(Some(&paris)) };
        assert_eq!(
            field(desk.alert_to(reader("desk@example.com"), push).await),
            ("send_push", Problem::NotAChoice)
        );
        let made = desk.alert_to(reader("Desk@example.com"), by_email(Some(&paris))).await.unwrap();
        assert_eq!((made.user, made.email.as_str()), (None, "Desk@example.com"));
        let taken = AlertChange { company_id: Some(String::new()), ..AlertChange::default() };
        let id = made.id;
        let changed = desk.enter(move |w, pass| notification::change(w, pass, id, &taken)).await;
        assert_eq!(field(changed), ("company_id", Problem::Missing));
        let block = "INSERT INTO invitation_block (account_id, email_canonical, created_at)";
        world.sql(&format!("{block} VALUES ('{}', 'calm@example.com', 1)", account.id));
        let refused = desk.alert_to(reader("calm@example.com"), by_email(Some(&paris))).await;
        assert_eq!(field(refused), ("email", Problem::Unwanted));
    }
}

/// G-08, U-11. Who was a user and is deleted gets nothing by what was set up before. Seen to fail: with the conditions on
/// present and on deleted users left out, each by itself.
#[tokio::test]
async fn g08_an_address_that_became_a_users_gets_what_the_user_gets() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        let own = std::slice::from_ref(&paris);
        let before = desk.alert_to(reader("sam@example.com"), by_email(Some(&paris))).await.unwrap().id;
        assert_eq!(desk.alerts().await, [before]);
        world.advance(Span::seconds(1));
        let sam = account.invite("sam@example.com", UserType::Notification, own).await;
        assert!(desk.alerts().await.is_empty());
        let of_user = desk.alert_to(reader("sam@example.com"), by_email(None)).await.unwrap();
        assert_eq!(of_user.user, Some(sam.clone()));
        desk.delete(&sam).await.unwrap();
        assert!(desk.alerts().await.is_empty(), "neither theirs nor that of their address");
        world.advance(Span::seconds(1));
        let anew = desk.alert_to(reader("sam@example.com"), by_email(Some(&paris))).await.unwrap().id;
        assert_eq!(desk.alerts().await, [anew]);
    }
}
