//! The intermediate representation that every frontend lowers to and every analysis reads.
//!
//! It is small, owned, and keeps the structure of the source: branch facts follow structure, so there is no control-flow
//! graph. A frontend translates syntax and knows nothing about privacy; the analysis knows nothing about syntax.
//!
//! What the IR leaves out, relative to source: comments, generics beyond type arguments, modifiers that do not matter,
//! parentheses, statements as opposed to expressions (every construct is an [`Expr`]), await/try markers that only
//! pass a value on. What a frontend does not understand becomes [`ExprKind::Unknown`] with its children in evaluation
//! order: precision may be lost, calls may not.

mod dump;
mod program;
mod relocate;
mod walk;

pub use dump::dump;
pub use program::{FileHead, LinkUnit, Program};
pub use walk::{walk, walk_pattern};

use serde::{Deserialize, Serialize};

use crate::source::{Language, Platform, Span};

/// Index of a function in [`Module::functions`].
pub type FunctionId = u32;
/// Index of a type in [`Module::types`].
pub type TypeId = u32;
/// Number of an expression, unique in its module and dense from 0, for side tables.
pub type ExprId = u32;

/// The pseudo type at index 0 that owns top-level functions and properties.
pub const FILE_SCOPE: TypeId = 0;

/// One lowered source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// The language it was written in.
    pub language: Language,
    /// Kotlin and Java package, dotted; empty when there is none.
    pub package: String,
    /// Imports in source order.
    pub imports: Vec<Import>,
    /// Type aliases (`typealias`, `typedef`): name and what it stands for.
    pub aliases: Vec<(String, TypeRef)>,
    /// Types; index 0 is the file scope ([`FILE_SCOPE`]).
    pub types: Vec<TypeDecl>,
    /// All functions with or without a body, of all types, also those of anonymous and local types and local functions.
    pub functions: Vec<Function>,
    /// One past the largest [`ExprId`] in use.
    pub expr_count: u32,
    /// Code that is compiled for one platform only; other parts of the file are compiled for whatever it is compiled for.
    pub built_for: Vec<(Span, Platform)>,
    /// Files that are compiled for one platform only, because this one says so where it names them (Rust's `mod`): the name of the module,
    /// or the path that is written there, which ends in `.rs`.
    pub files_built_for: Vec<(String, Platform)>,
    /// Names of variables, parameters and fields that hold a box, where the frontend takes off the type that says so (Rust's cells, locks,
    /// atomics and channels): whoever got the box may change what is in it.
    pub boxes: Vec<Span>,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Dotted path without a trailing wildcard: `android.location.LocationManager`, `Contacts`, `Contacts.CNContactStore`.
    /// For `#import <Contacts/CNContactStore.h>` it is `Contacts`, for `#import "Local.h"` it is `Local`.
    pub path: String,
    /// `import X as Y` in Kotlin.
    pub alias: Option<String>,
    /// Everything under the path is imported (`import a.b.*`, a Swift or Objective-C module).
    pub wildcard: bool,
    /// Java's `import static`.
    pub is_static: bool,
    /// Where it stands.
    pub span: Span,
}

/// A type as written, without nullability, pointers and ownership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeRef {
    /// Dotted name as written (`MediaRecorder.AudioSource`). Functions are `->` (args: parameters, then the result),
    /// arrays `[]`, dictionaries `[:]`, tuples `()`; `id<P>`, `any P` and `some P` are `P`. `?` when unknown.
    pub name: String,
    /// Type arguments.
    pub args: Vec<TypeRef>,
}

/// What kind of declaration a [`TypeDecl`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TypeKind {
    /// The file itself: owner of top-level functions and properties.
    File,
    /// class, struct, actor, record
    Class,
    /// interface, protocol
    Interface,
    /// Kotlin `object` and `companion object`
    Object,
    /// enum, also sealed Swift enums with payloads
    Enum,
    /// Swift extension or Objective-C category: `name` is the extended type
    Extension,
    /// anonymous class or Kotlin object expression: its functions run with what the enclosing function knows
    Anonymous,
}

/// Who can name a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// Only this file or type.
    Private,
    /// This package, module, or subclasses.
    Internal,
    /// Everybody.
    Public,
}

