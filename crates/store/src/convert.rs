//! How the values of the domain become values of a statement, and back.

use domain::email::EmailAddress;
use domain::id::{
    AccessChangeId, AccountId, ActivityId, ApiKeyId, CompanyId, EmailChangeId, InvitationId, LoginId, MailId,
    ResetId, SessionId, UserId,
};
use domain::time::Timestamp;

use crate::db::{FromValue, Value};

macro_rules! ids {
    ($($id:ident)*) => {$(
        impl From<&$id> for Value {
            fn from(id: &$id) -> Value {
                Value::Text(id.to_string())
            }
        }
    )*};
}

ids! { AccessChangeId AccountId ActivityId ApiKeyId CompanyId EmailChangeId InvitationId LoginId MailId ResetId SessionId UserId }

impl From<&EmailAddress> for Value {
    fn from(address: &EmailAddress) -> Value {
        Value::Text(address.to_string())
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Value {
        Value::Int(at.micros())
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value) -> Option<Timestamp> {
        i64::from_value(value).map(Timestamp::from_micros)
    }
}

/// A list for the hook `{in $n}`: a JSON array of texts.
pub(crate) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    Value::Text(serde_json::Value::from(items).to_string())
}
