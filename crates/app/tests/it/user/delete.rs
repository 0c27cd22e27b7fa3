//! Deleting, and what stays.

use app::{Conflict, Refused};
use domain::access_change::Already;
use domain::mail::MailState;
use domain::user::{UserStatus, UserType};
use testkit::PASSWORD;

use crate::desk::{Desk, assert_refused};

/// U-11
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
        assert_refused!(desk.delete(&id).await, Refused::Conflict(Conflict::Already(Already::Deleted)));
        assert_eq!(desk.names(UserStatus::Active).await, ["Ada"]);
        let entries = account.activity().await;
        let deletion =
            entries.iter().find(|entry| entry.subject_id == invited.as_str() && entry.verb == "user.deleted");
        assert_eq!(deletion.unwrap().actor_name, "Natalie Reyes");

        let back = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        assert_ne!(back, id, "a new user with nothing of the old one");
    }
}

/// U-11
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

/// U-12
#[tokio::test]
async fn u12_the_last_active_administrator_stays() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let desk = Desk::of(&world, &account);
        let ada = desk.list(UserStatus::Active).await.unwrap().users.rows[0].user.id.clone();
        let pending = account.invite("natalie@example.com", UserType::Administrator, &[]).await;
        assert_refused!(desk.delete(&ada).await, Refused::Conflict(Conflict::LastAdministrator));
        world.accept(world.letter_to("natalie@example.com").await.link(), PASSWORD).await;
        desk.delete(&ada).await.unwrap();
        assert_refused!(desk.delete(&pending).await, Refused::NotFound);
    }
}
