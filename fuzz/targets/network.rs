//! Where a request came from, and what is outside: nobody's word counts but that of trusted proxies, and nothing inside is taken
//! for the open internet.

#![no_main]

use std::net::IpAddr;

use domain::network::{came_from, is_public, network_of};
use libfuzzer_sys::fuzz_target;

// Who connected, and below it the lines of `X-Forwarded-For`.
fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let Some(Ok(peer)) = lines.next().map(str::parse::<IpAddr>) else { return };
    let chain: Vec<&str> = lines.collect();
    let ours = |address: IpAddr| matches!(address, IpAddr::V4(v4) if v4.octets()[0] == 10);
    let hops: Vec<IpAddr> =
        chain.iter().flat_map(|line| line.split(',')).filter_map(|hop| hop.trim().parse().ok()).collect();

    assert_eq!(came_from(peer, &chain, |_| false), peer, "nobody is trusted");
    let from = came_from(peer, &chain, ours);
    assert!(from == peer || ours(peer.to_canonical()) && hops.contains(&from));
    // Whatever stands before the first stranger changes nothing.
    if !ours(from.to_canonical()) {
        let forged = [&["198.51.100.1,10.0.0.1"], &chain[..]].concat();
        assert_eq!(came_from(peer, &forged, ours), from);
    }
    for address in hops.into_iter().chain([peer]) {
        let network = network_of(address);
        assert_eq!(network, network_of(address.to_canonical()));
        assert!(network.trim_end_matches("/64").parse::<IpAddr>().is_ok(), "{network}");
        assert!(!is_public(address) || !is_inside(address), "{address}");
    }
});

fn is_inside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_private()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_loopback()
                || v4.is_multicast()
                || v4.is_unspecified()
        }
        IpAddr::V6(v6) => {
            v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.to_ipv4().is_some()
        }
    }
}
