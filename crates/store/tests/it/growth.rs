//! What lists of users cost does not depend on how many users there are (U-05): counted, not timed. SQLite tells the
//! steps of its machine, PostgreSQL the rows that each part of a plan has read.
//!
//! `ROLLCALL_PLAN_ROWS=1000000` looks at a million users: run it by `cargo test -p rollcall-store --test it growth`, because
//! making them takes longer than one test may.

use store::db::{Engine, Stmt, Value};

use crate::support::{Postgres, Sqlite, statements};

/// Large enough that PostgreSQL plans as it does for a million.
const LARGE: u64 = 30_000;
/// The most rows that any part of a plan may read: a tab is counted to one more than a thousand.
const ROWS: f64 = 1_001.0;
/// The most steps of SQLite's machine: the costliest list took 3,489 among 30,000 users.
const STEPS: i32 = 4_000;

/// The most steps of a search within a company of 750 users.
const IN_COMPANY: i32 = 60_000;

fn large() -> u64 {
    std::env::var("ROLLCALL_PLAN_ROWS").ok().map_or(LARGE, |rows| rows.parse().unwrap())
}

/// Fills an account, `ACC1`, with `users` users, and two hundred others with five each. Every two hundredth user is
/// an administrator, each 20th suspended; there are 80 first names and 84 last names, and 40 companies; of the others each has 40 too.
fn filled(users: u64) -> String {
    let numbers = format!(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {users} + 1000)"
    );
    let account = format!("CASE WHEN i < {users} THEN 'ACC1' ELSE 'ACC' || (1000 + i % 200) END");
    let user_type = "CASE WHEN i % 200 = 0 THEN 'administrator' WHEN i % 10 < 3 THEN 'manager' \
        WHEN i % 10 = 3 THEN 'agent' WHEN i % 10 = 4 THEN 'notification' ELSE 'reporting' END";
    let status = "CASE WHEN i % 20 = 7 THEN 'suspended' ELSE 'active' END";
    let (first, last) = ("'first' || (100 + i % 80)", "'last' || (100 + (i / 80) % 84)");
    let term = |term: &str| {
        format!(
            "{numbers} INSERT INTO user_term (account_id, user_id, term, listed, user_type) \
             SELECT {account}, 'USR' || (10000000 + i), {term}, {status}, {user_type} FROM n;"
        )
    };
    [
        "INSERT INTO account (id, name, time_zone, invitation_days, created_at, number) VALUES ('ACC1', 'A', 'UTC', 7, 1, 1);".to_owned(),
        format!("{numbers} INSERT INTO account (id, name, time_zone, invitation_days, created_at, number) \
             SELECT 'ACC' || (1000 + i), 'A', 'UTC', 7, 1, 1000 + i FROM n WHERE i < 200;"),
        format!("{numbers} INSERT INTO company (account_id, id, name, sort_name, time_zone, lead_center, disabled, created_at) \
             SELECT CASE WHEN i < 40 THEN 'ACC1' ELSE 'ACC' || (1000 + i % 200) END, 'COM' || (1000 + i), \
             'C' || i, 'c' || i, 'UTC', 0, 0, 1 FROM n WHERE i < 8000;"),
        format!("{numbers} INSERT INTO \"user\" (account_id, id, email, email_canonical, first_name, last_name, display_name, \
             sort_name, user_type, agent, status, invoice_emails, created_at, last_active_at, listed) \
             SELECT {account}, 'USR' || (10000000 + i), i || '@a.example', i || '@a.example', {first}, {last}, '', \
             {first} || ' ' || {last}, {user_type}, 0, {status}, 0, 1, (i % 99991) * 17 % 100003, {status} FROM n;"),
        format!(
            "{numbers} INSERT INTO invitation (account_id, id, user_id, token_hash, generation, created_at) \
             SELECT {account}, 'INV' || (10000000 + i), 'USR' || (10000000 + i), 'H' || i, 0, 1 FROM n WHERE i % 2 = 1;"
        ),
        term(&format!("{first} || ' ' || {last} || ' '")),
        term(&format!("{last} || ' ' || {first} || ' '")),
        term("i || '@a.example'"),
        term("'a.example'"),
        format!("{numbers} INSERT INTO user_company (account_id, user_id, company_id, listed, user_type, sort_name) \
             SELECT 'ACC1', 'USR' || (10000000 + i), 'COM' || (1000 + i % 40), {status}, {user_type}, {first} || ' ' || {last} \
             FROM n WHERE i < {users} AND i % 200 <> 0;"),
    ]
    .concat()
}

