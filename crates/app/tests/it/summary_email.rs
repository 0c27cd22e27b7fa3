//! Summary emails: whose they are, what they may say, and when none comes.

use app::page::Window;
use app::summary_email::{self, MOST, MOST_EACH, SummaryEmail};
use app::work::Reader;
use app::{Conflict, Refused};
use domain::access::Refusal;
use domain::access_change::Change;
use domain::capability::Capability;
use domain::id::{CompanyId, SummaryEmailId, UserId};
use domain::input::Problem;
use domain::receiver::Receiver;
use domain::summary_email::{Frequency, LeadStatus, SummaryChange};
use domain::time::Span;
use domain::user::UserType;

use crate::desk::{Desk, assert_refused, field};
use crate::notification::{address, user_of};

/// Each day, of a company or of all.
pub(crate) fn daily(company: Option<&CompanyId>) -> SummaryChange {
    SummaryChange {
        company_id: company.map(ToString::to_string),
        frequency: Some(vec![Frequency::Daily]),
        ..SummaryChange::default()
    }
}

impl Desk {
    pub(crate) async fn summary(
        &self,
        user: Option<&UserId>,
        change: SummaryChange,
    ) -> Result<SummaryEmail, Refused> {
        self.summary_to(user.cloned().map(Receiver::User), change).await
    }

    pub(crate) async fn summary_to(
        &self,
        receiver: Option<Receiver>,
        change: SummaryChange,
    ) -> Result<SummaryEmail, Refused> {
        self.enter(move |w, pass| summary_email::create(w, pass, receiver.as_ref(), &change)).await
    }

    async fn change_summary(
        &self,
        id: SummaryEmailId,
        change: SummaryChange,
    ) -> Result<SummaryEmail, Refused> {
        self.enter(move |w, pass| summary_email::change(w, pass, id, &change)).await
    }

    pub(crate) async fn remove_summary(&self, id: SummaryEmailId) -> Result<(), Refused> {
        self.enter(move |w, pass| summary_email::remove(w, pass, id)).await
    }

    async fn get_summary(&self, id: SummaryEmailId) -> Result<SummaryEmail, Refused> {
        self.see(move |r, pass| summary_email::get(r, pass, id)).await
    }

    /// A part of them, and how many there are.
    async fn part_of_summaries(&self, skip: i64, take: i64) -> Result<(Vec<SummaryEmailId>, i64), Refused> {
        let list = move |r: &mut Reader, pass: &_| summary_email::list(r, pass, Window { skip, take });
        let part = self.see(list).await?;
        Ok((part.rows.into_iter().map(|row| row.id).collect(), part.total))
    }

    async fn summaries(&self) -> Vec<SummaryEmailId> {
        self.part_of_summaries(0, 100).await.unwrap().0
    }
}

/// I-01, U-13, P-15. Seen to fail: with everybody's shown to everybody, with those of others set by who manages no users, and
/// with any company taken.
#[tokio::test]
async fn i01_one_sets_ones_own_summaries_and_an_administrator_everybodys() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (paris, rome) = (account.company("Paris").await, account.company("Rome").await);
        let own = std::slice::from_ref(&paris);
        let (mia_id, mia) = account.join("mia@example.com", UserType::Manager, own).await;
        let (rob_id, _) = account.join("rob@example.com", UserType::Reporting, own).await;
        let mia = Desk::of_person(&world, &account, &mia);
        let of_mia = mia.summary(None, daily(Some(&paris))).await.unwrap();
        assert_eq!((of_mia.user, of_mia.company_name.as_deref()), (Some(mia_id.clone()), Some("Paris")));
        world.advance(Span::seconds(1));
        let of_rob = desk.summary(Some(&rob_id), daily(None)).await.unwrap().id;
        assert_eq!(mia.part_of_summaries(0, 10).await.unwrap(), (vec![of_mia.id], 1));
        assert_eq!(desk.part_of_summaries(0, 10).await.unwrap(), (vec![of_mia.id, of_rob], 2));
        assert_eq!(desk.part_of_summaries(1, 10).await.unwrap(), (vec![of_rob], 2));
        let reader = Some(Receiver::Address(address("new@example.com")));
        for tried in [
            mia.summary(Some(&rob_id), daily(None)).await.map(drop),
            mia.summary_to(reader, daily(Some(&paris))).await.map(drop),
        ] {
            assert_refused!(
                tried,
                Refused::Forbidden { refusal: Refusal::Lacks(Capability::ManageUsers), .. }
            );
        }
        assert_refused!(mia.get_summary(of_rob).await, Refused::NotFound);
        assert_refused!(mia.change_summary(of_rob, daily(None)).await, Refused::NotFound);
        assert_refused!(mia.remove_summary(of_rob).await, Refused::NotFound);
        for (by, user) in [(&mia, None), (&desk, Some(&mia_id))] {
            assert_eq!(
                field(by.summary(user, daily(Some(&rome))).await),
                ("company_id", Problem::NotAChoice)
            );
        }
        let globex = world.another_account("Globex", "zoe@example.com").await;
        let foreign = Desk::of(&world, &globex);
        assert_refused!(foreign.get_summary(of_rob).await, Refused::NotFound);
        assert_refused!(foreign.remove_summary(of_rob).await, Refused::NotFound);
        assert!(foreign.summaries().await.is_empty());
    }
}

