//! Tags: who makes them, who sees them, and what they are called.

use app::page::Window;
use app::tag::{self, MOST, Tag};
use app::{Conflict, Refused};
use domain::access::Refusal;
use domain::capability::Capability;
use domain::id::{CompanyId, TagId};
use domain::input::Problem;
use domain::tag::{Color, NewTag, TagChange, TagFilter, TypedTag};
use domain::user::UserType;
use testkit::at_once;

use crate::desk::{Desk, assert_refused, field};

/// A tag of the account, or of a company.
fn new(name: &str, company: Option<&CompanyId>) -> NewTag {
    let tag_level = if company.is_some() { "company" } else { "account" }.to_owned();
    let company_id = company.map(ToString::to_string).unwrap_or_default();
    TypedTag { name: name.to_owned(), color: Color::default(), tag_level, company_id }.parse().unwrap()
}

fn renamed(name: &str) -> TagChange {
    TagChange { name: Some(name.to_owned()), ..TagChange::default() }
}

impl Desk {
    async fn tag(&self, name: &str, company: Option<&CompanyId>) -> Result<Tag, Refused> {
        let new = new(name, company);
        self.enter_by_any(move |w, pass| tag::create(w, pass, &new)).await
    }

    async fn change_tag(&self, id: TagId, change: TagChange) -> Result<Tag, Refused> {
        self.enter_by_any(move |w, pass| tag::change(w, pass, id, &change)).await
    }

    async fn remove_tag(&self, id: TagId) -> Result<(), Refused> {
        self.enter_by_any(move |w, pass| tag::remove(w, pass, id)).await
    }

    async fn get_tag(&self, id: TagId) -> Result<Tag, Refused> {
        self.see_by_any(move |r, pass| tag::get(r, pass, id)).await
    }

    /// The names of a part of the tags, and how many there are.
    async fn tags(&self, filter: TagFilter, skip: i64, take: i64) -> Result<(Vec<String>, i64), Refused> {
        let list =
            move |r: &mut app::work::Reader, pass: &_| tag::list(r, pass, &filter, Window { skip, take });
        let part = self.see_by_any(list).await?;
        Ok((part.rows.into_iter().map(|tag| tag.details.name).collect(), part.total))
    }

    async fn all_tags(&self) -> Vec<String> {
        self.tags(TagFilter::default(), 0, 100).await.unwrap().0
    }
}

/// G-06. Seen to fail: without either of the two indexes, and with a name that is not folded.
#[tokio::test]
async fn g06_a_tag_has_its_name_alone_at_its_level() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (paris, rome) = (account.company("Paris").await, account.company("Rome").await);
        for company in [None, Some(&paris), Some(&rome)] {
            desk.tag("Hot lead", company).await.unwrap();
            assert_eq!(field(desk.tag("HOT  lead", company).await), ("name", Problem::NameTaken));
            let other = desk.tag("Cold", company).await.unwrap();
            let taken = desk.change_tag(other.id, renamed("hot lead")).await;
            assert_eq!(field(taken), ("name", Problem::NameTaken));
            let change = TagChange { disabled: Some(true), ..renamed("COLD") };
            let changed = desk.change_tag(other.id, change).await.unwrap();
            assert_eq!((changed.details.name.as_str(), changed.details.disabled), ("COLD", true));
            assert_eq!(field(desk.tag("Cold", company).await), ("name", Problem::NameTaken));
        }
        let globex = world.another_account("Globex", "zoe@example.com").await;
        Desk::of(&world, &globex).tag("Hot lead", None).await.unwrap();
    }
}

/// G-06. Seen to fail: without either of the two indexes.
#[tokio::test]
async fn g06_of_two_who_make_one_tag_at_once_one_does() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        for company in [None, Some(paris)] {
            let made = at_once(8, |_| {
                let (desk, company) = (desk.clone(), company.clone());
                async move { desk.tag("Hot lead", company.as_ref()).await }
            })
            .await;
            let (made, refused): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
            assert_eq!(made.len(), 1);
            refused.into_iter().for_each(|refused| assert_eq!(field(refused), ("name", Problem::NameTaken)));
        }
    }
}

