//! The form of a category: all that it says, and from when until when.

use super::Categories;
use super::all::Standing;
use super::limits::{self, Cells};
use crate::api::Errand;
use crate::desk::Say;
use crate::desk::parts::field::{self, Choice, Line};
use crate::desk::parts::form::{self, Form};
use crate::desk::parts::search;
use crate::words;
use geodata::category::STANDARD_MAX;
use geodata::town::{CategoryCode, CategoryGroup, Name};
use geodata::wire::{CategoryEdit, CategoryVersion};
use geodata::{Invalid, Time};
use leptos::prelude::*;
use strum::VariantArray as _;

/// The moments of the form.
const MOMENT: Line = Line { kind: "datetime-local", autocomplete: "", inputmode: "" };

/// A text in both languages.
#[derive(Clone, Copy)]
struct Both {
    zh: RwSignal<String>,
    en: RwSignal<String>,
}

impl Both {
    fn of(name: Option<&Name>) -> Self {
        let name = name.cloned().unwrap_or_default();
        Self { zh: RwSignal::new(name.zh), en: RwSignal::new(name.en) }
    }

    fn read(self) -> Name {
        let text = |which: RwSignal<String>| which.with_untracked(|text| text.trim().to_owned());
        Name::new(text(self.zh), text(self.en))
    }
}

/// What is filled in.
#[derive(Clone, Copy)]
struct Draft {
    code: RwSignal<String>,
    group: RwSignal<String>,
    name: Both,
    filing: Both,
    closing: Both,
    limits: Cells,
    working_time: RwSignal<bool>,
    referred: RwSignal<bool>,
    parked: RwSignal<bool>,
    unit: RwSignal<Vec<String>>,
    from: RwSignal<String>,
    to: RwSignal<String>,
}

impl Draft {
    fn of(page: Categories, say: Say, version: Option<&CategoryVersion>) -> Self {
        let now = page.desk.clock.read();
        let standing = version.map(|version| Standing::of(version, now));
        // A version in force goes on from now; one that is planned keeps its beginning; one that ended starts anew.
        let from = version.filter(|_| standing == Some(Standing::Planned)).map(|version| version.from);
        let to = version.filter(|_| standing != Some(Standing::Ended)).and_then(|version| version.to);
        let moment = |at: Option<Time>| RwSignal::new(at.map(|at| say.dates.input(at)).unwrap_or_default());
        let flag = |of: fn(&CategoryVersion) -> bool| RwSignal::new(version.is_none_or(of));
        Self {
            code: RwSignal::new(version.map(|v| v.code.to_string()).unwrap_or_default()),
            group: RwSignal::new(version.map(|v| v.group.word().to_owned()).unwrap_or_default()),
            name: Both::of(version.map(|v| &v.name)),
            filing: Both::of(version.map(|v| &v.filing_standard)),
            closing: Both::of(version.map(|v| &v.closing_standard)),
            limits: limits::cells(version.map(|v| &v.limits)),
            working_time: flag(|v| v.working_time),
            referred: flag(|v| v.pauses_referred),
            parked: flag(|v| v.pauses_parked),
            unit: RwSignal::new(version.iter().flat_map(|v| &v.default_unit).map(ToString::to_string).collect()),
            from: moment(from),
            to: moment(to),
        }
    }

    /// What the form asks for; what can't be read is told at its field.
    fn read(self, say: Say, form: Form, version: Option<&CategoryVersion>) -> Option<CategoryEdit> {
        let code = self.code.with_untracked(|code| code.trim().parse::<CategoryCode>());
        let code = code.map_err(|rule| blame(say, form, "code", rule)).ok();
        let group = self.group.with_untracked(|word| word.parse::<CategoryGroup>().ok());
        let unit = self.unit.with_untracked(|unit| unit.first().map(|code| code.parse()).transpose());
        let unit = unit.map_err(|rule| blame(say, form, "default_unit", rule)).ok();
        let name = self.name.read();
        form.requires(say, &[("group", group.is_some()), ("name.zh", !name.zh.is_empty())]);
        let limits = limits::read(say, form, self.limits);
        let (from, to) = (moment(say, form, "from", self.from), moment(say, form, "to", self.to));
        Some(CategoryEdit {
            code: Some(code?),
            group: group?,
            name: Some(name).filter(|name| !name.zh.is_empty())?,
            filing_standard: self.filing.read(),
            closing_standard: self.closing.read(),
            limits: limits?,
            working_time: self.working_time.get_untracked(),
            pauses_referred: self.referred.get_untracked(),
            pauses_parked: self.parked.get_untracked(),
            default_unit: unit?,
            from: from.ok()?,
            to: to.ok()?,
            version: version.map(|version| version.version),
        })
    }
}

