//! The live feed as a state machine: what is heard goes in, what to do and what to show comes out. Pure; `live.rs`
//! drives it with an `EventSource`.

use geodata::Time;

/// Silence after which the feed counts as lost: the server beats every 5 s.
pub const SILENCE_MS: f64 = 12_000.0;
const FIRST_RETRY_MS: f64 = 1_000.0;
const LAST_RETRY_MS: f64 = 15_000.0;
/// Beats that may tell of events not yet received before the feed counts as torn.
const PATIENCE: u8 = 2;

/// Where the feed stands, as a person is told it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Phase {
    /// Not opened yet.
    Starting,
    /// Connected; what was missed is coming in.
    CatchingUp,
    /// All is here; last heard of at this reading of the page's steady clock, milliseconds.
    Live {
        /// The reading.
        heard: f64,
    },
    /// Not live, since this moment of the server's time.
    Away {
        /// The last moment at which all was known.
        since: Time,
    },
}

/// What is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard {
    /// The connection stands.
    Opened,
    /// Caught up: the last number the server had.
    Hello(i64),
    /// An event, by its number.
    Event(i64),
    /// A sign of life, with the last number sent.
    Beat(i64),
    /// The server no longer has what was missed.
    TooFarBehind,
    /// The connection broke, or could not be made.
    Broken,
    /// Nothing; time went by.
    Nothing,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Do {
    /// Nothing.
    Rest,
    /// Take the event in.
    Apply,
    /// Fetch the state anew, then go on from its number.
    Reload,
    /// Close the connection and open another after so many milliseconds.
    Retry(f64),
}

/// The feed of one town.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feed {
    /// Where it stands.
    pub phase: Phase,
    /// The number of the last event taken in.
    pub seq: i64,
    last_heard: f64,
    attempts: u8,
    lags: u8,
    /// Since when nobody has looked, if it has not been live since.
    lags_since: Option<Time>,
}

impl Feed {
    /// A feed that begins after event number `seq`, at reading `at` of the steady clock.
    pub fn after(seq: i64, at: f64) -> Self {
        Self { phase: Phase::Starting, seq, last_heard: at, attempts: 0, lags: 0, lags_since: None }
    }

    /// Goes on from a reloaded state.
    pub fn restart(&mut self, seq: i64, at: f64) {
        self.seq = seq;
        self.lags = 0;
        self.last_heard = at;
        self.phase = Phase::CatchingUp;
    }

    /// Takes in what is heard, at reading `at` (ms) of the steady clock and moment `now` of the server's time.
    pub fn hear(&mut self, heard: Heard, at: f64, now: Time) -> Do {
        if !matches!(heard, Heard::Nothing | Heard::Broken) {
            self.last_heard = at;
            self.attempts = 0;
        }
        match heard {
            Heard::Opened => {
                self.phase = Phase::CatchingUp;
                Do::Rest
            }
            Heard::Event(seq) => self.event(seq, at),
            Heard::Hello(seq) | Heard::Beat(seq) => self.compare(seq, at),
            Heard::TooFarBehind => self.reload(),
            Heard::Broken => self.lose(now),
            Heard::Nothing if self.waits_in_vain(at) => self.lose(now),
            Heard::Nothing => Do::Rest,
        }
    }

    fn event(&mut self, seq: i64, at: f64) -> Do {
        match seq - self.seq {
            1 => {
                self.seq = seq;
                self.lags = 0;
                if matches!(self.phase, Phase::Live { .. }) {
                    self.phase = Phase::Live { heard: at };
                }
                Do::Apply
            }
            // Told twice, because a connection was resumed.
            ..=0 => Do::Rest,
            // Numbers have no gaps: something was lost on the way.
            _ => self.reload(),
        }
    }

