//! `pack`: turns the compiled page into the files that the server carries.
//!
//! ```text
//! pack --wasm target/wasm/wasm32-unknown-unknown/wasm [--out frontend/dist] [--dev]
//! ```
//! It is run from the top of the repository, reads the page's two programs (`frontend.wasm`, the map, and `desk.wasm`) from
//! the folder that it is given, `frontend/{index,desk}.html`, `frontend/favicon.svg`, `style/` and Leaflet from
//! `frontend/node_modules`, and replaces the whole output folder. `--dev` skips everything that is slow and
//! only makes files smaller.

mod bundle;
mod dist;
mod leaflet;

use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// What the command line asks for.
struct Options {
    wasm: PathBuf,
    out: PathBuf,
    dev: bool,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options> {
    let mut wasm = None;
    let mut out = PathBuf::from("frontend/dist");
    let mut dev = false;
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--wasm" => wasm = Some(PathBuf::from(args.next().context("--wasm needs a folder")?)),
            "--out" => out = PathBuf::from(args.next().context("--out needs a folder")?),
            "--dev" => dev = true,
            other => bail!("`{other}` is not an option of pack; it knows --wasm FOLDER, --out FOLDER and --dev"),
        }
    }
    Ok(Options { wasm: wasm.context("--wasm FOLDER is needed")?, out, dev })
}

fn main() -> Result<()> {
    let options = options(std::env::args().skip(1))?;
    let [app, desk] = ["frontend.wasm", "desk.wasm"].map(|name| options.wasm.join(name));
    let page = bundle::page(&bundle::Compiled { app, desk }, options.dev)?;
    let total = dist::write(&options.out, &page, options.dev)?;
    eprintln!("packed {} files into {}: {total}", page.files.len(), options.out.display());
    Ok(())
}
