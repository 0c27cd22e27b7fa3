//! What becomes of each person of a list in each of their accounts, said before anything is written (C-06, C-07).

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Around, Planned, Read};
use super::{Fate, Reason, TypedRow, Why};
use crate::id::AccountId;
use crate::name;

/// The word for all accounts that whoever asks administers.
const ALL: &str = "all";
/// What stands before what was typed in a row that a job keeps, where nothing had that name, and where several had.
const UNKNOWN: char = '?';
const SEVERAL: char = '*';

/// An account of the center that whoever asks may know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Whether whoever asks administers it.
    pub has_right: bool,
}

/// The accounts that a list may name, by number and by name.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    accounts: BTreeMap<AccountId, KnownAccount>,
    /// By [`name::sort_key`]; names need not be unique.
    names: BTreeMap<String, Vec<AccountId>>,
    /// Whether it is asked by rows as a job keeps them.
    of_kept: bool,
}

impl Directory {
    /// From the accounts that whoever asks may know of.
    pub fn of(accounts: Vec<KnownAccount>) -> Directory {
        let mut directory = Directory::default();
        for account in accounts {
            let key = name::sort_key(&[&account.name]);
            directory.names.entry(key).or_default().push(account.id.clone());
            directory.accounts.insert(account.id.clone(), account);
        }
        directory
    }

    /// For rows as a job keeps them, in which no name and no word stands for an account: what was refused when the list was looked
    /// at stays so, whatever accounts there are by then (see [`keep_account`]).
    pub fn of_kept(accounts: Vec<KnownAccount>) -> Directory {
        Directory { of_kept: true, ..Directory::of(accounts) }
    }

    /// An account by its number.
    pub fn get(&self, id: &AccountId) -> Option<&KnownAccount> {
        self.accounts.get(id)
    }

    /// Those that whoever asks administers.
    pub fn administered(&self) -> impl Iterator<Item = &AccountId> {
        self.accounts.values().filter(|account| account.has_right).map(|account| &account.id)
    }

    /// By what [`keep_account`] made.
    fn find_kept(&self, kept: &str) -> Named {
        if let Some(typed) = kept.strip_prefix(SEVERAL) {
            return Named::Several(typed.to_owned());
        }
        let account = kept.parse().ok().filter(|id| self.accounts.contains_key(id));
        let typed = kept.strip_prefix(UNKNOWN).unwrap_or(kept);
        account.map_or_else(|| Named::Unknown(typed.to_owned()), Named::Account)
    }

    fn find(&self, typed: &str) -> Named {
        if let Some(account) = typed.parse().ok().and_then(|id| self.accounts.get(&id)) {
            return Named::Account(account.id.clone());
        }
        match self.names.get(&name::sort_key(&[typed])).map(Vec::as_slice) {
            Some([only]) => Named::Account(only.clone()),
            Some(_) => Named::Several(typed.to_owned()),
            None => Named::Unknown(typed.to_owned()),
        }
    }
}

/// What a row names as one of its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// This one.
    Account(AccountId),
    /// None that whoever asks may know of.
    Unknown(String),
    /// More than one.
    Several(String),
}

/// One of the accounts of a row as a job keeps it: its number, or what was typed, marked as nothing that could be found. It has one
/// mark, however often the job's report is pasted again.
pub fn keep_account(account: Option<&AccountId>, typed: &str, reasons: &[Reason]) -> String {
    match account {
        Some(id) => id.to_string(),
        None if typed.is_empty() || typed.starts_with([UNKNOWN, SEVERAL]) => typed.replace(';', ","),
        None => {
            let is_several = reasons.iter().any(|reason| reason.why == Why::AccountSeveral);
            let mark = if is_several { SEVERAL } else { UNKNOWN };
            format!("{mark}{}", typed.replace(';', ","))
        }
    }
}

/// The accounts that a row names: between semicolons, or the whole cell where there is an account of that name.
pub fn accounts_of(row: &TypedRow, directory: &Directory) -> Vec<Named> {
    let cell = row.accounts.trim();
    let between = || cell.split(';').map(str::trim).filter(|name| !name.is_empty());
    if directory.of_kept {
        return between().map(|kept| directory.find_kept(kept)).collect();
    }
    if cell.eq_ignore_ascii_case(ALL) {
        return directory.administered().cloned().map(Named::Account).collect();
    }
    let whole = directory.find(cell);
    if !matches!(whole, Named::Unknown(_)) {
        return vec![whole];
    }
    between().map(|name| directory.find(name)).collect()
}

