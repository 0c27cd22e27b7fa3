//! Days, time zones and settings of an account as they are typed (U-21, I-08).

#![no_main]

use domain::account::{AccountDetails, Ticks};
use domain::company::parse_time_zone;
use domain::time::{Span, Timestamp};
use libfuzzer_sys::fuzz_target;

// A day, a zone and a number.
fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let (day, typed, days) = (line(), line(), line());
    let zone = parse_time_zone(typed);
    if let Ok(zone) = &zone {
        assert_eq!(parse_time_zone(zone).as_ref(), Ok(zone));
    }
    let zone = zone.unwrap_or_else(|_| "UTC".to_owned());
    if let Some(end) = Timestamp::end_of_day(day, &zone) {
        let last = Timestamp::from_micros(end.micros() - Span::seconds(1).as_micros()).day(&zone);
        assert_eq!(Timestamp::end_of_day(&last, &zone), Some(end), "{day} in {zone} is {last}");
    }
    if let Ok(details) = AccountDetails::parse("Acme", &zone, days, Ticks::NEW) {
        assert!((1..=30).contains(&details.invitation_days), "{days}");
    }
});