    fn compare(&mut self, theirs: i64, at: f64) -> Do {
        match theirs.cmp(&self.seq) {
            std::cmp::Ordering::Equal => {
                self.lags = 0;
                self.lags_since = None;
                self.phase = Phase::Live { heard: at };
                Do::Rest
            }
            // The server's log is shorter than ours: it was restored from a copy, and nothing here holds any more.
            std::cmp::Ordering::Less => self.reload(),
            std::cmp::Ordering::Greater => {
                self.phase = Phase::CatchingUp;
                self.lags += 1;
                if self.lags > PATIENCE { self.reload() } else { Do::Rest }
            }
        }
    }

    fn reload(&mut self) -> Do {
        self.lags = 0;
        self.phase = Phase::CatchingUp;
        Do::Reload
    }

    fn lose(&mut self, now: Time) -> Do {
        if !matches!(self.phase, Phase::Away { .. }) {
            self.phase = Phase::Away { since: self.lags_since.unwrap_or(now) };
        }
        let wait = (FIRST_RETRY_MS * f64::from(1_u16 << self.attempts.min(8))).min(LAST_RETRY_MS);
        self.attempts = self.attempts.saturating_add(1);
        Do::Retry(wait)
    }

    fn waits_in_vain(&self, at: f64) -> bool {
        !matches!(self.phase, Phase::Away { .. }) && at - self.last_heard > SILENCE_MS
    }

    /// What is here may no longer be all: nobody looked, or something was missed.
    pub fn lag(&mut self, now: Time) {
        if matches!(self.phase, Phase::Live { .. }) {
            self.lags_since = Some(now);
        }
        if !matches!(self.phase, Phase::Away { .. }) {
            self.phase = Phase::CatchingUp;
        }
    }

    /// Whether this, told by another window, follows on what is here. What does not is no reason to load the state
    /// anew, but to ask the server.
    pub fn follows(&self, heard: Heard) -> bool {
        match heard {
            Heard::Event(seq) => seq <= self.seq + 1,
            Heard::Hello(seq) | Heard::Beat(seq) => seq == self.seq,
            _ => true,
        }
    }

