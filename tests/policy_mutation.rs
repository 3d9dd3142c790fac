//! Every gate of every project with a policy, spoiled in turn, and every policy made to say less: each access that relied on it gets exactly the
//! verdict that this must lead to, and all others keep theirs.
//!
//! What must come out where a gate is gone from the source is what platform mode says of the same text: `platform-only` where that finds a
//! check on every path, else `ungated`. Where the policy does not call it a gate any more its body still asks the system if the proof said so
//! before.

mod fixture;
mod mutating;
mod policy_mutating;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use askfirst::catalogue::DataCategory;
use askfirst::engine::PolicyChoice;
use askfirst::gates::key_text;
use askfirst::ir::{Expr, Program};
use askfirst::policy::{Gate, Policy, PolicySet};
use askfirst::source::Span;
use askfirst::verdict::{CheckHow, Verdict};
use fixture::{Claim, Fixture};
use libtest_mimic::{Arguments, Failed, Trial};
use mutating::{Access, CheckStep, Edits, Mutator, Project, Shape};
use policy_mutating::policies::{self, Texts};
use policy_mutating::{swap, tokens};

/// More gates than this are not around one access.
const MAX_ROUNDS: usize = 8;

/// Wrong answers of the analysis about mutants, each with its reason. The test fails when one is right at last, and it goes.
const WRONG: [Known; 4] = [
    Known {
        fixture: "fixtures/policies/gate-calls-kotlin",
        function: "afterwards",
        way: Way::Swapped,
        reason: "the gate's body says no to the other feature whatever the system answers, so that nothing gets to the access, which is left out",
    },
    Known {
        fixture: "fixtures/policies/gate-keys-kotlin",
        function: "read",
        way: Way::NotAGate,
        reason: "which feature an instance is made with is followed to a gate, and not to a function that asks the system for each feature",
    },
    Known {
        fixture: "fixtures/policies/gate-calls-kotlin",
        function: "aliasOfFunction",
        way: Way::NotAGate,
        reason: "an extension function hands the feature on to what asks the system for each feature, and is no gate: the check behind it is not seen",
    },
    Known {
        fixture: "fixtures/policies/gate-shapes-swift",
        function: "body",
        way: Way::NotAGate,
        reason: "a modifier that checks before it shows what it is called on is followed only where it is a gate",
    },
];

/// An access about which the answer is wrong in some mutant.
struct Known {
    fixture: &'static str,
    /// The function that the access is in.
    function: &'static str,
    way: Way,
    #[allow(dead_code, reason = "for readers")]
    reason: &'static str,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// Something unknown is asked, or its answer goes nowhere.
    Removed,
    /// The access is where the answer is no.
    Moved,
    /// Another feature is asked for, which does not declare the category.
    Swapped,
    /// No feature declares the category.
    Undeclared,
    /// The feature does not declare the category, and another one does.
    UndeclaredHere,
    /// The feature's scope holds no file.
    OutOfScope,
    /// The policy has no such gate.
    NotAGate,
}

/// Each way, and of how many hundredths of the guarded accesses there must be a mutant at least.
const WAYS: [(Way, usize); 7] = [
    (Way::Removed, 100),
    (Way::Moved, 60),
    (Way::Swapped, 95),
    (Way::Undeclared, 100),
    (Way::UndeclaredHere, 100),
    (Way::OutOfScope, 100),
    (Way::NotAGate, 100),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("few_accesses_are_left_out", few_accesses_are_left_out)];
    trials.extend(projects().map(|fixture| Trial::test(fixture.name.clone(), move || run(&fixture))));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn projects() -> impl Iterator<Item = Fixture> {
    fixture::with_marks().into_iter().filter(|fixture| fixture.name.starts_with("fixtures/policies/"))
}

