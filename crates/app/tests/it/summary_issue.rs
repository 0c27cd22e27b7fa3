//! Summaries that come by themselves.

use app::pass::{Reason, SystemPass};
use app::company;
use domain::access_change::Change;
use domain::alert::{LeadKind, Occasion};
use domain::company::CompanyDetails;
use domain::id::CompanyId;
use domain::mail::MailKind;
use domain::summary_email::{Frequency, LeadStatus, SummaryChange};
use domain::time::{Span, Timestamp};
use domain::user::UserType;
use testkit::{Account, World};

use crate::alert::missed;
use crate::desk::Desk;
use crate::summary_email::daily;

/// Does what the worker does until no summary is due; how many mails of summaries there are then.
async fn work(world: &World) -> usize {
    let pass = SystemPass::new(Reason::Worker);
    while world.app.send_due_summaries(&pass).await.unwrap() > 0 {}
    world.sql("SELECT id FROM mail WHERE kind = 'summary'").len()
}

fn move_to(world: &World, at: &str) {
    let at: Timestamp = at.parse().unwrap();
    let span = at.since(world.app.store.now());
    assert!(span > Span::seconds(0), "{at}");
    world.advance(span);
}

async fn company_in(desk: &Desk, name: &str, zone: &str) -> CompanyId {
    let details = CompanyDetails { name: name.into(), time_zone: zone.into(), lead_center: false };
    desk.create_company(details).await.unwrap()
}

/// The administrator's desk in a world of 2030, where nobody has signed in by a session that would have ended since.
async fn desk_now(world: &World, account: &Account) -> Desk {
    Desk::of_person(world, account, &world.sign_in(&account.admin.email).await)
}

async fn summaries(world: &World) -> Vec<testkit::Letter> {
    let mut letters = world.mailbox().await;
    letters.retain(|letter| letter.mail.kind == MailKind::Summary);
    letters
}

/// P-01, G-07. Seen to fail: with seven of UTC, with a test counted, with what came in after midnight counted, and with nothing
/// sent where nothing came in.
#[tokio::test]
async fn p01_g07_a_summary_comes_at_seven_where_the_company_is_and_counts_what_came_in() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        move_to(&world, "2030-03-09T06:00:00Z");
        let desk = desk_now(&world, &account).await;
        let paris = company_in(&desk, "Paris", "America/New_York").await;
        desk.summary(None, daily(Some(&paris))).await.unwrap();
        // One in the morning of the ninth there: nobody has looked yet, and nothing of before is sent.
        assert_eq!(work(&world).await, 0);
        for first in [true, false] {
            let occasion = Occasion { kind: LeadKind::Missed, first, agent: None };
            desk.raise(&paris, app::alert::NewEvent { occasion, ..missed() }).await;
        }
        desk.raise(&paris, app::alert::NewEvent { test: true, ..missed() }).await;
        move_to(&world, "2030-03-09T12:00:00Z");
        assert_eq!(work(&world).await, 1);
        assert!(summaries(&world).await[0].text.contains("No calls and no texts"), "of the eighth");
        // The clocks go forward on the tenth: seven there is eleven in UTC.
        move_to(&world, "2030-03-10T10:59:59Z");
        assert_eq!(work(&world).await, 1);
        world.advance(Span::seconds(1));
        assert_eq!((work(&world).await, work(&world).await), (2, 2));
        let letter = summaries(&world).await.pop().unwrap();
        assert_eq!(letter.subject, "Daily summary: Paris, 9 March 2030");
        for line in ["- Missed call: 2", "- Of these for the first time: 1"] {
            assert!(letter.text.contains(line), "{}", letter.text);
        }
        assert!(letter.stop_link.unwrap().contains("/unsubscribe/"));
    }
}

