//! Logs go to stderr: as JSON lines, or in a form for people when stderr is a terminal.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

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

/// Starts logging.
pub(crate) fn start(Filter(filter): &Filter) {
    let logs = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(filter)).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.init();
    } else {
        // The list of spans would repeat the one span there is.
        logs.json().flatten_event(true).with_span_list(false).init();
    }
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
