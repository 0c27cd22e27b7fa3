//! No more emails of one alert or summary, by the link in its mails. The link is derived from what it ends, so that it works for
//! as long as there is something to end, and is stored nowhere.

use domain::id::{AccountId, NotificationId, SummaryEmailId};
use domain::receiver::Stop;

use crate::db::{DbError, sql};
use crate::pass::UnsubscribePass;
use crate::receiver;
use crate::secret::Key;
use crate::work::Writer;

/// The token of the link that ends it.
pub fn token(key: &Key, account: &AccountId, what: Stop) -> String {
    key.token("unsubscribe", &[account.as_str(), what.word(), &what.number().to_string()])
}

/// Ends it; false if it was over already. An alert that comes by push, too, goes on coming so. For an address without a user
/// nothing new is set up from then on.
pub fn stop(w: &mut Writer, pass: &UnsubscribePass) -> Result<bool, DbError> {
    let stopped = match pass.what {
        Stop::Alert(id) => stop_alert(w, pass, id)?,
        Stop::Summary(id) => remove_summary(w, pass, id)?,
    };
    let outside = pass.setting.as_ref().filter(|setting| stopped && setting.outside);
    if let Some(setting) = outside {
        receiver::block(w, pass, &setting.email)?;
    }
    Ok(stopped)
}

fn stop_alert(w: &mut Writer, pass: &UnsubscribePass, id: NotificationId) -> Result<bool, DbError> {
    let values = [(&pass.account).into(), id.into()];
    let changed = w.tx().exec(
        sql!(
            "UPDATE notification SET send_email = 0
             WHERE account_id = $1 AND id = $2 AND send_email = 1 AND (send_push = 1 OR send_desktop = 1)"
        ),
        &values,
    )?;
    // What comes in no way any more is no alert.
    let removed = w.tx().exec(
        sql!(
            "DELETE FROM notification
             WHERE account_id = $1 AND id = $2 AND send_email = 1 AND send_push = 0 AND send_desktop = 0"
        ),
        &values,
    )?;
    Ok(changed + removed > 0)
}

fn remove_summary(w: &mut Writer, pass: &UnsubscribePass, id: SummaryEmailId) -> Result<bool, DbError> {
    let removed = w.tx().exec(
        sql!("DELETE FROM summary_email WHERE account_id = $1 AND id = $2"),
        &[(&pass.account).into(), id.into()],
    )?;
    Ok(removed > 0)
}
