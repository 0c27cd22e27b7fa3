//! Just enough of Rust's grammar for the checks: code without comments and literals, and where tests begin.
//!
//! The code is formatted by rustfmt, so an item ends at the first line that is as far indented as the item and
//! starts with its closing brace.

use std::ops::Range;

/// One Rust file as the checks see it. All three have the same lines.
pub(crate) struct Source {
    /// Comments, literals and test code are blank.
    pub(crate) product: Vec<String>,
    /// Comments and literals are blank, tests are there.
    pub(crate) code: Vec<String>,
    /// String literals outside tests: the line each begins at, counted from 1, and what is between the quotes.
    pub(crate) strings: Vec<(usize, String)>,
    /// Lines of code that tests consist of, counted from 0.
    pub(crate) tests: Vec<Range<usize>>,
}

impl Source {
    /// Takes a file apart. A file in a `tests` folder, or named `tests.rs`, is test code from the first line.
    pub(crate) fn new(path: &str, text: &str) -> Source {
        let (blanked, strings) = blank(text);
        let code: Vec<String> = blanked.lines().map(str::to_owned).collect();
        let all_test = path.split('/').any(|part| part == "tests" || part == "tests.rs" || part == "benches");
        let tests = if all_test { std::iter::once(0..code.len()).collect() } else { test_items(&code) };
        let is_test = |line: usize| tests.iter().any(|range| range.contains(&line));
        let product =
            code.iter().enumerate().map(|(n, l)| if is_test(n) { String::new() } else { l.clone() });
        let strings = strings.into_iter().filter(|(line, _)| !is_test(line - 1)).collect();
        Source { product: product.collect(), strings, tests, code }
    }

    /// How many lines there are without tests.
    pub(crate) fn length(&self) -> usize {
        self.code.len() - self.tests.iter().map(|range| range.len()).sum::<usize>()
    }

    /// Functions outside tests: name, first line (counted from 1), number of lines.
    pub(crate) fn functions(&self) -> Vec<(String, usize, usize)> {
        let starts = self.product.iter().enumerate().filter_map(|(n, line)| Some((n, function_name(line)?)));
        starts.map(|(n, name)| (name, n + 1, item_end(&self.product, n) - n)).collect()
    }
}

/// The lines of a view, numbered from 1.
pub(crate) fn numbered(lines: &[String]) -> impl Iterator<Item = (usize, &str)> {
    lines.iter().enumerate().map(|(n, line)| (n + 1, line.as_str()))
}

/// Does `word` stand in `line`, not as a part of a longer name or path?
pub(crate) fn has_word(line: &str, word: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let ends_open = !word.ends_with(name);
        !before.is_some_and(|c| name(c) && word.starts_with(name)) && (ends_open || !after.is_some_and(name))
    })
}

fn function_name(line: &str) -> Option<String> {
    const BEFORE: [&str; 4] = ["const", "async", "unsafe", "extern"];
    let mut words =
        line.split_whitespace().skip_while(|word| word.starts_with("pub") || BEFORE.contains(word));
    (words.next()? == "fn").then(|| {
        let name = words.next().unwrap_or_default();
        name.split(['(', '<']).next().unwrap_or_default().to_owned()
    })
}

/// The line after the item that starts at `start`.
fn item_end(lines: &[String], start: usize) -> usize {
    let indent = indent(&lines[start]);
    for (n, line) in lines.iter().enumerate().skip(start) {
        let same = indent == self::indent(line) && !line.trim().is_empty();
        let closes = same && (line.trim_start().starts_with('}') || (line.ends_with('}') && n == start));
        let declares = same && line.ends_with(';') || n > start && same && line.ends_with("{}");
        if closes || declares {
            return n + 1;
        }
    }
    lines.len()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn test_items(code: &[String]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (n, line) in code.iter().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") && !found.iter().any(|range| range.contains(&n)) {
            let more = code[n..].iter().take_while(|line| line.trim_start().starts_with("#[")).count();
            let item = (n + more).min(code.len() - 1);
            found.push(n..item_end(code, item));
        }
    }
    found
}

