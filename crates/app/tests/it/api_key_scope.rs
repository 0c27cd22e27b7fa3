//! API keys that are narrowed: to some of what their owner may do, to companies, to reading, until a moment; and as administrators
//! see and end them.

use app::pass::{AccountPass, CompanyPass, Credentials, Gate, KeyPass, Reason, SelfPass, SystemPass};
use app::work::Writer;
use app::{Ask, Refused, api_key};
use domain::access::{Outside, Refusal};
use domain::access_change::Change;
use domain::api_key::TypedKey;
use domain::capability::Capability;
use domain::capability::proof::{AnyKey, AnyUser, ManageCompanies, ManageUsers, ReadCalls, WorkLeads};
use domain::id::{AccountId, ApiKeyId, CompanyId};
use domain::input::Problem;
use domain::mail::{MailKind, MailState};
use domain::time::Span;
use domain::user::UserType;
use testkit::{Account, Person, World};

use crate::desk::{Desk, assert_refused, field};

/// A key for one account, of all that its owner has there.
fn whole(account: &Account) -> TypedKey {
    TypedKey {
        name: "export".into(),
        account: account.id.to_string(),
        ends: "never".into(),
        ..TypedKey::default()
    }
}

fn of_companies(account: &Account, companies: &[&CompanyId]) -> TypedKey {
    let companies = companies.iter().map(ToString::to_string).collect();
    TypedKey { which: "some".into(), companies, ..whole(account) }
}

fn of_rights(account: &Account, keys: &[&str]) -> TypedKey {
    let capabilities = keys.iter().map(|key| (*key).to_owned()).collect();
    TypedKey { may: "some".into(), capabilities, ..whole(account) }
}

async fn made(world: &World, person: &Person, typed: &TypedKey) -> Result<Ask, Refused> {
    let made = world.app.create_api_key(&person.ask, typed, testkit::PASSWORD).await?;
    Ok(asking(world, &made.1))
}

fn asking(world: &World, key: &str) -> Ask {
    let credentials = Credentials { api_key: Some(key.to_owned()), ..Credentials::default() };
    Ask { credentials, ..world.visitor() }
}

fn newest(world: &World) -> ApiKeyId {
    world.sql("SELECT id FROM api_key ORDER BY id DESC LIMIT 1")[0][0].parse().unwrap()
}

async fn opens<P: Gate>(world: &World, ask: &Ask, target: P::Target) -> Result<(), Refused> {
    world.app.read::<P, ()>(ask, target, |_, _| Ok(())).await.map(drop)
}

/// Makes somebody who is known in another account a user of this one; they are signed in anew.
async fn join_known(
    world: &World,
    account: &Account,
    person: &Person,
    user_type: UserType,
    companies: &[CompanyId],
) -> Person {
    account.invite_known(&person.email, user_type, companies).await;
    let mut ask = world.follow(world.letter_to(&person.email).await.link());
    ask.credentials.session = person.ask.credentials.session.clone();
    let joined = world.app.accept(&ask, "").await.unwrap();
    Person::signed_in(&person.email, joined.session)
}

/// A program that used its key, as a request notes it.
async fn used(world: &World, key: &Ask, account: &AccountId) {
    let read =
        world.app.read::<AccountPass<AnyUser>, _>(key, account.clone(), |_, pass| Ok(pass.seen())).await;
    let seen = match read {
        Ok((_, seen)) => seen.unwrap(),
        // What was let in before is noted after.
        Err(_) => {
            let known = world.app.read::<KeyPass, _>(key, (), |_, pass| Ok(pass.seen())).await.unwrap().1;
            app::pass::Seen { account: Some(account.clone()), ..known.unwrap() }
        }
    };
    world.app.note_seen(key, seen, app::session::Due { visit: true, used: None }).await.unwrap();
}