/// G-06, P-09, P-05. The account's tags are its administrators', a company's are those of who works all its leads. Seen to
/// fail: with the mark of agents let go, and with the account's level asked for by `WorkLeads`.
#[tokio::test]
async fn g06_tags_are_made_by_who_works_all_the_leads_they_are_for() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (paris, rome) = (account.lead_center_company("Paris").await, account.company("Rome").await);
        let own = std::slice::from_ref(&paris);
        let of_account = desk.tag("Hot", None).await.unwrap().id;
        let of_paris = desk.tag("Warm", Some(&paris)).await.unwrap().id;
        desk.tag("Cool", Some(&rome)).await.unwrap();
        for (address, user_type) in
            [("mia@example.com", UserType::Manager), ("rob@example.com", UserType::Reporting)]
        {
            let (_, person) = account.join(address, user_type, own).await;
            let person = Desk::of_person(&world, &account, &person);
            assert_eq!(person.all_tags().await, ["Hot", "Warm"]);
            let tag = person.tag("Of mine", Some(&paris)).await.unwrap().id;
            person.change_tag(of_paris, renamed("Warm")).await.unwrap();
            person.remove_tag(tag).await.unwrap();
            let tries = [
                person.tag("Of all", None).await.map(drop),
                person.change_tag(of_account, renamed("Mine")).await.map(drop),
                person.remove_tag(of_account).await,
            ];
            for tried in tries {
                let refusal = Refusal::Lacks(Capability::ManageCompanies);
                assert!(matches!(tried, Err(Refused::Forbidden { refusal: why, .. }) if why == refusal));
            }
        }
        let (_, agent) = account.join("gus@example.com", UserType::Agent, own).await;
        let agent = Desk::of_person(&world, &account, &agent);
        assert_eq!(agent.all_tags().await, ["Hot", "Warm"]);
        let tries = [
            agent.tag("Mine", Some(&paris)).await.map(drop),
            agent.change_tag(of_paris, renamed("Mine")).await.map(drop),
            agent.remove_tag(of_paris).await,
        ];
        for tried in tries {
            assert_refused!(tried, Refused::Forbidden { refusal: Refusal::Lacks(Capability::WorkLeads), .. });
        }
    }
}

/// P-15. Tags of companies that one does not have, or that are in use no more, are not there, nor are those of another
/// account. Seen to fail: with all tags seen by everybody, and with disabled companies' seen by who is no administrator.
#[tokio::test]
async fn p15_tags_of_companies_that_one_does_not_have_are_not_there() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let (paris, rome) = (account.company("Paris").await, account.company("Rome").await);
        let (_, mia) = account.join("mia@example.com", UserType::Manager, std::slice::from_ref(&paris)).await;
        let mia = Desk::of_person(&world, &account, &mia);
        let globex = world.another_account("Globex", "zoe@example.com").await;
        let foreign = Desk::of(&world, &globex).tag("Theirs", None).await.unwrap().id;
        let of_rome = desk.tag("Cool", Some(&rome)).await.unwrap().id;
        let of_paris = desk.tag("Warm", Some(&paris)).await.unwrap().id;
        let unseen = async |mia: &Desk, id: TagId| {
            assert_refused!(mia.get_tag(id).await, Refused::NotFound);
            assert_refused!(mia.change_tag(id, renamed("Mine")).await, Refused::NotFound);
            assert_refused!(mia.remove_tag(id).await, Refused::NotFound);
        };
        for id in [of_rome, foreign, "4711".parse().unwrap()] {
            unseen(&mia, id).await;
        }
        unseen(&desk, foreign).await;
        assert_eq!(field(mia.tag("Mine", Some(&rome)).await), ("company_id", Problem::NotAChoice));
        let of = |company: &CompanyId| TagFilter { company: Some(company.clone()), ..TagFilter::default() };
        assert_refused!(mia.tags(of(&rome), 0, 10).await, Refused::NotFound);
        assert_eq!(mia.tags(of(&paris), 0, 10).await.unwrap(), (vec!["Warm".to_owned()], 1));
        desk.company(&paris, app::company::disable).await.unwrap();
        unseen(&mia, of_paris).await;
        assert!(mia.all_tags().await.is_empty());
        assert_eq!(desk.all_tags().await, ["Cool", "Warm"], "an administrator has disabled ones, too");
    }
}

