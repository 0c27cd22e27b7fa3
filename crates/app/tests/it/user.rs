//! Users: creating, changing, promoting, deleting.

mod races;

use app::account::home;
use app::explain::explain;
use app::pass::{AccountPass, CompanyPass, Reason, SelfPass, SystemPass};
use app::work::Reader;
use app::{Conflict, Refused, company, me};
use domain::access::Refusal;
use domain::capability::Capability;
use domain::capability::proof::{AnyUser, ManageCompanies, ManageUsers};
use domain::id::{Id, UserId};
use domain::input::Problem;
use domain::invitation::InvitationState;
use domain::mail::MailState;
use domain::user::{UserStatus, UserType};
use testkit::{PASSWORD, START};

use crate::desk::{Desk, assert_refused, field, names};

#[tokio::test]
async fn u01_a_new_user_is_pending_with_the_companies_chosen() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let id =
            account.invite("natalie@example.com", UserType::Manager, std::slice::from_ref(&branch)).await;
        let page = desk.get(&id).await.unwrap();
        assert_eq!(page.user.names.full(), "Natalie Reyes");
        assert_eq!((page.user.user_type, page.user.status), (UserType::Manager, UserStatus::Pending));
        assert_eq!(page.companies, [branch]);
        assert_eq!(page.user.login, None);
    }
}

#[tokio::test]
async fn u01_an_address_is_once_in_an_account_whatever_its_case() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        account.invite("natalie@example.com", UserType::Manager, std::slice::from_ref(&branch)).await;
        for taken in ["natalie@example.com", "Natalie@Example.COM", "ada@example.com"] {
            let again = account.create(account.new_user(taken, UserType::Reporting, &[branch.clone()])).await;
            assert_eq!(field(again), ("email", Problem::AddressTaken), "{taken}");
        }
        let other = world.another_account("Globex", "zoe@example.com").await;
        other.invite("natalie@example.com", UserType::Administrator, &[]).await;
    }
}

#[tokio::test]
async fn u01_only_companies_of_the_account_that_are_in_use_can_be_given() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let foreign = world.another_account("Globex", "zoe@example.com").await.company("Globex Paris").await;
        let disabled = account.company("Old Branch").await;
        desk.company(&disabled, company::disable).await.unwrap();
        for company in [foreign, disabled] {
            let new = account.new_user("natalie@example.com", UserType::Manager, &[company]);
            assert_eq!(field(account.create(new).await), ("company", Problem::NotAChoice));
        }
        assert_eq!(desk.list(UserStatus::Pending).await.unwrap().pending, 0, "nothing of it is kept");
    }
}

#[tokio::test]
async fn u02_a_notification_user_is_there_at_once_without_invitation_or_login() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        let mut team = account.new_user("front.desk@example.com", UserType::Notification, &[branch]);
        team.names = names("Front Desk", "");
        let id = account.create(team).await.unwrap();
        let user = Desk::of(&world, &account).get(&id).await.unwrap().user;
        assert_eq!((user.status, user.login), (UserStatus::Active, None));
        assert_eq!(user.activated_at, Some(START));
        assert!(world.mailbox().await.is_empty());
        let in_vain = world.app.sign_in(&world.visitor(), "front.desk@example.com", PASSWORD).await;
        assert_refused!(in_vain, Refused::Conflict(Conflict::WrongPassword));
    }
}

#[tokio::test]
async fn u02_an_invitation_can_be_sent_later() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let mut later = account.new_user("natalie@example.com", UserType::Administrator, &[]);
        later.send_now = false;
        later.invoice_emails = true;
        let id = account.create(later).await.unwrap();
        let desk = Desk::of(&world, &account);
        let user = desk.get(&id).await.unwrap().user;
        assert_eq!((user.status, user.invoice_emails), (UserStatus::Pending, true));
        assert_eq!(user.invitation.state(START), InvitationState::NotSent);
        assert!(world.mailbox().await.is_empty());

        desk.resend(&id).await.unwrap();
        world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
    }
}

