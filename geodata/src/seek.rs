//! Finding things by what they are called: by characters, by the initials of their pinyin, by pinyin whole or begun, or by any
//! mixture of these, as Chinese keyboards have it.

use crate::line::plain;
use crate::town::Name;
use pinyin::{Pinyin, ToPinyinMulti as _};

/// How well something answers to what is looked for; the better, the less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It is called so, or its number or code is this.
    Exact,
    /// Its name begins so, its code begins or ends so.
    Prefix,
    /// Its name holds it.
    Contained,
    /// By the initials of its name's characters.
    Initials,
    /// By its name's pinyin.
    Pinyin,
}

/// Where in a name: from and to, counted in characters (Unicode's scalar values).
pub type Mark = [u32; 2];

/// That something answers, how well, and where in its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// How well.
    pub rank: Rank,
    /// In its Chinese name.
    pub zh: Option<Mark>,
    /// In its English name.
    pub en: Option<Mark>,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Sought {
    whole: Vec<char>,
    parts: Vec<Vec<char>>,
}

/// Longest word that is spelled: a bit for each of its characters and one more.
const SPELLED_MAX: usize = 127;
/// The least of a code that says anything by itself.
const CODE_MIN: usize = 3;

impl Sought {
    /// From what was typed.
    pub fn new(typed: &str) -> Self {
        let text: String = typed.chars().map(plain).collect();
        let whole: Vec<char> = text.trim().chars().collect();
        // What a page writes between two words may have come along with them.
        let words = text.split(' ').filter(|word| !word.chars().all(|c| "·,/、-–—".contains(c)));
        Self { whole, parts: words.flat_map(parts).collect() }
    }

    /// Whether something with this name and these codes answers: by all that was typed, or by each of its words.
    ///
    /// ```
    /// use geodata::seek::{Rank, Sought};
    /// use geodata::town::Name;
    /// let grid = Name::new("慕仪村四组", "Muyi Village Group 4");
    /// let rank = |typed: &str| Sought::new(typed).matches(&grid, &["610304105202004"]).map(|found| found.rank);
    /// assert_eq!(rank("610304105202004"), Some(Rank::Exact));
    /// assert_eq!((rank("慕仪"), rank("muyi"), rank("004")), (Some(Rank::Prefix), Some(Rank::Prefix), Some(Rank::Prefix)));
    /// assert_eq!((rank("四组"), rank("慕仪村 四组")), (Some(Rank::Contained), Some(Rank::Contained)));
    /// assert_eq!((rank("mycsz"), rank("sz"), rank("ＭＹＣ")), (Some(Rank::Initials), Some(Rank::Initials), Some(Rank::Initials)));
    /// assert_eq!((rank("muyicun"), rank("mu yi cun"), rank("慕ycun")), (Some(Rank::Pinyin), Some(Rank::Pinyin), Some(Rank::Pinyin)));
    /// assert_eq!((rank("慕仪村004"), rank("myc004"), rank("慕仪村005")), (Some(Rank::Prefix), Some(Rank::Initials), None));
    /// ```
    pub fn matches(&self, name: &Name, codes: &[&str]) -> Option<Match> {
        let (zh, en) = (Text::new(&name.zh), Text::new(&name.en));
        let codes: Vec<Vec<char>> = codes.iter().map(|code| letters(code.chars())).collect();
        let one = |word: &[char]| one(word, &zh, &en, &codes);
        one(&self.whole).or_else(|| {
            let found: Vec<Match> = self.parts.iter().map(|part| one(part)).collect::<Option<_>>()?;
            let worst = found.iter().map(|found| found.rank).max()?;
            let first = |mark: fn(&Match) -> Option<Mark>| found.iter().find_map(mark);
            // Words apart are not its name, even where they make it up.
            Some(Match { rank: worst.max(Rank::Prefix), zh: first(|found| found.zh), en: first(|found| found.en) })
        })
    }
}

/// A word, or two where a number follows what it numbers: 慕仪村004 is what 慕仪村 004 is. What has signs in it stays whole.
fn parts(word: &str) -> Vec<Vec<char>> {
    let word: Vec<char> = word.chars().collect();
    if !word.iter().all(|c| c.is_alphanumeric()) {
        return vec![word];
    }
    word.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).map(<[char]>::to_vec).collect()
}

/// A name as it is compared.
struct Text(Vec<char>);

impl Text {
    fn new(text: &str) -> Self {
        Self(text.chars().map(plain).collect())
    }

    /// Where it holds a word, and how well that answers.
    fn holds(&self, word: &[char]) -> Option<(Rank, Mark)> {
        let from = self.0.windows(word.len().max(1)).position(|window| window == word)?;
        let rank = match from {
            0 if word.len() == self.0.len() => Rank::Exact,
            0 => Rank::Prefix,
            _ => Rank::Contained,
        };
        Some((rank, mark(from, from + word.len())))
    }