/// A class, interface, object, enum, extension, or the file scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeDecl {
    /// Simple name; empty for the file scope and anonymous types; `Companion` for an unnamed companion object.
    pub name: String,
    /// What kind it is.
    pub kind: TypeKind,
    /// The type that it is nested in; [`FILE_SCOPE`] at top level (and for the file scope itself).
    pub owner: TypeId,
    /// A Kotlin companion object, whose members are visible as the owner's.
    pub is_companion: bool,
    /// Its own type parameters (`T : View`).
    pub type_params: Vec<TypeParam>,
    /// Superclass and interfaces, protocols, conformances.
    pub supertypes: Vec<TypeRef>,
    /// Properties, fields, instance variables, constructor properties.
    pub fields: Vec<Field>,
    /// Enum cases.
    pub cases: Vec<String>,
    /// Annotations and attributes.
    pub annotations: Vec<Annotation>,
    /// Who can name it.
    pub visibility: Visibility,
    /// The whole declaration.
    pub span: Span,
}

/// A type parameter of a class or interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeParam {
    /// Name.
    pub name: String,
    /// What its arguments are at least, where that is written beside it; the first of several.
    pub bound: Option<TypeRef>,
}

/// A property or field. Its initialiser stands as an [`ExprKind::FieldInit`] in its type's initializer function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name; Objective-C instance variables without the leading underscore, as their property.
    pub name: String,
    /// Declared type.
    pub ty: Option<TypeRef>,
    /// Whether it can be assigned after construction.
    pub mutable: bool,
    /// Class-level rather than of an instance.
    pub is_static: bool,
    /// Its getter (computed property, Kotlin `get()`, a Swift `{ … }` body), called when it is read.
    pub getter: Option<FunctionId>,
    /// Its setter or observers (`set`, `willSet`, `didSet`), called when it is written.
    pub setter: Option<FunctionId>,
    /// Annotations, attributes, property wrappers.
    pub annotations: Vec<Annotation>,
    /// Who can name it.
    pub visibility: Visibility,
    /// The name.
    pub span: Span,
}

/// What kind of function body this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FunctionKind {
    /// Function or method.
    Method,
    /// Constructor or Swift/Objective-C `init`.
    Constructor,
    /// Field initialisers and init blocks of a type, in source order; of the file scope: top-level property initialisers and top-level
    /// statements. A type has at most two: the static parts, which run whenever it is first used, are one of their own.
    Initializer,
    /// Body of a computed property.
    Getter,
    /// Setter or property observer.
    Setter,
    /// A function declared inside another: [`ExprKind::LocalFunction`] stands at its place and it captures like a closure.
    Local,
}

/// A function, method, constructor, accessor or initialiser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Base name (`fetch`); for constructors the type's name, for accessors the property's; empty for initializers.
    pub name: String,
    /// Objective-C: the whole selector (`fetchFor:completion:`). Swift: the name with labels (`fetch(for:completion:)`). Else none.
    pub selector: Option<String>,
    /// What kind it is.
    pub kind: FunctionKind,
    /// Type that declares it.
    pub owner: TypeId,
    /// The extended type of a Kotlin extension function.
    pub receiver: Option<TypeRef>,
    /// Parameters.
    pub params: Vec<Param>,
    /// Result type; none when not written.
    pub returns: Option<TypeRef>,
    /// Whether what it gives may be null, for all that its declaration says.
    pub may_give_null: bool,
    /// Annotations and attributes.
    pub annotations: Vec<Annotation>,
    /// Java `throws` (Kotlin's `@Throws` is an annotation).
    pub throws: Vec<TypeRef>,
    /// Who can name it.
    pub visibility: Visibility,
    /// static, class function, companion or object member, C function.
    pub is_static: bool,
    /// `override`, `@Override`.
    pub is_override: bool,
    /// `abstract`, interface member without a body, or a declaration in a header.
    pub body: Option<Expr>,
    /// Expression body: the value of the body is the result (`= expr`, a single-expression Swift getter).
    pub is_expression_body: bool,
    /// The name (for a constructor the keyword or name).
    pub name_span: Span,
    /// The whole declaration.
    pub span: Span,
}

/// A parameter of a function or closure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Name in the body; `_` when it cannot be used.
    pub name: String,
    /// Argument label (Swift: the external name, none for `_`; Kotlin and Java: the name).
    pub label: Option<String>,
    /// Declared type.
    pub ty: Option<TypeRef>,
    /// Default value.
    pub default: Option<Expr>,
    /// Takes any number of arguments (`vararg`, `...`).
    pub is_variadic: bool,
    /// Annotations.
    pub annotations: Vec<Annotation>,
    /// The name.
    pub span: Span,
}

/// An annotation or attribute: `@RequiresPermission(READ_CONTACTS)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// Name as written without `@` and use-site target, dotted.
    pub name: String,
    /// Arguments.
    pub args: Vec<Arg>,
    /// The whole annotation.
    pub span: Span,
}

