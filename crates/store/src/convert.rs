//! How the values of the domain become values of a statement, and back.

use domain::email::EmailAddress;
use domain::id::{
    AccessChangeId, AccessRequestId, AccessReviewId, AccountCenterId, AccountId, ActivityId, ApiKeyId,
    BundleId, CenterPersonId, CompanyId, DirectoryGroupId, DirectoryId, DirectoryTokenId, EmailChangeId,
    InvitationId, JobId, LeadEventId, LoginId, LoginMergeId, MailId, NotificationId, PasskeyId, PushDeviceId,
    PushId, ResetId, SeeAsId, SessionId, SingleSignOnId, SummaryEmailId, SummaryIssueId, TagId, UserId,
};
use domain::time::Timestamp;

use crate::db::{Cell, FromCell, Value};

macro_rules! ids {
    ($($id:ident)*) => {$(
        impl From<&$id> for Value {
            fn from(id: &$id) -> Value {
                Value::Text(id.as_str().to_owned())
            }
        }
    )*};
}

ids! { AccessChangeId AccessRequestId AccessReviewId AccountCenterId AccountId ActivityId ApiKeyId BundleId CenterPersonId CompanyId DirectoryGroupId DirectoryId DirectoryTokenId EmailChangeId InvitationId JobId LeadEventId LoginId LoginMergeId MailId PasskeyId PushDeviceId PushId ResetId SeeAsId SessionId SingleSignOnId SummaryIssueId UserId }

macro_rules! number_ids {
    ($($id:ident)*) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Value {
                Value::Int(id.number())
            }
        }

        impl FromCell for $id {
            fn from_cell(cell: Cell<'_>) -> Option<$id> {
                i64::from_cell(cell).map($id::of_number)
            }
        }
    )*};
}

number_ids! { NotificationId SummaryEmailId TagId }

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

impl FromCell for Timestamp {
    fn from_cell(cell: Cell<'_>) -> Option<Timestamp> {
        i64::from_cell(cell).map(Timestamp::from_micros)
    }
}

/// A list for the hook `{in $n}`: a JSON array of texts.
pub(crate) fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> Value {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    Value::Text(serde_json::Value::from(items).to_string())
}
