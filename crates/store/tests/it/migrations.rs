//! The program holds the migrations that are in the folder.

use store::db::{Engine, MIGRATIONS};

use crate::support::{Postgres, Sqlite};

#[test]
fn the_list_is_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = files.filter(|name| name.ends_with(".sql")).collect();
    files.sort();
    let listed: Vec<String> = MIGRATIONS.iter().map(|migration| format!("{}.sql", migration.name)).collect();
    assert_eq!(listed, files, "crates/store/src/db/migrations.rs against migrations/");
}

#[test]
fn the_numbers_are_the_versions() {
    for (version, migration) in (1..).zip(MIGRATIONS) {
        assert_eq!(migration.name.get(..5), Some(format!("{version:04}_").as_str()), "{}", migration.name);
    }
}

/// Users as the first versions kept them: with single words, and with none when they are deleted.
const USERS_BEFORE: &str = r#"
    INSERT INTO account (id, name, time_zone, invitation_days, created_at) VALUES ('ACC1', 'A', 'UTC', 7, 1);
    INSERT INTO company (account_id, id, name, sort_name, time_zone, lead_center, disabled, created_at)
        VALUES ('ACC1', 'COM1', 'C', 'c', 'UTC', 0, 0, 1);
    INSERT INTO "user" (account_id, id, email, email_canonical, first_name, last_name, display_name, sort_name, user_type,
                        agent, status, invoice_emails, created_at, last_active_at)
        VALUES ('ACC1', 'USR1', 'Dana@a.example', 'dana@a.example', 'Dana', 'Rey\', '', 'dana rey\', 'manager', 0, 'active', 0, 1, 1),
               ('ACC1', 'USR2', 's@a.example', 's@a.example', 'Sales', '', '', 'sales', 'notification', 0, 'active', 0, 1, 0),
               ('ACC1', 'USR3', 'old@b.example', 'old@b.example', 'Old', 'One', '', 'old one', 'manager', 0, 'deleted', 0, 1, 0);
    INSERT INTO user_word (account_id, user_id, word)
        VALUES ('ACC1', 'USR1', 'dana'), ('ACC1', 'USR1', 'rey\'), ('ACC1', 'USR1', 'dana@a.example'), ('ACC1', 'USR1', 'a.example'),
               ('ACC1', 'USR2', 'sales'), ('ACC1', 'USR2', 's@a.example'), ('ACC1', 'USR2', 'a.example');
    INSERT INTO user_company (account_id, user_id, company_id) VALUES ('ACC1', 'USR1', 'COM1');
"#;

const TERMS: &str = "SELECT user_id || ' ' || listed || ' ' || user_type || ': ' || term FROM user_term ORDER BY user_id, term";
const LISTED: &str = r#"SELECT id || ' ' || listed FROM "user"
    UNION ALL SELECT user_id || ' ' || listed || ' ' || user_type || ': ' || sort_name FROM user_company ORDER BY 1"#;

fn before_lists(engine: Engine) -> String {
    let until = MIGRATIONS.iter().position(|migration| migration.name == "0009_user_list").unwrap();
    MIGRATIONS[..until].iter().map(|migration| migration.translated(engine)).collect()
}

/// U-05. Seen to fail: without the rows for deleted users, and with pairs of addresses.
#[test]
fn u05_users_of_earlier_versions_are_listed_and_found() {
    let after = MIGRATIONS.iter().find(|migration| migration.name == "0009_user_list").unwrap();
    let sqlite = Sqlite::empty();
    let all = |engine| [before_lists(engine), USERS_BEFORE.to_owned(), after.translated(engine)].concat();
    sqlite.connection.execute_batch(&all(Engine::Sqlite)).unwrap();
    let found = [TERMS, LISTED].map(|sql| sqlite.texts(sql, &[]).concat());
    assert_eq!(
        found[0],
        [
            "USR1 active manager: a.example",
            "USR1 active manager: dana rey\\ ",
            "USR1 active manager: dana@a.example",
            "USR1 active manager: rey\\ dana ",
            "USR2 active notification: a.example",
            "USR2 active notification: s@a.example",
            "USR2 active notification: sales ",
            "USR3 deleted manager: old one ",
            "USR3 deleted manager: old@b.example",
        ]
    );
    assert_eq!(found[1], ["USR1 active", "USR1 active manager: dana rey\\", "USR2 active", "USR3 deleted"]);
    let Some(mut postgres) = Postgres::empty() else { return };
    postgres.client.batch_execute(&all(Engine::Postgres)).unwrap();
    assert_eq!([TERMS, LISTED].map(|sql| postgres.texts(sql).concat()), found);
}
