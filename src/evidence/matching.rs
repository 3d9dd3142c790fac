//! Matches program points with the catalogue.

use std::cell::OnceCell;

use super::constants::{CallSites, Constant, argument};
use super::index::last_segment;
use super::objects::Objects;
use super::resolver::{Bare, Resolver};
use super::stand_ins::StandIns;
use super::types::{Fit, Ty, Typed};
use crate::catalogue::{Entry, Evidence, Given, Member, MemberKind, Place, Symbol, ValueSetId, When, accessor_twin, package_of, setter_name};
use crate::ir::{Call, Expr, ExprKind, TypeKind};
use crate::source::Language;
use crate::verdict::Confidence;

/// A catalogue entry that a program point is.
#[derive(Clone, Debug, PartialEq)]
pub struct SymbolMatch {
    /// Entry.
    pub entry: Entry,
    /// Which of its symbol's members.
    pub member: usize,
    /// How sure.
    pub confidence: Confidence,
    /// On which evidence, for people.
    pub evidence: &'static str,
    /// How many conditions on arguments it fulfils, and whether all labels are there: the more, the more specific.
    specificity: usize,
}

impl SymbolMatch {
    /// Stands for a function of the app that demands permissions of its callers: no catalogue entry.
    pub(crate) fn of_duty(confidence: Confidence) -> Self {
        Self { entry: Entry::Access(usize::MAX), member: 0, confidence, evidence: "its annotation", specificity: 0 }
    }
}

/// A program point that may be a symbol, in one form for calls, reads and assignments.
struct Point<'m, 'p> {
    expr: &'m Expr,
    /// The name that stands there.
    name: &'p str,
    receiver: Option<&'m Expr>,
    call: Option<&'m Call>,
    /// The value assigned.
    assigned: Option<&'m Expr>,
    /// A reference to a function that is handed on.
    is_reference: bool,
}

/// What is known of the rest of the module.
#[derive(Clone, Copy)]
struct Around<'m, 'a> {
    sites: &'a CallSites<'m>,
    /// Few files need them.
    objects: &'a OnceCell<Objects<'m>>,
    stand_ins: &'a StandIns,
}

impl<'m> Resolver<'m> {
    /// Fills in [`Resolution::symbols`](super::Resolution::symbols): carriers first, because conditions look through them.
    pub(super) fn match_symbols(&mut self) {
        let exprs = self.out.exprs.clone();
        let mut sites = CallSites::new(&self.out);
        let objects = OnceCell::new();
        let stand_ins = StandIns::new(self.module, &self.names, &self.out.supertypes);
        for carriers in [true, false] {
            let around = Around { sites: &sites, objects: &objects, stand_ins: &stand_ins };
            for expr in exprs.iter().flatten() {
                self.enter_file_of(expr.id);
                let found = self.matches_at(expr, carriers, around);
                if !found.is_empty() {
                    let all = self.out.symbols.entry(expr.id).or_default();
                    all.extend(found);
                    all.sort_by_key(|found| (std::cmp::Reverse(found.specificity), std::cmp::Reverse(found.confidence), found.entry, found.member));
                }
            }
            if carriers {
                sites.handed = self.handed();
            }
        }
    }

