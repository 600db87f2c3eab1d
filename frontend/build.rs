//! Turns `locales/*.json` into typed tables of text, and `locales/desk/*.json` into tables of their own: the map's program
//! must not carry the desk's words. A key that one language lacks, or a placeholder that the other does not have, fails
//! the build. (`leptos_i18n` 0.6 does the same and more, for 19 KB of compressed WebAssembly.)

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

const LOCALES: [&str; 2] = ["zh", "en"];
/// The folders of texts, and the modules that are made of them.
const PARTS: [(&str, &str); 2] = [("locales", "words.rs"), ("locales/desk", "desk_words.rs")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let out = std::env::var("OUT_DIR")?;
    for (folder, module) in PARTS {
        let mut tables = Vec::new();
        for locale in LOCALES {
            let path = format!("{folder}/{locale}.json");
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))?;
            tables.push(serde_json::from_str::<Map<String, Value>>(&text).map_err(|e| format!("{path}: {e}"))?);
        }
        let code = generate(&tables[0], &tables[1]).map_err(|e| format!("{folder}: {e}"))?;
        std::fs::write(Path::new(&out).join(module), code)?;
    }
    Ok(())
}

/// The struct of all texts, its two values, and a method for each text with placeholders.
fn generate(zh: &Map<String, Value>, en: &Map<String, Value>) -> Result<String, Box<dyn Error>> {
    same_keys("", zh, en)?;
    let (mut fields, mut values, mut methods) = (String::new(), [String::new(), String::new()], String::new());
    for (key, first) in zh {
        let second = en.get(key).ok_or("keys were compared")?;
        match (first, second) {
            (Value::String(a), Value::String(b)) => {
                let names = placeholders(a);
                if sorted(&names) != sorted(&placeholders(b)) {
                    return Err(format!("`{key}` has other placeholders in zh than in en").into());
                }
                let field = if names.is_empty() { key.clone() } else { format!("{key}_") };
                let visible = if names.is_empty() { "pub " } else { "" };
                writeln!(fields, "/// {a} · {b}\n{visible}{field}: &'static str,")?;
                writeln!(values[0], "{field}: {a:?},")?;
                writeln!(values[1], "{field}: {b:?},")?;
                method(&mut methods, key, a, b, &names)?;
            }
            (Value::Object(a), Value::Object(b)) => {
                same_keys(key, a, b)?;
                writeln!(fields, "/// Words by their key.\npub {key}: Table,")?;
                for (value, table) in values.iter_mut().zip([a, b]) {
                    writeln!(value, "{key}: {},", rows(key, table)?)?;
                }
            }
            _ => return Err(format!("`{key}` is a text in one language and a table in the other").into()),
        }
    }
    Ok(format!(
        "/// Every text of one part in one language.\n#[derive(Debug)]\npub struct Words {{\n/// Which.\npub lang: Lang,\n{fields}}}\n\
         /// Chinese.\npub static ZH: Words = Words {{ lang: Lang::Zh,\n{}}};\n\
         /// English.\npub static EN: Words = Words {{ lang: Lang::En,\n{}}};\n\
         impl Words {{\n{methods}}}\n",
        values[0], values[1]
    ))
}

fn method(out: &mut String, key: &str, a: &str, b: &str, names: &[String]) -> std::fmt::Result {
    if names.is_empty() {
        return Ok(());
    }
    let parameters = names.iter().map(|n| format!(", {n}: &str")).collect::<Vec<_>>().concat();
    let pairs = names.iter().map(|n| format!("(\"{{{n}}}\", {n})")).collect::<Vec<_>>().join(", ");
    writeln!(out, "/// {a} · {b}\npub fn {key}(&self{parameters}) -> String {{ fill(self.{key}_, &[{pairs}]) }}")
}

fn rows(key: &str, table: &Map<String, Value>) -> Result<String, String> {
    let rows: Result<String, String> = table
        .iter()
        .map(|(word, text)| {
            let text = text.as_str().ok_or_else(|| format!("`{key}.{word}` is not a text"))?;
            Ok(format!("({word:?}, {text:?}), "))
        })
        .collect();
    Ok(format!("&[{}]", rows?))
}

fn same_keys(within: &str, zh: &Map<String, Value>, en: &Map<String, Value>) -> Result<(), String> {
    let (a, b): (BTreeSet<_>, BTreeSet<_>) = (zh.keys().collect(), en.keys().collect());
    match a.symmetric_difference(&b).next() {
        Some(key) => Err(format!("`{within}.{key}` is in one of zh.json and en.json only")),
        None => Ok(()),
    }
}

/// The names between braces, in the order in which they come; Chinese decides the order of parameters.
fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
        if !names.iter().any(|n| n == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn sorted(names: &[String]) -> BTreeSet<&String> {
    names.iter().collect()
}
