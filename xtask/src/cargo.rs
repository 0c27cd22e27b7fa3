//! Building with cargo from within `cargo xtask`.

use std::process::Command;

/// Runs cargo without what `cargo xtask` itself was told: build scripts that look at it would build everything anew. What
/// stands in the way comes back as a sentence.
pub(crate) fn cargo(args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("cargo");
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    let ended = command.args(args).status().map_err(|error| format!("cargo cannot be run: {error}"))?;
    if ended.success() { Ok(()) } else { Err(format!("cargo {} failed", args.join(" "))) }
}
