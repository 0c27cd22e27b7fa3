//! Jobs: what is done for many at once, row by row, by the server itself (U-19).

mod across;
mod plan;

use std::fmt;
use std::str::FromStr;

use crate::user::{Unknown, words};

pub use across::{
    AroundCenter, Directory, KnownAccount, Named, Pair, accounts_of, keep_account, plan_across,
};
pub use plan::{Around, KnownCompany, Planned, plan_many};

/// The most rows of one list.
pub const MAX_ROWS: usize = 5_000;
/// The largest list, in bytes.
pub const MAX_BYTES: usize = 1_000_000;
/// The most places that one list may make: people, each in their accounts (C-06).
pub const MAX_PAIRS: usize = 100_000;
/// The most text that the rows of one list may have, in bytes, once each place has its row: a few long cells, each for many
/// accounts, would fill memory and disk.
pub const MAX_PAIR_BYTES: usize = 32_000_000;
/// The most accounts of one person in a list: they are given all of them in one go, while others wait (C-06).
pub const MAX_ACCOUNTS: usize = 500;

words! {
    /// What a job does with each of its rows.
    JobKind {
        /// Creates users in one account (U-19).
        CreateUsers = "create_users",
        /// Creates users in accounts of an account center (C-06).
        CreateInAccounts = "create_in_accounts",
    }
}

words! {
    /// Where a job stands.
    JobState {
        /// Rows are left.
        Running = "running",
        /// Every row has its end.
        Done = "done",
        /// Somebody broke it off; what was done until then stays.
        Cancelled = "cancelled",
    }
}

words! {
    /// What becomes of a row.
    Fate {
        /// Nothing stands in its way.
        Waiting = "waiting",
        /// The same for who signs in to accounts of the center already: they are in at once (C-06).
        Known = "known",
        /// The user was created.
        Created = "created",
        /// The user was created for who signed in to accounts of the center already (C-06).
        Added = "added",
        /// The person is in the account, and is left as they are.
        Here = "here",
        /// The person is invited, and is left as they are.
        Invited = "invited",
        /// The address stands further up in the list.
        Twice = "twice",
        /// Something is wrong with it.
        Refused = "refused",
        /// The job was broken off before.
        Cancelled = "cancelled",
    }
}

words! {
    /// Why a row is refused.
    Why {
        /// No address.
        EmailMissing = "email_missing",
        /// It is no address, or a very long one.
        EmailWrong = "email_wrong",
        /// More than one address in a cell.
        EmailSeveral = "email_several",
        /// An address with letters outside ASCII.
        EmailNotAscii = "email_not_ascii",
        /// No first name.
        FirstNameMissing = "first_name_missing",
        /// No last name.
        LastNameMissing = "last_name_missing",
        /// A name that is too long.
        NameTooLong = "name_too_long",
        /// A name with characters that cannot be seen.
        NameCharacters = "name_characters",
        /// No type.
        TypeMissing = "type_missing",
        /// No such type.
        TypeUnknown = "type_unknown",
        /// Neither yes nor no.
        AgentUnknown = "agent_unknown",
        /// A type that does not go with the answer about agents (L-01).
        AgentUnfit = "agent_unfit",
        /// No company, which all types but administrator have (U-01).
        CompanyMissing = "company_missing",
        /// No such company.
        CompanyUnknown = "company_unknown",
        /// A company that is disabled.
        CompanyDisabled = "company_disabled",
        /// A company that does not use Lead Center, for an agent (L-01).
        CompanyUnfit = "company_unfit",
        /// More cells than there are columns.
        TooManyCells = "too_many_cells",
        /// A cell of several lines: a quotation mark is not closed.
        LineBreak = "line_break",
        /// More access than whoever asks for it has (U-13).
        GreaterAccess = "greater_access",
        /// The person wants no invitations from the account.
        Unwanted = "unwanted",
        /// More companies than a row may name.
        TooManyCompanies = "too_many_companies",
        /// They have a place in an account outside (U-15).
        Elsewhere = "elsewhere",
        /// Whoever began the job may not create users any more.
        RightLost = "right_lost",
        /// The account has sent as many invitations as it may.
        TooMany = "too_many",
        /// No account, in a list for several (C-06).
        AccountMissing = "account_missing",
        /// No account of this name or number that whoever asks has (C-07).
        AccountUnknown = "account_unknown",
        /// More than one account of this name.
        AccountSeveral = "account_several",
        /// More accounts than one person may be given in a list.
        TooManyAccounts = "too_many_accounts",
        /// Whoever asks is no administrator of the account (C-07).
        NoRight = "no_right",
        /// The account has no company in use that the type could have.
        NoCompanyInUse = "no_company_in_use",
        /// No company of the account that is in use uses Lead Center, for an agent (L-01).
        NoLeadCenter = "no_lead_center",
        /// The account, or its center, has switched temporary passwords off (C-06).
        TemporaryPasswordsOff = "temporary_passwords_off",
        /// They sign in somewhere here with a password of their own, and need no temporary one (C-06).
        HasLogin = "has_login",
        /// It could not be done, for a reason that only doing it alone will tell.
        Failed = "failed",
    }
}

