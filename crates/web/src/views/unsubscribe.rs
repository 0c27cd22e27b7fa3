//! No more emails of an alert or summary: the question, and that it is done.

use askama::Template;
use text::Text;

use super::{Frame, Icon};

/// Stop these emails: `/unsubscribe`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "unsubscribe/new.html")]
pub struct Unsubscribe {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The account that they come from.
    pub account: String,
    /// Whether it is an alert; else it is a summary.
    pub is_alert: bool,
    /// The address, and the company, if it is of one; `None`: it is over.
    pub mailed: Option<(String, Option<String>)>,
}
