//! The language that people are written to in (I-08).

use app::me;
use app::pass::SelfPass;
use app::work::{Origin, Writer};
use app::{Ask, Spoken};
use domain::email::EmailAddress;
use domain::time::Span;
use domain::user::UserType;
use testkit::{PASSWORD, Person, World};
use text::Language;

use crate::job::work;

/// The same asking by a browser that reads this language.
fn reading(ask: &Ask, language: Language) -> Ask {
    let origin = Origin { language: language.code().to_owned(), ..ask.origin.clone() };
    Ask { origin, spoken: Spoken::by_browser(language), ..ask.clone() }
}

async fn choose(world: &World, person: &Person, language: Option<Language>) {
    let change = move |w: Writer, pass: &SelfPass| me::change(w, pass, ("Ada", "Reyes"), language);
    world.app.write(&person.ask, (), change).await.unwrap();
}

async fn sign_in(world: &World, email: &str, language: Language) {
    world.app.sign_in(&reading(&world.visitor(), language), email, PASSWORD).await.unwrap();
}

/// The subject of the mail that a reset sends now, asked for by a browser of that language.
async fn reset(world: &World, email: &str, browser: Language) -> String {
    // Each has mails enough until the next day.
    world.advance(Span::days(2));
    let ask = reading(&world.visitor(), browser);
    world.app.request_reset(&ask, EmailAddress::parse(email).unwrap()).await.unwrap();
    world.letter_to(email).await.subject
}

const ENGLISH: &str = "Reset your password";
const SPANISH: &str = "Restablezca su contraseña";

/// A mail is in the language that its reader has chosen; else in the one that their browser read when they last signed in;
/// else in that of whoever asked for it. Seen to fail: with nothing of the reader looked at, with what was seen not noted, and
/// with the language of whoever asked not kept for the worker.
#[tokio::test]
async fn i08_a_mail_is_in_the_language_of_its_reader() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let (_, kim) =
            account.join("kim@example.com", UserType::Reporting, &[account.company("Paris").await]).await;
        // Nothing is known of Kim, who has joined with a browser that said nothing.
        assert_eq!(reset(&world, "kim@example.com", Language::English).await, ENGLISH);
        assert_eq!(reset(&world, "kim@example.com", Language::Spanish).await, SPANISH);
        sign_in(&world, "kim@example.com", Language::Spanish).await;
        assert_eq!(reset(&world, "kim@example.com", Language::English).await, SPANISH);
        let kim = Person { ..world.sign_in(&kim.email).await };
        choose(&world, &kim, Some(Language::English)).await;
        sign_in(&world, "kim@example.com", Language::Spanish).await;
        assert_eq!(reset(&world, "kim@example.com", Language::Spanish).await, ENGLISH);
        let kim = Person { ..world.sign_in(&kim.email).await };
        choose(&world, &kim, None).await;
        assert_eq!(reset(&world, "kim@example.com", Language::English).await, SPANISH);
    }
}

/// Who has no sign-in yet is invited in the language of whoever invites: what they have chosen, else what their browser
/// reads. Seen to fail: with the choice of whoever acts not looked at.
#[tokio::test]
async fn i08_an_invitation_is_in_the_language_of_the_inviter() {
    for world in testkit::worlds().await {
        let mut account = world.set_up().await;
        let invited = async |account: &testkit::Account, email: &str| {
            account.invite(email, UserType::Administrator, &[]).await;
            world.letter_to(email).await
        };
        assert_eq!(invited(&account, "a@example.com").await.subject, "Ada Reyes invited you to Acme");
        account.admin.ask = reading(&account.admin.ask, Language::Spanish);
        let letter = invited(&account, "b@example.com").await;
        assert_eq!(letter.subject, "Ada Reyes le invita a Acme");
        // The day, too, and what they will be.
        assert!(letter.text.contains(" de 20") && letter.text.contains("Administrador"), "{}", letter.text);
        choose(&world, &account.admin, Some(Language::English)).await;
        assert_eq!(invited(&account, "c@example.com").await.subject, "Ada Reyes invited you to Acme");
    }
}

/// What the worker does for somebody is in the language they had begun it in. Seen to fail: with the job's language not
/// stored.
#[tokio::test]
async fn i08_a_list_is_invited_in_the_language_of_who_began_it() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        choose(&world, &account.admin, Some(Language::Spanish)).await;
        account.start_job("lee@example.com,Lee,Stead,administrator").await;
        work(&world).await;
        let letter = world.letter_to("lee@example.com").await;
        assert!(letter.subject.ends_with("le invita a Acme"), "{}", letter.subject);
    }
}

/// A choice is recorded, and what is none of the languages is never stored. Seen to fail: without the change in the entry.
#[tokio::test]
async fn i08_a_choice_is_recorded() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        choose(&world, &account.admin, Some(Language::Spanish)).await;
        let stored = world.sql("SELECT language FROM login");
        assert_eq!(stored, [["es"]]);
        let entries = world.sql("SELECT changes FROM activity WHERE verb = 'login.changed'");
        assert!(entries.concat().concat().contains("\"language\""), "{entries:?}");
    }
}
