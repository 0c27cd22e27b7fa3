//! What the server does by itself: sending mails, going on with jobs, sealing activity, forgetting what has
//! ended.

use std::sync::Arc;
use std::time::Duration;

use store::activity::Sealed;
use store::pass::{Reason, SystemPass};
use store::work::{Origin, Unrecorded, Writer};
use store::{
    access_change, access_request, attempt, email_change, job, lead_event, login_merge, mail, passkey, reset,
    second_factor, see_as, session, single_sign_on, summary_issue, temporary_password, user,
};
use tokio::sync::watch;

use crate::{App, Refused};

/// How often the worker looks for work.
const TICK: Duration = Duration::from_millis(250);
/// How long sealing waits where there are only entries that it cannot seal.
const STUCK: Duration = Duration::from_secs(10);
/// How many ticks lie between two looks for access that has ended: about five seconds.
const END_EVERY: u64 = 20;
/// How many ticks lie between two clearings: about ten minutes.
const CLEAR_EVERY: u64 = 2_400;

/// How long the worker waits between two looks for summaries that are due.
const SUMMARIES_EVERY: Duration = Duration::from_secs(5);
/// How long the worker waits between two looks for hosts that are to be looked up again.
const HOSTS_EVERY: Duration = Duration::from_secs(60);

/// Works until `stop` says true. A failure is logged and tried again at the next tick. Jobs, pushes and summaries wait for no
/// mail server, and neither they nor mails for the servers that know host names.
pub async fn run(app: Arc<App>, stop: watch::Receiver<bool>) {
    let pass = SystemPass::new(Reason::Worker);
    tokio::join!(
        run_rounds(&app, &pass, stop.clone()),
        run_seals(&app, &pass, stop.clone()),
        run_jobs(&app, &pass, stop.clone()),
        run_pushes(&app, &pass, stop.clone()),
        run_summaries(&app, &pass, stop.clone()),
        run_hosts(&app, &pass, stop)
    );
}

/// Looks own hosts of accounts up again.
async fn run_hosts(app: &App, pass: &SystemPass, mut stop: watch::Receiver<bool>) {
    let round = async || {
        if let Err(refused) = app.recheck_hosts(pass).await {
            tracing::error!(?refused, "the worker will look hosts up again");
        }
        tokio::time::sleep(HOSTS_EVERY).await;
    };
    loop {
        tokio::select! {
            () = round() => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Goes on with jobs, and with accounts that come into centers or leave them, as long as there are any.
async fn run_jobs(app: &App, pass: &SystemPass, mut stop: watch::Receiver<bool>) {
    let mut served = String::new();
    loop {
        let (moved, worked) = (app.move_people(pass).await, app.work_on_jobs(pass, &mut served).await);
        let has_more = [&moved, &worked].iter().any(|done| matches!(done, Ok(1..)));
        for refused in [moved, worked].into_iter().filter_map(Result::err) {
            tracing::error!(?refused, "the worker will go on with it");
        }
        let pause = if has_more { Duration::ZERO } else { TICK };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Sends pushes, apart from all else: push services are others', and may be slow.
async fn run_pushes(app: &App, pass: &SystemPass, mut stop: watch::Receiver<bool>) {
    loop {
        let claimed = app.send_due_pushes(pass).await.unwrap_or_else(|refused| {
            tracing::error!(?refused, "pushes will be tried again");
            0
        });
        metrics::counter!("rollcall_pushes_claimed_total").increment(claimed as u64);
        let pause = if claimed > 0 { Duration::ZERO } else { TICK };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Puts summaries that are due into the outbox, page by page. Those that failed are tried again when all others were looked at.
async fn run_summaries(app: &App, pass: &SystemPass, mut stop: watch::Receiver<bool>) {
    let mut behind = None;
    loop {
        let looked_at = app.send_due_summaries(pass, &mut behind).await.unwrap_or_else(|refused| {
            tracing::error!(?refused, "summaries will be tried again");
            0
        });
        let pause = if looked_at > 0 { Duration::ZERO } else { SUMMARIES_EVERY };
        tokio::select! {
            // Many may be due at the same moment: whoever ends the server waits for one page of them.
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// How long sealing waits after a round. What cannot be sealed stays as it is, and every round reads all of it.
pub fn pause_after(round: &Sealed) -> Duration {
    if round.is_stuck() { STUCK } else { TICK }
}

/// Seals activity. The more is sealed at once, the less each entry costs: entries of an account stand on the same pages. So it waits a
/// tick in any case.
async fn run_seals(app: &App, pass: &SystemPass, mut stop: watch::Receiver<bool>) {
    loop {
        let pause = match app.seal_round(pass).await {
            Ok(round) => pause_after(&round),
            Err(refused) => {
                tracing::error!(?refused, "the worker will seal it again");
                TICK
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

async fn run_rounds(app: &App, pass: &SystemPass, mut stop: watch::Receiver<bool>) {
    for tick in 0_u64.. {
        let pause = match work(app, pass, tick).await {
            // Others wait behind those that were claimed: hundreds may be invited within a minute.
            Ok(claimed) if claimed >= app.mails_at_once() => Duration::ZERO,
            Ok(_) => TICK,
            Err(refused) => {
                tracing::error!(?refused, "the worker will try again");
                TICK
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// One round of everything; how many mails were claimed.
async fn work(app: &App, pass: &SystemPass, tick: u64) -> Result<usize, Refused> {
    app.answer_reset_requests(pass).await?;
    app.answer_access_requests(pass).await?;
    let sent = app.send_due_mails(pass).await?;
    metrics::counter!("rollcall_mails_claimed_total").increment(sent as u64);
    if tick.is_multiple_of(END_EVERY) {
        app.end_access(pass).await?;
        app.tell_of_ending_keys(pass).await?;
        app.end_seeing(pass).await?;
    }
    if tick.is_multiple_of(CLEAR_EVERY) {
        app.store.write_later(Origin::internal(), clear).await?;
    }
    Ok(sent)
}

/// Forgets what has ended: sessions, ways to providers, resets, changes of address, temporary passwords, access requests, counters, jobs, addresses
/// that were refused long ago, events that nobody counts any more, summaries and looks as somebody else of long ago, changes of access and merges too old to be undone. And takes users deleted 30 days ago off the lists.
fn clear(mut w: Writer) -> Result<store::work::Committed<()>, Refused> {
    session::remove_expired(&mut w)?;
    single_sign_on::remove_expired(&mut w)?;
    second_factor::remove_expired(&mut w)?;
    passkey::remove_expired(&mut w)?;
    reset::remove_expired(&mut w)?;
    email_change::remove_expired(&mut w)?;
    temporary_password::remove_expired(&mut w)?;
    login_merge::remove_expired(&mut w)?;
    access_request::remove_expired(&mut w)?;
    attempt::remove_ended(&mut w)?;
    mail::suppression::remove_old(&mut w)?;
    access_change::remove_old(&mut w)?;
    lead_event::remove_old(&mut w)?;
    summary_issue::remove_old(&mut w)?;
    user::remove_listed(&mut w)?;
    job::remove_old(&mut w)?;
    see_as::remove_old(&mut w)?;
    Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
}
