//! What a device shows. It lies on locked screens: a title and a line say no more than what kind of thing it is, and whose.

use domain::id::LoginId;
use domain::push::PushKind;
use serde_json::json;
use store::pass::SystemPass;
use store::push::Push;
use store::work::Reader;
use text::Text;

use crate::mail::compose::plain;
use crate::{Refused, alert};

/// The longest title, in characters.
const TITLE: usize = 100;
/// The longest line below it. Both together, and what is around them, stay far below what a push may hold.
const BODY: usize = 300;

/// What a device shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What kind of thing it is.
    pub title: String,
    /// Whose; may be empty.
    pub body: String,
    /// The page that it opens, on the host that the device is signed in to.
    pub path: String,
}

impl Notice {
    /// As the service worker reads it. What comes twice under one `tag` is shown once.
    pub(super) fn payload(&self, t: Text, tag: &str) -> String {
        let (title, body) = (plain::line(&self.title, TITLE), plain::line(&self.body, BODY));
        let lang = t.language().code();
        json!({ "title": title, "body": body, "path": self.path, "tag": tag, "lang": lang }).to_string()
    }
}

/// What a push says at this moment to `login`; `None` where what it tells of is over, or is no matter of theirs any more.
pub(super) fn find(
    r: &mut Reader,
    t: Text,
    pass: &SystemPass,
    push: &Push,
    login: &LoginId,
) -> Result<Option<Notice>, Refused> {
    match push.kind {
        PushKind::Test => Ok(Some(Notice {
            title: t.push_test_title().to_owned(),
            body: t.push_test_body().to_owned(),
            path: "/me/push".to_owned(),
        })),
        PushKind::Alert => alert::find_notice(r, t, pass, push, login),
    }
}