#[tokio::test]
async fn u02_the_inviters_words_stand_in_the_invitation() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let mut new = account.new_user("natalie@example.com", UserType::Administrator, &[]);
        new.message = Some("Welcome aboard!\nSee you on Monday.".to_owned());
        account.create(new).await.unwrap();
        let letter = world.letter_to("natalie@example.com").await;
        assert_eq!(letter.subject, "Ada Reyes invited you to Acme");
        assert!(letter.text.contains("> Welcome aboard!\n> See you on Monday."), "{}", letter.text);
        assert!(letter.html.contains("Welcome aboard!") && letter.html.contains(letter.link()));
    }
}

#[tokio::test]
async fn u05_pending_users_become_active_when_they_accept() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        account.invite("natalie@example.com", UserType::Manager, &[branch]).await;
        assert_eq!(desk.names(UserStatus::Pending).await, ["Natalie"]);
        assert_eq!(desk.names(UserStatus::Active).await, ["Ada"]);

        world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
        assert_eq!(desk.names(UserStatus::Active).await, ["Ada", "Natalie"]);
        let page = desk.list(UserStatus::Pending).await.unwrap();
        assert_eq!((page.users.rows.len(), page.active, page.pending), (0, 2, 0));
    }
}

#[tokio::test]
async fn u05_any_search_has_an_answer() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        for (search, found) in [
            ("ada", 1),
            ("REY", 1),
            ("ada reyes", 1),
            ("ada@example.com", 1),
            ("example", 1),
            ("da", 0),
            ("%", 0),
            ("_da reyes", 0),
            ("' OR '1'='1", 0),
            ("ada\0", 0),
            ("\u{10ffff}", 0),
            (&"a ".repeat(50_000), 0),
        ] {
            let users =
                desk.search(search).await.unwrap_or_else(|refused| panic!("{search:.20?}: {refused:?}"));
            assert_eq!(users.len(), found, "{search:.20?}");
        }
    }
}

#[tokio::test]
async fn u08_a_promotion_holds_from_the_next_unit_on() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        account.company("Harbor Paris").await;
        let (id, natalie) = account.join("natalie@example.com", UserType::Reporting, &[branch]).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        assert_refused!(
            hers.list(UserStatus::Active).await,
            Refused::Forbidden { refusal: Refusal::Lacks(Capability::ManageUsers), .. }
        );
        Desk::of(&world, &account).promote(&id, UserType::Administrator).await.unwrap();
        hers.list(UserStatus::Active).await.unwrap();
        let own = |r: &mut Reader, pass: &AccountPass<AnyUser>| Ok(home(r, pass)?.companies);
        let (_, companies) = world.app.read(&natalie.ask, account.id.clone(), own).await.unwrap();
        assert_eq!(companies.len(), 2, "an administrator has all companies");
    }
}

#[tokio::test]
async fn u08_a_pending_user_is_promoted_and_accepts_as_what_they_were_made() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        let id = account.invite("natalie@example.com", UserType::Reporting, &[branch]).await;
        let desk = Desk::of(&world, &account);
        desk.promote(&id, UserType::Manager).await.unwrap();
        let letter = world.letter_to("natalie@example.com").await;
        assert!(
            letter.text.contains("Your user type: Manager"),
            "the mail says what is true when it is sent"
        );
        world.accept(letter.link(), PASSWORD).await;
        assert_eq!(desk.get(&id).await.unwrap().user.user_type, UserType::Manager);
    }
}