/// Writes nothing, in a unit that could.
async fn writes<P: Gate>(world: &World, ask: &Ask, target: P::Target) -> Result<(), Refused> {
    let nothing = |w: Writer, _: &P| Ok(w.commit_unrecorded(app::work::Unrecorded::LastSeen, ()));
    world.app.write(ask, target, nothing).await.map(drop)
}

/// A forged form gives a key nothing that its owner has not at that moment: neither a right, nor a company of
/// others, nor one of an account that they are in too, nor another account; and nothing is made of it. Seen to fail: with the
/// rights of a key not compared with those of its owner.
#[tokio::test]
async fn a07_x07_a_forged_form_gives_a_key_no_more_than_its_owner_has() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let other = world.another_account("Other Dental", "olga@example.com").await;
        let (own, others, foreign) = (
            account.company("Downtown").await,
            account.company("Riverside").await,
            other.company("Far away").await,
        );
        let (_, manager) =
            account.join("morgan@example.com", UserType::Manager, std::slice::from_ref(&own)).await;
        let elsewhere = other.company("Near").await;
        let stranger = world.another_account("Strange", "sam@example.com").await;
        let manager =
            join_known(&world, &other, &manager, UserType::Manager, std::slice::from_ref(&elsewhere)).await;
        let before = world.sql("SELECT COUNT(*) FROM activity");
        let refused = async |typed: TypedKey| field(made(&world, &manager, &typed).await);
        assert_eq!(
            refused(of_rights(&account, &["read_calls", "manage_users"])).await,
            ("capability", Problem::NotAChoice)
        );
        for company in [&others, &foreign, &elsewhere] {
            assert_eq!(
                refused(of_companies(&account, &[&own, company])).await,
                ("company", Problem::NotAChoice)
            );
        }
        let nobodys: AccountId = format!("ACC{}", "7".repeat(32)).parse().unwrap();
        for id in [stranger.id.to_string(), nobodys.to_string(), "ACC".to_owned()] {
            let typed = TypedKey { account: id, ..whole(&account) };
            assert_eq!(refused(typed).await, ("account", Problem::NotAChoice));
        }
        assert_eq!(refused(of_companies(&account, &[])).await, ("company", Problem::Missing));
        assert_eq!(refused(of_rights(&account, &[])).await, ("capability", Problem::Missing));
        assert!(world.sql("SELECT id FROM api_key").is_empty());
        assert_eq!(world.sql("SELECT COUNT(*) FROM activity"), before);
        made(&world, &manager, &of_companies(&account, &[&own])).await.unwrap();
    }
}

