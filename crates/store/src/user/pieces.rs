//! The statements of the lists of users. Each reads the beginning of one piece for each type, in the order of an index,
//! and merges them: ids in the order of `place`.
//!
//! `$1` is the account, `$2` the tab, `$3` and `$4` are where the page begins, `$5` to `$9` the types, of which those
//! that are not asked for are empty. The limit is `page::LIMIT`. It stands in each piece, because PostgreSQL takes an
//! account for one of the usual size and would rather sort a piece that it thinks is short; and as a number, because
//! with a parameter it would plan anew each time.

use crate::db::{Engine, Stmt, sql};

macro_rules! merged {
    ($order:literal: $one:expr $(, $more:expr)+) => {
        sql!(concat!(
            "SELECT p.id, p.place FROM (", limited!($order: $one), ") p",
            $(" UNION ALL SELECT p.id, p.place FROM (", limited!($order: $more), ") p",)+
            " ORDER BY place ", $order, ", id ", $order, " LIMIT 51"
        ))
    };
}

/// The same for SQLite, which reads of each piece no more than the page takes. With the limits it would read them all
/// first.
macro_rules! merged_lazily {
    ($order:literal: $one:expr $(, $more:expr)+) => {
        sql!(concat!(
            $one,
            $(" UNION ALL ", $more,)+
            " ORDER BY place ", $order, ", id ", $order, " LIMIT 51"
        ))
    };
}

macro_rules! limited {
    ($order:literal: $piece:expr) => {
        concat!($piece, " ORDER BY place ", $order, ", id ", $order, " LIMIT 51")
    };
}

/// Each order is an index; that of the last activity is without those who are only invited.
macro_rules! of_users {
    ($key:tt $than:literal $user_type:literal) => {
        concat!(
            "SELECT u.id AS id, u.",
            $key,
            " AS place FROM \"user\" u
             WHERE u.account_id = $1 AND u.listed = $2 AND u.user_type = ",
            $user_type,
            kept!($key),
            " AND (u.",
            $key,
            ", u.id) ",
            $than,
            " ($3, $4)"
        )
    };
}

macro_rules! kept {
    ("last_active_at") => {
        " AND u.listed <> 'pending'"
    };
    ("sort_name") => {
        ""
    };
}

macro_rules! all_users {
    ($key:tt $than:literal $order:literal) => {
        merged!($order: of_users!($key $than "$5"), of_users!($key $than "$6"), of_users!($key $than "$7"),
            of_users!($key $than "$8"), of_users!($key $than "$9"))
    };
}

/// SQLite walks the pieces by itself at a quarter of the price: in each it stops when the page is full. PostgreSQL would
/// read and sort all users.
macro_rules! walked {
    ($key:tt $than:literal $order:literal) => {
        sql!(concat!(
            "SELECT u.id, u.",
            $key,
            " AS place FROM \"user\" u
             WHERE u.account_id = $1 AND u.listed = $2 AND u.user_type IN ($5, $6, $7, $8, $9)",
            kept!($key),
            " AND (u.",
            $key,
            ", u.id) ",
            $than,
            " ($3, $4) ORDER BY place ",
            $order,
            ", u.id ",
            $order,
            " LIMIT 51"
        ))
    };
}

macro_rules! with_company {
    ($than:literal $user_type:literal) => {
        concat!(
            "SELECT uc.user_id AS id, uc.sort_name AS place FROM user_company uc
             WHERE uc.account_id = $1 AND uc.company_id = $10 AND uc.listed = $2 AND uc.user_type = ",
            $user_type,
            " AND (uc.sort_name, uc.user_id) ",
            $than,
            " ($3, $4)"
        )
    };
}

macro_rules! users_of_company {
    ($merged:ident $than:literal $order:literal) => {
        $merged!($order: of_users!("sort_name" $than "$5"), with_company!($than "$6"), with_company!($than "$7"),
            with_company!($than "$8"), with_company!($than "$9"))
    };
}

macro_rules! with_terms {
    ($than:literal $end:literal $has:literal $user_type:literal) => {
        concat!(
            "SELECT w.user_id AS id, w.term AS place FROM user_term w
             WHERE w.account_id = $1 AND w.listed = $2 AND w.user_type = ", $user_type,
            " AND (w.term, w.user_id) ", $than, " ($3, $4) AND w.term ", $end, $has,
            " AND w.term = (SELECT MIN(f.term) FROM user_term f
                            WHERE f.account_id = $1 AND f.user_id = w.user_id AND f.term >= $10 AND f.term < $11)",
            with_word!("$12"), with_word!("$13"), with_word!("$14")
        )
    };
}

/// The same from the other side: of the users that a company has of one type, no more than a thousand, the first of their
/// terms. The limit keeps it a step of its own: nobody's terms are looked up twice, and PostgreSQL does not join them first.
macro_rules! with_company_and_terms {
    ($than:literal $end:literal $user_type:literal) => {
        concat!(
            "SELECT found.user_id AS id, found.term AS place FROM (
                 SELECT uc.user_id, (SELECT MIN(f.term) FROM user_term f
                                     WHERE f.account_id = $1 AND f.user_id = uc.user_id
                                       AND f.term >= $10 AND f.term < $11) AS term
                 FROM user_company uc
                 WHERE uc.account_id = $1 AND uc.company_id = $15 AND uc.listed = $2 AND uc.user_type = ",
            $user_type,
            " LIMIT 1001) found
             WHERE (found.term, found.user_id) ",
            $than,
            " ($3, $4) AND found.term ",
            $end,
            with_word!("$12" of "found"),
            with_word!("$13" of "found"),
            with_word!("$14" of "found")
        )
    };
}

