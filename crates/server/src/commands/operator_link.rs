//! `rollcall operator-link`.

use serde::Serialize;
use store::pass::operator_token;

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::settings::Settings;

#[derive(Serialize)]
struct Link {
    operator_link: String,
}

/// Tells the link to the mails and where they stand. It follows from the installation's key; the server itself prints it only
/// where no mail server is set.
pub(crate) async fn run(settings: &Settings) -> Result<Answer, Failure> {
    let link = async |app: &app::App| {
        Ok(format!("{}/operator/{}", app.settings.base_url, operator_token(app.store.key())))
    };
    Answer::of(&Link { operator_link: with_app(settings, link).await? })
}
