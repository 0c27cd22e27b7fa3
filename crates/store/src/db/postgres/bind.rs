//! Values to and from PostgreSQL's types.

use crate::db::error::DbError;
use crate::db::row::Rows;
use crate::db::value::{Cell, Value};
use std::error::Error;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type};

type Fault = Box<dyn Error + Sync + Send>;

/// Looks at the type the server wants, so that a column may be narrower than `BIGINT`.
impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match (self, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => number.to_sql(ty, out),
            (Value::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            (Value::Int(number), &Type::INT2) => i16::try_from(*number)?.to_sql(ty, out),
            (Value::Int(number @ (0 | 1)), &Type::BOOL) => (*number == 1).to_sql(ty, out),
            (Value::Text(text), &Type::JSONB) => {
                // The binary form is the text behind the format's version.
                out.extend_from_slice(&[1]);
                text.to_sql(&Type::TEXT, out)
            }
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR | &Type::UNKNOWN | &Type::JSON) => {
                text.to_sql(&Type::TEXT, out)
            }
            (Value::Int(_), _) => Err(format!("a number does not fit a parameter of type {ty}").into()),
            (Value::Text(_), _) => Err(format!("a text does not fit a parameter of type {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// Refuses values that do not fit the types that the server wants.
pub(super) fn check(values: &[Value], types: &[Type]) -> Result<(), DbError> {
    let mut bytes = BytesMut::new();
    let mut fits = |(value, ty): (&Value, &Type)| value.to_sql(ty, &mut bytes).map(drop);
    values.iter().zip(types).try_for_each(&mut fits).map_err(|misfit| DbError::Shape(misfit.to_string()))
}

impl<'a> FromSql<'a> for Cell<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Cell<'a>, Fault> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Cell::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|number| Cell::Int(number.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|number| Cell::Int(number.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(|flag| Cell::Int(flag.into())),
            _ => <&str>::from_sql(ty, raw).map(Cell::Text),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Cell<'a>, Fault> {
        Ok(Cell::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL) || <&str as FromSql>::accepts(ty)
    }
}

/// Takes the values of a row into the result.
pub(super) fn push(row: &tokio_postgres::Row, rows: &mut Rows) -> Result<(), DbError> {
    for at in 0..row.len() {
        rows.push(row.try_get(at).map_err(|_| misfit(row, at))?);
    }
    Ok(())
}

fn misfit(row: &tokio_postgres::Row, at: usize) -> DbError {
    DbError::Shape(format!("column {} holds {}", at + 1, row.columns()[at].type_()))
}
