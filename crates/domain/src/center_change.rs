//! Changing what one person is in accounts of a center, account by account (C-08): what is to be done in an account for
//! it. Each of those changes is then an ordinary one, and decided by its own rules.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::access_change::{Access, Change, Obstacle};
use crate::company::all_open_to;
use crate::id::{AccountId, CompanyId};
use crate::input::Problem;
use crate::user::{UserStatus, UserType, is_promotion};

/// How many accounts one change may name: it is made in one go.
pub const MOST: usize = 100;

/// Whether so many accounts can be changed in one go.
pub fn check_count(accounts: usize) -> Result<(), Problem> {
    match accounts {
        0 => Err(Problem::Missing),
        1..=MOST => Ok(()),
        _ => Err(Problem::NotAChoice),
    }
}

/// What somebody is to be in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing: not in it.
    Out,
    /// A user of this type.
    Of(UserType),
}

impl Wanted {
    /// The word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Wanted::Out => "out",
            Wanted::Of(user_type) => user_type.word(),
        }
    }
}

/// What was chosen for one account, with what its row showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The account.
    pub account: AccountId,
    /// The version of the access that was shown; `None` where the person was not in the account.
    pub seen: Option<i64>,
    /// What they are to be.
    pub wanted: Wanted,
}

/// A text that is no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAChoice;

impl fmt::Display for Choice {
    /// As forms carry it: `ACC….7.manager`, or `ACC….-.manager` for who was not there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = self.seen.map_or_else(|| "-".to_owned(), |version| version.to_string());
        write!(f, "{}.{seen}.{}", self.account, self.wanted.word())
    }
}

impl FromStr for Choice {
    type Err = NotAChoice;

    fn from_str(text: &str) -> Result<Choice, NotAChoice> {
        let mut parts = text.splitn(3, '.');
        let mut part = || parts.next().ok_or(NotAChoice);
        let account = part()?.parse().map_err(|_| NotAChoice)?;
        let seen = match part()? {
            "-" => None,
            version => Some(version.parse().map_err(|_| NotAChoice)?),
        };
        let wanted = match part()? {
            "out" => Wanted::Out,
            word => Wanted::Of(word.parse().map_err(|_| NotAChoice)?),
        };
        Ok(Choice { account, seen, wanted })
    }
}

/// What is to be done in an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is so already.
    Nothing,
    /// They become a user, with these companies; none for administrators.
    Add(UserType, BTreeSet<CompanyId>),
    /// What they are there is changed.
    Make(Change),
}

/// What is to be done in an account in which somebody has the access `before`, if they are there. The companies that they
/// have stay; where they have none yet that the type could take over, they get all of `in_use`: the account's companies in
/// use, and whether each uses Lead Center.
pub fn step(before: Option<&Access>, in_use: &[(CompanyId, bool)], wanted: Wanted) -> Result<Step, Obstacle> {
    let before = before.filter(|access| access.status != UserStatus::Deleted);
    match (before, wanted) {
        (None, Wanted::Out) => Ok(Step::Nothing),
        (None, Wanted::Of(to)) => Ok(Step::Add(to, all_for(in_use, to)?)),
        (Some(_), Wanted::Out) => Ok(Step::Make(Change::Delete)),
        (Some(access), Wanted::Of(to)) if access.user_type == to => Ok(Step::Nothing),
        (Some(access), Wanted::Of(to)) if is_promotion(access.user_type, access.agent, to) => {
            Ok(Step::Make(Change::Promote(to)))
        }
        (Some(access), Wanted::Of(to)) => {
            let has_all = access.user_type.has_all_companies();
            let companies = if has_all { all_for(in_use, to)? } else { access.companies.clone() };
            Ok(Step::Make(Change::Replace { to, companies }))
        }
    }
}

