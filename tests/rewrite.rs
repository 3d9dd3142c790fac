//! Every fixture once more on source that was rewritten so that it means the same: the answers stay on their lines.

mod fixture;
mod rewriting;

use std::process::ExitCode;

use askfirst::catalogue;
use libtest_mimic::{Arguments, Failed, Trial};
use rewriting::Rewriting;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // What changes in one file of a project must stay in step with the others: files are rewritten by themselves.
    let files = fixture::with_marks().into_iter().filter(|fixture| !fixture.needs_linking()).flat_map(|fixture| fixture.files);
    let trials = files.flat_map(|path| Rewriting::ALL.map(|rewriting| (path.clone(), rewriting)));
    let trials = trials.map(|(path, rewriting)| Trial::test(format!("{path} {}", rewriting.name()), move || run(&path, rewriting)));
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn run(path: &str, rewriting: Rewriting) -> Result<(), Failed> {
    let text = fixture::read(path);
    let language = fixture::language_of(path).ok_or("not a source file")?;
    let Some(rewritten) = rewriting.apply(language, &text) else { return Ok(()) };
    let before = fixture::answers_in(path, &text, catalogue::embedded());
    let after = fixture::answers_in(path, &rewritten, catalogue::embedded());
    let difference = |title: &str, left: &[(u32, String)], right: &[(u32, String)]| {
        let lines = left.iter().filter(|answer| !right.contains(answer)).map(|(line, answer)| {
            let source = rewritten.lines().nth(*line as usize - 1).unwrap_or_default().trim();
            format!("{title} {path}:{line}: {answer}\n    {source}\n")
        });
        lines.collect::<String>()
    };
    let text = difference("gone:", &before, &after) + &difference("new:", &after, &before);
    if text.is_empty() { Ok(()) } else { Err(text.into()) }
}
