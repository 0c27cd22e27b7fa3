//! A customer's directory: what it makes of people, what its groups give, and what it may not.

use std::collections::BTreeSet;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use app::directory::{self, DirectoryUser, group, user};
use app::pass::{AccountPass, DirectoryPass};
use app::work::{Committed, Origin, Reader, Unrecorded, Writer};
use app::{Ask, Conflict, Refused, SharedApp};
use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, DirectoryGroupId, DirectoryTokenId, UserId};
use domain::input::Problem;
use domain::scim::{Filter, GroupSaid, Mapping, MemberChange, PersonSaid};
use domain::time::Span;
use domain::user::{UserStatus, UserType};
use testkit::{Account, World, at_once};

use crate::desk::{Desk, assert_refused, field};

/// A directory with its token.
#[derive(Clone)]
struct Directory {
    app: SharedApp,
    ask: Ask,
}

impl Directory {
    async fn of(world: &World, account: &Account) -> Directory {
        let token = Desk::of(world, account).prove(|w, pass| directory::turn_on(w, pass, "Okta")).await;
        Directory::with(world, token.expect("it is switched on"))
    }

    fn with(world: &World, token: String) -> Directory {
        let mut ask = world.visitor();
        ask.credentials.directory = Some(token);
        Directory { app: world.app.clone(), ask }
    }

    async fn write<T: Send + 'static>(
        &self,
        operation: impl Fn(Writer, &DirectoryPass) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.write(&self.ask, (), operation).await?.1)
    }

    async fn read<T: Send + 'static>(
        &self,
        operation: impl Fn(&mut Reader, &DirectoryPass) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        Ok(self.app.read(&self.ask, (), operation).await?.1)
    }

    async fn create(&self, said: PersonSaid) -> Result<UserId, Refused> {
        self.write(move |w, pass| user::create(w, pass, &said)).await?
    }

    async fn say(&self, id: &UserId, said: PersonSaid) -> Result<(), Refused> {
        let id = id.clone();
        self.write(move |w, pass| user::change(w, pass, &id, &said)).await?
    }

    async fn activate(&self, id: &UserId, active: bool) -> Result<(), Refused> {
        self.say(id, PersonSaid { active: Some(active), ..PersonSaid::default() }).await
    }

    async fn delete(&self, id: &UserId) -> Result<(), Refused> {
        let id = id.clone();
        self.write(move |w, pass| user::remove(w, pass, &id)).await
    }

    async fn get(&self, id: &UserId) -> Result<DirectoryUser, Refused> {
        let id = id.clone();
        self.read(move |r, pass| user::get(r, pass, &id)).await
    }

    async fn find(&self, filter: &str) -> Vec<UserId> {
        let filter = Filter::parse(filter).expect("a filter");
        let window = app::page::Window { skip: 0, take: 100 };
        let found = self.read(move |r, pass| user::list(r, pass, Some(&filter), window, false)).await;
        found.expect("it is let in").expect("it is looked up").rows.into_iter().map(|one| one.id).collect()
    }

    async fn group(&self, name: &str, members: &[&UserId]) -> Result<DirectoryGroupId, Refused> {
        let members = members.iter().map(|id| (*id).clone()).collect();
        let members = vec![MemberChange::Set(members)];
        let said = GroupSaid { name: Some(name.to_owned()), members, ..GroupSaid::default() };
        self.write(move |w, pass| group::create(w, pass, &said)).await
    }

    async fn regroup(&self, id: &DirectoryGroupId, members: Vec<MemberChange>) -> Result<(), Refused> {
        let (id, said) = (id.clone(), GroupSaid { members, ..GroupSaid::default() });
        self.write(move |w, pass| group::change(w, pass, &id, &said)).await
    }
}

/// Natalie, as a directory tells of her.
fn natalie(address: &str) -> PersonSaid {
    let some = |text: &str| Some(text.to_owned());
    PersonSaid {
        user_name: some(address),
        external_id: some("1"),
        first: some("Natalie"),
        last: some("Ford"),
        email: some(address),
        active: Some(true),
        ..PersonSaid::default()
    }
}

