//! A mail as it goes over the wire.

use std::time::{Duration, SystemTime};

use lettre::Address as Mailbox;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as NamedMailbox, MultiPart};

use crate::mail::compose::{Address, Message, plain};

/// Where the Date header ends: the last second of the year 9998 (lettre panics on later ones).
const LAST_SECOND: u64 = 253_370_764_799;

pub(super) struct Wire {
    pub(super) from: Mailbox,
    pub(super) to: Mailbox,
    /// Whether an address has letters beyond ASCII.
    pub(super) needs_utf8: bool,
    pub(super) data: Vec<u8>,
}

/// Why a message cannot become a mail.
pub(super) enum Unsendable {
    /// The recipient or the message is at fault.
    Forever(String),
    /// The sender is at fault, which is a setting that can be mended.
    ForNow(String),
}

impl Wire {
    pub(super) fn of(message: &Message, at_micros: i64) -> Result<Wire, Unsendable> {
        let from = mailbox(&message.from.email)
            .ok_or_else(|| Unsendable::ForNow(unusable("sender's", &message.from)))?;
        let to = mailbox(&message.to.email)
            .ok_or_else(|| Unsendable::Forever(unusable("recipient's", &message.to)))?;
        if !is_message_id(&message.id) {
            return Err(Unsendable::Forever("The mail's own number is malformed.".to_owned()));
        }
        let broken =
            |error: lettre::error::Error| Unsendable::Forever(format!("The mail cannot be built: {error}."));
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()]).map_err(broken)?;
        let mut mail = lettre::Message::builder();
        if let Some(first) = message.follows.as_ref().filter(|first| is_message_id(first)) {
            mail = mail.in_reply_to(format!("<{first}>")).references(format!("<{first}>"));
        }
        if let Some(reply_to) = message.reply_to.as_deref().and_then(mailbox) {
            mail = mail.reply_to(NamedMailbox::new(None, reply_to));
        }
        let mut mail = mail
            .from(named(&message.from, &from))
            .to(named(&message.to, &to))
            .subject(subject(&message.subject))
            .date(date(at_micros))
            .message_id(Some(format!("<{}>", message.id)))
            .raw_header(fixed("Auto-Submitted", "auto-generated"))
            .raw_header(fixed("X-Auto-Response-Suppress", "All"));
        for header in stop_headers(message.stop_link.as_deref()) {
            mail = mail.raw_header(header);
        }
        let mail = mail
            .envelope(envelope)
            .multipart(MultiPart::alternative_plain_html(message.text.clone(), message.html.clone()))
            .map_err(broken)?;
        let needs_utf8 = ![&from, &to].iter().all(|mailbox| AsRef::<str>::as_ref(*mailbox).is_ascii());
        Ok(Wire { from, to, needs_utf8, data: mail.formatted() })
    }
}

/// One address and nothing else. Quoted local parts, comments, lists, routes and address literals are valid somewhere
/// in the standards, and are read differently by different servers: none of them passes.
fn mailbox(email: &str) -> Option<Mailbox> {
    let odd =
        |c: char| c.is_control() || c.is_whitespace() || "\"<>()[]{},:;\\|%!`".contains(c) || plain::hides(c);
    let (local, domain) = email.split_once('@')?;
    let one = !domain.contains('@') && !email.contains(odd) && local.len() <= 64 && email.len() <= 254;
    if one { email.parse().ok() } else { None }
}

fn named(address: &Address, mailbox: &Mailbox) -> NamedMailbox {
    let name = plain::header_name(&address.name);
    NamedMailbox::new((!name.is_empty()).then_some(name), mailbox.clone())
}

/// "=?" would start an encoded word, which readers decode to whatever it hides.
fn subject(text: &str) -> String {
    plain::line(text, plain::SUBJECT_LENGTH).replace("=?", "= ?")
}

fn date(at_micros: i64) -> SystemTime {
    let micros = Duration::from_micros(u64::try_from(at_micros).unwrap_or(0));
    SystemTime::UNIX_EPOCH + micros.min(Duration::from_secs(LAST_SECOND))
}

fn fixed(name: &'static str, value: &'static str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// By these a mail program offers its reader to have no more of the kind sent, and asks for it by itself (RFC 8058), which is for
/// TLS alone.
fn stop_headers(link: Option<&str>) -> Vec<HeaderValue> {
    let Some(link) = link else { return Vec::new() };
    let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
    let mut headers = vec![HeaderValue::new(name, format!("<{link}>"))];
    if link.starts_with("https://") {
        headers.push(fixed("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    headers
}

fn is_message_id(id: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.+".contains(&b))
            && part.split('.').all(|atom| !atom.is_empty())
    };
    id.len() <= 200 && id.split_once('@').is_some_and(|(left, right)| is_part(left) && is_part(right))
}

fn unusable(whose: &str, address: &Address) -> String {
    plain::line(&format!("The {whose} address \"{}\" is not one plain e-mail address.", address.email), 400)
}
