//! Alerts: who is told of what came in, by what, and who is not from what moment on.

use app::alert::{self, NewEvent, Recipient};
use app::limits::{ALERT, ALERT_TEST, MAILS_BY_PERSON};
use app::pass::{Acting as _, CompanyPass};
use app::work::{Origin, Reader, Unrecorded, Writer};
use app::{Refused, company};
use domain::access_change::Change;
use domain::activity::{Entry, Verb};
use domain::alert::{LeadKind, Occasion, Ways, Why};
use domain::capability::proof::ManageCompanies;
use domain::email::EmailAddress;
use domain::id::{CompanyId, NotificationId, UserId};
use domain::mail::{MailKind, MailState};
use domain::notification::{AlertChange, AlertType};
use domain::receiver::Receiver;
use domain::time::Span;
use domain::user::UserType;
use testkit::World;

use crate::desk::{Desk, assert_refused, names};
use crate::notification::by_email;
use crate::push::{device, restart_with, send, turn_on, waiting};
use crate::push_service::{Browser, PushService};

/// A call of Kim's that nobody answered, and no test.
pub(crate) fn missed() -> NewEvent {
    NewEvent {
        occasion: Occasion { kind: LeadKind::Missed, first: true, agent: None },
        test: false,
        caller_name: "Kim Ito".to_owned(),
        caller_number: "+1 202 555 0199".to_owned(),
        tracker_name: "Website".to_owned(),
        happened_at: Default::default(),
    }
}

impl Desk {
    /// Has something come in for a company at this moment; how many are told.
    pub(crate) async fn raise(&self, company: &CompanyId, event: NewEvent) -> usize {
        let raise = move |mut w: Writer, pass: &CompanyPass<ManageCompanies>| {
            let event = NewEvent { happened_at: w.now, ..event.clone() };
            let told = alert::raise(&mut w, pass, &event)?;
            let entry = Entry::of(pass.account(), Verb::AlertTested, pass.company(), "");
            w.commit(&pass.actor(), entry, told)
        };
        self.company(company, raise).await.unwrap()
    }

    async fn recipients(&self, company: &CompanyId, kind: LeadKind) -> Vec<Recipient> {
        let occasion = Occasion { kind, first: true, agent: None };
        let list =
            move |r: &mut Reader, pass: &CompanyPass<ManageCompanies>| alert::recipients(r, pass, &occasion);
        self.app.read(&self.ask, (self.account.clone(), company.clone()), list).await.unwrap().1
    }
}

/// All calls by email and by push.
fn by_both(company: &CompanyId) -> AlertChange {
    AlertChange { send_push: Some(true), ..by_email(Some(company)) }
}

/// The mails of a kind that would be sent to an address now.
async fn letters(world: &World, kind: MailKind, address: &str) -> Vec<testkit::Letter> {
    let mut letters = world.mailbox().await;
    letters.retain(|letter| letter.mail.kind == kind && letter.to == address);
    letters
}

