//! A company's users, from the company's own page (U-14).

use std::collections::BTreeSet;

use app::access_change::Confirmed;
use app::company_user::{self, Deed, Standing, Wanted};
use app::pass::AccountPass;
use app::user::{Cursor, Filter, Sort};
use app::work::{Reader, Writer};
use app::{Conflict, Refused, company};
use domain::access::Refusal;
use domain::access_change::{Already, Effects, Plan, Reach, effects};
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, UserId};
use domain::user::{UserStatus, UserType};

use crate::desk::{Desk, assert_refused};

fn wanted(company: &CompanyId, user: &UserId, deed: Deed) -> Wanted {
    Wanted { company: company.clone(), user: user.clone(), deed }
}

impl Desk {
    async fn make_company(&self, wanted: Wanted, seen: i64) -> Result<Plan, Refused> {
        let confirmed = Confirmed { seen, message: None };
        let make = move |w: Writer, pass: &AccountPass<ManageUsers>| {
            company_user::make(w, pass, &wanted, &confirmed)
        };
        self.app.write(&self.ask, self.account.clone(), make).await?.1
    }

    async fn preview_company(&self, wanted: Wanted) -> Result<(i64, Result<Effects, Conflict>), Refused> {
        let look = move |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
            let (_, preview) = company_user::preview(r, pass, &wanted)?;
            Ok((preview.user.access_version, preview.plan.map(|plan| effects(&plan))))
        };
        Ok(self.app.read(&self.ask, self.account.clone(), look).await?.1)
    }

    /// First names and standings; of those who have the company, or of all.
    async fn of_company(&self, company: &CompanyId, all: bool) -> Result<Vec<(String, Standing)>, Refused> {
        let company = company.clone();
        let filter = Filter {
            status: UserStatus::Active,
            search: String::new(),
            user_type: None,
            company: (!all).then(|| company.clone()),
            sort: Sort::Name,
        };
        let look = move |r: &mut Reader, pass: &AccountPass<ManageUsers>| {
            let page = company_user::list(r, pass, &company, &filter, &Cursor::default())?;
            Ok(page.users.rows.iter().map(|u| (u.user.names.first.clone(), page.standing(u))).collect())
        };
        Ok(self.app.read(&self.ask, self.account.clone(), look).await?.1)
    }
}

/// U-14, P-19.
#[tokio::test]
async fn u14_a_company_is_given_and_taken_from_its_own_page_at_once_and_without_a_mail() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let [downtown, riverside] = [account.company("Downtown").await, account.company("Riverside").await];
        let (id, natalie) =
            account.join("natalie@example.com", UserType::Manager, std::slice::from_ref(&downtown)).await;
        let hers = Desk::of_person(&world, &account, &natalie);
        world.send_mails().await;

        let first = |standing| vec![("Ada".to_owned(), Standing::HasAll), ("Natalie".to_owned(), standing)];
        assert_eq!(desk.of_company(&riverside, false).await.unwrap(), first(Standing::Has)[..1]);
        assert_eq!(desk.of_company(&riverside, true).await.unwrap(), first(Standing::Lacks));
        let (seen, shown) = desk.preview_company(wanted(&riverside, &id, Deed::Give)).await.unwrap();
        let both = Reach::Only(BTreeSet::from([downtown.clone(), riverside.clone()]));
        assert_eq!(shown.unwrap().reaches, both);
        desk.make_company(wanted(&riverside, &id, Deed::Give), seen).await.unwrap();
        assert_eq!(desk.of_company(&riverside, false).await.unwrap(), first(Standing::Has));
        let mut present = desk.get(&id).await.unwrap().companies;
        present.sort();
        assert_eq!(Reach::Only(present.into_iter().collect()), both);

        desk.make_company(wanted(&downtown, &id, Deed::Take), seen + 1).await.unwrap();
        assert_eq!(desk.get(&id).await.unwrap().companies, std::slice::from_ref(&riverside));
        assert_eq!(world.send_mails().await, 0, "nobody is told by mail");
        assert_refused!(
            hers.of_company(&riverside, true).await,
            Refused::Forbidden { refusal: Refusal::Lacks(_), .. }
        );
        desk.undo(&id).await.unwrap();
        desk.undo(&id).await.unwrap();
        assert_eq!(desk.get(&id).await.unwrap().companies, [downtown]);
    }
}

/// U-14. Seen to fail: with disabled companies found.
#[tokio::test]
async fn u14_what_cannot_be_given_or_taken_says_why() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let [front, store_room] =
            [account.lead_center_company("Front").await, account.company("Store room").await];
        let (agent, _) = account.join("abe@example.com", UserType::Agent, std::slice::from_ref(&front)).await;
        let (ann, _) = account.join("ann@example.com", UserType::Administrator, &[]).await;
        let refused = [
            (wanted(&front, &agent, Deed::Take), Conflict::OnlyCompany),
            (wanted(&front, &agent, Deed::Give), Conflict::Already(Already::HasCompany)),
            (wanted(&store_room, &agent, Deed::Take), Conflict::Already(Already::LacksCompany)),
            (wanted(&store_room, &agent, Deed::Give), Conflict::NoLeadCenter),
            (wanted(&front, &ann, Deed::Give), Conflict::Already(Already::HasAllCompanies)),
            (wanted(&front, &ann, Deed::Take), Conflict::Already(Already::HasAllCompanies)),
        ];
        for (wanted, reason) in refused {
            let (seen, shown) = desk.preview_company(wanted.clone()).await.unwrap();
            assert_eq!(shown.unwrap_err(), reason, "{wanted:?}");
            match desk.make_company(wanted.clone(), seen).await {
                Err(Refused::Conflict(found)) => assert_eq!(found, reason, "{wanted:?}"),
                other => panic!("{wanted:?}: {other:?}"),
            }
        }
        let standings = desk.of_company(&store_room, true).await.unwrap();
        assert_eq!(standings[0], ("Abe".to_owned(), Standing::Unfit));

        desk.company(&store_room, company::disable).await.unwrap();
        for deed in [Deed::Give, Deed::Take] {
            let give = wanted(&store_room, &agent, deed);
            assert_refused!(desk.preview_company(give.clone()).await, Refused::NotFound);
            assert_refused!(desk.make_company(give, 0).await, Refused::NotFound);
        }
        assert_refused!(desk.of_company(&store_room, true).await, Refused::NotFound);
    }
}

/// U-14.
#[tokio::test]
async fn u14_what_was_overtaken_since_it_was_shown_is_not_made() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let [downtown, riverside] = [account.company("Downtown").await, account.company("Riverside").await];
        let (id, _) = account.join("natalie@example.com", UserType::Manager, &[downtown]).await;
        let (seen, _) = desk.preview_company(wanted(&riverside, &id, Deed::Give)).await.unwrap();
        desk.make(&id, domain::access_change::Change::Suspend).await.unwrap();
        let made = desk.make_company(wanted(&riverside, &id, Deed::Give), seen).await;
        assert_refused!(made, Refused::Conflict(Conflict::Changed));
    }
}
