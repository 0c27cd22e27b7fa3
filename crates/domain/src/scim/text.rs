//! A reader of the little language of filters and paths: words, strings, brackets.

use std::fmt;

/// The longest text that is read, in bytes.
const LONGEST: usize = 1_024;
/// How deep brackets may lie within each other.
const DEEPEST: usize = 8;
/// How many comparisons there may be.
const MOST: usize = 20;

/// A text that is no filter and no path, or too much of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it can't be read")
    }
}

impl std::error::Error for Unreadable {}

/// What is left to be read.
pub(super) struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    comparisons: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn of(text: &'a str) -> Result<Reader<'a>, Unreadable> {
        if text.len() > LONGEST {
            return Err(Unreadable);
        }
        Ok(Reader { rest: text.trim_matches(' '), depth: 0, comparisons: 0 })
    }

    /// Reads on within brackets, which may not lie too deep.
    pub(super) fn within<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Unreadable>,
    ) -> Result<T, Unreadable> {
        if self.depth == DEEPEST {
            return Err(Unreadable);
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    pub(super) fn count_comparison(&mut self) -> Result<(), Unreadable> {
        self.comparisons += 1;
        if self.comparisons > MOST { Err(Unreadable) } else { Ok(()) }
    }

    pub(super) fn end(&self) -> Result<(), Unreadable> {
        if self.rest.is_empty() { Ok(()) } else { Err(Unreadable) }
    }

    pub(super) fn spaces(&mut self) {
        self.rest = self.rest.trim_start_matches(' ');
    }

    /// Takes a sign, if it comes next.
    pub(super) fn take(&mut self, sign: char) -> bool {
        let rest = self.rest.strip_prefix(sign);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Takes a word of the language, whatever its case, if it comes next and ends there.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let Some(found) = self.rest.get(..word.len()) else { return false };
        let rest = &self.rest[word.len()..];
        let ends = !rest.starts_with(is_of_word);
        if found.eq_ignore_ascii_case(word) && ends {
            self.rest = rest;
            return true;
        }
        false
    }

    /// A word: the name of an attribute, an operator, a number.
    pub(super) fn word(&mut self) -> Result<&'a str, Unreadable> {
        let end = self.rest.find(|c| !is_of_word(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        if word.is_empty() { Err(Unreadable) } else { Ok(word) }
    }

    /// Whether a string comes next.
    pub(super) fn is_at_string(&self) -> bool {
        self.rest.starts_with('"')
    }

    /// A string as JSON writes it.
    pub(super) fn string(&mut self) -> Result<String, Unreadable> {
        let mut read = String::new();
        let mut signs = self.rest.chars();
        if signs.next() != Some('"') {
            return Err(Unreadable);
        }
        loop {
            match signs.next().ok_or(Unreadable)? {
                '"' => break,
                '\\' => read.push(escaped(&mut signs)?),
                c if c.is_control() => return Err(Unreadable),
                c => read.push(c),
            }
        }
        self.rest = signs.as_str();
        Ok(read)
    }
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '-' | '$' | '+')
}

fn escaped(signs: &mut std::str::Chars) -> Result<char, Unreadable> {
    Ok(match signs.next().ok_or(Unreadable)? {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return by_number(signs),
        _ => return Err(Unreadable),
    })
}

/// What is written by its number; beyond the first 65,536 by two of them.
fn by_number(signs: &mut std::str::Chars) -> Result<char, Unreadable> {
    let first = four_digits(signs)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first).ok_or(Unreadable);
    }
    if signs.next() != Some('\\') || signs.next() != Some('u') {
        return Err(Unreadable);
    }
    let second = four_digits(signs)?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Unreadable)?;
    char::from_u32(0x10000 + ((first - 0xd800) << 10) + second).ok_or(Unreadable)
}

fn four_digits(signs: &mut std::str::Chars) -> Result<u32, Unreadable> {
    let mut number = 0;
    for _ in 0..4 {
        let digit = signs.next().and_then(|c| c.to_digit(16)).ok_or(Unreadable)?;
        number = number * 16 + digit;
    }
    Ok(number)
}

/// Writes a string as it is read here.
pub(super) fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}
