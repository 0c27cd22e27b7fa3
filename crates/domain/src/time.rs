//! Points in time as 64-bit microseconds UTC, and where they come from.

use std::fmt;

/// A point in time: microseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A length of time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

impl Span {
    /// So many seconds.
    pub const fn seconds(n: i64) -> Span {
        Span(n * 1_000_000)
    }

    /// So many minutes.
    pub const fn minutes(n: i64) -> Span {
        Span::seconds(n * 60)
    }

    /// So many hours.
    pub const fn hours(n: i64) -> Span {
        Span::minutes(n * 60)
    }

    /// So many days of 24 hours.
    pub const fn days(n: i64) -> Span {
        Span::hours(n * 24)
    }

    /// Microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole minutes, rounded down.
    pub const fn as_minutes(self) -> i64 {
        self.0 / 60_000_000
    }

    /// Whole seconds, rounded up: what a person has to wait.
    pub const fn as_seconds_up(self) -> i64 {
        (self.0 + 999_999) / 1_000_000
    }
}

impl Timestamp {
    /// From microseconds since 1970, UTC.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// Microseconds since 1970, UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; negative if before.
    pub const fn since(self, earlier: Timestamp) -> Span {
        Span(self.0 - earlier.0)
    }

    /// The same moment as calendar and clock show it in `zone`.
    pub fn in_zone(self, zone: &Zone) -> jiff::ZonedDateTime {
        self.jiff().to_zoned_datetime(zone.0.clone())
    }

    fn jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or_default()
    }

    /// The end of a day such as `2026-12-31` in `zone`: the first moment of the next. `None` for what is no day.
    pub fn end_of_day(day: &str, zone: &str) -> Option<Timestamp> {
        let next = day.parse::<jiff::civil::Date>().ok()?.tomorrow().ok()?;
        Some(Timestamp(next.to_zoned_datetime(Zone::named(zone).0).ok()?.timestamp().as_microsecond()))
    }

    /// The first moment of a day such as `2026-12-31` in `zone`. `None` for what is no day.
    pub fn start_of_day(day: &str, zone: &str) -> Option<Timestamp> {
        let day = day.parse::<jiff::civil::Date>().ok()?;
        Some(Timestamp(day.to_zoned_datetime(Zone::named(zone).0).ok()?.timestamp().as_microsecond()))
    }

    /// The day in `zone`, as forms write it: `2026-12-31`.
    pub fn day(self, zone: &str) -> String {
        self.in_zone(&Zone::named(zone)).date().to_string()
    }
}

/// A time zone, looked up.
#[derive(Clone, Debug)]
pub struct Zone(jiff::tz::TimeZone);

impl Zone {
    /// The zone of an IANA name; UTC if unknown.
    pub fn named(name: &str) -> Zone {
        Zone(jiff::tz::TimeZone::get(name).unwrap_or(jiff::tz::TimeZone::UTC))
    }

    /// The moment at which an hour of a day begins there; where clocks leave it out, the first moment after.
    pub(crate) fn moment(&self, day: jiff::civil::Date, hour: i8) -> Timestamp {
        let there = day.at(hour, 0, 0, 0).to_zoned_datetime(self.0.clone());
        Timestamp(there.map_or(0, |there| there.timestamp().as_microsecond()))
    }

    /// Its letters at a moment, such as `EST`.
    pub fn letters(&self, at: Timestamp) -> String {
        self.0.to_offset_info(at.jiff()).abbreviation().to_owned()
    }
}

impl std::ops::Add<Span> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0 + span.0)
    }
}

impl std::ops::Sub<Span> for Timestamp {
    type Output = Timestamp;

    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0 - span.0)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = jiff::Error;

    /// As [`Timestamp`] is displayed.
    fn from_str(text: &str) -> Result<Timestamp, jiff::Error> {
        text.parse().map(|at: jiff::Timestamp| Timestamp(at.as_microsecond()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.jiff())
    }
}

/// Where the present time comes from. The real clock stands in `app::real`, a moving one in the test kit.
pub trait Clock: Send + Sync {
    /// The present time.
    fn now(&self) -> Timestamp;
}

/// Where random bits come from: the operating system, or a seed in tests.
pub trait Random: Send + Sync {
    /// 32 bytes nobody can guess.
    fn bytes(&self) -> [u8; 32];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// U-21
    #[test]
    fn u21_a_day_ends_at_midnight_where_the_account_is() {
        let end = Timestamp::end_of_day("2026-12-31", "America/New_York").expect("a day");
        assert_eq!(end.to_string(), "2027-01-01T05:00:00Z");
        assert_eq!((end - Span::seconds(1)).day("America/New_York"), "2026-12-31");
        for bad in ["", "2026-02-30", "31.12.2026", "9999-12-31"] {
            assert_eq!(Timestamp::end_of_day(bad, "UTC"), None, "{bad}");
        }
    }
}
