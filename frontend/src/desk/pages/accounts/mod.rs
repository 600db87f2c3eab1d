//! Accounts: who may sign in, as what, and the administrator's few actions on them. A commander and a chief of grids
//! read it.

mod edit;
mod once;

use super::admin_tabs;
use crate::api::{self, Errand};
use crate::components::icons::icon;
use crate::components::{act, menu};
use crate::desk::icons::{DOTS, PLUS};
use crate::desk::parts::table::{self, Column};
use crate::desk::parts::{dialog, empty, head, icon_button, remote, sieve};
use crate::desk::places::Places;
use crate::desk::route::Admin;
use crate::desk::{Desk, Say, Sheet};
use crate::state::remote::Following;
use crate::words;
use geodata::matter::Matter;
use geodata::town::Role;
use geodata::wire::{Account, AccountChange};
use leptos::prelude::*;
use strum::VariantArray as _;

/// Rows shown at first, and added each time.
const ROWS: usize = 50;
/// The standings by which accounts are sifted, as words of the texts.
const STANDINGS: [&str; 4] = ["active", "waiting", "never", "disabled"];

/// What is asked over the page.
#[derive(Clone)]
enum Question {
    Add,
    Edit(Account),
    Reset(Account),
    Disable(Account),
    /// A password to hand over: whose, which, and how it came about.
    Once(String, String, &'static str),
}

/// The page's state.
#[derive(Clone, Copy)]
struct Accounts {
    desk: Desk,
    list: Following<Vec<Account>>,
    places: Places,
    words: RwSignal<String>,
    role: RwSignal<String>,
    standing: RwSignal<String>,
    rows: RwSignal<usize>,
    open: RwSignal<Option<Question>>,
}

/// The page.
pub fn accounts(desk: Desk) -> Sheet {
    let empty = || RwSignal::new(String::new());
    let page = Accounts {
        desk,
        list: desk.follow(move || desk.session.path("/api/accounts")),
        places: Places::of(desk),
        words: empty(),
        role: empty(),
        standing: empty(),
        rows: RwSignal::new(ROWS),
        open: RwSignal::new(None),
    };
    Box::new(move |say| page.view(say))
}

/// Where an account stands, as a word of the texts.
fn standing(account: &Account) -> &'static str {
    match account {
        Account { disabled: true, .. } => "disabled",
        Account { last_sign_in: None, .. } => "never",
        Account { must_change_password: true, .. } => "waiting",
        _ => "active",
    }
}

impl Accounts {
    fn manages(self) -> bool {
        self.desk.keeps(Matter::Accounts)
    }

    fn view(self, say: Say) -> AnyView {
        let d = say.d;
        let lead = move || {
            self.list.state.with(|state| {
                let list = state.ready()?;
                let enabled = list.iter().filter(|account| !account.disabled).count();
                Some(d.accounts_lead(&list.len().to_string(), &enabled.to_string()))
            })
        };
        let add = move || {
            self.manages()
                .then(|| icon_button("primary", PLUS, d.account_add, move || self.open.set(Some(Question::Add))))
        };
        let list = move || remote(say, &self.list.state.get(), move || self.list.again(), |list| self.table(say, list));
        view! {
            {admin_tabs(self.desk, say, Admin::Accounts)}
            {head(d.accounts, view! { {move || lead()} }, view! { {move || add()} })}
            {self.sieve(say)}
            {move || list()}
            {dialog::dialog(say, self.open, move |question| title(say, question), move |question| self.ask(say, question))}
        }
        .into_any()
    }

    /// Words, role and standing.
    fn sieve(self, say: Say) -> AnyView {
        let d = say.d;
        let roles = Role::VARIANTS.iter().map(|role| (role.word(), words::of(say.w.role, role.word())));
        let standings = STANDINGS.map(|word| (word, words::of(d.status, word)));
        let changed = move || self.rows.set(ROWS);
        view! {
            <div class="sieve" role="search">
                {sieve::seek(d.account_search, d.account_search, self.words, changed)}
                {sieve::select(d.col_role, d.any_role, roles.collect(), self.role, changed)}
                {sieve::select(d.col_status, d.any_status, standings.to_vec(), self.standing, changed)}
            </div>
        }
        .into_any()
    }

    /// Whether the sieve lets an account through; subscribes.
    fn takes(self, say: Say, account: &Account) -> bool {
        let role = self.role.with(|role| role.is_empty() || account.role.word() == role);
        let standing = self.standing.with(|word| word.is_empty() || standing(account) == word);
        role && standing
            && self.words.with(|words| {
                let text = [&account.name, " ", &self.scope(say, account)].concat().to_lowercase();
                words.split_whitespace().all(|word| text.contains(&word.to_lowercase()))
            })
    }

