//! The server's clock, kept by the page. The device's own clock may be an hour wrong and nothing changes: only its
//! steady count of milliseconds since the page opened is used.

use geodata::Time;
use leptos::prelude::*;
use std::time::Duration;

/// How finely lateness and ages are reckoned, milliseconds.
const STEP_MS: i64 = 5_000;

/// The server's time as last heard, and the steady clock's reading then.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Heard {
    server_ms: i64,
    steady_ms: f64,
}

/// The clock.
#[derive(Clone, Copy)]
pub struct Clock {
    heard: RwSignal<Heard>,
    /// The steady clock, once a second, milliseconds since the page opened.
    pub second: ReadSignal<f64>,
    /// The server's time in steps of five seconds.
    pub now: Signal<Time>,
}

impl Clock {
    /// Starts the clock by the device's; the first answer of the server sets it right.
    pub fn start() -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285,000 years")]
        let heard = RwSignal::new(Heard { server_ms: js_sys::Date::now() as i64, steady_ms: steady() });
        let (second, tick) = signal(steady());
        if let Ok(handle) = set_interval_with_handle(move || tick.set(steady()), Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
        let now = Memo::new(move |_| time(moment(heard.get(), second.get()) / STEP_MS * STEP_MS));
        Self { heard, second, now: now.into() }
    }

    /// Takes the server's word for what time it is.
    pub fn set(self, now: Time) {
        self.heard.set(Heard { server_ms: now.timestamp_millis(), steady_ms: steady() });
    }

    /// The server's time this very moment, without subscribing to it.
    pub fn read(self) -> Time {
        time(moment(self.heard.get_untracked(), steady()))
    }
}

/// Milliseconds since the page opened, never turned back.
pub fn steady() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

#[expect(clippy::cast_possible_truncation, reason = "a page is not open for 285,000 years")]
fn moment(heard: Heard, steady_ms: f64) -> i64 {
    heard.server_ms + (steady_ms - heard.steady_ms).max(0.0) as i64
}

fn time(ms: i64) -> Time {
    Time::from_timestamp_millis(ms).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_s_time_runs_on_by_the_steady_clock() {
        let heard = Heard { server_ms: 1_000_000, steady_ms: 500.0 };
        assert_eq!(moment(heard, 2_500.0), 1_002_000);
        assert_eq!(moment(heard, 0.0), 1_000_000);
    }
}
