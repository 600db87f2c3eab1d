//! The chips: kind, severity, state and time. What they choose is in the address.

use super::icons::{CLOSE, icon};
use super::symbol::symbol;
use super::{Page, Say, act};
use crate::format::count;
use crate::state::choice::{Choice, Tab, Window, group_code};
use crate::state::town::Lookup as _;
use crate::words;
use geodata::incident::{Severity, State};
use geodata::town::{CategoryCode, CategoryGroup};
use leptos::ev::Event;
use leptos::prelude::*;
use strum::VariantArray as _;

const CUSTOM: &str = "custom";

/// All chips.
pub fn filters(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let clear = move || {
        (!choice.with(Choice::is_plain)).then(|| {
            view! {
                <button class="chip clear" type="button" on:click=act(move || choice.update(|c| *c = Choice::default().on_tab(c.tab)))>
                    {w.clear}
                </button>
            }
            .into_any()
        })
    };
    view! {
        <div class="filters" role="group" aria-label=w.filters>
            {groups(page, say)}
            {severities(page, say)}
            {categories(page, say)}
            {states(page, say)}
            {times(page, say)}
            {here(page, say)}
            {move || clear()}
        </div>
        {custom(page, say)}
    }
    .into_any()
}

/// Puts `item` into the list or takes it out.
fn flip<T: PartialEq>(list: &mut Vec<T>, item: T) {
    match list.iter().position(|i| *i == item) {
        Some(at) => drop(list.remove(at)),
        None => list.push(item),
    }
}

fn chip(
    text: AnyView,
    label: &'static str,
    on: impl Fn() -> bool + Copy + Send + Sync + 'static,
    press: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button class="chip" type="button" title=label aria-pressed=move || if on() { "true" } else { "false" } on:click=act(press)>
            {text}
        </button>
    }
    .into_any()
}

fn groups(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let all = chip(
        w.all_groups.into_any(),
        w.all_groups,
        move || choice.with(|c| c.categories.is_empty()),
        move || choice.update(|c| c.categories.clear()),
    );
    let groups = CategoryGroup::VARIANTS.iter().map(|&group| {
        chip(
            words::of(w.group_short, group.word()).into_any(),
            words::of(w.group, group.word()),
            move || choice.with(|c| c.has_group(group)),
            move || {
                if let Ok(code) = group_code(group) {
                    choice.update(|c| {
                        // A group takes the place of single categories chosen before.
                        c.categories.retain(|c| CategoryGroup::VARIANTS.iter().any(|g| g.word() == c.as_str()));
                        flip(&mut c.categories, code);
                    });
                }
            },
        )
    });
    std::iter::once(all).chain(groups).collect_view().into_any()
}

fn severities(page: Page, say: Say) -> AnyView {
    let choice = page.url.choice;
    let chips = Severity::ALL.map(|severity| {
        let sign = view! {
            {symbol(severity, true, || false)}
            <span class="unseen">{say.severity(severity)}</span>
        };
        chip(
            sign.into_any(),
            say.severity(severity),
            move || choice.with(|c| c.severities.contains(&severity)),
            move || choice.update(|c| flip(&mut c.severities, severity)),
        )
    });
    view! { <span class="together" role="group" aria-label=say.w.severity_filter>{chips.into_view()}</span> }.into_any()
}

/// What a new value does; one boxed type for all inputs.
fn changed(mut set: impl FnMut(String) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(move |event| set(event_target_value(&event)))
}

/// A native list of choices that looks like a chip; `on` marks it as narrowing.
fn select(
    label: &'static str,
    value: impl Fn() -> String + Copy + Send + Sync + 'static,
    set: impl FnMut(String) + 'static,
    options: AnyView,
) -> AnyView {
    view! {
        <select
            class="chip" aria-label=label title=label class:on=move || !value().is_empty() prop:value=move || value()
            on:change=changed(set)
        >
            {options}
        </select>
    }
    .into_any()
}

/// One of the choices.
pub fn option(value: String, text: String) -> AnyView {
    view! { <option value=value>{text}</option> }.into_any()
}

/// Single categories, under their groups. Those that the town does not have are not offered.
fn categories(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let town = &*page.town;
    let by_group = CategoryGroup::VARIANTS
        .iter()
        .map(|&group| {
            let of_group = town.categories.iter().filter(|c| c.group == group);
            let options: Vec<_> = of_group.map(|c| option(c.code.to_string(), w.name(&c.name).to_owned())).collect();
            (!options.is_empty())
                .then(|| view! { <optgroup label=words::of(w.group, group.word())>{options}</optgroup> })
        })
        .collect_view();
    let single = |c: &Choice| match &c.categories[..] {
        [one] if !CategoryGroup::VARIANTS.iter().any(|g| g.word() == one.as_str()) => one.to_string(),
        _ => String::new(),
    };
    let set = move |code: String| {
        let chosen: Vec<CategoryCode> = code.parse().into_iter().collect();
        choice.update(|c| c.categories = chosen);
    };
    let options = vec![option(String::new(), w.more_categories.to_owned()), by_group.into_any()].into_any();
    select(w.category, move || choice.with(single), set, options)
}

