//! From the compiler's output and the sources to the finished files, in memory.

use crate::leaflet;
use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// Where intermediate files stand.
const WORK: &str = "target/page";
const MODULES: &str = "frontend/node_modules";
/// The programs of the page: what each is called in the names of its files, its document, and the folders of its style,
/// joined in this order. The map comes first, and is not made larger by the other.
const PROGRAMS: [Program; 2] = [
    Program { name: "app", document: "index.html", styles: &["style"] },
    Program { name: "desk", document: "desk.html", styles: &["style", "style/desk"] },
];
/// Style sheets that set the scene for the rest; the others follow in the order of their names.
const FIRST_SHEETS: [&str; 2] = ["tokens.css", "layout.css"];
/// What another screen changes comes after all that it changes.
const LAST_SHEET: &str = "phone.css";
/// WebAssembly features that the compiler uses and every browser of the last years has. Named one by one: with
/// `--all-features`, wasm-opt writes encodings that browsers refuse.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-sign-ext",
    "--enable-mutable-globals",
];

/// One program of the page.
struct Program {
    name: &'static str,
    document: &'static str,
    styles: &'static [&'static str],
}

/// The compiler's output, program by program.
pub struct Compiled {
    /// The map.
    pub app: PathBuf,
    /// The desk.
    pub desk: PathBuf,
}

/// One finished file.
pub struct File {
    /// Address below the root of the site, without the leading slash.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The page as the server will carry it.
pub struct Page {
    /// Every file, the document itself last.
    pub files: Vec<File>,
}

/// Makes the page from the compiler's output; `dev` leaves out what only makes it smaller.
///
/// # Errors
/// When a source is missing, a tool fails, or a document has a placeholder that nothing fills.
pub fn page(compiled: &Compiled, dev: bool) -> Result<Page> {
    remove_dir(Path::new(WORK))?;
    let mut files = Vec::new();
    let mut documents = Vec::new();
    for (program, wasm) in PROGRAMS.iter().zip([&compiled.app, &compiled.desk]) {
        let work = Path::new(WORK).join(program.name);
        fs::create_dir_all(&work).with_context(|| format!("can't make {}", work.display()))?;
        let [binary, script, style] = program.parts(wasm, &work, dev)?;
        documents.push(program.fill(&binary, &script, &style)?);
        files.extend([binary, script, style]);
    }
    let mut icon = hashed("favicon", "svg", fs::read("frontend/favicon.svg").context("frontend/favicon.svg")?);
    icon.name = "favicon.svg".into();
    files.push(icon);
    files.extend(documents);
    Ok(Page { files })
}

impl Program {
    /// Its module, its script and its style.
    fn parts(&self, wasm: &Path, work: &Path, dev: bool) -> Result<[File; 3]> {
        let binary = hashed(&format!("{}_bg", self.name), "wasm", bind(wasm, work, dev)?);
        let script = hashed(self.name, "js", script(work, &binary.name, dev)?);
        let style = hashed(&format!("{}_style", self.name), "css", style(self.styles, work, dev)?);
        Ok([binary, script, style])
    }