/// An expression: the only tree type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expr {
    /// Unique number in the module.
    pub id: ExprId,
    /// The whole expression.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// How control leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExitKind {
    /// Leaves the function (or the closure that the label names; see [`Closure::captures_return`]).
    Return,
    /// Throws.
    Throw,
    /// Leaves the innermost or labelled loop, match or block.
    Break,
    /// Next round of the innermost or labelled loop.
    Continue,
}

/// Comparison operators. Identity (`===`, Java `==` on objects) is equality; `a.equals(b)` stays a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// When a loop tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopKind {
    /// `while`: tests first. `for (init; cond; step)` is a block of init and a `While` whose body ends with step.
    While,
    /// `do … while`, `repeat … while`: the body runs at least once.
    DoWhile,
    /// Over the elements of `head`, each bound to `bindings`.
    ForEach,
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Literal {
    /// `true`, `YES`
    Bool(bool),
    /// `null`, `nil`, `NULL`
    Null,
    /// An integer that fits; others are `Other`.
    Int(i64),
    /// A string without interpolation, unescaped as far as simple. With interpolation: [`ExprKind::Unknown`] of its parts.
    Text(String),
    /// Any other literal.
    Other,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExprKind {
    /// Statements in order; its own scope; the value is the last one's. A label makes it a target of `break`.
    Block {
        /// Label without `@` or `:`.
        label: Option<String>,
        /// The statements.
        body: Vec<Expr>,
    },
    /// Declares a local. Destructuring is one `Let` per name, with the value in the first and none in the rest.
    Let {
        /// Name; `_` when ignored.
        name: String,
        /// Declared type.
        ty: Option<TypeRef>,
        /// Initial value.
        value: Option<Box<Expr>>,
        /// `var`, or any Java or Objective-C local that is not final.
        mutable: bool,
        /// `by` delegate: `value` is the delegate (`lazy { … }`).
        delegated: bool,
        /// The name.
        name_span: Span,
    },
    /// Initialises a field of the initializer function's type.
    FieldInit {
        /// The field's name.
        name: String,
        /// Value.
        value: Box<Expr>,
        /// `by` delegate, or Swift `lazy var`: runs at first use.
        delegated: bool,
    },
    /// `target = value`; a compound operator (`+=`, `&=`, `++`) has `compound` set.
    Assign {
        /// A `Name`, `Member`, `Index` or anything else.
        target: Box<Expr>,
        /// The value (for `x++` an `Unknown`).
        value: Box<Expr>,
        /// `+=` and the like: the old value takes part.
        compound: bool,
    },
    /// `if`, ternary; Swift `guard c else { … }` is `If { cond: Not(c) … }`, with the bindings of `c` in scope after it.
    If {
        /// Condition; Swift's comma list is `And`s.
        cond: Box<Expr>,
        /// Taken when it holds.
        then: Box<Expr>,
        /// Taken otherwise.
        otherwise: Option<Box<Expr>>,
    },
    /// A loop.
    Loop {
        /// When it tests.
        kind: LoopKind,
        /// Label.
        label: Option<String>,
        /// The elements' names for `ForEach` (one, or several when destructured).
        bindings: Vec<Param>,
        /// Condition, or the sequence for `ForEach`; none for an endless `for (;;)`.
        head: Option<Box<Expr>>,
        /// Body.
        body: Box<Expr>,
    },
    /// `when`, `switch`.
    Match {
        /// What is matched; none for Kotlin's `when { … }`, whose patterns are conditions.
        subject: Option<Box<Expr>>,
        /// Name bound to the subject: `when (val x = …)`.
        binding: Option<String>,
        /// Arms in order.
        arms: Vec<Arm>,
    },
    /// `try … catch … finally`. Swift `do { } catch`, `try? e` (a catch that yields null).
    Try {
        /// Java resources and body.
        body: Box<Expr>,
        /// Handlers in order.
        catches: Vec<Catch>,
        /// `finally`, also Swift `defer` for the rest of its block.
        finally: Option<Box<Expr>>,
    },
    /// Leaves.
    Exit {
        /// How.
        kind: ExitKind,
        /// Label without `@`.
        label: Option<String>,
        /// Value returned or thrown.
        value: Option<Box<Expr>>,
    },
    /// A call, constructor call or message send.
    Call(Box<Call>),
    /// A lambda, closure or block literal.
    Closure(Box<Closure>),
    /// A function declared here.
    LocalFunction(FunctionId),
    /// An anonymous class created here. A local class lowers to an `Object` without construction at its place, too.
    Object {
        /// Its declaration, of kind [`TypeKind::Anonymous`] (or the local class).
        ty: TypeId,
        /// The constructor call for `new T(args) { … }`: arguments are evaluated first.
        args: Vec<Arg>,
    },
    /// `!a`
    Not(Box<Expr>),
    /// `a && b`
    And(Box<Expr>, Box<Expr>),
    /// `a || b`
    Or(Box<Expr>, Box<Expr>),
    /// A comparison; `!==` is `NotEqual`; `a in b` is a call `b.contains(a)` (and `!in` its negation).
    Compare {
        /// Which.
        op: CompareOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `value is T`, `instanceof` (a Java pattern variable is bound), negated forms under `Not`.
    Is {
        /// Tested value.
        value: Box<Expr>,
        /// Type.
        ty: TypeRef,
        /// `instanceof T name`.
        binding: Option<String>,
    },
    /// `if case pattern = value`.
    Case {
        /// Matched value.
        value: Box<Expr>,
        /// Pattern.
        pattern: Box<Pattern>,
    },
    /// `if let name = value`: true when not null; binds `name` in what follows.
    LetCond {
        /// Name bound.
        name: String,
        /// Declared type.
        ty: Option<TypeRef>,
        /// The value; for `if let x` it is the `Name` x.
        value: Box<Expr>,
    },
    /// `a ?: b`, `a ?? b`
    Coalesce(Box<Expr>, Box<Expr>),
    /// `#available(iOS 14, *)`, `@available` in Objective-C conditions: platform name and major version.
    Available {
        /// `("iOS", 14)`.
        versions: Vec<(String, u32)>,
        /// `#unavailable`.
        negated: bool,
    },
    /// `receiver.name`, not called. A safe access (`?.`) is marked.
    Member {
        /// Receiver; [`ExprKind::Implicit`] for `.name` in Swift.
        receiver: Box<Expr>,
        /// Name.
        name: String,
        /// The name.
        name_span: Span,
        /// `?.`
        safe: bool,
        /// Objective-C's `_name` and `a->_name`: no accessor of its property runs.
        is_variable: bool,
    },
    /// `a[b]`
    Index {
        /// Indexed value.
        receiver: Box<Expr>,
        /// Index.
        args: Vec<Expr>,
    },
    /// A plain name: local, parameter, own member, type, or top-level declaration. Kotlin's `it` and Swift's `$0` too.
    Name(String),
    /// `this`, `self`; a label names an outer one (`this@Outer`, `Outer.this`).
    This(Option<String>),
    /// `super`
    Super,
    /// What Swift leaves out before a leading dot.
    Implicit,
    /// A literal.
    Literal(Literal),
    /// Array, list or set literal: elements. Dictionary: keys and values in turn.
    Collection(Vec<Expr>),
    /// `value as T`, `(T) value`, `as?`, `as!`. Force unwraps (`!!`, `!`) disappear.
    Cast {
        /// The value.
        value: Box<Expr>,
        /// Type.
        ty: TypeRef,
        /// `as?`: null when it does not fit.
        safe: bool,
    },
    /// A reference to a function that is not called here: `::f`, `x::f`, `X.f(_:)`, `#selector(f)`, `@selector(f:)`.
    FunctionRef {
        /// What stands before `::`.
        receiver: Option<Box<Expr>>,
        /// Base name; `new` for constructors.
        name: String,
    },
    /// A class literal: `X::class.java`, `X.class`, `X.self`, `[X class]`.
    ClassRef(TypeRef),
    /// Anything else, with its children in evaluation order: arithmetic, string templates, `await` of several, …
    Unknown(Vec<Expr>),
}

/// An arm of a [`ExprKind::Match`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// Alternatives; empty for `else` and `default`.
    pub patterns: Vec<Pattern>,
    /// `where`, `if` guard.
    pub guard: Option<Expr>,
    /// Body. A `break` that ends the arm in Java, Objective-C and Swift is left out; one elsewhere in it is an exit.
    pub body: Expr,
    /// Control runs on into the next arm (C-style switch without break, Swift `fallthrough`).
    pub falls_through: bool,
    /// Where the arm starts.
    pub span: Span,
}

/// A pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pattern {
    /// Equal to a value: constants, enum cases (with or without type), and for a subject-less `when` a condition.
    Value(Expr),
    /// An enum case with payload patterns: `.granted(let x)`.
    Case {
        /// The case as an expression.
        path: Expr,
        /// Payload.
        fields: Vec<Pattern>,
    },
    /// `is T`, Java type patterns.
    Is {
        /// Type.
        ty: TypeRef,
        /// Name bound.
        binding: Option<String>,
    },
    /// `in a..b`, `in list`.
    In(Expr),
    /// `!is`, `!in`.
    Not(Box<Pattern>),
    /// `let x`, matches anything.
    Binding(String),
    /// `let x?`, `.some(let x)`: not null.
    NotNull(Box<Pattern>),
    /// Tuple.
    Tuple(Vec<Pattern>),
    /// `_`, `@unknown default`.
    Wildcard,
}