async fn map(
    desk: &Desk,
    group: &DirectoryGroupId,
    user_type: UserType,
    companies: &[CompanyId],
) -> Result<(), Refused> {
    let group = group.clone();
    let companies: BTreeSet<CompanyId> = companies.iter().cloned().collect();
    let mapping = Mapping { user_type, all_companies: false, companies };
    desk.prove(move |w, pass| directory::map(w, pass, &group, Some(&mapping))).await
}

/// Type, status and companies of a user.
async fn access(desk: &Desk, id: &UserId) -> (UserType, UserStatus, usize) {
    let page = desk.get(id).await.expect("the user is there");
    (page.user.user_type, page.user.status, page.companies.len())
}

/// Seen to fail: with the invitation left out of `create` (`send_now` false), and with the operator as the one who acts.
#[tokio::test]
async fn a08_a_directory_makes_a_user_who_is_invited_and_stands_in_the_activity() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, okta) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let id = okta.create(natalie("natalie@example.com")).await.expect("she is made");
        assert_eq!(access(&desk, &id).await, (UserType::Reporting, UserStatus::Pending, 0));
        let letter = world.letter_to("natalie@example.com").await;
        let entries = account.activity().await;
        let made =
            entries.iter().find(|entry| entry.verb == "user.created" && entry.subject_id == id.as_str());
        let made = made.expect("it is recorded");
        assert_eq!((made.actor_kind.as_str(), made.actor_name.as_str()), ("directory", "Okta"));
        world.accept(letter.link(), testkit::PASSWORD).await;
        assert_eq!(access(&desk, &id).await.1, UserStatus::Active);
        assert!(user::is_active(&okta.get(&id).await.expect("she is there")));
    }
}

/// who is there already is found and linked, not made a second time; what the directory calls somebody by is no id of
/// ours. Seen to fail: with the look for `user_name` left out of `create`, and with `linked` in place of `linked.provided` in `fit_all`.
#[tokio::test]
async fn a08_x29_who_is_there_is_found_linked_and_keeps_what_they_have() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let company = account.company("Downtown").await;
        let (desk, okta) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let (id, _) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        assert_eq!(
            field(okta.create(natalie("natalie@example.com")).await),
            ("user_name", Problem::NameTaken)
        );
        let other_name = PersonSaid { user_name: Some("nat".to_owned()), ..natalie("natalie@example.com") };
        assert_eq!(field(okta.create(other_name).await), ("email", Problem::AddressTaken));
        assert_eq!(okta.find("userName eq \"Natalie@Example.com\"").await, std::slice::from_ref(&id));
        okta.say(&id, natalie("natalie@example.com")).await.expect("she is linked");
        assert_eq!(okta.find("externalId eq \"1\"").await, std::slice::from_ref(&id));
        assert_eq!(access(&desk, &id).await, (UserType::Manager, UserStatus::Active, 1));
        let group = okta.group("Nobody mapped", &[&id]).await.expect("it is kept");
        assert_eq!(access(&desk, &id).await, (UserType::Manager, UserStatus::Active, 1));
        okta.regroup(&group, vec![MemberChange::Remove(vec![id.clone()])]).await.expect("she leaves");
        assert_eq!(access(&desk, &id).await, (UserType::Manager, UserStatus::Active, 1));
        // Her sign-in is hers: its address and the way to it stay.
        let moved = PersonSaid { email: Some("mallory@example.com".to_owned()), ..PersonSaid::default() };
        assert_refused!(okta.say(&id, moved).await, Refused::Conflict(Conflict::OnlyOneself));
        assert_eq!(okta.get(&id).await.expect("she is there").email, "natalie@example.com");
    }
}