    /// Its document, with the addresses of these in it.
    fn fill(&self, binary: &File, script: &File, style: &File) -> Result<File> {
        let source = format!("frontend/{}", self.document);
        let html = fs::read_to_string(&source).with_context(|| source.clone())?;
        let at = |file: &File| format!("/{}", file.name);
        let (script, binary, style) = (at(script), at(binary), at(style));
        let html = fill(&html, &[("app_js", &script), ("app_wasm", &binary), ("style", &style)]).context(source)?;
        Ok(File { name: self.document.into(), bytes: html.into_bytes() })
    }
}

/// Writes the bindings into `work` as `app.js`, and answers the module they belong to.
fn bind(wasm: &Path, work: &Path, dev: bool) -> Result<Vec<u8>> {
    ensure!(wasm.is_file(), "{} is not there: build the page first", wasm.display());
    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(wasm)
        .out_name("app")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .debug(dev)
        .remove_name_section(!dev)
        .remove_producers_section(!dev)
        .generate(work)
        .with_context(|| format!("wasm-bindgen on {}", wasm.display()))?;
    let bound = work.join("app_bg.wasm");
    if dev {
        return fs::read(&bound).with_context(|| bound.display().to_string());
    }
    let small = work.join("small.wasm");
    run(tool("wasm-opt").arg(&bound).arg("-Oz").args(WASM_FEATURES).arg("-o").arg(&small))?;
    fs::read(&small).with_context(|| small.display().to_string())
}

/// Leaflet, the bindings and the first lines that run, in one file: one request instead of three.
fn script(work: &Path, binary: &str, dev: bool) -> Result<Vec<u8>> {
    let bindings = fs::read_to_string(work.join("app.js")).context("the bindings")?;
    fs::write(work.join("leaflet.js"), leaflet::module(&bindings)?)?;
    fs::write(work.join("boot.js"), include_str!("../boot.js"))?;
    let out = work.join("bundle.js");
    let mut esbuild = tool("esbuild");
    esbuild
        .arg(work.join("boot.js"))
        .args(["--bundle", "--format=esm", "--target=es2022", "--legal-comments=none", "--log-level=warning"])
        .arg(format!("--banner:js={}", leaflet::NOTICE))
        .arg(format!("--define:APP_WASM=\"/{binary}\""))
        .arg(format!("--outfile={}", out.display()))
        .env("NODE_PATH", MODULES);
    run(if dev { &mut esbuild } else { esbuild.arg("--minify") })?;
    fs::read(&out).with_context(|| out.display().to_string())
}

/// The style sheets of some folders in one file: Leaflet's first, so that ours can overrule it.
fn style(folders: &[&str], work: &Path, dev: bool) -> Result<Vec<u8>> {
    let leaflet = Path::new(MODULES).join("leaflet/dist/leaflet.css");
    let mut css = without_images(&fs::read_to_string(&leaflet).with_context(|| leaflet.display().to_string())?);
    for folder in folders {
        for sheet in sheets(Path::new(folder))? {
            css.push_str(&fs::read_to_string(&sheet).with_context(|| sheet.display().to_string())?);
            css.push('\n');
        }
    }
    let (whole, out) = (work.join("whole.css"), work.join("bundle.css"));
    fs::write(&whole, css)?;
    let mut esbuild = tool("esbuild");
    esbuild
        .arg(&whole)
        // Named, because the default would write nested rules as they stand, which older phones don't read.
        .args(["--target=chrome109,firefox115,safari16", "--log-level=warning"])
        .arg(format!("--outfile={}", out.display()));
    run(if dev { &mut esbuild } else { esbuild.arg("--minify") })?;
    fs::read(&out).with_context(|| out.display().to_string())
}

/// The style sheets of a folder in the order in which they are joined.
fn sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sheets: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<io::Result<_>>()?;
    sheets.retain(|path| path.extension().is_some_and(|e| e == "css"));
    sheets.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let first = FIRST_SHEETS.iter().position(|first| *first == name).unwrap_or(FIRST_SHEETS.len());
        (name == LAST_SHEET, first, name)
    });
    Ok(sheets)
}

/// Leaves out the rules that ask for pictures. The page uses neither Leaflet's default marker nor its layer switch.
fn without_images(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    for rule in css.split_inclusive('}') {
        if !rule.contains("url(") {
            kept.push_str(rule);
        }
    }
    kept
}

/// Puts values in for `{{name}}`.
fn fill(template: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut out = template.to_owned();
    for (name, value) in values {
        let mark = format!("{{{{{name}}}}}");
        ensure!(out.contains(&mark), "it has no {mark}, so the page would not load it");
        out = out.replace(&mark, value);
    }
    if let Some(rest) = out.split("{{").nth(1) {
        bail!("it asks for {{{{{}}}}}, which pack doesn't know", rest.split("}}").next().unwrap_or(rest));
    }
    Ok(out)
}

/// Names a file after what it holds, so that a browser may keep it for ever.
fn hashed(stem: &str, extension: &str, bytes: Vec<u8>) -> File {
    let mut hash = String::new();
    for byte in Sha256::digest(&bytes).iter().take(6) {
        let _ = write!(hash, "{byte:02x}");
    }
    File { name: format!("assets/{stem}-{hash}.{extension}"), bytes }
}

fn tool(name: &str) -> Command {
    Command::new(Path::new(MODULES).join(".bin").join(name))
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .with_context(|| format!("{program} could not be started: run `npm ci` in frontend/ (`make setup` does)"))?;
    ensure!(status.success(), "{program} failed ({status})");
    Ok(())
}

/// Removes a folder with all it holds; not an error when it is not there.
fn remove_dir(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e).with_context(|| path.display().to_string()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_with_pictures_go_and_their_neighbours_stay() {
        let css = ".a { color: red }\n.b { background: url(x.png) }\n.c { top: 0 }";
        assert_eq!(without_images(css), ".a { color: red }\n.c { top: 0 }");
    }

    #[test]
    fn a_placeholder_is_filled_and_an_unknown_one_refused() {
        assert_eq!(fill("<a {{x}}>", &[("x", "1")]).unwrap(), "<a 1>");
        let unknown = fill("{{x}} {{y}}", &[("x", "1")]).unwrap_err();
        assert!(unknown.to_string().contains("{{y}}"), "{unknown}");
        let absent = fill("nothing", &[("x", "1")]).unwrap_err();
        assert!(absent.to_string().contains("{{x}}"), "{absent}");
    }

    #[test]
    fn the_name_follows_the_content() {
        let name = |text: &str| hashed("a", "js", text.into()).name;
        assert_eq!(name("1"), "assets/a-6b86b273ff34.js", "the beginning of SHA-256 of the digit one");
        assert_ne!(name("1"), name("2"));
    }
}
