//! What is asked before something ends that cannot be taken back: a key, a token, provisioning.

use askama::Template;
use text::Text;

use super::{Frame, Icon};

/// The question: what ends, what stops working with it, and what stays. Posts nothing to `action`.
#[derive(Template, Clone, Debug)]
#[template(path = "parts/ending.html")]
pub struct Ending {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The question.
    pub title: String,
    /// What stops working.
    pub losses: Vec<String>,
    /// When it was last used, which tells whether something is left that uses it.
    pub last_use: String,
    /// What stays as it is.
    pub keeps: Vec<String>,
    /// Where it is done.
    pub action: String,
    /// The verb and name that the button repeats.
    pub button: String,
    /// Where whoever thinks better of it goes.
    pub back: String,
}