/// All companies in use that a type can be given.
fn all_for(in_use: &[(CompanyId, bool)], to: UserType) -> Result<BTreeSet<CompanyId>, Obstacle> {
    if to.has_all_companies() {
        return Ok(BTreeSet::new());
    }
    let all = all_open_to(to == UserType::Agent, in_use.iter().map(|(id, lead_center)| (id, *lead_center)));
    match (all.is_empty(), in_use.is_empty()) {
        (false, _) => Ok(all),
        (true, true) => Err(Obstacle::NoCompany),
        (true, false) => Err(Obstacle::NoLeadCenter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::time::Timestamp;

    fn company(number: u128) -> CompanyId {
        CompanyId::new(Timestamp::from_micros(0), number)
    }

    fn access(user_type: UserType, companies: &[CompanyId]) -> Access {
        Access {
            user_type,
            agent: user_type == UserType::Agent,
            status: UserStatus::Active,
            login: None,
            companies: companies.iter().cloned().collect(),
            invoice_emails: false,
            ends_at: None,
        }
    }

    /// C-08
    #[test]
    fn c08_what_is_to_be_done_follows_from_what_is_there_and_what_is_wanted() {
        use UserType::{Administrator, Agent, Manager, Reporting};
        let (one, two) = (company(1), company(2));
        let in_use = [(one.clone(), false), (two.clone(), true)];
        let both: BTreeSet<_> = [one.clone(), two.clone()].into();
        let of = |before: Option<&Access>, wanted| step(before, &in_use, wanted);
        assert_eq!(of(None, Wanted::Out), Ok(Step::Nothing));
        assert_eq!(of(None, Wanted::Of(Administrator)), Ok(Step::Add(Administrator, BTreeSet::new())));
        assert_eq!(of(None, Wanted::Of(Manager)), Ok(Step::Add(Manager, both.clone())));
        assert_eq!(of(None, Wanted::Of(Agent)), Ok(Step::Add(Agent, [two.clone()].into())));
        assert_eq!(step(None, &[], Wanted::Of(Manager)), Err(Obstacle::NoCompany));
        assert_eq!(step(None, &in_use[..1], Wanted::Of(Agent)), Err(Obstacle::NoLeadCenter));

        let manager = access(Manager, std::slice::from_ref(&one));
        assert_eq!(of(Some(&manager), Wanted::Of(Manager)), Ok(Step::Nothing));
        assert_eq!(of(Some(&manager), Wanted::Out), Ok(Step::Make(Change::Delete)));
        let up = Change::Promote(Administrator);
        assert_eq!(of(Some(&manager), Wanted::Of(Administrator)), Ok(Step::Make(up)));
        let down = Change::Replace { to: Reporting, companies: [one].into() };
        assert_eq!(of(Some(&manager), Wanted::Of(Reporting)), Ok(Step::Make(down)));
        let down = Change::Replace { to: Reporting, companies: both };
        let administrator = access(Administrator, &[]);
        assert_eq!(of(Some(&administrator), Wanted::Of(Reporting)), Ok(Step::Make(down)));
        let deleted = Access { status: UserStatus::Deleted, ..manager };
        assert_eq!(of(Some(&deleted), Wanted::Out), Ok(Step::Nothing));
    }

    /// C-08
    #[test]
    fn c08_a_choice_reads_back_and_nothing_else_is_one() {
        let account = AccountId::new(Timestamp::from_micros(0), 1);
        for (seen, wanted) in [
            (None, Wanted::Of(UserType::Manager)),
            (Some(7), Wanted::Out),
            (Some(0), Wanted::Of(UserType::Agent)),
        ] {
            let choice = Choice { account: account.clone(), seen, wanted };
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
        for text in [
            "",
            "x",
            "ACC1.1.out",
            &format!("{account}.1"),
            &format!("{account}.1.owner"),
            &format!("{account}..out"),
        ] {
            assert_eq!(text.parse::<Choice>(), Err(NotAChoice), "{text}");
        }
    }
}