/// G-08, L-05. Seen to fail: with the push queued for nobody, with the mail of every other receiver naming the first, and
/// without the caller.
#[tokio::test]
async fn g08_l05_everybody_is_told_of_what_they_are_to_be_told_and_sees_nobody_else() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.lead_center_company("Paris").await);
        let own = std::slice::from_ref(&paris);
        let (mia_id, mia) = account.join("mia@example.com", UserType::Manager, own).await;
        let (rob_id, rob) = account.join("rob@example.com", UserType::Agent, own).await;
        let note = account.invite("desk@example.com", UserType::Notification, own).await;
        let (mias, robs) = (Browser::at(&service, "/mia", 1), Browser::at(&service, "/rob", 2));
        turn_on(&world, &mia.ask, &mias).await.unwrap();
        turn_on(&world, &rob.ask, &robs).await.unwrap();
        desk.alert(Some(&mia_id), by_both(&paris)).await.unwrap();
        // Twice set up, they are told once.
        desk.alert(Some(&mia_id), by_email(None)).await.unwrap();
        let by_push = AlertChange { send_email: None, ..by_both(&paris) };
        desk.alert(Some(&rob_id), by_push).await.unwrap();
        let voicemails =
            AlertChange { alert_type: Some(Some(AlertType::MissedAndVoicemail)), ..by_email(Some(&paris)) };
        desk.alert(Some(&note), voicemails).await.unwrap();
        assert_eq!(desk.raise(&paris, missed()).await, 3);
        assert_eq!((send(&world).await, waiting(&world)), (2, 0));
        let read = |browser: &Browser| {
            let found: Vec<_> =
                service.taken().iter().filter_map(|taken| browser.read(&taken.body)).collect();
            assert_eq!(found.len(), 1);
            found[0].clone()
        };
        for browser in [&mias, &robs] {
            let told = read(browser);
            assert_eq!((&told["title"], &told["body"]), (&"Missed call".into(), &"Paris".into()));
            assert_eq!(told["path"], format!("/accounts/{}", account.id));
        }
        assert!(letters(&world, MailKind::Alert, "rob@example.com").await.is_empty(), "agents get no emails");
        let told = letters(&world, MailKind::Alert, "mia@example.com").await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].subject, "Missed call: Kim Ito, +1 202 555 0199 for Paris");
        for part in ["Kim Ito", "+1 202 555 0199", "Website", "for the first time", "UTC"] {
            assert!(told[0].text.contains(part) && told[0].html.contains(part), "{part}: {}", told[0].text);
        }
        assert_eq!(told[0].link(), format!("{}/accounts/{}", world.app.settings.base_url, account.id));
        // Who does not sign in has no link that leads to a door.
        let to_desk = &letters(&world, MailKind::Alert, "desk@example.com").await[0];
        assert!(!to_desk.text.contains("/accounts/"), "{}", to_desk.text);
        assert!(to_desk.stop_link.is_some());
        for (letter, others) in [(&told[0], ["rob", "desk"]), (to_desk, ["rob", "mia"])] {
            for other in others {
                let text = letter.text.to_lowercase();
                assert!(
                    !text.contains(&format!("{other}@")) && !text.contains(&format!("{other} ")),
                    "{text}"
                );
            }
        }
        // What they are not set up for they are not told.
        let answered = NewEvent {
            occasion: Occasion { kind: LeadKind::Answered, first: false, agent: None },
            ..missed()
        };
        assert_eq!(desk.raise(&paris, answered).await, 2);
        assert_eq!(letters(&world, MailKind::Alert, "desk@example.com").await.len(), 1);
    }
}

/// What may come between an alert that is queued and its sending.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bar {
    Nothing,
    Deleted,
    Suspended,
    Ended,
    Unscoped,
    Demoted,
    CompanyDisabled,
    TurnedOff,
    Refused,
    Another,
    Removed,
}

impl Bar {
    const ALL: [(Bar, Option<Why>); 11] = [
        (Bar::Nothing, None),
        (Bar::Deleted, Some(Why::Deleted)),
        (Bar::Suspended, Some(Why::Suspended)),
        (Bar::Ended, Some(Why::Ended)),
        (Bar::Unscoped, Some(Why::NoCompany)),
        (Bar::Demoted, Some(Why::NoEmails)),
        (Bar::CompanyDisabled, Some(Why::CompanyDisabled)),
        (Bar::TurnedOff, Some(Why::Off)),
        (Bar::Refused, Some(Why::Refused)),
        (Bar::Another, Some(Why::Another)),
        (Bar::Removed, None),
    ];

    async fn come(
        self,
        world: &World,
        desk: &Desk,
        user: &UserId,
        (company, other): (&CompanyId, &CompanyId),
        alert: NotificationId,
    ) {
        match self {
            Bar::Nothing => {}
            Bar::Deleted => desk.delete(user).await.unwrap(),
            Bar::Suspended => drop(desk.make(user, Change::Suspend).await.unwrap()),
            Bar::Ended => {
                let end = world.app.store.now() + Span::seconds(1);
                desk.make(user, Change::EndAt(Some(end))).await.unwrap();
                world.advance(Span::seconds(1));
            }
            Bar::Unscoped => {
                desk.change(user, names("Una", "Ford"), std::slice::from_ref(other)).await.unwrap();
            }
            Bar::Demoted => {
                let companies = [company.clone()].into();
                let change = Change::Replace { to: UserType::Agent, companies };
                desk.make(user, change).await.unwrap();
            }
            Bar::CompanyDisabled => desk.company(company, company::disable).await.unwrap(),
            Bar::TurnedOff => {
                let off = AlertChange {
                    send_email: Some(false),
                    send_push: Some(false),
                    send_desktop: Some(false),
                    ..AlertChange::default()
                };
                // An alert that comes in no way is refused, so it is done below the operations.
                assert_refused!(desk.change_alert(alert, off).await, Refused::Invalid(_));
                world.sql(&format!(
                    "UPDATE notification SET send_email = 0, send_push = 0 WHERE id = {alert}"
                ));
            }
            Bar::Refused => {
                let now = world.app.store.now().micros();
                world.sql(&format!(
                    "INSERT INTO mail_suppression (account_id, email_canonical, answer, created_at)
                     SELECT account_id, email_canonical, '550 no', {now} FROM \"user\" WHERE id = '{user}'"
                ));
            }
            Bar::Another => {
                let voicemail =
                    AlertChange { alert_type: Some(Some(AlertType::Voicemail)), ..AlertChange::default() };
                desk.change_alert(alert, voicemail).await.unwrap();
            }
            Bar::Removed => desk.remove_alert(alert).await.unwrap(),
        }
    }
}

