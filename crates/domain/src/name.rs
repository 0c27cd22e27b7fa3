//! Names of people, companies and accounts, and short free texts.

use crate::input::Problem;

/// The longest name of a person, company or account.
pub const MAX_NAME: usize = 60;

/// The longest personal message in an invitation (U-02).
pub const MAX_MESSAGE: usize = 1_000;

/// A name that must be there and be seen: trimmed, at most [`MAX_NAME`] characters, on one line.
pub fn required(typed: &str) -> Result<String, Problem> {
    let name = optional(typed)?;
    if name.chars().any(shows) { Ok(name) } else { Err(Problem::Missing) }
}

/// A name that may be empty; the same rules otherwise.
pub fn optional(typed: &str) -> Result<String, Problem> {
    let name = typed.trim();
    if name.chars().any(|c| breaks_line(c) || tricks_the_eye(c)) || !joins_letters(name) {
        return Err(Problem::BadCharacters);
    }
    if name.chars().count() > MAX_NAME {
        return Err(Problem::TooLong { max: MAX_NAME });
    }
    Ok(name.to_owned())
}

/// A personal message: several lines, at most [`MAX_MESSAGE`] characters; `None` when nothing was typed.
pub fn message(typed: &str) -> Result<Option<String>, Problem> {
    let text = typed.replace("\r\n", "\n");
    let text = text.trim();
    if text.chars().any(|c| c != '\n' && (breaks_line(c) || tricks_the_eye(c))) {
        return Err(Problem::BadCharacters);
    }
    if text.chars().count() > MAX_MESSAGE {
        return Err(Problem::TooLong { max: MAX_MESSAGE });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The key that lists sort by and search starts from: lower case, single spaces.
pub fn sort_key(parts: &[&str]) -> String {
    let words = parts.iter().flat_map(|part| part.split_whitespace());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Characters that show nothing, or reorder and hide what is shown, so that two texts look alike or one looks like
/// none: soft hyphens, fillers and blanks that pass for letters, marks of direction, tags, annotations. This is the
/// one list; what is only sometimes a trick is in [`is_joiner`].
pub fn tricks_the_eye(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Characters that show nothing either, and are needed where they belong: Persian, Hindi, rare Chinese signs and
/// composed emoji have them.
pub fn is_joiner(c: char) -> bool {
    is_zero_width(c)
        || is_selector(c)
        // Marks of direction, for texts. Names need none.
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// ZWNJ and ZWJ.
fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// They choose another shape of the sign before them.
fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Control characters, line and paragraph separators.
fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Whether a character can be seen by itself. An accent without a letter hardly is.
fn shows(c: char) -> bool {
    !c.is_whitespace()
        && !breaks_line(c)
        && !tricks_the_eye(c)
        && !is_joiner(c)
        && !matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether all joiners of a name stand where a script needs them: ZWJ and ZWNJ behind a letter that is not of the
/// ASCII, a selector behind any sign that is not. Everywhere else they would only make two names look alike.
fn joins_letters(name: &str) -> bool {
    let before = std::iter::once(' ').chain(name.chars());
    before.zip(name.chars()).all(|(before, c)| match c {
        c if is_zero_width(c) => !before.is_ascii() && (before.is_alphabetic() || is_virama(before)),
        c if is_selector(c) => !before.is_ascii() && shows(before),
        c => !is_joiner(c),
    })
}

/// The sign that takes a letter's vowel away in the scripts of India and their neighbours.
fn is_virama(c: char) -> bool {
    matches!(
        c,
        '\u{94d}'
            | '\u{9cd}'
            | '\u{a4d}'
            | '\u{acd}'
            | '\u{b4d}'
            | '\u{bcd}'
            | '\u{c4d}'
            | '\u{ccd}'
            | '\u{d4d}'
            | '\u{dca}'
            | '\u{1039}'
            | '\u{103a}'
            | '\u{17d2}'
            | '\u{1b44}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// U-01
    #[test]
    fn u01_names_are_trimmed_and_kept_on_one_line() {
        assert_eq!(required(" Natalie  "), Ok("Natalie".into()));
        assert_eq!(required("  "), Err(Problem::Missing));
        assert_eq!(required("a\nb"), Err(Problem::BadCharacters));
        assert_eq!(required("gnp.\u{202e}exe"), Err(Problem::BadCharacters));
        assert_eq!(required("دانیال علی\u{200c}پور"), Ok("دانیال علی\u{200c}پور".into()));
        assert_eq!(optional(&"é".repeat(61)), Err(Problem::TooLong { max: 60 }));
    }

    /// U-01
    #[test]
    fn u01_characters_that_trick_the_eye_are_refused() {
        let tricks = "\u{ad}\u{34f}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180e}\u{200b}\u{200e}\u{200f}\u{61c}\u{202e}\
            \u{2060}\u{2064}\u{2066}\u{2069}\u{206f}\u{2800}\u{3164}\u{feff}\u{ffa0}\u{fff9}\u{fffa}\u{fffb}\u{e0000}\
            \u{e0041}\u{e007f}";
        for c in tricks.chars() {
            for name in [format!("{c}"), format!("Kim{c}Lo"), format!("{c}Kim"), format!("Kim{c}")] {
                assert_eq!(required(&name), Err(Problem::BadCharacters), "{name:?}");
                assert_eq!(optional(&name), Err(Problem::BadCharacters), "{name:?}");
            }
        }
        assert_eq!(required("Kim\u{2028}Lo"), Err(Problem::BadCharacters));
        assert_eq!(message("Kim\u{3164}"), Err(Problem::BadCharacters));
        assert!(message("👩\u{200d}🔧 \u{200f}שלום").is_ok());
    }

    /// U-01
    #[test]
    fn u01_joiners_are_taken_beside_letters_only() {
        for good in ["علی\u{200c}پور", "क्\u{200d}ष", "葛\u{e0100}城", "❤\u{fe0f} Care"] {
            assert_eq!(required(good).as_deref(), Ok(good));
        }
        for bad in [
            "\u{200d}",
            "\u{200c}Kim",
            "Kim\u{200d}",
            "Ki\u{200c}m",
            "Kim \u{200d} Lo",
            "علی\u{200c}\u{200c}پور",
            "Kim\u{fe0f}",
            "\u{fe0f}",
        ] {
            assert_eq!(required(bad), Err(Problem::BadCharacters), "{bad:?}");
        }
    }

    /// U-01
    #[test]
    fn u01_a_required_name_can_be_seen() {
        assert_eq!(required("\u{a0}\u{3000}"), Err(Problem::Missing));
        assert_eq!(required("\u{301}"), Err(Problem::Missing));
        assert_eq!(required("-"), Ok("-".into()));
    }

    #[test]
    fn messages_may_have_lines() {
        assert_eq!(message("Hello\r\nthere "), Ok(Some("Hello\nthere".into())));
        assert_eq!(message(" \n "), Ok(None));
        assert_eq!(message("a\0b"), Err(Problem::BadCharacters));
    }
}
