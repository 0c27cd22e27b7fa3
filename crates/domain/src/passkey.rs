//! Passkeys: where they work, and what one is asked for (A-02, U-18).

use std::net::Ipv4Addr;

use crate::brand::host::host_of;

/// The most passkeys of one login: as many as its owner sees on one page.
pub const MOST: usize = 20;

/// The most characters of what a browser answers with. Those of today's devices have not a tenth of it.
pub const MAX_ANSWER: usize = 16_384;

/// The host that passkeys of the server at this address are made for; `None` where browsers take none: at an address in
/// numbers, or without TLS on any machine but one's own.
pub fn host(base_url: &str) -> Option<&str> {
    let host = host_of(base_url);
    let is_name = host.parse::<Ipv4Addr>().is_err() && !host.starts_with('[');
    let is_safe = base_url.starts_with("https://") || host == "localhost";
    (is_name && is_safe).then_some(host)
}

/// What a passkey is asked for. What it signs for one counts for none of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be added to a login.
    Add,
    /// To sign in alone.
    SignIn,
    /// To stand in for a code behind the password.
    SecondFactor,
}

impl Purpose {
    /// As the database has it.
    pub fn word(self) -> &'static str {
        match self {
            Purpose::Add => "add",
            Purpose::SignIn => "sign_in",
            Purpose::SecondFactor => "second_factor",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn a02_passkeys_are_offered_where_browsers_take_them() {
        assert_eq!(host("https://calls.example.com"), Some("calls.example.com"));
        assert_eq!(host("https://calls.example.com:8443"), Some("calls.example.com"));
        assert_eq!(host("http://localhost:8080"), Some("localhost"));
        for none in [
            "http://calls.example.com",
            "http://127.0.0.1:8080",
            "https://192.0.2.7",
            "https://[2001:db8::7]",
        ] {
            assert_eq!(host(none), None, "{none}");
        }
    }
}
