//! The page on which people read about the API, and try it (I-02).

use app::pass::SelfPass;

use crate::api;
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::api::{Noun, Reading, refusals};

/// The document as a page.
pub async fn show(visit: Visit<SelfPass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let frame = visit.person_frame(pass.person());
    let base = visit.app.settings.base_url.clone();
    let document = api::described();
    let (refusals, nouns) = (refusals(document), Noun::all(document));
    visit.page(Reading { t: visit.t(), frame, base, refusals, nouns })
}
