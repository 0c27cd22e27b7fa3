//! Makes what people typed harmless in a mail: one line where one line is due, no invisible tricks with the
//! reading direction, and nothing that a mail client would make a link of.

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

/// A name inside a subject.
pub(crate) fn subject_name(name: &str) -> String {
    isolate(header_name(name))
}

/// A name inside a text.
pub(crate) fn body_name(name: &str) -> String {
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
            '.' => joins_labels(&chars, i, char::is_alphabetic),
            // The full stops of other scripts count as dots in an address, yet between ASCII letters only:
            // in their own scripts they end sentences.
            '。' | '．' | '｡' => joins_labels(&chars, i, |c| c.is_ascii_alphabetic()),
            ':' => is_scheme(&chars, i),
            // A path to another Windows machine.
            '\\' => chars.get(i + 1) == Some(&'\\') && (i == 0 || chars[i - 1] != '\\'),
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

/// Whether the colon at `i` ends a scheme that clients make a link of without any dot after it.
fn is_scheme(chars: &[char], i: usize) -> bool {
    if chars.get(i + 1) == Some(&'/') && chars.get(i + 2) == Some(&'/') {
        return true;
    }
    let start = chars[..i].iter().rposition(|c| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let scheme: String = chars[start..i].iter().collect::<String>().to_ascii_lowercase();
    let goes_on = chars.get(i + 1).is_some_and(|c| !c.is_whitespace());
    goes_on
        && ["mailto", "tel", "sms", "callto", "facetime", "javascript", "data", "file"]
            .contains(&scheme.as_str())
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

/// Characters that show nothing and serve to hide or turn around what is shown. The joiners stay: Persian, Hindi
/// and composed emoji need them. The isolates stay too, a subject has the ones set here.
fn is_trick(c: char) -> bool {
    matches!(c, '\0' | '\u{AD}' | '\u{200B}' | '\u{2060}'..='\u{2067}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}'
        | '\u{202A}'..='\u{202E}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a character shows nothing of its own.
pub(crate) fn hides(c: char) -> bool {
    is_trick(c) || is_joiner(c) || is_line_end(c) || matches!(c, FIRST_STRONG_ISOLATE | POP_ISOLATE)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{FE00}'..='\u{FE0F}')
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
            ("http://localhost:8080/", "http[:]//localhost:8080/"),
            ("kim@evil.co.uk", "kim@evil[.]co[.]uk"),
            ("пример.рф", "пример[.]рф"),
            ("evil。com", "evil[。]com"),
            ("evil.xn--p1ai", "evil[.]xn--p1ai"),
            ("evil.\u{200D}com", "evil[.]\u{200D}com"),
            ("a.b.evil.example", "a.b[.]evil[.]example"),
            ("mailto:kim", "mailto[:]kim"),
            ("call tel:+15550100", "call tel[:]+15550100"),
            (r"\\evil\share", r"[\]\evil\share"),
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
        ] {
            assert_eq!(break_links(text), text);
        }
    }

    #[test]
    fn breaking_twice_is_breaking_once() {
        let once = break_links("see https://a.example and kim@evil.com.");
        assert_eq!(break_links(&once), once);
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(header_name(" Kim\r\nBcc: x\u{2028}y\0z\u{85}\u{202E}w "), "Kim Bcc: x yz w");
        assert_eq!(header_name(&"x".repeat(200)).chars().count(), NAME_LENGTH);
    }

    #[test]
    fn a_name_from_right_to_left_is_isolated() {
        assert_eq!(body_name("דנה"), "\u{2068}דנה\u{2069}");
        assert_eq!(body_name("\u{2069}Kim\u{2068}"), "Kim");
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(message("\r\na\r\nb\rc\u{2028}d\u{7}\te\n"), "a\nb\nc\nd e");
    }
}
