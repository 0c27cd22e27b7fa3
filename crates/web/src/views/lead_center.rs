//! Where agents land.

use askama::Template;
use text::Text;

use super::capability::Line;
use super::user::Companies;
use super::{Frame, Icon};

/// Lead Center: `/accounts/{ACC}/lead-center`.
#[derive(Template, Clone, Debug)]
#[template(path = "lead_center/home.html")]
pub struct Home {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Who one is here.
    pub name: String,
    /// The chat display name, if there is one.
    pub display_name: Option<String>,
    /// Whether one is rung and queued, or may only review.
    pub agent: bool,
    /// What one is here: "Agent".
    pub role: String,
    /// The companies whose leads will stand here.
    pub companies: Companies,
    /// The matrix lines one has in Lead Center.
    pub can: Vec<Line>,
}
