//! Being invited no more: the question, and that it is done.

use askama::Template;
use text::Text;

use super::{Frame, Icon};

/// Stop invitations: `/invitation-block`. Posts nothing, there and to `/invitation-block/allow`.
#[derive(Template, Clone, Debug)]
#[template(path = "invitation_block/new.html")]
pub struct Block {
    /// The texts.
    pub t: Text,
    /// A signed-out frame.
    pub frame: Frame,
    /// The account that invited.
    pub account: String,
    /// The address that it invited.
    pub email: String,
    /// Whether it is done.
    pub is_blocked: bool,
}
