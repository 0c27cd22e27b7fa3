//! Which refusals say that an address takes no mail, whatever is sent there (I-07): those are kept, and nothing more is sent
//! there meanwhile. In doubt a refusal says nothing of the address: it ends that one mail and no other.

use crate::time::Span;

/// How long nothing is sent to an address that was refused, unless somebody has it tried again.
pub const SUPPRESSION: Span = Span::days(90);

/// What a server says where there is no such mailbox, and gives no enhanced status code beside 550.
const NO_MAILBOX: [&str; 9] = [
    "user unknown",
    "unknown user",
    "unknown recipient",
    "no such",
    "no mailbox",
    "not exist",
    "doesn't exist",
    "invalid recipient",
    "recipient not found",
];

/// What it says where something else is at fault: many servers refuse a sender, or where a mail comes from, only when they
/// are told the recipient.
const OF_ELSE: [&str; 8] = ["sender", "relay", "spam", "block", "polic", "helo", "client", "quota"];

/// Whether a reply to a recipient, its code and its words, says that this address takes no mail: 550, 551 or 553 about the
/// address. A full mailbox (552, 5.2.2), a policy (5.7.x), a sender that is refused (5.1.7, 5.1.8) and what comes later in the
/// dialogue, or is for now alone, say nothing of it.
pub fn is_bounce(code: u16, words: &str) -> bool {
    let words = words.to_lowercase();
    if ![550, 551, 553].contains(&code) || OF_ELSE.iter().any(|word| words.contains(word)) {
        return false;
    }
    match enhanced(&words) {
        Some(status) => status.starts_with("5.1.") && !["5.1.7", "5.1.8", "5.1.9"].contains(&status),
        None => code != 550 || NO_MAILBOX.iter().any(|said| words.contains(said)),
    }
}

/// The enhanced status code that the words begin with, such as `5.1.1` (RFC 3463).
fn enhanced(words: &str) -> Option<&str> {
    let first = words.split_whitespace().next()?;
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (first.split('.').count() == 3 && first.split('.').all(is_number)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I-07. Seen to fail: with `OF_ELSE` emptied, with `NO_MAILBOX` emptied, without 5.1.8 left out, and with every 5xx taken.
    #[test]
    fn i07_only_what_is_said_of_the_address_is_a_bounce() {
        for (code, words) in [
            (
                550,
                "5.1.1 <kim@example.com>: Recipient address rejected: User unknown in local recipient table",
            ),
            (550, "5.1.1 The email account that you tried to reach does not exist."),
            (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
            (553, "5.1.2 We cannot deliver to that domain"),
            (553, "5.1.3 Bad recipient address syntax"),
            (550, "No such user here"),
            (550, "Unknown user: kim"),
            (551, "User not local; please try elsewhere"),
            (553, "Requested action not taken: mailbox name not allowed"),
        ] {
            assert!(is_bounce(code, words), "{code} {words}");
        }
        for (code, words) in [
            (552, "5.2.2 Mailbox full"),
            (550, "5.2.2 Over quota"),
            (550, "5.2.1 Not accepting messages"),
            (550, "5.7.1 Message rejected due to local policy"),
            (550, "5.7.26 Unauthenticated email is not accepted"),
            (550, "5.1.8 <hello@rollcall.test>: Sender address rejected: Domain not found"),
            (550, "5.1.8 Bad domain"),
            (
                550,
                "5.1.0 <hello@rollcall.test>: Sender address rejected: User unknown in local recipient table",
            ),
            (550, "Requested action not taken: mailbox unavailable"),
            (550, "Blocked: no such luck"),
            (553, "Relaying denied"),
            (554, "5.1.1 Transaction failed"),
            (450, "4.1.1 User unknown"),
            (503, "5.5.1 Bad sequence of commands"),
            (550, ""),
        ] {
            assert!(!is_bounce(code, words), "{code} {words}");
        }
    }
}
