//! Mails over a real server on loopback, read back with parsers that share no code with the writer.

mod brand;
mod hostile;
mod kinds;
mod mails;
mod sending;
pub(crate) mod server;

use app::mail::compose::{Address, Message, compose};
use app::mail::views::{InvitationMail, PasswordChangedMail, ResetMail};
use text::Text;

/// The headers of every mail, and no others.
const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
];

/// 2026-11-22 14:05:00 UTC.
pub(crate) const AT: i64 = 1_795_356_300_000_000;

const LINK: &str = "https://calls.example.test/invitation#3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxg";

const BLOCK_LINK: &str =
    "https://calls.example.test/invitation-block/ACC1/MAI1/3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxg";

fn address(name: &str, email: &str) -> Address {
    Address { name: name.to_owned(), email: email.to_owned() }
}

fn rollcall() -> Address {
    address("Rollcall", "hello@rollcall.example.test")
}

fn kim() -> Address {
    address("Kim Ode", "kim@example.test")
}

fn invitation() -> InvitationMail {
    InvitationMail {
        t: Text::default(),
        to_name: "Kim".to_owned(),
        account_name: "Harbor Dental".to_owned(),
        inviter_name: "Ada Reyes".to_owned(),
        type_name: "Manager".to_owned(),
        link: LINK.to_owned(),
        block_link: BLOCK_LINK.to_owned(),
        personal_message: None,
        expires_on: "29 November 2026".to_owned(),
        agent: false,
        executive_of: None,
    }
}

fn reset() -> ResetMail {
    ResetMail { t: Text::default(), to_name: "Kim".to_owned(), link: LINK.to_owned(), minutes: 30 }
}

fn password_changed() -> PasswordChangedMail {
    PasswordChangedMail {
        t: Text::default(),
        to_name: "Kim".to_owned(),
        when: "22 November 2026, 14:05".to_owned(),
        device: "Firefox on Windows, near Lyon".to_owned(),
    }
}

pub(crate) fn message() -> Message {
    compose(&invitation(), rollcall(), kim(), "0198a1b2c3d4@rollcall.example.test".to_owned()).unwrap()
}
