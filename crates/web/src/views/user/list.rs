//! The list of users: its tabs, search, filters that live in the address, keyset paging.

use app::user::{Count, Counts};
use askama::Template;
use domain::user::{UserStatus, UserType};
use text::Text;

use super::{Companies, Described, MailStanding};
use crate::views::frame::address;
use crate::views::{Choice, Frame, Icon, Pager, When};

/// Users: `/accounts/{ACC}/users?tab=&q=&type=&company=&sort=&after=&before=`.
#[derive(Template, Clone, Debug)]
#[template(path = "user/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// How many users there are on each tab, without filter.
    pub counts: [(Tab, String); 4],
    /// How many people ask to be let in; `None` for nobody.
    pub requests: Option<String>,
    /// Names of who has the account through its account center.
    pub executives: Vec<String>,
    /// Whom their invitation did not reach, by id and name; nobody but on the tab of pending users.
    pub not_reached: Vec<(String, String)>,
    /// Whether the list can be sorted by name.
    pub sorts_by_name: bool,
    /// Whether the list can be sorted by last activity.
    pub sorts_by_activity: bool,
    /// What is asked for.
    pub query: Query,
    /// The companies of the filter; empty where there is only one or none.
    pub companies: Vec<Choice>,
    /// One page of users.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// How many of those whom their invitation did not reach are named.
const NAMED: usize = 10;

/// What the address of the list asks for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// `tab`
    pub tab: Tab,
    /// `q`: part of a name or address
    pub q: String,
    /// `type`
    pub user_type: Option<UserType>,
    /// `company`: id and name
    pub company: Option<(String, String)>,
    /// `sort`
    pub sort: Sort,
}

/// A tab of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Active users: no parameter.
    #[default]
    Active,
    /// Pending invitations: `tab=pending`.
    Pending,
    /// Suspended users: `tab=suspended`.
    Suspended,
    /// Users deleted in the last 30 days: `tab=deleted`.
    Deleted,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name, A first: no parameter.
    #[default]
    Name,
    /// `sort=-name`: by name, Z first.
    NameDown,
    /// `sort=-active`: last active, newest first.
    NewestFirst,
    /// `sort=active`: last active, oldest first.
    OldestFirst,
}

impl Sort {
    /// Its code in addresses.
    pub fn code(self) -> &'static str {
        match self {
            Sort::Name => "",
            Sort::NameDown => "-name",
            Sort::NewestFirst => "-active",
            Sort::OldestFirst => "active",
        }
    }

    /// The order of a code; by name for one that does not exist.
    pub fn of_code(code: &str) -> Sort {
        match code {
            "-name" => Sort::NameDown,
            "-active" => Sort::NewestFirst,
            "active" => Sort::OldestFirst,
            _ => Sort::Name,
        }
    }
}

impl Tab {
    /// All, in their order.
    pub const ALL: [Tab; 4] = [Tab::Active, Tab::Pending, Tab::Suspended, Tab::Deleted];

    /// Its code in addresses.
    pub fn code(self) -> &'static str {
        if self == Tab::Active { "" } else { self.status().word() }
    }

    /// The tab of a code; the first for one that does not exist.
    pub fn of_code(code: &str) -> Tab {
        Tab::ALL.into_iter().find(|tab| tab.code() == code).unwrap_or_default()
    }

    /// Who is listed on it.
    pub fn status(self) -> UserStatus {
        match self {
            Tab::Active => UserStatus::Active,
            Tab::Pending => UserStatus::Pending,
            Tab::Suspended => UserStatus::Suspended,
            Tab::Deleted => UserStatus::Deleted,
        }
    }

    /// How many are listed on it.
    pub fn of(self, counts: &Counts) -> Count {
        match self {
            Tab::Active => counts.active,
            Tab::Pending => counts.pending,
            Tab::Suspended => counts.suspended,
            Tab::Deleted => counts.deleted,
        }
    }

    fn label(self, t: Text) -> &'static str {
        match self {
            Tab::Active => t.user_active(),
            Tab::Pending => t.user_pending(),
            Tab::Suspended => t.user_suspended(),
            Tab::Deleted => t.user_deleted(),
        }
    }
}

/// A count as it is shown; `1,000+` where nobody counted on.
pub fn counted(t: Text, count: Count) -> String {
    let more = if count.more { "+" } else { "" };
    format!("{}{more}", t.number(count.n))
}