    /// Begins to wait for a new connection; silence is counted from here.
    pub fn dial(&mut self, at: f64) {
        self.last_heard = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Time {
        "2026-11-23T08:00:00Z".parse().unwrap()
    }

    fn live(seq: i64) -> Feed {
        let mut feed = Feed::after(seq, 0.0);
        assert_eq!(feed.hear(Heard::Opened, 0.0, now()), Do::Rest);
        assert_eq!(feed.hear(Heard::Hello(seq), 0.0, now()), Do::Rest);
        assert_eq!(feed.phase, Phase::Live { heard: 0.0 });
        feed
    }

    #[test]
    fn an_event_told_twice_is_taken_in_once() {
        let mut feed = live(10);
        assert_eq!(feed.hear(Heard::Event(11), 1.0, now()), Do::Apply);
        assert_eq!(feed.hear(Heard::Event(11), 2.0, now()), Do::Rest);
        assert_eq!(feed.hear(Heard::Event(9), 2.0, now()), Do::Rest);
        assert_eq!(feed.seq, 11);
    }

    #[test]
    fn a_gap_reloads_and_goes_on_from_there() {
        let mut feed = live(10);
        assert_eq!(feed.hear(Heard::Event(13), 1.0, now()), Do::Reload);
        assert_eq!(feed.phase, Phase::CatchingUp);
        feed.restart(15, 2.0);
        assert_eq!(feed.hear(Heard::Beat(15), 3.0, now()), Do::Rest);
        assert_eq!(feed.phase, Phase::Live { heard: 3.0 });
    }

    #[test]
    fn silence_is_told_with_the_moment_it_began_and_retried_ever_more_slowly() {
        let mut feed = live(10);
        assert_eq!(feed.hear(Heard::Nothing, SILENCE_MS, now()), Do::Rest);
        let mut waits = vec![feed.hear(Heard::Nothing, SILENCE_MS + 1.0, now())];
        for _ in 0..5 {
            waits.push(feed.hear(Heard::Broken, SILENCE_MS + 2.0, now() + chrono::TimeDelta::minutes(3)));
        }
        let expected = [1_000.0, 2_000.0, 4_000.0, 8_000.0, 15_000.0, 15_000.0];
        assert_eq!(waits, expected.map(Do::Retry));
        assert_eq!(feed.phase, Phase::Away { since: now() });
    }

    #[test]
    fn once_back_it_resumes_after_its_last_event() {
        let mut feed = live(10);
        feed.hear(Heard::Broken, 1.0, now());
        feed.dial(5_000.0);
        assert_eq!(feed.hear(Heard::Opened, 5_001.0, now()), Do::Rest);
        assert_eq!(feed.phase, Phase::CatchingUp);
        assert_eq!(feed.hear(Heard::Event(11), 5_002.0, now()), Do::Apply);
        assert_eq!(feed.hear(Heard::Hello(11), 5_003.0, now()), Do::Rest);
        assert_eq!(feed.phase, Phase::Live { heard: 5_003.0 });
        assert_eq!(feed.hear(Heard::Broken, 5_004.0, now()), Do::Retry(1_000.0));
    }

    #[test]
    fn a_connection_that_says_nothing_is_given_up() {
        let mut feed = Feed::after(0, 0.0);
        feed.dial(0.0);
        assert_eq!(feed.hear(Heard::Nothing, SILENCE_MS + 1.0, now()), Do::Retry(1_000.0));
    }

    #[test]
    fn beats_ahead_of_us_are_waited_for_and_then_reloaded() {
        let mut feed = live(10);
        assert_eq!(feed.hear(Heard::Beat(12), 1.0, now()), Do::Rest);
        assert_eq!(feed.phase, Phase::CatchingUp);
        assert_eq!(feed.hear(Heard::Beat(12), 2.0, now()), Do::Rest);
        assert_eq!(feed.hear(Heard::Beat(12), 3.0, now()), Do::Reload);
    }

    #[test]
    fn a_server_with_a_shorter_log_makes_us_start_anew() {
        let mut feed = live(10);
        assert_eq!(feed.hear(Heard::Hello(4), 1.0, now()), Do::Reload);
    }

    #[test]
    fn who_did_not_look_is_catching_up_until_told_that_all_is_here() {
        let mut feed = live(10);
        feed.lag(now());
        assert_eq!(feed.phase, Phase::CatchingUp);
        feed.dial(60_000.0);
        assert_eq!(feed.hear(Heard::Event(11), 60_001.0, now()), Do::Apply);
        assert_eq!(feed.phase, Phase::CatchingUp);
        feed.hear(Heard::Hello(11), 60_002.0, now());
        assert_eq!(feed.phase, Phase::Live { heard: 60_002.0 });
        // Not live since nobody looked, not since it was tried again.
        feed.lag(now());
        feed.hear(Heard::Broken, 90_000.0, now() + chrono::TimeDelta::minutes(9));
        assert_eq!(feed.phase, Phase::Away { since: now() });
        feed.lag(now() + chrono::TimeDelta::minutes(10));
        assert_eq!(feed.phase, Phase::Away { since: now() });
    }

    #[test]
    fn another_window_s_word_is_taken_only_where_it_follows() {
        let feed = live(10);
        assert!([Heard::Event(9), Heard::Event(11), Heard::Beat(10), Heard::Broken].iter().all(|h| feed.follows(*h)));
        assert!(![Heard::Event(12), Heard::Beat(11), Heard::Beat(9)].iter().any(|h| feed.follows(*h)));
    }

    proptest! {
        /// Whatever arrives in whatever order, what is applied is 1, 2, 3 … after the start or the last reload.
        #[test]
        fn what_is_applied_has_no_gap_and_no_repetition(numbers in proptest::collection::vec(1_i64..12, 0..80)) {
            let mut feed = live(0);
            let mut expected = 1;
            for n in numbers {
                match feed.hear(Heard::Event(n), 0.0, now()) {
                    Do::Apply => { prop_assert_eq!(n, expected); expected += 1; }
                    Do::Reload => { prop_assert!(n > expected); feed.restart(n, 0.0); expected = n + 1; }
                    other => { prop_assert_eq!(other, Do::Rest); prop_assert!(n < expected); }
                }
            }
        }
    }
}
