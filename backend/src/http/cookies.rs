//! The two cookies: a session's, one a town, and the device's, which only ever makes locking out harder.

use crate::db::sessions::LONGEST;
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use geodata::town::Slug;
use sha2::{Digest as _, Sha256};

/// How long a browser keeps the device's cookie.
const DEVICE_KEPT: cookie::time::Duration = cookie::time::Duration::days(400);
const DEVICE: &str = "fangge_device";

/// 256 bits that only the browser knows; the database knows their hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A new one, from the system's chance.
    pub fn random() -> Self {
        Self(crate::passwords::bytes())
    }

    /// What is kept of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    fn read(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

fn session_name(town: &Slug) -> String {
    format!("fangge_{town}")
}

/// The value of the last cookie of this name.
fn value(headers: &HeaderMap, name: &str) -> Option<Token> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| Cookie::split_parse(line.to_owned()).filter_map(Result::ok));
    pairs.filter(|cookie| cookie.name() == name).last().and_then(|cookie| Token::read(cookie.value()))
}

/// The token of a session in this town.
pub fn session(headers: &HeaderMap, town: &Slug) -> Option<Token> {
    value(headers, &session_name(town))
}

/// The token of the device.
pub fn device(headers: &HeaderMap) -> Option<Token> {
    value(headers, DEVICE)
}

fn header_value(name: String, token: &Token, kept: cookie::time::Duration, is_https: bool) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, token.text()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_https)
        .max_age(kept)
        .build();
    HeaderValue::try_from(cookie.to_string()).ok()
}

/// Hands the browser a session's token.
pub fn give_session(headers: &mut HeaderMap, town: &Slug, token: &Token, is_https: bool) {
    let kept = cookie::time::Duration::seconds(LONGEST.num_seconds());
    if let Some(value) = header_value(session_name(town), token, kept, is_https) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Hands the browser the device's token.
pub fn give_device(headers: &mut HeaderMap, token: &Token, is_https: bool) {
    if let Some(value) = header_value(DEVICE.to_owned(), token, DEVICE_KEPT, is_https) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// Takes a session's token away.
pub fn take_session(headers: &mut HeaderMap, town: &Slug, is_https: bool) {
    let cookie = Cookie::build((session_name(town), ""))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_https)
        .removal()
        .build();
    if let Ok(value) = HeaderValue::try_from(cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sessions_cookie_is_its_towns_and_no_scripts() {
        let (mut headers, token) = (HeaderMap::new(), Token::random());
        let muyi: Slug = "muyi".parse().unwrap();
        give_session(&mut headers, &muyi, &token, true);
        let line = headers[header::SET_COOKIE].to_str().unwrap().to_owned();
        for part in ["fangge_muyi=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000", "Secure"] {
            assert!(line.contains(part), "{part}: {line}");
        }
        let mut back = HeaderMap::new();
        let pair = line.split(';').next().unwrap();
        back.insert(header::COOKIE, format!("a=b; fangge_other=x; {pair}").parse().unwrap());
        assert!(session(&back, &muyi) == Some(token));
        assert!(session(&back, &"other".parse().unwrap()).is_none());
    }
}
