//! Whatever people typed into names, subject and message, a mail goes to one address and has the headers that we wrote (X-21, X-23).

#![no_main]

use app::fuzzing::{break_links, line, mail_message, mail_name, wire};
use app::mail::compose::{Address, Message};
use libfuzzer_sys::fuzz_target;

const HEADERS: [&str; 10] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
];

// Who writes, to whom, their address, where answers go, the subject, and the message: each behind a byte of zero.
fuzz_target!(|text: &str| {
    let mut parts = text.split('\0');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    let (from, to, email, reply_to, subject) = (part(), part(), part(), part(), part());
    let message = Message {
        id: "1.2@rollcall.example".to_owned(),
        follows: None,
        from: Address { name: from, email: "calls@rollcall.example".to_owned() },
        reply_to: Some(reply_to),
        stop_link: None,
        to: Address { name: to, email: email.clone() },
        subject,
        text: mail_message(text),
        html: "<p>Hello</p>".to_owned(),
    };
    if let Some((to, data)) = wire(&message) {
        assert_eq!(to, email, "it goes to whom it is for");
        headers(&data);
    }

    let short = line(text, 50);
    assert!(short.chars().count() <= 50 && !short.contains(char::is_control));
    assert_eq!(line(&short, 50), short);
    for broken in [break_links(text), mail_name(text), mail_message(text)] {
        assert!(!broken.contains("://") && !broken.contains(r"\\"), "{broken:?}");
    }
});

/// Each header of ours once, and no other; every line ends as lines of mails do.
fn headers(data: &[u8]) {
    let end = data.windows(4).position(|part| part == b"\r\n\r\n").expect("a head");
    let head = std::str::from_utf8(&data[..end]).expect("ASCII");
    let lines: Vec<&str> = head.split("\r\n").collect();
    assert!(lines.iter().all(|line| !line.contains(['\r', '\n', '\0'])), "{head:?}");
    let names: Vec<&str> = lines
        .iter()
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split_once(':').expect("a header").0)
        .collect();
    for (at, name) in names.iter().enumerate() {
        assert!(HEADERS.contains(name) && !names[..at].contains(name), "{name} in {head:?}");
    }
}
