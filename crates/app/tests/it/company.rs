//! Companies: creating, renaming, disabling, enabling.

use app::company::{self, CompaniesPage, Concerned};
use app::pass::{AccountPass, CompanyPass};
use app::work::{Reader, Writer};
use app::{Refused, account};
use domain::access::Refusal;
use domain::capability::Capability;
use domain::capability::proof::{AnyUser, ManageCompanies};
use domain::company::CompanyDetails;
use domain::id::CompanyId;
use domain::input::Problem;
use domain::user::{UserStatus, UserType};
use testkit::{Account, Person, World};

use crate::desk::{Desk, assert_refused, field};

fn details(name: &str) -> CompanyDetails {
    CompanyDetails { name: name.to_owned(), time_zone: "UTC".to_owned(), lead_center: false }
}

async fn list(desk: &Desk, disabled: bool) -> CompaniesPage {
    let list =
        move |r: &mut Reader, pass: &AccountPass<ManageCompanies>| company::list(r, pass, disabled, ("", ""));
    desk.app.read(&desk.ask, desk.account.clone(), list).await.unwrap().1
}

fn ids(page: CompaniesPage) -> Vec<CompanyId> {
    page.companies.rows.into_iter().map(|company| company.id).collect()
}

async fn own(world: &World, account: &Account, person: &Person) -> Vec<CompanyId> {
    let own = |r: &mut Reader, pass: &AccountPass<AnyUser>| Ok(account::home(r, pass)?.companies);
    let (_, companies) = world.app.read(&person.ask, account.id.clone(), own).await.unwrap();
    companies.into_iter().map(|company| company.id).collect()
}

/// G-01
#[tokio::test]
async fn g01_a_name_is_once_in_an_account() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let paris = account.company("Harbor Paris").await;
        account.company("Harbor Dental").await;
        for name in ["Harbor Dental", "harbor  DENTAL"] {
            assert_eq!(field(desk.create_company(details(name)).await), ("name", Problem::NameTaken));
            let rename = details(name);
            let renamed = desk.company(&paris, move |w, pass| company::change(w, pass, &rename)).await;
            assert_eq!(field(renamed), ("name", Problem::NameTaken));
        }
        // A disabled one keeps its name.
        desk.company(&paris, company::disable).await.unwrap();
        assert_eq!(field(desk.create_company(details("Harbor Paris")).await), ("name", Problem::NameTaken));
        world.another_account("Globex", "zoe@example.com").await.company("Harbor Dental").await;
    }
}

/// G-01
#[tokio::test]
async fn g01_a_company_is_renamed_and_moved() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, id) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        let new = CompanyDetails {
            name: "HARBOR Dental".into(),
            time_zone: "Europe/Paris".into(),
            lead_center: true,
        };
        let change = new.clone();
        desk.company(&id, move |w, pass| company::change(w, pass, &change)).await.unwrap();
        assert_eq!(list(&desk, false).await.companies.rows[0].details, new);
    }
}

/// G-01
#[tokio::test]
async fn g01_a_disabled_company_leaves_every_list_but_its_own() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (kept, gone) = (account.company("Harbor Dental").await, account.company("Harbor Paris").await);
        let companies = [kept.clone(), gone.clone()];
        let (_, natalie) = account.join("natalie@example.com", UserType::Manager, &companies).await;
        desk.company(&gone, company::disable).await.unwrap();

        let page = list(&desk, false).await;
        assert_eq!((page.active, page.disabled), (1, 1));
        assert_eq!(ids(page), std::slice::from_ref(&kept));
        assert_eq!(ids(list(&desk, true).await), std::slice::from_ref(&gone));
        let users = desk.list(UserStatus::Active).await.unwrap();
        assert_eq!(
            users.choices.into_iter().map(|choice| choice.id).collect::<Vec<_>>(),
            std::slice::from_ref(&kept)
        );
        let named = |listed: &app::user::Listed| listed.companies == ["Harbor Dental"];
        assert!(users.users.rows.iter().filter(|listed| !listed.companies.is_empty()).all(named));
        for person in [&natalie, &account.admin] {
            assert_eq!(own(&world, &account, person).await, std::slice::from_ref(&kept));
        }

        desk.company(&gone, company::enable).await.unwrap();
        assert_eq!(own(&world, &account, &natalie).await, companies, "with its users as they were");
    }
}

