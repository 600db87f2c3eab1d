//! Who is at the other end of the wire, as far as can be told.

use crate::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The other end of a request.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// Its address: of the browser, where a proxy that we trust tells it.
    pub address: IpAddr,
    /// Whether it speaks HTTPS, to such a proxy.
    pub is_https: bool,
}

impl Client {
    /// Works it out from who connected and what they say of whom they speak for.
    fn new(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> Self {
        let trusted = |address: IpAddr| address.is_loopback() || proxies.contains(&address);
        if !trusted(peer) {
            return Self { address: peer, is_https: false };
        }
        let text =
            |name: &str| headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>().join(",");
        // Each proxy appends whom it heard: the last one that is no proxy of ours is the client. What stands before it,
        // anyone may have written.
        let told = text("x-forwarded-for");
        let heard = told.rsplit(',').map_while(|one| one.trim().parse::<IpAddr>().ok()).map(|ip| ip.to_canonical());
        let mut address = peer;
        for one in heard {
            address = one;
            if !trusted(one) {
                break;
            }
        }
        let is_https = text("x-forwarded-proto").rsplit(',').next().is_some_and(|proto| proto.trim() == "https");
        Self { address, is_https }
    }
}

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        // Tests have no socket.
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip().to_canonical());
        Ok(Self::new(peer, &parts.headers, &state.settings.proxies))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(peer: &str, told: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", told.parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let client = Client::new(peer.parse().unwrap(), &headers, &["10.0.0.5".parse().unwrap()]);
        assert_eq!(client.is_https, peer != "203.0.113.9");
        client.address.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_word() {
        assert_eq!(address("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(address("127.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(address("10.0.0.5", "1.2.3.4, 198.51.100.1"), "198.51.100.1");
        assert_eq!(address("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.5"), "198.51.100.1");
        assert_eq!(address("127.0.0.1", "no address"), "127.0.0.1");
    }
}