/// G-08, P-01, L-05, U-11: what was queued before is not sent, by email nor by push, and nothing new is queued. Seen to fail:
/// with each of the reasons left out of `decide`, one after the other, and with what an alert's mail says found without asking.
#[tokio::test]
async fn g08_p01_u11_nobody_is_told_from_the_moment_on_that_they_may_not_be() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let account = world.set_up().await;
        let (desk, other) = (Desk::of(&world, &account), account.lead_center_company("Other").await);
        for (n, (bar, why)) in Bar::ALL.into_iter().enumerate() {
            let address = format!("user{n}@example.com");
            let company = account.lead_center_company(&format!("Company {n}")).await;
            let (user, person) =
                account.join(&address, UserType::Manager, std::slice::from_ref(&company)).await;
            let browser = Browser::at(&service, &format!("/{n}"), n as u8 + 1);
            let alert = desk.alert(Some(&user), by_both(&company)).await.unwrap().id;
            let before = desk.recipients(&company, LeadKind::Missed).await;
            let push = before.iter().find(|one| one.user.as_ref() == Some(&user)).unwrap().ways.push;
            assert_eq!(push, Err(Why::NoDevice));
            turn_on(&world, &person.ask, &browser).await.unwrap();
            assert_eq!(desk.raise(&company, missed()).await, 1, "{bar:?}");
            assert_eq!(letters(&world, MailKind::Alert, &address).await.len(), 1, "{bar:?}");
            let met = service.met();
            bar.come(&world, &desk, &user, (&company, &other), alert).await;
            let told = |count: usize| if bar == Bar::Nothing { count } else { 0 };
            assert_eq!(letters(&world, MailKind::Alert, &address).await.len(), told(1), "{bar:?}");
            while send(&world).await > 0 {}
            // Agents, and whose address is refused, are told by push still.
            let pushed = if matches!(bar, Bar::Demoted | Bar::Refused) { 1 } else { told(1) };
            assert_eq!((service.met() - met, waiting(&world)), (pushed, 0), "{bar:?}");
            if bar != Bar::CompanyDisabled {
                let shown = desk.recipients(&company, LeadKind::Missed).await;
                let reason = shown.iter().find(|one| one.user.as_ref() == Some(&user));
                assert_eq!(reason.is_some(), bar != Bar::Removed, "{bar:?}");
                assert_eq!(reason.and_then(|one| one.ways.email.err()), why, "{bar:?}");
                assert_eq!(desk.raise(&company, missed()).await, pushed, "{bar:?}");
                while send(&world).await > 0 {}
            }
            if bar == Bar::Nothing {
                world.send_mails().await;
                let kept = world.outbox().await.into_iter().filter(|mail| mail.kind == MailKind::Alert);
                assert!(kept.map(|mail| mail.state).all(|state| state == MailState::Kept));
            }
        }
        // An address that became a user's, who has settings of their own.
        let company = account.lead_center_company("Last").await;
        let later = Receiver::Address(EmailAddress::parse("later@example.com").unwrap());
        desk.alert_to(Some(later), by_email(Some(&company))).await.unwrap();
        assert_eq!(desk.raise(&company, missed()).await, 1);
        assert_eq!(letters(&world, MailKind::Alert, "later@example.com").await.len(), 1);
        account.invite("later@example.com", UserType::Manager, std::slice::from_ref(&company)).await;
        assert!(letters(&world, MailKind::Alert, "later@example.com").await.is_empty());
        assert_eq!(desk.recipients(&company, LeadKind::Missed).await[0].ways, Ways::none(Why::BecameAUser));
        assert_eq!(desk.raise(&company, missed()).await, 0);
        world.send_mails().await;
        let states = |state| {
            let sql = format!("SELECT id FROM mail WHERE kind = 'alert' AND state = '{state}'");
            world.sql(&sql).len()
        };
        // Each of the eleven that came between, and the two that were kept.
        assert_eq!((states("dropped"), states("kept"), states("queued")), (11, 2, 0));
    }
}