fn states(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let tab = Memo::new(move |_| choice.with(|c| c.tab));
    let some = move || choice.with(|c| c.states.len());
    let offered = move || {
        let all = tab.get() == Tab::All;
        State::VARIANTS
            .iter()
            .filter(|s| all || s.is_open())
            .map(|s| option(s.word().to_owned(), words::of(w.state, s.word()).to_owned()))
            .collect_view()
    };
    // Several states can come with an address; one press on the list makes them one.
    let several = move || (some() > 1).then(|| option("several".to_owned(), w.some_states(&some().to_string())));
    let value = move || {
        choice.with(|c| match &c.states[..] {
            [] => String::new(),
            [one] => one.word().to_owned(),
            _ => "several".to_owned(),
        })
    };
    let set = move |word: String| choice.update(|c| c.states = word.parse().into_iter().collect());
    let options = view! {
        {option(String::new(), w.any_state.to_owned())}
        {move || several()}
        {move || offered()}
    }
    .into_any();
    select(w.state_filter, value, set, options)
}

fn times(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let span = move |hours: u16| {
        if hours > 24 { w.last_days(&count(i64::from(hours / 24))) } else { w.last_hours(&count(i64::from(hours))) }
    };
    let spans = Window::SPANS.map(|hours| option(hours.to_string(), span(hours))).into_view();
    // A span that only an address can hold is offered while it is chosen.
    let odd = move || match choice.with(|c| c.window) {
        Window::Last(hours) if !Window::SPANS.contains(&hours) => Some(option(hours.to_string(), span(hours))),
        _ => None,
    };
    let value = move || match choice.with(|c| c.window) {
        Window::Always => String::new(),
        Window::Last(hours) => hours.to_string(),
        Window::Between(..) => CUSTOM.to_owned(),
    };
    let set = move |value: String| {
        let window = match value.as_str() {
            "" => Window::Always,
            CUSTOM => Window::Between(Some(page.clock.read() - chrono::TimeDelta::days(7)), None),
            hours => hours.parse().map_or(Window::Always, Window::Last),
        };
        choice.update(|c| c.window = window);
    };
    let options = view! {
        {option(String::new(), w.any_time.to_owned())}
        {spans}
        {move || odd()}
        {option(CUSTOM.to_owned(), w.custom_time.to_owned())}
    }
    .into_any();
    select(w.time_filter, value, set, options)
}

/// From and to, by the town's clock, where a person wants their own span.
fn custom(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let shown = Memo::new(move |_| choice.with(|c| matches!(c.window, Window::Between(..))));
    let zone = page.town.town.time_zone.clone();
    let end = move |label: &'static str, first: bool| {
        let value = move || match choice.with(|c| c.window) {
            Window::Between(from, to) => if first { from } else { to }.map(|t| say.dates.input(t)).unwrap_or_default(),
            _ => String::new(),
        };
        let set = move |value: String| {
            let at = say.dates.read(&value);
            choice.update(|c| {
                if let Window::Between(from, to) = &mut c.window {
                    *(if first { from } else { to }) = at;
                }
            });
        };
        view! {
            <label>
                <span>{label}</span>
                <input type="datetime-local" prop:value=move || value() on:change=changed(set) />
            </label>
        }
        .into_any()
    };
    let wrong = move || choice.with(|c| matches!(c.window, Window::Between(Some(from), Some(to)) if from >= to));
    let form = move || {
        shown.get().then(|| {
            view! {
                <div class="span" class:wrong=move || wrong() title=w.town_time(&zone)>
                    {end(w.from, true)}
                    {end(w.to, false)}
                </div>
            }
            .into_any()
        })
    };
    view! { {move || form()} }.into_any()
}

/// The village or grid to which the list is held.
fn here(page: Page, say: Say) -> AnyView {
    let w = say.w;
    let choice = page.url.choice;
    let chip = move || {
        let town = &*page.town;
        let name = choice.with(|c| match (&c.grid, &c.village) {
            (Some(grid), _) => {
                let village = town.village(&grid.village()).map_or("", |v| w.name(&v.name));
                Some(w.place_grid(village, grid.sequence()))
            }
            (None, Some(code)) => Some(town.village(code).map_or(code.as_str(), |v| w.name(&v.name)).to_owned()),
            (None, None) => None,
        })?;
        let all = move || {
            choice.update(|c| {
                c.grid = None;
                c.village = None;
            });
        };
        let title = w.remove(&name);
        let chip = view! {
            <button class="chip" type="button" aria-pressed="true" title=title on:click=act(all)>
                {name}
                {icon(CLOSE)}
            </button>
        };
        Some(chip.into_any())
    };
    view! { {move || chip()} }.into_any()
}
