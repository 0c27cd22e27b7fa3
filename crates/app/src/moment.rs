//! Moments in words: as a language writes them, in the zone they are told in (I-08).

use domain::time::{Timestamp, Zone};
use text::Text;

/// How moments are written on one page, or in one mail. What all of them share is looked up when it is made: a list
/// shows a hundred.
pub struct Moments {
    t: Text,
    zone: Zone,
    /// That of the present time: another one is named with each day.
    year: i16,
}

impl Moments {
    /// For a page that is made at `now` and tells moments in `zone` (an IANA name; UTC if unknown).
    pub fn new(t: Text, zone: &str, now: Timestamp) -> Moments {
        let zone = Zone::named(zone);
        Moments { t, year: now.in_zone(&zone).year(), zone }
    }

    /// `3 Nov, 14:05`; with the year where that is another one.
    pub fn short(&self, at: Timestamp) -> String {
        self.short_of(&Parts::of(at, &self.zone))
    }

    /// `31 Dec`; with the year where that is another one.
    pub fn day(&self, at: Timestamp) -> String {
        self.day_of(&Parts::of(at, &self.zone))
    }

    /// `31 December 2026`
    pub fn date(&self, at: Timestamp) -> String {
        self.date_of(&Parts::of(at, &self.zone))
    }

    /// `3 November 2026, 14:05 EST`: the full form, for hovering and mails.
    pub fn full(&self, at: Timestamp) -> String {
        self.full_of(&Parts::of(at, &self.zone))
    }

    /// The short form and the full one.
    pub fn both(&self, at: Timestamp) -> (String, String) {
        let there = Parts::of(at, &self.zone);
        (self.short_of(&there), self.full_of(&there))
    }

    fn short_of(&self, there: &Parts) -> String {
        self.t.moment_short(self.day_of(there), there.time())
    }

    fn day_of(&self, there: &Parts) -> String {
        let month = short_month(self.t, there.month);
        match there.year == self.year {
            true => self.t.moment_day(there.day, month),
            false => self.t.moment_day_of_year(there.day, month, there.year),
        }
    }

    fn date_of(&self, there: &Parts) -> String {
        self.t.moment_date(there.day, month(self.t, there.month), there.year)
    }

    fn full_of(&self, there: &Parts) -> String {
        self.t.moment_full(self.date_of(there), there.time(), &there.zone)
    }
}

/// The same in English and UTC, for the command line.
pub fn in_english(at: Timestamp) -> String {
    full(Text::default(), at, "UTC")
}

/// `3 November 2026, 14:05 EST`, of one moment alone.
pub fn full(t: Text, at: Timestamp, zone: &str) -> String {
    Moments::new(t, zone, at).full(at)
}

/// A moment as a calendar and a clock show it.
struct Parts {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    /// The zone's letters at that time: EST.
    zone: String,
}

impl Parts {
    fn of(at: Timestamp, zone: &Zone) -> Parts {
        let there = at.in_zone(zone);
        Parts {
            year: there.year(),
            month: there.month(),
            day: there.day(),
            hour: there.hour(),
            minute: there.minute(),
            zone: zone.letters(at),
        }
    }

    /// `14:05`
    fn time(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }
}

fn month(t: Text, month: i8) -> &'static str {
    match month {
        1 => t.moment_january(),
        2 => t.moment_february(),
        3 => t.moment_march(),
        4 => t.moment_april(),
        5 => t.moment_may(),
        6 => t.moment_june(),
        7 => t.moment_july(),
        8 => t.moment_august(),
        9 => t.moment_september(),
        10 => t.moment_october(),
        11 => t.moment_november(),
        _ => t.moment_december(),
    }
}

fn short_month(t: Text, month: i8) -> &'static str {
    match month {
        1 => t.moment_short_january(),
        2 => t.moment_short_february(),
        3 => t.moment_short_march(),
        4 => t.moment_short_april(),
        5 => t.moment_short_may(),
        6 => t.moment_short_june(),
        7 => t.moment_short_july(),
        8 => t.moment_short_august(),
        9 => t.moment_short_september(),
        10 => t.moment_short_october(),
        11 => t.moment_short_november(),
        _ => t.moment_short_december(),
    }
}

#[cfg(test)]
mod tests {
    use domain::time::Span;
    use text::Language;

    use super::*;

    /// I-08
    #[test]
    fn i08_moments_are_told_in_the_language_and_the_zone() {
        let at = Timestamp::from_micros(1_793_714_700_000_000);
        assert_eq!(at.to_string(), "2026-11-03T14:05:00Z");
        let told = |language, zone, now| {
            let moments = Moments::new(Text::new(language), zone, now);
            assert_eq!(moments.both(at), (moments.short(at), moments.full(at)));
            [moments.short(at), moments.day(at), moments.date(at), moments.full(at)]
        };
        assert_eq!(
            told(Language::English, "America/New_York", at),
            ["3 Nov, 09:05", "3 Nov", "3 November 2026", "3 November 2026, 09:05 EST"]
        );
        assert_eq!(
            told(Language::Spanish, "America/New_York", at),
            ["3 nov, 09:05", "3 nov", "3 de noviembre de 2026", "3 de noviembre de 2026, 09:05 EST"]
        );
        assert_eq!(
            told(Language::English, "no such zone", at + Span::days(365)),
            ["3 Nov 2026, 14:05", "3 Nov 2026", "3 November 2026", "3 November 2026, 14:05 UTC"]
        );
        assert_eq!(told(Language::Spanish, "UTC", at + Span::days(365))[0], "3 nov 2026, 14:05");
    }

    /// I-08: the year turns where the page is told in, not in UTC. Seen to fail: with the year of UTC.
    #[test]
    fn i08_the_year_is_that_of_the_zone() {
        let eve: Timestamp = "2027-01-01T03:00:00Z".parse().expect("a moment");
        let told = |zone, now| Moments::new(Text::default(), zone, now).day(eve);
        assert_eq!(told("America/New_York", eve), "31 Dec");
        assert_eq!(told("America/New_York", eve + Span::hours(3)), "31 Dec 2026");
        assert_eq!(told("UTC", eve), "1 Jan");
    }
}
