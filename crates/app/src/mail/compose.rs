//! Turns a view and two addresses into a mail that can be kept, retried and sent.

use std::fmt;

use super::sender::Sender;
use super::views::View;

pub(crate) mod plain;

/// A name and an e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What a reader sees; may be empty.
    pub name: String,
    /// Where the mail goes to or comes from.
    pub email: String,
}

/// A mail, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The Message-ID without brackets. The same at every try, so that a receiver can drop a second copy.
    pub id: String,
    /// The Message-ID, without brackets, of the first mail about the same: readers put both together.
    pub follows: Option<String>,
    /// The sender. Its name is the brand that the mail speaks for.
    pub from: Address,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// Where mail programs have no more of its kind sent.
    pub stop_link: Option<String>,
    /// The one recipient.
    pub to: Address,
    /// One line.
    pub subject: String,
    /// The part for readers without HTML; complete in itself.
    pub text: String,
    /// The part for everybody else.
    pub html: String,
}

/// Why a mail could not be composed. Each is a fault of the program or its settings, never of a person's input.
#[derive(Debug)]
pub enum ComposeError {
    /// The link is no plain http or https address; the mail would carry something else in its place.
    Link,
    /// The template could not be filled in.
    Template(askama::Error),
}

impl fmt::Display for ComposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ComposeError::Link => f.write_str("The link of a mail must be one http or https address."),
            ComposeError::Template(error) => write!(f, "A mail template could not be filled in: {error}."),
        }
    }
}

impl std::error::Error for ComposeError {}

impl From<askama::Error> for ComposeError {
    fn from(error: askama::Error) -> ComposeError {
        ComposeError::Template(error)
    }
}

/// The mail that `view` describes, from `from` to `to`. What the sender shows heads the HTML part and ends both, so a
/// branded account's mail shows its brand alone.
pub fn compose(
    view: &impl View,
    from: impl Into<Sender>,
    to: Address,
    id: String,
) -> Result<Message, ComposeError> {
    let from = from.into();
    if [view.link(), view.stop_link()].into_iter().flatten().any(|link| !is_plain_link(link)) {
        return Err(ComposeError::Link);
    }
    // In the subject too: lists of mails and the notices of phones make links of what looks like one.
    let cleaned = view.cleaned(plain::name, plain::body_message);
    let text = cleaned.text()?;
    let html = cleaned.html(&from)?;
    Ok(Message {
        id,
        follows: None,
        stop_link: view.stop_link().map(str::to_owned),
        reply_to: from.look.support.clone(),
        to,
        subject: plain::line(&cleaned.subject()?, plain::SUBJECT_LENGTH),
        text: tidy(&format!("{text}{}", foot(&from))),
        html,
        from: from.address,
    })
}

/// A link that means the same in an attribute, as text, and to a client that makes links of text.
fn is_plain_link(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&b))
    })
}

/// What stands below the text of a brand's mail, behind the mark by which readers know a signature.
fn foot(from: &Sender) -> String {
    if !from.has_foot() {
        return String::new();
    }
    let look = &from.look;
    let lines = [Some(from.name()), look.support.clone(), look.terms.clone(), look.privacy.clone()];
    let lines: Vec<String> = lines.into_iter().flatten().collect();
    format!("\n\n-- \n{}", lines.join("\n"))
}

/// One newline at the end, and no line that ends in blanks (a client may take those for a soft break), but for the mark of a signature.
fn tidy(text: &str) -> String {
    let mut tidy = text
        .trim()
        .lines()
        .map(|line| if line == "-- " { line } else { line.trim_end() })
        .collect::<Vec<_>>()
        .join("\n");
    tidy.push('\n');
    tidy
}