/// L-05. Seen to fail: without the capability asked for, with agents let go, and with the type left out where they are read.
#[tokio::test]
async fn l05_agents_get_no_summaries() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.lead_center_company("Paris").await);
        let own = std::slice::from_ref(&paris);
        let (gus_id, gus) = account.join("gus@example.com", UserType::Agent, own).await;
        let gus = Desk::of_person(&world, &account, &gus);
        for tried in
            [gus.summary(None, daily(None)).await.map(drop), gus.part_of_summaries(0, 1).await.map(drop)]
        {
            let wanted = Refusal::Lacks(Capability::ReceiveNotifications);
            assert!(matches!(tried, Err(Refused::Forbidden { refusal, .. }) if refusal == wanted));
        }
        assert_eq!(field(desk.summary(Some(&gus_id), daily(None)).await), ("user_id", Problem::NoEmails));
        let (mia, _) = account.join("mia@example.com", UserType::Manager, own).await;
        let of_mia = desk.summary(Some(&mia), daily(None)).await.unwrap().id;
        let agent = Change::Replace { to: UserType::Agent, companies: own.iter().cloned().collect() };
        desk.make(&mia, agent).await.unwrap();
        assert!(desk.summaries().await.is_empty());
        assert_refused!(desk.get_summary(of_mia).await, Refused::NotFound);
    }
}

/// U-17. Seen to fail: with each of the three conditions left out of the statement.
#[tokio::test]
async fn u17_who_may_not_get_a_summary_any_more_has_none() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let both = [account.company("Paris").await, account.company("Rome").await];
        let (mia, _) = account.join("mia@example.com", UserType::Manager, &both).await;
        let of_paris = desk.summary(Some(&mia), daily(Some(&both[0]))).await.unwrap().id;
        for change in [Change::Suspend, Change::Take(both[0].clone()), Change::Delete] {
            desk.make(&mia, change).await.unwrap();
            assert!(desk.summaries().await.is_empty());
            desk.undo(&mia).await.unwrap();
            assert_eq!(desk.summaries().await, [of_paris]);
        }
        desk.company(&both[0], app::company::disable).await.unwrap();
        assert!(desk.summaries().await.is_empty());
        desk.company(&both[0], app::company::enable).await.unwrap();
        let reader = Receiver::Address(address("desk@example.com"));
        world.advance(Span::seconds(1));
        let outside = desk.summary_to(Some(reader), daily(Some(&both[1]))).await.unwrap();
        assert_eq!((outside.user, outside.email.as_str()), (None, "desk@example.com"));
        assert_eq!(desk.summaries().await, [of_paris, outside.id]);
        account.invite("desk@example.com", UserType::Notification, &both).await;
        assert_eq!(desk.summaries().await, [of_paris]);
    }
}