/// Seen to fail: with `fit_all` left out of `group::change`, with the lowest type in place of the highest in `granted`, and with
/// whom the directory has never named not noted as given.
#[tokio::test]
async fn a08_groups_give_the_highest_type_and_all_companies_and_take_them_again() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (north, south) = (account.company("North").await, account.company("South").await);
        let (desk, okta) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let id = okta.create(natalie("natalie@example.com")).await.expect("she is made");
        let staff = okta.group("Staff", &[&id]).await.expect("it is kept");
        let leads = okta.group("Leads", &[]).await.expect("it is kept");
        assert_eq!(
            access(&desk, &id).await,
            (UserType::Reporting, UserStatus::Pending, 0),
            "nothing is mapped"
        );
        map(&desk, &staff, UserType::Reporting, &[north]).await.expect("it is mapped");
        map(&desk, &leads, UserType::Manager, &[south]).await.expect("it is mapped");
        assert_eq!(access(&desk, &id).await, (UserType::Reporting, UserStatus::Pending, 1));
        okta.regroup(&leads, vec![MemberChange::Add(vec![id.clone()])]).await.expect("she comes");
        assert_eq!(access(&desk, &id).await, (UserType::Manager, UserStatus::Pending, 2));
        okta.regroup(&staff, vec![MemberChange::Set(Vec::new())]).await.expect("she leaves");
        assert_eq!(access(&desk, &id).await, (UserType::Manager, UserStatus::Pending, 1));
        // Somebody whom it has never named has what its group gives, and nothing of that when they leave.
        let (robin, _) =
            account.join("robin@example.com", UserType::Manager, &[account.company("West").await]).await;
        okta.regroup(&leads, vec![MemberChange::Add(vec![robin.clone()])]).await.expect("they come");
        assert_eq!(access(&desk, &robin).await, (UserType::Manager, UserStatus::Active, 1));
        okta.regroup(&leads, vec![MemberChange::Remove(vec![robin.clone()])]).await.expect("they leave");
        assert_eq!(access(&desk, &robin).await, (UserType::Reporting, UserStatus::Active, 0));
        let gone = leads.clone();
        okta.write(move |w, pass| group::remove(w, pass, &gone)).await.expect("it is forgotten");
        assert_eq!(access(&desk, &id).await, (UserType::Reporting, UserStatus::Pending, 0));
    }
}

/// A-08, U-20: access is switched off and on; of who is invited it is the invitation. Seen to fail: with `hold` sending it.
#[tokio::test]
async fn a08_active_is_suspended_and_restored_and_an_invitation_held_back() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, okta) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let held = PersonSaid { active: Some(false), ..natalie("natalie@example.com") };
        let id = okta.create(held).await.expect("she is made");
        assert!(
            world.outbox().await.iter().all(|mail| mail.email != "natalie@example.com"),
            "nothing is sent"
        );
        okta.activate(&id, true).await.expect("she is invited");
        let first = world.letter_to("natalie@example.com").await;
        okta.activate(&id, false).await.expect("it is held back");
        assert!(!user::is_active(&okta.get(&id).await.expect("she is there")));
        let followed = world.app.accept(&world.follow(first.link()), testkit::PASSWORD).await;
        assert_refused!(followed.map(drop), Refused::Link(_));
        okta.activate(&id, true).await.expect("she is invited again");
        let second = world.letter_to("natalie@example.com").await;
        world.accept(second.link(), testkit::PASSWORD).await;
        okta.activate(&id, false).await.expect("she is suspended");
        assert_eq!(access(&desk, &id).await.1, UserStatus::Suspended);
        okta.activate(&id, true).await.expect("she is restored");
        assert_eq!(access(&desk, &id).await.1, UserStatus::Active);
        okta.delete(&id).await.expect("she is deleted");
        assert_refused!(okta.get(&id).await.map(drop), Refused::NotFound);
        okta.create(natalie("natalie@example.com")).await.expect("she comes again");
    }
}

