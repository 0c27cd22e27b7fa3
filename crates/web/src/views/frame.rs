//! What surrounds every page: rail, My Account panel, toast; and the small things that all pages show.

use std::borrow::Cow;
use std::fmt::Write as _;

use domain::brand::Look;

pub use crate::assets::Icon;

/// Pages that are on the server's own host alone.
const LEADS_OUT: [&str; 2] = ["/accounts", "/account-centers"];

/// The frame of a page. `Frame::default()` is the one of a signed-out page that shows nobody: no rail, a card in the middle.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The account the page is in, for the icon at the top of the rail.
    pub account: Option<AccountMark>,
    /// The account center the page is in, instead.
    pub center: Option<AccountMark>,
    /// On a page of the person alone, the id of the account that they came from, whose tabs stay.
    pub came_from: Option<String>,
    /// Who is signed in.
    pub person: Option<PersonMark>,
    /// The rail: the sections of where one is, only those this person may open.
    pub nav: Vec<NavItem>,
    /// The My Account panel, only what this person may open. Sign out is added by the template.
    pub panel: Vec<NavItem>,
    /// What has just been done, told once.
    pub toast: Option<Toast>,
    /// Where one comes back to after choosing a language at the foot of the page; `None` where there is no choice, so that
    /// nothing that was sent is lost.
    pub language_next: Option<String>,
    /// What the page shows of whom.
    pub look: Look,
    /// Whether it is on an account's own host, where nothing leads out of the account.
    pub is_own_host: bool,
    /// From which day on whoever looks needs a second factor here, and has none.
    pub second_factor_due: Option<String>,
    /// Whether the session is by the account's provider: one's own pages are of the sign-in, and not of the account.
    pub is_bound: bool,
    /// That whoever looks sees an account as somebody else.
    pub seeing: Option<SeeingMark>,
}

/// That whoever looks sees an account as somebody else.
#[derive(Clone, Debug, Default)]
pub struct SeeingMark {
    /// As whom, and for how many minutes more; `None` where the page is of no account.
    pub of: Option<(String, i64)>,
}

impl Frame {
    /// Whether the page is told of changes while it is open: not while somebody only looks, whose stream is refused.
    pub fn follows_events(&self) -> bool {
        self.account.is_some() && self.seeing.is_none()
    }

    /// An address inside the account or account center of this frame: `at("/users")` gives `/accounts/ACC…/users`.
    /// Outside of both it gives the path as it is.
    pub fn at(&self, path: &str) -> String {
        match (&self.account, &self.center) {
            (Some(account), _) => format!("/accounts/{}{path}", account.id),
            (None, Some(center)) => format!("/account-centers/{}{path}", center.id),
            (None, None) => path.to_owned(),
        }
    }

    /// The account or account center the page is in.
    pub fn place(&self) -> Option<&AccountMark> {
        self.account.as_ref().or(self.center.as_ref())
    }

    /// The name behind the page's title: of where one is, or of whoever the page is.
    pub fn site_name(&self) -> &str {
        self.place().map_or(self.look.name.as_str(), |place| place.name.as_str())
    }

    /// One or two letters in the place of a logo.
    pub fn site_mark(&self) -> String {
        initials(&self.look.name)
    }

    /// Whether the page has a rail: those of signed-in people, and the operator's.
    pub fn has_rail(&self) -> bool {
        !self.nav.is_empty()
    }

    /// The same frame; on an account's own host without what leads out of the account.
    pub fn on_own_host(mut self) -> Frame {
        if self.is_own_host {
            let stays = |item: &NavItem| !LEADS_OUT.contains(&item.href.as_str());
            self.nav.retain(stays);
            self.panel.retain(stays);
        }
        if self.is_bound {
            let stays = |item: &NavItem| item.href.starts_with("/accounts/");
            self.nav.retain(stays);
            self.panel.retain(stays);
        }
        self
    }

    /// The same frame with a toast.
    pub fn with_toast(mut self, text: impl Into<String>) -> Frame {
        self.toast = Some(Toast { text: text.into(), link: None });
        self
    }

    /// The same frame, its toast leading to a page of the account.
    pub fn with_toast_link(mut self, text: &'static str, path: &str) -> Frame {
        let link = (text, self.at(path));
        if let Some(toast) = &mut self.toast {
            toast.link = Some(link);
        }
        self
    }
}

/// An account as its icon and name.
#[derive(Clone, Debug)]
pub struct AccountMark {
    /// `ACC…`
    pub id: String,
    /// Its name.
    pub name: String,
    /// One or two letters; [`initials`] makes them.
    pub initials: String,
}

impl AccountMark {
    /// The mark of an account, with initials made from its name.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> AccountMark {
        let name = name.into();
        AccountMark { id: id.into(), initials: initials(&name), name }
    }
}

