//! API keys, made at the command line.

use app::pass::{Reason, SystemPass};
use app::work::{Origin, Writer};
use app::{Refused, api_key};
use domain::email::EmailAddress;
use testkit::World;

use crate::desk::assert_refused;

async fn create(world: &World, address: &str) -> Result<String, Refused> {
    let email = EmailAddress::parse(address).unwrap();
    let make =
        move |w: Writer| api_key::create(w, &SystemPass::new(Reason::CommandLine), &email, "nightly export");
    world.app.store.write(Origin::internal(), make).await
}

///
#[tokio::test]
async fn a07_a_key_is_shown_once_and_only_its_hash_is_kept() {
    for world in testkit::worlds().await {
        let account = world.set_up().await;
        let key = create(&world, "Ada@example.com").await.unwrap();
        assert_eq!(key.len(), 43);
        let rows = world.sql("SELECT login_id, name, token_hash FROM api_key");
        let hash = store::secret::hash(&key);
        assert_eq!(rows, [[account.admin.login.to_string(), "nightly export".to_owned(), hash]]);
        let entries = world
            .sql("SELECT actor_kind, subject_name, changes FROM activity WHERE verb = 'api_key.created'");
        assert_eq!(entries, [["operator", "nightly export", "[]"]]);
    }
}

///
#[tokio::test]
async fn a07_a_key_belongs_to_somebody() {
    for world in testkit::worlds().await {
        world.set_up().await;
        assert_refused!(create(&world, "nobody@example.com").await, Refused::NotFound);
    }
}