#[tokio::test]
async fn u09_a_promoted_notification_user_is_invited_and_keeps_their_alerts() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let id =
            account.invite("team@example.com", UserType::Notification, std::slice::from_ref(&branch)).await;
        desk.promote(&id, UserType::Administrator).await.unwrap();
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.user_type, page.user.status), (UserType::Administrator, UserStatus::Pending));
        assert_eq!(page.user.activated_at, Some(START), "what the alerts go by");
        assert_eq!(page.companies, [branch], "what the alerts are about");

        let team = world.accept(world.letter_to("team@example.com").await.link(), PASSWORD).await;
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.status, page.companies.len()), (UserStatus::Active, 0), "now they have all");
        Desk::of_person(&world, &account, &team).list(UserStatus::Active).await.unwrap();
    }
}

#[tokio::test]
async fn u09_a_revoked_promotion_leaves_the_notification_user_as_before() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let id =
            account.invite("team@example.com", UserType::Notification, std::slice::from_ref(&branch)).await;
        use UserType::{Administrator, Reporting};
        for steps in [vec![Reporting], vec![Administrator], vec![Reporting, Administrator]] {
            for to in &steps {
                desk.promote(&id, *to).await.unwrap();
            }
            let link = world.letter_to("team@example.com").await.link().to_owned();
            desk.revoke(&id).await.unwrap();
            let page = desk.get(&id).await.unwrap();
            assert_eq!((page.user.user_type, page.user.status), (UserType::Notification, UserStatus::Active));
            assert_eq!(page.companies, [branch.clone()], "after {steps:?}");
            assert_refused!(world.app.accept(&world.follow(&link), PASSWORD).await, Refused::Link(_));
        }
    }
}

#[tokio::test]
async fn u10_there_is_no_demotion() {
    use UserType::{Administrator, Agent, Manager, Notification, Reporting};
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.lead_center_company("Harbor Dental").await);
        for (number, (has, refused)) in [
            (Administrator, vec![Administrator, Manager, Reporting, Agent, Notification]),
            (Manager, vec![Manager, Reporting, Agent, Notification]),
            (Reporting, vec![Reporting, Agent, Notification]),
            (Agent, vec![Agent, Notification]),
            (Notification, vec![Notification, Agent]),
        ]
        .into_iter()
        .enumerate()
        {
            let companies = if has == Administrator { vec![] } else { vec![branch.clone()] };
            let id = account.invite(&format!("user{number}@example.com"), has, &companies).await;
            for to in refused {
                assert_refused!(desk.promote(&id, to).await, Refused::Conflict(Conflict::NoPromotion));
                assert_eq!(desk.get(&id).await.unwrap().user.user_type, has, "to {to:?}");
            }
        }
    }
}

#[tokio::test]
async fn u11_a_deleted_user_has_no_access_and_their_history_stays() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        let invited = account.invite("omar@example.com", UserType::Administrator, &[]).await;
        hers.delete(&invited).await.unwrap();

        desk.delete(&id).await.unwrap();
        assert_refused!(hers.list(UserStatus::Active).await, Refused::NotFound);
        assert_refused!(desk.get(&id).await, Refused::NotFound);
        assert_refused!(desk.delete(&id).await, Refused::NotFound);
        assert_eq!(desk.names(UserStatus::Active).await, ["Ada"]);
        let entries = account.activity().await;
        let deletion =
            entries.iter().find(|entry| entry.subject_id == invited.as_str() && entry.verb == "user.deleted");
        assert_eq!(deletion.unwrap().actor_name, "Natalie Reyes");

        let back = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        assert_ne!(back, id, "a new user with nothing of the old one");
    }
}

#[tokio::test]
async fn u11_a_deleted_pending_user_gets_no_mail() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let id = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let link = world.letter_to("natalie@example.com").await.link().to_owned();
        Desk::of(&world, &account).delete(&id).await.unwrap();
        assert_eq!(world.send_mails().await, 1);
        assert_eq!(world.outbox().await[0].state, MailState::Dropped);
        assert_refused!(world.app.accept(&world.follow(&link), PASSWORD).await, Refused::Link(_));
    }
}

