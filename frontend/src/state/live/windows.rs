//! The live feed among the windows of a browser: who holds the line, and what the others do with what they are told.

use super::share::Share;
use super::{Live, Told, UNLED};
use crate::state::feed::{Heard, Phase};
use crate::state::town::of_town;
use leptos::prelude::*;

/// A window that is up to date asks whether there is a leader.
const ASK: &str = "ask";

impl Live {
    pub(super) fn share_with_others(&'static self) {
        let town = self.url.town.get_value();
        let name = of_town(town.as_ref()).map(|(_, slug)| slug).collect::<String>();
        let share = Share::join(&name, move || self.lead(), move |kind, data| self.overhear(kind, data));
        self.share.set_value(share);
    }

    pub(super) fn others(&self) -> Option<&'static Share> {
        self.share.get_value()
    }

    /// The lead is ours: whoever led before has closed, or says nothing any more.
    fn lead(&'static self) {
        if self.line.with_value(Option::is_some) {
            self.answer();
        } else if self.is_live() {
            self.lag();
            self.dial();
        }
    }

    /// Up to date on a line of our own: a leader's word lets us do without it, and where there is none we lead.
    pub(super) fn seek_leader(&'static self) {
        let Some(share) = self.others() else { return };
        if share.leads() {
            return;
        }
        share.tell(ASK, "");
        let turn = self.dialled.get_value();
        let seize = move || {
            let same = self.dialled.try_get_value() == Some(turn) && self.line.with_value(Option::is_some);
            if same && self.is_live() && !share.leads() {
                share.seize();
            }
        };
        set_timeout(seize, UNLED);
    }

    fn answer(&self) {
        if let Some(share) = self.others()
            && self.is_live()
        {
            let seq = self.feed.with_value(|f| f.seq).to_string();
            share.tell("beat", &["{\"seq\":", &seq, "}"].concat());
        }
    }

    /// Another window told something.
    fn overhear(&'static self, kind: &str, data: &str) {
        if self.resting.get_value() || self.reloading.get_value() {
            return;
        }
        if self.others().is_some_and(Share::leads) {
            if kind == ASK && self.line.with_value(Option::is_some) {
                self.answer();
            }
            return;
        }
        // What can't be read comes from a window of another version of the page.
        let Some(told) = (kind != ASK).then(|| self.read(kind, data)).flatten() else { return };
        let heard = match &told {
            Told::Event(event) => Heard::Event(event.event.seq),
            // A greeting is the leader's; for us it is a sign of life.
            Told::Sign(Heard::Hello(seq) | Heard::Beat(seq)) => Heard::Beat(*seq),
            Told::Sign(heard) => *heard,
        };
        let own = self.line.with_value(Option::is_some);
        let (lost, follows) = (heard == Heard::Broken, self.feed.with_value(|f| f.follows(heard)));
        match self.feed.with_value(|f| f.phase) {
            // On a line of our own, and up to date: what follows on that makes it needless.
            Phase::Live { .. } if own && (lost || !follows) => return,
            Phase::Live { .. } if follows => {}
            Phase::Away { .. } if follows && matches!(heard, Heard::Beat(_)) => {
                self.health.well();
                self.figures.stale();
            }
            Phase::Live { .. } | Phase::Away { .. } if !lost && !own => {
                self.lag();
                self.dial();
                return;
            }
            _ => return,
        }
        if !lost {
            self.next_turn();
            self.line.set_value(None);
        }
        self.take(match told {
            Told::Event(event) => Told::Event(event),
            Told::Sign(_) => Told::Sign(heard),
        });
    }
}
