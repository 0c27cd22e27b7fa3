//! Networks: where a request came from, in the form that limits count by, and what the server may be led to by
//! somebody's word.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub mod outgoing;

pub use outgoing::OutgoingHosts;

/// The network of an address: an IPv4 address itself, or the /64 of an IPv6 address. An IPv4 address mapped
/// into IPv6 is the same network as the plain one.
pub fn network_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let s = v6.segments();
                format!("{}/64", Ipv6Addr::new(s[0], s[1], s[2], s[3], 0, 0, 0, 0))
            }
        },
    }
}

/// Where a request came from that `peer` handed over. Behind trusted proxies it is the last address in the chain they wrote
/// (`X-Forwarded-For`, its lines joined) that is not one of theirs: what stands before it anybody could have written.
pub fn came_from(peer: IpAddr, chain: &[&str], trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut seen = peer;
    for hop in chain.iter().flat_map(|line| line.split(',')).rev() {
        if !trusted(seen.to_canonical()) {
            break;
        }
        let Ok(address) = hop.trim().parse() else { break };
        seen = address;
    }
    seen
}

/// Whether an address is one of the open internet. What is not known to be is none: private, shared, local and reserved
/// ones, multicast, and IPv6 addresses that carry an IPv4 one within, which could be any of these.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let is_special = match (a, b, c) {
        // "This network", private, shared by carriers, loopback, link-local.
        (0 | 10 | 127, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) | (169, 254, _) => true,
        // Protocols, the old way into IPv6, examples, measuring.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // Multicast, reserved, broadcast.
        (224.., ..) => true,
        _ => false,
    };
    !is_special
}

/// All of the open internet lies in 2000::/3 so far.
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    let is_special = match (a, b) {
        // Protocols and Teredo, examples, 6to4, more examples.
        (0x2001, 0..=0x1ff) | (0x2001, 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff) => true,
        _ => false,
    };
    (0x2000..=0x3fff).contains(&a) && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen to fail: without each of the lines above.
    #[test]
    fn x26_what_is_inside_is_not_public() {
        let inside = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::10.0.0.1",
            "64:ff9b::8.8.8.8",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff:fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in inside {
            assert!(!is_public(text.parse().expect("an address")), "{text}");
        }
        let outside = [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "192.169.0.1",
            "198.17.255.255",
            "198.20.0.1",
            "223.255.255.255",
            "2001:200::1",
            "2003::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "3ffe::1",
        ];
        for text in outside {
            assert!(is_public(text.parse().expect("an address")), "{text}");
        }
    }

    /// Seen to fail: with the first of the chain taken, and with the word of anybody believed.
    #[test]
    fn x25_what_stands_before_a_trusted_proxy_is_anybodys() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted = |it: IpAddr| ["10.0.0.1", "10.0.0.2"].map(address).contains(&it);
        for (peer, chain, from) in [
            ("192.0.2.9", &["198.51.100.1"][..], "192.0.2.9"),
            ("10.0.0.1", &["203.0.113.5, 198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.0.0.1", &["198.51.100.1 ,10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["203.0.113.5", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
        ] {
            assert_eq!(came_from(address(peer), chain, trusted), address(from), "{peer} {chain:?}");
        }
    }

    /// Seen to fail: with each address of an IPv6 network counted for itself.
    #[test]
    fn x25_spellings_of_one_network_count_as_one() {
        let of = |text: &str| network_of(text.parse().expect("an address"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:DB8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
