//! Mails that tell of what came in: alerts and summaries (G-08, P-01).

use domain::mail::MailKind;
use store::mail::{Mail, ReadsMail};
use store::work::Reader;
use text::Text;

use super::compose::{Address, ComposeError, Message, compose};
use super::sender::Sender;
use crate::{App, Refused, alert, summary_issue};

/// What such a mail says.
pub(super) enum LeadNotice {
    Alert(alert::Told),
    AlertsMore(alert::More),
    Summary(summary_issue::Told),
}

/// Finds what a mail says; `None` where it is none of these, or whoever it goes to is not told any more.
pub(super) fn find(
    r: &mut Reader,
    pass: &impl ReadsMail,
    mail: &Mail,
) -> Result<Option<LeadNotice>, Refused> {
    Ok(match mail.kind {
        MailKind::Alert => alert::find(r, pass, mail)?.map(LeadNotice::Alert),
        MailKind::AlertsMore => alert::find_more(r, pass, mail)?.map(LeadNotice::AlertsMore),
        MailKind::Summary => summary_issue::find(r, pass, mail)?.map(LeadNotice::Summary),
        _ => None,
    })
}

impl LeadNotice {
    pub(super) fn compose(
        self,
        app: &App,
        (t, mail, base): (Text, &Mail, &str),
        (from, id): (Sender, String),
    ) -> Result<Message, ComposeError> {
        let to = |name: &str| Address { name: name.to_owned(), email: mail.email.clone() };
        match self {
            LeadNotice::Alert(told) => {
                let view = app.alert_mail(t, told, mail, base);
                compose(&view, from, to(&view.to_name), id)
            }
            LeadNotice::AlertsMore(more) => {
                let view = app.alerts_more_mail(t, more, mail, base);
                compose(&view, from, to(&view.to_name), id)
            }
            LeadNotice::Summary(told) => {
                let view = app.summary_mail(t, told, mail, base);
                compose(&view, from, to(&view.to_name), id)
            }
        }
    }
}
