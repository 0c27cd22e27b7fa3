//! Keys for programs: asking for one, showing it once, and what each may do.

use askama::Template;
use domain::api_key::Scope;
use text::Text;

use super::form::problems;
use super::user::Companies;
use super::{Choice, Field, Frame, Icon, Pager, SummaryLine, When, isolated};
use crate::views::capability::label;

/// A key to be made: `/me/api-keys/new?account=`. Posts `name`, `account`, `which`, `company`, `may`, `capability`, `reads_only`,
/// `ends`, `ends_on` and `password` to `/me/api-keys`.
#[derive(Template, Clone, Debug)]
#[template(path = "api_key/new.html")]
pub struct NewKey {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The login's address, for password managers.
    pub email: String,
    /// `name`
    pub name: Field,
    /// The accounts that it could be for instead: id and name.
    pub accounts: Vec<(String, String)>,
    /// What is wrong with `account`.
    pub account_error: Option<String>,
    /// The account that it is for, and what it can be narrowed to there; `None` for all accounts.
    pub narrowing: Option<Narrowing>,
    /// `reads_only`
    pub reads_only: bool,
    /// `ends`
    pub ends: Vec<Choice>,
    /// What is wrong with `ends`.
    pub ends_error: Option<String>,
    /// `ends_on`
    pub ends_on: Field,
    /// The first day that can be chosen.
    pub first_day: String,
    /// Where days end.
    pub zone: String,
    /// `password`
    pub password: Field,
}

/// What a key can be narrowed to in an account.
#[derive(Clone, Debug)]
pub struct Narrowing {
    /// `account`
    pub id: String,
    /// Its name.
    pub name: String,
    /// `which` is `some`
    pub some_companies: bool,
    /// `company`
    pub companies: Vec<Choice>,
    /// What is wrong with it.
    pub company_error: Option<String>,
    /// `may` is `some`
    pub some_capabilities: bool,
    /// `capability`
    pub capabilities: Vec<Choice>,
    /// What is wrong with it.
    pub capability_error: Option<String>,
}

/// A key that was made.
#[derive(Template, Clone)]
#[template(path = "api_key/made.html")]
pub struct MadeKey {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// What it is for.
    pub name: String,
    /// The key.
    pub key: String,
    /// The address of the server.
    pub base: String,
}

/// One's own keys: `/me/api-keys`.
#[derive(Template, Clone, Debug)]
#[template(path = "api_key/own.html")]
pub struct OwnKeys {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The keys.
    pub keys: Vec<Key>,
}

/// A key of one's own: `/me/api-keys/{KEY}`. Posts `name` there.
#[derive(Template, Clone, Debug)]
#[template(path = "api_key/show.html")]
pub struct OwnKey {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// `name`
    pub name: Field,
    /// The key.
    pub key: Key,
}

/// The keys of an account's users: `/accounts/{ACC}/api-keys?user=&after=`. Posts to `…/api-keys/{KEY}/end`.
#[derive(Template, Clone, Debug)]
#[template(path = "api_key/list.html")]
pub struct List {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The id and name of the user whose keys these are; `None` for everybody's.
    pub of: Option<(String, String)>,
    /// One page, user by user.
    pub rows: Vec<Row>,
    /// The neighbouring pages.
    pub pager: Pager,
}

/// A key of one of an account's users.
#[derive(Clone, Debug)]
pub struct Row {
    /// `USR…`
    pub user: String,
    /// Whose it is.
    pub owner: String,
    /// Their address.
    pub email: String,
    /// The key.
    pub key: Key,
}

/// A key, as lists show it.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do, and where.
    pub scope: Vec<String>,
    /// When it was made.
    pub since: When,
    /// When it was last used; `None`: never.
    pub last_use: Option<When>,
    /// When it ends, or has; `None`: never.
    pub ends: Option<When>,
    /// Whether it has.
    pub is_over: bool,
    /// Whether somebody has ended it wherever it was for.
    pub is_ended: bool,
    /// Who has ended it, and where.
    pub ended: Vec<End>,
}

/// That an administrator has ended a key.
#[derive(Clone, Debug)]
pub struct End {
    /// In which account, where that is not plain.
    pub account: Option<String>,
    /// Who.
    pub by: String,
    /// When.
    pub when: When,
}

impl NewKey {
    fn problems(&self) -> Vec<SummaryLine> {
        let of = |name: &'static str, error: &Option<String>| {
            error.clone().map(|text| SummaryLine { field: Some(name.into()), text })
        };
        let (company, capability) = match &self.narrowing {
            Some(narrowing) => (&narrowing.company_error, &narrowing.capability_error),
            None => (&None, &None),
        };
        let between =
            [of("account", &self.account_error), of("company", company), of("capability", capability)];
        let mut all = problems(&[("name", &self.name)]);
        all.extend(between.into_iter().flatten());
        all.extend(of("ends", &self.ends_error));
        all.extend(problems(&[("ends_on", &self.ends_on), ("password", &self.password)]));
        all
    }
}

impl OwnKey {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[("name", &self.name)])
    }
}

/// What a key may do, and where, in a few lines. `only` is the account that it is for, without its name where that is not to be told.
pub fn scope(t: Text, scope: &Scope, only: Option<Option<&str>>, companies: &Companies) -> Vec<String> {
    let may = match &scope.capabilities {
        None if scope.in_companies => t.api_key_may_all_within().to_owned(),
        None => t.api_key_may_all().to_owned(),
        Some(some) => some.iter().map(|one| label(t, *one)).collect::<Vec<_>>().join(" · "),
    };
    let may = if may.is_empty() { t.api_key_may_nothing().to_owned() } else { may };
    let place = match only {
        None => t.api_key_everywhere().to_owned(),
        Some(None) => t.api_key_in_gone().to_owned(),
        Some(Some(account)) => t.api_key_in(isolated(account)),
    };
    let names = companies.first.iter().map(|name| isolated(name).to_string()).collect::<Vec<_>>().join(", ");
    let some = match (scope.in_companies, names.is_empty(), companies.more) {
        (false, ..) => None,
        (true, true, _) => Some(t.api_key_no_companies().to_owned()),
        (true, false, 0) => Some(t.api_key_companies(names)),
        (true, false, more) => Some(t.api_key_companies(format!("{names} {}", t.company_more(more)))),
    };
    let reads_only = scope.reads_only.then(|| t.api_key_reads_only().to_owned());
    [Some(may), reads_only, Some(place), some].into_iter().flatten().collect()
}