/// A `catch` clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catch {
    /// Types caught; empty when it catches everything.
    pub types: Vec<TypeRef>,
    /// Pattern in Swift (`catch CNError.authorizationDenied`), as an expression.
    pub pattern: Option<Expr>,
    /// Name bound.
    pub name: Option<String>,
    /// Handler.
    pub body: Expr,
    /// Where it starts.
    pub span: Span,
}

/// A call, constructor call or message send. The receiver is evaluated first, then the arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What it is called on; none for a bare name. [`ExprKind::Implicit`] for Swift's `.member(…)`. For a call of an expression (`makeIt()()`),
    /// the expression, with the name `invoke`.
    pub receiver: Option<Expr>,
    /// Base name: `query`; for `new a.b.C()` it is `C` with the receiver `a.b`; for Objective-C the selector's first part;
    /// for `[[C alloc] initWithX:]` it is `C`. Swift's `.init(…)` keeps `init`.
    pub name: String,
    /// Objective-C: the whole selector; for `[[C alloc] initWithX:y]` it is `initWithX:`.
    pub selector: Option<String>,
    /// Java `new`, Objective-C `alloc init` and `new`. Kotlin and Swift constructor calls look like calls and are not marked.
    pub is_new: bool,
    /// `?.`
    pub safe: bool,
    /// Explicit type arguments.
    pub type_args: Vec<TypeRef>,
    /// Arguments in order; trailing closures are the last.
    pub args: Vec<Arg>,
    /// The name (the member of the call, or the type of a constructor).
    pub name_span: Span,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arg {
    /// Label as written (Swift `for:`, Kotlin `name =`; Objective-C: the selector part, none for the first; a second trailing closure's label).
    pub label: Option<String>,
    /// Written after the parentheses.
    pub trailing: bool,
    /// Spread (`*list`).
    pub spread: bool,
    /// Value.
    pub value: Expr,
}

