//! Required single sign-on, and sessions by a provider beside second factors and See as (A-08, A-09, U-12, X-29).

use app::pass::{
    AccountPass, CenterPass, CompanyPass, Credentials, Gate as _, LeavePass, OwnLinkPass, Proven,
    QuestionPass, SelfPass,
};
use app::work::{Reader, Writer};
use app::{Ask, Conflict, Refused, executive_administrator, see_as, single_sign_on};
use domain::access::Refusal;
use domain::access_change::Change;
use domain::account_center::Standing;
use domain::account_center::proof::{AllOfCenter, InCenter};
use domain::api_key::TypedKey;
use domain::capability::proof::{AnyUser, ManageCompanies, ManageUsers};
use domain::id::UserId;
use domain::input::Problem;
use domain::time::Span;
use domain::user::{UserStatus, UserType};
use testkit::{Account, PASSWORD, Provider, Says, World};

use super::{connect, end, enter, link, opens, signed_out};
use crate::desk::{Desk, assert_refused, field};

async fn require(world: &World, account: &Account, required: bool, keep: &[UserId]) -> Result<(), Refused> {
    let keep = keep.to_vec();
    let require = move |w: Writer, pass: &Proven<AccountPass<ManageUsers>>| {
        single_sign_on::require(w, pass, required, &keep)
    };
    world.app.write(&account.admin.ask, account.id.clone(), require).await.map(drop)
}

/// The user of the account's first administrator.
async fn ada(world: &World, account: &Account) -> UserId {
    let look = |_: &mut Reader, _: &AccountPass<AnyUser>| Ok(());
    let (pass, ()) = world.app.read(&account.admin.ask, account.id.clone(), look).await.unwrap();
    use app::pass::HasPlace as _;
    pass.place().user.clone().unwrap()
}

fn shut<T>(result: Result<T, Refused>) {
    match result {
        Err(Refused::Forbidden { refusal: Refusal::NeedsProvider, .. }) => {}
        Err(other) => panic!("refused for another reason: {other:?}"),
        Ok(_) => panic!("it opens"),
    }
}

/// Where it is required a password's session opens nothing of the account but one's own link; what goes on are sessions by the
/// provider, keys for programs, and the administrators who keep their password.
#[tokio::test]
async fn a08_where_it_is_required_a_password_opens_ones_own_link_alone() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let company = account.company("Downtown").await;
        let (user, natalie) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let (manager, mia) =
            account.join("mia@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        connect(&world, &account, &provider).await.unwrap();
        let whole = TypedKey { name: "export".into(), ends: "never".into(), ..TypedKey::default() };
        let of_account = TypedKey { name: "here".into(), account: account.id.to_string(), ..whole.clone() };
        let (_, key) = world.app.create_api_key(&natalie.ask, &of_account, PASSWORD).await.unwrap();
        let seeing = account.see_as(&world.sign_in(&natalie.email).await.ask, &manager).await.unwrap();
        assert_eq!(field(require(&world, &account, true, &[]).await), ("keeper", Problem::Missing));
        let strange = require(&world, &account, true, std::slice::from_ref(&manager)).await;
        assert_eq!(field(strange), ("keeper", Problem::NotAChoice));
        opens(&world, &natalie.ask, &account.id).await.unwrap();
        require(&world, &account, true, &[ada(&world, &account).await]).await.unwrap();

        let said = world.sql("SELECT changes FROM activity WHERE verb = 'single_sign_on.required'");
        assert_eq!(said.len(), 1);
        for words in ["single_sign_on_required", "keep_password", "Ada"] {
            assert!(said[0][0].contains(words), "{said:?}");
        }
        let (app, id) = (&world.app, account.id.clone());
        shut(opens(&world, &natalie.ask, &id).await);
        shut(opens(&world, &mia.ask, &id).await);
        shut(app.read::<AccountPass<ManageUsers>, ()>(&natalie.ask, id.clone(), |_, _| Ok(())).await);
        let there = (id.clone(), company.clone());
        shut(app.read::<CompanyPass<ManageCompanies>, ()>(&natalie.ask, there, |_, _| Ok(())).await);
        shut(app.read::<QuestionPass, ()>(&natalie.ask, (id.clone(), None), |_, _| Ok(())).await);
        // Whoever saw the account as somebody else by a password does no more.
        let gone = app.read::<AccountPass<AnyUser>, ()>(&seeing, id.clone(), |_, _| Ok(())).await;
        assert!(matches!(gone.map(drop), Err(Refused::SeeingAs(seeing)) if seeing.is_over));
        opens(&world, &account.admin.ask, &id).await.unwrap();
        let by_key = |key: String| {
            let credentials = Credentials { api_key: Some(key), ..Credentials::default() };
            Ask { credentials, ..world.visitor() }
        };
        opens(&world, &by_key(key), &id).await.unwrap();
        // One for all accounts is made by a password, at any time, and is no better than that.
        let (_, key) = world.app.create_api_key(&natalie.ask, &whole, PASSWORD).await.unwrap();
        shut(opens(&world, &by_key(key), &id).await);
        let again = TypedKey { name: "again".into(), ..of_account };
        assert_eq!(
            field(world.app.create_api_key(&natalie.ask, &again, PASSWORD).await.map(drop)).0,
            "account"
        );
        app.read::<SelfPass, ()>(&natalie.ask, (), |_, _| Ok(())).await.unwrap();
        app.read::<OwnLinkPass, ()>(&natalie.ask, id.clone(), |_, _| Ok(())).await.unwrap();
        link(&world, &account, (&natalie, &provider, "n")).await.unwrap();
        assert!(world.letter_to(&natalie.email).await.text.contains("linked to the identity provider"));
        shut(opens(&world, &natalie.ask, &id).await);
        // A password neither takes the link away nor puts somebody else in its place.
        let unlink = |w: Writer, pass: &OwnLinkPass| single_sign_on::unlink(w, pass);
        shut(app.write(&natalie.ask, id.clone(), unlink).await);
        assert_refused!(
            link(&world, &account, (&natalie, &provider, "mallory")).await,
            Refused::Conflict(Conflict::SingleSignOnTaken)
        );
        assert_eq!(world.sql("SELECT subject FROM single_sign_on_identity"), [["n"]]);
        let ask = enter(&world, &id, (&provider, "n", Says::Rs256)).await.unwrap();
        opens(&world, &ask, &id).await.unwrap();
        // Who is suspended is told that, and nothing of the provider, whatever they come by.
        Desk::of(&world, &account).make(&user, Change::Suspend).await.unwrap();
        for ask in [&natalie.ask, &ask] {
            let refused = app.read::<OwnLinkPass, ()>(ask, id.clone(), |_, _| Ok(())).await.map(drop);
            assert!(
                matches!(
                    refused,
                    Err(Refused::Forbidden { refusal: Refusal::NotActive(UserStatus::Suspended), .. })
                ),
                "{refused:?}"
            );
        }
        end(&world, &account).await.unwrap();
        opens(&world, &mia.ask, &id).await.unwrap();
    }
}

