//! Deciding on one user of an access review.

use app::access_review::{self, Decided};
use app::pass::HasPlace as _;
use app::work::{Reader, Writer};
use app::{Conflict, Refused};
use domain::access_review::{Decision, reason};
use domain::id::{AccessReviewId, UserId};
use domain::input::{FieldError, Problem};
use serde::Deserialize;
use text::Text;

use super::{Place, missing, row};
use crate::http::problem::sentence_of;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::Errors;
use crate::pages::user::Managing;
use crate::views::access_review::{Decide, decided};
use crate::views::refusal;

/// What is decided, and where to come back to.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    decision: String,
    reason: String,
    tab: String,
    after: String,
}

/// What there is to decide, with what the user has used.
pub async fn page(visit: Managing, place: Place) -> Answer {
    visit.page(view(&visit, &place, None, &Errors::default()).await?)
}

/// Decides.
pub async fn decide(visit: Managing, typed: Typed) -> Answer {
    let (review, user): (AccessReviewId, UserId) = (visit.param("access_review")?, visit.param("user")?);
    let place = Place { tab: typed.tab.clone(), after: typed.after.clone() };
    let back = place.spot().at(&back(&visit)?);
    let (decision, reason) = match parse(&typed) {
        Ok(parsed) => parsed,
        Err(errors) => return visit.mend(view(&visit, &place, Some(&typed), &Errors(errors)).await?),
    };
    let decided = Decided { review, user, decision, reason };
    match visit.write(move |w: Writer, pass: &_| access_review::decide(w, pass, &decided)).await {
        Ok(_) => visit.go_and_tell(&back, Toast::Saved),
        Err(Refused::Invalid(errors)) => {
            visit.mend(view(&visit, &place, Some(&typed), &Errors(errors)).await?)
        }
        Err(refused) => Err(refused),
    }
}

fn parse(typed: &Typed) -> Result<(Decision, String), Vec<FieldError>> {
    if typed.decision.is_empty() {
        return Err(missing("decision"));
    }
    let wrong = |field| move |problem| vec![FieldError { field, problem }];
    let decision = typed.decision.parse().map_err(|_| wrong("decision")(Problem::NotAChoice))?;
    Ok((decision, reason(&typed.reason).map_err(wrong("reason"))?))
}

async fn view(
    visit: &Managing,
    place: &Place,
    typed: Option<&Typed>,
    errors: &Errors,
) -> Result<Decide, Refused> {
    let (review, user): (AccessReviewId, UserId) = (visit.param("access_review")?, visit.param("user")?);
    let look = move |r: &mut Reader, pass: &_| access_review::get_user(r, pass, &review, &user);
    let (pass, (review, found, choices)) = visit.read(look).await?;
    if review.finished_at.is_some() {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let (t, own) = (visit.t(), pass.place().user.as_ref());
    let moments = visit.moments(&pass.place().time_zone);
    let spot = place.spot();
    let chosen = typed.map_or(found.reviewed.decision, |typed| typed.decision.parse().ok());
    let reason = typed.map_or(found.reviewed.reason.as_str(), |typed| &typed.reason);
    Ok(Decide {
        t,
        frame: visit.frame(&pass),
        row: row(t, &found, own, &moments),
        barred: barred(t, &found.reviewed.name, &choices.barred),
        choices: choices.open,
        chosen,
        error: errors.sentence(t, "decision"),
        reason: errors.field(t, "reason", reason),
        action: visit.path.clone(),
        back: spot.at(&back(visit)?),
        spot,
    })
}

/// What can't be decided, by what stands in its way.
fn barred(t: Text, name: &str, barred: &[(Decision, Refused)]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (decision, refused) in barred {
        let (label, why) = (decided(t, Some(*decision)), why(t, name, refused));
        match found.iter_mut().find(|(_, known)| *known == why) {
            Some((labels, _)) => labels.extend([", ", &label]),
            None => found.push((label, why)),
        }
    }
    found
}

fn why(t: Text, name: &str, refused: &Refused) -> String {
    match refused {
        Refused::Conflict(conflict) => sentence_of(t, name, *conflict),
        Refused::Forbidden { refusal, .. } => refusal::sentence(t, *refusal),
        // A lower type gets companies that are in use, of which there are none.
        _ => t.access_review_barred_no_company().to_owned(),
    }
}

/// The review that the path stands in.
fn back(visit: &Managing) -> Result<String, Refused> {
    let (review, _) = visit.path.rsplit_once("/users/").ok_or(Refused::NotFound)?;
    Ok(review.to_owned())
}