/// A-08, U-12: be it by suspending, deleting, or taking the group away. Seen to fail: with `$12 = 1 OR` made true in
/// `store::access_change::update_access`, and `other_administrator` in `planned` too.
#[tokio::test]
async fn a08_u12_a_directory_never_takes_the_last_administrator() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, okta) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let admin = okta.find(&format!("userName eq \"{}\"", account.admin.email)).await.remove(0);
        for refused in [okta.activate(&admin, false).await, okta.delete(&admin).await] {
            assert_refused!(refused, Refused::Conflict(Conflict::LastAdministrator));
        }
        let group = okta.group("Staff", &[&admin]).await.expect("it is kept");
        let company = account.company("North").await;
        assert_refused!(
            map(&desk, &group, UserType::Reporting, &[company]).await,
            Refused::Conflict(Conflict::LastAdministrator)
        );
        assert_eq!(access(&desk, &admin).await.0, UserType::Administrator);
    }
}

/// A-08, U-12. Seen to fail: as above.
#[tokio::test]
async fn a08_u12_two_administrators_who_are_suspended_at_once_leave_one() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let okta = Directory::of(&world, &account).await;
        let first = okta.find(&format!("userName eq \"{}\"", account.admin.email)).await.remove(0);
        let (second, _) = account.join("sam@example.com", UserType::Administrator, &[]).await;
        let both = [first, second];
        for _ in 0..10 {
            let done = at_once(2, |number| {
                let (okta, id) = (okta.clone(), both[number].clone());
                async move { okta.activate(&id, false).await }
            })
            .await;
            assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
            for id in &both {
                if !user::is_active(&okta.get(id).await.expect("they are there")) {
                    okta.activate(id, true).await.expect("they come back");
                }
            }
        }
    }
}

/// ids of another account are nobody's, in paths, groups and mappings. Seen to fail: with the look at new members
/// left out of `regroup`.
#[tokio::test]
async fn a08_x29_a_directory_knows_nothing_of_other_accounts() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let other = world.another_account("Other Dental", "olga@example.com").await;
        let (okta, entra) = (Directory::of(&world, &account).await, Directory::of(&world, &other).await);
        let foreign = entra.create(natalie("natalie@example.com")).await.expect("she is made there");
        let foreign_group = entra.group("Staff", &[&foreign]).await.expect("it is kept there");
        assert_refused!(okta.get(&foreign).await.map(drop), Refused::NotFound);
        assert_refused!(okta.activate(&foreign, false).await, Refused::NotFound);
        assert_refused!(okta.delete(&foreign).await, Refused::NotFound);
        assert_eq!(field(okta.group("Staff", &[&foreign]).await), ("members", Problem::NotAChoice));
        for filter in
            ["userName eq \"natalie@example.com\"", "externalId eq \"1\"", &format!("id eq \"{foreign}\"")]
        {
            assert_eq!(okta.find(filter).await, [], "{filter}");
        }
        assert_refused!(okta.regroup(&foreign_group, Vec::new()).await, Refused::NotFound);
        let desk = Desk::of(&world, &account);
        assert_refused!(map(&desk, &foreign_group, UserType::Administrator, &[]).await, Refused::NotFound);
        let foreign_company = other.company("Far away").await;
        let own = okta.group("Staff", &[]).await.expect("it is kept");
        let refused = map(&desk, &own, UserType::Reporting, &[foreign_company]).await;
        assert_eq!(field(refused), ("company", Problem::NotAChoice));
    }
}

