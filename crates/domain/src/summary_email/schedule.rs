//! When summaries come: at seven in the morning where the company is, of the day, the week or the month before.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::Frequency;
use crate::time::{Timestamp, Zone};

/// The hour at which summaries come.
const HOUR: i8 = 7;

/// What a summary is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day, as calendars write it: `2026-12-31`. What tells it apart from the others of its length.
    pub first_day: String,
    /// Its first moment.
    pub starts_at: Timestamp,
    /// The first moment after it.
    pub ends_at: Timestamp,
}

/// The last period whose summary was due by `now`.
pub fn latest(frequency: Frequency, zone: &Zone, now: Timestamp) -> Period {
    let end = latest_end(frequency, zone, now);
    let start = before(frequency, end);
    Period { first_day: start.to_string(), starts_at: zone.moment(start, 0), ends_at: zone.moment(end, 0) }
}

/// When the next one is due after `now`.
pub fn next_due(frequency: Frequency, zone: &Zone, now: Timestamp) -> Timestamp {
    zone.moment(after(frequency, latest_end(frequency, zone, now)), HOUR)
}

/// The day on which the last period that is due by `now` has ended.
fn latest_end(frequency: Frequency, zone: &Zone, now: Timestamp) -> Date {
    let today = now.in_zone(zone).date();
    let end = match frequency {
        Frequency::Daily => today,
        Frequency::Weekly => today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days()),
        Frequency::Monthly => today.first_of_month(),
    };
    if zone.moment(end, HOUR) > now { before(frequency, end) } else { end }
}

fn before(frequency: Frequency, day: Date) -> Date {
    match frequency {
        Frequency::Daily => day.saturating_sub(1.day()),
        Frequency::Weekly => day.saturating_sub(1.week()),
        Frequency::Monthly => day.saturating_sub(1.month()),
    }
}

fn after(frequency: Frequency, day: Date) -> Date {
    match frequency {
        Frequency::Daily => day.saturating_add(1.day()),
        Frequency::Weekly => day.saturating_add(1.week()),
        Frequency::Monthly => day.saturating_add(1.month()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn told(frequency: Frequency, zone: &str, now: &str) -> [String; 4] {
        let zone = Zone::named(zone);
        let period = latest(frequency, &zone, at(now));
        let next = next_due(frequency, &zone, at(now));
        [period.first_day, period.starts_at.to_string(), period.ends_at.to_string(), next.to_string()]
    }

    /// P-01. Seen to fail: with the seventh hour left out, with weeks that begin on Sunday, and with months of 30 days.
    #[test]
    fn p01_a_summary_comes_at_seven_of_what_is_over() {
        // A Tuesday.
        let wanted = ["2026-11-02", "2026-11-02T05:00:00Z", "2026-11-03T05:00:00Z", "2026-11-04T12:00:00Z"];
        assert_eq!(told(Frequency::Daily, "America/New_York", "2026-11-03T12:00:00Z"), wanted);
        let early = told(Frequency::Daily, "America/New_York", "2026-11-03T11:59:59Z");
        assert_eq!((early[0].as_str(), early[3].as_str()), ("2026-11-01", "2026-11-03T12:00:00Z"));
        let wanted = ["2026-10-26", "2026-10-26T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-09T07:00:00Z"];
        assert_eq!(told(Frequency::Weekly, "UTC", "2026-11-03T12:00:00Z"), wanted);
        let wanted = ["2026-02-01", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T07:00:00Z"];
        assert_eq!(told(Frequency::Monthly, "UTC", "2026-03-31T12:00:00Z"), wanted);
        let early = told(Frequency::Monthly, "UTC", "2026-03-01T06:59:59Z");
        assert_eq!((early[0].as_str(), early[3].as_str()), ("2026-01-01", "2026-03-01T07:00:00Z"));
    }

    /// P-01: where clocks are changed a day has 23 or 25 hours, and seven is seven. Seen to fail: with days of 24 hours.
    #[test]
    fn p01_clocks_that_change_move_no_summary() {
        // They go back on 1 November 2026, and forward on 14 March 2027.
        let back = told(Frequency::Daily, "America/New_York", "2026-11-02T12:00:00Z");
        assert_eq!(
            back,
            ["2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "2026-11-03T12:00:00Z"]
        );
        let eve = told(Frequency::Daily, "America/New_York", "2026-10-31T11:00:00Z");
        assert_eq!(eve[3], "2026-11-01T12:00:00Z");
        let forward = told(Frequency::Daily, "America/New_York", "2027-03-15T11:00:00Z");
        assert_eq!(forward[1..], ["2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z", "2027-03-16T11:00:00Z"]);
        // There midnight itself was left out: the day began at one.
        let none = told(Frequency::Daily, "America/Santiago", "2026-09-07T12:00:00Z");
        assert_eq!(none[1..3], ["2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"]);
    }
}
