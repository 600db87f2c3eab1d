//! One-time codes by time (RFC 6238): six digits, thirty seconds, SHA-1, as every authenticator has them.

use anyhow::Context as _;
use geodata::Time;
use totp_rs::{Algorithm, TOTP};

/// Seconds of one code.
const STEP: i64 = 30;
/// Steps that a phone's clock may be off, either way.
const TOLERANCE: i64 = 1;

/// What a person needs to set up an authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret as people type it, base32.
    pub secret: String,
    /// The secret as a link, `otpauth://totp/…`.
    pub uri: String,
    /// The link as a picture to be read by a phone: a `data:` address of a PNG.
    pub qr: String,
}

/// A new secret: 160 bits, as RFC 4226 recommends.
pub fn secret() -> [u8; 20] {
    crate::passwords::bytes()
}

/// What is shown once to the person who sets it up.
///
/// # Errors
/// When the picture can't be drawn.
pub fn enrolment(secret: &[u8], issuer: &str, name: &str) -> anyhow::Result<Enrolment> {
    let of = authenticator(secret, issuer, name)?;
    let picture = of.get_qr_base64().map_err(anyhow::Error::msg).context("drawing the QR code")?;
    Ok(Enrolment { secret: of.get_secret_base32(), uri: of.get_url(), qr: format!("data:image/png;base64,{picture}") })
}

/// The step whose code this is: the one of `now`, or a neighbour, but none that was used before. A code holds once: whoever looks over
/// a shoulder comes too late.
///
/// # Errors
/// When the secret is none.
pub fn step(secret: &[u8], code: &str, now: Time, last_used: Option<i64>) -> anyhow::Result<Option<i64>> {
    let of = authenticator(secret, "", "")?;
    let code = digits(code);
    let current = now.timestamp().div_euclid(STEP);
    let fits = |step: &i64| {
        let begins = u64::try_from(step * STEP).unwrap_or_default();
        last_used.is_none_or(|last| *step > last) && of.check(&code, begins)
    };
    Ok((current - TOLERANCE..=current + TOLERANCE).find(fits))
}

fn authenticator(secret: &[u8], issuer: &str, name: &str) -> anyhow::Result<TOTP> {
    // A colon parts the two in the link.
    let plain = |text: &str| text.replace(':', " ");
    // The neighbours are tried one by one, so that it is known which step a code belongs to.
    let (skew, step) = (0, STEP.unsigned_abs());
    let of = TOTP::new(Algorithm::SHA1, 6, skew, step, secret.to_vec(), Some(plain(issuer)), plain(name));
    of.map_err(|error| anyhow::anyhow!("a secret for one-time codes: {error}"))
}

/// The digits of what was typed: without the space that authenticators show, and full-width ones as a Chinese keyboard gives them.
fn digits(typed: &str) -> String {
    let narrow = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        c if c.is_whitespace() => None,
        c => Some(c),
    };
    typed.chars().take(32).filter_map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// RFC 6238, appendix B, cut to six digits.
    const RFC: &[u8; 20] = b"12345678901234567890";

    fn code(secret: &[u8], now: Time) -> anyhow::Result<String> {
        Ok(authenticator(secret, "", "")?.generate(u64::try_from(now.timestamp())?))
    }

    fn at(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, told) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(code(RFC, at(seconds)).unwrap(), told);
            assert_eq!(step(RFC, told, at(seconds), None).unwrap(), Some(seconds / 30));
        }
    }

    #[test]
    fn a_phones_clock_may_be_one_step_off() {
        let now = at(1_111_111_109);
        let told = code(RFC, now).unwrap();
        let after = |seconds| step(RFC, &told, now + TimeDelta::seconds(seconds), None).unwrap().is_some();
        assert!(after(-30) && after(0) && after(30));
        assert!(!after(-60) && !after(60));
    }

    #[test]
    fn a_code_holds_once_and_so_do_those_before_it() {
        let now = at(1_111_111_109);
        let used = step(RFC, &code(RFC, now).unwrap(), now, None).unwrap().unwrap();
        assert_eq!(step(RFC, &code(RFC, now).unwrap(), now, Some(used)).unwrap(), None);
        let earlier = code(RFC, now - TimeDelta::seconds(30)).unwrap();
        assert_eq!(step(RFC, &earlier, now, Some(used)).unwrap(), None);
        let next = now + TimeDelta::seconds(30);
        assert_eq!(step(RFC, &code(RFC, next).unwrap(), next, Some(used)).unwrap(), Some(used + 1));
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        let now = at(59);
        for typed in ["287082", " 287 082 ", "２８７０８２"] {
            assert_eq!(step(RFC, typed, now, None).unwrap(), Some(1), "{typed}");
        }
        for typed in ["", "28708", "2870822", "28708x", "𠮷87082"] {
            assert_eq!(step(RFC, typed, now, None).unwrap(), None, "{typed}");
        }
    }

    #[test]
    fn the_link_names_town_and_person_and_the_picture_is_one() {
        let shown = enrolment(&secret(), "方格: 慕仪镇", "𠮷田 a:b").unwrap();
        assert!(shown.uri.starts_with("otpauth://totp/"), "{}", shown.uri);
        assert!(shown.uri.contains(&format!("secret={}", shown.secret)) && shown.secret.len() == 32);
        assert!(shown.qr.starts_with("data:image/png;base64,iVBORw0KGgo"));
        assert!(enrolment(b"short", "x", "y").is_err());
    }
}
