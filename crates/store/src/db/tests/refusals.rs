//! Both engines refuse the same things by the same names.

use super::*;
use crate::db::{DbError, Tx, Value, sql};

/// A row of `seat`: account, id, name, email, code, counter.
type Seat = [Option<&'static str>; 6];
const FIRST: Seat = [Some("A"), Some("one"), Some("Ann"), Some("ann@x"), Some("x"), None];

fn insert(tx: &mut Tx<'_>, seat: Seat) -> Result<u64, DbError> {
    let stmt = sql!(
        "INSERT INTO seat (account_id, id, name, email, code, counter_id) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    tx.exec(stmt, &seat.map(Value::from))
}

async fn refused(bed: &Bed, seat: Seat) -> DbError {
    bed.db.write(move |tx| insert(tx, FIRST).and_then(|_| insert(tx, seat))).await.unwrap_err()
}

on_both_engines! {
    async fn unique_indexes_are_named(bed) {
        let cases: [(&str, Seat); 4] = [
            ("seat_pkey", [Some("A"), Some("one"), Some("Bob"), None, None, None]),
            ("seat_name", [Some("A"), Some("two"), Some("Ann"), None, None, None]),
            ("seat_email", [Some("A"), Some("two"), Some("Bob"), Some("ann@x"), None, None]),
            ("seat_lower", [Some("A"), Some("two"), Some("Bob"), None, Some("X"), None]),
        ];
        for (index, seat) in cases {
            let error = refused(bed, seat).await;
            assert!(matches!(&error, DbError::Unique { name } if name == index), "{index}: {error:?}");
        }
    }

    async fn foreign_keys_hold(bed) {
        let error = refused(bed, [Some("A"), Some("two"), Some("Bob"), None, None, Some("nowhere")]).await;
        assert!(matches!(error, DbError::ForeignKey), "{error:?}");
    }

    async fn a_missing_value_is_named(bed) {
        let error = refused(bed, [Some("A"), Some("two"), None, None, None, None]).await;
        assert!(matches!(&error, DbError::Check { name } if name == "seat.name"), "{error:?}");
    }

    async fn checks_are_named(bed) {
        let stmt = sql!("INSERT INTO counter (id, value) VALUES ('c', -1)");
        let error = bed.db.write(move |tx| tx.exec(stmt, &[])).await.unwrap_err();
        assert!(matches!(&error, DbError::Check { name } if name == "counter_positive"), "{error:?}");
    }

    async fn nul_is_refused(bed) {
        let error = refused(bed, [Some("A"), Some("two"), Some("B\0b"), None, None, None]).await;
        assert!(matches!(error, DbError::Nul), "{error:?}");
    }

    async fn other_errors_tell_their_place(bed) {
        let stmt = sql!("SELECT nothing FROM nowhere");
        let error: DbError = bed.db.read(move |tx| tx.all(stmt, &[]).map(drop)).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.to_string().contains("tests/refusals.rs"), "{source}");
        assert!(source.source().is_some());
    }
}
