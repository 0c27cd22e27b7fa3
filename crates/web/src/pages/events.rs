//! The event stream of an account: that something has changed, and nothing of it (P-19).

use std::time::Duration;

use app::Refused;
use app::events::{Standing, standing};
use app::pass::{AccountPass, HasPlace as _};
use domain::capability::proof::AnyUser;
use tokio::time::sleep;

use crate::http::route::Nothing;
use crate::http::stream::{self, Events, Place};
use crate::http::visit::{Answer, Visit};

/// How often it is looked at: what has ended is told within a second.
const TICK: Duration = Duration::from_millis(400);
/// How long a stream goes on; browsers then open the next one by themselves.
const LIFE: Duration = Duration::from_secs(5 * 60);
/// After how many looks something is said if nothing happened.
const QUIET: u32 = 40;

/// What ends a stream that is being watched.
enum End {
    /// The person's access has changed or ended: what their page shows may not be theirs any more.
    Gone,
    /// Nobody listens, or nothing can be said.
    Silent,
}

/// Opens the stream.
pub async fn stream(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Answer {
    let (pass, first) = visit.look(standing).await?;
    // Only who gets in takes a place: strangers cannot use them up.
    let login = pass.place().person.as_ref().map(|person| person.login.as_str()).unwrap_or_default();
    let place = visit.streams.enter(login, &visit.ask.origin.network).ok_or(Refused::Busy)?;
    let (events, response) = stream::open();
    tokio::spawn(watch(visit, first, events, place));
    Ok(response)
}

async fn watch(visit: Visit<AccountPass<AnyUser>>, first: Standing, events: Events, mut place: Place) {
    let end = tokio::select! {
        end = look_on(&visit, first, &events) => end,
        () = place.ended() => End::Silent,
        () = events.left() => End::Silent,
        () = sleep(LIFE) => End::Silent,
    };
    if matches!(end, End::Gone) {
        // Who does not read it has left already.
        let _ = events.tell("gone");
    }
}

/// Each look mints the pass anew, so that nothing is told to whom it is none of their business any more.
async fn look_on(visit: &Visit<AccountPass<AnyUser>>, mut last: Standing, events: &Events) -> End {
    let mut quiet = 0;
    loop {
        sleep(TICK).await;
        quiet += 1;
        let now = match visit.look(standing).await {
            Ok((_, now)) => now,
            // A look later will do.
            Err(Refused::Busy) => continue,
            Err(Refused::Failed(_)) => return End::Silent,
            Err(_) => return End::Gone,
        };
        if now.access != last.access {
            return End::Gone;
        }
        let heard = match now.newest == last.newest {
            false => events.tell("changed"),
            true if quiet >= QUIET => events.keep(),
            true => continue,
        };
        if heard.is_err() {
            return End::Silent;
        }
        (last, quiet) = (now, 0);
    }
}
