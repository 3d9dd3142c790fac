//! Which symbol is it? Names, types and constants of a program, on the evidence of imports, declarations and initialisers.
//!
//! There is no type checker. Every conclusion says whether it is certain or likely, and what cannot be concluded stays
//! unknown: a name that merely looks like an access is not one.

mod boxes;
mod bridging;
mod constants;
mod gates;
mod index;
mod matching;
mod names;
mod objects;
mod resolver;
mod rust;
mod stand_ins;
mod types;

use std::collections::BTreeSet;

pub(crate) use boxes::{BOX_VIEWS, BOXES, WAITING};
pub(crate) use constants::{COLLECTION_BUILDERS, argument};
pub use constants::{Constant, Constants};
pub(crate) use gates::{AsksFor, GateMatch, defined_gates, find_gates, gates_by_function};
pub use matching::SymbolMatch;
pub(crate) use matching::is_platform_name;
pub(crate) use resolver::{param_index, receiver_args};
pub use types::{Ty, Typed};

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use crate::catalogue::{Catalogue, Entry, ValueSetId};
use crate::ir::{Closure, Expr, ExprId, ExprKind, FunctionId, Literal, Program, TypeId, walk};
use crate::source::{Language, Span};

/// Number of a local variable or parameter in [`Resolution::variables`].
pub type VariableId = u32;

/// What kind of local a [`Variable`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableKind {
    /// Declared in a body.
    Local,
    /// Parameter of a function: which, and its position.
    Param(FunctionId, u32),
    /// Parameter of a closure: the closure expression, and its position.
    ClosureParam(ExprId, u32),
}

/// A local variable or parameter.
#[derive(Clone, Debug)]
pub struct Variable<'m> {
    /// Name.
    pub name: String,
    /// Type as far as known.
    pub ty: Option<Typed>,
    /// Kind.
    pub kind: VariableKind,
    /// Every value that is assigned to it, the initial one included.
    pub values: Vec<&'m Expr>,
    /// Where it is declared.
    pub span: Span,
    /// How often it is read.
    pub reads: u32,
    /// Whether it can be assigned again.
    pub is_mutable: bool,
    /// Whether it holds a box: others who have the box may change what it holds.
    pub is_box: bool,
}

/// What the meaning of names depends on, and files that are not at hand might tell.
#[derive(Clone, Debug, Default)]
pub struct OpenQuestions {
    /// Functions whose callers decide what a parameter stands for, and a set of values: if it stands for one of it, that decides about an access.
    pub callers_of: BTreeSet<(FunctionId, ValueSetId)>,
    /// Fields whose writers decide what they stand for, in the same way.
    pub writers_of: BTreeSet<(FieldId, ValueSetId)>,
    /// Expressions of which no declaration is known, and a set of values: if they stand for one of it, that decides about an access.
    pub unknown_values: BTreeSet<(ExprId, ValueSetId)>,
    /// Expressions without a type, and an access or check: if they are of the type that has it as a member, it is there.
    pub unknown_receivers: BTreeSet<(ExprId, Entry)>,
}

/// A field of a type in this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId {
    /// Type.
    pub ty: TypeId,
    /// Index in its fields.
    pub index: u32,
}

/// What a name or member stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Binding {
    /// A local variable or parameter.
    Variable(VariableId),
    /// A field or property declared in this program.
    Field(FieldId),
    /// A type, used as a value (static receiver).
    Type(Ty),
}

