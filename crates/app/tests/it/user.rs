//! Users: creating, finding, changing; the rest in modules of their own.

mod access;
mod delete;
mod list;
mod promote;
mod races;

use app::{Conflict, Refused, company};
use domain::input::Problem;
use domain::invitation::InvitationState;
use domain::user::{UserStatus, UserType};
use testkit::{PASSWORD, START};

use crate::desk::{Desk, assert_refused, field, names};

/// U-01
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

/// U-01
#[tokio::test]
async fn u01_an_address_is_once_in_an_account_whatever_its_case() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        account.invite("natalie@example.com", UserType::Manager, std::slice::from_ref(&branch)).await;
        for taken in ["natalie@example.com", "Natalie@Example.COM", "ada@example.com"] {
            let again = account
                .create(account.new_user(taken, UserType::Reporting, std::slice::from_ref(&branch)))
                .await;
            assert_eq!(field(again), ("email", Problem::AddressTaken), "{taken}");
        }
        let other = world.another_account("Globex", "zoe@example.com").await;
        other.invite("natalie@example.com", UserType::Administrator, &[]).await;
    }
}

/// U-01
#[tokio::test]
async fn u01_only_companies_of_the_account_that_are_in_use_can_be_given() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let foreign = world.another_account("Globex", "zoe@example.com").await.company("Globex Paris").await;
        let disabled = account.company("Old Branch").await;
        account.company("Stays").await;
        desk.company(&disabled, company::disable).await.unwrap();
        for company in [foreign, disabled] {
            let new = account.new_user("natalie@example.com", UserType::Manager, &[company]);
            assert_eq!(field(account.create(new).await), ("company", Problem::NotAChoice));
        }
        assert_eq!(
            desk.list(UserStatus::Pending).await.unwrap().counts.pending.n,
            0,
            "nothing of it is kept"
        );
    }
}

/// U-02
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

/// U-02
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

/// U-02
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

/// U-05
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
        assert_eq!((page.users.rows.len(), page.counts.active.n, page.counts.pending.n), (0, 2, 0));
    }
}

/// U-05
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
            let shown: String = search.chars().take(20).collect();
            let users = desk.search(search).await.unwrap_or_else(|refused| panic!("{shown:?}: {refused:?}"));
            assert_eq!(users.len(), found, "{shown:?}");
        }
    }
}

/// L-01
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

/// L-01
#[tokio::test]
async fn l01_a_manager_with_the_agent_flag_is_given_only_what_uses_lead_center() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (plain, leads) =
            (account.company("Harbor Dental").await, account.lead_center_company("Harbor Leads").await);
        let had = account.lead_center_company("Harbor Paris").await;
        let mut manager =
            account.new_user("manager@example.com", UserType::Manager, std::slice::from_ref(&had));
        manager.agent = true;
        let id = account.create(manager).await.unwrap();
        // What they have stays theirs, also when it uses Lead Center no more.
        world.sql(&format!("UPDATE company SET lead_center = 0 WHERE id = '{had}'"));

        let offered = |page: &app::user::UserPage| page.offered().map(|c| c.id.clone()).collect::<Vec<_>>();
        assert_eq!(offered(&desk.get(&id).await.unwrap()), [leads.clone(), had.clone()]);
        let refused = desk.change(&id, names("Mara", "Reyes"), &[had.clone(), plain.clone()]).await;
        assert_eq!(field(refused), ("company", Problem::NotAChoice));
        desk.change(&id, names("Mara", "Reyes"), &[had.clone(), leads.clone()]).await.unwrap();

        let plain_manager =
            account.invite("other@example.com", UserType::Manager, std::slice::from_ref(&plain)).await;
        assert_eq!(offered(&desk.get(&plain_manager).await.unwrap()), [plain, leads, had]);
    }
}

/// L-02
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

/// U-17
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

/// U-17
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