/// What has to be known of the center beside the list.
#[derive(Clone, Debug, Default)]
pub struct AroundCenter {
    /// The accounts that it may name.
    pub directory: Directory,
    /// What is known of those that it names and whoever asks administers.
    pub accounts: BTreeMap<AccountId, Around>,
    /// Who signs in to accounts of the center already, by their address in lower case.
    pub known: BTreeSet<String>,
    /// Where new people get temporary passwords and no links: the accounts that allow them.
    pub temporary: Option<BTreeSet<AccountId>>,
}

/// What becomes of a person in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Which row of the list, counted from 0.
    pub row: usize,
    /// The number of the account among those that the row names, from 1.
    pub number: i64,
    /// The account, where there is one.
    pub account: Option<AccountId>,
    /// Its name, or what was typed for it.
    pub account_name: String,
    /// What becomes of it.
    pub planned: Planned,
}

/// What becomes of each row in each of its accounts. A person may have several rows; in one account the first counts.
pub fn plan_across(rows: &[TypedRow], around: &AroundCenter) -> Vec<Pair> {
    let mut seen: BTreeMap<AccountId, BTreeSet<String>> = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (row, typed) in rows.iter().enumerate() {
        let read = Read::of(typed);
        let named = accounts_of(typed, &around.directory);
        if named.is_empty() {
            let missing = std::iter::once(Reason::of(Why::AccountMissing));
            let planned = Planned::refused(read.reasons.iter().cloned().chain(missing).collect());
            pairs.push(Pair { row, number: 1, account: None, account_name: String::new(), planned });
            continue;
        }
        for (named, number) in named.into_iter().zip(1..) {
            let is_too_many = read.canonical.clone().is_some_and(|email| {
                let count = counts.entry(email).or_default();
                *count += 1;
                *count > super::MAX_ACCOUNTS
            });
            let planned = if is_too_many {
                Planned::refused(vec![Reason::of(Why::TooManyAccounts)])
            } else {
                plan(&read, &named, around, &mut seen)
            };
            let (account, account_name) = match named {
                Named::Account(id) => {
                    let name = around.directory.get(&id).map(|account| account.name.clone());
                    (Some(id), name.unwrap_or_default())
                }
                Named::Unknown(typed) | Named::Several(typed) => {
                    (None, Reason::about(Why::Failed, &typed).what)
                }
            };
            pairs.push(Pair { row, number, account, account_name, planned });
        }
    }
    pairs
}

fn plan(
    read: &Read,
    named: &Named,
    around: &AroundCenter,
    seen: &mut BTreeMap<AccountId, BTreeSet<String>>,
) -> Planned {
    let id = match named {
        Named::Account(id) => id,
        Named::Unknown(typed) => return Planned::refused(vec![Reason::about(Why::AccountUnknown, typed)]),
        Named::Several(typed) => return Planned::refused(vec![Reason::about(Why::AccountSeveral, typed)]),
    };
    let Some(account) = around.accounts.get(id) else {
        return Planned::refused(vec![Reason::of(Why::NoRight)]);
    };
    let seen = match seen.get_mut(id) {
        Some(seen) => seen,
        None => seen.entry(id.clone()).or_default(),
    };
    let mut planned = read.plan(account, seen);
    let signs_in = planned.new.as_ref().is_some_and(|new| new.user_type.has_login());
    if signs_in && read.canonical.as_ref().is_some_and(|email| around.known.contains(email)) {
        planned.fate = Fate::Known;
    }
    let is_allowed = around.temporary.as_ref().is_none_or(|accounts| accounts.contains(id));
    if signs_in && planned.fate == Fate::Waiting && !is_allowed {
        return Planned::refused(vec![Reason::of(Why::TemporaryPasswordsOff)]);
    }
    planned
}

#[cfg(test)]
mod tests {
    use super::super::KnownCompany;
    use super::*;
    use crate::access::{Companies, Grants};
    use crate::user::{UserStatus, UserType};

    fn account(digit: &str) -> AccountId {
        format!("ACC{}", digit.repeat(32)).parse().expect("an id")
    }