/// Everything that is known about the names of one program.
#[derive(Debug)]
pub struct Resolution<'m> {
    /// The program.
    pub module: &'m Program,
    /// What files that are not at hand might tell.
    pub questions: OpenQuestions,
    /// Expressions by number.
    pub exprs: Vec<Option<&'m Expr>>,
    /// What names and members stand for, by expression.
    pub bindings: HashMap<ExprId, Binding>,
    /// Types of expressions, by expression.
    pub types: HashMap<ExprId, Typed>,
    /// Functions of this program that a call, reference or name may run, by expression.
    pub callees: HashMap<ExprId, Vec<FunctionId>>,
    /// Catalogue entries that a call, member or name is, best first, by expression.
    pub symbols: HashMap<ExprId, Vec<SymbolMatch>>,
    /// Local variables and parameters.
    pub variables: Vec<Variable<'m>>,
    /// Variables that an expression declares (`Let`, `LetCond`, `Is`, `ForEach`, `Match`, `Case`, `Try`), by expression and name.
    pub declared: HashMap<(ExprId, String), VariableId>,
    /// Parameters of closures, by closure expression; `it` and `$0` are the first.
    pub closure_params: HashMap<ExprId, Vec<VariableId>>,
    /// Parameters of functions, by function.
    pub function_params: Vec<Vec<VariableId>>,
    /// Values written to fields, with the expression that writes.
    pub field_values: HashMap<FieldId, Vec<&'m Expr>>,
    /// Fields that hold null, false or zero until somebody writes them.
    pub empty_at_first: HashSet<FieldId>,
    /// Calls `x.member(args)` on variables and fields, by what `x` is and the member's name: for launchers.
    pub member_calls: HashMap<(Target, String), Vec<&'m Expr>>,
    /// Properties that Java reads by calling their getters, by call.
    pub accessors: HashMap<ExprId, FieldId>,
    /// Types of this program that expressions construct, by expression.
    pub constructs: HashMap<ExprId, TypeId>,
    /// Types of this program that a type is, apart from itself: superclasses, protocols, interfaces, through any number of steps.
    pub supertypes: HashMap<TypeId, Vec<TypeId>>,
    /// Types of this program that others extend or implement.
    pub extended: HashSet<TypeId>,
    /// Qualified names of the foreign types that a type is.
    pub foreign_supertypes: HashMap<TypeId, Vec<String>>,
    /// Functions of supertypes in this program that a function overrides or implements.
    pub overrides: HashMap<FunctionId, Vec<FunctionId>>,
    /// Properties of subtypes in this program that override or implement a property.
    pub field_overrides: HashMap<FieldId, Vec<FieldId>>,
    /// Types of fields, as far as they were asked for or are declared.
    pub field_types: HashMap<FieldId, Ty>,
    /// Types that functions return, likewise.
    pub return_types: HashMap<FunctionId, Ty>,
    /// Functions by the type that declares them.
    pub members: HashMap<TypeId, Vec<FunctionId>>,
    /// Fields that an argument sets by its label, in `copy` of a data class or where a struct is made, by argument.
    pub set_by: HashMap<ExprId, Vec<FieldId>>,
    /// Initial values of variables that are only another name for the box that the value is.
    pub renamed: HashSet<ExprId>,
    /// Fields that hold a box: others who have the box may change what it holds.
    pub box_fields: HashSet<FieldId>,
    /// What the value of an expression is stored into (the variable or field that a call initialises).
    pub stored_in: HashMap<ExprId, Target>,
}

/// `false` or `null`.
fn is_no(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Bool(false) | Literal::Null))
}

/// A place that holds a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A local variable.
    Variable(VariableId),
    /// A field.
    Field(FieldId),
}

/// Resolves the names of a program.
pub fn resolve<'m>(module: &'m Program, catalogue: &'m Catalogue) -> Resolution<'m> {
    resolver::Resolver::new(module, catalogue).run()
}

impl<'m> Resolution<'m> {
    fn new(module: &'m Program) -> Self {
        let mut exprs = vec![None; module.expr_count as usize];
        for function in &module.functions {
            for param in &function.params {
                param.default.iter().for_each(|default| record(default, &mut exprs));
            }
            function.annotations.iter().flat_map(|annotation| &annotation.args).for_each(|arg| record(&arg.value, &mut exprs));
            function.body.iter().for_each(|body| record(body, &mut exprs));
        }
        Self {
            module,
            questions: OpenQuestions::default(),
            exprs,
            bindings: HashMap::default(),
            types: HashMap::default(),
            callees: HashMap::default(),
            symbols: HashMap::default(),
            variables: Vec::new(),
            declared: HashMap::default(),
            closure_params: HashMap::default(),
            function_params: vec![Vec::new(); module.functions.len()],
            field_values: HashMap::default(),
            empty_at_first: HashSet::default(),
            member_calls: HashMap::default(),
            set_by: HashMap::default(),
            renamed: HashSet::default(),
            box_fields: HashSet::default(),
            stored_in: HashMap::default(),
            accessors: HashMap::default(),
            constructs: HashMap::default(),
            supertypes: HashMap::default(),
            extended: HashSet::default(),
            foreign_supertypes: HashMap::default(),
            overrides: HashMap::default(),
            field_overrides: HashMap::default(),
            field_types: HashMap::default(),
            return_types: HashMap::default(),
            members: HashMap::default(),
        }
    }