/// two tokens at most, each ended at once; a token opens nothing else, and when it is all switched off nothing that waits
/// opens any more. Seen to fail: with the directory left out of `invited!`, and with `TOKENS` a hundred.
#[tokio::test]
async fn a08_tokens_end_and_open_nothing_else() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, first) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let second = desk.prove(directory::make_token).await.expect("there may be two");
        let second = Directory::with(&world, second);
        assert_refused!(desk.prove(directory::make_token).await.map(drop), Refused::Conflict(Conflict::Full));
        let page = desk.look(|r, pass| directory::page(r, pass, ("", ""))).await.expect("a page");
        let ids: Vec<DirectoryTokenId> = page.tokens.iter().map(|token| token.id.clone()).collect();
        assert_eq!((ids.len(), page.tokens[0].last_used_at), (2, None));
        first.app.admit_directory(&first.ask).await.expect("it is let in");
        let page = desk.look(|r, pass| directory::page(r, pass, ("", ""))).await.expect("a page");
        assert!(page.tokens[0].last_used_at.is_some() && page.tokens[1].last_used_at.is_none());
        let elsewhere =
            world.app.read::<AccountPass<ManageUsers>, ()>(&first.ask, account.id.clone(), |_, _| Ok(()));
        assert_refused!(elsewhere.await.map(drop), Refused::SignedOut);
        let ended = ids[0].clone();
        desk.prove(move |w, pass| directory::end_token(w, pass, &ended)).await.expect("it ends");
        assert_refused!(first.app.admit_directory(&first.ask).await, Refused::SignedOut);
        let id = second.create(natalie("natalie@example.com")).await.expect("the other one works");
        let letter = world.letter_to("natalie@example.com").await;
        desk.prove(directory::turn_off).await.expect("it is switched off");
        assert_refused!(second.app.admit_directory(&second.ask).await, Refused::SignedOut);
        let accepted = world.app.accept(&world.follow(letter.link()), testkit::PASSWORD).await;
        assert_refused!(accepted.map(drop), Refused::Link(_));
        desk.resend(&id).await.expect("an administrator sends it");
        world.accept(world.letter_to("natalie@example.com").await.link(), testkit::PASSWORD).await;
    }
}

/// Seen to fail: with the count left out of `admit_directory`.
#[tokio::test]
async fn a08_a06_a_directory_is_told_when_to_go_on() {
    let world = World::sqlite().await;
    let account = world.set_up().await;
    let okta = Directory::of(&world, &account).await;
    for _ in 0..app::limits::DIRECTORY.most {
        okta.app.admit_directory(&okta.ask).await.expect("it is let in");
    }
    assert_refused!(okta.app.admit_directory(&okta.ask).await, Refused::TooMany(_));
    world.advance(Span::minutes(1));
    okta.app.admit_directory(&okta.ask).await.expect("it goes on");
}

/// A-08, U-21, U-13: whose own access ends sets up nothing that goes on without them. Seen to fail: with `check_may_give`
/// refusing nobody.
#[tokio::test]
async fn a08_u21_who_is_here_for_a_while_sets_up_no_directory() {
    let world = World::sqlite().await;
    let account = world.set_up().await;
    let okta = Directory::of(&world, &account).await;
    let group = okta.group("Staff", &[]).await.expect("it is kept");
    let (id, sam) = account.join("sam@example.com", UserType::Administrator, &[]).await;
    let end = Change::EndAt(Some(world.app.store.now() + Span::days(1)));
    let ends =
        move |w: Writer, pass: &AccountPass<ManageUsers>| app::user::program::make_now(w, pass, &id, &end);
    Desk::of(&world, &account).manage(ends).await.expect("written").expect("it ends");
    let desk = Desk::of_person(&world, &account, &sam);
    assert_refused!(map(&desk, &group, UserType::Administrator, &[]).await, Refused::Forbidden { .. });
    assert_refused!(desk.prove(directory::make_token).await.map(drop), Refused::Forbidden { .. });
}

