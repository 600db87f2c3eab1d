//! The page's address: everything that a person would share, read and told in one place. Pure; `url.rs` binds it to
//! the browser.

use super::choice::Choice;
use crate::format::{decimal, trimmed};
use crate::model::{Lang, Layers, Target, Theme, Viewport};
use geodata::place::Position;
use geodata::shade::Shade;
use geodata::town::Slug;

/// What the query string holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Address {
    /// Which town; absent means the server's first.
    pub town: Option<Slug>,
    /// Where the map looks; absent means the whole town.
    pub viewport: Option<Viewport>,
    /// Which incidents.
    pub choice: Choice,
    /// What is selected.
    pub selected: Option<Target>,
    /// Which layers are drawn.
    pub layers: Layers,
    /// What grids are shaded by.
    pub shade: Shade,
    /// The language, where someone chose one.
    pub lang: Option<Lang>,
    /// Light or dark, where someone chose.
    pub theme: Option<Theme>,
}

impl Address {
    /// Reads a query string, with or without its `?`. A value that can't be read falls back to the usual one, by
    /// itself; unknown names are passed over.
    ///
    /// ```
    /// use frontend::state::address::Address;
    /// let address = Address::parse("?lat=34.41&lng=107.46&zoom=14&lang=en&theme=mauve");
    /// assert_eq!(address.viewport.unwrap().zoom, 14.0);
    /// assert_eq!(address.theme, None);
    /// ```
    pub fn parse(query: &str) -> Self {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect();
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let number = |name| value(name).and_then(decimal);
        let viewport = match (number("lat"), number("lng"), number("zoom")) {
            (Some(lat), Some(lng), Some(zoom)) if (0.0..=24.0).contains(&zoom) => {
                Position::new(lng, lat).ok().map(|centre| Viewport { centre, zoom })
            }
            _ => None,
        };
        Self {
            town: value("town").and_then(|v| v.parse().ok()),
            viewport,
            choice: Choice::from_pairs(&pairs),
            selected: value("select").and_then(target),
            layers: value("hide").map_or_else(Layers::default, hidden),
            shade: value("shade").and_then(|word| word.parse().ok()).unwrap_or_default(),
            lang: value("lang").and_then(lang),
            theme: value("theme").and_then(theme),
        }
    }

    /// The query string, without `?`; empty where everything is as usual.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(town) = &self.town {
            query.append_pair("town", town.as_str());
        }
        if let Some(Viewport { centre, zoom }) = self.viewport {
            query.append_pair("lat", &trimmed(centre.lat(), 5));
            query.append_pair("lng", &trimmed(centre.lon(), 5));
            query.append_pair("zoom", &trimmed(zoom, 2));
        }
        for (name, value) in self.choice.pairs() {
            query.append_pair(name, &value);
        }
        if let Some(selected) = &self.selected {
            query.append_pair("select", &told(selected));
        }
        let off = off(self.layers);
        if !off.is_empty() {
            query.append_pair("hide", &off);
        }
        if self.shade != Shade::Off {
            query.append_pair("shade", self.shade.word());
        }
        if let Some(lang) = self.lang {
            query.append_pair("lang", lang.word());
        }
        if let Some(theme) = self.theme {
            query.append_pair("theme", theme.word());
        }
        query.finish()
    }
}

