//! `rollcall secret replace` and `rollcall secret forget` (decision 0037).

use std::path::PathBuf;

use app::key_change::{LINKS_LIVE, Links, Uses};
use app::key_file::{KeyFile, MOST, NotReplaced};
use app::real::{RealClock, RealRandom};
use domain::time::{Clock as _, Random as _, Timestamp};
use serde_json::{Value, json};
use store::pass::{Reason, SystemPass};

use super::{Answer, with_app};
use crate::failure::Failure;
use crate::open;
use crate::sentence::{self, plain_option};
use crate::settings::Settings;

/// What there is to do with the key.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a new key, with which everything is made from then on; the ones before are kept for what they have made
    Replace(Replace),
    /// Forget the keys before the newest, once nothing needs them
    Forget(Forget),
}

/// Where to.
#[derive(clap::Args)]
pub(crate) struct Replace {
    /// Write the keys into this new file, to be put where they are kept, in place of changing them there
    #[arg(long)]
    to: Option<PathBuf>,
}

/// Where to, and whether at a loss.
#[derive(clap::Args)]
pub(crate) struct Forget {
    /// Write what is left into this new file, to be put where the keys are kept, in place of changing them there
    #[arg(long)]
    to: Option<PathBuf>,
    /// Forget them although something still needs them, which is lost
    #[arg(long)]
    even_so: bool,
}

/// Puts a new key before the others. The file is whole at any moment, and the database takes the new key up in one unit: here, or, where
/// that does not happen any more, at the next start.
pub(crate) async fn replace(settings: &Settings, args: Replace) -> Result<Answer, Failure> {
    let _alone = open::hold(&settings.data_dir, true)?;
    let present = open::key_file(settings)?;
    with_app(settings, async |_| Ok(())).await?;
    let next = present.with_new(RealRandom.bytes(), RealClock.now()).ok_or_else(|| {
        Failure::new(format!(
            "There are {MOST} keys already: forget the older ones by rollcall secret forget."
        ))
    })?;
    write(settings, args.to.as_ref(), &next)?;
    if args.to.is_none() {
        with_app(settings, async |_| Ok(())).await?;
    }
    let numbers = next.numbers();
    Answer::of(&json!({ "key": numbers[0], "older": numbers[1..] }))
}

/// Forgets the older keys. What they have sealed is sealed anew before: the activity, which is looked at as a whole with the newest alone.
/// Their links end where the database hears of it, in one unit: here, or, where that does not happen any more, at the next start.
pub(crate) async fn forget(settings: &Settings, args: Forget) -> Result<Answer, Failure> {
    let _alone = open::hold(&settings.data_dir, true)?;
    let present = open::key_file(settings)?;
    let (numbers, alone) = (present.numbers(), present.newest_alone());
    if numbers.len() == 1 {
        return Answer::of(&json!({ "key": numbers[0], "forgotten": [] }));
    }
    let uses = with_app(settings, async |app| Ok(app.older_key_uses().await)).await?;
    let uses = uses.map_err(|error| sentence::refused(error, plain_option))?;
    let ends = present.made_at() + LINKS_LIVE;
    let links_live = ends > RealClock.now();
    if !args.even_so && (links_live || uses != Uses::default()) {
        let lost = lost(uses, ends);
        return Answer::judged(&json!({ "key": numbers[0], "forgotten": [], "would_be_lost": lost }), false);
    }
    let pass = SystemPass::new(Reason::CommandLine);
    let sealed = with_app(settings, async |app| Ok(app.reseal_activity(&pass).await)).await?;
    let is_sealed = sealed.map_err(|error| sentence::refused(error, plain_option))?;
    if !is_sealed || !is_whole(settings, &alone).await? {
        return Err(Failure::new(
            "The activity is not as it was sealed, so the older keys are kept: rollcall activity verify tells what is wrong.",
        ));
    }
    write(settings, args.to.as_ref(), &alone)?;
    if args.to.is_none() {
        with_app(settings, async |_| Ok(())).await?;
    }
    Answer::of(&json!({ "key": numbers[0], "forgotten": numbers[1..] }))
}

/// What would be lost, and how long links in mails still live.
fn lost(uses: Uses, ends: Timestamp) -> Value {
    let Uses { apps, passkeys, push_devices, hosts, mails, links } = uses;
    let Links { invitations, request_links, resets, email_changes, login_merges } = links;
    let seconds = ends.since(RealClock.now()).as_seconds_up().max(0);
    json!({
        "apps": apps, "passkeys": passkeys, "push_devices": push_devices, "hosts": hosts, "waiting_mails": mails,
        "invitations": invitations, "request_links": request_links, "resets": resets, "email_changes": email_changes,
        "login_merges": login_merges, "days_that_links_in_mails_live": (seconds + 86_399) / 86_400,
    })
}

/// Whether the activity is whole for who has these keys alone.
async fn is_whole(settings: &Settings, keys: &KeyFile) -> Result<bool, Failure> {
    let app = open::app_by(settings, keys).await?;
    let verified = app.verify_activity(&SystemPass::new(Reason::CommandLine)).await;
    app.store.close().await;
    let verified = verified.map_err(|error| sentence::refused(error, plain_option))?;
    Ok(verified.broken.is_none())
}

fn write(settings: &Settings, to: Option<&PathBuf>, keys: &KeyFile) -> Result<(), Failure> {
    let written = match to {
        Some(file) => keys.write_new(file).map_err(NotReplaced::Before),
        None => keys.replace(&settings.secret_key, || RealRandom.bytes()),
    };
    written.map_err(|error| {
        let name = to.map_or_else(|| open::named(settings), |file| file.display().to_string());
        Failure::new(match error {
            NotReplaced::Before(error) => format!(
                "{name} cannot be written ({error}), so the keys stay as they are: name a new file with --to."
            ),
            NotReplaced::After(error) => format!(
                "{name} has its new keys by now, but what stands beside it could not be tidied up or brought to disk ({error}): mend that, \
                 remove what is named .draft-… there, as it holds keys, and run rollcall doctor."
            ),
        })
    })
}