/// The signed-in person.
#[derive(Clone, Debug)]
pub struct PersonMark {
    /// First and last name.
    pub name: String,
    /// One or two letters; [`initials`] makes them.
    pub initials: String,
    /// The login's address.
    pub email: String,
}

impl PersonMark {
    /// The mark of a person, with initials made from the name.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> PersonMark {
        let name = name.into();
        PersonMark { initials: initials(&name), email: email.into(), name }
    }
}

/// An entry of the rail or of the My Account panel.
#[derive(Clone, Debug)]
pub struct NavItem {
    /// What it is called.
    pub label: String,
    /// Where it goes.
    pub href: String,
    /// The icon before it.
    pub icon: Icon,
    /// Whether this page is it, or stands below it.
    pub current: bool,
}

impl NavItem {
    /// An entry; `current` marks where one is.
    pub fn new(label: impl Into<String>, href: impl Into<String>, icon: Icon, current: bool) -> NavItem {
        NavItem { label: label.into(), href: href.into(), icon, current }
    }
}

/// What has just been done, in one sentence.
#[derive(Clone, Debug)]
pub struct Toast {
    /// The sentence.
    pub text: String,
    /// A link behind it: its text and address.
    pub link: Option<(&'static str, String)>,
}

/// A moment, ready to be shown.
#[derive(Clone, Debug)]
pub struct When {
    /// What stands there: "3 Nov, 14:05", or "2 hours ago".
    pub text: String,
    /// The full one, shown on hover.
    pub full: String,
    /// For machines: `2025-11-03T14:05:00Z`.
    pub iso: String,
}

/// Links to the neighbouring pages of a list; `None` where there is none.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// A choice of a select, a checkbox list or a filter.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: bool) -> Choice {
        Choice { value: value.into(), label: label.into(), chosen }
    }
}

/// One or two letters for an icon: of the first and the last word that begin with a letter or digit.
pub fn initials(name: &str) -> String {
    let letters: Vec<char> = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .filter(|c| c.is_alphanumeric())
        .collect();
    match letters.as_slice() {
        [] => name.chars().take(1).collect(),
        [one] => one.to_uppercase().collect(),
        [first, .., last] => first.to_uppercase().chain(last.to_uppercase()).collect(),
    }
}

/// A name to stand inside a sentence: where it is written from right to left, marks keep it from turning the
/// sentence around it. Other names come back as they are.
pub fn isolated(name: &str) -> Cow<'_, str> {
    // Hebrew to Arabic Extended-A, and the presentation forms.
    let turns =
        |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if name.contains(turns) { Cow::Owned(format!("\u{2068}{name}\u{2069}")) } else { Cow::Borrowed(name) }
}

/// The parts of an address, between which a narrow line breaks: after `@`, and before each dot.
pub(crate) fn address_parts(email: &str) -> impl Iterator<Item = &str> {
    let ends = email.char_indices().filter_map(|(at, c)| match c {
        '@' => Some(at + 1),
        '.' if at > 0 => Some(at),
        _ => None,
    });
    let mut begin = 0;
    ends.chain([email.len()]).map(move |end| &email[std::mem::replace(&mut begin, end)..end])
}

/// Joins a path and its query; parameters without value are left out.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        write!(address, "{separator}{name}={}", encode(value)).expect("a String takes all");
        separator = '&';
    }
    address
}

/// Percent-encodes a value for a query.
fn encode(value: &str) -> Cow<'_, str> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    if value.as_bytes().iter().all(plain) {
        return Cow::Borrowed(value);
    }
    let mut encoded = String::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        if plain(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes all");
        }
    }
    Cow::Owned(encoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_break_at_their_signs() {
        let parts = |email| address_parts(email).collect::<Vec<_>>();
        assert_eq!(parts("hugo.lang@example.com"), ["hugo", ".lang@", "example", ".com"]);
        assert_eq!(parts(".a@b"), [".a@", "b"]);
        assert_eq!(parts("team"), ["team"]);
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Natalie Ford"), "NF");
        assert_eq!(initials("natalie"), "N");
        assert_eq!(initials("Bright & Sons Plumbing"), "BP");
        assert_eq!(initials("عمر الفاروق"), "عا");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn only_names_that_turn_are_isolated() {
        assert_eq!(isolated("Natalie Ford"), "Natalie Ford");
        assert_eq!(isolated("عمر"), "\u{2068}عمر\u{2069}");
    }

    #[test]
    fn addresses_leave_out_what_is_empty() {
        assert_eq!(address("/users", &[("q", ""), ("type", "")]), "/users");
        assert_eq!(
            address("/users", &[("q", "a b&c"), ("type", ""), ("sort", "-name")]),
            "/users?q=a%20b%26c&sort=-name"
        );
    }
}