fn blame(say: Say, form: Form, field: &'static str, rule: Invalid) {
    form.blame(field, say.rule(rule));
}

/// A moment by the town's clock; none where the field is empty, and an error that is told at it where it is no moment.
fn moment(say: Say, form: Form, field: &'static str, text: RwSignal<String>) -> Result<Option<Time>, ()> {
    let text = text.get_untracked();
    if text.is_empty() {
        return Ok(None);
    }
    let at = say.dates.read(&text);
    if at.is_none() {
        form.blame(field, say.d.time_wrong);
    }
    at.map(Some).ok_or(())
}

/// The form.
pub fn edit(page: Categories, say: Say, version: Option<&CategoryVersion>) -> AnyView {
    let form = Form::new(page.desk, "category");
    let draft = Draft::of(page, say, version);
    let d = say.d;
    let code = version.is_none().then(|| {
        field::text(say, form.field("code", d.category_code).hint(d.category_code_hint), Line::default(), draft.code)
    });
    let groups = CategoryGroup::VARIANTS.iter().map(|g| Choice::new(g.word(), words::of(say.w.group, g.word())));
    let fields = view! {
        {code}
        {field::choice(say, form.field("group", d.col_group), groups.collect(), draft.group)}
        {texts(say, form, draft)}
        {limits::field(say, form, draft.limits)}
        {field::check(form.field("working_time", d.counts_working).hint(d.counts_working_hint), draft.working_time)}
        {field::check(form.field("pauses_referred", d.stands_referred), draft.referred)}
        {field::check(form.field("pauses_parked", d.stands_parked), draft.parked)}
        {search::one(say, form.field("default_unit", d.col_unit).optional(), page.places.units(say), draft.unit)}
        <div class="pair loose">
            {field::text(say, form.field("from", d.holds_from).hint(d.holds_from_hint).optional(), MOMENT, draft.from)}
            {field::text(say, form.field("to", d.holds_to).hint(d.holds_to_hint).optional(), MOMENT, draft.to)}
        </div>
    };
    let version = version.cloned();
    let submit = if version.is_some() { d.save } else { d.category_add };
    let send = move || {
        let Some(edit) = draft.read(say, form, version.as_ref()) else { return };
        let told = d.category_saved(say.w.name(&edit.name));
        let path = |path: &str| page.desk.session.path(path);
        let errand = match &version {
            Some(version) => Errand::put(path(&["/api/categories/", version.code.as_str()].concat())),
            None => Errand::post(path("/api/categories")).once(&form.key()),
        };
        form.send(errand.with(&edit), move |_| page.saved(told));
    };
    form::form(say, form, submit, send, fields, page.cancel(say))
}

/// Name and standards, in both languages.
fn texts(say: Say, form: Form, draft: Draft) -> AnyView {
    /// Lines of a standard.
    const ROWS: u8 = 2;
    let d = say.d;
    view! {
        <div class="pair loose">
            {field::text(say, form.field("name.zh", d.name_zh), Line::default(), draft.name.zh)}
            {field::text(say, form.field("name.en", d.name_en).hint(d.name_en_hint).optional(), Line::default(), draft.name.en)}
            {field::area(say, form.field("filing_standard.zh", d.filing_zh).optional(), ROWS, STANDARD_MAX, draft.filing.zh)}
            {field::area(say, form.field("filing_standard.en", d.filing_en).optional(), ROWS, STANDARD_MAX, draft.filing.en)}
            {field::area(say, form.field("closing_standard.zh", d.closing_zh).optional(), ROWS, STANDARD_MAX, draft.closing.zh)}
            {field::area(say, form.field("closing_standard.en", d.closing_en).optional(), ROWS, STANDARD_MAX, draft.closing.en)}
        </div>
    }
    .into_any()
}