/// G-01. What the page says beforehand is what then holds. Seen to fail: with disabled companies counted as others.
#[tokio::test]
async fn g01_whom_disabling_concerns_is_counted_before() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (kept, gone) = (account.company("Harbor Dental").await, account.company("Harbor Paris").await);
        let old = account.company("Harbor Rome").await;
        let both = [kept.clone(), gone.clone()];
        account.join("natalie@example.com", UserType::Manager, &both).await;
        let (_, sam) = account.join("sam@example.com", UserType::Manager, &[gone.clone(), old.clone()]).await;
        account.join("dora@example.com", UserType::Manager, std::slice::from_ref(&kept)).await;
        account.invite("priya@example.com", UserType::Reporting, &both).await;
        desk.company(&old, company::disable).await.unwrap();
        let target = (account.id.clone(), gone.clone());
        let (_, concerned) = world
            .app
            .read::<CompanyPass<ManageCompanies>, _>(&desk.ask, target, company::count_users)
            .await
            .unwrap();
        assert_eq!(concerned, Concerned { users: 3, without_other: 1, pending: 1 });

        let link = world.letter_to("priya@example.com").await.link().to_owned();
        desk.company(&gone, company::disable).await.unwrap();
        assert!(own(&world, &account, &sam).await.is_empty());
        let priya = world.accept(&link, testkit::PASSWORD).await;
        assert_eq!(own(&world, &account, &priya).await, [kept], "the invitation stays open");
    }
}

/// G-01
#[tokio::test]
async fn g01_disabling_twice_changes_nothing_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        account.company("Stays").await;
        let (desk, id) = (Desk::of(&world, &account), account.company("Harbor Dental").await);
        desk.company(&id, company::disable).await.unwrap();
        desk.company(&id, company::disable).await.unwrap();
        let changes: Vec<usize> =
            account.activity().await.iter().rev().take(2).map(|e| e.changes.len()).collect();
        assert_eq!(changes, [0, 1]);
    }
}

/// G-01: an account keeps a company in use, though two are disabled at the same moment. Seen to fail: without the condition
/// on other companies in `company::update_disabled`.
#[tokio::test(flavor = "multi_thread")]
async fn g01_the_last_company_in_use_stays() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (one, other) = (account.company("One").await, account.company("Other").await);
        let desk = Desk::of(&world, &account);
        let disabled = testkit::at_once(2, |number| {
            let (desk, id) = (desk.clone(), if number == 0 { one.clone() } else { other.clone() });
            async move { desk.company(&id, company::disable).await.is_ok() }
        });
        assert_eq!(disabled.await.into_iter().filter(|done| *done).count(), 1);
        let left = if list(&desk, false).await.companies.rows[0].id == one { &one } else { &other };
        assert_refused!(
            desk.company(left, company::disable).await,
            Refused::Conflict(app::Conflict::LastCompany)
        );
    }
}

/// I-01: what is set for many companies is one entry; a company that is not there is refused, and nothing is set. Seen to fail:
/// without the comparison in `company::set_form_capture`.
#[tokio::test]
async fn i01_what_is_set_for_many_companies_is_set_for_all_or_none() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (one, other) = (account.company("One").await, account.company("Other").await);
        let foreign = world.another_account("Globex", "zoe@example.com").await.company("Far").await;
        let captured = || {
            let rows = world.sql("SELECT external_form_capture FROM company ORDER BY id");
            rows.into_iter().flatten().collect::<Vec<_>>()
        };
        let set = |ids: Vec<CompanyId>| {
            let ids: std::collections::BTreeSet<CompanyId> = ids.into_iter().collect();
            let unit = move |w: Writer, pass: &AccountPass<ManageCompanies>| {
                company::set_form_capture(w, pass, Some(&ids), true)
            };
            world.app.write(&account.admin.ask, account.id.clone(), unit)
        };
        let refused = set(vec![one.clone(), foreign]).await.map(|(_, n)| n);
        assert_eq!(field(refused), ("companies", Problem::NotAChoice));
        assert_eq!(captured(), ["0", "0", "0"]);
        assert_eq!(set(vec![one, other]).await.map(|(_, n)| n).unwrap(), 2);
        assert_eq!(captured(), ["1", "1", "0"]);
        assert_eq!(account.activity().await.last().expect("an entry").verb, "companies.changed");
    }
}

/// P-09
#[tokio::test]
async fn p09_only_administrators_create_and_change_companies() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let branch = account.company("Harbor Dental").await;
        let (_, natalie) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&branch)).await;
        let desk = Desk::of_person(&world, &account, &natalie);
        let tries = [
            desk.create_company(details("Harbor Paris")).await.map(drop),
            desk.company(&branch, company::disable).await,
            desk.company(&branch, |w, pass| company::change(w, pass, &details("Mine"))).await,
        ];
        for tried in tries {
            assert_refused!(
                tried,
                Refused::Forbidden { refusal: Refusal::Lacks(Capability::ManageCompanies), .. }
            );
        }
    }
}

/// P-15
#[tokio::test]
async fn p15_companies_of_another_account_are_not_there() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let foreign = world.another_account("Globex", "zoe@example.com").await.company("Globex Paris").await;
        let desk = Desk::of(&world, &account);
        assert_refused!(desk.company(&foreign, company::disable).await, Refused::NotFound);
        assert!(ids(list(&desk, false).await).is_empty());
    }
}
