//! The pages of companies.

use app::company::Concerned;
use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, Pager, SummaryLine};

/// Companies: `/accounts/{ACC}/companies?tab=`; the tab is `disabled`, or active without one.
#[derive(Template, Clone, Debug)]
#[template(path = "company/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The disabled tab is shown.
    pub disabled: bool,
    /// How many active companies there are.
    pub active_count: i64,
    /// How many disabled ones.
    pub disabled_count: i64,
    /// One page of companies.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A company in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// `COM…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its time zone.
    pub time_zone: String,
    /// Whether it uses Lead Center.
    pub lead_center: bool,
}

/// Create or edit a company: `/accounts/{ACC}/companies/new`, `/accounts/{ACC}/companies/{COM}`. Posts `name`,
/// `time_zone`, `lead_center` (there when ticked).
#[derive(Template, Clone, Debug)]
#[template(path = "company/edit.html")]
pub struct Edit {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `COM…` and the stored name; `None` for a new company.
    pub company: Option<(String, String)>,
    /// `name`
    pub name: Field,
    /// `time_zone`
    pub time_zone: Field,
    /// `lead_center`
    pub lead_center: bool,
    /// All time zones by name.
    pub zones: Vec<String>,
}

impl Edit {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name), ("time_zone", &self.time_zone)])
    }

    fn post_to(&self) -> String {
        let last = self.company.as_ref().map_or("new", |(id, _)| id);
        format!("{}/{last}", self.frame.at("/companies"))
    }
}

/// Disable a company: `/accounts/{ACC}/companies/{COM}/disable`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "company/disable.html")]
pub struct Disable {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `COM…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whom it concerns.
    pub concerned: Concerned,
}
