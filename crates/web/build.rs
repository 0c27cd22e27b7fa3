//! Gathers what `/static` serves: our own CSS and JavaScript, the pinned front-end packages, the icon sprite.
//!
//! The packages come by `npm ci` from `web-assets/package-lock.json` into `OUT_DIR`, only when the lock changed.
//! With `WEB_NODE_MODULES=/path/to/node_modules` nothing is fetched. The source tree is never written to.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What is taken from the packages: the file, and its name under `/static`.
const VENDORED: [(&str, &str); 1] = [("htmx.org/dist/htmx.min.js", "htmx.js")];
/// What is ours.
const OWN: [&str; 9] = [
    "api.js",
    "app.css",
    "app.js",
    "copy.js",
    "events.js",
    "favicon.svg",
    "passkey.js",
    "push.js",
    "push-worker.js",
];

fn main() {
    let assets = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../web-assets");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo:rerun-if-changed={}", assets.display());
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=WEB_NODE_MODULES");
    // askama reads the templates at compile time; new ones must be seen too.
    println!("cargo:rerun-if-changed=../../templates");

    let packages = packages(&assets, &out);
    let dist = out.join("dist");
    fs::create_dir_all(&dist).expect("OUT_DIR can be written");
    for (file, name) in VENDORED {
        copy(&packages.join(file), &dist.join(name));
    }
    for name in OWN {
        copy(&assets.join(name), &dist.join(name));
    }
    let icons = icon_names(&assets);
    fs::write(dist.join("icons.svg"), sprite(&icons, &packages)).expect("OUT_DIR can be written");
    fs::write(out.join("icons.rs"), icon_enum(&icons)).expect("OUT_DIR can be written");
    embed(&dist, &out);
}

/// The `node_modules` to take files from.
fn packages(assets: &Path, out: &Path) -> PathBuf {
    if let Some(given) = env::var_os("WEB_NODE_MODULES") {
        return PathBuf::from(given);
    }
    let work = out.join("npm");
    let stamp = work.join("node_modules/.stamp");
    let lock = fs::read(assets.join("package-lock.json")).expect("web-assets/package-lock.json");
    if fs::read(&stamp).ok().as_deref() != Some(&lock[..]) {
        fs::create_dir_all(&work).expect("OUT_DIR can be written");
        for name in ["package.json", "package-lock.json"] {
            copy(&assets.join(name), &work.join(name));
        }
        let done = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&work)
            .status()
            .expect("npm fetches the front-end packages: install Node.js with npm, or set WEB_NODE_MODULES");
        assert!(done.success(), "npm ci failed");
        fs::write(&stamp, &lock).expect("OUT_DIR can be written");
    }
    work.join("node_modules")
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|e| panic!("{} to {}: {e}", from.display(), to.display()));
}

fn icon_names(assets: &Path) -> Vec<String> {
    let list = fs::read_to_string(assets.join("icons.txt")).expect("web-assets/icons.txt");
    list.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect()
}

/// One SVG of `<symbol>`s, to be used as `<use href="icons.svg#name">`.
fn sprite(icons: &[String], packages: &Path) -> String {
    let mut sprite = String::from(r#"<svg xmlns="http://www.w3.org/2000/svg">"#);
    for name in icons {
        let file = packages.join(format!("lucide-static/icons/{name}.svg"));
        let svg = fs::read_to_string(&file).unwrap_or_else(|e| panic!("icon {name}: {e}"));
        let start =
            svg.find("<svg").and_then(|at| svg[at..].find('>').map(|end| at + end + 1)).expect("an <svg>");
        let end = svg.rfind("</svg>").expect("an </svg>");
        let shapes = svg[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
        write!(sprite, r#"<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>"#)
            .expect("a String takes all");
    }
    sprite.push_str("</svg>");
    sprite
}

/// `enum Icon` with a variant per icon, so that a page cannot name one that the sprite lacks.
fn icon_enum(icons: &[String]) -> String {
    let variant = |name: &str| -> String {
        name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
    };
    let mut code = String::from(
        "/// An icon of the sprite; `web-assets/icons.txt` lists them.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub enum Icon {\n",
    );
    for name in icons {
        writeln!(code, "/// `{name}`\n{},", variant(name)).expect("a String takes all");
    }
    code.push_str(
        "}\nimpl Icon {\n/// Its id in the sprite.\npub fn id(self) -> &'static str { match self {\n",
    );
    for name in icons {
        writeln!(code, "Icon::{} => {name:?},", variant(name)).expect("a String takes all");
    }
    code.push_str("} }\n}\n");
    code
}

/// Writes the code that `memory_serve::load!` includes. Embedded in development too, so that what is tested is
/// what is shipped: compressed, hashed, cached for a year.
fn embed(dist: &Path, out: &Path) {
    let dist = fs::canonicalize(dist).expect("dist was just made");
    let files = memory_serve::assets_to_code(&dist.to_string_lossy(), &dist, out, true, |_| {});
    fs::write(out.join("memory_serve_assets.rs"), format!("&[(\"default\", {files})]"))
        .expect("OUT_DIR can be written");
}
