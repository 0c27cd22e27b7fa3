//! Where the server may go by somebody's word, where its operator has said so by name.

use crate::brand::HostName;

/// The hosts that may be gone to. Without a list all of the open internet may.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingHosts(Option<Vec<Entry>>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    /// This name alone.
    Host(HostName),
    /// `*.` and this: every name below it, and not itself.
    Below(HostName),
}

impl OutgoingHosts {
    /// Reads a list with commas between, such as `login.example.com, *.push.example.com`. What is wrong comes back.
    pub fn parse(list: &str) -> Result<OutgoingHosts, &str> {
        let entries = list.split(',').map(str::trim).map(|entry| Entry::parse(entry).ok_or(entry));
        entries.collect::<Result<_, _>>().map(|entries| OutgoingHosts(Some(entries)))
    }

    /// Whether this host may be gone to, as far as its name says.
    pub fn have(&self, host: &HostName) -> bool {
        self.0.as_ref().is_none_or(|entries| entries.iter().any(|entry| entry.has(host)))
    }
}

impl Entry {
    fn parse(entry: &str) -> Option<Entry> {
        match entry.strip_prefix("*.") {
            Some(name) => HostName::parse(name).ok().map(Entry::Below),
            None => HostName::parse(entry).ok().map(Entry::Host),
        }
    }

    fn has(&self, host: &HostName) -> bool {
        match self {
            Entry::Host(name) => name == host,
            Entry::Below(name) => {
                host.as_str().strip_suffix(name.as_str()).is_some_and(|below| below.ends_with('.'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(name: &str) -> HostName {
        HostName::parse(name).expect("a name")
    }

    /// Seen to fail: with no dot asked for before the name that a star stands above.
    #[test]
    fn x26_a_list_has_what_stands_in_it_and_nothing_else() {
        let list = OutgoingHosts::parse("Login.Example.com , *.push.example.com,xn--bcher-kva.example.")
            .expect("a list");
        for name in
            ["login.example.com", "a.push.example.com", "a.b.push.example.com", "xn--bcher-kva.example"]
        {
            assert!(list.have(&host(name)), "{name}");
        }
        for name in [
            "example.com",
            "a.login.example.com",
            "xlogin.example.com",
            "login.example.com.evil.example",
            "push.example.com",
            "xpush.example.com",
            "a.xpush.example.com",
            "push.example.com.evil.example",
            "bcher-kva.example",
        ] {
            assert!(!list.have(&host(name)), "{name}");
        }
        assert!(OutgoingHosts::default().have(&host("anywhere.example")));
    }

    /// Seen to fail: with a star taken for any label.
    #[test]
    fn x26_an_entry_that_is_no_name_is_told() {
        for (list, wrong) in [
            ("login.example.com,", ""),
            ("*", "*"),
            ("*.", "*."),
            ("a.example,*.com", "*.com"),
            ("a.*.example", "a.*.example"),
            ("*push.example.com", "*push.example.com"),
            ("*.*.example.com", "*.*.example.com"),
            ("https://login.example.com", "https://login.example.com"),
            ("login.example.com:443", "login.example.com:443"),
            ("login.example.com/x", "login.example.com/x"),
            ("10.0.0.1", "10.0.0.1"),
            ("localhost", "localhost"),
            ("bücher.example", "bücher.example"),
            ("a.example b.example", "a.example b.example"),
        ] {
            assert_eq!(OutgoingHosts::parse(list), Err(wrong), "{list}");
        }
    }
}