    /// The closure that an expression is.
    pub fn closure(&self, id: ExprId) -> Option<&'m Closure> {
        match self.exprs.get(id as usize)?.as_ref()?.kind {
            ExprKind::Closure(ref closure) => Some(closure),
            _ => None,
        }
    }

    /// The properties of this program that a read or write of one may reach: itself, and what overrides it.
    pub fn fields_behind(&self, field: FieldId) -> impl Iterator<Item = FieldId> {
        std::iter::once(field).chain(self.field_overrides.get(&field).into_iter().flatten().copied())
    }

    /// The property that an expression reads or writes, by its name or by a call of its accessor.
    pub fn property(&self, id: ExprId) -> Option<FieldId> {
        match self.bindings.get(&id) {
            Some(Binding::Field(field)) => Some(*field),
            _ => self.accessors.get(&id).copied(),
        }
    }

    /// Whether an expression names what a property holds, and no accessor runs: Objective-C's instance variables.
    pub fn is_variable(&self, id: ExprId) -> bool {
        match self.exprs.get(id as usize).copied().flatten().map(|expr| &expr.kind) {
            Some(ExprKind::Member { is_variable, .. }) => *is_variable,
            Some(ExprKind::Name(_)) => self.module.language_of_expr(id) == Language::ObjectiveC,
            _ => false,
        }
    }

    /// The box whose content a field shows, if that is all that it is: `val allowed: LiveData<Boolean> = _allowed`.
    pub fn viewed(&self, field: FieldId) -> Option<FieldId> {
        let declared = &self.module.types[field.ty as usize].fields[field.index as usize];
        let Some([value]) = self.field_values.get(&field).map(Vec::as_slice).filter(|_| !declared.mutable && declared.getter.is_none()) else { return None };
        let shown = match &value.kind {
            ExprKind::Call(call) if BOX_VIEWS.contains(&call.name.as_str()) => call.receiver.as_ref()?,
            // What it shows at first is no answer.
            ExprKind::Call(call) if call.name == "stateIn" && call.args.last().is_some_and(|first| is_no(&first.value)) => call.receiver.as_ref()?,
            _ => value,
        };
        let is_box = self.types.get(&shown.id).and_then(|typed| typed.ty.simple_name()).is_some_and(|name| BOXES.contains(&name));
        match self.target(shown.id) {
            Some(Target::Field(shown)) if is_box && shown != field => Some(shown),
            _ => None,
        }
    }

    /// Whether a place holds a box that others may write.
    pub(crate) fn is_box(&self, place: Target) -> bool {
        match place {
            Target::Variable(id) => self.variables[id as usize].is_box,
            Target::Field(field) => self.box_fields.contains(&field),
        }
    }

    /// The place that an expression names, when it names one.
    pub fn target(&self, id: ExprId) -> Option<Target> {
        match self.bindings.get(&id)? {
            Binding::Variable(variable) => Some(Target::Variable(*variable)),
            Binding::Field(field) => Some(Target::Field(*field)),
            Binding::Type(_) => None,
        }
    }
}

fn record<'m>(expr: &'m Expr, exprs: &mut Vec<Option<&'m Expr>>) {
    if let Some(slot) = exprs.get_mut(expr.id as usize) {
        *slot = Some(expr);
    }
    walk(expr, &mut |child| record(child, exprs));
}
