//! What gets in a job's way: rows that fail at the last moment, somebody who cancels, time, and sheer numbers.

use std::time::{Duration, Instant};

use app::work::Writer;
use app::{Conflict, Refused};
use domain::id::UserId;
use domain::job::{Fate, Why};
use domain::time::Span;
use domain::user::UserType;
use store::work::{Origin, Unrecorded};
use testkit::Engine;

use super::{desk, fates, grow_old, made, managers, number, work, worker};
use crate::desk::assert_refused;
use app::job::JobState;

/// U-19. Seen to fail: with the whole unit tried again where one of its
/// rows is refused.
#[tokio::test(flavor = "multi_thread")]
async fn u19_a_row_that_fails_at_the_last_moment_stops_no_other() {
    for world in testkit::worlds().await {
        let (account, desk) = desk(&world).await;
        let ends = number(&world, "SELECT MAX(created_at) FROM account") + Span::days(1).as_micros();
        for n in [3, 4, 41] {
            world.sql(&format!(
                "INSERT INTO attempt (name, made, ends_at) VALUES ('invitations of {} to kim{n}@example.com', 10, {ends})",
                account.id
            ));
        }
        let id = desk.start(&desk.check(&managers(45, "Harbor")).await).await.unwrap();
        work(&world).await;
        let items = desk.items(&id).await;
        let refused: Vec<usize> = (0..45).filter(|n| items[*n].fate == Fate::Refused).collect();
        assert_eq!(refused, [3, 4, 41]);
        assert!(refused.iter().all(|n| items[*n].reasons[0].why == Why::TooMany));
        let job = desk.job(&id).await;
        assert_eq!((job.state, job.counts.created, job.counts.refused), (JobState::Done, 42, 3));
        assert_eq!(made(&world), 42, "nobody is half made");
        assert_eq!(number(&world, "SELECT COUNT(*) FROM mail WHERE email LIKE 'kim%'"), 42);
    }
}

/// U-19: nobody knows why, so it is tried a few times, and then goes on. Seen to fail: with failures tried for ever, and
/// with failures that were overcome still counted.
#[tokio::test(flavor = "multi_thread")]
async fn u19_what_fails_again_and_again_is_noted_and_keeps_nobody() {
    for world in testkit::worlds().await {
        let (_, desk) = desk(&world).await;
        // In a single row, and in what is looked at for all of them together.
        for (n, (table, fates_then)) in
            [("mail", [Fate::Refused, Fate::Created]), ("invitation_block", [Fate::Refused; 2])]
                .into_iter()
                .enumerate()
        {
            let list =
                format!("a{n}@example.com,Ann,Lo,administrator\nb{n}@example.com,Bea,Lo,administrator");
            let id = desk.start(&desk.check(&list).await).await.unwrap();
            let mut served = String::new();
            world.sql(&format!("ALTER TABLE {table} RENAME TO elsewhere"));
            for _ in 0..4 {
                world.app.work_on_jobs(&worker(), &mut served).await.unwrap_err();
            }
            assert_eq!(world.app.work_on_jobs(&worker(), &mut served).await.unwrap(), 1, "the fifth time");
            world.sql(&format!("ALTER TABLE elsewhere RENAME TO {table}"));
            work(&world).await;
            let items = desk.items(&id).await;
            assert_eq!(fates(&items), fates_then);
            assert_eq!(items[0].reasons[0].why, Why::Failed);
            assert_eq!(desk.job(&id).await.state, JobState::Done);
            assert_eq!(number(&world, "SELECT MAX(tries) FROM job"), 0);
        }
    }
}

/// U-19. Seen to fail: with what has changed since the list was looked at left out of account.
#[tokio::test(flavor = "multi_thread")]
async fn u19_what_has_changed_since_is_told_as_it_is_now() {
    for world in testkit::worlds().await {
        let (account, desk) = desk(&world).await;
        let id = desk.start(&desk.check(&managers(3, "Harbor")).await).await.unwrap();
        account.invite("kim0@example.com", UserType::Administrator, &[]).await;
        world.sql("UPDATE company SET disabled = 1");
        work(&world).await;
        let items = desk.items(&id).await;
        assert_eq!(fates(&items), [Fate::Invited, Fate::Refused, Fate::Refused]);
        assert_eq!(items[1].reasons[0].to_string(), "company_disabled Harbor");
    }
}

/// U-19. Seen to fail: with rows that wait left as they are.
#[tokio::test(flavor = "multi_thread")]
async fn u19_a_job_that_is_cancelled_does_nothing_more() {
    for world in testkit::worlds().await {
        let (account, desk) = desk(&world).await;
        let id = desk.start(&desk.check(&managers(45, "Harbor")).await).await.unwrap();
        let mut served = String::new();
        world.app.work_on_jobs(&worker(), &mut served).await.unwrap();
        desk.cancel_job(&id).await.unwrap();
        assert_refused!(desk.cancel_job(&id).await, Refused::Conflict(Conflict::Changed));
        assert_eq!(work(&world).await, 0);
        let job = desk.job(&id).await;
        assert_eq!((job.state, job.counts.created, made(&world)), (JobState::Cancelled, 20, 20));
        let cancelled = desk.items(&id).await.into_iter().filter(|item| item.fate == Fate::Cancelled);
        assert_eq!(cancelled.count(), 25);
        assert!(account.activity().await.iter().any(|entry| entry.verb == "job.cancelled"));
    }
}

