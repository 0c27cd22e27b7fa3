//! The server with a password hash that costs nothing, so that everything else about accepting an invitation can be
//! measured. It is a program of its own: no setting makes the real one so.
//!
//! `hasty ADDRESS DATA-FOLDER [POSTGRES-URL]`

use std::sync::Arc;

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let address = args.next().expect("an address");
    let app =
        Arc::new(rollcall_bench::open(&args.next().expect("a data folder"), args.next(), &address, 0).await);
    let listener = tokio::net::TcpListener::bind(&address).await.expect("a free port");
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    tokio::spawn(app::worker::run(Arc::clone(&app), stopped));
    web::serve(app, listener, std::future::pending()).await.expect("served");
}