/// A-08, U-12. While it is required an administrator stays who may use their password, and whose access does not end.
#[tokio::test]
async fn a08_u12_an_administrator_stays_who_needs_no_provider() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let company = account.company("Downtown").await;
        let (natalie, _) = account.join("natalie@example.com", UserType::Administrator, &[]).await;
        let (robin, _) = account.join("robin@example.com", UserType::Administrator, &[]).await;
        connect(&world, &account, &provider).await.unwrap();
        require(&world, &account, true, &[ada(&world, &account).await, natalie.clone()]).await.unwrap();
        let desk = Desk::of(&world, &account);
        // One of two may go, and any who needs the provider.
        desk.make(&robin, Change::Suspend).await.unwrap();
        desk.make(&natalie, Change::Suspend).await.unwrap();
        desk.make(&natalie, Change::Restore).await.unwrap();
        require(&world, &account, true, std::slice::from_ref(&natalie)).await.unwrap();
        shut(opens(&world, &account.admin.ask, &account.id).await);
        // By the provider others are administrators still, and can do nothing to the one who stays.
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        let desk = Desk { ask, ..desk };
        let companies = [company.clone()].into();
        let lower = Change::Replace { to: UserType::Manager, companies };
        let later = Change::EndAt(Some(world.app.store.now() + Span::days(3)));
        for change in [Change::Suspend, Change::Delete, lower, later] {
            assert_refused!(
                desk.make(&natalie, change).await,
                Refused::Conflict(Conflict::LastAdministrator)
            );
        }
    }
}