/// U-19: accounts take turns. Seen to fail: with the first job always served.
#[tokio::test(flavor = "multi_thread")]
async fn u19_a_long_job_does_not_keep_those_behind_it() {
    for world in testkit::worlds().await {
        let (_, desk) = desk(&world).await;
        let long = desk.start(&desk.check(&managers(80, "Harbor")).await).await.unwrap();
        let short = desk.check("short@example.com,Short,List,administrator").await;
        let short = desk.start(&short).await.unwrap();
        let mut served = String::new();
        for _ in 0..2 {
            world.app.work_on_jobs(&worker(), &mut served).await.unwrap();
        }
        assert_eq!(desk.job(&short).await.state, JobState::Done);
        assert_eq!(desk.job(&long).await.state, JobState::Running);
    }
}

/// U-19, I-07. Seen to fail: with `behind` left out of the order.
#[tokio::test(flavor = "multi_thread")]
async fn u19_i07_mails_of_a_job_go_behind_those_that_somebody_waits_for() {
    for world in testkit::worlds().await {
        let (account, desk) = desk(&world).await;
        desk.start(&desk.check(&managers(20, "Harbor")).await).await.unwrap();
        work(&world).await;
        world.advance(Span::seconds(1));
        account.invite("waited.for@example.com", UserType::Administrator, &[]).await;
        let of = account.id.to_string();
        let claim = move |mut w: Writer| {
            let claimed = store::mail::claim(&mut w, &worker(), &of, 1)?;
            Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Mail, claimed))
        };
        let claimed = world.app.store.write(Origin::internal(), claim).await.unwrap();
        assert_eq!(claimed[0].email, "waited.for@example.com");
    }
}

/// U-19. Seen to fail: with jobs kept twice as long, and with running ones
/// taken for those that ended.
#[tokio::test(flavor = "multi_thread")]
async fn u19_what_was_typed_is_forgotten_after_30_days() {
    for world in testkit::worlds().await {
        let (_, desk) = desk(&world).await;
        desk.start(&desk.check(&managers(3, "Harbor")).await).await.unwrap();
        work(&world).await;
        desk.start(&desk.check("late@example.com,Late,One,administrator").await).await.unwrap();
        for (days, left) in [(29, (2, 4)), (2, (1, 1))] {
            world.advance(Span::days(days));
            let clear = |mut w: Writer| {
                store::job::remove_old(&mut w)?;
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, ()))
            };
            world.app.store.write(Origin::internal(), clear).await.unwrap();
            let count = |table: &str| number(&world, &format!("SELECT COUNT(*) FROM {table}"));
            assert_eq!((count("job"), count("job_item")), left);
        }
    }
}

/// U-19: what no server of ours has stored is noted as failed, and as nobody's lost right. Seen to fail: with `RightLost` for
/// it.
#[tokio::test]
async fn u19_a_job_that_does_not_fit_its_owner_fails() {
    for world in testkit::worlds().await {
        let (_, desk) = desk(&world).await;
        let id = desk.start(&desk.check(&managers(2, "Harbor")).await).await.unwrap();
        world.sql("UPDATE job SET kind = 'create_in_accounts'");
        work(&world).await;
        let items = desk.items(&id).await;
        assert!(items.iter().all(|item| item.reasons.iter().all(|reason| reason.why == Why::Failed)));
        assert!(items.iter().all(|item| item.fate == Fate::Refused && item.reasons.len() == 1));
    }
}

/// U-19, X-31: as many as a list may have. It is looked at in a bounded number of statements, so it is quick. Seen
/// to fail: with the job ended though rows wait.
#[tokio::test(flavor = "multi_thread")]
async fn u19_x31_five_thousand_rows_are_looked_at_quickly_and_created_one_by_one() {
    for world in testkit::worlds().await {
        let (_, desk) = desk(&world).await;
        grow_old(&world);
        let list = managers(5_000, "Harbor");
        let began = Instant::now();
        let checked = desk.check(&list).await;
        let looked = began.elapsed();
        assert!(checked.may_start());
        let most = if world.engine() == Engine::Sqlite { 1 } else { 2 };
        // The bounds are those of a server; a build for tests, beside other tests, takes several times as long.
        let patience = if cfg!(debug_assertions) { 5 } else { 1 };
        assert!(looked < Duration::from_secs(most * patience), "{looked:?}");
        let began = Instant::now();
        let id = desk.start(&checked).await.unwrap();
        println!("{:?}: looked at in {looked:?}, begun in {:?}", world.engine(), began.elapsed());
        let mut served = String::new();
        world.app.work_on_jobs(&worker(), &mut served).await.unwrap();
        let items = desk.items(&id).await;
        assert_eq!((items.len(), items.iter().filter(|item| item.user.is_some()).count()), (5_000, 20));
        let user: UserId = items[0].user.clone().unwrap();
        assert_eq!(desk.get(&user).await.unwrap().user.email, "kim0@example.com");
    }
}

/// U-15, U-19, X-16: a list tells who has a place elsewhere no more often than creating one by one does. Seen to fail:
/// without `look` in `create_users`.
#[tokio::test(flavor = "multi_thread")]
async fn u15_u19_a_list_tells_who_is_elsewhere_as_seldom_as_one_by_one() {
    for world in testkit::worlds().await {
        let (_, desk) = desk(&world).await;
        let mut list = String::from("email,first_name,last_name,type\n");
        for n in 0..70 {
            let address = format!("else{n}@example.com");
            world.another_account(&format!("Else {n}"), &address).await;
            list += &format!("{address},Kim,Lo,administrator\n");
        }
        let id = desk.start(&desk.check(&list).await).await.unwrap();
        work(&world).await;
        let items = desk.items(&id).await;
        let told = items.iter().filter(|item| item.reasons.iter().any(|reason| reason.why == Why::Elsewhere));
        let told = told.count() as i64;
        let most = app::limits::ELSEWHERE.most;
        assert!(told > 0 && told <= most, "{told} of 70 were told, {most} may be");
        assert!(items.iter().all(|item| item.fate == Fate::Refused));
    }
}
