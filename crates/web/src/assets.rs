//! The static files: embedded, compressed, served under `/static` on names that carry their content's hash.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use memory_serve::{CacheControl, MemoryServe};

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// The served address of each file by its plain name.
static URLS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let manifest = files().manifest();
    manifest
        .iter()
        .map(|(plain, served)| (plain.trim_start_matches('/'), format!("/static{served}")))
        .collect()
});

/// Made once: the compressed files stay in memory for good.
static FILES: LazyLock<Router> = LazyLock::new(|| files().into_router());

fn files() -> MemoryServe {
    memory_serve::load!()
        .index_file(None)
        .enable_hashed_routes(true)
        .cache_control(CacheControl::NoCache)
        .enable_brotli(true)
        .enable_gzip(true)
}

/// The routes of all static files, under `/static`. Hashed names may be kept for a year, plain ones are asked
/// for again each time.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().nest_service("/static", FILES.clone())
}

/// The address of a static file with the hash of its content in it: `url("app.css")` gives
/// `/static/app.3f9a1c2b7d84e6a0.css`.
///
/// # Panics
///
/// When there is no such file; templates name them literally, and every test that renders a page would see it.
pub fn url(name: &str) -> &'static str {
    URLS.get(name).map_or_else(|| panic!("no static file {name}"), String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_a_hash() {
        for name in ["app.css", "app.js", "htmx.js", "icons.svg", "favicon.svg"] {
            let (stem, extension) = name.split_once('.').expect("a file name");
            let served = url(name);
            assert!(
                served.starts_with(&format!("/static/{stem}.")) && served.ends_with(extension),
                "{served}"
            );
            assert!(served.len() > "/static/".len() + name.len() + 8, "{served}");
        }
    }
}