#[tokio::test]
async fn u12_the_last_active_administrator_stays() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let ada = desk.list(UserStatus::Active).await.unwrap().users.rows.remove(0).id;
        let pending = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        assert_refused!(desk.delete(&ada).await, Refused::Conflict(Conflict::LastAdministrator));
        world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
        desk.delete(&ada).await.unwrap();
        assert_refused!(desk.delete(&pending).await, Refused::NotFound);
    }
}

#[tokio::test]
async fn u13_who_may_not_manage_users_does_nothing_to_them() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.lead_center_company("Harbor Dental").await;
        let victim =
            account.invite("victim@example.com", UserType::Agent, std::slice::from_ref(&branch)).await;
        for user_type in [UserType::Manager, UserType::Reporting, UserType::Agent] {
            let address = format!("{}@example.com", user_type.word());
            let (_, person) = account.join(&address, user_type, std::slice::from_ref(&branch)).await;
            let desk = Desk::of_person(&world, &account, &person);
            let new = account.new_user("new@example.com", UserType::Notification, &[branch.clone()]);
            let tries = [
                desk.create(new).await.map(drop),
                desk.change(&victim, names("Vic", "Tim"), &[]).await,
                desk.promote(&victim, UserType::Manager).await,
                desk.resend(&victim).await,
                desk.revoke(&victim).await,
                desk.delete(&victim).await,
                desk.get(&victim).await.map(drop),
                desk.list(UserStatus::Active).await.map(drop),
            ];
            for tried in tries {
                let Err(Refused::Forbidden { refusal, ask }) = tried else {
                    panic!("{user_type:?}: {tried:?}")
                };
                assert_eq!(refusal, Refusal::Lacks(Capability::ManageUsers));
                assert_eq!(ask, ["Ada Reyes"], "who can give what is missing");
            }
        }
    }
}

#[tokio::test]
async fn p15_users_of_another_account_are_not_there() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let other = world.another_account("Globex", "zoe@example.com").await;
        let foreign = other.invite("natalie@example.com", UserType::Administrator, &[]).await;
        let nobody = UserId::new(START, 1);
        let desk = Desk::of(&world, &account);
        for id in [&foreign, &nobody] {
            for tried in [
                desk.get(id).await.map(drop),
                desk.change(id, names("N", "F"), &[]).await,
                desk.promote(id, UserType::Administrator).await,
                desk.resend(id).await,
                desk.revoke(id).await,
                desk.delete(id).await,
            ] {
                assert_refused!(tried, Refused::NotFound);
            }
        }
        // With the right ids and the wrong session.
        let intruder = Desk { ask: account.admin.ask.clone(), ..Desk::of(&world, &other) };
        assert_refused!(intruder.get(&foreign).await, Refused::NotFound);
        assert_refused!(intruder.delete(&foreign).await, Refused::NotFound);
    }
}

#[tokio::test]
async fn p15_a_user_reaches_only_their_companies() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (mine, other) = (account.company("Harbor Dental").await, account.company("Harbor Paris").await);
        let (_, natalie) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&mine)).await;
        let own = |r: &mut Reader, pass: &AccountPass<AnyUser>| Ok(home(r, pass)?.companies);
        let (_, companies) = world.app.read(&natalie.ask, account.id.clone(), own).await.unwrap();
        assert_eq!(companies.iter().map(|company| &company.id).collect::<Vec<_>>(), [&mine]);

        let open = |company| {
            let target = (account.id.clone(), company);
            world.app.read::<CompanyPass<AnyUser>, ()>(&natalie.ask, target, |_, _| Ok(()))
        };
        open(mine.clone()).await.unwrap();
        assert_refused!(open(other).await, Refused::NotFound);
        let manage = world
            .app
            .read::<CompanyPass<ManageCompanies>, ()>(&natalie.ask, (account.id.clone(), mine), |_, _| Ok(()))
            .await;
        assert_refused!(
            manage,
            Refused::Forbidden { refusal: Refusal::Lacks(Capability::ManageCompanies), .. }
        );
    }
}

