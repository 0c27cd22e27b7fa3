//! `rollcall metrics-token`.

use serde::Serialize;
use store::pass::metrics_token;

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::settings::Settings;

#[derive(Serialize)]
struct Token {
    metrics_token: String,
}

/// Tells what a collector of metrics sends as its bearer token. It follows from the installation's key.
pub(crate) async fn run(settings: &Settings) -> Result<Answer, Failure> {
    let token = with_app(settings, async |app| Ok(metrics_token(app.store.key()))).await?;
    Answer::of(&Token { metrics_token: token })
}
