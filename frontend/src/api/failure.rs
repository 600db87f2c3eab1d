//! Why an answer did not come, or was a refusal.

/// What a refusal says, as far as every page reads it; a step's also tells where the incident stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// A word for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The field at fault, where there is one.
    pub field: Option<String>,
}

/// Why an answer did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The device has no network.
    Offline,
    /// The server does not answer.
    Unreachable,
    /// The server answers, its database does not: 503; ask again after so many seconds, where it said so.
    Away(Option<u16>),
    /// The server has no time for it now: 408 or 429; likewise.
    Busy(Option<u16>),
    /// Nobody is signed in any more; the page is on its way to the sign-in, unless it said that it would stay.
    SignedOut,
    /// The server refused: the status, and what it said.
    Refused(u16, Said),
    /// The answer is not what was asked for.
    Garbled,
    /// Nobody wants the answer any more.
    Aborted,
}

impl Failure {
    /// Whether asking again later may help.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Offline | Self::Unreachable | Self::Away(_) | Self::Busy(_))
    }

    /// How long to wait before asking again, milliseconds: the caller's own patience, or longer where the server asked
    /// for it, but never past [`LONGEST_WAIT_MS`].
    pub fn wait_ms(&self, own: f64) -> f64 {
        match self {
            Self::Away(Some(seconds)) | Self::Busy(Some(seconds)) => {
                own.max(f64::from(*seconds) * 1_000.0).min(LONGEST_WAIT_MS)
            }
            _ => own,
        }
    }

    /// What a status that is no success says; `after` is the header Retry-After, and `said` the body.
    pub(super) fn of(status: u16, after: Option<&str>, said: impl FnOnce() -> Option<Said>) -> Self {
        // A date is passed over: the clocks of two machines would have to agree.
        let after = after.and_then(|seconds| seconds.trim().parse().ok());
        match status {
            503 => Self::Away(after),
            408 | 429 => Self::Busy(after),
            // What stands between page and server answers so when the server is down.
            502 | 504 => Self::Unreachable,
            _ => match said().unwrap_or_else(nothing) {
                said if status == 401 && said.code == SIGNED_OUT => Self::SignedOut,
                said => Self::Refused(status, said),
            },
        }
    }

    /// The word for programs that came with a refusal.
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(_, said) => &said.code,
            _ => "",
        }
    }

    /// The field that a refusal names.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Refused(_, said) => said.field.as_deref(),
            _ => None,
        }
    }
}

/// The word of an answer to somebody who is not signed in.
const SIGNED_OUT: &str = "signed_out";

/// A refusal without a readable body.
fn nothing() -> Said {
    Said { code: String::new(), message: String::new(), field: None }
}

/// The longest that a server may send the page away for, milliseconds.
const LONGEST_WAIT_MS: f64 = 300_000.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str) -> Said {
        Said { code: code.to_owned(), message: "不行".to_owned(), field: Some("name".to_owned()) }
    }

    #[test]
    fn who_is_signed_out_is_told_from_who_is_refused() {
        let of = |code| Failure::of(401, None, || Some(said(code)));
        assert_eq!(of("signed_out"), Failure::SignedOut);
        assert_eq!((of("code_needed").code(), of("code_needed").field()), ("code_needed", Some("name")));
        assert_eq!(Failure::of(403, None, || Some(said("signed_out"))).code(), "signed_out");
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        let of = |status| Failure::of(status, Some("7"), || Some(said("invalid")));
        assert_eq!(
            [of(503), of(408), of(429)],
            [Failure::Away(Some(7)), Failure::Busy(Some(7)), Failure::Busy(Some(7))]
        );
        assert!([408, 429, 502, 503, 504].map(of).iter().all(Failure::passes));
        assert_eq!(of(422), Failure::Refused(422, said("invalid")));
        assert!(![400, 403, 404, 422, 500].map(of).iter().any(Failure::passes));
    }

    #[test]
    fn the_server_may_lengthen_a_wait_but_not_shorten_it() {
        let wait = |after| crate::format::whole(Failure::of(429, after, || None).wait_ms(2_000.0));
        let waits = [None, Some("0"), Some("1"), Some("5"), Some("60000"), Some("Tue, 24 Nov 2026 08:00:00 GMT")];
        assert_eq!(waits.map(wait), ["2000", "2000", "2000", "5000", "300000", "2000"]);
    }
}