    fn scope(self, say: Say, account: &Account) -> String {
        self.places.scope(say, account.role, account.village.as_ref(), &account.grids, account.unit.as_ref())
    }

    fn table(self, say: Say, list: &[Account]) -> AnyView {
        let d = say.d;
        let mut columns = vec![
            Column(d.col_name, "main"),
            Column(d.col_role, ""),
            Column(d.col_scope, "wide"),
            Column(d.col_status, ""),
            Column(d.col_last, ""),
        ];
        if self.manages() {
            columns.push(Column(d.col_actions, "act"));
        }
        let chosen: Vec<&Account> = list.iter().filter(|account| self.takes(say, account)).collect();
        if chosen.is_empty() {
            return empty(d.no_accounts, d.no_accounts_hint);
        }
        let hidden = chosen.len().saturating_sub(self.rows.get());
        let rows: Vec<_> =
            chosen.iter().take(self.rows.get()).map(|account| self.row(say, &columns, account)).collect();
        let more = (hidden > 0).then(|| {
            let next = hidden.min(ROWS).to_string();
            view! {
                <button class="more" type="button" on:click=act(move || self.rows.update(|rows| *rows += ROWS))>
                    {d.more(&next)}
                </button>
            }
        });
        view! {
            <p class="unseen" role="status">{d.accounts_shown(&chosen.len().to_string())}</p>
            {table::table(d.accounts, &columns, rows)}
            {more}
        }
        .into_any()
    }

    fn row(self, say: Say, columns: &[Column], account: &Account) -> AnyView {
        let (d, now) = (say.d, self.desk.clock.now.get_untracked());
        let standing = standing(account);
        let last = account.last_sign_in.map_or_else(|| d.never.to_owned(), |at| say.dates.short(at, now));
        let totp = account.totp.then(|| view! { <small class="chip">{d.totp}</small> });
        let state = view! { <span class=["standing ", standing].concat()>{words::of(d.status, standing)}</span>{totp} };
        let cells = vec![
            account.name.clone().into_any(),
            words::of(say.w.role, account.role.word()).into_any(),
            self.scope(say, account).into_any(),
            state.into_any(),
            last.into_any(),
            self.actions(say, account),
        ];
        table::row(columns, if account.disabled { "off" } else { "" }, cells)
    }

    fn actions(self, say: Say, account: &Account) -> AnyView {
        let d = say.d;
        let label = [d.col_actions, " ", &account.name].concat();
        let account = account.clone();
        let item = move |text: &'static str, question: Question| {
            let ask = move || self.open.set(Some(question.clone()));
            view! { <button type="button" on:click=act(ask)>{text}</button> }.into_any()
        };
        let back = account.clone();
        let last = if account.disabled {
            view! { <button type="button" on:click=act(move || self.enable(say, &back))>{d.account_enable}</button> }
                .into_any()
        } else {
            item(d.account_disable, Question::Disable(account.clone()))
        };
        let items = view! {
            {item(d.account_edit, Question::Edit(account.clone()))}
            {item(d.account_reset, Question::Reset(account))}
            {last}
        };
        menu::menu("dots", label, icon(DOTS), items.into_any())
    }

    fn enable(self, say: Say, account: &Account) {
        let desk = self.desk;
        let change = AccountChange { disabled: Some(false), ..AccountChange::default() };
        let errand = Errand::patch(self.path(account, "")).with(&change);
        let told = say.d.account_enabled(&account.name);
        leptos::task::spawn_local(async move {
            match api::send(errand, say.w.lang).await {
                Ok(_) => desk.toasts.tell(told),
                Err(failure) => crate::desk::app::warn(desk, &failure),
            }
            self.list.again();
        });
    }

    fn path(self, account: &Account, rest: &str) -> String {
        self.desk.session.path(&["/api/accounts/", &account.staff.to_string(), rest].concat())
    }

    fn ask(self, say: Say, question: Question) -> AnyView {
        match question {
            Question::Add => edit::edit(self, say, None),
            Question::Edit(account) => edit::edit(self, say, Some(account)),
            Question::Reset(account) => once::reset(self, say, account),
            Question::Disable(account) => once::disable(self, say, account),
            Question::Once(name, password, _) => once::once(self, say, &name, password),
        }
    }
}

fn title(say: Say, question: &Question) -> String {
    let d = say.d;
    match question {
        Question::Add => d.account_add.to_owned(),
        Question::Edit(account) => d.account_edit_of(&account.name),
        Question::Reset(account) => d.account_reset_of(&account.name),
        Question::Disable(account) => d.account_disable_of(&account.name),
        Question::Once(_, _, title) => (*title).to_owned(),
    }
}
