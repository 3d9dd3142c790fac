//! Where reports go: standard output or a file, and further ones in other formats.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::Wrong;
use super::args::Format;

/// A value of `--output`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// `FILE`: the report of `--format` goes there, `-` being standard output.
    Main(PathBuf),
    /// `FORMAT:FILE`: one more report.
    Further(Format, PathBuf),
}

impl Output {
    /// Reads a value. What starts with letters and a colon names a format; one letter is a drive of Windows.
    ///
    /// # Errors
    /// A sentence on what is wrong: an unknown format, or no file.
    pub fn parse(value: OsString) -> Result<Self, String> {
        let prefixed = value.to_str().and_then(|text| text.split_once(':')).filter(|(prefix, _)| is_word(prefix));
        let Some((prefix, file)) = prefixed else {
            return if value.is_empty() { Err("no file is named".to_owned()) } else { Ok(Self::Main(PathBuf::from(value))) };
        };
        let format = Format::from_str(prefix, false).map_err(|_| unknown_format(prefix, file))?;
        match file {
            "" => Err(format!("no file is named: {prefix}:FILE")),
            "-" => Err(format!("standard output is for the report of --format: --format {prefix}")),
            _ => Ok(Self::Further(format, PathBuf::from(file))),
        }
    }
}

/// Whether this could be meant as the name of a format.
fn is_word(prefix: &str) -> bool {
    prefix.len() > 1 && prefix.chars().all(|character| character.is_ascii_alphabetic() || character == '-')
}

fn unknown_format(prefix: &str, file: &str) -> String {
    let names: Vec<String> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).map(|value| value.get_name().to_owned()).collect();
    let closest = names.iter().map(|name| (strsim::jaro_winkler(name, prefix), name)).max_by(|left, right| left.0.total_cmp(&right.0));
    let meant = match closest {
        Some((similarity, name)) if similarity > 0.8 => format!("did you mean `{name}:{file}`?"),
        _ => format!("the formats are {}", names.join(", ")),
    };
    format!("no format `{prefix}`; {meant} (a file of that name: ./{prefix}:{file})")
}

/// What is written where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan<'a> {
    /// Where the report of `--format` goes; none for standard output.
    pub main: Option<&'a Path>,
    /// Further reports.
    pub further: Vec<(Format, &'a Path)>,
}

impl<'a> Plan<'a> {
    /// Puts the values of `--output` together.
    ///
    /// # Errors
    /// Two reports for one place.
    pub fn new(outputs: &'a [Output]) -> Result<Self, Wrong> {
        let mut plan = Self { main: None, further: Vec::new() };
        let mut main: Option<&Path> = None;
        let mut files: Vec<&Path> = Vec::new();
        for output in outputs {
            match output {
                Output::Main(file) => {
                    if let Some(first) = main.replace(file) {
                        let (first, second) = (first.display(), file.display());
                        return Err(Wrong(format!("--output {first} and --output {second}: which is the one of --format? name the other's: FORMAT:{second}")));
                    }
                    plan.main = Some(file.as_path()).filter(|file| *file != Path::new("-"));
                    files.extend(plan.main);
                }
                Output::Further(format, file) => {
                    plan.further.push((*format, file));
                    files.push(file);
                }
            }
        }
        files.sort();
        match files.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(twice) => Err(Wrong(format!("--output: two reports for {}", twice[0].display()))),
            None => Ok(plan),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> Result<Output, String> {
        Output::parse(OsString::from(value))
    }

    #[test]
    fn a_format_is_told_from_a_path() {
        assert_eq!(parse("sarif:out.sarif"), Ok(Output::Further(Format::Sarif, "out.sarif".into())));
        assert_eq!(parse("junit:C:\\out:1.xml"), Ok(Output::Further(Format::Junit, "C:\\out:1.xml".into())));
        for path in ["out.txt", "C:\\x", "c:/x", "./sarif:x", "a/json:x", "12:30.txt", "out.json:x", ":x", "-", "sarif"] {
            assert_eq!(parse(path), Ok(Output::Main(path.into())), "{path}");
        }
    }

    #[test]
    fn mistakes_say_what_was_meant() {
        assert_eq!(parse("sarfi:x"), Err("no format `sarfi`; did you mean `sarif:x`? (a file of that name: ./sarfi:x)".to_owned()));
        assert!(parse("report:x").is_err_and(|message| message.contains("the formats are pretty, short, json, sarif,")));
        assert_eq!(parse("sarif:"), Err("no file is named: sarif:FILE".to_owned()));
        assert!(parse("sarif:-").is_err_and(|message| message.contains("--format sarif")));
        assert!(parse("").is_err());
    }

    #[test]
    fn each_report_has_a_place_of_its_own() {
        let outputs = |values: &[&str]| values.iter().map(|value| parse(value).expect("right")).collect::<Vec<_>>();
        let both = outputs(&["sarif:a", "b"]);
        let plan = Plan::new(&both).ok();
        assert_eq!(plan, Some(Plan { main: Some(Path::new("b")), further: vec![(Format::Sarif, Path::new("a"))] }));
        assert!(Plan::new(&outputs(&["-", "sarif:a"])).is_ok_and(|plan| plan.main.is_none()));
        for wrong in [["a", "b"], ["sarif:a", "junit:a"], ["sarif:a", "a"]] {
            assert!(Plan::new(&outputs(&wrong)).is_err(), "{wrong:?}");
        }
    }
}
