//! What waits and gives something later, whoever set it going having lost the right in between: then it gives
//! nothing. A table of all that waits and of all ways to lose a right.

use app::access_change::Confirmed;
use app::account_center::dissolve;
use app::pass::{AccountPass, CenterPass, Proven, SelfPass};
use app::work::Writer;
use app::{Ask, Refused, access_request, executive_administrator};
use domain::access_change::Change;
use domain::access_request::Terms;
use domain::account_center::Afterwards;
use domain::account_center::proof::RunsCenter;
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::{AccessRequestId, UserId};
use domain::login_merge::Keep;
use domain::time::Span;
use domain::user::{NewUser, UserType};
use testkit::{Account, Center, PASSWORD, Person, World};
use tokio::task::JoinSet;

use crate::access_request::approve;
use crate::desk::{Desk, names};
use crate::job::work;

const TARGET: &str = "target@example.com";
const GIVER: &str = "giver@example.com";
const TEMPORARY: &str = "kettle-thunder-umbrella";

/// What is set going, and gives the target access to the first account of the center.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Waits {
    Invitation,
    /// The invitation of somebody who got mails only.
    Promotion,
    /// One mail of a list for several accounts.
    Bundle,
    /// To be an executive administrator.
    Executive,
    TemporaryPassword,
    /// A list that the worker has not done yet.
    Job,
    CenterJob,
    /// A change that can be undone by whoever made it.
    Undo,
    /// An access request that whoever lost the right goes on to approve.
    Request,
    /// The place of the one who lost the right, whose login the target is about to make their own.
    Merge,
}

const WAITS: [Waits; 10] = [
    Waits::Invitation,
    Waits::Promotion,
    Waits::Bundle,
    Waits::Executive,
    Waits::TemporaryPassword,
    Waits::Job,
    Waits::CenterJob,
    Waits::Undo,
    Waits::Request,
    Waits::Merge,
];

/// What becomes of whoever gave it: an administrator of the account, or an executive administrator without a place in it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lost {
    Nothing,
    Demoted,
    Suspended,
    Deleted,
    Ended,
    NothingAsExecutive,
    Unmade,
    /// The account leaves the center.
    Unlinked,
    Dissolved,
}

const LOST: [Lost; 9] = [
    Lost::Nothing,
    Lost::Demoted,
    Lost::Suspended,
    Lost::Deleted,
    Lost::Ended,
    Lost::NothingAsExecutive,
    Lost::Unmade,
    Lost::Unlinked,
    Lost::Dissolved,
];

impl Lost {
    fn is_of_executive(self) -> bool {
        matches!(self, Lost::NothingAsExecutive | Lost::Unmade | Lost::Unlinked | Lost::Dissolved)
    }

    fn is_nothing(self) -> bool {
        matches!(self, Lost::Nothing | Lost::NothingAsExecutive)
    }
}

/// With what the target comes for it afterwards.
enum Kept {
    Link(String),
    Ticket(Ask),
    User(UserId),
    Request(AccessRequestId),
    Login(Ask),
    Nothing,
}

struct Scene<'a> {
    world: &'a World,
    center: Center,
    giver: Person,
    /// Their place in the first account, where they have one.
    user: UserId,
}

