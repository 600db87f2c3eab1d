//! Which of the two languages a request prefers.

use axum::http::{HeaderMap, header};

/// Whether a request wishes for English.
pub fn wants_english(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).is_some_and(prefers_english)
}

/// Whether English is wished for before Chinese (RFC 9110 §12.5.4); who wishes for neither is answered in Chinese.
///
/// ```
/// use fangge::http::errors::prefers_english;
/// assert!(prefers_english("en-GB,en;q=0.9,zh;q=0.1") && prefers_english("fr, en") && prefers_english("zh;q=0.1, en"));
/// assert!(!prefers_english("zh-CN,en;q=0.5") && !prefers_english("fr") && !prefers_english("en;q=0"));
/// ```
pub fn prefers_english(wishes: &str) -> bool {
    let weight = |language: &str| {
        let of_it = wishes.split(',').filter_map(|wish| {
            let (tag, rest) = wish.split_once(';').unwrap_or((wish, ""));
            let primary = tag.trim().split('-').next()?;
            let weight = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok())?;
            primary.eq_ignore_ascii_case(language).then_some(weight)
        });
        of_it.fold(0.0, f32::max)
    };
    let first = || wishes.to_ascii_lowercase().find("en") < wishes.to_ascii_lowercase().find("zh");
    let (english, chinese) = (weight("en"), weight("zh"));
    english > chinese || (english > 0.0 && english >= chinese && first())
}
