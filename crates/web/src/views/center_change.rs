//! The pages that change what a person is in accounts of a center (C-08).

use askama::Template;
use text::Text;

use super::access_change::Shown;
use super::{AccountMark, Frame, Icon};

/// Choosing: `/account-centers/{CEN}/users/{PSN}/change`. Posts `choice` for each account, `q`, `next` and `go`.
#[derive(Template, Clone, Debug)]
#[template(path = "center_change/choose.html")]
pub struct Choose {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `PSN…`
    pub person: String,
    /// Who.
    pub name: String,
    /// Whether they have every account through the center.
    pub executive: bool,
    /// `q`: part of an account's name
    pub q: String,
    /// Whether this is not the first page.
    pub is_later: bool,
    /// What is wrong with the choices.
    pub problem: Option<String>,
    /// One page of accounts.
    pub rows: Vec<AccountRow>,
    /// What was chosen for accounts that are not on this page.
    pub kept: Vec<String>,
    /// How many those are.
    pub kept_count: i64,
    /// The account behind which the next page begins.
    pub next: Option<String>,
}

/// An account to choose for.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// The account.
    pub account: AccountMark,
    /// What they are there: "Manager, agent"; `None` where they are not.
    pub now: Option<String>,
    /// Where they stand there: "Active".
    pub status: Option<&'static str>,
    /// What they could be.
    pub options: Vec<Offer>,
}

/// Something to choose.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What the form carries.
    pub value: String,
    /// What it says.
    pub label: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// What the choices do. Posts `choice` for each account to `…/change/make`, or back to `…/change` with `go`.
#[derive(Template, Clone, Debug)]
#[template(path = "center_change/preview.html")]
pub struct Preview {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `PSN…`
    pub person: String,
    /// Who.
    pub name: String,
    /// Whether they have every account through the center.
    pub executive: bool,
    /// Whether it is one's own access.
    pub own: bool,
    /// Why it was not done, though it still can be.
    pub notice: Option<String>,
    /// In how many accounts it can't be done.
    pub refused: i64,
    /// Whether it can be done in any.
    pub can_go_on: bool,
    /// The accounts.
    pub rows: Vec<Changed>,
    /// What the form carries.
    pub choices: Vec<String>,
}

/// What is done in an account.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The account.
    pub account: AccountMark,
    /// In a few words: "Added as manager".
    pub what: String,
    /// What that means, a sentence each.
    pub notes: Vec<String>,
    /// What is gained and lost, where they were there.
    pub effects: Option<Shown>,
    /// Why it can't be done.
    pub refused: Option<String>,
}
