//! No more emails of one alert or summary, by the link in its mails. Looking does nothing: programs that follow links are no
//! people. A mail program that asks for it for its reader says so by a POST to the address itself (RFC 8058).

use app::pass::{OpenPass, UnsubscribePass};
use app::{Conflict, Refused, unsubscribe};
use axum::response::IntoResponse as _;
use domain::brand::Look;
use domain::receiver::Stop;
use http::StatusCode;

use super::invitation::plain;
use crate::http::cookies::Cookie;
use crate::http::route::Nothing;
use crate::http::visit::{Answer, Visit};
use crate::views::unsubscribe::Unsubscribe;

fn link(visit: &Visit<OpenPass>) -> Result<String, Refused> {
    let part = |name: &str| plain(&visit.param::<String>(name)?);
    Ok(format!("{}.{}.{}.{}", part("account")?, part("what")?, part("number")?, part("token")?))
}

/// Exchanges the mailed link for a cookie.
pub async fn follow(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    visit.go_with("/unsubscribe", Cookie::Unsubscribe, &link(&visit)?)
}

/// Ends it for a mail program.
pub async fn at_once(visit: Visit<OpenPass>, _: Nothing) -> Answer {
    visit.app.stop_at_once(&visit.ask, link(&visit)?).await?;
    Ok(StatusCode::OK.into_response())
}

/// What would end, or that it has.
pub async fn page(visit: Visit<UnsubscribePass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    let look = pass.brand.as_ref().map(|brand| Look::of(&pass.account, brand));
    visit.page(Unsubscribe {
        t: visit.t(),
        frame: visit.link_frame(look),
        account: pass.account_name,
        is_alert: matches!(pass.what, Stop::Alert(_)),
        mailed: pass.setting.map(|setting| (setting.email, setting.company_name)),
    })
}

/// Ends it. Whoever asks twice is told the same.
pub async fn stop(visit: Visit<UnsubscribePass>, _: Nothing) -> Answer {
    match visit.write(unsubscribe::stop).await {
        Ok(_) | Err(Refused::Conflict(Conflict::Changed)) => visit.go("/unsubscribe"),
        Err(refused) => Err(refused),
    }
}
