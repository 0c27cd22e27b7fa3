//! The address people reach the server under. Every mailed link begins with it.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Given;

/// Reads the address: scheme, host and perhaps a port. It comes out as browsers write it: in lower case, without the
/// port that the scheme has anyway and without the slash at the end.
pub(super) fn parse(given: &Given) -> Result<String, String> {
    let text = given.text.trim();
    let wrong = |what: &str| Err(format!("{} must {what}, such as https://calls.example.com.", given.name));
    let Some((scheme, rest)) = text.split_once("://") else {
        return wrong("begin with http:// or https://");
    };
    let usual = match scheme.to_ascii_lowercase().as_str() {
        "http" => 80,
        "https" => 443,
        _ => return wrong("begin with http:// or https://"),
    };
    if rest.contains('@') {
        return wrong("hold no user and no password");
    }
    let (place, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if !["", "/"].contains(&path) {
        return wrong("end after host and port: the pages stand at the root, without path and query");
    }
    let (host, port) = split_port(place);
    if !is_host(host) {
        return wrong("name a host in ASCII letters");
    }
    let port = match port.map(str::parse::<u16>) {
        None => usual,
        Some(Ok(port)) if port > 0 => port,
        Some(_) => return wrong("have a port from 1 to 65535, if any"),
    };
    let port = if port == usual { String::new() } else { format!(":{port}") };
    Ok(format!("{}://{}{port}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase()))
}

/// The host of an address that was read.
pub(super) fn host(base_url: &str) -> &str {
    split_port(base_url.split_once("://").map_or(base_url, |(_, place)| place)).0
}

/// Host and port; a colon inside of brackets belongs to the host.
fn split_port(place: &str) -> (&str, Option<&str>) {
    let after_host = place.rfind(']').unwrap_or(0);
    match place[after_host..].find(':') {
        Some(at) => (&place[..after_host + at], Some(&place[after_host + at + 1..])),
        None => (place, None),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[') {
        return inside.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // Browsers take a host that ends in a number for an IPv4 address.
    let numeric = host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    host.len() <= 253 && host.split('.').all(is_label) && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        parse(&Given { name: "ROLLCALL_BASE_URL".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn addresses_come_out_as_browsers_write_them() {
        for (typed, kept) in [
            ("https://calls.example.com/", "https://calls.example.com"),
            ("HTTPS://Calls.Example.com:443", "https://calls.example.com"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.0.0.1:80/", "http://127.0.0.1"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            (" https://xn--bcher-kva.example ", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(kept), "{typed}");
        }
        assert_eq!(host("http://[::1]:8080"), "[::1]");
        assert_eq!(host("https://calls.example.com"), "calls.example.com");
    }

    #[test]
    fn everything_else_has_its_sentence_and_is_not_repeated() {
        for (typed, part) in [
            ("calls.example.com", "http:// or https://"),
            ("ftp://calls.example.com", "http:// or https://"),
            ("https://kim:secret@example.com", "no user"),
            ("https://example.com/calls", "path"),
            ("https://example.com?secret=1", "query"),
            ("https://example.com/#secret", "path"),
            ("https://", "host"),
            ("https://exa mple.com", "host"),
            ("https://bücher.example", "host"),
            ("https://example..com", "host"),
            ("https://1.2.3", "host"),
            ("https://[::1", "host"),
            ("https://example.com:", "port"),
            ("https://example.com:0", "port"),
            ("https://example.com:99999", "port"),
        ] {
            let sentence = read(typed).expect_err(typed);
            assert!(sentence.contains(part) && !sentence.contains("secret"), "{typed}: {sentence}");
        }
    }
}