/// What a key was not made for it does not get when its owner gets it, and what its owner loses it has no more.
/// Seen to fail: with every right left.
#[tokio::test]
async fn a07_a_key_follows_its_owner_down_and_never_up() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (one, two) = (account.company("Downtown").await, account.company("Riverside").await);
        let (user, manager) =
            account.join("morgan@example.com", UserType::Manager, &[one.clone(), two.clone()]).await;
        let rights = made(&world, &manager, &of_rights(&account, &["read_calls"])).await.unwrap();
        let typed = TypedKey { name: "of one".into(), ..of_companies(&account, &[&one]) };
        let narrow = made(&world, &manager, &typed).await.unwrap();
        let here = |company: &CompanyId| (account.id.clone(), company.clone());
        let desk = Desk::of(&world, &account);

        opens::<AccountPass<ReadCalls>>(&world, &rights, account.id.clone()).await.unwrap();
        assert_refused!(
            opens::<CompanyPass<WorkLeads>>(&world, &rights, here(&one)).await,
            Refused::Forbidden { refusal: Refusal::OutsideKey(Outside::Right(_)), .. }
        );
        opens::<CompanyPass<WorkLeads>>(&world, &narrow, here(&one)).await.unwrap();
        assert_refused!(
            opens::<CompanyPass<WorkLeads>>(&world, &narrow, here(&two)).await,
            Refused::NotFound
        );

        desk.promote(&user, UserType::Administrator).await.unwrap();
        // Each key is told in which way it is too narrow.
        let missing = Outside::Right(Capability::ManageUsers);
        for (key, users, own) in
            [(&rights, missing, Outside::Whole), (&narrow, Outside::Companies, Outside::Companies)]
        {
            assert_refused!(
                opens::<AccountPass<ManageUsers>>(&world, key, account.id.clone()).await,
                Refused::Forbidden { refusal: Refusal::OutsideKey(how), .. } if how == users
            );
            assert_refused!(
                opens::<AccountPass<AnyUser>>(&world, key, account.id.clone()).await,
                Refused::Forbidden { refusal: Refusal::OutsideKey(how), .. } if how == own
            );
        }
        assert_refused!(
            opens::<CompanyPass<ManageCompanies>>(&world, &rights, here(&one)).await,
            Refused::Forbidden { .. }
        );
        assert_refused!(opens::<CompanyPass<AnyKey>>(&world, &narrow, here(&two)).await, Refused::NotFound);
        opens::<CompanyPass<ManageCompanies>>(&world, &narrow, here(&one)).await.unwrap();

        let kept = [two.clone()].into_iter().collect();
        desk.make(&user, Change::Replace { to: UserType::Reporting, companies: kept }).await.unwrap();
        assert_refused!(opens::<CompanyPass<AnyKey>>(&world, &narrow, here(&one)).await, Refused::NotFound);
        opens::<AccountPass<ReadCalls>>(&world, &rights, account.id.clone()).await.unwrap();
        assert_refused!(
            opens::<CompanyPass<ReadCalls>>(&world, &rights, here(&one)).await,
            Refused::NotFound
        );
    }
}

/// A narrowed key is as dead as its user from the next request on, however that came, and lives with them again.
/// Seen to fail: with everybody who has a user taken for active.
#[tokio::test]
async fn a07_x08_a_narrowed_key_dies_with_its_user() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let one = account.company("Downtown").await;
        let (user, person) =
            account.join("morgan@example.com", UserType::Manager, std::slice::from_ref(&one)).await;
        let key = made(&world, &person, &of_companies(&account, &[&one])).await.unwrap();
        let desk = Desk::of(&world, &account);
        let company = || opens::<CompanyPass<ReadCalls>>(&world, &key, (account.id.clone(), one.clone()));
        let entry = || opens::<AccountPass<AnyKey>>(&world, &key, account.id.clone());
        company().await.unwrap();
        desk.make(&user, Change::Suspend).await.unwrap();
        assert_refused!(company().await, Refused::Forbidden { refusal: Refusal::NotActive(_), .. });
        assert_refused!(entry().await, Refused::Forbidden { refusal: Refusal::NotActive(_), .. });
        desk.make(&user, Change::Restore).await.unwrap();
        company().await.unwrap();
        let end = world.app.store.now() + Span::hours(1);
        desk.make(&user, Change::EndAt(Some(end))).await.unwrap();
        world.advance(Span::hours(1));
        assert_refused!(company().await, Refused::Forbidden { refusal: Refusal::NotActive(_), .. });
        desk.make(&user, Change::Delete).await.unwrap();
        assert_refused!(company().await, Refused::NotFound);
        assert_refused!(entry().await, Refused::NotFound);
        let accounts = |r: &mut app::work::Reader, pass: &KeyPass| {
            app::account::list_of_key(r, pass, false, app::page::Window { skip: 0, take: 10 })
        };
        assert_eq!(world.app.read(&key, (), accounts).await.unwrap().1.total, 0);
    }
}

