//! Accesses, checks and the rest: entries that refer to names.

use std::ops::Range;

use toml::Spanned;

use super::super::model::{
    Access, AccessClass, Answer, Callback, Carrier, Catalogue, Check, Conjunct, Evidence, Given, Gives, Levels, Member, MemberKind, NotACheck, Place,
    Revocation, Subject, Symbol, VersionTest, When,
};
use super::super::schema::{
    AccessEntry, Asks, CallbackEntry, CallbackGives, CheckEntry, MemberEntry, Needs, NotACheckEntry, Owners, RequirementEntry, RevocationEntry, WhenEntry,
};
use super::declare::{Names, missing_category};
use super::members::parse_member;
use super::{LoadedFile, words};
use crate::document::{Mistake, Problems};
use crate::source::Platform;

/// Resolves every entry of every file.
pub(super) fn resolve(files: &[LoadedFile], names: &Names, catalogue: &mut Catalogue, errors: &mut Vec<Mistake>) {
    let mut earlier = Lengths::default();
    for file in files {
        let mut resolver = Resolver { file, names, problems: file.problems(errors) };
        resolver.resolve_into(catalogue);
        if file.source.overrides {
            earlier.replace(catalogue);
        } else {
            earlier = Lengths::of(catalogue);
        }
    }
}

/// How many entries there were before the files that override.
#[derive(Default)]
struct Lengths {
    accesses: usize,
    checks: usize,
    not_checks: usize,
    carriers: usize,
    revocations: usize,
    version_tests: usize,
}

impl Lengths {
    fn of(catalogue: &Catalogue) -> Self {
        Self {
            accesses: catalogue.accesses.len(),
            checks: catalogue.checks.len(),
            not_checks: catalogue.not_checks.len(),
            carriers: catalogue.carriers.len(),
            revocations: catalogue.revocations.len(),
            version_tests: catalogue.version_tests.len(),
        }
    }

    fn replace(&mut self, catalogue: &mut Catalogue) {
        replace(&mut catalogue.accesses, &mut self.accesses, |access| &mut access.symbol);
        replace(&mut catalogue.checks, &mut self.checks, |check| &mut check.symbol);
        replace(&mut catalogue.not_checks, &mut self.not_checks, |not_check| &mut not_check.symbol);
        replace(&mut catalogue.carriers, &mut self.carriers, |carrier| &mut carrier.symbol);
        replace(&mut catalogue.revocations, &mut self.revocations, |revocation| &mut revocation.symbol);
        replace(&mut catalogue.version_tests, &mut self.version_tests, |test| &mut test.symbol);
    }
}

/// Takes the members that a later entry names out of the first `earlier` entries, and drops entries that have none left.
fn replace<T>(entries: &mut Vec<T>, earlier: &mut usize, symbol: fn(&mut T) -> &mut Symbol) {
    let (old, new) = entries.split_at_mut(*earlier);
    for entry in old.iter_mut().map(symbol) {
        for replacing in new.iter_mut().map(symbol) {
            if entry.platform == replacing.platform && entry.owner == replacing.owner && entry.kind == replacing.kind && entry.when == replacing.when {
                entry.members.retain(|member| !replacing.members.contains(member));
            }
        }
    }
    *earlier = old.iter_mut().filter_map(|entry| (!symbol(entry).members.is_empty()).then_some(())).count();
    entries.retain_mut(|entry| !symbol(entry).members.is_empty());
}

struct Resolver<'a> {
    file: &'a LoadedFile,
    names: &'a Names,
    problems: Problems<'a>,
}

/// What the different entries say alike about their symbol.
struct SymbolParts<'a> {
    owners: &'a Owners,
    members: &'a Spanned<Vec<Spanned<MemberEntry>>>,
    kind: MemberKind,
    evidence: Evidence,
    when: &'a [WhenEntry],
}