macro_rules! with_word {
    ($word:literal) => {
        with_word!($word of "w")
    };
    ($word:literal of $whose:literal) => {
        concat!(
            " AND (",
            $word,
            " = '' OR EXISTS (
                   SELECT 1 FROM user_term o WHERE o.account_id = $1 AND o.user_id = ",
            $whose,
            ".user_id AND o.term >= ",
            $word,
            " || ' ' AND o.term < ",
            $word,
            " || '!'))"
        )
    };
}
pub(super) use with_word;

macro_rules! users_of_terms {
    ($merged:ident $than:literal $end:literal $order:literal) => {
        $merged!($order: with_terms!($than $end "" "$5"), with_terms!($than $end "" "$6"),
            with_terms!($than $end "" "$7"), with_terms!($than $end "" "$8"), with_terms!($than $end "" "$9"))
    };
}

/// Who has a term, and the company beside it.
macro_rules! with_terms_and_company {
    ($than:literal $end:literal $user_type:literal) => {
        with_terms!($than $end " AND EXISTS (SELECT 1 FROM user_company uc
            WHERE uc.account_id = $1 AND uc.user_id = w.user_id AND uc.company_id = $15)" $user_type)
    };
}

/// Each type is found from one side, and its word is empty on the other. Administrators have all companies.
macro_rules! users_of_terms_and_company {
    ($merged:ident $than:literal $end:literal $order:literal) => {
        $merged!($order: with_terms!($than $end "" "$5"), with_terms_and_company!($than $end "$6"),
            with_terms_and_company!($than $end "$7"), with_terms_and_company!($than $end "$8"),
            with_terms_and_company!($than $end "$9"), with_company_and_terms!($than $end "$16"),
            with_company_and_terms!($than $end "$17"), with_company_and_terms!($than $end "$18"),
            with_company_and_terms!($than $end "$19"))
    };
}

macro_rules! many_of {
    ($user_type:literal) => {
        concat!(
            "(SELECT COUNT(*) FROM (
                 SELECT uc.user_id FROM user_company uc
                 WHERE uc.account_id = $1 AND uc.company_id = $2 AND uc.listed = $3 AND uc.user_type = ",
            $user_type,
            " ORDER BY uc.sort_name, uc.user_id LIMIT 1 OFFSET 1000) many)"
        )
    };
}

/// Of which of the types `$4` to `$7` the company `$2` has more than a thousand users on the tab `$3`: 1 or 0 for each.
/// Fewer are looked through faster than all the terms that others have too.
pub(super) fn many_of_company() -> &'static Stmt {
    sql!(concat!("SELECT ", many_of!("$4"), ", ", many_of!("$5"), ", ", many_of!("$6"), ", ", many_of!("$7")))
}

/// Users by name.
pub(super) fn by_name(engine: Engine, down: bool) -> &'static Stmt {
    match (engine, down) {
        (Engine::Sqlite, false) => walked!("sort_name" ">" "ASC"),
        (Engine::Sqlite, true) => walked!("sort_name" "<" "DESC"),
        (Engine::Postgres, false) => all_users!("sort_name" ">" "ASC"),
        (Engine::Postgres, true) => all_users!("sort_name" "<" "DESC"),
    }
}

/// Users by last activity.
pub(super) fn by_activity(engine: Engine, down: bool) -> &'static Stmt {
    match (engine, down) {
        (Engine::Sqlite, false) => walked!("last_active_at" ">" "ASC"),
        (Engine::Sqlite, true) => walked!("last_active_at" "<" "DESC"),
        (Engine::Postgres, false) => all_users!("last_active_at" ">" "ASC"),
        (Engine::Postgres, true) => all_users!("last_active_at" "<" "DESC"),
    }
}

/// Users who have the company `$10`, by name. Administrators have all: the first piece is theirs, whatever is kept for
/// them.
pub(super) fn of_company(engine: Engine, down: bool) -> &'static Stmt {
    match (engine, down) {
        (Engine::Sqlite, false) => users_of_company!(merged_lazily ">" "ASC"),
        (Engine::Sqlite, true) => users_of_company!(merged_lazily "<" "DESC"),
        (Engine::Postgres, false) => users_of_company!(merged ">" "ASC"),
        (Engine::Postgres, true) => users_of_company!(merged "<" "DESC"),
    }
}

/// Users with a term between `$10` and `$11`, by the first such term. `$12` to `$14` are other words, or empty: in a term
/// they have a blank behind them, and `!` is what comes after the blank. These are looked up one user at a time.
pub(super) fn of_terms(engine: Engine, down: bool) -> &'static Stmt {
    match (engine, down) {
        (Engine::Sqlite, false) => users_of_terms!(merged_lazily ">" "< $11" "ASC"),
        (Engine::Sqlite, true) => users_of_terms!(merged_lazily "<" ">= $10" "DESC"),
        (Engine::Postgres, false) => users_of_terms!(merged ">" "< $11" "ASC"),
        (Engine::Postgres, true) => users_of_terms!(merged "<" ">= $10" "DESC"),
    }
}

/// The same of those who have the company `$15`: of the types `$5` to `$9` by their terms, of the types `$16` to `$19` by the
/// users of the company.
pub(super) fn of_terms_and_company(engine: Engine, down: bool) -> &'static Stmt {
    match (engine, down) {
        (Engine::Sqlite, false) => users_of_terms_and_company!(merged_lazily ">" "< $11" "ASC"),
        (Engine::Sqlite, true) => users_of_terms_and_company!(merged_lazily "<" ">= $10" "DESC"),
        (Engine::Postgres, false) => users_of_terms_and_company!(merged ">" "< $11" "ASC"),
        (Engine::Postgres, true) => users_of_terms_and_company!(merged "<" ">= $10" "DESC"),
    }
}