    fn around() -> AroundCenter {
        let known = |digit: &str, name: &str, has_right| KnownAccount {
            id: account(digit),
            name: name.to_owned(),
            has_right,
        };
        let directory = Directory::of(vec![
            known("1", "North", true),
            known("2", "South; West", true),
            known("3", "Twin", true),
            known("4", "twin", true),
            known("5", "Not mine", false),
        ]);
        let company = |digit: &str, lead_center| KnownCompany {
            id: format!("COM{}", digit.repeat(32)).parse().expect("an id"),
            disabled: false,
            lead_center,
        };
        let one = |companies: Vec<KnownCompany>, users: &[(&str, UserStatus)]| Around {
            grants: Grants {
                user_type: UserType::Administrator,
                agent: false,
                status: UserStatus::Active,
                companies: Companies::All,
                white_label: false,
                ends_at: None,
                scope: crate::api_key::Scope::whole(),
            },
            users: users.iter().map(|(email, status)| ((*email).to_owned(), *status)).collect(),
            unwanted: BTreeSet::from(["never@example.com".to_owned()]),
            companies: companies
                .iter()
                .flat_map(|company| {
                    [("harbor".to_owned(), company.clone()), (company.id.to_string(), company.clone())]
                })
                .collect(),
            in_use: Some(companies),
        };
        let north = one(vec![company("1", true)], &[("here@example.com", UserStatus::Active)]);
        let south = one(vec![], &[("here@example.com", UserStatus::Pending)]);
        AroundCenter {
            directory,
            accounts: [("1", north), ("2", south.clone()), ("3", south.clone()), ("4", south)]
                .map(|(digit, around)| (account(digit), around))
                .into(),
            known: BTreeSet::from(["known@example.com".to_owned()]),
            temporary: None,
        }
    }

    fn row(email: &str, user_type: &str, accounts: &str, companies: &str) -> TypedRow {
        let cells = [email, "Kim", "Ito", user_type, companies, "", ""].map(str::to_owned);
        TypedRow { line: 1, cells, accounts: accounts.to_owned(), has_more: false }
    }

    /// Each pair as the account's name, its fate and the first reason.
    fn told(rows: &[TypedRow]) -> Vec<(String, Fate, Option<Why>)> {
        let pairs = plan_across(rows, &around());
        let told = |pair: Pair| {
            (pair.account_name, pair.planned.fate, pair.planned.reasons.first().map(|reason| reason.why))
        };
        pairs.into_iter().map(told).collect()
    }

    /// C-06, C-07. Seen to fail: with accounts without right told as unknown ones.
    #[test]
    fn c06_c07_each_account_is_told_for_itself() {
        let rows = [row("a@example.com", "administrator", "north;South; West;Twin;Nowhere;Not mine", "")];
        let refused = |name: &str, why| (name.to_owned(), Fate::Refused, Some(why));
        assert_eq!(
            told(&rows),
            [
                ("North".to_owned(), Fate::Waiting, None),
                refused("South", Why::AccountUnknown),
                refused("West", Why::AccountUnknown),
                refused("Twin", Why::AccountSeveral),
                refused("Nowhere", Why::AccountUnknown),
                refused("Not mine", Why::NoRight),
            ]
        );
        let whole = told(&[row("a@example.com", "administrator", "south; WEST", "")]);
        assert_eq!(whole, [("South; West".to_owned(), Fate::Waiting, None)], "a name with a semicolon");
        let by_number = told(&[row("a@example.com", "administrator", account("4").as_str(), "")]);
        assert_eq!(by_number, [("twin".to_owned(), Fate::Waiting, None)]);
        assert_eq!(told(&[row("a", "administrator", " ; ", "")])[0].2, Some(Why::EmailWrong));
        assert_eq!(told(&[row("a@example.com", "administrator", "", "")])[0].2, Some(Why::AccountMissing));
    }

    /// C-06, C-07. What was refused when the list was looked at is refused when it is done, whatever words it consists of. Seen to
    /// fail: with the names kept as they were typed, and with the directory of the list asked by the job.
    #[test]
    fn c06_c07_what_named_no_account_names_none_later() {
        let around = around();
        for typed in ["all;", "Twin; all", "North;ALL;?", &format!("*{}", account("1")), "?north;;"] {
            let rows = [row("a@example.com", "administrator", typed, "")];
            let seen = plan_across(&rows, &around);
            let keep =
                |pair: &Pair| keep_account(pair.account.as_ref(), &pair.account_name, &pair.planned.reasons);
            let kept = seen.iter().map(keep).collect::<Vec<_>>().join(";");
            let of_job = Directory::of_kept(vec![
                KnownAccount { id: account("1"), name: "North".to_owned(), has_right: true },
                KnownAccount { id: account("2"), name: "all".to_owned(), has_right: true },
                KnownAccount { id: account("3"), name: "Twin; all".to_owned(), has_right: true },
            ]);
            let later = AroundCenter { directory: of_job, ..around.clone() };
            let done = plan_across(&[row("a@example.com", "administrator", &kept, "")], &later);
            let told = |pairs: &[Pair]| -> Vec<_> {
                pairs.iter().map(|pair| (pair.account.clone(), pair.planned.fate)).collect()
            };
            assert_eq!(told(&done), told(&seen), "{typed:?}, kept as {kept:?}");
        }
    }

