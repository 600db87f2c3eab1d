//! What is counted of the towns' life, for those who watch over the server.

use geodata::incident::Action;

/// Counts a step that was taken, once it is committed.
pub fn step(action: Action) {
    metrics::counter!("fangge_events_total", "action" => action.word()).increment(1);
    // The incident that it goes on in has an entry of its own.
    if action == Action::Merge {
        metrics::counter!("fangge_events_total", "action" => Action::Absorb.word()).increment(1);
    }
}