/// From the moment on that was said a key is as good as a wrong one, everywhere. Seen to fail: with an end that never comes.
#[tokio::test]
async fn a07_a_key_that_has_expired_is_a_wrong_one() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let typed = TypedKey { ends: "7".into(), ..whole(&account) };
        let key = made(&world, &account.admin, &typed).await.unwrap();
        world.advance(Span::seconds(7 * 24 * 3600 - 1));
        opens::<AccountPass<ManageUsers>>(&world, &key, account.id.clone()).await.unwrap();
        opens::<KeyPass>(&world, &key, ()).await.unwrap();
        world.advance(Span::seconds(1));
        assert_refused!(
            opens::<AccountPass<ManageUsers>>(&world, &key, account.id.clone()).await,
            Refused::SignedOut
        );
        assert_refused!(opens::<KeyPass>(&world, &key, ()).await, Refused::SignedOut);
    }
}

/// A key that only reads changes nothing, whatever it may see. Seen to fail: with keys that only read taken for others.
#[tokio::test]
async fn a07_a_key_that_only_reads_changes_nothing() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let one = account.company("Downtown").await;
        let typed = TypedKey { reads_only: true, ..whole(&account) };
        let key = made(&world, &account.admin, &typed).await.unwrap();
        let typed = TypedKey { name: "changes".into(), ..whole(&account) };
        let other = made(&world, &account.admin, &typed).await.unwrap();
        let here = (account.id.clone(), one);
        opens::<AccountPass<ManageUsers>>(&world, &key, account.id.clone()).await.unwrap();
        writes::<AccountPass<ManageUsers>>(&world, &other, account.id.clone()).await.unwrap();
        for refused in [
            writes::<AccountPass<ManageUsers>>(&world, &key, account.id.clone()).await,
            writes::<AccountPass<AnyUser>>(&world, &key, account.id.clone()).await,
            writes::<AccountPass<AnyKey>>(&world, &key, account.id.clone()).await,
            writes::<CompanyPass<ManageCompanies>>(&world, &key, here.clone()).await,
        ] {
            assert_refused!(
                refused,
                Refused::Forbidden { refusal: Refusal::OutsideKey(Outside::Reading), .. }
            );
        }
    }
}

/// A key whose only company is disabled, or gone, sees nothing: it never sees all.
#[tokio::test]
async fn a07_a_key_without_its_company_sees_nothing() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (one, two) = (account.company("Downtown").await, account.company("Riverside").await);
        let key = made(&world, &account.admin, &of_companies(&account, &[&one])).await.unwrap();
        let listed = async || {
            let list = |r: &mut app::work::Reader, pass: &AccountPass<AnyKey>| {
                app::company::list_window(
                    r,
                    pass,
                    &app::company::Asked::default(),
                    app::page::Window { skip: 0, take: 10 },
                )
            };
            let part = world.app.read(&key, account.id.clone(), list).await.unwrap().1;
            part.rows.into_iter().map(|whole| whole.company.id).collect::<Vec<_>>()
        };
        assert_eq!(listed().await, std::slice::from_ref(&one));
        let target = (account.id.clone(), one.clone());
        world
            .app
            .write::<CompanyPass<ManageCompanies>, _>(
                &account.admin.ask,
                target.clone(),
                app::company::disable,
            )
            .await
            .unwrap();
        assert_refused!(
            opens::<CompanyPass<ReadCalls>>(&world, &key, target.clone()).await,
            Refused::Forbidden { refusal: Refusal::CompanyDisabled, .. }
        );
        world.sql(&format!("DELETE FROM company WHERE id = '{one}'"));
        assert!(listed().await.is_empty());
        for company in [one, two] {
            let target = (account.id.clone(), company);
            assert_refused!(opens::<CompanyPass<AnyKey>>(&world, &key, target).await, Refused::NotFound);
        }
    }
}

