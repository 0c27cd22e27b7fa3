//! What a brand is seen by: its logo and its colour, at addresses that name their content and are kept for good.

use ::http::{HeaderName, HeaderValue, header};
use app::pass::OpenPass;
use app::{Refused, brand};
use axum::response::IntoResponse as _;
use domain::brand::Accent;
use domain::brand::accent::Shades;
use domain::id::AccountId;

use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};

const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A logo. On an account's own host there is no other's; mails are read anywhere.
pub async fn logo(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let (account, hash): (AccountId, String) = (visit.param("account")?, visit.param("token")?);
    if visit.own_host().is_some_and(|own| *own != account) {
        return Err(Refused::NotFound);
    }
    let (_, png) = visit.read(move |r, _| brand::logo(r, &account, &hash)).await?;
    let mut response = png.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(header::CACHE_CONTROL, FOR_GOOD);
    headers.insert(POLICY, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// What both themes make of a colour, for every page. It follows from the address alone.
pub async fn look(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    let name: String = visit.param("token")?;
    let accent = name.strip_suffix(".css").and_then(Accent::of_hex).ok_or(Refused::NotFound)?;
    let css = format!(
        ":root{{{}}}@media (prefers-color-scheme:dark){{:root{{{}}}}}",
        tokens(accent.light()),
        tokens(accent.dark())
    );
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, FOR_GOOD),
    ];
    Ok((headers, css).into_response())
}

fn tokens(Shades { accent, strong, text, soft }: Shades) -> String {
    format!("--accent:{accent};--accent-strong:{strong};--accent-text:{text};--accent-soft:{soft}")
}
