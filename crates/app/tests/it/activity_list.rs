//! Looking for something in the activity: by person, company, topic and time, page by page.

use app::activity::{self, Asked, Filter, Found};
use app::pass::{AccountPass, Acting as _};
use app::work::Writer;
use app::{Conflict, Refused, company};
use domain::access_change::Change;
use domain::activity::{Entry, Topic, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::ActivityId;
use domain::time::{Span, Timestamp};
use domain::user::UserType;
use testkit::World;

use crate::desk::{Desk, assert_refused};

async fn look(desk: &Desk, asked: &Asked, before: Option<&ActivityId>) -> Found {
    let (asked, before) = (asked.clone(), before.cloned());
    desk.look(move |r, pass| activity::list_named(r, pass, &asked, before.as_ref())).await.unwrap().found
}

/// Verb and subject of all that is found, oldest first, and on how many pages.
async fn found(desk: &Desk, asked: &Asked) -> (Vec<(String, String)>, usize) {
    let (mut rows, mut pages, mut before) = (Vec::new(), 0, None);
    loop {
        let page = look(desk, asked, before.as_ref()).await;
        assert!(page.rows.len() <= 50);
        rows.extend(page.rows.into_iter().map(|entry| (entry.verb, entry.subject_name)));
        (pages, before) = (pages + 1, page.next);
        if before.is_none() {
            rows.reverse();
            return (rows, pages);
        }
    }
}

fn verbs(found: &[(String, String)]) -> Vec<&str> {
    found.iter().map(|(verb, _)| verb.as_str()).collect()
}

fn called(search: &str) -> Asked {
    Asked { search: search.to_owned(), ..Asked::default() }
}

fn of(filter: Filter) -> Asked {
    Asked { filter, ..Asked::default() }
}

///
#[tokio::test]
async fn a05_the_activity_is_looked_for_by_person_company_topic_and_time() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        account.company("Downtown").await;
        let harbor = account.company("Harbor Dental").await;
        let (user, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        world.advance(Span::days(1));
        let noon = world.app.store.now();
        let hers = Desk::of_person(&world, &account, &natalie);
        hers.company(&harbor, company::disable).await.unwrap();
        hers.company(&harbor, company::enable).await.unwrap();
        world.advance(Span::days(1));
        let later = world.app.store.now();
        desk.make(&user, Change::Suspend).await.unwrap();

        let (all, _) = found(&desk, &Asked::default()).await;
        let did = ["company.disabled", "company.enabled"];
        let (natalies, _) = found(&desk, &called("natalie@example.com")).await;
        assert!(
            verbs(&natalies).starts_with(&["user.created", "invitation.sent"]),
            "what was done to her: {natalies:?}"
        );
        assert!(verbs(&natalies).ends_with(&[did[0], did[1], "user.suspended"]), "{natalies:?}");
        assert_eq!(found(&desk, &called("Natalie")).await.0, natalies);
        assert_eq!(found(&desk, &Asked { person: Some(user.clone()), ..Asked::default() }).await.0, natalies);
        assert_eq!(found(&desk, &called("nobody")).await.0, []);

        let company = Filter { company: Some(harbor.clone()), ..Filter::default() };
        assert_eq!(verbs(&found(&desk, &of(company.clone())).await.0), ["company.created", did[0], did[1]]);
        let both = Asked { filter: company, ..called("natalie") };
        assert_eq!(verbs(&found(&desk, &both).await.0), did);

        let topic = Filter { topic: Some(Topic::Companies), ..Filter::default() };
        let made = ["company.created"; 2];
        assert_eq!(verbs(&found(&desk, &of(topic.clone())).await.0), [&made[..], &did[..]].concat());
        let both =
            Asked { filter: Filter { topic: Some(Topic::Users), ..Filter::default() }, ..called("natalie") };
        assert_eq!(verbs(&found(&desk, &both).await.0), ["user.created", "user.suspended"]);

        let at = |from, until| of(Filter { from, until, ..Filter::default() });
        assert_eq!(verbs(&found(&desk, &at(Some(noon), Some(later))).await.0), did);
        assert_eq!(verbs(&found(&desk, &at(Some(later), None)).await.0), ["user.suspended"]);
        assert_eq!(found(&desk, &at(None, Some(noon))).await.0, all[..all.len() - 3]);
        let topic = of(Filter { from: Some(noon), ..topic });
        assert_eq!(verbs(&found(&desk, &topic).await.0), did);
    }
}

/// So many entries about tags.
async fn write(desk: &Desk, count: usize) {
    let tags = move |w: Writer, pass: &AccountPass<ManageUsers>| {
        let entry =
            |n: usize| Entry::of(pass.account(), Verb::TagCreated, format!("tag {n}"), &format!("tag {n}"));
        w.commit_all(&pass.actor(), (0..count).map(entry).collect(), ())
    };
    desk.manage(tags).await.unwrap();
}

