//! Names of people, companies and accounts, and short free texts.

use crate::input::Problem;

/// The longest name of a person, company or account.
pub const MAX_NAME: usize = 60;

/// The longest personal message in an invitation (U-02).
pub const MAX_MESSAGE: usize = 1_000;

/// A name that must be there: trimmed, at most [`MAX_NAME`] characters, on one line.
pub fn required(typed: &str) -> Result<String, Problem> {
    let name = optional(typed)?;
    if name.is_empty() { Err(Problem::Missing) } else { Ok(name) }
}

/// A name that may be empty; the same rules otherwise.
pub fn optional(typed: &str) -> Result<String, Problem> {
    let name = typed.trim();
    if name.chars().any(is_hidden) {
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
    if text.chars().any(|c| c != '\n' && is_hidden(c)) {
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

/// At most two letters that stand for a name on its icon.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let (first, last) = (words.next(), words.next_back());
    [first, last].into_iter().flatten().flat_map(char::to_uppercase).collect()
}

/// Control characters, line and paragraph separators, and marks that reorder or hide text. The two marks that
/// right-to-left and joined scripts need (ZWJ, ZWNJ) stay allowed.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
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

    #[test]
    fn initials_are_at_most_two() {
        assert_eq!(initials("Natalie Anne Ford"), "NF");
        assert_eq!(initials("acme"), "A");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn messages_may_have_lines() {
        assert_eq!(message("Hello\r\nthere "), Ok(Some("Hello\nthere".into())));
        assert_eq!(message(" \n "), Ok(None));
        assert_eq!(message("a\0b"), Err(Problem::BadCharacters));
    }
}
