//! Embeds the rule files: writes a table of (path below `rules/`, text) that `src/catalogue/load.rs` includes. And tells the program what it
//! was built from.

#[path = "build/commit.rs"]
mod commit;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use walkdir::WalkDir;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    say_what_is_built(&root)?;
    println!("cargo:rerun-if-changed=rules");
    let rules = root.join("rules");
    let mut table = String::from("&[\n");
    for path in rule_files(&rules)? {
        let name = path.strip_prefix(&rules)?.to_string_lossy().replace('\\', "/");
        writeln!(table, "    ({name:?}, include_str!({:?})),", path.display().to_string())?;
    }
    table.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("embedded_rules.rs"), table)?;
    Ok(())
}

/// For `--version`. The commit is told of release builds only: otherwise each commit would have everything built again.
fn say_what_is_built(root: &Path) -> Result<(), env::VarError> {
    println!("cargo:rustc-env=ASKFIRST_TARGET={}", env::var("TARGET")?);
    println!("cargo:rerun-if-changed=build");
    let is_release = env::var("PROFILE")? == "release";
    let commit = commit::of(root).filter(|_| is_release);
    commit.iter().flat_map(|commit| &commit.files).for_each(|file| println!("cargo:rerun-if-changed={}", file.display()));
    let told = if is_release { "unknown" } else { "not told of a debug build" };
    println!("cargo:rustc-env=ASKFIRST_COMMIT={}", commit.map_or_else(|| told.to_owned(), |commit| commit.hash));
    Ok(())
}

fn rule_files(rules: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = WalkDir::new(rules).sort_by_file_name().into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().map(|entry| entry.into_path()).filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect())
}
