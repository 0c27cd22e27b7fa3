//! Values of the domain as pages show them.

use app::company::Company;
use app::moment::Moments;
use app::user::{MailState, Standing};
use domain::invitation::{InvitationState, InvitationTimes};
use domain::time::{Span, Timestamp};
use text::Text;

use crate::views::When;
use crate::views::user::{self, Companies, MailStanding};

/// A moment, as the page writes them.
pub(super) fn when(at: Timestamp, moments: &Moments) -> When {
    let (text, full) = moments.both(at);
    When { text, full, iso: at.to_string() }
}

/// The last day of an access that ends by itself; its end is the first moment of the day after.
pub(super) fn last_day(ends_at: Timestamp, moments: &Moments) -> String {
    moments.day(ends_at - Span::seconds(1))
}

/// How many company names stand in a line before "n more".
const NAMES: usize = 2;

/// Companies in a line.
pub(super) fn companies(all: bool, names: &[String]) -> Companies {
    let more = names.len().saturating_sub(NAMES) as i64;
    Companies { all, first: names.iter().take(NAMES).cloned().collect(), more }
}

/// The names of companies.
pub(super) fn company_names(companies: &[Company]) -> Vec<String> {
    companies.iter().map(|company| company.details.name.clone()).collect()
}

/// Where an invitation stands; `None` once it is accepted.
pub(super) fn invitation(
    times: InvitationTimes,
    now: Timestamp,
    moments: &Moments,
) -> Option<user::InvitationState> {
    let sent = when(times.sent_at.unwrap_or(now), moments);
    match times.state(now) {
        InvitationState::NotSent => Some(user::InvitationState::NotSent),
        InvitationState::Open(until) => {
            Some(user::InvitationState::Sent { sent, expires: when(until, moments) })
        }
        InvitationState::Expired(at) => {
            Some(user::InvitationState::Expired { sent, expired: when(at, moments) })
        }
        InvitationState::Unwanted => Some(user::InvitationState::Unwanted),
        InvitationState::Accepted => None,
    }
}

/// Where the mail of an invitation stands; `None` where there is nothing to say, as it was overtaken.
pub(super) fn mail(t: Text, standing: &Standing, moments: &Moments) -> Option<MailStanding> {
    let answer = standing.answer.clone();
    Some(match standing.state {
        MailState::Queued if answer.is_empty() => MailStanding::Queued,
        MailState::Queued => MailStanding::Waits(when(standing.run_at, moments)),
        MailState::HandedOver => MailStanding::HandedOver,
        MailState::Kept => MailStanding::Kept,
        MailState::Refused => MailStanding::Failed(t.user_mail_refused().to_owned(), answer),
        MailState::GivenUp => MailStanding::Failed(t.user_mail_given_up(standing.attempts), String::new()),
        MailState::Withheld => MailStanding::Failed(t.user_mail_withheld().to_owned(), answer),
        MailState::Dropped => return None,
    })
}

/// Whether a device, as it told of itself, is a phone or tablet.
pub(super) fn is_handheld(device: &str) -> bool {
    ["iPhone", "iPad", "Android"].iter().any(|mark| device.contains(mark))
}
