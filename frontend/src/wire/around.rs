//! The records of a place and what lies around it, and of what people know of a camera.

use super::records::record;
use super::{Read, Tree};
use crate::model::{Answers, Known, Lies, Near, Seer, Sheet, Surroundings};
use geodata::wire::{CameraCheck, CameraMarks, NearIncident, ObstructionMark};

/// By what only one of them has.
impl Read for Sheet {
    fn read(from: &impl Tree) -> Option<Self> {
        if !from.member("incident").is_null() {
            Read::read(from).map(Self::Incident)
        } else if !from.member("place").is_null() {
            Read::read(from).map(Self::Place)
        } else {
            Read::read(from).map(Self::Camera)
        }
    }
}

record!(Answers { party, people, on_duty });
record!(CameraCheck { verdict, note, checked_by, role, checked_at });
record!(CameraMarks { obstructions, check, marks });
record!(Known { name, role });
record!(Lies { village, grid, outside, chain, landmark });
record!(Near { name, role, at_name, metres, load });
record!(NearIncident { incident, metres });
record!(ObstructionMark { id, from_deg, to_deg, beyond_m, note, marked_by, role, marked_at });
record!(Seer { code, name, metres, azimuth_deg, status, turns, obstructed });
record!(Surroundings { place, cameras, open, responders, ended });
