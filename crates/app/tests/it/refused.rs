//! What a refusing database means for a person.

use app::Refused;
use store::db::DbError;
use testkit::{Engine, World};

/// Unique indexes that no input can run into, and why. All others are told to a person in `app::refused`.
const NO_INPUT: [(&str, &str); 17] = [
    ("access_ask_named", "asking again changes the row that is there"),
    ("access_request_open", "asked twice, it is one request"),
    ("account_request", "tokens are derived, each from its account"),
    ("activity_seq", "sealing counts, one sealer at a time"),
    ("api_key_token", "tokens are random"),
    ("brand_host_owner", "the account's host of before goes first"),
    ("center_person_email", "counting changes the row that is there"),
    ("email_change_token", "tokens are random"),
    ("invitation_token", "tokens are random"),
    ("invitation_user", "sending again changes the row that is there"),
    ("login_merge_token", "tokens are random"),
    ("push_device_endpoint", "whoever has it goes first"),
    ("push_device_session", "the one of before goes first"),
    ("reset_token", "tokens are random"),
    ("session_token", "tokens are random"),
    ("single_sign_on_identity_login", "who is linked already is not linked anew"),
    ("summary_issue_period", "what was sent is sent no more"),
];

/// The names of all unique indexes, as the database has them. Primary keys hold ids that are random, or rows that are
/// written with `ON CONFLICT`.
fn unique_indexes(world: &World) -> Vec<String> {
    let sql = match world.engine() {
        Engine::Sqlite => {
            "SELECT l.name FROM sqlite_schema t, pragma_index_list(t.name) l \
             WHERE t.type = 'table' AND l.\"unique\" AND l.origin <> 'pk' ORDER BY l.name"
        }
        Engine::Postgres => {
            "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
             JOIN pg_namespace n ON n.oid = i.relnamespace AND n.nspname = 'public' \
             WHERE x.indisunique AND NOT x.indisprimary ORDER BY i.relname"
        }
    };
    world.sql(sql).into_iter().flatten().collect()
}

/// A new unique index fails here until somebody has decided what it says.
#[tokio::test]
async fn every_unique_index_is_told_to_a_person_or_beyond_input() {
    for world in testkit::worlds().await {
        let indexes = unique_indexes(&world);
        for (listed, _) in NO_INPUT {
            assert!(
                indexes.iter().any(|index| index == listed),
                "there is no unique index {listed} any more"
            );
        }
        for name in indexes {
            let refused = Refused::from(DbError::Unique { name: name.clone() });
            let is_told = !matches!(refused, Refused::Failed(_));
            let beyond_input = NO_INPUT.iter().any(|(listed, _)| *listed == name);
            assert_ne!(
                is_told, beyond_input,
                "{name}: map it in app::refused, or list it here with its reason"
            );
        }
    }
}

#[test]
fn a_row_that_is_gone_is_not_found() {
    assert!(matches!(Refused::from(DbError::NotFound), Refused::NotFound));
}