    /// Where a word spells it: by initials, if it can be, or else by pinyin.
    fn spelled(&self, word: &[char]) -> Option<(Rank, Mark)> {
        if word.len() > SPELLED_MAX || !word.iter().any(char::is_ascii_alphabetic) {
            return None;
        }
        let found: Vec<_> = (0..self.0.len()).filter_map(|from| self.spelled_from(from, word)).collect();
        let best = found.into_iter().min_by_key(|(rank, _)| *rank);
        best.filter(|(_, [from, to])| from < to)
    }

    /// The same from one of its characters on. Bit `n` of a set: the first `n` characters of the word are used up.
    fn spelled_from(&self, from: usize, word: &[char]) -> Option<(Rank, Mark)> {
        let whole = 1_u128 << word.len();
        let (mut initials, mut any) = (1_u128, 1_u128);
        for (at, c) in self.0.iter().enumerate().skip(from) {
            if !c.is_alphanumeric() && at > from {
                // What stands between the words of a name is not typed.
                continue;
            }
            let (first, rest) = step(*c, word, any);
            let (first_of_initials, _) = step(*c, word, initials);
            (initials, any) = (first_of_initials, first | rest);
            if any & whole != 0 {
                let rank = if initials & whole == 0 { Rank::Pinyin } else { Rank::Initials };
                return Some((rank, mark(from, at + 1)));
            }
            if any == 0 {
                return None;
            }
        }
        None
    }
}

/// Where a word leads that was used up so far, when a character of a name is spelled by one of its own: by itself or an initial;
/// and where by more letters of its pinyin.
fn step(c: char, word: &[char], used: u128) -> (u128, u128) {
    let (mut by_one, mut by_more) = (0, 0);
    for at in (0..word.len()).filter(|at| used >> at & 1 == 1) {
        if word[at] == c {
            by_one |= 1 << (at + 1);
        }
        for reading in c.to_pinyin_multi().into_iter().flatten().map(Pinyin::plain) {
            let same = reading.chars().zip(&word[at..]).take_while(|(letter, typed)| sounds(*letter, **typed)).count();
            for letters in 1..=same {
                let to = 1 << (at + letters);
                if letters == 1 { by_one |= to } else { by_more |= to }
            }
        }
    }
    (by_one, by_more)
}

/// Keyboards have no ü: some people type v for it, and some u.
fn sounds(letter: char, typed: char) -> bool {
    letter == typed || letter == 'ü' && matches!(typed, 'v' | 'u') || letter == 'ê' && typed == 'e'
}

/// One word, by the best that it can be found by.
fn one(word: &[char], zh: &Text, en: &Text, codes: &[Vec<char>]) -> Option<Match> {
    if word.is_empty() {
        return None;
    }
    let (in_zh, in_en) = (zh.holds(word).or_else(|| zh.spelled(word)), en.holds(word));
    let in_code = codes.iter().filter_map(|code| of_code(code, word)).min();
    let ranks = [in_zh.map(|found| found.0), in_en.map(|found| found.0), in_code];
    let rank = ranks.into_iter().flatten().min()?;
    Some(Match { rank, zh: in_zh.map(|found| found.1), en: in_en.map(|found| found.1) })
}

/// How a word answers to a code, whatever stands between its letters and digits; people say the last of them aloud.
fn of_code(code: &[char], word: &[char]) -> Option<Rank> {
    let word = letters(word.iter().copied());
    if code == word {
        return Some(Rank::Exact);
    }
    (word.len() >= CODE_MIN && (code.starts_with(&word) || code.ends_with(&word))).then_some(Rank::Prefix)
}

fn letters(text: impl Iterator<Item = char>) -> Vec<char> {
    text.map(plain).filter(|c| c.is_alphanumeric()).collect()
}