/// all that is done to a directory, and by it, is recorded, under the name of whoever does it. Seen to fail: with
/// `DirectoryUserChanged` in place of `DirectoryUserLinked`.
#[tokio::test]
async fn a08_a05_all_that_is_done_is_recorded() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, company) = (Desk::of(&world, &account), account.company("North").await);
        let sam = account.invite("sam@example.com", UserType::Administrator, &[]).await;
        let okta = Directory::of(&world, &account).await;
        desk.prove(|w, pass| directory::change(w, pass, "Okta", UserType::Agent))
            .await
            .expect("it is changed");
        desk.prove(directory::make_token).await.expect("there may be two");
        let page = desk.look(|r, pass| directory::page(r, pass, ("", ""))).await.expect("a page");
        let second = page.tokens[1].id.clone();
        desk.prove(move |w, pass| directory::end_token(w, pass, &second)).await.expect("it ends");
        let id = okta.create(natalie("natalie@example.com")).await.expect("she is made");
        okta.activate(&id, false).await.expect("it is held back");
        let other = PersonSaid { user_name: Some("nat".to_owned()), ..PersonSaid::default() };
        okta.say(&id, other).await.expect("she is called otherwise");
        okta.say(&sam, PersonSaid { external_id: Some("2".to_owned()), ..PersonSaid::default() })
            .await
            .expect("he is linked");
        let staff = okta.group("Staff", &[]).await.expect("it is kept");
        map(&desk, &staff, UserType::Manager, &[company]).await.expect("it is mapped");
        okta.regroup(&staff, vec![MemberChange::Add(vec![id])]).await.expect("she comes");
        okta.write(move |w, pass| group::remove(w, pass, &staff)).await.expect("it is forgotten");
        desk.prove(directory::turn_off).await.expect("it is switched off");
        let entries = account.activity().await;
        let has = |verb: &str, kind: &str| entries.iter().any(|it| it.verb == verb && it.actor_kind == kind);
        let by_people = [
            "directory.on",
            "directory.changed",
            "directory_token.made",
            "directory_token.ended",
            "directory_group.mapped",
            "directory.off",
        ];
        let by_it = [
            "user.created",
            "directory_user.linked",
            "invitation.held",
            "directory_user.changed",
            "directory_group.made",
            "directory_group.changed",
            "user.provided",
            "directory_group.removed",
        ];
        assert!(by_people.iter().all(|verb| has(verb, "user")), "{entries:?}");
        assert!(by_it.iter().all(|verb| has(verb, "directory")), "{entries:?}");
        let linked = entries.iter().filter(|it| it.verb == "directory_user.linked");
        assert_eq!(linked.count(), 2);
    }
}

/// Makes people of the account, and groups that give nothing, with everybody in each of them.
fn crowd(world: &World, account: &Account, people: usize, groups: usize) -> BTreeSet<UserId> {
    let (account, zeros, base) = (&account.id, "0".repeat(24), 10_000_000 + groups * 1_000);
    let numbers = |most: usize| {
        format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})")
    };
    world.sql(&format!(
        "{} INSERT INTO \"user\" (account_id, id, email, email_canonical, first_name, last_name, display_name, sort_name,
             user_type, agent, status, invoice_emails, created_at, last_active_at, listed)
         SELECT '{account}', 'USR{zeros}' || ({base} + i), i || '@crowd.example', i || '@crowd.example', 'A', 'B', '', 'a b',
             'reporting', 0, 'active', 0, 1, 1, 'active' FROM n",
        numbers(people)
    ));
    if groups > 0 {
        world.sql(&format!(
            "{} INSERT INTO directory_group (account_id, id, name, name_key, external_id, created_at, updated_at)
             SELECT '{account}', 'GRP{zeros}' || ({base} + i), 'Group ' || i, 'group ' || i, '', 1, 1 FROM n",
            numbers(groups)
        ));
        world.sql(&format!(
            "INSERT INTO directory_member (account_id, group_id, user_id)
             SELECT u.account_id, g.id, u.id FROM \"user\" u JOIN directory_group g ON g.account_id = u.account_id
             WHERE u.account_id = '{account}' AND u.email LIKE '%@crowd.example' AND g.name LIKE 'Group %'"
        ));
    }
    (1..=people).map(|i| format!("USR{zeros}{}", base + i).parse().expect("an id")).collect()
}

/// while a directory moves people the writer is everybody's. What groups give that nobody has mapped is nothing, and is
/// not looked at. Seen to fail: with `fit_all` reading all groups of each who moves, and counting who is in them.
#[tokio::test]
async fn a08_groups_that_give_nothing_cost_nothing() {
    let world = World::sqlite().await;
    let account = world.set_up().await;
    let other = world.another_account("Other Dental", "olga@example.com").await;
    let mut took = Vec::new();
    for (account, groups) in [(&account, 0), (&other, 200)] {
        let okta = Directory::of(&world, account).await;
        let people = crowd(&world, account, 200, groups);
        let new = okta.group("New", &[]).await.expect("it is kept");
        let began = Instant::now();
        okta.regroup(&new, vec![MemberChange::Add(people.into_iter().collect())]).await.expect("they come");
        took.push(began.elapsed());
    }
    assert!(took[1] < took[0] * 4 + Duration::from_millis(200), "{took:?}");
}

