//! Accounts: tenants.

use crate::company::parse_time_zone;
use crate::input::{Checker, FieldError, Problem};
use crate::name;

/// How many days an invitation lives, unless the account says otherwise (U-07).
pub const DEFAULT_INVITATION_DAYS: i64 = 7;

/// What an account is made with or changed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDetails {
    /// Its name.
    pub name: String,
    /// The IANA name of its time zone.
    pub time_zone: String,
    /// How many days its invitations live.
    pub invitation_days: i64,
    /// Whether administrators choose any type freely, also one that has less (U-10).
    pub free_types: bool,
    /// Whether people may ask to be let in (U-16).
    pub takes_requests: bool,
    /// Whether administrators may set temporary passwords (C-06).
    pub temporary_passwords: bool,
    /// Whether administrators may see it as one of its users does.
    pub see_as: bool,
}

/// What an account allows, by a tick each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Administrators choose any type freely.
    pub free_types: bool,
    /// People may ask to be let in.
    pub takes_requests: bool,
    /// Administrators may set temporary passwords.
    pub temporary_passwords: bool,
    /// Administrators may see it as one of its users does.
    pub see_as: bool,
}

impl Ticks {
    /// Those of a new account.
    pub const NEW: Ticks =
        Ticks { free_types: false, takes_requests: true, temporary_passwords: true, see_as: true };
}

impl AccountDetails {
    /// Of a new account, with what holds until somebody changes it.
    pub fn new(name: &str, time_zone: &str) -> Result<AccountDetails, Vec<FieldError>> {
        AccountDetails::parse(name, time_zone, &DEFAULT_INVITATION_DAYS.to_string(), Ticks::NEW)
    }

    /// Reads what was typed; every field's error at once.
    pub fn parse(
        name: &str,
        time_zone: &str,
        invitation_days: &str,
        ticks: Ticks,
    ) -> Result<AccountDetails, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = check.take("name", name::required(name));
        let time_zone = check.take("time_zone", parse_time_zone(time_zone));
        let days = check.take("invitation_days", parse_days(invitation_days));
        check.finish((|| {
            Some(AccountDetails {
                name: name?,
                time_zone: time_zone?,
                invitation_days: days?,
                free_types: ticks.free_types,
                takes_requests: ticks.takes_requests,
                temporary_passwords: ticks.temporary_passwords,
                see_as: ticks.see_as,
            })
        })())
    }
}

fn parse_days(typed: &str) -> Result<i64, Problem> {
    match typed.trim().parse::<i64>() {
        Ok(days) if (1..=30).contains(&days) => Ok(days),
        _ => Err(Problem::NotInRange { min: 1, max: 30 }),
    }
}
