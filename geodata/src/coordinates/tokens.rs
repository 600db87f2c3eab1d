//! What a written position is made of.

/// One piece of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token {
    Number(Number),
    /// The sign for degrees (0), minutes (1) or seconds (2).
    Unit(usize),
    Side(Side),
    Comma,
}

/// A decimal number, without its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub(super) value: f64,
    /// Whether it has no point.
    pub(super) whole: bool,
    /// Whether a plus or a minus stands before it.
    pub(super) signed: bool,
    pub(super) negative: bool,
}

/// Which of the two angles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    Lat,
    Lon,
}

/// A direction, or the name of one of the angles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side {
    pub(super) axis: Axis,
    pub(super) negative: bool,
    /// Whether it is one of the four directions.
    pub(super) directed: bool,
}

const fn side(axis: Axis, negative: bool) -> Side {
    Side { axis, negative, directed: true }
}

const fn called(axis: Axis) -> Side {
    Side { axis, negative: false, directed: false }
}

/// Longer words before those that they begin with.
const SIDES: [(&str, Side); 15] = [
    ("北纬", side(Axis::Lat, false)),
    ("南纬", side(Axis::Lat, true)),
    ("东经", side(Axis::Lon, false)),
    ("西经", side(Axis::Lon, true)),
    ("纬度", called(Axis::Lat)),
    ("经度", called(Axis::Lon)),
    ("latitude", called(Axis::Lat)),
    ("longitude", called(Axis::Lon)),
    ("lat", called(Axis::Lat)),
    ("lng", called(Axis::Lon)),
    ("lon", called(Axis::Lon)),
    ("n", side(Axis::Lat, false)),
    ("s", side(Axis::Lat, true)),
    ("e", side(Axis::Lon, false)),
    ("w", side(Axis::Lon, true)),
];

/// Digits that a float can tell apart, and some to spare.
const DIGITS: usize = 24;

/// The pieces of a text in plain characters; nothing where there is anything else in it.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    let mut glued = false;
    while let Some(c) = rest.chars().next() {
        let of_number = c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | '−' | '–');
        let after_number = glued && matches!(tokens.last(), Some(Token::Number(_)));
        let (token, length) = match c {
            // `20261123-0007` and `1.2.3` are no two numbers.
            _ if of_number && after_number => return None,
            _ if of_number => number(rest)?,
            ':' | '=' if matches!(tokens.last(), Some(Token::Side(_))) => (None, c.len_utf8()),
            _ => mark(rest).or_else(|| direction(rest))?,
        };
        tokens.extend(token);
        let after = rest.get(length..)?;
        rest = after.trim_start();
        glued = rest.len() == after.len();
    }
    Some(tokens)
}

fn number(text: &str) -> Option<(Option<Token>, usize)> {
    let digits = text.trim_start_matches(['-', '+', '−', '–']);
    let sign = &text[..text.len() - digits.len()];
    // What a Chinese keyboard makes of a point is one too.
    let end = digits.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '。')).unwrap_or(digits.len());
    let plain = digits[..end].replace('。', ".");
    if sign.chars().nth(1).is_some() || end > DIGITS || !plain.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let number = Number {
        value: plain.parse().ok()?,
        whole: !plain.contains('.'),
        signed: !sign.is_empty(),
        negative: !matches!(sign, "" | "+"),
    };
    Some((Some(Token::Number(number)), sign.len() + end))
}

fn mark(text: &str) -> Option<(Option<Token>, usize)> {
    let c = text.chars().next()?;
    let token = match c {
        '°' | 'º' | '˚' | '度' => Token::Unit(0),
        '\'' | '′' | '’' | '‘' | 'ʹ' | '´' | '分' => {
            let twice = text[c.len_utf8()..].starts_with(c) && c != '分';
            return Some((Some(Token::Unit(if twice { 2 } else { 1 })), c.len_utf8() * if twice { 2 } else { 1 }));
        }
        '"' | '″' | '”' | '“' | 'ʺ' | '秒' => Token::Unit(2),
        ',' | ';' | '/' | '、' => Token::Comma,
        _ => return None,
    };
    Some((Some(token), c.len_utf8()))
}

fn direction(text: &str) -> Option<(Option<Token>, usize)> {
    let (word, side) = SIDES.iter().find(|(word, _)| text.starts_with(word))?;
    Some((Some(Token::Side(*side)), word.len()))
}