/// Why a row is refused, and what of it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Why.
    pub why: Why,
    /// The company or type that was typed; empty where nothing is meant.
    pub what: String,
}

impl Reason {
    /// A reason that means nothing of the row.
    pub fn of(why: Why) -> Reason {
        Reason { why, what: String::new() }
    }

    /// A reason that means something that was typed; on one line, and not too long to be shown.
    pub fn about(why: Why, what: &str) -> Reason {
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "\u{fffd}");
        Reason { why, what: what.chars().take(80).collect() }
    }
}

/// As it is stored: the word, and what is meant behind it.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.why.word(), self.what)
    }
}

impl FromStr for Reason {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Reason, Unknown> {
        let (why, what) = text.split_once(' ').ok_or(Unknown)?;
        Ok(Reason { why: why.parse()?, what: what.to_owned() })
    }
}

/// A row of the list, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedRow {
    /// The line it begins at.
    pub line: i64,
    /// Its cells in the order of [`COLUMNS`].
    pub cells: [String; COLUMNS.len()],
    /// The accounts it is for, in a list for several; in a report, the one that it was done in.
    pub accounts: String,
    /// Whether there are more cells than columns.
    pub has_more: bool,
}

/// The columns of a list, by the names its first line may have.
pub const COLUMNS: [&str; 7] =
    ["email", "first_name", "last_name", "type", "companies", "agent", "display_name"];

/// The columns of a list for several accounts (C-06).
pub const COLUMNS_ACROSS: [&str; 8] =
    ["email", "first_name", "last_name", "type", "accounts", "companies", "agent", "display_name"];

impl TypedRow {
    /// How much was typed, in bytes.
    pub fn bytes(&self) -> usize {
        self.cells.iter().map(String::len).sum::<usize>() + self.accounts.len()
    }
}

impl JobKind {
    /// The columns of its lists, by the names the first line may have.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            JobKind::CreateUsers => &COLUMNS,
            JobKind::CreateInAccounts => &COLUMNS_ACROSS,
        }
    }
}

/// The most companies that a row names: one more is refused, and the rest not looked at.
pub const MAX_COMPANIES: usize = 100;

impl TypedRow {
    /// The address.
    pub fn email(&self) -> &str {
        &self.cells[0]
    }

    /// The cell of a column.
    pub fn cell(&self, column: &str) -> &str {
        match COLUMNS.iter().position(|known| *known == column) {
            Some(at) => &self.cells[at],
            None => &self.accounts,
        }
    }

    /// The same, to be filled in.
    pub fn cell_mut(&mut self, column: &str) -> &mut String {
        match COLUMNS.iter().position(|known| *known == column) {
            Some(at) => &mut self.cells[at],
            None => &mut self.accounts,
        }
    }

    /// First and last name as one.
    pub fn name(&self) -> String {
        format!("{} {}", self.cells[1].trim(), self.cells[2].trim()).trim().to_owned()
    }

    /// The names of the companies: the whole cell, where there is a company of that name, or between semicolons.
    pub fn companies(&self) -> impl Iterator<Item = &str> {
        self.cells[4].split(';').map(str::trim).filter(|name| !name.is_empty()).take(MAX_COMPANIES + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_as_they_were_stored() {
        for &why in Why::ALL {
            for what in ["", "Harbor Dental", "a\nb\0c"] {
                let reason = Reason::about(why, what);
                assert_eq!(reason.to_string().parse(), Ok(reason));
            }
        }
        assert_eq!("later version".parse::<Reason>(), Err(Unknown));
    }
}
