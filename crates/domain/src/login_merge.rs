//! Merging two logins of one person, and undoing it (C-01). What either does is said by a pure function, for the page
//! that shows it and the operation that does it.

use std::collections::BTreeSet;

use crate::email::canonical;
use crate::id::{AccountId, LoginId, UserId};
use crate::time::Span;
use crate::user::{Names, Unknown, UserStatus, UserType};

#[cfg(test)]
mod tests;

/// How long a merge can be undone.
pub const UNDO: Span = Span::days(14);

/// Which of the two addresses signs in afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// That of the login one is signed in with.
    Own,
    /// That of the other login.
    Other,
}

impl Keep {
    /// The word in forms.
    pub fn word(self) -> &'static str {
        match self {
            Keep::Own => "own",
            Keep::Other => "other",
        }
    }
}

impl std::str::FromStr for Keep {
    type Err = Unknown;

    fn from_str(word: &str) -> Result<Keep, Unknown> {
        [Keep::Own, Keep::Other].into_iter().find(|keep| keep.word() == word).ok_or(Unknown)
    }
}

/// A login's user in an account, also one who was deleted there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The user.
    pub user: UserId,
    /// Names.
    pub names: Names,
    /// The type.
    pub user_type: UserType,
    /// Where the user stands.
    pub status: UserStatus,
    /// The address.
    pub email: String,
    /// Raised by every change of their access.
    pub version: i64,
}

impl Place {
    /// Whether the user is one of the account still.
    pub fn is_there(&self) -> bool {
        self.status != UserStatus::Deleted
    }
}

/// One of the two logins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// The login.
    pub login: LoginId,
    /// The address it signs in with.
    pub email: String,
    /// Its users.
    pub places: Vec<Place>,
    /// The names of its keys for programs.
    pub keys: Vec<String>,
}

/// What a plan has to know beside the two logins.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Whether one of the two takes part in another merge that waits.
    pub under_way: bool,
    /// Whether nobody has shown that the other one's address is theirs: its password may be somebody else's.
    pub unproven: bool,
    /// Whether the other one has a second factor: its password or mailbox alone must not open what the code guards.
    pub guarded: bool,
    /// The names of the account centers that the other one is executive administrator of.
    pub runs: Vec<String>,
    /// The accounts where another user has the address that would become these users' own.
    pub taken: BTreeSet<AccountId>,
    /// Addresses that another login has by now.
    pub other_logins: BTreeSet<String>,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// It is one login.
    SameLogin,
    /// Both are users of these accounts.
    BothIn(Vec<String>),
    /// One of the two takes part in another merge.
    UnderWay,
    /// The address of the other one is not proven.
    Unproven,
    /// The other one has a second factor.
    Guarded,
    /// The other one is executive administrator of these account centers (C-10), which does not move with it.
    Executive(Vec<String>),
    /// Another user has the address in these accounts.
    AddressInAccounts {
        /// The address.
        email: String,
        /// The names of the accounts.
        accounts: Vec<String>,
    },
    /// Another login has the address by now, so that it can't be given back.
    AddressTaken(String),
}

/// What a merge does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The address that signs in afterwards.
    pub email: String,
    /// The one that does no more.
    pub gone: String,
    /// Users of the other login, who move.
    pub moves: Vec<Place>,
    /// Users whose address becomes the one that signs in.
    pub readdressed: Vec<Place>,
    /// All users afterwards that are there, by their account's name.
    pub afterwards: Vec<Place>,
    /// Keys for programs that end.
    pub keys: Vec<String>,
}

/// What merging `other` into `own`, whose address is kept by `keep`, does, or what stands in the way.
pub fn plan(own: &Side, other: &Side, keep: Keep, around: &Around) -> Result<Plan, Obstacle> {
    if own.login == other.login {
        return Err(Obstacle::SameLogin);
    }
    let both = in_both(own, other);
    if !both.is_empty() {
        return Err(Obstacle::BothIn(both));
    }
    if around.under_way {
        return Err(Obstacle::UnderWay);
    }
    if around.unproven {
        return Err(Obstacle::Unproven);
    }
    if around.guarded {
        return Err(Obstacle::Guarded);
    }
    if !around.runs.is_empty() {
        return Err(Obstacle::Executive(around.runs.clone()));
    }
    let (email, gone) = match keep {
        Keep::Own => (&own.email, &other.email),
        Keep::Other => (&other.email, &own.email),
    };
    let readdressed = readdressed(own, other, keep);
    check_free(&readdressed, email, around)?;
    let mut afterwards: Vec<Place> =
        own.places.iter().chain(&other.places).filter(|place| place.is_there()).cloned().collect();
    afterwards.sort_by(|one, two| one.account_name.cmp(&two.account_name));
    Ok(Plan {
        email: email.clone(),
        gone: gone.clone(),
        moves: other.places.clone(),
        readdressed,
        afterwards,
        keys: other.keys.clone(),
    })
}