    /// C-06, C-07. Seen to fail: with one `seen` for all accounts together.
    #[test]
    fn c06_c07_who_is_there_or_named_twice_is_left_and_all_are_those_one_administers() {
        let here = told(&[row("Here@example.com", "administrator", "ALL", "")]);
        let fates: Vec<(&str, Fate)> = here.iter().map(|(name, fate, _)| (name.as_str(), *fate)).collect();
        assert_eq!(
            fates,
            [
                ("North", Fate::Here),
                ("South; West", Fate::Invited),
                ("Twin", Fate::Invited),
                ("twin", Fate::Invited)
            ]
        );
        let rows = [
            row("known@example.com", "administrator", "North", ""),
            row("Known@example.com", "reporting", "North;South; West", ""),
            row("known@example.com", "administrator", "South; West", ""),
        ];
        let fates: Vec<Fate> = told(&rows).into_iter().map(|(_, fate, _)| fate).collect();
        assert_eq!(fates, [Fate::Known, Fate::Twice, Fate::Refused, Fate::Refused, Fate::Known]);
    }

    /// C-06. Whoever gets no password is let in or told by mail as ever.
    #[test]
    fn c06_where_temporary_passwords_are_off_nobody_new_gets_one() {
        let temporary = Some(BTreeSet::from([account("1")]));
        let rows = [
            row("a@example.com", "administrator", "North;Twin;South; West", ""),
            row("b@example.com", "administrator", account("2").as_str(), ""),
            row("known@example.com", "administrator", account("2").as_str(), ""),
            row("c@example.com", "notification", account("2").as_str(), ""),
        ];
        let pairs = plan_across(&rows, &AroundCenter { temporary, ..around() });
        let fate = |row: usize| {
            let pair = pairs.iter().find(|pair| pair.row == row).expect("a pair");
            (pair.planned.fate, pair.planned.reasons.first().map(|reason| reason.why))
        };
        assert_eq!(fate(0), (Fate::Waiting, None));
        assert_eq!(fate(1), (Fate::Refused, Some(Why::TemporaryPasswordsOff)));
        assert_eq!(fate(2), (Fate::Known, None));
        assert_ne!(fate(3).1, Some(Why::TemporaryPasswordsOff));
    }

    /// C-06, X-31. Seen to fail: with naming no company refused, as it is in a list for one account.
    #[test]
    fn c06_x31_companies_are_those_in_use_there_unless_some_are_named() {
        let planned = |email, accounts, companies| {
            plan_across(&[row(email, "manager", accounts, companies)], &around()).remove(0).planned
        };
        assert_eq!(planned("a@example.com", "North", "").new.expect("it waits").companies.len(), 1);
        let number = format!("COM{}", "1".repeat(32));
        assert_eq!(planned("a@example.com", "North", &number).new.expect("it waits").companies.len(), 1);
        let why = |planned: Planned| planned.reasons.iter().map(|reason| reason.why).collect::<Vec<_>>();
        assert_eq!(why(planned("a@example.com", "South; West", "")), [Why::NoCompanyInUse]);
        assert_eq!(why(planned("a@example.com", "South; West", "Harbor")), [Why::CompanyUnknown]);
        let agent = |around: &AroundCenter| {
            plan_across(&[row("a@example.com", "agent", "North;South; West", "")], around).remove(0).planned
        };
        assert_eq!(agent(&around()).fate, Fate::Waiting);
        let mut without = around();
        for company in without.accounts.values_mut().filter_map(|one| one.in_use.as_mut()).flatten() {
            company.lead_center = false;
        }
        assert_eq!(
            why(agent(&without)),
            [Why::NoLeadCenter],
            "there is a company, and it does not do (L-01)"
        );
        assert_eq!(why(planned("never@example.com", "North", "")), [Why::Unwanted]);
    }
}