/// Administrators see the keys of all users of their account, page by page, and end any of them there: at once, on the
/// record with both names, and its owner is mailed. In other accounts of its owner it goes on, and nothing of those is told.
#[tokio::test]
async fn a07_administrators_see_and_end_the_keys_of_their_account() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let other = world.another_account("Other Dental", "olga@example.com").await;
        let far = TypedKey { name: "far".into(), ..whole(&other) };
        made(&world, &other.admin, &far).await.unwrap();
        let typed = TypedKey { account: String::new(), name: "everywhere".into(), ..whole(&other) };
        let key = made(&world, &other.admin, &typed).await.unwrap();
        let id = newest(&world);
        let olga = join_known(&world, &account, &other.admin, UserType::Administrator, &[]).await;
        let user = world.sql(&format!(
            "SELECT id FROM \"user\" WHERE account_id = '{}' AND login_id = '{}'",
            account.id, olga.login
        ));
        let user: domain::id::UserId = user[0][0].parse().unwrap();
        let desk = Desk::of(&world, &account);
        let list = async || {
            let wanted = user.clone();
            desk.look(move |r, pass| api_key::list_in(r, pass, Some(&wanted), ("", ""))).await.unwrap().0.rows
        };
        let rows = list().await;
        assert_eq!(rows.iter().map(|row| row.key.name.as_str()).collect::<Vec<_>>(), ["everywhere"]);

        used(&world, &key, &other.id).await;
        assert_eq!(list().await[0].key.last_used_at, None);
        used(&world, &key, &account.id).await;
        assert_eq!(list().await[0].key.last_used_at, Some(world.app.store.now()));

        let end = {
            let id = id.clone();
            move |w: Writer, pass: &AccountPass<ManageUsers>| api_key::end_in(w, pass, &id)
        };
        desk.manage(end.clone()).await.unwrap();
        assert_refused!(desk.manage(end.clone()).await, Refused::Conflict(app::Conflict::Changed));
        assert_refused!(
            opens::<AccountPass<AnyUser>>(&world, &key, account.id.clone()).await,
            Refused::SignedOut
        );
        opens::<AccountPass<ManageUsers>>(&world, &key, other.id.clone()).await.unwrap();
        // Who used it a moment ago has it noted a moment later: that does not bring it back.
        used(&world, &key, &account.id).await;
        assert_eq!(list().await[0].ended.as_ref().map(|(_, by)| by.as_str()), Some("Ada Reyes"));
        assert_refused!(
            opens::<AccountPass<AnyUser>>(&world, &key, account.id.clone()).await,
            Refused::SignedOut
        );

        let letter = world.letter_to("olga@example.com").await;
        for said in ["everywhere", "Ada Reyes", "A key for programs was ended"] {
            assert!(letter.text.contains(said) || letter.subject.contains(said), "{said}: {letter:?}");
        }
        assert!(!letter.text.contains("http"), "{letter:?}");
        let told = |kind: &str| {
            world.sql(&format!("SELECT id FROM mail WHERE kind = '{kind}' AND account_id = '{}'", account.id))
        };
        assert_eq!(told("api_key_ended").len(), 1, "the operator's list calls it by what it is");
        // Those that were written before there was the kind are read as they were.
        let id = &told("api_key_ended")[0][0];
        world.sql(&format!("UPDATE mail SET kind = 'api_key_created', state = 'queued' WHERE id = '{id}'"));
        let again = world.letter_to("olga@example.com").await;
        assert_eq!(again.subject, letter.subject);
        let entry = world.sql(&format!(
            "SELECT actor_name, subject_name, changes FROM activity
             WHERE verb = 'api_key.ended' AND account_id = '{}'",
            account.id
        ));
        assert_eq!((entry[0][0].as_str(), entry[0][1].as_str()), ("Ada Reyes", "everywhere"));
        assert!(entry[0][2].contains("owner"), "{entry:?}");
        // One that is not for this account is none of its matters.
        let far: ApiKeyId = world.sql("SELECT id FROM api_key WHERE name = 'far'")[0][0].parse().unwrap();
        let end = move |w: Writer, pass: &AccountPass<ManageUsers>| api_key::end_in(w, pass, &far);
        assert_refused!(desk.manage(end).await, Refused::NotFound);
    }
}

