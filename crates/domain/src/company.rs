//! Companies: units inside an account (G-01).

use crate::input::{Checker, FieldError, Problem};
use crate::name;

/// What a company is made or changed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyDetails {
    /// Its name; unique among the account's companies by [`name::sort_key`].
    pub name: String,
    /// The IANA name of its time zone.
    pub time_zone: String,
    /// Whether its leads are worked in Lead Center (L-01 offers only such companies to agents).
    pub lead_center: bool,
}

impl CompanyDetails {
    /// Reads what was typed; every field's error at once.
    pub fn parse(name: &str, time_zone: &str, lead_center: bool) -> Result<CompanyDetails, Vec<FieldError>> {
        let mut check = Checker::default();
        let name = check.take("name", name::required(name));
        let time_zone = check.take("time_zone", parse_time_zone(time_zone));
        check.finish((|| Some(CompanyDetails { name: name?, time_zone: time_zone?, lead_center }))())
    }
}

/// An IANA time zone's name, in its usual spelling.
pub fn parse_time_zone(typed: &str) -> Result<String, Problem> {
    if typed.is_empty() {
        return Err(Problem::Missing);
    }
    let zone = jiff::tz::TimeZone::get(typed).map_err(|_| Problem::NotAChoice)?;
    zone.iana_name().map(str::to_owned).ok_or(Problem::NotAChoice)
}

/// The names of all time zones, for choosing one.
pub fn time_zones() -> Vec<String> {
    let places = [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ];
    let is_place =
        |zone: &str| zone == "UTC" || zone.split_once('/').is_some_and(|(area, _)| places.contains(&area));
    jiff::tz::db().available().map(|zone| zone.to_string()).filter(|zone| is_place(zone)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// G-01
    #[test]
    fn g01_time_zones_are_iana_names() {
        assert_eq!(parse_time_zone("america/new_york"), Ok("America/New_York".into()));
        assert_eq!(parse_time_zone("Mars/Olympus"), Err(Problem::NotAChoice));
        assert!(time_zones().len() > 300);
    }
}
