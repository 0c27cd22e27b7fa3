//! Logs go to stderr: as JSON lines, or in a form for people when stderr is a terminal.

mod lines;

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt};

/// Our own crates, as the log calls them.
const OURS: [&str; 6] = ["app", "domain", "rollcall", "store", "text", "web"];

/// A filter that has been checked.
#[derive(Clone)]
pub(crate) struct Filter(String);

impl Filter {
    /// Reads a filter such as `info` or `info,app=debug`; `None` if it is wrong. A lone word that is no level would
    /// pass as the name of a part of the program: a misspelt level must not silence everything.
    pub(crate) fn parse(text: &str) -> Option<Filter> {
        let parts: Vec<&str> = text.split(',').map(str::trim).collect();
        let is_level = |part: &str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
        let is_clear = |part: &&str| part.contains(['=', '[']) || is_level(part);
        let filter = parts.join(",");
        (parts.iter().all(is_clear) && EnvFilter::try_new(&filter).is_ok()).then_some(Filter(filter))
    }
}

/// Writes the last lines when it is dropped.
pub(crate) struct Logging;

impl Drop for Logging {
    fn drop(&mut self) {
        lines::flush();
    }
}

/// Starts logging, until what it returns is dropped.
pub(crate) fn start(Filter(filter): &Filter) -> std::io::Result<Logging> {
    let lines = if std::io::stderr().is_terminal() {
        fmt::layer().with_writer(std::io::stderr).with_filter(filter_fn(is_safe)).boxed()
    } else {
        // There are no spans: what belongs to a request says so by its id.
        let lines = fmt::layer().with_writer(lines::Lines::start()?).json().flatten_event(true);
        lines.with_current_span(false).with_span_list(false).with_filter(filter_fn(is_safe)).boxed()
    };
    tracing_subscriber::registry().with(EnvFilter::new(filter)).with(lines).init();
    Ok(Logging)
}

/// What libraries tell of their inner life may hold anything, such as addresses with the token of a link in them
/// . No filter brings it into the log.
fn is_safe(event: &Metadata<'_>) -> bool {
    let part = event.target().split("::").next().unwrap_or_default();
    *event.level() <= Level::INFO || OURS.contains(&part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-06
    #[test]
    fn i06_a_misspelt_level_is_no_filter() {
        for good in ["info", "WARN", "off", "info,app=debug", "app::worker=trace", "info, store=warn"] {
            assert!(Filter::parse(good).is_some(), "{good}");
        }
        for bad in ["", "inffo", "verbose", "info,app", "app=loud", "info,,"] {
            assert!(Filter::parse(bad).is_none(), "{bad}");
        }
    }
}