/// A statement with the values a page asks it with.
struct Asked {
    what: &'static str,
    stmt: &'static Stmt,
    values: Vec<Value>,
}

/// The one statement of the list's file that holds all these parts, and none that it is to be `without`.
fn statement(parts: &[&str]) -> &'static Stmt {
    let of_lists =
        |stmt: &&Stmt| ["user/list.rs", "user/pieces.rs"].iter().any(|file| stmt.file.ends_with(file));
    let in_list = statements().into_iter().filter(of_lists);
    let fits = |stmt: &&Stmt| {
        parts.iter().all(|part| match part.strip_prefix("without ") {
            Some(part) => !stmt.sql.contains(part),
            None => stmt.sql.contains(part),
        })
    };
    let found: Vec<_> = in_list.filter(fits).collect();
    assert_eq!(found.len(), 1, "{parts:?}: {found:?}");
    found[0]
}

const TYPES: [&str; 5] = ["administrator", "manager", "reporting", "agent", "notification"];
const LAST: &str = "\u{10ffff}";

/// The list of the account with these further values; `only` one type or all.
fn page(what: &'static str, parts: &[&str], start: [Value; 2], only: Option<&str>, more: &[&str]) -> Asked {
    let [place, id] = start;
    let mut values: Vec<Value> = vec!["ACC1".into(), "active".into(), place, id];
    values
        .extend(TYPES.map(|word| Value::from(if only.is_none_or(|only| only == word) { word } else { "" })));
    values.extend(more.iter().map(|text| Value::from(*text)));
    Asked { what, stmt: statement(parts), values }
}