/// P-01: nobody gets the same period twice, and a server that was off sends the last it has missed. Seen to fail: without the
/// unique index, with the last period of each day that was missed, and with the plan left as it was.
#[tokio::test]
async fn p01_one_period_comes_once_and_what_was_missed_does_not_pile_up() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        move_to(&world, "2030-05-01T12:00:00Z");
        let desk = desk_now(&world, &account).await;
        let paris = company_in(&desk, "Paris", "UTC").await;
        let often = SummaryChange {
            frequency: Some(vec![Frequency::Daily, Frequency::Weekly, Frequency::Monthly]),
            ..daily(Some(&paris))
        };
        let one = desk.summary(None, often).await.unwrap();
        // The same twice: one mail.
        desk.summary(None, daily(Some(&paris))).await.unwrap();
        assert_eq!(work(&world).await, 0);
        // Off for four weeks: a day, a week, and no month yet.
        move_to(&world, "2030-05-29T12:00:00Z");
        assert_eq!(work(&world).await, 2);
        let subjects: Vec<_> = summaries(&world).await.into_iter().map(|one| one.subject).collect();
        assert!(subjects.contains(&"Daily summary: Paris, 28 May 2030".to_owned()), "{subjects:?}");
        let week = "Weekly summary: Paris, 20 May 2030 to 26 May 2030".to_owned();
        assert!(subjects.contains(&week), "{subjects:?}");
        move_to(&world, "2030-06-01T07:00:00Z");
        assert_eq!(work(&world).await, 4);
        let last = summaries(&world).await.into_iter().map(|one| one.subject);
        assert!(last.into_iter().any(|one| one == "Monthly summary: Paris, 1 May 2030 to 31 May 2030"));
        // Another zone, in which it is not seven yet: what was sent is not sent again.
        world.sql(&format!("UPDATE company SET time_zone = 'America/New_York' WHERE id = '{paris}'"));
        world.sql("UPDATE summary_plan SET due_at = 1");
        assert_eq!(work(&world).await, 4);
        // Who was away so long signs in again.
        desk_now(&world, &account).await.remove_summary(one.id).await.unwrap();
        assert_eq!(world.sql("SELECT summary_email_id FROM summary_plan").len(), 1);
        assert_eq!(summaries(&world).await.len(), 0, "what was set up first is gone, and its mails with it");
    }
}

/// P-01, P-15, L-05: who may get none gets none, not even one that was due before. Seen to fail: with the receiver not asked
/// for when it is due, with them not asked for when it is sent, and with the companies of others counted.
#[tokio::test]
async fn p01_p15_summaries_count_ones_own_companies_and_stop_with_ones_access() {
    for world in testkit::worlds().await {
        let mut account = world.set_up().await;
        move_to(&world, "2030-05-01T12:00:00Z");
        account.admin = world.sign_in("ada@example.com").await;
        let desk = Desk::of(&world, &account);
        let (paris, rome) = (company_in(&desk, "Paris", "UTC").await, company_in(&desk, "Rome", "UTC").await);
        let only = std::slice::from_ref(&paris);
        let (mia, _) = account.join("mia@example.com", UserType::Manager, only).await;
        let unjudged = SummaryChange { lead_status: Some(LeadStatus::Lead), ..daily(Some(&paris)) };
        desk.summary(Some(&mia), daily(None)).await.unwrap();
        desk.summary(None, unjudged).await.unwrap();
        assert_eq!(work(&world).await, 0);
        for company in [&paris, &rome] {
            desk.raise(company, missed()).await;
        }
        move_to(&world, "2030-05-02T07:00:00Z");
        assert_eq!(work(&world).await, 2);
        let text = |letters: Vec<testkit::Letter>, to: &str| {
            letters.into_iter().find(|letter| letter.to == to).map(|letter| letter.text)
        };
        let mias = text(summaries(&world).await, "mia@example.com").unwrap();
        assert!(mias.contains("- Missed call: 1"), "{mias}");
        let adas = text(summaries(&world).await, "ada@example.com").unwrap();
        assert!(adas.contains("No calls and no texts"), "nothing was found to be a lead: {adas}");
        desk.make(&mia, Change::Suspend).await.unwrap();
        assert_eq!(text(summaries(&world).await, "mia@example.com"), None);
        desk.company(&paris, company::disable).await.unwrap();
        assert!(summaries(&world).await.is_empty());
        move_to(&world, "2030-05-03T07:00:00Z");
        assert_eq!(work(&world).await, 2, "nobody gets any");
        assert!(world.sql("SELECT due_at FROM summary_plan WHERE due_at < 1904108400000000").is_empty());
    }
}