    fn matches_at(&self, expr: &'m Expr, carriers: bool, around: Around<'m, '_>) -> Vec<SymbolMatch> {
        let point = match &expr.kind {
            ExprKind::Call(call) => Point { expr, name: &call.name, receiver: call.receiver.as_ref(), call: Some(call), assigned: None, is_reference: false },
            ExprKind::Member { receiver, name, .. } => Point { expr, name, receiver: Some(receiver), call: None, assigned: None, is_reference: false },
            ExprKind::FunctionRef { receiver, name } => Point { expr, name, receiver: receiver.as_deref(), call: None, assigned: None, is_reference: true },
            ExprKind::Name(name) if self.bare.contains_key(&expr.id) => Point { expr, name, receiver: None, call: None, assigned: None, is_reference: false },
            ExprKind::Assign { target, value, .. } => match &target.kind {
                ExprKind::Member { receiver, name, .. } => {
                    Point { expr, name, receiver: Some(receiver), call: None, assigned: Some(value), is_reference: false }
                }
                ExprKind::Name(name) if self.bare.contains_key(&target.id) => {
                    Point { expr, name, receiver: None, call: None, assigned: Some(value), is_reference: false }
                }
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let platform = self.platform();
        let mut keys = vec![point.name.to_owned()];
        keys.extend(self.constructor_keys(&point));
        if point.assigned.is_some() {
            keys.push(setter_name(point.name));
        }
        // `import a.b.C as D`: the catalogue knows it as C.
        if let Some(import) = self.names.import_of(self.file(), point.name).filter(|import| import.alias.is_some() && point.receiver.is_none()) {
            keys.extend(import.path.rsplit('.').next().map(str::to_owned));
        }
        let mut found: Vec<SymbolMatch> = Vec::new();
        for key in &keys {
            for &(entry, member) in self.catalogue.index().find(platform, key) {
                if matches!(entry, Entry::Carrier(_)) == carriers && !found.iter().any(|other| other.entry == entry) {
                    found.extend(self.match_entry(&point, entry, member, around));
                }
            }
        }
        found
    }

    /// `X.init(…)` is found under `X`, and a subclass under what it is in the end.
    fn constructor_keys(&self, point: &Point<'m, '_>) -> Vec<String> {
        if let Some(made) = self.out.constructs.get(&point.expr.id) {
            let above = self.out.foreign_supertypes.get(made).into_iter().flatten();
            return above.map(|name| last_segment(name).to_owned()).collect();
        }
        let made = point.call.filter(|call| call.name == "init").and_then(|_| self.out.types.get(&point.expr.id));
        made.and_then(|made| made.ty.simple_name()).map(str::to_owned).into_iter().collect()
    }

    fn match_entry(&self, point: &Point<'m, '_>, entry: Entry, number: usize, around: Around<'m, '_>) -> Option<SymbolMatch> {
        let symbol = self.catalogue.symbol(entry);
        let member = &symbol.members[number];
        if member.is_constructor && self.out.constructs.contains_key(&point.expr.id) {
            return self.match_subclass(point, entry, number);
        }
        if !self.form_fits(point, symbol, member) {
            return None;
        }
        if let (Entry::Access(_) | Entry::Check(_), Some(receiver), Some(_)) = (entry, point.receiver, &symbol.owner)
            && !self.out.types.contains_key(&receiver.id)
        {
            self.questions.borrow_mut().unknown_receivers.insert((receiver.id, entry));
        }
        let (confidence, evidence, needs_argument) = self.owner_fits(point, entry, symbol, member, around.stand_ins)?;
        let holds = symbol.when.iter().all(|when| self.condition_holds(point, member, when, around));
        if !holds || (needs_argument && symbol.when.iter().all(|when| when.is.is_none() && when.of_type.is_none())) {
            return None;
        }
        if let Entry::Access(number) = entry {
            let asked_by = &self.catalogue.accesses[number].asked_by;
            if !asked_by.is_empty() && around.objects.get_or_init(|| Objects::new(&self.out)).is_only_asked(point.expr, member.is_constructor, asked_by) {
                return None;
            }
        }
        let exact = usize::from(point.call.is_some_and(|call| member.labels.as_ref().is_none_or(|labels| labels.len() == call.args.len())));
        Some(SymbolMatch { entry, member: number, confidence, evidence, specificity: 2 * symbol.when.len() + exact })
    }

    /// An instance of a subclass is made. With constructors of its own, it is left to them how the superclass's is called. A Kotlin class says so
    /// where it is declared, and is found there.
    fn match_subclass(&self, point: &Point<'m, '_>, entry: Entry, number: usize) -> Option<SymbolMatch> {
        let symbol = self.catalogue.symbol(entry);
        let (call, made) = (point.call?, self.out.types.get(&point.expr.id)?);
        let Ty::App { id, .. } = made.ty else { return None };
        let has_own = self.out.callees.get(&point.expr.id).is_some_and(|callees| !callees.is_empty());
        let is_called_alike = has_own || self.labels_fit(call, &symbol.members[number], point.name);
        let is_class = self.module.types[id as usize].kind == TypeKind::Class && self.module.language_of_type(id) != Language::Kotlin;
        let is_one = is_class && self.fit(&made.ty, symbol.owner.as_deref()?) == Fit::Yes;
        let found = SymbolMatch { entry, member: number, confidence: confidence(made.certain), evidence: "constructs a subclass of the type", specificity: 0 };
        (symbol.kind == MemberKind::Call && symbol.when.is_empty() && is_called_alike && is_one).then_some(found)
    }

    /// Whether a call, read or assignment can be a member of this kind, with these labels.
    fn form_fits(&self, point: &Point<'m, '_>, symbol: &Symbol, member: &Member) -> bool {
        if point.is_reference {
            return symbol.kind == MemberKind::Call
                && point.receiver.is_some()
                && !member.is_constructor
                && member_names(member).any(|name| name == point.name);
        }
        match (symbol.kind, point.call, point.assigned) {
            (MemberKind::Call, Some(call), None) => self.labels_fit(call, member, point.name),
            // A getter or setter in property syntax.
            (MemberKind::Call, None, None) => {
                self.names.has_property_syntax(self.file())
                    && member.name.as_deref().and_then(accessor_twin).as_deref() == Some(point.name)
                    && member.name.as_deref() != Some(point.name)
                    && member.name.as_deref().is_some_and(|name| name.starts_with("get"))
                    || (self.names.has_property_syntax(self.file()) && member.name.as_deref() == Some(point.name) && point.name.starts_with("is"))
                    || (self.language() == Language::ObjectiveC && member.selector.as_deref() == Some(point.name) && point.receiver.is_some())
            }
            (MemberKind::Call, None, Some(_)) => {
                self.names.has_property_syntax(self.file()) && member.name.as_deref() == Some(setter_name(point.name).as_str())
            }
            (MemberKind::Property, None, None) => true,
            (MemberKind::Property, Some(call), None) => call.args.is_empty() && !call.is_new && self.language() != Language::Swift,
            (MemberKind::Assignment, None, Some(_)) => true,
            (MemberKind::Assignment, Some(call), None) => {
                call.args.len() == 1 && self.language() != Language::Swift && member_names(member).any(|name| setter_name(name) == point.name)
            }
            (MemberKind::Constant, None, None) => true,
            _ => false,
        }
    }

    fn labels_fit(&self, call: &Call, member: &Member, name: &str) -> bool {
        match self.language() {
            Language::ObjectiveC => match (&call.selector, &member.selector) {
                (Some(sent), Some(selector)) => sent == selector,
                (Some(_), None) => member.is_constructor && member.labels.as_ref().is_none_or(Vec::is_empty),
                (None, _) => !name.is_empty() && member.name.as_deref() == Some(name) || member.is_constructor,
            },
            Language::Swift => match &member.labels {
                Some(labels) => swift_labels_fit(call, labels),
                None => member.name.is_some(),
            },
            Language::Kotlin | Language::Java | Language::Rust => true,
        }
    }

    /// Whether the receiver is of the owner's type: how sure, on which evidence, and whether the arguments still have to confirm it.
    fn owner_fits(
        &self,
        point: &Point<'m, '_>,
        entry: Entry,
        symbol: &Symbol,
        member: &Member,
        stand_ins: &StandIns,
    ) -> Option<(Confidence, &'static str, bool)> {
        if member.is_constructor {
            let owner = symbol.owner.as_deref()?;
            let made = self.out.types.get(&point.expr.id)?;
            let is_it = point.call.is_some() && matches!(made.ty.instance(), Ty::Named { name, .. } if name == owner) && !matches!(made.ty, Ty::Class(_));
            return is_it.then(|| (confidence(made.certain), "constructs the type", false));
        }
        let Some(owner) = symbol.owner.as_deref() else {
            return match entry {
                Entry::Carrier(_) if point.receiver.is_some() => Some((Confidence::Likely, "its name", false)),
                _ if point.receiver.is_some() && symbol.evidence == Evidence::Name && !self.out.callees.contains_key(&point.expr.id) => {
                    Some((Confidence::Likely, "a distinctive name", false))
                }
                _ => self.free_function_fits(point, member),
            };
        };
        match point.receiver {
            // Swift's `.member(…)`: the type is left to the compiler.
            Some(Expr { kind: ExprKind::Implicit, .. }) => (symbol.evidence == Evidence::Name).then_some((Confidence::Likely, "a distinctive name", false)),
            // An extension function, named by its import or in a package of which all is imported; a member of the same name would win.
            Some(_) if self.is_imported(owner, member, package_of(owner) == owner && !self.out.callees.contains_key(&point.expr.id)) => {
                Some((Confidence::Likely, "its import", false))
            }
            Some(_) if self.is_own_extension(point) => None,
            Some(receiver) => {
                let receiver = self.out.types.get(&receiver.id);
                if receiver.is_some_and(|receiver| self.stands_for(receiver, owner, entry, point.name, stand_ins)) {
                    return Some((Confidence::Likely, "a protocol to which the type conforms", false));
                }
                let is_plausible = receiver.is_some() || self.name_is_telling(point, owner, member);
                is_plausible.then(|| self.receiver_fits(receiver, owner, symbol, point.call.is_some_and(|call| call.selector.is_some()))).flatten()
            }
            None => self.bare_fits(point, owner, symbol, member),
        }
    }

    /// An extension function of this module that has the name of a member and other parameters: its body holds the access.
    fn is_own_extension(&self, point: &Point<'m, '_>) -> bool {
        let callees = self.out.callees.get(&point.expr.id);
        callees.is_some_and(|callees| !callees.is_empty() && callees.iter().all(|&callee| self.module.functions[callee as usize].receiver.is_some()))
    }

    fn free_function_fits(&self, point: &Point<'m, '_>, member: &Member) -> Option<(Confidence, &'static str, bool)> {
        let is_own = self.bare.get(&point.expr.id).is_some_and(|bare| bare.is_own);
        let is_bare_call = point.receiver.is_none() && !is_own && member.name.is_some();
        is_bare_call.then_some((Confidence::Certain, "a function of the platform", false))
    }

    fn receiver_fits(&self, receiver: Option<&Typed>, owner: &str, symbol: &Symbol, is_message: bool) -> Option<(Confidence, &'static str, bool)> {
        let Some(typed) = receiver else {
            return match symbol.evidence {
                // A message of Objective-C has a telling name, whatever crates there are.
                Evidence::Name if is_message && self.language() == Language::Rust => Some((Confidence::Likely, "a distinctive name", false)),
                Evidence::Name => self.names.mentions_package_of(self.file(), owner).then_some((Confidence::Likely, "a distinctive name", false)),
                Evidence::Argument => Some((Confidence::Likely, "its arguments", true)),
                Evidence::Type => None,
            };
        };
        match self.fit(&typed.ty, owner) {
            Fit::Yes => Some((confidence(typed.certain), "the receiver's type", false)),
            Fit::Perhaps => self.perhaps(owner, symbol),
            Fit::No => {
                // A type of the app that is declared elsewhere may extend what every app extends: an activity, a context.
                let foreign = matches!(typed.ty.instance(), Ty::Named { name, .. } if !self.catalogue.types.contains_key(name) && !is_platform_name(name));
                let is_implicit = self.catalogue.types.get(owner).is_some_and(|known| known.implicit);
                (foreign && is_implicit).then_some((Confidence::Likely, "a member that the receiver's superclass has", false))
            }
        }
    }

    /// Swift drops so many words from names that an unknown receiver needs more: the framework's import, or the argument labels in full.
    fn name_is_telling(&self, point: &Point<'m, '_>, owner: &str, member: &Member) -> bool {
        if self.language() != Language::Swift {
            return true;
        }
        let framework = self.catalogue.types.get(owner).and_then(|known| known.module.as_deref());
        let is_imported = framework.is_some_and(|framework| self.names.imports_module(self.file(), framework));
        let labels = member.labels.as_deref().unwrap_or_default();
        let all_there = point.call.is_some_and(|call| labels.len() == call.args.len() && labels.iter().any(|label| label != "_"));
        is_imported || all_there
    }

    fn perhaps(&self, owner: &str, symbol: &Symbol) -> Option<(Confidence, &'static str, bool)> {
        if self.catalogue.types.get(owner).is_some_and(|known| known.implicit) {
            return Some((Confidence::Likely, "a member that an unseen superclass has", false));
        }
        match symbol.evidence {
            Evidence::Argument => Some((Confidence::Likely, "its arguments", true)),
            Evidence::Name | Evidence::Type => None,
        }
    }

    fn bare_fits(&self, point: &Point<'m, '_>, owner: &str, symbol: &Symbol, member: &Member) -> Option<(Confidence, &'static str, bool)> {
        let nothing = Bare::default();
        let target = match &point.expr.kind {
            ExprKind::Assign { target, .. } => target.id,
            _ => point.expr.id,
        };
        let bare = self.bare.get(&target).unwrap_or(&nothing);
        if bare.is_own {
            return None;
        }
        if self.is_imported(owner, member, true) {
            return Some((Confidence::Certain, "its import", false));
        }
        let mut best = None;
        for receiver in &bare.receivers {
            match self.fit(&receiver.ty, owner) {
                Fit::Yes => return Some((confidence(receiver.certain), "the implicit receiver's type", false)),
                Fit::Perhaps => best = best.or(self.perhaps(owner, symbol)),
                Fit::No => {}
            }
        }
        let plausible = bare.has_unknown && symbol.evidence == Evidence::Name && self.names.mentions_package_of(self.file(), owner);
        best.or(plausible.then_some((Confidence::Likely, "a distinctive name", false)))
    }

    /// Whether an import names the member itself, or (`with_wildcards`) everything of its owner.
    fn is_imported(&self, owner: &str, member: &Member, with_wildcards: bool) -> bool {
        self.module.files[self.file()].imports.iter().any(|import| {
            let direct = || import.path.rsplit_once('.').is_some_and(|(path, last)| path == owner && member_names(member).any(|name| name == last));
            if import.wildcard { with_wildcards && import.path == owner } else { direct() }
        })
    }

    fn condition_holds(&self, point: &Point<'m, '_>, member: &Member, when: &When, around: Around<'m, '_>) -> bool {
        let place = match &when.value {
            Given::Argument(place) => place,
            Given::PassedTo(members) => {
                let objects = around.objects.get_or_init(|| Objects::new(&self.out));
                let mut passed = objects.passed(point.expr, member.is_constructor, members).peekable();
                // What was never said is not known to be of the set that it must not be of.
                let is_unsaid = passed.peek().is_none() && when.is.is_none() && when.of_type.is_none();
                return is_unsaid || passed.any(|value| self.value_fits(value, when, around.sites));
            }
        };
        let candidates: Vec<&'m Expr> = match (place, point.call, point.assigned) {
            (Place::Word(word), Some(call), _) if word == "any" => call.args.iter().map(|arg| &arg.value).collect(),
            (Place::Word(word), None, _) if word == "receiver" => point.receiver.into_iter().collect(),
            (place, Some(call), _) => argument(call, place, member.labels.as_deref()).into_iter().collect(),
            (_, None, Some(value)) => vec![value],
            (_, None, None) => Vec::new(),
        };
        let holds = candidates.iter().any(|candidate| self.value_fits(candidate, when, around.sites));
        // An argument with a label that is left out has its default value.
        holds || (candidates.is_empty() && when.is.is_none() && when.of_type.is_none() && matches!(place, Place::Position(_)))
    }

    fn value_fits(&self, value: &'m Expr, when: &When, sites: &CallSites<'m>) -> bool {
        if let Some(wanted) = &when.of_type {
            let typed = self.out.types.get(&value.id);
            return typed.is_some_and(|typed| self.fit(&typed.ty, wanted) == Fit::Yes);
        }
        let constants = self.constants(value, when.is.or(when.is_not), sites);
        let holds = |set: ValueSetId, value: &Constant| self.catalogue.value_sets[set.0 as usize].holds(value);
        let may_be_within = |set| constants.values.iter().any(|value| holds(set, value));
        // What may be something else, too, is not known to be none of it.
        let is_within = |set| !constants.incomplete && !constants.values.is_empty() && constants.values.iter().all(|value| holds(set, value));
        when.is.is_none_or(may_be_within) && !when.is_not.is_some_and(is_within)
    }
}

fn confidence(certain: bool) -> Confidence {
    if certain { Confidence::Certain } else { Confidence::Likely }
}

fn member_names(member: &Member) -> impl Iterator<Item = &str> {
    member.name.as_deref().into_iter().chain(member.selector.as_deref())
}

/// Whether a qualified name is of the platform, or of the libraries that belong to it.
pub(crate) fn is_platform_name(name: &str) -> bool {
    ["android.", "androidx.", "java.", "javax.", "kotlin.", "kotlinx.", "com.google.android."].iter().any(|prefix| name.starts_with(prefix))
}

/// Swift: the labels of the arguments in parentheses must be the member's, in order; parameters with defaults may be left out, and
/// trailing closures take the last ones.
fn swift_labels_fit(call: &Call, labels: &[String]) -> bool {
    let mut remaining = labels.iter();
    let in_parentheses = call.args.iter().filter(|arg| !arg.trailing);
    for arg in in_parentheses {
        let label = arg.label.as_deref().unwrap_or("_");
        if !remaining.any(|wanted| wanted == label) {
            return false;
        }
    }
    call.args.iter().filter(|arg| arg.trailing).count() <= remaining.count()
}