/// Every list there is: its first page, one from the middle, backwards, of one type, and what stands beside it.
fn asked(engine: Engine) -> Vec<Asked> {
    // All users are walked on SQLite, and merged on PostgreSQL.
    let all = if engine == Engine::Sqlite { "IN ($5" } else { "u.user_type = $9" };
    let text = |place: &str, id: &str| [Value::from(place), Value::from(id)];
    let (up, down) = (["u.sort_name AS place", "ASC", all], ["u.sort_name AS place", "DESC", all]);
    let (newest, oldest) =
        (["u.last_active_at AS place", "DESC", all], ["u.last_active_at AS place", "ASC", all]);
    let start = if engine == Engine::Sqlite {
        ["UNION ALL SELECT uc", "UNION ALL SELECT w"]
    } else {
        ["FROM (SELECT uc", "FROM (SELECT w"]
    };
    let (company, company_down) =
        ([start[0], "ASC", "without user_term"], [start[0], "DESC", "without user_term"]);
    let (term, term_down) =
        ([start[1], "ASC", "without user_company"], [start[1], "DESC", "without user_company"]);
    let find = |word: &'static str, until: &'static str| [word, until, "", "", ""];
    let middle = || text("first140 last140", "USR10000000");
    vec![
        page("by name", &up, text("", ""), None, &[]),
        page("by name, from the middle", &up, middle(), None, &[]),
        page("by name, Z first", &down, text(LAST, LAST), None, &[]),
        page("administrators", &up, text("", ""), Some("administrator"), &[]),
        page("agents from the middle, backwards", &down, middle(), Some("agent"), &[]),
        page("newest first", &newest, [i64::MAX.into(), LAST.into()], None, &[]),
        page("oldest first, managers", &oldest, [(-1).into(), "".into()], Some("manager"), &[]),
        page("of a company", &company, text("", ""), None, &["COM1007"]),
        page("of a company, backwards", &company_down, middle(), None, &["COM1007"]),
        page("of a company, one type", &company, middle(), Some("reporting"), &["COM1007"]),
        page("found by a first name", &term, text("first1", ""), None, &find("first1", "first1\u{10ffff}")),
        page(
            "found, from the middle",
            &term,
            text("first140 last140 ", "USR10000000"),
            None,
            &find("first1", "first1\u{10ffff}"),
        ),
        page("found, backwards", &term_down, text("last190", ""), None, &find("last1", "last1\u{10ffff}")),
        page(
            "found by two names",
            &term,
            text("first140 last12", ""),
            None,
            &find("first140 last12", "first140 last12\u{10ffff}"),
        ),
        page("found by an address", &term, text("77@", ""), None, &find("77@", "77@\u{10ffff}")),
        page(
            "found, agents",
            &term,
            text("last140", ""),
            Some("agent"),
            &find("last140", "last140\u{10ffff}"),
        ),
        Asked {
            what: "of which types a company has many",
            stmt: statement(&["many", "OFFSET 1000"]),
            values: [&["ACC1", "COM1008", "active"], &TYPES[1..]]
                .concat()
                .into_iter()
                .map(Value::from)
                .collect(),
        },
        Asked {
            what: "whether a tab is too long to be counted",
            stmt: statement(&["OFFSET 1000", "without many"]),
            values: vec!["ACC1".into(), "active".into()],
        },
        Asked {
            what: "the count of a tab that is not",
            stmt: statement(&["COUNT(*)", "without many"]),
            values: vec!["ACC1".into(), "pending".into()],
        },
        Asked {
            what: "the place of a user among what was found",
            stmt: statement(&["SELECT term FROM user_term"]),
            values: ["ACC1", "USR10000077", "first", "first\u{10ffff}"].map(Value::from).to_vec(),
        },
        Asked {
            what: "the users of a page",
            stmt: statement(&["FROM \"user\" u LEFT JOIN invitation"]),
            values: vec!["ACC1".into(), r#"["USR10000001","USR10000077","USR10000500"]"#.into()],
        },
        Asked {
            what: "the names of their companies",
            stmt: statement(&["SELECT id, name FROM company"]),
            values: vec!["ACC1".into(), r#"["COM1001","COM1007","COM1039"]"#.into()],
        },
    ]
}

/// U-05. Seen to fail: with any one of the indexes `user_by_name`, `user_by_activity` and `user_company_users`
/// dropped.
#[test]
fn u05_no_list_takes_more_steps_than_a_page_needs_on_sqlite() {
    let sqlite = Sqlite::migrated();
    sqlite.connection.execute_batch(&format!("BEGIN;{}COMMIT;", filled(large()))).unwrap();
    for asked in asked(Engine::Sqlite) {
        let taken = sqlite.steps(asked.stmt, &asked.values);
        assert!(taken <= STEPS, "{}: {taken} steps", asked.what);
    }
}

/// Searches within a company that has 750 of the 30,000 users, all of one type: those who are found by `word`, all by their
/// company or all by their terms.
fn asked_in_company(engine: Engine, word: &str, by_company: bool) -> Asked {
    let begin = if engine == Engine::Sqlite { "UNION ALL SELECT w" } else { "FROM (SELECT w" };
    let until = format!("{word}{LAST}");
    let (by_terms, by_company) = if by_company {
        ([""; 4], &TYPES[1..])
    } else {
        (["manager", "reporting", "agent", "notification"], &[""; 4][..])
    };
    let values = [
        &["ACC1", "active", word, "", TYPES[0]],
        &by_terms[..],
        &[word, &until, "", "", "", "COM1008"],
        by_company,
    ];
    let values = values.concat().into_iter().map(Value::from).collect();
    Asked { what: "found in a company", stmt: statement(&[begin, "ASC", "LIMIT 1001"]), values }
}

/// U-05. What nobody of the company is found by, and all others are, is looked for among the company's users alone. Seen to
/// fail: by their terms, which are then all looked through, and on PostgreSQL with a join of both.
#[test]
fn u05_a_search_within_a_company_looks_through_its_users_where_they_are_few() {
    let sqlite = Sqlite::migrated();
    sqlite.connection.execute_batch(&format!("BEGIN;{}COMMIT;", filled(large()))).unwrap();
    let steps = |word, by_company| {
        let asked = asked_in_company(Engine::Sqlite, word, by_company);
        sqlite.steps(asked.stmt, &asked.values)
    };
    for word in ["first1", "last1", "a.example", "first148", "zzz"] {
        let (few, all) = (steps(word, true), steps(word, false));
        assert!(few <= IN_COMPANY, "{word}: {few} steps, and {all} by the terms");
    }
    let Some(mut postgres) = Postgres::migrated() else { return };
    postgres.client.batch_execute(&filled(large())).unwrap();
    postgres.client.batch_execute("VACUUM ANALYZE").unwrap();
    for mode in ["force_generic_plan", "force_custom_plan"] {
        postgres.client.batch_execute(&format!("SET plan_cache_mode = {mode}")).unwrap();
        for word in ["first1", "last1", "a.example", "first148", "zzz"] {
            let plan = plan(&mut postgres, &asked_in_company(Engine::Postgres, word, true));
            let mut found = Vec::new();
            too_many(&plan, &mut found);
            assert!(found.is_empty(), "{mode}, {word}: {found:?}\n{plan:#}");
        }
    }
}

/// What a plan does with more rows than it may: its lines, with what they read.
fn too_many(node: &serde_json::Value, found: &mut Vec<String>) {
    let number = |key: &str| node[key].as_f64().unwrap_or_default();
    let read =
        (number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck"))
            * number("Actual Loops").max(1.0);
    let name = format!("{} on {}", node["Node Type"], node["Relation Name"]);
    if read > ROWS {
        found.push(format!("{name} reads {read}"));
    }
    if node["Node Type"] == "Seq Scan" && read > 0.0 {
        found.push(format!("{name} reads the whole table"));
    }
    for part in node["Plans"].as_array().into_iter().flatten() {
        too_many(part, found);
    }
}

/// How PostgreSQL goes about a statement that is planned once for all values, as the server has it planned.
fn plan(postgres: &mut Postgres, asked: &Asked) -> serde_json::Value {
    let literal = |value: &Value| match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
    };
    let values: Vec<String> = asked.values.iter().map(literal).collect();
    let prepare = format!("PREPARE asked AS {}", asked.stmt.postgres().unwrap());
    postgres.client.batch_execute(&prepare).unwrap();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked({})", values.join(", "));
    let text = postgres.simple(&explain);
    postgres.client.batch_execute("DEALLOCATE asked").unwrap();
    let plans: serde_json::Value = serde_json::from_str(&text).unwrap();
    plans[0]["Plan"].clone()
}

/// U-05. Seen to fail: without the limit in each piece of a list, where the planner sorted whole pieces, and with
/// `IN (SELECT …)` for a list of ids, where it read the whole account.
#[test]
fn u05_no_part_of_a_list_reads_more_than_it_shows_on_postgresql() {
    let Some(mut postgres) = Postgres::migrated() else { return };
    postgres.client.batch_execute(&filled(large())).unwrap();
    postgres.client.batch_execute("VACUUM ANALYZE").unwrap();
    for mode in ["force_generic_plan", "force_custom_plan"] {
        postgres.client.batch_execute(&format!("SET plan_cache_mode = {mode}")).unwrap();
        for asked in asked(Engine::Postgres) {
            let plan = plan(&mut postgres, &asked);
            let mut found = Vec::new();
            too_many(&plan, &mut found);
            assert!(found.is_empty(), "{mode}, {}: {found:?}\n{plan:#}", asked.what);
        }
    }
}

/// C-09, X-18. Asked for every mail of a brand, in an account of 30,000 users. Seen to fail: with the users of the account looked
/// through, without `status <> 'deleted'`.
#[test]
fn x18_where_a_mails_links_lead_does_not_depend_on_how_many_users_there_are() {
    let sqlite = Sqlite::migrated();
    let brand = "INSERT INTO brand (account_id, draft, version, live) VALUES ('ACC1', '', 1, '');
        INSERT INTO brand_host (host, owner_id, by_operator, check_at) VALUES ('one.example', 'ACC1', 1, 0);";
    sqlite.connection.execute_batch(&format!("BEGIN;{}{brand}COMMIT;", filled(large()))).unwrap();
    let asked = statements()
        .into_iter()
        .find(|stmt| stmt.file.ends_with("brand/host.rs") && stmt.sql.contains("executive_invitation"));
    let taken = sqlite.steps(asked.unwrap(), &["ACC1".into(), "nobody@a.example".into()]);
    assert!(taken <= 100, "{taken} steps");
}

/// A-08. Asked in the unit that moves people of a directory. Seen to fail: without `user_type IS NOT NULL`.
#[test]
fn a08_what_groups_give_does_not_depend_on_groups_that_give_nothing() {
    let sqlite = Sqlite::migrated();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)";
    let directory = format!(
        "INSERT INTO directory (account_id, id, name, default_type, created_at) VALUES ('ACC1', 'DIR1', 'D', 'reporting', 1);
         {numbers} INSERT INTO directory_group (account_id, id, name, name_key, external_id, user_type, created_at, updated_at)
         SELECT 'ACC1', 'GRP' || i, 'G', 'g', '', CASE WHEN i = 7 THEN 'manager' END, 1, 1 FROM n;
         {numbers} INSERT INTO directory_member (account_id, group_id, user_id)
         SELECT 'ACC1', g.id, 'USR' || (10000000 + i) FROM n JOIN directory_group g ON g.account_id = 'ACC1';"
    );
    sqlite.connection.execute_batch(&format!("BEGIN;{}{directory}COMMIT;", filled(1_000))).unwrap();
    let asked = statements().into_iter().find(|stmt| stmt.sql.contains("FROM directory_group g CROSS JOIN"));
    let users: Vec<String> = (1..=300).map(|i| format!("\"USR{}\"", 10_000_000 + i)).collect();
    let taken = sqlite.steps(asked.unwrap(), &["ACC1".into(), format!("[{}]", users.join(",")).into()]);
    assert!(taken <= 20_000, "{taken} steps");
}
