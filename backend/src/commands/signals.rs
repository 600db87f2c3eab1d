//! The signals that mean "stop": Ctrl-C, `kill`, and a terminal that closes.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears them from the moment it is made.
pub struct StopSignals([Signal; 3]);

impl StopSignals {
    /// Begins to listen: from here on they no longer end the process by themselves.
    pub fn new() -> io::Result<Self> {
        Ok(Self([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?]))
    }

    /// Waits for the next one.
    pub async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}