/// I-01, A-05. Seen to fail: with a column left out of the update, and with a field left out of the entry.
#[tokio::test]
async fn i01_a_summary_is_changed_recorded_and_removed() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        let missing = desk.summary(None, SummaryChange::default()).await;
        assert_eq!(field(missing), ("frequency", Problem::Missing));
        let id = desk.summary(None, daily(None)).await.unwrap().id;
        let change = SummaryChange {
            company_id: Some(paris.to_string()),
            frequency: Some(vec![Frequency::Monthly, Frequency::Weekly]),
            summary_statistics: Some(false),
            top_sources: Some(false),
            top_keywords: Some(false),
            call_log: Some(false),
            lead_status: Some(LeadStatus::Lead),
        };
        desk.change_summary(id, change).await.unwrap();
        let now = desk.get_summary(id).await.unwrap().summary;
        assert_eq!(now.frequency, [Frequency::Weekly, Frequency::Monthly]);
        assert_eq!((now.company, now.lead_status), (Some(paris), LeadStatus::Lead));
        let parts = now.parts;
        assert!(!(parts.summary_statistics || parts.top_sources || parts.top_keywords || parts.call_log));
        let entries = world.sql("SELECT changes FROM activity WHERE verb = 'summary_email.changed'");
        let changes: Vec<(String, Option<String>, Option<String>)> =
            serde_json::from_str(&entries[0][0]).unwrap();
        let fields: Vec<&str> = changes.iter().map(|(field, ..)| field.as_str()).collect();
        let wanted = [
            "companies",
            "frequency",
            "summary_statistics",
            "top_sources",
            "top_keywords",
            "call_log",
            "lead_status",
        ];
        assert_eq!(fields, wanted);
        desk.remove_summary(id).await.unwrap();
        assert_refused!(desk.remove_summary(id).await, Refused::NotFound);
        assert!(world.sql("SELECT id FROM summary_email").is_empty());
        let mut verbs = world.sql("SELECT verb FROM activity WHERE verb LIKE 'summary_email.%' ORDER BY id");
        verbs.dedup();
        let wanted = ["summary_email.created", "summary_email.changed", "summary_email.removed"];
        assert_eq!(verbs.concat(), wanted, "A-05");
    }
}

/// I-01. Seen to fail: without each of the bounds in the statement.
#[tokio::test]
async fn i01_an_account_has_so_many_summaries_and_no_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let fill = format!(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {MOST})
             INSERT INTO summary_email (account_id, id, user_id, daily, weekly, monthly, summary_statistics, top_sources,
                                        top_keywords, call_log, lead_status, created_at)
             SELECT '{}', i, '{}', 1, 0, 0, 1, 1, 1, 1, 'All', 1 FROM n",
            account.id,
            user_of(&world, "ada@example.com")
        );
        world.sql(&fill);
        let (mia, _) = account.join("mia@example.com", UserType::Administrator, &[]).await;
        desk.summary(Some(&mia), daily(None)).await.unwrap();
        assert_refused!(desk.summary(Some(&mia), daily(None)).await, Refused::Conflict(Conflict::Full));
        world.sql(&format!("DELETE FROM summary_email WHERE id > {MOST_EACH}"));
        desk.summary(None, daily(None)).await.unwrap();
        assert_refused!(desk.summary(None, daily(None)).await, Refused::Conflict(Conflict::FullForOne));
        desk.summary(Some(&mia), daily(None)).await.unwrap();
    }
}

/// U-21. An address that is nobody's ends with nobody. Seen to fail: without the look at `ends_at`.
#[tokio::test]
async fn u21_whose_access_ends_has_nothing_sent_outside() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (id, lee) = account.join("lee@example.com", UserType::Administrator, &[]).await;
        let reader = || Some(Receiver::Address(address("home@example.com")));
        let paris = account.company("Paris").await;
        desk.make(&id, Change::EndAt(Some(world.app.store.now() + Span::days(1)))).await.unwrap();
        let lee = Desk::of_person(&world, &account, &lee);
        assert_refused!(
            lee.summary_to(reader(), daily(Some(&paris))).await,
            Refused::Forbidden { refusal: Refusal::OutlastsOwn, .. }
        );
        lee.summary(None, daily(Some(&paris))).await.unwrap();
        desk.summary_to(reader(), daily(Some(&paris))).await.unwrap();
    }
}