/// Names are short: what is longer than a count of them holds is not marked right, and nothing else.
fn mark(from: usize, to: usize) -> Mark {
    [from, to].map(|at| u32::try_from(at).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(name: &str, typed: &str) -> Option<(Rank, Mark)> {
        let found = Sought::new(typed).matches(&Name::new(name, ""), &[])?;
        Some((found.rank, found.zh.unwrap_or_default()))
    }

    #[test]
    fn characters_are_found_and_marked_where_they_stand() {
        assert_eq!(found("慕仪村", "慕仪村"), Some((Rank::Exact, [0, 3])));
        assert_eq!(found("慕仪村", "慕仪"), Some((Rank::Prefix, [0, 2])));
        assert_eq!(found("慕仪村委会", "村委"), Some((Rank::Contained, [2, 4])));
        assert_eq!(found("𠮷祥路", "祥"), Some((Rank::Contained, [1, 2])), "a character beyond the plane counts once");
        assert_eq!(found("𠮷祥路", "𠮷"), Some((Rank::Prefix, [0, 1])));
        assert_eq!(found("慕仪村", "齐东"), None);
        assert_eq!(found("慕仪村", " "), None);
        assert_eq!(found("慕仪村", "%"), None);
        assert_eq!(found("", "慕"), None);
    }

    #[test]
    fn initials_come_before_pinyin_and_are_marked() {
        assert_eq!(found("慕仪村", "myc"), Some((Rank::Initials, [0, 3])));
        assert_eq!(found("慕仪村", "yc"), Some((Rank::Initials, [1, 3])));
        assert_eq!(found("慕仪村", "MY"), Some((Rank::Initials, [0, 2])));
        assert_eq!(found("慕仪村", "muyi"), Some((Rank::Pinyin, [0, 2])));
        assert_eq!(found("慕仪村", "muyic"), Some((Rank::Pinyin, [0, 3])));
        assert_eq!(found("慕仪村", "mycu"), Some((Rank::Pinyin, [0, 3])));
        assert_eq!(found("慕仪村", "mcy"), None);
        assert_eq!(found("中心小学", "zhxxx"), Some((Rank::Pinyin, [0, 4])));
        assert_eq!(found("中心小学", "zxxx"), Some((Rank::Initials, [0, 4])));
        assert_eq!(found("慕仪 · 中心小学", "myzxxx"), Some((Rank::Initials, [0, 9])), "signs between are not typed");
    }

    #[test]
    fn characters_of_several_readings_are_found_by_each() {
        for typed in ["cc", "zc", "changcheng", "zhangcheng"] {
            assert!(found("长城", typed).is_some(), "{typed}");
        }
        for typed in ["yh", "yx", "yinhang", "yinxing"] {
            assert!(found("银行", typed).is_some(), "{typed}");
        }
        for typed in ["lvbu", "lubu", "lübu", "lb"] {
            assert!(found("吕布", typed).is_some(), "{typed}");
        }
        assert!(found("吕布", "libu").is_none());
    }

    #[test]
    fn characters_and_letters_mix() {
        for typed in ["慕yc", "m仪村", "慕yi村", "mu仪c"] {
            assert_eq!(found("慕仪村", typed).map(|found| found.1), Some([0, 3]), "{typed}");
        }
        assert_eq!(found("慕仪村", "慕c"), None);
    }

    #[test]
    fn words_are_found_each_for_itself_and_the_worst_counts() {
        assert_eq!(found("慕仪街派出所", "慕仪 派出所"), Some((Rank::Contained, [0, 2])));
        assert_eq!(found("慕仪街派出所", "派出所 my").map(|found| found.0), Some(Rank::Initials));
        assert_eq!(found("慕仪村", "慕仪 村").map(|found| found.0), Some(Rank::Contained));
        assert_eq!(found("慕仪村", "慕仪 齐东"), None);
        assert_eq!(found("慕仪村四组", "慕仪村 · 四组").map(|found| found.0), Some(Rank::Contained));
        assert_eq!([found("漏水 100%", "漏水 %").is_some(), found("漏水 100%", "100_").is_some()], [true, false]);
    }

    #[test]
    fn codes_are_found_whole_begun_and_ended() {
        let rank = |typed: &str| Sought::new(typed).matches(&Name::new("村口", ""), &["C-017"]).map(|found| found.rank);
        assert_eq!([rank("C-017"), rank("c017"), rank("Ｃ－０１７")], [Some(Rank::Exact); 3]);
        assert_eq!([rank("C-01"), rank("017")], [Some(Rank::Prefix); 2]);
        assert_eq!([rank("17"), rank("7"), rank("1-0"), rank("d017")], [None; 4]);
    }

    #[test]
    fn an_english_name_is_found_in_either_case() {
        let name = Name::new("慕仪村", "Muyi Village");
        let found = |typed: &str| Sought::new(typed).matches(&name, &[]);
        assert_eq!(found("muyi village").map(|found| (found.rank, found.en)), Some((Rank::Exact, Some([0, 12]))));
        assert_eq!(found("VILL").map(|found| (found.rank, found.en)), Some((Rank::Contained, Some([5, 9]))));
        assert_eq!(found("muyi").map(|found| (found.rank, found.zh)), Some((Rank::Prefix, Some([0, 2]))));
    }

    proptest! {
        #[test]
        fn a_name_is_found_by_any_part_of_its_own_pinyin(picks in prop::collection::vec((0_usize..20, 0_usize..9, 1_usize..7), 1..9)) {
            const CHARACTERS: [char; 20] =
                ['慕', '仪', '村', '长', '重', '行', '吕', '中', '心', '小', '学', '派', '出', '所', '桥', '路', '沟', '塬', '堡', '乐'];
            let name: String = picks.iter().map(|(at, ..)| CHARACTERS[*at]).collect();
            let typed: String = picks.iter().map(|(at, reading, letters)| {
                let readings = CHARACTERS[*at].to_pinyin_multi().unwrap();
                let pinyin = readings.get(reading % readings.count()).plain();
                pinyin.chars().take(*letters).collect::<String>()
            }).collect();
            let found = found(&name, &typed);
            prop_assert!(found.is_some(), "{name} by {typed}");
        }

        #[test]
        fn whatever_is_typed_a_mark_lies_within_the_name(name in "\\PC{0,40}", typed in "\\PC{0,80}") {
            if let Some(found) = Sought::new(&typed).matches(&Name::new(&name, &name), &[&name]) {
                let count = u32::try_from(name.chars().count()).unwrap();
                for [from, to] in [found.zh, found.en].into_iter().flatten() {
                    prop_assert!(from < to && to <= count, "{name} by {typed}: {from} to {to}");
                }
            }
        }
    }
}
