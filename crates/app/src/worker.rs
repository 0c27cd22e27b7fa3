//! What the server does by itself: sending mails, sealing activity, forgetting what has ended.

use std::sync::Arc;
use std::time::Duration;

use store::pass::{Reason, SystemPass};
use store::work::{Origin, Unrecorded, Writer};
use store::{attempt, reset, session};
use tokio::sync::watch;

use crate::{App, Refused};

/// How often the worker looks for work.
const TICK: Duration = Duration::from_millis(250);
/// How many ticks lie between two clearings: about ten minutes.
const CLEAR_EVERY: u64 = 2_400;

/// Works until `stop` says true. A failure is logged and tried again at the next tick.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let pass = SystemPass::new(Reason::Worker);
    for tick in 0_u64.. {
        if let Err(refused) = work(&app, &pass, tick).await {
            tracing::error!(?refused, "the worker will try again");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn work(app: &App, pass: &SystemPass, tick: u64) -> Result<(), Refused> {
    let sent = app.send_due_mails(pass).await?;
    metrics::counter!("rollcall_mails_claimed_total").increment(sent as u64);
    app.seal_activity(pass).await?;
    if tick.is_multiple_of(CLEAR_EVERY) {
        app.store.write(Origin::internal(), clear).await?;
    }
    Ok(())
}

/// Forgets sessions, resets and counters that have ended.
fn clear(mut w: Writer) -> Result<store::work::Committed<()>, Refused> {
    session::remove_expired(&mut w)?;
    reset::remove_expired(&mut w)?;
    attempt::remove_ended(&mut w)?;
    Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
}