#[tokio::test]
async fn p18_an_explanation_is_the_decision_itself() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (mine, other) = (account.company("Harbor Dental").await, account.company("Harbor Paris").await);
        let id = account.invite("natalie@example.com", UserType::Manager, std::slice::from_ref(&mine)).await;
        let ask = |company: Option<domain::id::CompanyId>| {
            let id = id.clone();
            let pass = SystemPass::new(Reason::CommandLine);
            let why =
                move |r: &mut Reader| explain(r, &pass, &id, Capability::ManageTrackers, company.as_ref());
            world.app.store.read(why)
        };
        let pending = Err(Refusal::NotActive(UserStatus::Pending));
        assert_eq!(ask(None).await.unwrap().decision, pending);
        world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
        assert!(ask(Some(mine)).await.unwrap().decision.is_ok());
        assert_eq!(ask(Some(other)).await.unwrap().decision, Err(Refusal::OutsideCompanies));
    }
}

#[tokio::test]
async fn p19_what_is_taken_away_is_gone_at_the_next_unit() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let kept = account.company("Harbor Paris").await;
        let (id, natalie) =
            account.join("natalie@example.com", UserType::Manager, &[branch.clone(), kept.clone()]).await;
        let open = || {
            let target = (account.id.clone(), branch.clone());
            world.app.read::<CompanyPass<AnyUser>, ()>(&natalie.ask, target, |_, _| Ok(()))
        };
        open().await.unwrap();
        desk.change(&id, names("Natalie", "Reyes"), &[kept]).await.unwrap();
        assert_refused!(open().await, Refused::NotFound);

        let enter =
            || world.app.read::<AccountPass<AnyUser>, ()>(&natalie.ask, account.id.clone(), |_, _| Ok(()));
        enter().await.unwrap();
        desk.delete(&id).await.unwrap();
        assert_refused!(enter().await, Refused::NotFound);
    }
}

#[tokio::test]
async fn p19_a_place_lost_in_one_account_leaves_the_others() {
    for world in testkit::worlds().await {
        let (account, other) =
            (world.set_up().await, world.another_account("Globex", "zoe@example.com").await);
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        other.invite("natalie@example.com", UserType::Administrator, &[]).await;
        world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
        Desk::of(&world, &account).delete(&id).await.unwrap();
        let accounts = |r: &mut Reader, pass: &SelfPass| me::accounts(r, pass, "");
        let (_, places) = world.app.read(&natalie.ask, (), accounts).await.unwrap();
        assert_eq!(places.iter().map(|place| place.name.as_str()).collect::<Vec<_>>(), ["Globex"]);
        Desk::of_person(&world, &other, &natalie).list(UserStatus::Active).await.unwrap();
    }
}

#[tokio::test]
async fn x09_only_active_users_may_do_anything() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (id, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        let enter =
            || world.app.read::<AccountPass<AnyUser>, ()>(&natalie.ask, account.id.clone(), |_, _| Ok(()));
        enter().await.unwrap();
        // No operation makes these two of somebody who has a session.
        for status in [UserStatus::Pending, UserStatus::Suspended] {
            world.sql(&format!("UPDATE \"user\" SET status = '{}' WHERE id = '{id}'", status.word()));
            let Err(Refused::Forbidden { refusal, .. }) = enter().await.map(drop) else {
                panic!("{status:?}")
            };
            assert_eq!(refusal, Refusal::NotActive(status));
            let new = account.new_user("new@example.com", UserType::Administrator, &[]);
            assert_refused!(hers.create(new).await, Refused::Forbidden { .. });
            assert_refused!(hers.delete(&id).await, Refused::Forbidden { .. });
            let accounts = |r: &mut Reader, pass: &SelfPass| me::accounts(r, pass, "");
            assert!(world.app.read(&natalie.ask, (), accounts).await.unwrap().1.is_empty());
        }
        world.sql(&format!("UPDATE \"user\" SET status = 'deleted' WHERE id = '{id}'"));
        assert_refused!(enter().await, Refused::NotFound);
        assert_refused!(hers.list(UserStatus::Active).await, Refused::NotFound);
    }
}