impl Lang {
    /// Its word in addresses and in the store of preferences.
    pub fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

impl Theme {
    /// Its word in addresses, in the store of preferences and on the root element.
    pub fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// A language by its word.
pub fn lang(word: &str) -> Option<Lang> {
    [Lang::Zh, Lang::En].into_iter().find(|l| l.word() == word)
}

/// A theme by its word.
pub fn theme(word: &str) -> Option<Theme> {
    [Theme::Light, Theme::Dark].into_iter().find(|t| t.word() == word)
}

fn told(target: &Target) -> String {
    let (kind, key) = match target {
        Target::Incident(id) => ("incident", id.to_string()),
        Target::Camera(code) => ("camera", code.clone()),
        Target::Grid(code) => ("grid", code.to_string()),
        Target::Village(code) => ("village", code.to_string()),
        Target::Place(at) => ("place", [&trimmed(at.lat(), 5), "_", &trimmed(at.lon(), 5)].concat()),
    };
    [kind, "-", &key].concat()
}

fn target(text: &str) -> Option<Target> {
    let (kind, key) = text.split_once('-')?;
    match kind {
        "incident" => key.parse().ok().filter(|id| *id > 0).map(Target::Incident),
        "camera" if (1..=40).contains(&key.len()) => Some(Target::Camera(key.to_owned())),
        "grid" => key.parse().ok().map(Target::Grid),
        "village" => key.parse().ok().map(Target::Village),
        "place" => {
            let (lat, lon) = key.split_once('_')?;
            Target::place(decimal(lon)?, decimal(lat)?)
        }
        _ => None,
    }
}

/// One layer's word, and where its switch is.
pub type Switch = (&'static str, fn(&mut Layers) -> &mut bool);

/// The layers in the order in which they are offered.
pub const SWITCHES: [Switch; 7] = [
    ("incidents", |l| &mut l.incidents),
    ("cameras", |l| &mut l.cameras),
    ("grids", |l| &mut l.grids),
    ("villages", |l| &mut l.villages),
    ("buildings", |l| &mut l.buildings),
    ("ground", |l| &mut l.ground),
    ("basemap", |l| &mut l.basemap),
];

fn hidden(words: &str) -> Layers {
    let mut layers = Layers::default();
    for word in words.split(',') {
        if let Some((_, switch)) = SWITCHES.iter().find(|(w, _)| *w == word) {
            *switch(&mut layers) = false;
        }
    }
    layers
}

fn off(mut layers: Layers) -> String {
    let words: Vec<&str> = SWITCHES.iter().filter(|(_, switch)| !*switch(&mut layers)).map(|(word, _)| *word).collect();
    words.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::choice::{Tab, Window};

    fn full() -> Address {
        Address {
            town: Some("muyi".parse().unwrap()),
            viewport: Some(Viewport { centre: Position::new(107.46125, 34.41).unwrap(), zoom: 13.25 }),
            choice: Choice { tab: Tab::All, window: Window::Last(24), ..Choice::default() },
            selected: Some(Target::Camera("C-017".to_owned())),
            layers: Layers { cameras: false, ground: false, ..Layers::default() },
            shade: Shade::Chief,
            lang: Some(Lang::En),
            theme: Some(Theme::Dark),
        }
    }

    #[test]
    fn what_is_usual_needs_no_address() {
        assert_eq!(Address::default().query(), "");
        assert_eq!(Address::parse(""), Address::default());
    }

    #[test]
    fn an_address_comes_back_from_its_query() {
        let mut address = full();
        assert_eq!(Address::parse(&address.query()), address);
        for selected in [
            Target::Incident(7),
            Target::Grid("610304105201004".parse().unwrap()),
            Target::Village("610304105201".parse().unwrap()),
            Target::Camera("监控 & 1=?".to_owned()),
            Target::place(107.461_253_9, -34.5).unwrap(),
        ] {
            address.selected = Some(selected);
            assert_eq!(Address::parse(&address.query()), address);
        }
    }

    #[test]
    fn each_bad_value_falls_back_alone() {
        let address = Address::parse(
            "?lat=91&lng=107&zoom=13&town=Mu+Yi&select=incident-x&hide=moon,cameras&shade=moon&lang=fr&theme=%E0&severity=1",
        );
        let layers = Layers { cameras: false, ..Layers::default() };
        let choice = Choice { severities: vec![1.try_into().unwrap()], ..Choice::default() };
        assert_eq!(address, Address { choice, layers, ..Address::default() });
        assert_eq!(Address::parse("lat=NaN&lng=1&zoom=3").viewport, None);
    }

    #[test]
    fn a_place_is_told_to_a_metre_latitude_first() {
        let address = Address { selected: Target::place(107.461_253_9, 34.5), ..Address::default() };
        assert_eq!(address.query(), "select=place-34.5_107.46125");
        for wrong in ["place-34.5", "place-91_107", "place-34_x", "place-"] {
            assert_eq!(Address::parse(&["select=", wrong].concat()).selected, None, "{wrong}");
        }
    }

    #[test]
    fn coordinates_are_told_to_a_metre_and_no_further() {
        let viewport = Viewport { centre: Position::new(-0.000_000_1, 34.412_345_678).unwrap(), zoom: 13.0 };
        let address = Address { viewport: Some(viewport), ..Address::default() };
        assert_eq!(address.query(), "lat=34.41235&lng=0&zoom=13");
    }
}