fn run(fixture: &Fixture) -> Result<(), Failed> {
    let problems = with_test(fixture, |test| {
        let mut problems = test.gates_spoiled();
        problems.extend(test.policies_changed());
        test.but_known(problems)
    })?;
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

/// How many mutants of each way there are, and why there are no more.
fn few_accesses_are_left_out() -> Result<(), Failed> {
    let mut guarded = 0;
    let mut made: BTreeMap<Way, usize> = BTreeMap::new();
    let mut skipped: BTreeMap<(Way, &str), usize> = BTreeMap::new();
    for fixture in projects() {
        with_test(&fixture, |test| {
            for access in &test.guarded {
                guarded += 1;
                for (way, _) in WAYS {
                    match test.can_be(access, way) {
                        Ok(()) => *made.entry(way).or_default() += 1,
                        Err(reason) => *skipped.entry((way, reason)).or_default() += 1,
                    }
                }
            }
        })?;
    }
    let is_short = |(way, share): &(Way, usize)| made.get(way).copied().unwrap_or_default() * 100 < guarded * share;
    let short: Vec<Way> = WAYS.iter().filter(|way| is_short(way)).map(|(way, _)| *way).collect();
    if short.is_empty() && guarded > 150 {
        return Ok(());
    }
    Err(format!("too few mutants of {short:?}; {guarded} accesses, made {made:#?}, skipped {skipped:#?}").into())
}

fn with_test<T>(fixture: &Fixture, work: impl FnOnce(&Test<'_>) -> T) -> Result<T, Failed> {
    let project = Project::of(fixture)?;
    let copied: Option<Vec<String>> = (0..project.paths.len()).map(|file| project.copied(file)).collect();
    let copied = copied.ok_or("a project is a folder")?;
    let policies = PolicySet::discover(copied.iter().map(String::as_str)).map_err(|errors| format!("{errors:?}"))?;
    let policy_of = copied.iter().map(|path| policies.index_for(path)).collect();
    let before = project.accesses(&project.unedited())?;
    let marked = marked_guarded(&project);
    let is_marked = |access: &&Access| access.is_guarded() && marked.contains(&(access.file, project.line(access.file, access.start)));
    let guarded: Vec<&Access> = before.iter().filter(is_marked).collect();
    let modules = (0..project.paths.len()).map(|file| Program::of_one("", u32::MAX / 2, project.lower(file, &Edits::default()).module));
    let modules: Vec<Program> = modules.collect();
    let shapes: Vec<Shape<'_>> = modules.iter().map(Shape::of).collect();
    let test = Test { fixture, project: &project, shapes: &shapes, policies: &policies, policy_of, before: &before, guarded, bare: OnceCell::new() };
    Ok(work(&test))
}

/// File and line of each access that is rightly guarded.
fn marked_guarded(project: &Project) -> BTreeSet<(usize, u32)> {
    let of_file = |(file, text): (usize, &String)| {
        let marks = fixture::marks(text).unwrap_or_default();
        let guarded = marks.into_iter().filter(|mark| mark.claim == Claim::Right && mark.answer.starts_with("guarded "));
        guarded.map(move |mark| (file, mark.line)).collect::<Vec<_>>()
    };
    project.texts.iter().enumerate().flat_map(of_file).collect()
}

struct Test<'a> {
    fixture: &'a Fixture,
    project: &'a Project,
    shapes: &'a [Shape<'a>],
    policies: &'a PolicySet,
    /// By file.
    policy_of: Vec<Option<usize>>,
    before: &'a [Access],
    guarded: Vec<&'a Access>,
    /// What platform mode says of the project as it is.
    bare: OnceCell<Result<Vec<Access>, String>>,
}

/// What is wrong with a mutant.
struct Problem {
    function: String,
    way: Way,
    text: String,
}

/// A mutant of source.
struct Mutant {
    way: Way,
    name: String,
    edits: Vec<Edits>,
    /// What the policy says, if something else.
    texts: Texts,
    /// The feature that is asked for instead.
    feature: Option<String>,
}

