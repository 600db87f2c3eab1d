//! A category's versions through time. What was in force stays as it was: an edit begins now or later, and an incident keeps the
//! version that it was filed under.

use super::{Content, VERSIONS_MAX};
use crate::incident::is_before_records;
use crate::{Invalid, Time};
use chrono::{SubsecRound as _, TimeDelta};

/// How far ahead something may be planned.
const AHEAD: TimeDelta = TimeDelta::days(366 * 50);
/// The shortest time there is in the database.
const TICK: TimeDelta = TimeDelta::microseconds(1);
/// Edits that come this soon after one another are of the same moment.
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

/// What a category said, says or will say, from one time on to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number, by which incidents keep it.
    pub version: i32,
    /// What it says.
    pub content: Content,
    /// Its first moment.
    pub from: Time,
    /// The first moment that is not its own any more; none as long as nobody has set an end.
    pub to: Option<Time>,
}

impl Version {
    fn holds_at(&self, at: Time) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }
}

/// What a category shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What it shall say.
    pub content: Content,
    /// From when on. None, or the beginning of the version in force, means from now; with none in force, from when the planned
    /// one begins.
    pub from: Option<Time>,
    /// Until when; as long as it likes, or until the next planned version, where there is none.
    pub to: Option<Time>,
}

/// What a wish came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is as it was wished already.
    Unchanged,
    /// It had never been, or had ended.
    New,
    /// It says something else from a time on.
    Changed,
    /// It says the same, and ends at another time.
    Ends,
}

/// What a wish came to, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// What changed.
    pub change: Change,
    /// A time at which the wish holds: the beginning of its version, or of what was left as it is.
    pub from: Time,
}

/// The versions of one category, by time; no two of them at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(Vec<Version>);

impl History {
    /// Versions as the database has them, in any order.
    pub fn new(mut versions: Vec<Version>) -> Self {
        versions.sort_by_key(|version| version.from);
        Self(versions)
    }

    /// By time, the oldest first.
    pub fn versions(&self) -> &[Version] {
        &self.0
    }

    /// The version in force at a time.
    pub fn at(&self, at: Time) -> Option<&Version> {
        self.0.iter().find(|version| version.holds_at(at))
    }

    /// The first version that begins after a time.
    pub fn after(&self, at: Time) -> Option<&Version> {
        self.0.iter().find(|version| version.from > at)
    }

    /// Whether it is in force or will be.
    pub fn lives(&self, now: Time) -> bool {
        self.0.iter().any(|version| version.to.is_none_or(|to| to > now))
    }

    /// The version that an editor shows: the one in force, else the next one, else the last one.
    pub fn shown(&self, now: Time) -> Option<&Version> {
        self.at(now).or_else(|| self.after(now)).or_else(|| self.0.last())
    }

    /// The history with a wish fulfilled.
    ///
    /// A new category may have begun in the past, so that what happened then can still be reported; an edit may not.
    ///
    /// # Errors
    /// `from` or `to` lies where it can't; or there are too many versions.
    pub fn put(&self, wish: &Wish, now: Time) -> Result<(Self, Done), Invalid> {
        let now = self.moment(now);
        let from = self.beginning(wish, now)?;
        let mut next = self.clone();
        let to = self.end_of(from, wish.to)?;
        let done = |change, from| Done { change, from };
        let Some(base) = next.0.iter_mut().find(|version| version.holds_at(from)) else {
            next.add(&wish.content, from, to)?;
            return Ok((next, done(Change::New, from)));
        };
        if base.content == wish.content {
            let change = if base.to == to { Change::Unchanged } else { Change::Ends };
            base.to = to;
            return Ok((next, done(change, from)));
        }
        // What begins in this very moment may have been used already, and what was only planned can't have been.
        let from = if from == now && base.from == now { from + TICK } else { from };
        if base.from < from {
            base.to = Some(from);
        } else {
            let planned = base.version;
            next.0.retain(|version| version.version != planned);
        }
        next.add(&wish.content, from, to)?;
        Ok((next, done(Change::Changed, from)))
    }

