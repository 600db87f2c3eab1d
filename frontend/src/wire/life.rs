//! The records of an incident's life, as the desk shows it.

use super::records::record;
use super::{Read, Tree};
use geodata::dispute::Disputant;
use geodata::incident::rights::Offer;
use geodata::incident::{Needs, Recipient, Span};
use geodata::wire::{
    BulkResult, CategoryTerms, ClockFace, Colleague, ErrorBody, IncidentDetail, Landmark, Link, Nearby, PartyPeople,
    Photo, PlaceInfo, Work, WorkItem,
};

impl Read for Recipient {
    fn read(from: &impl Tree) -> Option<Self> {
        match from.text()?.as_str() {
            "handler" => Some(Self::Handler),
            "unit" => Some(Self::Unit),
            _ => None,
        }
    }
}

record!(BulkResult { id, status, incident, error });
record!(CategoryTerms { name, group, filing_standard, closing_standard, limit_minutes, working_time });
record!(ClockFace { turn, level, since, limit, left, due, provisional });
record!(Colleague { staff, name, role });
record!(Disputant { name, contact, side });
record!(ErrorBody { code, message, field, state, possible, incident, day });
record!(IncidentDetail {
    incident,
    description,
    category,
    log,
    spans,
    clock,
    offers,
    parties,
    extended,
    review_at,
    supervised_until,
    merged_into,
    absorbed,
    photos,
    opens_parties,
});
record!(Landmark { name, metres });
record!(Link { id, number, title, state });
record!(Nearby { incident, metres, minutes_before, same_category, likeness, photo });
record!(Needs { note, to, until, minutes, other, satisfaction });
record!(Offer { action, needs });
record!(PartyPeople { party, name, people, on_duty });
record!(Photo { id, kind, width, height, bytes, added_by, added_at });
record!(PlaceInfo { village, grid, outside, chain, landmark });
record!(Span { turn, owner, level, from, to, minutes, still, over });
record!(Work { items, answering, truncated, seq, now });
record!(WorkItem { incident, why, left, offers });
