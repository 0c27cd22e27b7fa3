//! The pages of account centers (C-02 to C-04, C-13).

use askama::Template;
use text::Text;

use super::form::problems;
use super::{AccountMark, Choice, Field, Frame, Icon, Pager, SummaryLine};

/// Choose an account center: `/account-centers`.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame, without account.
    pub frame: Frame,
    /// The centers one may open.
    pub centers: Vec<AccountMark>,
    /// Whether one could set up another.
    pub can_make: bool,
}

/// Set up an account center: `/account-centers/new`. Posts `name`, `account` for each.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/new.html")]
pub struct New {
    /// The texts.
    pub t: Text,
    /// The frame, without account.
    pub frame: Frame,
    /// `name`
    pub name: Field,
    /// `account`: those one could link.
    pub accounts: Vec<Choice>,
    /// What is wrong with the choice.
    pub accounts_error: Option<String>,
}

impl New {
    fn problems(&self) -> Vec<SummaryLine> {
        let accounts = self.accounts_error.clone();
        let accounts = accounts.map(|text| SummaryLine { field: Some("account".into()), text });
        problems(&[("name", &self.name)]).into_iter().chain(accounts).collect()
    }
}

/// The dashboard: `/account-centers/{CEN}?q=&name=&after=`.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/dashboard.html")]
pub struct Dashboard {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `q`: part of an account's name
    pub q: String,
    /// How many accounts there are, in words.
    pub count: String,
    /// One page of accounts.
    pub rows: Vec<AccountMark>,
    /// The neighbouring pages.
    pub pager: Pager,
    /// What one may do here.
    pub may: May,
    /// The banner for who administers all accounts; `None` once it has been answered.
    pub banner: Option<Banner>,
}

/// What somebody may do on the dashboard.
#[derive(Clone, Copy, Debug)]
pub struct May {
    /// Add an account of theirs.
    pub link: bool,
    /// Create accounts, and take them out.
    pub run: bool,
    /// Create users, which stands here for who does not see all of them (C-06).
    pub create_users: bool,
}

/// What the banner offers (C-04).
#[derive(Clone, Debug)]
pub struct Banner {
    /// Managing users across accounts is not open yet.
    pub users: bool,
    /// There is no executive administrator yet.
    pub executive: bool,
    /// Where feedback goes.
    pub feedback: String,
}

/// Add an account: `/account-centers/{CEN}/accounts/link`. Posts `account`.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/link.html")]
pub struct Link {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// The accounts one could add.
    pub accounts: Vec<AccountMark>,
}

/// Create an account in the center: `/account-centers/{CEN}/accounts/new`. Posts `name`, `time_zone`.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/new_account.html")]
pub struct NewAccount {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `name`
    pub name: Field,
    /// `time_zone`
    pub time_zone: Field,
    /// All time zones by name.
    pub zones: Vec<String>,
}

impl NewAccount {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name), ("time_zone", &self.time_zone)])
    }
}

/// Take an account out: `/account-centers/{CEN}/accounts/{ACC}/unlink`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/unlink.html")]
pub struct Unlink {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// The account.
    pub account: AccountMark,
}

/// Leave the center: `/accounts/{ACC}/settings/leave-center`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/leave.html")]
pub struct Leave {
    /// The texts.
    pub t: Text,
    /// The account's frame.
    pub frame: Frame,
    /// The center's name.
    pub center: String,
    /// Names of its executive administrators.
    pub executives: String,
}

/// Settings: `/account-centers/{CEN}/settings`. Posts `name`, `temporary_passwords`.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/settings.html")]
pub struct Settings {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// `name`
    pub name: Field,
    /// `temporary_passwords`: administrators of the accounts may set them
    pub temporary_passwords: bool,
}

impl Settings {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name)])
    }
}

/// Dissolve: `/account-centers/{CEN}/dissolve`. Posts nothing.
#[derive(Template, Clone, Debug)]
#[template(path = "account_center/dissolve.html")]
pub struct Dissolve {
    /// The texts.
    pub t: Text,
    /// The center's frame.
    pub frame: Frame,
    /// The center's name.
    pub name: String,
    /// Why it can't be done.
    pub stuck: Option<String>,
    /// Whether that is for others who run it.
    pub for_others: bool,
}