/// A user in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// `USR…`
    pub id: String,
    /// First and last name.
    pub name: String,
    /// The chat display name, if there is one.
    pub display_name: Option<String>,
    /// Whether the agent flag is on.
    pub agent: bool,
    /// The address; a notification team may have none.
    pub email: Option<String>,
    /// The type.
    pub user_type: UserType,
    /// The companies, shortened.
    pub companies: Companies,
    /// The last request; `None`: never.
    pub last_active: Option<When>,
    /// The state of the invitation, on the pending tab.
    pub invitation: Option<InvitationState>,
    /// Where its mail stands.
    pub mail: Option<MailStanding>,
    /// It is the person who looks.
    pub own: bool,
    /// The last day of an access that ends by itself, on the active tab.
    pub until: Option<String>,
    /// When they were deleted, on that tab.
    pub deleted: Option<When>,
    /// Whether this person may edit and delete the user (equal or lesser access).
    pub may_manage: bool,
}

/// How far an invitation is.
#[derive(Clone, Debug)]
pub enum InvitationState {
    /// Created with "send later".
    NotSent,
    /// The person wants no invitations from the account.
    Unwanted,
    /// On its way.
    Sent {
        /// The last time it was sent.
        sent: When,
        /// Until when its link works.
        expires: When,
    },
    /// Its link stopped working.
    Expired {
        /// The last time it was sent.
        sent: When,
        /// When the link stopped working.
        expired: When,
    },
}

impl List {
    fn address(&self, change: impl FnOnce(&mut Query)) -> String {
        let mut query = self.query.clone();
        change(&mut query);
        query.address(&self.frame)
    }

    fn tab_address(&self, tab: Tab) -> String {
        self.address(|query| query.tab = tab)
    }

    fn without_search(&self) -> String {
        self.address(|query| query.q.clear())
    }

    fn without_type(&self) -> String {
        self.address(|query| query.user_type = None)
    }

    fn without_company(&self) -> String {
        self.address(|query| query.company = None)
    }

    fn without_filters(&self) -> String {
        self.address(|query| *query = Query { tab: query.tab, sort: query.sort, ..Query::default() })
    }

    fn by_name(&self) -> String {
        self.address(|query| query.sort = if query.sort == Sort::Name { Sort::NameDown } else { Sort::Name })
    }

    fn by_activity(&self) -> String {
        self.address(|query| {
            query.sort = if query.sort == Sort::NewestFirst { Sort::OldestFirst } else { Sort::NewestFirst };
        })
    }

    fn filtered(&self) -> bool {
        !self.query.q.is_empty() || self.query.user_type.is_some() || self.query.company.is_some()
    }

    fn count_not_reached(&self) -> i64 {
        i64::try_from(self.not_reached.len()).unwrap_or(i64::MAX)
    }

    fn first_not_reached(&self) -> impl Iterator<Item = &(String, String)> {
        self.not_reached.iter().take(NAMED)
    }

    fn more_not_reached(&self) -> i64 {
        self.count_not_reached() - self.first_not_reached().count() as i64
    }

    /// Tabs that are mostly empty are there when somebody is on them.
    fn tabs(&self) -> impl Iterator<Item = &(Tab, String)> {
        let is_shown = |(tab, count): &&(Tab, String)| {
            matches!(tab, Tab::Active | Tab::Pending) || *tab == self.query.tab || count != "0"
        };
        self.counts.iter().filter(is_shown)
    }

    /// Deleted users are not edited: their deletion can be undone.
    fn edits(&self, row: &Row) -> bool {
        row.may_manage && self.query.tab != Tab::Deleted
    }

    /// What stands in the last column: of who has not come in yet, where the invitation stands.
    fn state_heading(&self) -> &'static str {
        if self.query.tab == Tab::Pending { self.t.user_invitation() } else { self.t.user_last_active() }
    }

    /// For the counts of the tabs to be worth a filter bar.
    fn nobody(&self) -> bool {
        self.rows.is_empty() && !self.filtered()
    }
}

impl Query {
    /// The address of the list that asks for this; handlers append `after` or `before` for paging.
    pub fn address(&self, frame: &Frame) -> String {
        address(
            &frame.at("/users"),
            &[
                ("tab", self.tab.code()),
                ("q", &self.q),
                ("type", self.user_type.map_or("", UserType::word)),
                ("company", self.company.as_ref().map_or("", |(id, _)| id)),
                ("sort", self.sort.code()),
            ],
        )
    }
}