impl Resolver<'_> {
    fn resolve_into(&mut self, catalogue: &mut Catalogue) {
        let rules = &self.file.rules;
        for entry in &rules.access {
            self.access(entry, &mut catalogue.accesses);
        }
        for entry in &rules.check {
            self.check(entry, &mut catalogue.checks);
        }
        for entry in &rules.callback {
            self.callback(entry, &mut catalogue.callbacks);
        }
        for entry in &rules.annotation {
            if let Some(meaning) = words::annotation_meaning(&entry.means, &mut self.problems) {
                catalogue.annotations.extend(entry.names.iter().map(|name| (name.as_ref().clone(), meaning)));
            }
        }
        for entry in &rules.not_a_check {
            self.not_a_check(entry, &mut catalogue.not_checks);
        }
        for entry in &rules.carrier {
            let parts = SymbolParts { owners: &entry.ty, members: &entry.members, kind: MemberKind::Call, evidence: Evidence::Type, when: &[] };
            let symbols = self.symbols(&parts);
            catalogue.carriers.extend(symbols.into_iter().map(|symbol| Carrier {
                symbol,
                from: entry.from.clone(),
                to: entry.to.clone(),
                put_by: entry.put_by.clone(),
            }));
        }
        for entry in &rules.revocation {
            self.revocation(entry, &mut catalogue.revocations);
        }
        for entry in &rules.version_test {
            let parts = SymbolParts { owners: &entry.ty, members: &entry.members, kind: MemberKind::Call, evidence: Evidence::Type, when: &[] };
            let tests = self.symbols(&parts).into_iter().map(|symbol| VersionTest { symbol, from: entry.from, unlisted: entry.unlisted.clone() });
            catalogue.version_tests.extend(tests);
        }
    }

    fn access(&mut self, entry: &AccessEntry, accesses: &mut Vec<Access>) {
        let parts = SymbolParts { owners: &entry.ty, members: &entry.members, kind: entry.kind, evidence: entry.evidence, when: &entry.when };
        let symbols = self.symbols(&parts);
        let levels = words::levels(entry.levels.as_ref(), &mut self.problems);
        let fails_levels = words::levels(entry.fails_levels.as_ref(), &mut self.problems);
        let needs = self.needs(entry);
        let category = match &entry.category {
            Some(name) => words::category(name, &mut self.problems),
            None => self.file.category,
        };
        let Some(category) = category else {
            if entry.category.is_none() && self.file.rules.category.is_none() {
                missing_category(entry.members.span(), &mut self.problems);
            }
            return;
        };
        accesses.extend(symbols.into_iter().map(|symbol| Access {
            symbol,
            class: entry.class,
            category,
            direction: entry.direction,
            needs: needs.clone(),
            fails: entry.fails,
            fails_levels,
            levels,
            asked_by: entry.asked_by.clone(),
            source: entry.source.clone().or_else(|| self.file.rules.source.clone()),
            file: self.file.source.path.clone(),
            unlisted: entry.unlisted.clone(),
        }));
    }

    fn needs(&mut self, entry: &AccessEntry) -> Vec<Conjunct> {
        let span = entry.members.span();
        match (&entry.needs, entry.class) {
            (None, AccessClass::Protected) => {
                let help = "write `needs = \"…\"`, or `class = \"open\"` or `class = \"user-mediated\"`".to_owned();
                self.problems.add(span, "a protected access without the permission that it needs".to_owned(), "needs which?", Some(help));
                Vec::new()
            }
            (Some(_), AccessClass::Open | AccessClass::UserMediated) => {
                let help = "remove `needs`, or `class`".to_owned();
                self.problems.add(span, "this access needs a permission, so it is protected".to_owned(), "open or user-mediated", Some(help));
                Vec::new()
            }
            (None, _) => Vec::new(),
            (Some(Needs::One(id)), _) => {
                self.names.permission(id, &mut self.problems).map(|id| Conjunct { any: vec![id], levels: Levels::ALL }).into_iter().collect()
            }
            (Some(Needs::Requirement(requirement)), _) => self.requirement(requirement, span),
            (Some(Needs::ByLevel(list)), _) => list.iter().flat_map(|requirement| self.requirement(requirement, span.clone())).collect(),
        }
    }

    fn requirement(&mut self, entry: &RequirementEntry, span: Range<usize>) -> Vec<Conjunct> {
        let levels = words::levels(entry.levels.as_ref(), &mut self.problems);
        if entry.any.is_empty() && entry.all.is_empty() {
            self.problems.add(
                span,
                "a requirement that names no permission".to_owned(),
                "of this access",
                Some("write `any = [\"…\"]` or `all = [\"…\"]`".to_owned()),
            );
        }
        let any = self.names.permissions(&entry.any, &mut self.problems);
        let all = self.names.permissions(&entry.all, &mut self.problems);
        let any = (!any.is_empty()).then_some(Conjunct { any, levels });
        any.into_iter().chain(all.into_iter().map(|id| Conjunct { any: vec![id], levels })).collect()
    }

    fn check(&mut self, entry: &CheckEntry, checks: &mut Vec<Check>) {
        let parts = SymbolParts { owners: &entry.ty, members: &entry.members, kind: entry.kind, evidence: entry.evidence, when: &entry.when };
        let symbols = self.symbols(&parts);
        let returns = entry.returns.as_ref().and_then(|word| self.answer(word));
        let callback = entry.callback.as_ref().and_then(|gives| self.gives(gives));
        if entry.returns.is_none() && entry.callback.is_none() && !entry.request {
            let help = "write `returns = \"true\"` or a status, `callback = { gives = \"…\" }`, or `request = true`".to_owned();
            self.problems.add(entry.members.span(), "a check that nobody learns anything from".to_owned(), "answers how?", Some(help));
        }
        let lists = [Answer::Answers, Answer::GrantedList, Answer::DeniedList];
        let names_each = [returns, callback.as_ref().map(|gives| gives.answer)].into_iter().flatten().any(|answer| lists.contains(&answer));
        let Some(subject) = self.subject(&entry.asks, names_each, entry.members.span()) else { return };
        checks.extend(symbols.into_iter().map(|symbol| Check {
            symbol,
            subject: subject.clone(),
            returns,
            callback: callback.clone(),
            request: entry.request,
            file: self.file.source.path.clone(),
            unlisted: entry.unlisted.clone(),
        }));
    }

    fn callback(&mut self, entry: &CallbackEntry, callbacks: &mut Vec<Callback>) {
        let span = entry.members.span();
        let subject = match &entry.asks {
            Some(asks) => match self.subject(asks, true, span) {
                Some(subject) => Some(subject),
                None => return,
            },
            None => None,
        };
        let members = self.members(&entry.members);
        let Some(answer) = self.answer(&entry.gives) else { return };
        let platform = self.file.platform;
        callbacks.extend(owners(&entry.ty).into_iter().map(|owner| Callback {
            platform,
            owner,
            members: members.clone(),
            subject: subject.clone(),
            parameter: entry.parameter,
            answer,
        }));
    }

    fn not_a_check(&mut self, entry: &NotACheckEntry, not_checks: &mut Vec<NotACheck>) {
        let parts = SymbolParts { owners: &entry.ty, members: &entry.members, kind: entry.kind, evidence: entry.evidence, when: &[] };
        let symbols = self.symbols(&parts);
        if let Some(reason) = words::no_check_reason(&entry.why, &mut self.problems) {
            let unlisted = &entry.unlisted;
            not_checks.extend(symbols.into_iter().map(|symbol| NotACheck { symbol, reason, tells: entry.tells.clone(), unlisted: unlisted.clone() }));
        }
    }

    fn revocation(&mut self, entry: &RevocationEntry, revocations: &mut Vec<Revocation>) {
        let parts = SymbolParts { owners: &entry.ty, members: &entry.members, kind: MemberKind::Call, evidence: Evidence::Type, when: &[] };
        let symbols = self.symbols(&parts);
        if let Some(subject) = self.subject(&entry.asks, false, entry.members.span()) {
            let unlisted = &entry.unlisted;
            revocations.extend(symbols.into_iter().map(|symbol| Revocation { symbol, subject: subject.clone(), unlisted: unlisted.clone() }));
        }
    }

    /// What a check speaks of. An answer that names each permission itself needs no argument that does.
    fn subject(&mut self, asks: &Asks, names_each: bool, span: Range<usize>) -> Option<Subject> {
        match asks {
            Asks::Fixed(id) => self.names.permission(id, &mut self.problems).map(|id| Subject::Fixed(vec![id])),
            Asks::All(ids) => Some(Subject::Fixed(self.names.permissions(ids, &mut self.problems))),
            Asks::Argument(asks) => {
                if !names_each && asks.argument.is_none() && asks.arguments_from.is_none() && asks.launched_by.is_none() && asks.chained.is_empty() {
                    let help = "give `argument`, `arguments-from`, `launched-by` or `chained`".to_owned();
                    self.problems.add(span, "`asks` does not say which argument names the permission".to_owned(), "asks for what?", Some(help));
                    return None;
                }
                let map = asks.map.iter().filter_map(|(value, id)| Some((value.clone(), self.names.permission(id, &mut self.problems)?)));
                Some(Subject::Argument {
                    map: map.collect(),
                    argument: asks.argument.clone(),
                    from: asks.arguments_from,
                    launched_by: asks.launched_by.clone(),
                    chained: asks.chained.clone(),
                })
            }
        }
    }

    fn gives(&mut self, entry: &CallbackGives) -> Option<Gives> {
        let argument = entry.argument.clone().unwrap_or_else(|| Place::Word("last".to_owned()));
        let answer = self.answer(&entry.gives)?;
        Some(Gives { argument, parameter: entry.parameter, answer, method: entry.method.clone() })
    }

    fn answer(&mut self, word: &Spanned<String>) -> Option<Answer> {
        const WORDS: [(&str, Answer); 6] = [
            ("true", Answer::True),
            ("throws", Answer::Reached),
            ("called", Answer::Reached),
            ("answers", Answer::Answers),
            ("granted-list", Answer::GrantedList),
            ("denied-list", Answer::DeniedList),
        ];
        let found = WORDS.iter().find(|(name, _)| name == word.as_ref()).map(|(_, answer)| *answer);
        let found = found.or_else(|| self.names.status(self.file.platform, word.as_ref()).map(Answer::Status));
        if found.is_none() {
            let mut known = WORDS.map(|(name, _)| name).to_vec();
            known.extend(self.names.status_names(self.file.platform));
            self.problems.unknown(word.span(), "answer", word.as_ref(), &known);
        }
        found
    }

    /// One symbol for each owner type.
    fn symbols(&mut self, parts: &SymbolParts<'_>) -> Vec<Symbol> {
        let members = self.members(parts.members);
        let when: Vec<When> = parts.when.iter().filter_map(|entry| self.when(entry, parts.members.span())).collect();
        if parts.evidence == Evidence::Argument && parts.when.is_empty() {
            let message = "`evidence = \"argument\"` without a `when`".to_owned();
            self.problems.add(parts.members.span(), message, "which argument decides?", Some("add `when`, or change `evidence`".to_owned()));
        }
        if parts.owners.0.is_empty() && members.iter().any(|member| member.is_constructor) {
            self.problems.add(parts.members.span(), "a constructor without its `type`".to_owned(), "of which type?", None);
        }
        let symbol =
            |owner| Symbol { platform: self.file.platform, owner, members: members.clone(), kind: parts.kind, evidence: parts.evidence, when: when.clone() };
        owners(parts.owners).into_iter().map(symbol).collect()
    }

    fn members(&mut self, entries: &Spanned<Vec<Spanned<MemberEntry>>>) -> Vec<Member> {
        if entries.as_ref().is_empty() {
            self.problems.add(entries.span(), "an entry without members".to_owned(), "name at least one", None);
        }
        let platform: Platform = self.file.platform;
        entries.as_ref().iter().filter_map(|entry| parse_member(entry.as_ref(), entry.span(), platform, &mut self.problems)).collect()
    }

    fn when(&mut self, entry: &WhenEntry, span: Range<usize>) -> Option<When> {
        if entry.is.is_none() && entry.is_not.is_none() && entry.of_type.is_none() {
            let help = "write `is`, `is-not` or `of-type`".to_owned();
            self.problems.add(span.clone(), "a `when` that says nothing about its argument".to_owned(), "of this entry", Some(help));
        }
        let value = match (&entry.argument, entry.passed_to.is_empty()) {
            (Some(argument), true) => Given::Argument(argument.clone()),
            (None, false) => Given::PassedTo(entry.passed_to.clone()),
            _ => {
                let help = "write either `argument` or `passed-to`".to_owned();
                self.problems.add(span, "a `when` that does not say what it is about".to_owned(), "of this entry", Some(help));
                return None;
            }
        };
        let platform = self.file.platform;
        let mut set = |name: &Option<Spanned<String>>| match name {
            Some(name) => self.names.values(platform, name, &mut self.problems).map(Some),
            None => Some(None),
        };
        let (is, is_not) = (set(&entry.is), set(&entry.is_not));
        Some(When { value, is: is?, is_not: is_not?, of_type: entry.of_type.clone() })
    }
}

/// The owner types one by one; a single "none" for a free function.
fn owners(entry: &Owners) -> Vec<Option<String>> {
    match entry.0.as_slice() {
        [] => vec![None],
        names => names.iter().map(|name| Some(name.as_ref().clone())).collect(),
    }
}
