//! Makes what people typed harmless in a mail: one line where one line is due, no invisible tricks with the
//! reading direction, and nothing that a mail client would make a link of.

use domain::name::{is_joiner, tricks_the_eye};

/// Names longer than this are cut.
const NAME_LENGTH: usize = 100;
/// Subjects longer than this are cut; room for two names of full length.
pub(crate) const SUBJECT_LENGTH: usize = 300;
/// Personal messages longer than this are cut. The form's own limit is lower, this one only bounds the mail.
const MESSAGE_LENGTH: usize = 4000;

const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

/// `text` as one line of at most `length` characters.
pub(crate) fn line(text: &str, length: usize) -> String {
    let visible: String =
        text.chars().filter(|c| !is_trick(*c)).map(|c| if is_break(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    cut(&words.join(" "), length)
}

/// A name for a header: one line. An isolate would only show as a box in some lists of mails.
pub(crate) fn header_name(name: &str) -> String {
    line(&name.replace([FIRST_STRONG_ISOLATE, POP_ISOLATE], ""), NAME_LENGTH)
}

/// A name inside a subject or a text.
pub(crate) fn name(name: &str) -> String {
    isolate(break_links(&header_name(name)))
}

/// A message of several lines.
pub(crate) fn message(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace(is_line_end, "\n");
    let kept: String = lines
        .chars()
        .filter(|c| !is_trick(*c) && !matches!(*c, FIRST_STRONG_ISOLATE | POP_ISOLATE))
        .map(|c| if c == '\t' { ' ' } else { c })
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    cut(kept.trim(), MESSAGE_LENGTH)
}

/// A message of several lines inside a text.
pub(crate) fn body_message(text: &str) -> String {
    break_links(&message(text))
}

/// Breaks up whatever a mail client would make a link of: `https://evil.example` becomes
/// `https[:]//evil[.]example`. The link of the mail is then the only one, whatever somebody typed.
pub(crate) fn break_links(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut broken = String::with_capacity(text.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        let breaks = match c {
            '.' => joins_labels(&chars, i, char::is_alphabetic) || joins_numbers(&chars, i),
            // The full stops of other scripts count as dots in an address, yet between Latin letters only, be they as
            // wide as those scripts' signs: in their own scripts they end sentences.
            '。' | '．' | '｡' => joins_labels(&chars, i, is_latin),
            ':' => is_scheme(&chars, i),
            // A path to another Windows machine, behind however many of these: each before another is broken.
            '\\' => chars.get(i + 1) == Some(&'\\'),
            _ => false,
        };
        if breaks {
            broken.extend(['[', c, ']']);
        } else {
            broken.push(c);
        }
    }
    broken
}

/// Whether the dot at `i` stands where it would in a host name: after a letter or digit, before a label that could
/// be, or lead to, a top-level domain. "e.g.", "3.5" and the end of a sentence are none.
fn joins_labels(chars: &[char], i: usize, is_letter: fn(char) -> bool) -> bool {
    let before = chars[..i].iter().rev().find(|c| !is_joiner(**c));
    let mut after = chars[i + 1..].iter().copied().filter(|c| !is_joiner(*c));
    if !before.is_some_and(|c| c.is_alphanumeric() || "-_]".contains(*c)) {
        return false;
    }
    let label: Vec<char> = after.by_ref().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
    // "1.example": the label after a later dot decides there, and that dot is broken.
    label.len() >= 2 && label.iter().any(|c| is_letter(*c))
}

/// Whether it is an ASCII letter, or one in the width of other scripts, which addresses take for the same.
fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// Whether the dot at `i` is in an address of four numbers, such as 192.0.2.1. Dates and most versions have fewer.
fn joins_numbers(chars: &[char], i: usize) -> bool {
    let is_part = |c: &char| c.is_ascii_digit() || *c == '.' || is_joiner(*c);
    let start = chars[..i].iter().rposition(|c| !is_part(c)).map_or(0, |at| at + 1);
    let end = chars[i..].iter().position(|c| !is_part(c)).map_or(chars.len(), |at| i + at);
    let text: String = chars[start..end].iter().filter(|c| !is_joiner(**c)).collect();
    // The last dot may end the sentence.
    let numbers: Vec<&str> = text.trim_end_matches('.').split('.').collect();
    let is_word = start > 0 && chars[start - 1].is_alphanumeric();
    let ends = chars[i + 1..end].iter().all(|c| *c == '.' || is_joiner(*c));
    !ends && !is_word && numbers.len() == 4 && numbers.iter().all(|number| (1..=3).contains(&number.len()))
}

/// Whether the colon at `i` ends a scheme: `//` follows, or a word stands before it and something goes on at once
/// behind it, as in `sip:kim`. Times and "Note: text" are none.
fn is_scheme(chars: &[char], i: usize) -> bool {
    let mut after = chars[i + 1..].iter().filter(|c| !is_joiner(**c));
    let next = after.next();
    if next == Some(&'/') && after.next() == Some(&'/') {
        return true;
    }
    let start = chars[..i].iter().rposition(|c| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let word: String = chars[start..i].iter().collect::<String>().to_ascii_lowercase();
    let is_known =
        ["mailto", "tel", "sms", "callto", "facetime", "javascript", "data", "file"].contains(&word.as_str());
    let is_word = word.ends_with(|c: char| c.is_ascii_alphabetic());
    // Other signs make a face: "Thanks, Kim:)".
    let goes_on = |c: &char| c.is_alphanumeric() || "/+?%#&=@_~\\".contains(*c);
    next.is_some_and(|c| is_known && !c.is_whitespace() || is_word && goes_on(c))
}

/// A name with letters that run from right to left keeps its order to itself.
fn isolate(name: String) -> String {
    if name.chars().any(runs_leftward) { format!("{FIRST_STRONG_ISOLATE}{name}{POP_ISOLATE}") } else { name }
}

fn runs_leftward(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Line ends of any kind except `\n` itself.
fn is_line_end(c: char) -> bool {
    matches!(c, '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What a line cannot hold.
fn is_break(c: char) -> bool {
    c.is_control() || is_line_end(c)
}

/// The joiners stay: Persian, Hindi and composed emoji need them. The isolates stay too, a subject has the ones set
/// here.
fn is_trick(c: char) -> bool {
    c == '\0' || tricks_the_eye(c) && !matches!(c, FIRST_STRONG_ISOLATE | POP_ISOLATE)
}

/// Whether a character shows nothing of its own.
pub(crate) fn hides(c: char) -> bool {
    is_trick(c) || is_joiner(c) || is_line_end(c) || matches!(c, FIRST_STRONG_ISOLATE | POP_ISOLATE)
}

fn cut(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        // One place is the ellipsis.
        Some(_) => text.chars().take(length - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_broken_up() {
        for (typed, shown) in [
            ("https://evil.example/x?y=1", "https[:]//evil[.]example/x?y=1"),
            ("www.evil.com", "www[.]evil[.]com"),
            ("HTTP://EVIL.COM", "HTTP[:]//EVIL[.]COM"),
            ("http://localhost:8080/", "http[:]//localhost[:]8080/"),
            ("http:\u{200D}//localhost", "http[:]\u{200D}//localhost"),
            ("see 1.2.3.4/login.", "see 1[.]2[.]3[.]4/login."),
            ("127.0.0.1:8080/x", "127[.]0[.]0[.]1:8080/x"),
            ("It is 192.0.2.10.", "It is 192[.]0[.]2[.]10."),
            ("1\u{200D}.2.3.4/", "1\u{200D}[.]2[.]3[.]4/"),
            ("sip:a skype:x?call ftp:x", "sip[:]a skype[:]x?call ftp[:]x"),
            ("(SIP:a)", "(SIP[:]a)"),
            ("ms-word:ofe", "ms-word[:]ofe"),
            ("magnet:?xt=1", "magnet[:]?xt=1"),
            ("tel:(555) 0100", "tel[:](555) 0100"),
            ("kim@evil.co.uk", "kim@evil[.]co[.]uk"),
            ("пример.рф", "пример[.]рф"),
            ("evil。com", "evil[。]com"),
            ("ｅｖｉｌ．ｃｏｍ", "ｅｖｉｌ[．]ｃｏｍ"),
            ("evil.xn--p1ai", "evil[.]xn--p1ai"),
            ("evil.\u{200D}com", "evil[.]\u{200D}com"),
            ("a.b.evil.example", "a.b[.]evil[.]example"),
            ("mailto:kim", "mailto[:]kim"),
            ("call tel:+15550100", "call tel[:]+15550100"),
            (r"\\evil\share", r"[\]\evil\share"),
            (r"\\\evil\share", r"[\][\]\evil\share"),
            ("[evil].com", "[evil][.]com"),
        ] {
            assert_eq!(break_links(typed), shown);
        }
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "Hi Kim. See you at 3.30, e.g. in room 2.5!",
            "J.R. Smith",
            "Note: bring the list.",
            "ありがとう。またね。",
            "Tel: 555 0100",
            "and so on... then",
            "v1.2.3",
            "v1.2.3.4, of 2.11.2026",
            "Come at 14:05, or 9:30-10:15.",
            "Ratio 3:1. Thanks, Kim:)",
            "To do:",
            "Subject:\nlist",
        ] {
            assert_eq!(break_links(text), text);
        }
    }

    #[test]
    fn breaking_twice_is_breaking_once() {
        let once = break_links("see https://a.example, sip:a, 1.2.3.4/x and kim@evil.com.");
        assert_eq!(break_links(&once), once);
    }

    #[test]
    fn what_tricks_the_eye_is_left_out() {
        assert_eq!(header_name("K\u{3164}i\u{2800}m\u{AD}\u{115F}\u{180E}\u{E0041}\u{FFF9}"), "Kim");
        assert_eq!(message("a\u{2060}b\u{1160}"), "ab");
        assert_eq!(message("👩\u{200D}🔧"), "👩\u{200D}🔧");
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(header_name(" Kim\r\nBcc: x\u{2028}y\0z\u{85}\u{202E}w "), "Kim Bcc: x yz w");
        assert_eq!(header_name(&"x".repeat(200)).chars().count(), NAME_LENGTH);
    }

    #[test]
    fn a_name_from_right_to_left_is_isolated() {
        assert_eq!(name("דנה"), "\u{2068}דנה\u{2069}");
        assert_eq!(name("\u{2069}Kim\u{2068}"), "Kim");
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(message("\r\na\r\nb\rc\u{2028}d\u{7}\te\n"), "a\nb\nc\nd e");
    }
}