    /// The version that a wish would follow: the one that holds then, or else the one that an editor shows.
    ///
    /// # Errors
    /// `from` lies where it can't.
    pub fn base(&self, wish: &Wish, now: Time) -> Result<Option<&Version>, Invalid> {
        let now = self.moment(now);
        Ok(self.at(self.beginning(wish, now)?).or_else(|| self.shown(now)))
    }

    /// The history with its end at a time, now where none is given; what was planned for later is taken back. None, where it has
    /// ended already.
    ///
    /// # Errors
    /// The end lies before the beginning of the version in force, or too far ahead.
    pub fn end(&self, until: Option<Time>, now: Time) -> Result<Option<Self>, Invalid> {
        let now = self.moment(now);
        if !self.lives(now) {
            return Ok(None);
        }
        let began_now = self.0.iter().any(|version| version.from == now);
        let at_once = if began_now { now + TICK } else { now };
        let until = until.map_or(at_once, |until| until.trunc_subsecs(6));
        is_near("until", until, now)?;
        let mut next = self.clone();
        next.0.retain(|version| version.from <= now || version.from < until);
        if let Some(last) = next.0.last_mut() {
            if last.from >= until {
                return Err(Invalid::new(
                    "until",
                    "停用时间须晚于现行版本的生效时间",
                    "it ends after the version in force began",
                ));
            }
            last.to = Some(last.to.map_or(until, |to| to.min(until)));
        }
        Ok(Some(next))
    }

    /// Now, or a little later where a version has begun in this moment: it is the one in force then.
    fn moment(&self, now: Time) -> Time {
        let now = now.trunc_subsecs(6);
        let just = self.0.iter().map(|version| version.from).filter(|from| (now..now + MOMENT).contains(from));
        just.max().unwrap_or(now)
    }

    /// From when on a wish holds.
    fn beginning(&self, wish: &Wish, now: Time) -> Result<Time, Invalid> {
        let current = self.at(now).map(|version| version.from);
        let wished = wish.from.map(|from| from.trunc_subsecs(6)).filter(|from| Some(*from) != current);
        let Some(from) = wished else {
            let planned = self.after(now).filter(|_| current.is_none());
            return Ok(planned.map_or(now, |version| version.from));
        };
        is_near("from", from, now)?;
        if from < now && !self.0.is_empty() {
            return Err(Invalid::new(
                "from",
                "修改不能早于现在生效：以前的事件保留当时的类别",
                "an edit holds from now or later on: what was reported before keeps the category as it was",
            ));
        }
        Ok(from)
    }

    /// Until when what begins at a time holds.
    fn end_of(&self, from: Time, wished: Option<Time>) -> Result<Option<Time>, Invalid> {
        let next = self.after(from).map(|version| version.from);
        let Some(to) = wished.map(|to| to.trunc_subsecs(6)) else { return Ok(next) };
        // A tick more, by which an edit of this very moment begins later.
        if to <= from + TICK {
            return Err(Invalid::new("to", "停用时间须晚于生效时间", "it ends after it begins"));
        }
        if next.is_some_and(|next| next < to) {
            return Err(Invalid::new("to", "在此之前已有下一版本生效", "the next version begins before that"));
        }
        is_near("to", to, from)?;
        Ok(Some(to))
    }

    fn add(&mut self, content: &Content, from: Time, to: Option<Time>) -> Result<(), Invalid> {
        if self.0.len() >= VERSIONS_MAX {
            return Err(Invalid::new(
                "code",
                format!("一个类别最多 {VERSIONS_MAX} 个版本"),
                format!("a category has at most {VERSIONS_MAX} versions"),
            ));
        }
        let version = self.0.iter().map(|version| version.version).max().unwrap_or_default() + 1;
        self.0.push(Version { version, content: content.clone(), from, to });
        self.0.sort_by_key(|version| version.from);
        Ok(())
    }
}