/// There may be more keys than one page shows, and each stands on one of them.
#[tokio::test]
async fn a07_the_keys_of_an_account_are_paged_by_key() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        for login in [&account.admin.login, &natalie.login] {
            for n in 0..40 {
                world.sql(&format!(
                    "INSERT INTO api_key (id, login_id, name, token_hash, created_at)
                     VALUES ('KEY{}{n:02}', '{login}', 'key {n}', '{login} {n}', 1)",
                    &login.as_str()[5..]
                ));
            }
        }
        let desk = Desk::of(&world, &account);
        let mut seen = std::collections::BTreeSet::new();
        let mut after = (String::new(), String::new());
        let mut pages = 0;
        loop {
            let from = after.clone();
            let list = move |r: &mut app::work::Reader, pass: &AccountPass<ManageUsers>| {
                api_key::list_in(r, pass, None, (&from.0, &from.1))
            };
            let page = desk.look(list).await.unwrap().0;
            pages += 1;
            assert!(
                page.rows.iter().all(|row| seen.insert(row.key.id.to_string())),
                "a key stands on two pages"
            );
            let last = page.rows.last().unwrap();
            after = (last.user.to_string(), last.key.id.to_string());
            if !page.has_more {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (80, 2));
    }
}

/// Of a key its name alone is changed, which is recorded with both; a narrowed key cannot be made again under its
/// name, nor by somebody else. What it is narrowed to stands in the entry of its making.
#[tokio::test]
async fn a07_a05_a_key_is_renamed_and_no_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let one = account.company("Downtown").await;
        let (_, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        made(&world, &account.admin, &whole(&account)).await.unwrap();
        let typed = TypedKey {
            name: "narrow".into(),
            may: "some".into(),
            capabilities: vec!["read_calls".into()],
            reads_only: true,
            ends: "30".into(),
            ..of_companies(&account, &[&one])
        };
        let key = made(&world, &account.admin, &typed).await.unwrap();
        let id = newest(&world);
        let rename = async |ask: &Ask, name: &str| {
            let (id, name) = (id.clone(), name.to_owned());
            let rename = move |w: Writer, pass: &SelfPass| api_key::rename(w, pass, &id, &name);
            world.app.write(ask, (), rename).await
        };
        assert_refused!(rename(&natalie.ask, "mine").await, Refused::NotFound);
        assert_eq!(field(rename(&account.admin.ask, "export").await), ("name", Problem::NameTaken));
        assert_eq!(field(rename(&account.admin.ask, " ").await), ("name", Problem::Missing));
        rename(&account.admin.ask, "nightly").await.unwrap();
        let entries = world.sql(&format!(
            "SELECT verb, subject_name, changes FROM activity
             WHERE verb LIKE 'api_key.%' AND subject_id = '{id}' AND account_id = '{}' ORDER BY id",
            account.id
        ));
        let [created, changed] = entries.as_slice() else { panic!("{entries:?}") };
        for told in ["read_calls", "reads_only", "expires_at", one.as_str()] {
            assert!(created[2].contains(told), "{told}: {created:?}");
        }
        assert_eq!(changed[0], "api_key.changed");
        assert!(changed[2].contains("narrow") && changed[2].contains("nightly"), "{changed:?}");
        assert_refused!(
            opens::<AccountPass<ManageUsers>>(&world, &key, account.id.clone()).await,
            Refused::Forbidden { refusal: Refusal::OutsideKey(_), .. }
        );
    }
}

/// Whoever sees the account as somebody else makes no key, neither theirs nor their own. Seen to fail: with a key
/// made by the pass for leaving, as whoever sees.
#[tokio::test]
async fn a07_x33_nobody_makes_a_key_as_somebody_else() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (user, _) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let seeing = account.see_as(&account.admin.ask, &user).await.unwrap();
        let refused = world.app.create_api_key(&seeing, &whole(&account), testkit::PASSWORD).await;
        assert_refused!(refused, Refused::SeeingAs(_));
        assert!(world.sql("SELECT id FROM api_key").is_empty());
    }
}

