//! What becomes of a year when an administrator changes it, or when its holidays are announced at last.

use super::day::Day;
use super::year::{Statute, Year, YearState, reckoned};
use chrono::NaiveDate;

/// The first and last year that can be edited.
pub const EDITABLE: std::ops::RangeInclusive<i32> = 2000..=2100;

impl Year {
    /// The year with one day changed. A provisional year stays so: its other days are still guesses. Any other is edited
    /// from now on, or again as announced when the change undoes the last one.
    ///
    /// ```
    /// use geodata::worktime::{Day, Statute, YearState};
    /// let (statute, fair) = (Statute::China, "2026-03-03".parse().unwrap());
    /// let announced = statute.year(2026);
    /// let edited = announced.with(fair, Day { kind: geodata::worktime::DayKind::Holiday, name: None }, statute);
    /// assert_eq!(edited.state, YearState::Edited);
    /// assert_eq!(edited.with(fair, Day::usual(fair), statute), announced);
    /// ```
    #[must_use]
    pub fn with(&self, date: NaiveDate, day: Day, statute: Statute) -> Self {
        let mut days = self.days.clone();
        if day == Day::usual(date) {
            days.remove(&date);
        } else {
            days.insert(date, day);
        }
        Self { days, ..self.clone() }.settled(statute)
    }

    /// The year as final, by an administrator's word.
    #[must_use]
    pub fn confirmed(&self) -> Self {
        let state = if self.is_provisional() { YearState::Edited } else { self.state };
        Self { state, ..self.clone() }
    }

    /// A provisional year of which the announcement is known by now: as announced, but for the days that an administrator
    /// changed; `None` where there is nothing new.
    ///
    /// ```
    /// use geodata::worktime::{Statute, Year, YearState};
    /// let waiting = Year { state: YearState::Provisional, ..Statute::China.year(2026) };
    /// assert_eq!(waiting.caught_up(Statute::China).unwrap().state, YearState::Announced);
    /// assert!(Statute::China.year(2026).caught_up(Statute::China).is_none());
    /// assert!(Statute::China.year(2050).caught_up(Statute::China).is_none());
    /// ```
    pub fn caught_up(&self, statute: Statute) -> Option<Self> {
        let announced = statute.year(self.year);
        if !self.is_provisional() || announced.is_provisional() {
            return None;
        }
        let guessed = reckoned(self.year);
        let mut days = announced.days;
        for date in Self::dates(self.year) {
            let day = self.day(date);
            if day == guessed.day(date) {
                continue;
            }
            if day == Day::usual(date) {
                days.remove(&date);
            } else {
                days.insert(date, day);
            }
        }
        Some(Self { year: self.year, state: YearState::Announced, days }.settled(statute))
    }

    fn settled(self, statute: Statute) -> Self {
        if self.is_provisional() {
            return self;
        }
        let shipped = statute.year(self.year);
        let as_shipped = !shipped.is_provisional() && shipped.days == self.days;
        Self { state: if as_shipped { YearState::Announced } else { YearState::Edited }, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DayKind, Festival};
    use super::*;

    const CHINA: Statute = Statute::China;

    #[test]
    fn an_announcement_replaces_what_was_guessed_and_nothing_that_was_entered() {
        let (fair, guess) = ("2026-03-03".parse().unwrap(), "2026-02-16".parse().unwrap());
        let waiting = Year { state: YearState::Provisional, ..reckoned(2026) };
        let waiting = waiting.with(fair, Day { kind: DayKind::Holiday, name: None }, CHINA);
        let waiting = waiting.with(guess, Day::usual(guess), CHINA);
        assert_eq!(waiting.state, YearState::Provisional);
        let year = waiting.caught_up(CHINA).unwrap();
        assert_eq!(year.state, YearState::Edited);
        assert_eq!((year.day(fair).kind, year.day(guess).kind), (DayKind::Holiday, DayKind::Workday));
        let made_up = "2026-02-14".parse().unwrap();
        assert_eq!(year.day(made_up), Day::made_up(Festival::Spring));
        let otherwise = Year::dates(2026).filter(|&d| year.day(d) != CHINA.year(2026).day(d)).collect::<Vec<_>>();
        assert_eq!(otherwise, [guess, fair]);
    }

    #[test]
    fn a_provisional_year_is_final_once_it_was_confirmed() {
        let year = CHINA.year(2050).confirmed();
        assert_eq!((year.state, year.is_provisional()), (YearState::Edited, false));
        assert_eq!(year.confirmed(), year);
        let date = "2050-03-03".parse().unwrap();
        assert_eq!(year.with(date, Day::usual(date), CHINA).state, YearState::Edited);
    }
}