/// I-01. Seen to fail: with each filter left out, and with the window's beginning left out.
#[tokio::test]
async fn i01_tags_are_listed_by_name_in_parts() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (desk, paris) = (Desk::of(&world, &account), account.company("Paris").await);
        for (name, company) in
            [("delta", None), ("Alpha", None), ("charlie", Some(&paris)), ("Bravo", Some(&paris))]
        {
            let id = desk.tag(name, company).await.unwrap().id;
            if name == "Alpha" || name == "charlie" {
                let change = TagChange { disabled: Some(true), ..TagChange::default() };
                desk.change_tag(id, change).await.unwrap();
            }
        }
        let names = async |company: Option<&CompanyId>, disabled, of_account| {
            let filter = TagFilter { company: company.cloned(), disabled, of_account };
            let (names, total) = desk.tags(filter, 0, 100).await.unwrap();
            assert_eq!(names.len() as i64, total);
            names
        };
        assert_eq!(names(None, None, None).await, ["Alpha", "Bravo", "charlie", "delta"]);
        assert_eq!(names(None, Some(false), None).await, ["Bravo", "delta"]);
        assert_eq!(names(None, Some(true), Some(false)).await, ["charlie"]);
        assert_eq!(names(None, None, Some(true)).await, ["Alpha", "delta"]);
        assert_eq!(names(Some(&paris), None, None).await, ["Bravo", "charlie"]);
        let part = desk.tags(TagFilter::default(), 1, 2).await.unwrap();
        assert_eq!(part, (vec!["Bravo".to_owned(), "charlie".to_owned()], 4));
        assert_eq!(desk.tags(TagFilter::default(), 9, 2).await.unwrap(), (Vec::new(), 4));
    }
}

/// G-06, A-05. Seen to fail: with the row left there, and with the colour left out of the entry.
#[tokio::test]
async fn g06_what_is_done_with_tags_is_recorded_and_a_removed_one_is_gone() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let made = desk.tag("Hot", None).await.unwrap();
        let change = TagChange { color: Some("red2".parse().unwrap()), ..TagChange::default() };
        let changed = desk.change_tag(made.id, change).await.unwrap();
        assert_eq!((made.details.color.word(), changed.details.color.word()), ("gray1", "red2"));
        assert_eq!(desk.get_tag(made.id).await.unwrap().details, changed.details);
        desk.remove_tag(made.id).await.unwrap();
        assert_refused!(desk.remove_tag(made.id).await, Refused::NotFound);
        assert!(world.sql("SELECT id FROM tag").is_empty());
        let told = account.activity().await;
        let told: Vec<_> =
            told.iter().rev().take(3).map(|entry| (&*entry.verb, &*entry.subject_name)).collect();
        assert_eq!(told, [("tag.removed", "Hot"), ("tag.changed", "Hot"), ("tag.created", "Hot")]);
        let entries = world.sql("SELECT changes FROM activity WHERE verb = 'tag.changed'");
        assert!(entries[0][0].contains("gray1") && entries[0][0].contains("red2"), "{entries:?}");
    }
}

/// G-06. Seen to fail: with one more in the statement, and without its bound.
#[tokio::test]
async fn g06_an_account_has_so_many_tags_and_no_more() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let fill = format!(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {MOST})
             INSERT INTO tag (account_id, id, name, sort_name, color, disabled, created_at)
             SELECT '{}', i, 'tag', 'tag ' || i, 'gray1', 0, 1 FROM n",
            account.id
        );
        world.sql(&fill);
        let last = desk.tag("The last one", None).await.unwrap().id;
        assert_refused!(desk.tag("One more", None).await, Refused::Conflict(Conflict::Full));
        desk.remove_tag(last).await.unwrap();
        desk.tag("One more", None).await.unwrap();
    }
}