/// Whatever is asked for is paged by key, none twice; and a topic that is rare is looked for in so many entries at once.
#[tokio::test]
async fn a05_what_is_found_is_paged_however_rare_it_is() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        write(&desk, 2_100).await;
        let topic = |topic| of(Filter { topic: Some(topic), ..Filter::default() });
        let (tags, pages) = found(&desk, &topic(Topic::Companies)).await;
        assert_eq!(tags.iter().collect::<std::collections::BTreeSet<_>>().len(), 2_100);
        assert_eq!((tags.len(), pages), (2_100, 42));
        let first = look(&desk, &topic(Topic::Account), None).await;
        assert!(first.rows.is_empty() && first.next.is_some(), "it goes on");
        assert_eq!(verbs(&found(&desk, &topic(Topic::Account)).await.0), ["account.created"]);
        let (adas, _) = found(&desk, &called("ada@example.com")).await;
        assert_eq!(adas.len(), 2_102, "all that she did, and that she and the account were made");
    }
}

/// Of whom a page has 2,000 entries looked through, in which there may be none: what they did and what was done to them
/// stand in one order, none left out and none twice, whether all of it is asked for or what is rare.
#[tokio::test]
async fn a05_what_somebody_did_and_what_was_done_to_them_is_paged_together() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (natalie, person) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let (adas, hers) = (Desk::of(&world, &account), Desk::of_person(&world, &account, &person));
        for round in 0..10 {
            let done = natalie.clone();
            let to_her = move |w: Writer, pass: &AccountPass<ManageUsers>| {
                let entry = |n: usize| {
                    Entry::of(
                        pass.account(),
                        Verb::UserChanged,
                        &done,
                        &format!("change {}", round * 150 + n),
                    )
                };
                w.commit_all(&pass.actor(), (0..150).map(entry).collect(), ())
            };
            adas.manage(to_her).await.unwrap();
            world.advance(Span::seconds(1));
            write(&hers, 210).await;
            world.advance(Span::seconds(1));
        }
        let of_her = |topic| Asked {
            person: Some(natalie.clone()),
            filter: Filter { topic, ..Filter::default() },
            ..Asked::default()
        };
        let (all, _) = found(&adas, &of_her(None)).await;
        let stored = "SELECT verb, subject_name FROM activity
             WHERE account_id = '{a}' AND (actor_id = '{n}' OR subject_id = '{n}'
             OR subject_id IN (SELECT id FROM invitation WHERE account_id = '{a}' AND user_id = '{n}')) ORDER BY id";
        let stored = stored.replace("{a}", account.id.as_str()).replace("{n}", natalie.as_str());
        let stored: Vec<(String, String)> =
            world.sql(&stored).into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
        assert!(stored.len() > 3_600, "{}", stored.len());
        assert_eq!(all, stored);
        for (topic, noun) in [(Topic::Users, "user."), (Topic::Companies, "tag."), (Topic::Alerts, "alert.")]
        {
            let (of_topic, _) = found(&adas, &of_her(Some(topic))).await;
            let wanted: Vec<_> = stored.iter().filter(|(verb, _)| verb.starts_with(noun)).cloned().collect();
            assert_eq!(of_topic, wanted, "{topic:?}");
        }
        let first = look(&adas, &of_her(Some(Topic::Alerts)), None).await;
        assert!(first.rows.is_empty() && first.next.is_some(), "it goes on");
    }
}

/// Days before there were any entries are days. Seen to fail: with the moment of such a day taken as it is.
#[tokio::test]
async fn a05_days_long_ago_are_before_every_entry() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let day = Timestamp::start_of_day("1969-07-20", "UTC");
        let (all, _) = found(&desk, &Asked::default()).await;
        let from = of(Filter { from: day, ..Filter::default() });
        assert_eq!(found(&desk, &from).await.0, all);
        let until = of(Filter { until: day, ..Filter::default() });
        assert_eq!(found(&desk, &until).await.0, []);
    }
}

/// A file is of everybody who is called so, or there is none.
#[tokio::test]
async fn a05_a_file_is_of_everybody_who_is_called_so() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        for number in 0..51 {
            account.invite(&format!("kim{number}@example.com"), UserType::Administrator, &[]).await;
        }
        let export = async |search: &str| {
            let asked = called(search);
            desk.look(move |r, pass| activity::export(r, pass, &asked)).await
        };
        let listed = async |search: &str| {
            let asked = called(search);
            desk.look(move |r, pass| activity::list_named(r, pass, &asked, None)).await.unwrap().more_people
        };
        assert_refused!(export("kim").await, Refused::Conflict(Conflict::TooManyCalled));
        assert!(listed("kim").await && !listed("kim17").await);
        let filter = export("kim17").await.unwrap();
        assert_eq!(filter.people.map(|people| people.len()), Some(1));
    }
}

/// Of another account nothing is found, nor is a person of it.
#[tokio::test]
async fn a05_nothing_is_found_of_another_account() {
    for world in testkit::worlds().await {
        let (ours, other) = two(&world).await;
        let desk = Desk::of(&world, &ours);
        let (user, _) = other.join("omar@example.com", UserType::Administrator, &[]).await;
        let company = other.company("Far Dental").await;
        assert_eq!(found(&desk, &called("omar@example.com")).await.0, []);
        let there = of(Filter { company: Some(company), ..Filter::default() });
        assert_eq!(found(&desk, &there).await.0, []);
        let asked = Asked { person: Some(user), ..Asked::default() };
        let listed = desk.look(move |r, pass| activity::list_named(r, pass, &asked, None).map(drop)).await;
        assert_refused!(listed, Refused::NotFound);
    }
}

async fn two(world: &World) -> (testkit::Account, testkit::Account) {
    (world.set_up().await, world.another_account("Other", "olga@example.com").await)
}