/// A key that is ended while programs use it is refused by every request that begins after that, and nothing brings it
/// back.
#[tokio::test]
async fn a07_a_key_that_is_ended_while_it_is_used_stays_ended() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let key = made(&world, &account.admin, &whole(&account)).await.unwrap();
        let id = newest(&world);
        let (app, asked, at) = (world.app.clone(), key.clone(), account.id.clone());
        let program = tokio::spawn(async move {
            let mut let_in = 0;
            loop {
                let read =
                    app.read::<AccountPass<ManageUsers>, _>(&asked, at.clone(), |_, pass| Ok(pass.seen()));
                match read.await {
                    Ok((_, seen)) => {
                        let_in += 1;
                        let due = app::session::Due { visit: true, used: None };
                        app.note_seen(&asked, seen.unwrap(), due).await.unwrap();
                    }
                    Err(Refused::SignedOut) => break let_in,
                    Err(other) => panic!("{other:?}"),
                }
            }
        });
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        let end = move |w: Writer, pass: &AccountPass<ManageUsers>| api_key::end_in(w, pass, &id);
        Desk::of(&world, &account).manage(end).await.unwrap();
        for _ in 0..20 {
            assert_refused!(
                opens::<AccountPass<AnyKey>>(&world, &key, account.id.clone()).await,
                Refused::SignedOut
            );
        }
        let _ = program.await.unwrap();
        assert_refused!(opens::<KeyPass>(&world, &key, ()).await, Refused::SignedOut);
    }
}

/// The keys whose owners were told that they will end, by what the mails say.
async fn told_of_ends(world: &World) -> Vec<(String, bool)> {
    let mails = world.outbox().await.into_iter().filter(|mail| mail.kind == MailKind::ApiKeyEnding);
    mails.map(|mail| (mail.email, mail.state == MailState::Dropped)).collect()
}

///
#[tokio::test]
async fn a07_the_owner_of_a_key_is_told_once_a_week_before_it_ends() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (id, natalie) = account.join("natalie@example.com", UserType::Manager, &[]).await;
        let (_, omar) = account.join("omar@example.com", UserType::Manager, &[]).await;
        let lasting =
            |days: &str, name: &str| TypedKey { name: name.into(), ends: days.into(), ..whole(&account) };
        made(&world, &natalie, &lasting("30", "export")).await.unwrap();
        made(&world, &omar, &lasting("30", "export")).await.unwrap();
        made(&world, &omar, &lasting("7", "short")).await.unwrap();
        made(&world, &omar, &lasting("never", "lasting")).await.unwrap();
        let desk = Desk::of(&world, &account);
        desk.make(&id, Change::Suspend).await.unwrap();
        // Nor can those be used whose owner's access ends before, or which an administrator has ended.
        let (id, pia) = account.join("pia@example.com", UserType::Manager, &[]).await;
        made(&world, &pia, &lasting("30", "export")).await.unwrap();
        desk.make(&id, Change::EndAt(Some(world.app.store.now() + Span::days(22)))).await.unwrap();
        let (_, quinn) = account.join("quinn@example.com", UserType::Manager, &[]).await;
        made(&world, &quinn, &lasting("30", "export")).await.unwrap();
        let key = newest(&world);
        let end = move |w: Writer, pass: &AccountPass<ManageUsers>| api_key::end_in(w, pass, &key);
        desk.manage(end).await.unwrap();
        let worker = SystemPass::new(Reason::Worker);
        let round = async || world.app.tell_of_ending_keys(&worker).await.unwrap();
        world.advance(Span::days(22));
        assert_eq!(round().await, 0);
        world.advance(Span::days(1));
        assert_eq!((round().await, round().await), (1, 0));
        assert_eq!(told_of_ends(&world).await, [("omar@example.com".to_owned(), false)]);
        let letter = world.letter_to("omar@example.com").await;
        assert!(letter.text.contains("export"), "{}", letter.text);
    }
}