impl<'a> Scene<'a> {
    async fn new(world: &'a World, lost: Lost) -> Scene<'a> {
        let center = world.account_center("Agency", "dana@example.com").await;
        center.make_first().await;
        let home = &center.accounts[usize::from(lost.is_of_executive())];
        let (user, giver) = home.join(GIVER, UserType::Administrator, &[]).await;
        if lost.is_of_executive() {
            center.make(&giver.login).await.unwrap();
        }
        Scene { world, center, giver, user }
    }

    fn north(&self) -> &Account {
        &self.center.accounts[0]
    }

    /// The giver in the first account.
    fn desk(&self) -> Desk {
        Desk::of_person(self.world, self.north(), &self.giver)
    }

    /// Whoever made the center, who loses nothing.
    fn other(&self) -> Desk {
        Desk::of(self.world, self.north())
    }

    async fn placed(&self, user_type: UserType) -> UserId {
        let companies = match user_type.has_all_companies() {
            true => Vec::new(),
            false => vec![self.north().company("Branch").await],
        };
        let new = self.north().new_user(TARGET, user_type, &companies);
        self.other().create(NewUser { send_now: false, ..new }).await.unwrap()
    }

    async fn link(&self) -> Kept {
        Kept::Link(self.world.letter_to(TARGET).await.link().to_owned())
    }

    async fn set_going(&self, waits: Waits) -> Kept {
        let (world, north) = (self.world, self.north());
        match waits {
            Waits::Invitation => {
                self.desk().create(north.new_user(TARGET, UserType::Administrator, &[])).await.unwrap();
                self.link().await
            }
            Waits::Promotion => {
                let user = self.placed(UserType::Notification).await;
                self.desk().promote(&user, UserType::Administrator).await.unwrap();
                self.link().await
            }
            Waits::Bundle | Waits::CenterJob => {
                let list = format!("{TARGET},Tar,Get,administrator,{}", north.id);
                self.center.start_job(&self.giver.ask, &list).await;
                if waits == Waits::CenterJob {
                    return Kept::Nothing;
                }
                work(world).await;
                self.link().await
            }
            Waits::Executive => {
                let (names, email) = (names("Tar", "Get"), EmailAddress::parse(TARGET).unwrap());
                let invite = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
                    executive_administrator::invite(w, pass, &names, &email, None)
                };
                world.app.write(&self.giver.ask, self.center.id.clone(), invite).await.unwrap().1.unwrap();
                self.link().await
            }
            Waits::TemporaryPassword => {
                let user = self.placed(UserType::Administrator).await;
                let (ask, account) = (&self.giver.ask, north.id.clone());
                world.app.set_temporary_password(ask, account, user, TEMPORARY).await.unwrap();
                Kept::Ticket(world.type_temporary(TARGET, TEMPORARY).await.unwrap())
            }
            Waits::Job => {
                let desk = self.desk();
                desk.start(&desk.check(&format!("{TARGET},Tar,Get,administrator")).await).await.unwrap();
                Kept::Nothing
            }
            Waits::Undo => {
                let (user, _) = north.join(TARGET, UserType::Administrator, &[]).await;
                let companies = [north.company("Branch").await].into();
                let lower = Change::Replace { to: UserType::Reporting, companies };
                self.desk().make(&user, lower).await.unwrap();
                Kept::User(user)
            }
            Waits::Request => {
                let person = world.another_account("Elsewhere", TARGET).await.admin;
                let id = north.id.to_string();
                let ask = move |w: Writer, pass: &SelfPass| access_request::ask(w, pass, &id, "");
                world.app.write(&person.ask, (), ask).await.unwrap();
                world.answer_resets().await;
                Kept::Request(world.sql("SELECT id FROM access_request")[0][0].parse().unwrap())
            }
            Waits::Merge => {
                let person = world.another_account("Elsewhere", TARGET).await.admin;
                world.prove_login(&person.ask, GIVER).await.unwrap();
                Kept::Login(person.ask)
            }
        }
    }

    async fn lose(&self, lost: Lost) {
        let (other, center) = (self.other(), &self.center);
        match lost {
            Lost::Nothing | Lost::NothingAsExecutive => {}
            Lost::Demoted => {
                let companies = [self.north().company("Left").await].into();
                let lower = Change::Replace { to: UserType::Manager, companies };
                other.make(&self.user, lower).await.unwrap();
            }
            Lost::Suspended => drop(other.make(&self.user, Change::Suspend).await.unwrap()),
            Lost::Deleted => other.delete(&self.user).await.unwrap(),
            Lost::Ended => {
                let end = self.world.app.store.now() + Span::minutes(5);
                other.make(&self.user, Change::EndAt(Some(end))).await.unwrap();
                self.world.advance(Span::minutes(6));
            }
            Lost::Unmade => {
                let (ask, login) = (&center.admin.ask, &self.giver.login);
                center.unmake(ask, login, Afterwards::TakeBack).await.unwrap();
            }
            Lost::Unlinked => other.manage(app::account_center::leave).await.unwrap(),
            Lost::Dissolved => {
                // Who runs it, too, is unmade before.
                let _ = center.unmake(&center.admin.ask, &self.giver.login, Afterwards::TakeBack).await;
                let dissolve = |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| dissolve(w, pass);
                self.world.app.write(&center.admin.ask, center.id.clone(), dissolve).await.unwrap();
            }
        }
    }

