//! Where a request came from, in the form that limits count by.

use std::net::{IpAddr, Ipv6Addr};

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

#[cfg(test)]
mod tests {
    use super::*;

    ///
    #[test]
    fn x25_spellings_of_one_network_count_as_one() {
        let of = |text: &str| network_of(text.parse().expect("an address"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:DB8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    }
}