/// The users whose address becomes the one that is kept: where it must be free. Accounts that have deleted somebody learn no
/// new address of them.
pub fn readdressed(own: &Side, other: &Side, keep: Keep) -> Vec<Place> {
    let (email, changed) = match keep {
        Keep::Own => (&own.email, &other.places),
        Keep::Other => (&other.email, &own.places),
    };
    let others = |place: &&Place| place.is_there() && !place.email.eq_ignore_ascii_case(email);
    changed.iter().filter(others).cloned().collect()
}

fn in_both(own: &Side, other: &Side) -> Vec<String> {
    let there = |side: &Side, account: &AccountId| {
        side.places.iter().any(|place| place.is_there() && place.account == *account)
    };
    let both = own.places.iter().filter(|place| place.is_there() && there(other, &place.account));
    both.map(|place| place.account_name.clone()).collect()
}

fn check_free(places: &[Place], email: &str, around: &Around) -> Result<(), Obstacle> {
    let taken = places.iter().filter(|place| around.taken.contains(&place.account));
    let accounts: Vec<String> = taken.map(|place| place.account_name.clone()).collect();
    if accounts.is_empty() {
        return Ok(());
    }
    Err(Obstacle::AddressInAccounts { email: email.to_owned(), accounts })
}

/// A merge that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The login that was merged.
    pub other: LoginId,
    /// Its address.
    pub email: String,
    /// The address that the remaining login had before.
    pub own_email: String,
    /// The users that moved.
    pub moved: Vec<Moved>,
}

/// A user that was moved by a merge, as it was right afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The user.
    pub user: UserId,
    /// The account's name.
    pub account_name: String,
    /// Whether the account had deleted them before.
    pub was_deleted: bool,
    /// The version of their access.
    pub version: i64,
}

/// What became of a moved user since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// Their access was changed; they go back with what they have now.
    Changed,
    /// The account has deleted them.
    Deleted,
    /// They are another login's by now, and stay so.
    Elsewhere,
}

/// What undoing a merge does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The address of the remaining login.
    pub own_email: String,
    /// The address that the other login signs in with again.
    pub other_email: String,
    /// Users that go back to the other login.
    pub returns: Vec<Place>,
    /// Users that stay, but for those the account has deleted.
    pub stays: Vec<Place>,
    /// Users whose address changes, with the new one.
    pub readdressed: Vec<(Place, String)>,
    /// What was changed since, by the account's name: it is left so.
    pub since: Vec<(String, Since)>,
}

/// What undoing `made` does to the login that remained, or what stands in the way.
pub fn plan_undo(own: &Side, made: &Made, around: &Around) -> Result<Undo, Obstacle> {
    let undo = undone(own, made);
    for email in [&undo.own_email, &undo.other_email] {
        if around.other_logins.contains(&canonical(email)) {
            return Err(Obstacle::AddressTaken(email.clone()));
        }
    }
    for email in [&undo.own_email, &undo.other_email] {
        let to_this = undo.readdressed.iter().filter(|(_, to)| to == email);
        check_free(&to_this.map(|(place, _)| place.clone()).collect::<Vec<_>>(), email, around)?;
    }
    Ok(undo)
}

/// What undoing would do if nothing stood in the way: what must be free follows from it.
pub fn undone(own: &Side, made: &Made) -> Undo {
    // Who signs in with the other's address gets their own back; a later one of their choice is kept.
    let has_others = own.email.eq_ignore_ascii_case(&made.email);
    let own_email = if has_others { made.own_email.clone() } else { own.email.clone() };
    let is_moved = |place: &&Place| made.moved.iter().any(|moved| moved.user == place.user);
    let (returns, stays): (Vec<&Place>, Vec<&Place>) = own.places.iter().partition(is_moved);
    let stays: Vec<&Place> = stays.into_iter().filter(|place| place.is_there()).collect();
    let back = returns.iter().map(|place| (*place, &made.email));
    let kept = stays.iter().filter(|_| has_others).map(|place| (*place, &own_email));
    let differs =
        |(place, email): &(&Place, &String)| place.is_there() && !place.email.eq_ignore_ascii_case(email);
    let readdressed =
        back.chain(kept).filter(differs).map(|(place, to)| (place.clone(), to.clone())).collect();
    let since = made.moved.iter().filter_map(|moved| {
        let now = returns.iter().find(|place| place.user == moved.user);
        Some((moved.account_name.clone(), since(moved, now.copied())?))
    });
    Undo {
        other_email: made.email.clone(),
        since: since.collect(),
        returns: returns.into_iter().cloned().collect(),
        stays: stays.into_iter().cloned().collect(),
        readdressed,
        own_email,
    }
}

fn since(moved: &Moved, now: Option<&Place>) -> Option<Since> {
    match now {
        None => (!moved.was_deleted).then_some(Since::Elsewhere),
        Some(place) if !place.is_there() => (!moved.was_deleted).then_some(Since::Deleted),
        Some(place) => (place.version != moved.version).then_some(Since::Changed),
    }
}