    /// Whether the target gets into the first account as its administrator, by what was kept for them.
    async fn gives(&self, kept: Kept) -> bool {
        let world = self.world;
        work(world).await;
        match kept {
            Kept::Link(link) => match world.app.accept(&world.follow(&link), PASSWORD).await {
                Ok(accepted) => self.lets_in(&Person::signed_in(TARGET, accepted.session).ask).await,
                Err(_) => false,
            },
            Kept::Ticket(ticket) => {
                let mut done = world.app.choose_password(&ticket, PASSWORD).await;
                if done.is_err() {
                    // Also where it is typed again.
                    let Ok(again) = world.type_temporary(TARGET, TEMPORARY).await else { return false };
                    done = world.app.choose_password(&again, PASSWORD).await;
                }
                match done {
                    Ok(accepted) => self.lets_in(&Person::signed_in(TARGET, accepted.session).ask).await,
                    Err(_) => false,
                }
            }
            Kept::User(user) => {
                let _ = self.desk().undo(&user).await;
                self.lets_in(&world.sign_in(TARGET).await.ask).await
            }
            Kept::Request(id) => {
                let companies = Default::default();
                let terms = Terms { user_type: UserType::Administrator, agent: false, companies };
                let _ = approve(&self.desk(), &id, terms).await;
                self.lets_in(&world.sign_in(TARGET).await.ask).await
            }
            Kept::Login(ask) => match world.merge(&ask, Keep::Own).await {
                Ok(one) => self.lets_in(&one.ask).await,
                Err(_) => false,
            },
            Kept::Nothing => {
                let made = "SELECT id FROM \"user\" WHERE status <> 'deleted' AND account_id =";
                let made = format!("{made} '{}' AND email = '{TARGET}'", self.north().id);
                !world.sql(&made).is_empty()
            }
        }
    }

    async fn lets_in(&self, ask: &Ask) -> bool {
        let id = self.north().id.clone();
        let entered = self.world.app.read::<AccountPass<ManageUsers>, ()>(ask, id, |_, _| Ok(())).await;
        match entered {
            Ok(_) => true,
            Err(Refused::NotFound | Refused::Forbidden { .. }) => false,
            Err(other) => panic!("{other:?}"),
        }
    }
}

/// Seen to fail: with `may_still_invite` always true, with jobs done as the operator, and with `status` not
/// looked at in `decide`.
#[tokio::test(flavor = "multi_thread")]
async fn x08_whatever_waits_gives_nothing_when_its_giver_has_lost_the_right() {
    for waits in WAITS {
        // Side by side, as most of the time goes by in waiting for the disk.
        let mut ways: JoinSet<()> = LOST.into_iter().map(|lost| what_is_left(waits, lost)).collect();
        while let Some(done) = ways.join_next().await {
            done.unwrap();
        }
    }
}

async fn what_is_left(waits: Waits, lost: Lost) {
    // Only who runs the center invites others to run it.
    if waits == Waits::Executive && !lost.is_of_executive() {
        return;
    }
    // Nobody makes an executive administrator's sign-in their own.
    let is_given = lost.is_nothing() && (waits, lost) != (Waits::Merge, Lost::NothingAsExecutive);
    for world in testkit::worlds().await {
        let scene = Scene::new(&world, lost).await;
        let kept = scene.set_going(waits).await;
        scene.lose(lost).await;
        assert_eq!(scene.gives(kept).await, is_given, "{waits:?}, and lost: {lost:?}");
        let target = "SELECT e.login_id FROM executive_administrator e JOIN login l ON l.id = e.login_id";
        let made = world.sql(&format!("{target} WHERE l.email = '{TARGET}'"));
        let may = waits == Waits::Executive && lost.is_nothing();
        assert!(made.is_empty() || may, "{waits:?}, and lost: {lost:?}: an executive was made");
    }
}

/// The same for a change that was shown, and confirmed when the right was gone: nothing that a page keeps
/// gives it. Seen to fail: with `status` not looked at in `decide`.
#[tokio::test(flavor = "multi_thread")]
async fn x08_what_was_shown_is_not_done_when_the_right_is_gone() {
    for lost in LOST {
        for world in testkit::worlds().await {
            let scene = Scene::new(&world, lost).await;
            let desk = scene.desk();
            let company = scene.north().company("Mine").await;
            let (user, _) = scene.north().join(TARGET, UserType::Reporting, &[company]).await;
            let shown = desk.get(&user).await.unwrap().user.access_version;
            scene.lose(lost).await;
            let id = user.clone();
            let confirm = move |w: Writer, pass: &AccountPass<ManageUsers>| {
                let confirmed = Confirmed { seen: shown, message: None };
                app::access_change::make(w, pass, &id, &Change::Promote(UserType::Administrator), &confirmed)
            };
            assert_eq!(desk.manage(confirm).await.flatten().is_ok(), lost.is_nothing(), "{lost:?}");
            let is_in = scene.lets_in(&world.sign_in(TARGET).await.ask).await;
            assert_eq!(is_in, lost.is_nothing(), "{lost:?}");
        }
    }
}
