//! Embeds the rule files: writes a table of (path below `rules/`, text) that `src/catalogue/load.rs` includes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use walkdir::WalkDir;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=rules");
    let rules = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("rules");
    let mut table = String::from("&[\n");
    for path in rule_files(&rules)? {
        let name = path.strip_prefix(&rules)?.to_string_lossy().replace('\\', "/");
        writeln!(table, "    ({name:?}, include_str!({:?})),", path.display().to_string())?;
    }
    table.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("embedded_rules.rs"), table)?;
    Ok(())
}

fn rule_files(rules: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = WalkDir::new(rules).sort_by_file_name().into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().map(|entry| entry.into_path()).filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect())
}