/// A lambda, closure or block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// Declared parameters; empty with `implicit_params` when the body uses `it` or `$0`.
    pub params: Vec<Param>,
    /// No parameter list was written: `it` (Kotlin) and `$0`, `$1` (Swift) stand for the arguments.
    pub implicit_params: bool,
    /// Body; its value is the closure's result when `is_expression_body`.
    pub body: Expr,
    /// The last expression is the result: always in Kotlin; single-expression bodies elsewhere.
    pub is_expression_body: bool,
    /// An unlabelled `return` inside leaves the closure (Java, Swift, Objective-C, Kotlin `fun()`), not the enclosing function.
    pub captures_return: bool,
    /// Kotlin: labels by which `return@label` leaves it: the called function's name or an explicit label.
    pub labels: Vec<String>,
}

/// Whether a simple name is that of a language's type of true and false.
pub fn names_truth(name: &str) -> bool {
    ["Boolean", "boolean", "Bool", "BOOL", "bool"].contains(&name)
}

impl TypeRef {
    /// A plain named type.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), args: Vec::new() }
    }

    /// Whether it is a language's type of true and false.
    pub fn is_truth(&self) -> bool {
        names_truth(self.simple_name())
    }

    /// The last segment of the name: `AudioSource` of `MediaRecorder.AudioSource`.
    pub fn simple_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }
}

impl Module {
    /// An empty module with its file scope.
    pub fn new(language: Language) -> Self {
        let file = TypeDecl {
            name: String::new(),
            kind: TypeKind::File,
            owner: FILE_SCOPE,
            is_companion: false,
            type_params: Vec::new(),
            supertypes: Vec::new(),
            fields: Vec::new(),
            cases: Vec::new(),
            annotations: Vec::new(),
            visibility: Visibility::Public,
            span: Span::default(),
        };
        Self {
            language,
            package: String::new(),
            imports: Vec::new(),
            aliases: Vec::new(),
            types: vec![file],
            functions: Vec::new(),
            expr_count: 0,
            built_for: Vec::new(),
            files_built_for: Vec::new(),
            boxes: Vec::new(),
        }
    }
}