/// The text with comments and literals as spaces, and the string literals with their lines.
fn blank(text: &str) -> (String, Vec<(usize, String)>) {
    let mut out = String::with_capacity(text.len());
    let mut strings = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let inside_name = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let (length, literal) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if rest.starts_with("/*") {
            (block_comment(rest), None)
        } else if let Some((open, close)) = (!inside_name).then(|| string_ends(rest)).flatten() {
            (close.1, Some(&rest[open..close.0]))
        } else if c == '\'' && char_literal(rest).is_some() {
            (char_literal(rest).unwrap_or(1), None)
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        if let Some(literal) = literal {
            strings.push((out.matches('\n').count() + 1, literal.to_owned()));
        }
        out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    let trimmed: Vec<&str> = out.split('\n').map(str::trim_end).collect();
    (trimmed.join("\n"), strings)
}

/// The length of the block comment that `text` starts with; they nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// If `text` starts with a string literal: where its content begins, and where content and literal end.
fn string_ends(text: &str) -> Option<(usize, (usize, usize))> {
    let prefix = text.len() - text.trim_start_matches(['b', 'c', 'r']).len();
    let hashes = text[prefix..].len() - text[prefix..].trim_start_matches('#').len();
    let open = prefix + hashes + 1;
    if prefix > 2 || !text[prefix + hashes..].starts_with('"') {
        return None;
    }
    if text[..prefix].contains('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        let close = text[open..].find(&end).map_or(text.len(), |n| open + n);
        return Some((open, (close, (close + end.len()).min(text.len()))));
    }
    if hashes > 0 {
        return None;
    }
    let mut escaped = false;
    for (n, c) in text[open..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((open, (open + n, open + n + 1))),
            _ => {}
        }
    }
    Some((open, (text.len(), text.len())))
}

/// The length of the character literal that `text` starts with; none for a lifetime.
fn char_literal(text: &str) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    let (_, first) = chars.next()?;
    if first != '\\' {
        return chars.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 1);
    }
    chars.next();
    chars.take_while(|(_, c)| *c != '\n').find(|(_, c)| *c == '\'').map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blank() {
        let text = "let a = \"x // y\"; // c\nlet b = r#\"q\"t\"#; /* /* n */ */ let c = '\"'; let d: &'a str = \"\\\"\";";
        let source = Source::new("a.rs", text);
        assert_eq!(source.code[0].trim_end(), "let a =         ;");
        let words: Vec<&str> = source.code[1].split_whitespace().collect();
        assert_eq!(words.join(" "), "let b = ; let c = ; let d: &'a str = ;");
        let strings = [(1, "x // y".to_owned()), (2, "q\"t".to_owned()), (2, "\\\"".to_owned())];
        assert_eq!(source.strings, strings);
    }

    #[test]
    fn test_code_is_not_product() {
        let text = "fn a() {\n    b();\n}\n\n#[cfg(test)]\nmod tests {\n    fn c() {}\n}\nfn d() {}\n";
        let source = Source::new("a.rs", text);
        assert_eq!(source.tests, vec![Range { start: 4, end: 8 }]);
        assert_eq!(source.functions(), [("a".to_owned(), 1, 3), ("d".to_owned(), 9, 1)]);
        assert_eq!(source.length(), 5);
        assert_eq!(Source::new("crates/a/tests/it.rs", text).length(), 0);
    }

    #[test]
    fn a_function_ends_at_its_own_brace() {
        let text = "impl A {\n    pub(crate) async fn a<T>(\n        b: T,\n    ) -> T {\n        b\n    }\n    fn c();\n}\n";
        let source = Source::new("a.rs", text);
        assert_eq!(source.functions(), [("a".to_owned(), 2, 5), ("c".to_owned(), 7, 1)]);
    }

    #[test]
    fn words_are_whole() {
        assert!(has_word("use http::Uri;", "http::"));
        assert!(!has_word("use tower_http::x;", "http::"));
        assert!(has_word("sql!(", "sql!"));
        assert!(!has_word("getrandomly", "getrandom"));
    }
}
