//! Maps of access, drawn on the server: pictures without a script, each with the same data as a table beneath.
//!
//! What is drawn has its size in the pixels of a narrow screen and is not stretched on a wide one, so that its texts are
//! never too small to be read.

use askama::Template;
use text::Text;

use super::capability::Line;
use super::{Frame, Icon, Pager, When};

/// How many letters of a name fit into the picture of one's own access.
const OWN_LETTERS: usize = 26;
/// How many letters of a name fit beside, and above, the picture of an account.
const LETTERS: usize = 12;
/// Where the first column and row of that picture begin, how wide a column and how high a row is.
const LEFT: usize = 104;
const HEAD: usize = 112;
const COLUMN: usize = 15;
const ROW: usize = 22;

/// One's own access: `/me/access?after=`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_map/own.html")]
pub struct Own {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// One's name.
    pub name: String,
    /// One page of accounts.
    pub accounts: Vec<OwnAccount>,
    /// The neighbouring pages.
    pub pager: Pager,
    /// Who has lately seen an account as oneself.
    pub seen: Vec<Seen>,
}

/// That somebody saw an account as oneself.
#[derive(Clone, Debug)]
pub struct Seen {
    /// "Ada Reyes saw Acme as you"
    pub what: String,
    /// Why.
    pub reason: String,
    /// When it began.
    pub when: When,
}

/// One's place in an account, or in all accounts of a center that one runs.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// "Manager, agent"
    pub role: String,
    /// Whether it is a center, and `leaves` are accounts.
    pub is_center: bool,
    /// Some companies, and how many more there are.
    pub leaves: Vec<String>,
    /// Every capability: what it is called, and whether one has it.
    pub lines: Vec<(&'static str, Line)>,
}

/// An account in the picture.
struct Branch<'a> {
    account: &'a OwnAccount,
    y: usize,
    leaves: Vec<(usize, String)>,
}

impl Own {
    /// The accounts with the places of all that belongs to them, and how high the picture is.
    fn drawn(&self) -> (Vec<Branch<'_>>, usize) {
        let mut y = 44;
        let branch = |account| {
            let mut branch = Branch { account, y, leaves: Vec::new() };
            for (at, leaf) in account.leaves.iter().enumerate() {
                branch.leaves.push((y + 58 + 20 * at, clipped(leaf, OWN_LETTERS)));
            }
            y += 82 + 20 * branch.leaves.len().saturating_sub(1);
            branch
        };
        let branches = self.accounts.iter().map(branch).collect();
        (branches, y - 20)
    }

    /// What one may do there.
    fn may<'a>(&self, account: &'a OwnAccount) -> Vec<&'a (&'static str, Line)> {
        account.lines.iter().filter(|(_, line)| line.has).collect()
    }

    /// Where the square of a capability stands.
    fn square(&self, at: &usize) -> usize {
        26 + 17 * *at
    }

    fn class(&self, line: &Line) -> &'static str {
        match (line.has, &line.limit) {
            (true, None) => "whole",
            (true, Some(_)) => "partly",
            (false, _) => "none",
        }
    }
}

/// People and companies of an account: `/accounts/{ACC}/users/map?after=&before=&name=&company=`.
#[derive(Template, Clone, Debug)]
#[template(path = "access_map/account.html")]
pub struct Account {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The names of the companies that stand beside each other.
    pub companies: Vec<String>,
    /// One page of people, on the first those who have the account through its center before the others.
    pub people: Vec<Person>,
    /// How many more executive administrators there are.
    pub more_executives: i64,
    /// The neighbouring pages of people.
    pub pager: Pager,
    /// The companies that follow.
    pub more_companies: Option<String>,
    /// The first companies again.
    pub first_companies: Option<String>,
}

/// Somebody in the map.
#[derive(Clone, Debug)]
pub struct Person {
    /// `USR…`; none for an executive administrator who is no user.
    pub id: Option<String>,
    /// First and last name.
    pub name: String,
    /// "Manager, agent"
    pub role: String,
    /// All companies.
    pub all: bool,
    /// Which of the companies that are shown they have.
    pub has: Vec<bool>,
    /// How many others they have.
    pub others: i64,
}

impl Account {
    fn size(&self) -> (usize, usize) {
        (LEFT + COLUMN * self.companies.len(), HEAD + ROW * self.people.len())
    }

    fn x(&self, column: &usize) -> usize {
        LEFT + COLUMN * *column
    }

    fn y(&self, row: &usize) -> usize {
        HEAD + ROW * *row
    }

    fn short(&self, name: &str) -> String {
        clipped(name, LETTERS)
    }

    /// The names of the companies that somebody has, of those that are shown.
    fn names(&self, person: &Person) -> Vec<&str> {
        let given = person.has.iter().zip(&self.companies).filter(|(has, _)| **has);
        given.map(|(_, name)| name.as_str()).collect()
    }
}

/// As many letters as fit, with a sign where some are left out. Names of one house begin alike, so their ends are kept.
pub(crate) fn clipped(name: &str, letters: usize) -> String {
    let all: Vec<char> = name.chars().collect();
    if all.len() <= letters {
        return name.to_owned();
    }
    let end = letters / 2;
    let [begin, end] =
        [&all[..letters - 1 - end], &all[all.len() - end..]].map(|part| part.iter().collect::<String>());
    format!("{}…{}", begin.trim_end(), end.trim_start())
}

#[cfg(test)]
mod tests {
    use super::clipped;

    /// G-08. Seen to fail: with the beginning alone kept.
    #[test]
    fn g08_names_that_begin_alike_stay_apart() {
        assert_eq!(clipped("Harbor Dental", 13), "Harbor Dental");
        let [north, south] =
            ["North", "South"].map(|side| clipped(&format!("Harbor Dental Group {side}"), 13));
        assert_eq!((north.as_str(), south.as_str()), ("Harbor…North", "Harbor…South"));
        assert_eq!(clipped("ééééééééé", 5), "éé…éé");
        assert_eq!(clipped("abc", 2), "…c");
    }
}