/// Refuses times that are slips of the pen.
fn is_near(field: &'static str, at: Time, now: Time) -> Result<(), Invalid> {
    if is_before_records(at) || at > now + AHEAD {
        return Err(Invalid::new(field, "时间过早或过晚", "a time too far back or too far ahead"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::lamp;
    use super::*;
    use crate::town::Name;
    use proptest::prelude::*;

    fn day(day: i64) -> Time {
        "2026-11-01T00:00:00Z".parse::<Time>().unwrap() + TimeDelta::days(day)
    }

    fn named(name: &str) -> Content {
        Content { name: Name::new(name, name), ..lamp() }
    }

    fn wish(name: &str, from: Option<i64>, to: Option<i64>) -> Wish {
        Wish { content: named(name), from: from.map(day), to: to.map(day) }
    }

    /// `name from-to`, by time.
    fn told(history: &History) -> Vec<String> {
        let number = |at: Time| (at - day(0)).num_days();
        let one = |v: &Version| {
            format!(
                "{} {}-{}",
                v.content.name.zh,
                number(v.from),
                v.to.map(number).map_or(String::new(), |d| d.to_string())
            )
        };
        history.0.iter().map(one).collect()
    }

    fn put(history: &History, now: i64, wish: &Wish) -> (History, Change) {
        let (next, done) = history.put(wish, day(now)).unwrap();
        (next, done.change)
    }

    #[test]
    fn an_edit_ends_the_version_before_it_and_leaves_what_was() {
        let (first, change) = put(&History::default(), 0, &wish("a", Some(-30), None));
        assert_eq!((told(&first), change), (vec!["a -30-".to_owned()], Change::New));
        let (second, change) = put(&first, 5, &wish("b", None, None));
        assert_eq!((told(&second), change), (vec!["a -30-5".to_owned(), "b 5-".to_owned()], Change::Changed));
        let (planned, _) = put(&second, 6, &wish("c", Some(20), None));
        assert_eq!(told(&planned), ["a -30-5", "b 5-20", "c 20-"]);
        // An edit meanwhile leaves the plan; the plan itself can be edited and named by its beginning.
        let (between, _) = put(&planned, 7, &wish("d", None, None));
        assert_eq!(told(&between), ["a -30-5", "b 5-7", "d 7-20", "c 20-"]);
        let (replanned, _) = put(&between, 8, &wish("e", Some(20), None));
        assert_eq!(told(&replanned), ["a -30-5", "b 5-7", "d 7-20", "e 20-"]);
        assert_eq!(replanned.at(day(6)).unwrap().version, second.at(day(6)).unwrap().version);
        assert_eq!(put(&replanned, 9, &wish("d", Some(7), Some(20))).1, Change::Unchanged);
    }

    #[test]
    fn what_begins_in_the_past_or_runs_into_the_next_version_is_refused() {
        let (history, _) = put(&History::default(), 0, &wish("a", None, None));
        let (history, _) = put(&history, 1, &wish("b", Some(10), None));
        let field = |now, wish: &Wish| history.put(wish, day(now)).unwrap_err().field;
        assert_eq!(field(5, &wish("c", Some(4), None)), "from");
        assert_eq!(field(5, &wish("c", None, Some(11))), "to");
        assert_eq!(field(5, &wish("c", Some(6), Some(6))), "to");
        assert_eq!(field(5, &wish("c", Some(366 * 51), None)), "from");
        assert_eq!(History::default().put(&wish("c", Some(-366 * 200), None), day(0)).unwrap_err().field, "from");
    }

    #[test]
    fn an_end_is_an_edit_without_another_version() {
        let (history, _) = put(&History::default(), 0, &wish("a", None, None));
        let (ends, change) = put(&history, 1, &wish("a", None, Some(9)));
        assert_eq!((told(&ends), change), (vec!["a 0-9".to_owned()], Change::Ends));
        let (stays, change) = put(&ends, 2, &wish("a", Some(0), None));
        assert_eq!((told(&stays), change), (vec!["a 0-".to_owned()], Change::Ends));
        let (planned, _) = put(&stays, 3, &wish("b", Some(20), None));
        let ended = planned.end(None, day(4)).unwrap().unwrap();
        assert_eq!(told(&ended), ["a 0-4"], "what was planned is taken back");
        assert_eq!(told(&planned.end(Some(day(8)), day(4)).unwrap().unwrap()), ["a 0-8"]);
        assert_eq!(told(&planned.end(Some(day(25)), day(4)).unwrap().unwrap()), ["a 0-20", "b 20-25"]);
        assert_eq!(ended.end(None, day(5)).unwrap(), None);
        assert_eq!(planned.end(Some(day(-1)), day(4)).unwrap_err().field, "until");
        assert_eq!(ended.base(&wish("c", None, None), day(6)).unwrap().unwrap().version, 1);
        assert_eq!(planned.base(&wish("c", Some(20), None), day(6)).unwrap().unwrap().version, 2);
        let (again, change) = put(&ended, 6, &wish("c", None, None));
        assert_eq!((told(&again), change), (vec!["a 0-4".to_owned(), "c 6-".to_owned()], Change::New));
    }

    #[test]
    fn what_began_this_moment_may_have_been_used_and_stays_for_a_tick() {
        let (history, _) = put(&History::default(), 0, &wish("a", None, None));
        let (edited, _) = put(&history, 0, &wish("b", None, None));
        assert_eq!(edited.at(day(0)).unwrap().content, named("a"));
        assert_eq!(edited.at(day(0) + TICK).unwrap().content, named("b"));
        assert_eq!(history.end(None, day(0)).unwrap().unwrap().0[0].to, Some(day(0) + TICK));
        let (again, _) = put(&edited, 0, &wish("a", None, None));
        assert_eq!(again.at(day(1)).unwrap().content, named("a"), "each of several edits at once counts");
        assert_eq!(again.end(None, day(0)).unwrap().unwrap().at(day(1)), None);
    }

    #[test]
    fn a_planned_category_is_edited_where_it_begins() {
        let (planned, _) = put(&History::default(), 0, &wish("a", Some(10), None));
        assert_eq!(told(&put(&planned, 1, &wish("b", None, None)).0), ["b 10-"]);
        assert_eq!(told(&put(&planned, 1, &wish("b", Some(5), None)).0), ["b 5-10", "a 10-"]);
        assert_eq!(planned.end(None, day(1)).unwrap().unwrap(), History::default());
    }

    #[test]
    fn there_is_an_end_to_editing() {
        let mut history = History::default();
        for n in 0..i64::try_from(VERSIONS_MAX).unwrap() {
            history = put(&history, n, &wish(if n % 2 == 0 { "a" } else { "b" }, None, None)).0;
        }
        assert_eq!(history.put(&wish("c", None, None), day(300)).unwrap_err().field, "code");
    }

    proptest! {
        #[test]
        fn versions_never_meet_and_the_past_stays(
            steps in proptest::collection::vec((0_i64..3, 0_u8..4, proptest::option::of(-3_i64..9), proptest::option::of(0_i64..12), 0_u8..3), 1..25),
        ) {
            let mut history = History::default();
            let mut now = 0;
            for (pause, what, from, to, name) in steps {
                now += pause;
                let before = history.clone();
                let wish = wish(["a", "b", "c"][usize::from(name)], from.map(|d| now + d), to.map(|d| now + d));
                if what == 0 {
                    if let Ok(Some(next)) = history.end(wish.from.filter(|at| *at >= day(now)), day(now)) {
                        history = next;
                    }
                } else if let Ok((next, done)) = history.put(&wish, day(now)) {
                    prop_assert_eq!(&next.at(done.from).unwrap().content, &wish.content);
                    prop_assert_eq!(done.change == Change::Unchanged, next == before);
                    history = next;
                }
                for pair in history.0.windows(2) {
                    prop_assert!(pair[0].to.is_some_and(|to| to <= pair[1].from), "{:?}", history);
                }
                prop_assert!(history.0.iter().all(|v| v.to.is_none_or(|to| v.from < to)));
                let mut numbers: Vec<i32> = history.0.iter().map(|v| v.version).collect();
                numbers.sort_unstable();
                numbers.dedup();
                prop_assert_eq!(numbers.len(), history.0.len());
                if !before.0.is_empty() {
                    for past in (-4..now).map(day) {
                        let both = [&before, &history].map(|h| h.at(past).map(|v| (v.version, v.content.clone())));
                        prop_assert_eq!(&both[0], &both[1]);
                    }
                }
            }
        }
    }
}