/// A-08, C-10. At an account center a password still is what opens it: for executive administrators their accounts too, whom no
/// provider knows; for others none that requires its own.
#[tokio::test]
async fn a08_c10_an_account_center_opens_no_account_that_requires_its_provider() {
    for world in testkit::worlds().await {
        world.set_up().await;
        let (center, provider) =
            (world.account_center("Agency", "natalie@example.com").await, Provider::new());
        let [first, _] = &center.accounts;
        connect(&world, first, &provider).await.unwrap();
        let (keeper, _) = first.join("keeper@example.com", UserType::Administrator, &[]).await;
        require(&world, first, true, &[keeper]).await.unwrap();
        let visit = || {
            let id = first.id.clone();
            let look = move |r: &mut Reader, pass: &CenterPass<InCenter>| {
                pass.visit::<ManageUsers>(r, &id).map(drop).map_err(Refused::from)
            };
            world.app.read(&center.admin.ask, center.id.clone(), look)
        };
        shut(visit().await);
        // Who has all accounts, and one of them closed to their password, is no more there than who has some.
        let make =
            |w: Writer, pass: &Proven<CenterPass<AllOfCenter>>| executive_administrator::make_first(w, pass);
        let made = world.app.write(&center.admin.ask, center.id.clone(), make).await;
        assert_refused!(made, Refused::Forbidden { refusal: Refusal::Center(Standing::Everywhere), .. });
        shut(opens(&world, &center.admin.ask, &first.id).await);
        // Who was one before goes on.
        world.sql("UPDATE account SET single_sign_on_required = 0");
        center.make_first().await;
        world.sql(&format!("UPDATE account SET single_sign_on_required = 1 WHERE id = '{}'", first.id));
        visit().await.unwrap();
        opens(&world, &center.admin.ask, &first.id).await.unwrap();
    }
}

/// A session by a provider that sees the account as somebody else is given back as what it was, and ends
/// meanwhile with the provider. Seen to fail: with the session given back as one that opens everything.
#[tokio::test]
async fn a08_a09_seeing_as_somebody_makes_no_more_of_a_session_by_a_provider() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        let (manager, _) =
            account.join("mia@example.com", UserType::Manager, &[account.company("A").await]).await;
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        let seeing = account.see_as(&ask, &manager).await.unwrap();
        opens(&world, &seeing, &account.id).await.unwrap();
        signed_out(opens(&world, &ask, &account.id).await);
        let leave = |w: Writer, pass: &LeavePass| see_as::end(w, pass, None);
        let (_, back) = world.app.write(&seeing, (), leave).await.unwrap();
        assert!(back.token.starts_with(account.id.as_str()));
        let mut ask = ask;
        ask.credentials.session = Some(back.token);
        opens(&world, &ask, &account.id).await.unwrap();
        signed_out(world.app.read::<SelfPass, ()>(&ask, (), |_, _| Ok(())).await.map(drop));
        let seeing = account.see_as(&ask, &manager).await.unwrap();
        end(&world, &account).await.unwrap();
        signed_out(opens(&world, &seeing, &account.id).await);
        let late = world.app.write(&seeing, (), leave).await;
        assert_refused!(late, Refused::SignedOut);
    }
}

/// Nothing of ours is asked for where the provider opens its account alone; and turning a second factor on ends every link
/// that was made without it.
#[tokio::test]
async fn a08_a02_a_second_factor_guards_all_that_a_provider_does_not_open() {
    for world in testkit::worlds().await {
        let (mut account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let before = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        world.turn_second_factor_on(&mut account.admin.ask).await;
        signed_out(opens(&world, &before, &account.id).await);
        let entered = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await;
        assert_refused!(entered, Refused::Conflict(Conflict::SingleSignOnUnknown));
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        opens(&world, &ask, &account.id).await.unwrap();
        signed_out(world.app.read::<SelfPass, ()>(&ask, (), |_, _| Ok(())).await.map(drop));
    }
}

/// Whoever is gone at the provider is gone here by the next day: a session by it is not made longer by being used.
/// Seen to fail: with such a session made longer by being used, as others are.
#[tokio::test]
async fn a08_x09_a_session_by_a_provider_lasts_half_a_day() {
    for world in testkit::worlds().await {
        let (account, provider) = (world.set_up().await, Provider::new());
        connect(&world, &account, &provider).await.unwrap();
        link(&world, &account, (&account.admin, &provider, "ada")).await.unwrap();
        let ask = enter(&world, &account.id, (&provider, "ada", Says::Rs256)).await.unwrap();
        world.advance(Span::hours(11));
        let look = |_: &mut Reader, _: &AccountPass<AnyUser>| Ok(());
        let (pass, ()) = world.app.read(&ask, account.id.clone(), look).await.unwrap();
        let seen = pass.seen().expect("somebody is here");
        let due = world.app.is_due(&seen);
        world.app.note_seen(&ask, seen, due).await.unwrap();
        opens(&world, &ask, &account.id).await.unwrap();
        world.advance(Span::hours(1));
        signed_out(opens(&world, &ask, &account.id).await);
        opens(&world, &account.admin.ask, &account.id).await.unwrap();
    }
}
