//! Tells SQL's code from its quoted texts and comments, so that a replacement never reaches into them.

/// Rewrites `sql`: each stretch of code goes through `rewrite`; quoted texts, quoted names and comments stay as
/// they are.
pub(super) fn rewrite_code(sql: &str, mut rewrite: impl FnMut(&str, &mut String)) -> String {
    let mut out = String::with_capacity(sql.len() + 32);
    let mut rest = sql;
    while !rest.is_empty() {
        let (code, tail) = rest.split_at(code_len(rest));
        rewrite(code, &mut out);
        let (quoted, tail) = tail.split_at(quoted_len(tail));
        out.push_str(quoted);
        rest = tail;
    }
    out
}

/// The length of the code at the start of `text`, up to the next quote or comment.
fn code_len(text: &str) -> usize {
    ["'", "\"", "--", "/*"].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len())
}

/// The length of the quoted text or comment that `text` starts with. A doubled quote inside a text ends one and
/// starts the next, which comes to the same.
fn quoted_len(text: &str) -> usize {
    let (open, close) = match text.get(..1) {
        Some("'") => (1, "'"),
        Some("\"") => (1, "\""),
        Some("-") => (2, "\n"),
        Some("/") => (2, "*/"),
        _ => return 0,
    };
    text[open..].find(close).map_or(text.len(), |at| open + at + close.len())
}

/// Rewrites `code` word by word: `replace` gets each word with the word before it and may answer another one.
pub(super) fn rewrite_words<'t>(
    code: &'t str,
    out: &mut String,
    mut replace: impl FnMut(&'t str, &'t str) -> Option<&'static str>,
) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut before = "";
    let mut rest = code;
    while !rest.is_empty() {
        let start = rest.find(is_word).unwrap_or(rest.len());
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        out.push_str(replace(before, word).unwrap_or(word));
        before = word;
        rest = &rest[end..];
    }
}