/// A-08, U-06, U-13: an invitation that somebody else has made, or that gives more than the directory gives, goes nowhere by its
/// word: else it would give what nobody has let it give. Seen to fail: before there was `check_given`, at the address, and with it left
/// out of `switch_access`.
#[tokio::test]
async fn a08_u13_a_directory_turns_no_invitation_that_is_not_of_its_giving() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let company = account.company("North").await;
        let (desk, okta) = (Desk::of(&world, &account), Directory::of(&world, &account).await);
        let moved = || PersonSaid { email: Some("mallory@example.com".to_owned()), ..PersonSaid::default() };
        let sam = account.invite("sam@example.com", UserType::Administrator, &[]).await;
        let same =
            account.invite("same@example.com", UserType::Reporting, std::slice::from_ref(&company)).await;
        let more = okta.create(natalie("natalie@example.com")).await.expect("she is made");
        let staff = okta.group("Staff", &[&more]).await.expect("it is kept");
        map(&desk, &staff, UserType::Manager, std::slice::from_ref(&company)).await.expect("it is mapped");
        okta.say(&more, PersonSaid { email: Some("nat@example.com".to_owned()), ..PersonSaid::default() })
            .await
            .expect("what groups give is of its giving");
        desk.promote(&more, UserType::Administrator).await.expect("somebody gives her more");
        for id in [&sam, &same, &more] {
            okta.say(id, PersonSaid { external_id: Some(id.to_string()), ..PersonSaid::default() })
                .await
                .expect("they are linked");
            let before = world.outbox().await.len();
            assert_refused!(okta.say(id, moved()).await, Refused::Conflict(Conflict::NotOfTheDirectory));
            okta.activate(id, false).await.expect("it may hold it back");
            assert_refused!(okta.activate(id, true).await, Refused::Conflict(Conflict::NotOfTheDirectory));
            assert_eq!(world.outbox().await.len(), before, "no mail is queued");
        }
        let own = PersonSaid { external_id: Some("5".to_owned()), ..natalie("own@example.com") };
        let own = okta.create(own).await.expect("it makes somebody");
        desk.make(&own, Change::Give(company)).await.expect("somebody gives them a company");
        assert_refused!(okta.say(&own, moved()).await, Refused::Conflict(Conflict::NotOfTheDirectory));
    }
}

/// whoever has no token waits for no turn of the writer. Seen to fail: with the token looked up in the unit that counts.
#[tokio::test]
async fn a08_a06_a_wrong_token_takes_no_turn_of_the_writer() {
    let world = World::sqlite().await;
    let account = world.set_up().await;
    Directory::of(&world, &account).await;
    let ((begun, has_begun), (go, may_go)) = (mpsc::channel(), mpsc::channel::<()>());
    let (begun, may_go) = (Mutex::new(begun), Mutex::new(may_go));
    let app = world.app.clone();
    let writing = tokio::spawn(async move {
        let wait = move |w: Writer| -> Result<Committed<()>, Refused> {
            let _ = begun.lock().expect("it is free").send(());
            let _ = may_go.lock().expect("it is free").recv();
            Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
        };
        app.store.write(Origin::internal(), wait).await
    });
    tokio::task::spawn_blocking(move || has_begun.recv()).await.expect("no panic").expect("somebody writes");
    let stranger = Directory::with(&world, "x".repeat(43));
    let answered =
        tokio::time::timeout(Duration::from_secs(5), stranger.app.admit_directory(&stranger.ask)).await;
    go.send(()).expect("it waits");
    writing.await.expect("no panic").expect("it is written");
    assert_refused!(answered.expect("it is answered while somebody writes"), Refused::SignedOut);
}