#[tokio::test]
async fn x09_a_pending_place_of_a_known_person_opens_nothing() {
    for world in testkit::worlds().await {
        let (account, other) =
            (world.set_up().await, world.another_account("Globex", "zoe@example.com").await);
        account.invite("zoe@example.com", UserType::Administrator, &[]).await;
        let hers = Desk::of_person(&world, &account, &other.admin);
        assert_refused!(hers.list(UserStatus::Active).await, Refused::NotFound);
        let pass =
            world
                .app
                .read::<AccountPass<ManageUsers>, ()>(&other.admin.ask, account.id.clone(), |_, _| Ok(()));
        assert_refused!(pass.await, Refused::NotFound);
    }
}

#[tokio::test]
async fn l01_agents_get_only_companies_that_use_lead_center() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (plain, leads) =
            (account.company("Harbor Dental").await, account.lead_center_company("Harbor Leads").await);
        let agent = |companies: &[_]| account.new_user("agent@example.com", UserType::Agent, companies);
        for companies in [vec![plain.clone()], vec![plain.clone(), leads.clone()]] {
            let refused = account.create(agent(&companies)).await;
            assert_eq!(field(refused), ("company", Problem::NotAChoice));
        }
        let id = account.create(agent(std::slice::from_ref(&leads))).await.unwrap();
        let refused = desk.change(&id, names("Agent", "Reyes"), &[plain.clone(), leads.clone()]).await;
        assert_eq!(field(refused), ("company", Problem::NotAChoice));

        // A manager who is an agent too, as Create User asks first.
        let mut manager = account.new_user("manager@example.com", UserType::Manager, &[plain]);
        manager.agent = true;
        assert_eq!(field(account.create(manager).await), ("company", Problem::NotAChoice));
    }
}

#[tokio::test]
async fn l02_an_agents_mail_leads_into_lead_center() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let leads = account.lead_center_company("Harbor Leads").await;
        account.invite("agent@example.com", UserType::Agent, &[leads]).await;
        let letter = world.letter_to("agent@example.com").await;
        assert_eq!(letter.subject, "Ada Reyes invited you to Lead Center at Acme");
        assert!(letter.text.contains("Create your password, and Lead Center opens:"), "{}", letter.text);
        assert!(letter.html.contains("Create my password"));
        world.accept(letter.link(), PASSWORD).await;
    }
}

#[tokio::test]
async fn u17_names_and_companies_are_changed_at_once() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let paris = account.company("Harbor Paris").await;
        let id = account.invite("natalie@example.com", UserType::Manager, &[branch]).await;
        desk.change(&id, names("Nat", "Ford"), std::slice::from_ref(&paris)).await.unwrap();
        let page = desk.get(&id).await.unwrap();
        assert_eq!((page.user.names.full().as_str(), page.companies), ("Nat Ford", vec![paris]));
    }
}

#[tokio::test]
async fn u17_saving_the_page_takes_no_company_that_it_did_not_show() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, branch) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let paris = account.company("Harbor Paris").await;
        let id =
            account.invite("natalie@example.com", UserType::Manager, &[branch.clone(), paris.clone()]).await;
        desk.company(&paris, company::disable).await.unwrap();
        let page = desk.get(&id).await.unwrap();
        let shown: Vec<_> = page.choices.into_iter().map(|choice| choice.id).collect();
        let ticked: Vec<_> = shown.into_iter().filter(|company| page.companies.contains(company)).collect();
        desk.change(&id, names("Natalie", "Ford"), &ticked).await.unwrap();
        desk.company(&paris, company::enable).await.unwrap();
        assert_eq!(
            desk.get(&id).await.unwrap().companies,
            [branch, paris],
            "enabled again with its users as they were"
        );
    }
}
