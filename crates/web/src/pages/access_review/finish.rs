//! Finishing an access review: what it does is shown first, by the plans that then do it.

use ::http::StatusCode;
use app::access_change::Preview;
use app::access_review::{self, Finished, Reviewed};
use app::pass::HasPlace as _;
use app::work::Reader;
use app::{Conflict, Refused};
use domain::id::{AccessReviewId, UserId};
use serde::Deserialize;
use text::Text;

use super::Query;
use crate::http::problem::sentence_of;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::user::Managing;
use crate::views::Pager;
use crate::views::access_change::shown;
use crate::views::access_review::{Finish, Planned, decided};
use crate::views::frame::address;

/// Which state of the review the page showed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Seen {
    version: String,
}

/// What finishing does.
pub async fn page(visit: Managing, query: Query) -> Answer {
    visit.page(view(&visit, query.after.parse().ok()).await?)
}

/// Finishes. It goes on when the page is closed.
pub async fn finish(visit: Managing, seen: Seen) -> Answer {
    let (id, pass): (AccessReviewId, _) = (visit.param("access_review")?, visit.pass().await?);
    let (app, ask, account) = (visit.app.clone(), visit.ask.clone(), pass.place().account.clone());
    let version = seen.version.parse().map_err(|_| Refused::Conflict(Conflict::Changed));
    let work = tokio::spawn(async move { app.finish_review(&ask, &account, &id, version?).await });
    match work.await.map_err(|_| Refused::Busy)? {
        Ok(Finished::Partly) => visit.go_and_tell(&visit.path, Toast::AccessReviewGoesOn),
        Ok(Finished::All) => {
            let review = visit.path.trim_end_matches("/finish");
            visit.go_and_tell(&address(review, &[("tab", "all")]), Toast::AccessReviewFinished)
        }
        Err(Refused::Conflict(Conflict::Changed)) => {
            let notice = Some(visit.t().access_review_finish_overtaken());
            let mut response = visit.page(Finish { notice, ..view(&visit, None).await? })?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
        Err(refused) => Err(refused),
    }
}

async fn view(visit: &Managing, after: Option<UserId>) -> Result<Finish, Refused> {
    let id: AccessReviewId = visit.param("access_review")?;
    let look = move |r: &mut Reader, pass: &_| access_review::preview_finish(r, pass, &id, after.as_ref());
    let (pass, found) = visit.read(look).await?;
    if found.review.finished_at.is_some() {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let next = found.changes.rows.last().filter(|_| found.changes.has_more);
    let next = next.map(|(last, _)| address(&visit.path, &[("after", last.user.as_str())]));
    Ok(Finish {
        t: visit.t(),
        frame: visit.frame(&pass),
        notice: None,
        counts: found.counts,
        version: found.review.version,
        rows: found
            .changes
            .rows
            .into_iter()
            .map(|(user, preview)| planned(visit.t(), user, preview))
            .collect(),
        pager: Pager { previous: None, next },
        back: visit.path.trim_end_matches("/finish").to_owned(),
    })
}

fn planned(t: Text, user: Reviewed, preview: Option<Preview>) -> Planned {
    let (effects, obstacle) = match (&preview, user.outcome) {
        (_, Some(_)) => (None, None),
        (None, None) => (None, Some(t.access_review_finish_skipped().to_owned())),
        (Some(preview), None) => match &preview.plan {
            Ok(plan) => (Some(shown(t, preview, plan)), None),
            Err(conflict) => (None, Some(sentence_of(t, &user.name, *conflict))),
        },
    };
    Planned {
        id: user.user.to_string(),
        decision: decided(t, user.decision),
        name: user.name,
        reason: user.reason,
        effects,
        obstacle,
    }
}
