//! Serving: from opening the database to the last answer.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::pass::{operator_token, setup_token};
use app::password::Hasher;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::failure::Failure;
use crate::settings::Settings;
use crate::{open, sentence};

/// On PostgreSQL; on SQLite the cores decide.
const CONNECTIONS: usize = 16;
/// How long requests and the worker may take to end once the server is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves until the process is told to stop.
pub(crate) async fn run(settings: Settings) -> Result<(), Failure> {
    // First of all: a second server on the same port must end before it touches the database. Whoever connects
    // meanwhile waits until the first answer can be given.
    let listener = TcpListener::bind(settings.listen).await;
    let listener = listener.map_err(|error| Failure::new(cannot_listen(settings.listen, &error)))?;
    // Until the end: what must not be done beside a server sees that there is one.
    let _held = open::hold(&settings.data_dir, false)?;
    let app = Arc::new(open::app(&settings, CONNECTIONS, Hasher::new).await?);
    let served = serve(&app, listener).await;
    app.store.close().await;
    if let Some(smtp) = &app.smtp {
        smtp.close().await;
    }
    tracing::info!("stopped");
    served
}

async fn serve(app: &Arc<App>, listener: TcpListener) -> Result<(), Failure> {
    let told_to_stop = stop_signal()?;
    let noted = app.note_served_at().await;
    noted.map_err(|refused| sentence::refused(refused, sentence::plain_option))?;
    greet(app).await?;
    let (stop, stopped) = watch::channel(false);
    let mut worker = tokio::spawn(app::worker::run(Arc::clone(app), stopped.clone()));
    let mut server = tokio::spawn(web::serve(Arc::clone(app), listener, is_true(stopped)));
    let served = tokio::select! {
        () = told_to_stop => Ok(()),
        ended = &mut server => Err(by_itself("The server", ended.map_err(Into::into).flatten())),
        ended = &mut worker => Err(by_itself("The worker", ended.map_err(Into::into))),
    };
    tracing::info!("stopping: requests under way are answered");
    // Nobody may be listening any more, and then all has stopped already.
    let _ = stop.send(true);
    let deadline = Instant::now() + PATIENCE;
    tokio::join!(end(server, deadline, "requests"), end(worker, deadline, "the worker"));
    served
}

/// Waits for a task, but not for ever.
async fn end<T>(mut task: JoinHandle<T>, deadline: Instant, what: &str) {
    // A task that ended before must not be asked again.
    if !task.is_finished() && timeout_at(deadline, &mut task).await.is_err() {
        tracing::warn!("{what} did not end within {} seconds and are cut off", PATIENCE.as_secs());
        task.abort();
    }
}

/// A part that ends before it is told to takes the program with it, so that whoever watches over it starts it again.
fn by_itself(what: &str, ended: std::io::Result<()>) -> Failure {
    let why = ended.err().map(|error| format!(": {error}")).unwrap_or_default();
    Failure::new(format!("{what} ended by itself{why}."))
}

async fn is_true(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, and with it the program's reason to go on.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Ends when the process is told to stop. The signals are caught from now on.
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let catch =
        |kind| signal(kind).map_err(|error| Failure::new(format!("Signals cannot be caught: {error}.")));
    let (mut terminate, mut interrupt) = (catch(SignalKind::terminate())?, catch(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Tells the operator where the server is, and the links that only the operator may have.
async fn greet(app: &App) -> Result<(), Failure> {
    let base = &app.settings.base_url;
    let is_empty =
        app.is_empty().await.map_err(|refused| sentence::refused(refused, sentence::plain_option))?;
    let mut lines = format!("Rollcall is ready at {base}\n");
    if is_empty {
        let token = setup_token(app.store.key());
        lines += "There is no account yet. Whoever opens this link makes the first one:\n";
        lines += &format!("set-up link: {base}/setup/{token}\n");
    }
    if app.smtp.is_none() {
        let token = operator_token(app.store.key());
        lines += "No mail server is set, so mails are kept. Whoever opens this link reads them:\n";
        lines += &format!("operator link: {base}/operator/{token}\n");
    }
    let mut out = std::io::stdout().lock();
    // Serving goes on without anybody reading.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
    Ok(())
}

fn cannot_listen(listen: SocketAddr, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!(
                "{listen} is in use by another program: stop that one, or set ROLLCALL_LISTEN to another port."
            )
        }
        std::io::ErrorKind::AddrNotAvailable => {
            format!(
                "This machine has no address {}: set ROLLCALL_LISTEN to one it has, or to 0.0.0.0.",
                listen.ip()
            )
        }
        std::io::ErrorKind::PermissionDenied => format!(
            "Port {} is not for ordinary users: set ROLLCALL_LISTEN to a port from 1024 on, or let the service manager \
             give the permission.",
            listen.port()
        ),
        _ => format!("The server cannot listen on {listen}: {error}."),
    }
}