/// G-08, X-31. Seen to fail: with the mails over the limit left out, with each of them mailed, and with the mail that tells of
/// them sent at once.
#[tokio::test]
async fn g08_x31_a_flood_is_told_in_one_mail() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        desk.alert(None, by_email(Some(&paris))).await.unwrap();
        for _ in 0..ALERT.most + 3 {
            desk.raise(&paris, missed()).await;
        }
        let ada = "ada@example.com";
        assert_eq!(letters(&world, MailKind::Alert, ada).await.len() as i64, ALERT.most);
        let more = letters(&world, MailKind::AlertsMore, ada).await;
        assert_eq!(more.len(), 1);
        assert_eq!(more[0].subject, "3 more alerts for Paris");
        assert!(more[0].stop_link.is_some());
        world.send_mails().await;
        let state = |mails: Vec<app::operator::Mail>| {
            mails.into_iter().find(|mail| mail.kind == MailKind::AlertsMore).unwrap().state
        };
        assert_eq!(state(world.outbox().await), MailState::Queued);
        world.advance(Span::hours(1));
        world.send_mails().await;
        assert_eq!(state(world.outbox().await), MailState::Kept);
        desk.raise(&paris, missed()).await;
        assert_eq!(letters(&world, MailKind::Alert, ada).await.len() as i64, ALERT.most + 1);
    }
}

/// G-08, A-05. Seen to fail: without the mark in the subject, and with the test counted as no test.
#[tokio::test]
async fn g08_a_test_says_that_it_is_one() {
    for mut world in testkit::worlds().await {
        let service = PushService::open();
        restart_with(&mut world, service.way());
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        let browser = Browser::at(&service, "/ada", 1);
        turn_on(&world, &account.admin.ask, &browser).await.unwrap();
        device(&world, &account.admin.ask).await;
        desk.alert(None, by_both(&paris)).await.unwrap();
        assert!(desk.recipients(&paris, LeadKind::Voicemail).await[0].ways.is_told());
        let test = |w: Writer, pass: &_| alert::send_test(w, pass, LeadKind::Voicemail, false);
        assert_eq!(desk.company(&paris, test).await.unwrap(), 1);
        let letter = &letters(&world, MailKind::Alert, "ada@example.com").await[0];
        assert!(letter.subject.starts_with("Test: New voicemail"), "{}", letter.subject);
        assert!(letter.text.contains("This is a test"));
        send(&world).await;
        let told = browser.read(&service.taken()[0].body).unwrap();
        assert_eq!(told["title"], "Test: New voicemail");
        let last = account.activity().await.pop().unwrap();
        assert_eq!((last.verb.as_str(), last.subject_name.as_str()), ("alert.tested", "Paris"));
        assert_eq!(world.sql("SELECT test FROM lead_event"), [["1"]]);
    }
}

/// G-08. Seen to fail: with the mails left.
#[tokio::test]
async fn g08_what_is_old_is_forgotten_with_its_mails() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        desk.alert(None, by_email(Some(&paris))).await.unwrap();
        let forget = async || {
            let forget = |mut w: Writer| {
                store::lead_event::remove_old(&mut w)?;
                Ok::<_, Refused>(w.commit_unrecorded(Unrecorded::Attempt, ()))
            };
            world.app.store.write(Origin::internal(), forget).await.unwrap();
            let count = |table: &str| world.sql(&format!("SELECT id FROM {table}")).len();
            (count("lead_event"), count("mail WHERE kind = 'alert'"))
        };
        desk.raise(&paris, missed()).await;
        world.send_mails().await;
        assert_eq!(forget().await, (1, 1));
        world.advance(Span::days(101));
        assert_eq!(forget().await, (0, 0));
    }
}

/// G-08, X-31. Tests to who has signed in nowhere count as mails of whoever sends them. Seen to fail: without the count.
#[tokio::test]
async fn g08_x31_a_stranger_gets_few_tests() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        let stranger = Receiver::Address(EmailAddress::parse("stranger@example.com").unwrap());
        desk.alert_to(Some(stranger), by_email(Some(&paris))).await.unwrap();
        let test = async || {
            let test = |w: Writer, pass: &_| alert::send_test(w, pass, LeadKind::Missed, false);
            desk.company(&paris, test).await
        };
        for round in 0..MAILS_BY_PERSON.most {
            // The tests of an hour are counted, too.
            if round % ALERT_TEST.most == ALERT_TEST.most - 1 {
                world.advance(Span::hours(1));
            }
            test().await.unwrap();
        }
        world.advance(Span::hours(1));
        assert_refused!(test().await, Refused::TooMany { .. });
    }
}