impl Test<'_> {
    fn policy(&self, file: usize) -> Option<&Policy> {
        self.policy_of[file].map(|number| &self.policies.policies()[number])
    }

    /// Whether there is a mutant of an access, or why not.
    fn can_be(&self, access: &Access, way: Way) -> Result<(), &'static str> {
        let gate = access.gates.first().ok_or("no gate in its proof")?;
        match way {
            Way::Removed | Way::Moved => {
                let mutants = self.spoiled(gate);
                let is_there = mutants.iter().any(|mutant| mutant.way == way);
                let reason = match gate.how {
                    CheckHow::Annotation => "an annotation has no other branch",
                    CheckHow::Callback => "what a wrapper runs has no other branch",
                    CheckHow::Returned => "where it does not return there is no branch",
                    _ => "the answer is one of several, or is handed on",
                };
                if is_there { Ok(()) } else { Err(reason) }
            }
            Way::Swapped if self.own_gate(access, gate).is_some() => Ok(()),
            Way::Swapped => self.swapped(access, gate).map(|_| ()).ok_or("its key is not in the functions of the proof"),
            Way::Undeclared | Way::UndeclaredHere | Way::OutOfScope | Way::NotAGate => Ok(()),
        }
    }

    /// The gate of one feature only that is meant.
    fn own_gate(&self, access: &Access, gate: &CheckStep) -> Option<&Gate> {
        let policy = self.policy(gate.file)?;
        let source = self.source(gate);
        let is_it = |declared: &&Gate| !declared.pattern.names_feature() && source.contains(&member(declared));
        policy.features.iter().filter(|feature| access.asked_for.contains(&feature.name.value)).flat_map(|feature| &feature.gates).find(is_it)
    }

    fn source(&self, gate: &CheckStep) -> &str {
        &self.project.texts[gate.file][gate.span.start as usize..gate.span.end as usize]
    }

    fn edited(&self, file: usize, new: impl IntoIterator<Item = mutating::Edit>) -> Vec<Edits> {
        let mut edits = self.project.unedited();
        edits[file].add(new);
        edits
    }

    fn mutator(&self, gate: &CheckStep) -> Mutator<'_, '_> {
        let accesses = self.before.iter().filter(|access| access.file == gate.file).map(|access| access.start).collect();
        let has_cases = |declared: &Gate| !declared.granted_when.is_empty() && self.source(gate) == member(declared);
        let gates = self.policy(gate.file).into_iter().flat_map(|policy| policy.gates.iter().chain(policy.features.iter().flat_map(|feature| &feature.gates)));
        let are_true_gates = !gates.into_iter().any(has_cases);
        Mutator { shape: &self.shapes[gate.file], text: &self.project.texts[gate.file], accesses, is_alone: self.project.paths.len() == 1, are_true_gates }
    }

    /// Mutants in which a gate says nothing any more, or no.
    fn spoiled(&self, gate: &CheckStep) -> Vec<Mutant> {
        let mutants = self.mutator(gate).mutants(gate).unwrap_or_default();
        let mutants = mutants.into_iter().map(|mutant| Mutant {
            way: if mutant.kind.only_removes() { Way::Removed } else { Way::Moved },
            name: mutant.kind.name().to_owned(),
            edits: self.edited(gate.file, mutant.edits),
            texts: Texts::new(),
            feature: None,
        });
        mutants.chain(self.exchanged(gate)).collect()
    }

    /// A switch over a gate's answer in which a yes and another answer change places.
    fn exchanged(&self, gate: &CheckStep) -> Option<Mutant> {
        let shape = &self.shapes[gate.file];
        let answer = shape.named(gate.span)?;
        let read = || shape.stored(answer, false).and_then(|(target, _)| shape.reads(target).into_iter().find_map(|read| shape.matched(read)));
        let cases = shape.cases(shape.matched(answer).or_else(read)?)?;
        let policy = self.policy(gate.file)?;
        let gates = policy.gates.iter().chain(policy.features.iter().flat_map(|feature| &feature.gates));
        let yes: Vec<&str> = gates
            .filter(|declared| member(declared) == self.source(gate))
            .flat_map(|declared| &declared.granted_when)
            .map(|key| key_text(&key.value))
            .collect();
        let text = |span: Span| &self.project.texts[gate.file][span.start as usize..span.end as usize];
        let is_yes = |case: &&&Expr| yes.iter().any(|yes| text(case.span).rsplit('.').next() == Some(*yes));
        let no = cases.iter().find(|case| !is_yes(case))?;
        let granted: Vec<&&Expr> = cases.iter().filter(is_yes).collect();
        let put = |place: Span, new: Span| mutating::Edit { start: place.start, end: place.end, new: text(new).to_owned(), is_name: false };
        let edits = granted.iter().map(|case| put(case.span, no.span)).chain(granted.first().map(|first| put(no.span, first.span)));
        let edits: Vec<mutating::Edit> = edits.collect();
        (edits.len() > 1).then(|| Mutant {
            way: Way::Moved,
            name: "exchanged".to_owned(),
            edits: self.edited(gate.file, edits),
            texts: Texts::new(),
            feature: None,
        })
    }

    fn swapped(&self, access: &Access, gate: &CheckStep) -> Option<Mutant> {
        let policy = self.policy(gate.file)?;
        if let Some(own) = self.own_gate(access, gate) {
            let texts = policies::given_away(policy, own);
            return Some(Mutant {
                way: Way::Swapped,
                name: "given away".to_owned(),
                edits: self.project.unedited(),
                texts,
                feature: Some("swapped".to_owned()),
            });
        }
        let swap = swap(&tokens(self.shapes, policy, access, gate), policy, access.category, &self.project.texts)?;
        let mut edits = self.project.unedited();
        swap.edits.into_iter().for_each(|(file, edit)| edits[file].add([edit]));
        let texts = swap.added.map(|added| policies::with(policy, &added)).unwrap_or_default();
        Some(Mutant { way: Way::Swapped, name: format!("swapped for {}", swap.feature), edits, texts, feature: Some(swap.feature) })
    }

    /// Each gate by itself, in every way.
    fn gates_spoiled(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut done: Vec<&CheckStep> = Vec::new();
        for access in &self.guarded {
            if access.gates.is_empty() {
                problems.push(self.problem(access, Way::Removed, "guarded, and its proof does not say by which gate".to_owned()));
            }
            for gate in access.gates.iter().filter(|gate| !done.contains(gate)).collect::<Vec<_>>() {
                done.push(gate);
                let mutants = self.spoiled(gate);
                mutants.iter().for_each(|mutant| problems.extend(self.problems_of(gate, mutant)));
            }
            for gate in &access.gates {
                let swapped = self.swapped(access, gate);
                swapped.iter().for_each(|mutant| problems.extend(self.problems_of_swap(access, gate, mutant)));
            }
        }
        problems
    }

    fn problems_of(&self, gate: &CheckStep, mutant: &Mutant) -> Vec<Problem> {
        let mut problems = Vec::new();
        let effect = (0..self.project.paths.len()).find_map(|file| self.project.side_effect(file, &mutant.edits[file]));
        let after = match effect.map_or_else(|| self.accesses(&mutant.edits, &mutant.texts), Err) {
            Ok(after) => after,
            Err(problem) => return vec![Problem { function: String::new(), way: mutant.way, text: self.shown(mutant, &problem) }],
        };
        for access in self.before {
            let Some(mutated) = after.iter().find(|other| other.is(access)) else {
                problems.push(self.problem(access, mutant.way, self.shown(mutant, "is gone")));
                continue;
            };
            let wrong = if self.is_guarded(access) && access.gates.contains(gate) {
                self.not_as_without(gate, mutant, access, mutated)
            } else if mutated.verdict == access.verdict || may_rely(access, gate, self.before) {
                None
            } else {
                // Where the answer was no it is yes now.
                let is_moved = mutant.way == Way::Moved && access.is_bad() && mutated.is_guarded();
                (!is_moved).then(|| format!("was {} and is {}, which has nothing to do with the gate", access.verdict.name(), mutated.verdict.name()))
            };
            problems.extend(wrong.map(|wrong| self.problem(access, mutant.way, self.shown(mutant, &wrong))));
        }
        problems
    }

    fn is_guarded(&self, access: &Access) -> bool {
        self.guarded.iter().any(|guarded| guarded.is(access))
    }

    /// What is wrong with an access that relied on a gate: as long as others guard it they go, too, and then it is what platform mode says.
    fn not_as_without(&self, gate: &CheckStep, mutant: &Mutant, access: &Access, mutated: &Access) -> Option<String> {
        let mut edits = mutant.edits.clone();
        let mut current = mutated.clone();
        let mut spoiled = vec![gate.clone()];
        for _ in 0..MAX_ROUNDS {
            if !current.is_guarded() {
                return self.not_as_in_platform_mode(&edits, &spoiled, access, &current);
            }
            let others: Vec<CheckStep> = current.gates.iter().filter(|other| !spoiled.contains(other)).cloned().collect();
            if others.is_empty() {
                return Some("is still guarded by this gate".to_owned());
            }
            for other in others {
                let Ok(unasked) = self.mutator(&other).mutants(&other) else { return Some("is guarded by what cannot be spoiled".to_owned()) };
                let is_free = |edit: &&mutating::Edit| edits[other.file].replacing(edit.start).is_none();
                let unasked: Vec<mutating::Edit> = unasked[0].edits.iter().filter(is_free).cloned().collect();
                edits[other.file].add(unasked);
                spoiled.push(other);
            }
            let after = self.accesses(&edits, &mutant.texts).ok()?;
            match after.into_iter().find(|other| other.is(access)) {
                Some(next) => current = next,
                None => return Some("is gone without its gates".to_owned()),
            }
        }
        Some(format!("is still guarded after {MAX_ROUNDS} rounds"))
    }

    fn not_as_in_platform_mode(&self, edits: &[Edits], spoiled: &[CheckStep], access: &Access, mutated: &Access) -> Option<String> {
        // Another gate is left, for something else.
        let is_left = mutated.near.is_some_and(|near| spoiled.iter().all(|gate| (gate.file, gate.span.start) != near));
        if mutated.verdict == Verdict::WrongFeature && is_left {
            return None;
        }
        let bare = match self.project.accesses_by(edits, &PolicyChoice::None) {
            Ok(bare) => bare,
            Err(problem) => return Some(problem),
        };
        let expected = without_gate(bare.iter().find(|other| other.is(access))?);
        (mutated.verdict != expected).then(|| format!("is {} and not {}", mutated.verdict.name(), expected.name()))
    }

    fn problems_of_swap(&self, access: &Access, gate: &CheckStep, mutant: &Mutant) -> Option<Problem> {
        let after = match self.accesses(&mutant.edits, &mutant.texts) {
            Ok(after) => after,
            Err(problem) => return Some(self.problem(access, mutant.way, self.shown(mutant, &problem))),
        };
        let mut edits = mutant.edits.clone();
        let mut current = after.into_iter().find(|other| other.is(access));
        for _ in 0..MAX_ROUNDS {
            let wrong = match &current {
                Some(mutated) if mutated.verdict == Verdict::WrongFeature && mutant.feature.iter().all(|name| mutated.asked_for.contains(name)) => return None,
                // Another gate says yes, too.
                Some(mutated) if mutated.is_guarded() && !mutated.gates.contains(gate) => {
                    let other = &mutated.gates[0];
                    let unasked = self.mutator(other).mutants(other).unwrap_or_default();
                    let before = edits.clone();
                    let is_free = |edit: &mutating::Edit| before[other.file].replacing(edit.start).is_none();
                    edits[other.file].add(unasked.into_iter().take(1).flat_map(|one| one.edits).filter(is_free));
                    if edits == before { "is guarded by what is spoiled already".to_owned() } else { String::new() }
                }
                Some(mutated) => format!("is {} {:?} and not wrong-feature", mutated.verdict.name(), mutated.asked_for),
                None => "is gone".to_owned(),
            };
            if !wrong.is_empty() {
                return Some(self.problem(access, mutant.way, self.shown(mutant, &wrong)));
            }
            current = self.accesses(&edits, &mutant.texts).ok()?.into_iter().find(|other| other.is(access));
        }
        Some(self.problem(access, mutant.way, self.shown(mutant, "is still guarded")))
    }

    /// Every policy that says less.
    fn policies_changed(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (number, policy) in self.policies.policies().iter().enumerate() {
            let here: Vec<&Access> = self.before.iter().filter(|access| self.policy_of[access.file] == Some(number)).collect();
            let guarded: Vec<&Access> = here.iter().copied().filter(|access| self.is_guarded(access)).collect();
            let categories: BTreeSet<DataCategory> = guarded.iter().map(|access| access.category).collect();
            for category in categories {
                let expected = |access: &Access| Some(if access.category == category { Verdict::Undeclared } else { access.verdict });
                problems.extend(self.judged(Way::Undeclared, &here, &policies::without_category(policy, category, None), &expected));
            }
            let asked: BTreeSet<(&String, DataCategory)> =
                guarded.iter().flat_map(|access| access.asked_for.iter().map(|feature| (feature, access.category))).collect();
            for (feature, category) in &asked {
                let expected = |access: &Access| match access.verdict {
                    Verdict::Guarded | Verdict::OutsideScope if access.category == *category && access.asked_for.contains(feature) => {
                        Some(Verdict::WrongFeature)
                    }
                    verdict => Some(verdict),
                };
                problems.extend(self.judged(Way::UndeclaredHere, &here, &policies::without_category(policy, *category, Some(feature)), &expected));
            }
            for name in asked.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>() {
                let expected = |access: &Access| match access.verdict {
                    Verdict::Guarded if access.asked_for.contains(name) => Some(Verdict::OutsideScope),
                    verdict => Some(verdict),
                };
                let changed = policy.feature(name).map(|feature| policies::out_of_scope(policy, feature)).unwrap_or_default();
                problems.extend(self.judged(Way::OutOfScope, &here, &changed, &expected));
            }
            if policy.has_features() {
                problems.extend(self.judged(Way::NotAGate, &here, &policies::without_gates(policy), &|access| self.without_gates(access)));
            }
        }
        problems
    }

    /// What is left of an access when the policy has no gates.
    fn without_gates(&self, access: &Access) -> Option<Verdict> {
        // These rely on no gate.
        if matches!(access.verdict, Verdict::Undeclared | Verdict::UserMediated | Verdict::Ungated | Verdict::PlatformOnly) {
            return Some(access.verdict);
        }
        let bare = self.bare.get_or_init(|| self.project.accesses_by(&self.project.unedited(), &PolicyChoice::None)).as_ref().ok()?;
        let without = bare.iter().find(|other| other.is(access)).map(without_gate);
        if access.checks.is_empty() { without } else { Some(Verdict::PlatformOnly) }
    }

    /// Accesses that are not what they must be when a policy says something else.
    fn judged(&self, way: Way, accesses: &[&Access], changed: &Texts, expected: &dyn Fn(&Access) -> Option<Verdict>) -> Vec<Problem> {
        let after = match self.accesses(&self.project.unedited(), changed) {
            Ok(after) => after,
            Err(problem) => return vec![Problem { function: String::new(), way, text: format!("{way:?}: {problem}") }],
        };
        let mut problems = Vec::new();
        for access in accesses {
            let found = after.iter().find(|other| other.is(access));
            let wanted = expected(access);
            // Whoever has two gates, for two features, still has the other one.
            let has_other = found.is_some_and(|found| found.is_guarded() && !found.asked_for.iter().any(|feature| access.asked_for.contains(feature)));
            if found.map(|found| found.verdict) != wanted && !has_other {
                let names = [found.map(|found| found.verdict), wanted].map(|verdict| verdict.map_or("gone", Verdict::name));
                problems.push(self.problem(access, way, format!("was {}, is {} and not {}", access.verdict.name(), names[0], names[1])));
            }
        }
        problems
    }

    /// What is said when sources and policies are changed; then the policies are as before.
    fn accesses(&self, edits: &[Edits], texts: &Texts) -> Result<Vec<Access>, String> {
        let files = || self.policies.policies().iter().flat_map(|policy| &policy.files);
        let write = |path: &str, text: &str| std::fs::write(path, text).map_err(|error| format!("{path}: {error}"));
        texts.iter().try_for_each(|(path, text)| write(path, text))?;
        let after = self.project.accesses(edits);
        files().filter(|file| texts.iter().any(|(path, _)| *path == file.path)).try_for_each(|file| write(&file.path, &file.text))?;
        after
    }

    fn problem(&self, access: &Access, way: Way, text: String) -> Problem {
        let place = format!("{}:{}", self.project.paths[access.file], self.project.line(access.file, access.start));
        Problem { function: access.function.clone(), way, text: format!("{place}: {way:?}: the access to {} in {} {text}", access.category, access.function) }
    }

    fn shown(&self, mutant: &Mutant, wrong: &str) -> String {
        let lines = self.project.texts.iter().zip(&mutant.edits).flat_map(|(text, edits)| {
            let edited = edits.apply(text);
            let pairs = text.lines().zip(edited.lines()).filter(|(old, new)| old != new);
            pairs.map(|(old, new)| format!("\n    - {}\n    + {}", old.trim(), new.trim())).collect::<Vec<_>>()
        });
        format!("{wrong} ({}){}", mutant.name, lines.collect::<String>())
    }

    /// What is wrong, but for what is known to be; and what is known and right by now.
    fn but_known(&self, problems: Vec<Problem>) -> Vec<String> {
        let here: Vec<&Known> = WRONG.iter().filter(|known| known.fixture == self.fixture.name).collect();
        let is_it = |known: &Known, problem: &Problem| (known.function, known.way) == (problem.function.as_str(), problem.way);
        let outdated = here.iter().filter(|known| !problems.iter().any(|problem| is_it(known, problem)));
        let outdated = outdated.map(|known| format!("{} {:?} is right now; take it off the list", known.function, known.way)).collect::<Vec<_>>();
        let new = problems.iter().filter(|problem| !here.iter().any(|known| is_it(known, problem))).map(|problem| problem.text.clone());
        new.chain(outdated).collect()
    }
}

/// What platform mode's answer means where there is no gate.
fn without_gate(bare: &Access) -> Verdict {
    if bare.is_guarded() { Verdict::PlatformOnly } else { Verdict::Ungated }
}

/// Whether what is said of an access may change with a gate that its proof does not name: it is the nearest, or answers come through calls,
/// of which a proof names one.
fn may_rely(access: &Access, gate: &CheckStep, all: &[Access]) -> bool {
    let is_near = access.near == Some((gate.file, gate.span.start));
    let asks_for = |feature: &String| all.iter().any(|other| other.gates.contains(gate) && other.asked_for.contains(feature));
    is_near || access.gates.contains(gate) || (!access.calls.is_empty() && access.asked_for.iter().any(asks_for))
}

/// The last name of a gate's pattern.
fn member(gate: &Gate) -> String {
    match &gate.pattern.member {
        askfirst::policy::Member::Name(name) => name.clone(),
        askfirst::policy::Member::Feature => String::new(),
    }
}
