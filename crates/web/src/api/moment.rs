//! Moments as programs read them: with milliseconds, and where they are.

use domain::time::{Timestamp, Zone};

/// In a zone: `2026-02-10T00:45:19.781-08:00`.
pub(super) fn in_zone(at: Timestamp, zone: &str) -> String {
    at.in_zone(&Zone::named(zone)).strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}

/// In UTC: `2026-02-10T08:45:19.781Z`.
pub(super) fn utc(at: Timestamp) -> String {
    at.in_zone(&Zone::named("UTC")).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
