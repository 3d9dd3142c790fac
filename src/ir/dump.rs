use std::fmt::Write;

use super::{
    Annotation, Arg, Closure, CompareOp, ExitKind, Expr, ExprKind, Function, FunctionKind, Literal, LoopKind, Module, Param, Pattern, TypeKind, TypeRef,
};

/// Writes a module as indented text, one construct a line. Positions, visibility, labels of arguments, a receiver that is
/// plainly `this` and common supertypes are left out, basic types have one name, and the implicit result of a closure is not
/// told from a written one, so that one idiom reads the same in every language. For contributors and tests.
pub fn dump(module: &Module) -> String {
    let mut out = Dump { module, text: String::new(), indent: 0, closures: Vec::new() };
    for (id, decl) in module.types.iter().enumerate() {
        if decl.kind != TypeKind::File {
            let supertypes = list(decl.supertypes.iter().filter(|ty| basic_name(&ty.name) != "Any").map(type_text));
            out.line(&format!("type {} {:?}{}", name_or(&decl.name, "<anonymous>"), decl.kind, prefixed(" : ", &supertypes)));
        }
        out.indent += usize::from(decl.kind != TypeKind::File);
        decl.cases.iter().for_each(|case| out.line(&format!("case {case}")));
        for field in &decl.fields {
            out.line(&format!("field {}{}", field.name, field.ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_text(ty)))));
        }
        let members = module.functions.iter().filter(|function| function.owner as usize == id && function.kind != FunctionKind::Local);
        let (initializers, others): (Vec<_>, Vec<_>) = members.partition(|function| function.kind == FunctionKind::Initializer);
        initializers.into_iter().chain(others).for_each(|function| out.function(function));
        out.indent -= usize::from(decl.kind != TypeKind::File);
    }
    out.text
}

struct Dump<'m> {
    module: &'m Module,
    text: String,
    indent: usize,
    /// The closures around the current place.
    closures: Vec<&'m Closure>,
}

impl<'m> Dump<'m> {
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{:width$}{text}", "", width = self.indent * 2);
    }

    fn nested(&mut self, title: &str, children: impl FnOnce(&mut Self)) {
        self.line(title);
        self.indent += 1;
        children(self);
        self.indent -= 1;
    }

    fn function(&mut self, function: &'m Function) {
        let params = list(function.params.iter().map(param_text));
        let annotations: String = function.annotations.iter().filter(|annotation| annotation.name != "Override").map(annotation_text).collect();
        let head = match function.kind {
            FunctionKind::Initializer if function.is_static => "static initializer".to_owned(),
            FunctionKind::Initializer => "initializer".to_owned(),
            FunctionKind::Getter => format!("get {}", function.name),
            FunctionKind::Setter => format!("set {}({params})", function.name),
            FunctionKind::Constructor => format!("constructor({params})"),
            FunctionKind::Method | FunctionKind::Local => format!("fun {}({params})", function.name),
        };
        match &function.body {
            Some(body) => {
                let closures = std::mem::take(&mut self.closures);
                self.nested(&format!("{annotations}{head}"), |out| out.body(body, function.is_expression_body));
                self.closures = closures;
            }
            None => self.line(&format!("{annotations}{head} <no body>")),
        }
    }

    /// A body that is an expression reads like one that returns it.
    fn body(&mut self, body: &'m Expr, is_expression: bool) {
        match &body.kind {
            ExprKind::Block { body: statements, label: None } if is_expression && statements.len() == 1 => self.body(&statements[0], true),
            ExprKind::Block { body: statements, label: None } => {
                for (index, statement) in statements.iter().enumerate() {
                    if is_expression && index + 1 == statements.len() { self.body(statement, true) } else { self.expr(statement) }
                }
            }
            ExprKind::Exit { .. }
            | ExprKind::If { .. }
            | ExprKind::Match { .. }
            | ExprKind::Loop { .. }
            | ExprKind::Assign { .. }
            | ExprKind::Let { .. }
            | ExprKind::Try { .. } => {
                self.expr(body);
            }
            _ if is_expression => self.nested("return", |out| out.expr(body)),
            _ => self.expr(body),
        }
    }

    fn closure(&mut self, closure: &'m Closure) {
        let params = list(closure.params.iter().map(|param| param.name.clone()));
        self.closures.push(closure);
        self.nested(&format!("closure({params})"), |out| match &closure.body.kind {
            ExprKind::Block { body, label: None } => body
                .iter()
                .enumerate()
                .for_each(|(index, statement)| if index + 1 == body.len() { out.result(statement, closure) } else { out.expr(statement) }),
            _ => out.result(&closure.body, closure),
        });
        self.closures.pop();
    }

    /// The last statement of a closure: what it returns, written or not.
    fn result(&mut self, statement: &'m Expr, closure: &Closure) {
        match &statement.kind {
            ExprKind::Exit { kind: ExitKind::Return, label, value: Some(value) } if leaves(closure, label) => self.expr(value),
            _ => self.expr(statement),
        }
    }

    /// `return`, with what it leaves if that is not the innermost closure or function.
    fn return_text(&self, label: &Option<String>) -> String {
        match self.closures.last() {
            None => format!("return{}", label_text(label)),
            Some(closure) if leaves(closure, label) => "return".to_owned(),
            Some(_) if label.is_none() => "return from function".to_owned(),
            Some(_) => format!("return{}", label_text(label)),
        }
    }

    fn children(&mut self, title: &str, children: impl IntoIterator<Item = &'m Expr>) {
        self.nested(title, |out| children.into_iter().for_each(|child| out.expr(child)));
    }

    fn args(&mut self, args: &'m [Arg]) {
        args.iter().for_each(|arg| self.expr(&arg.value));
    }

    fn expr(&mut self, expr: &'m Expr) {
        match &expr.kind {
            ExprKind::Block { label, body } => self.children(&format!("block{}", label_text(label)), body),
            ExprKind::Let { name, ty, value, delegated, .. } => {
                let ty = ty.as_ref().map_or(String::new(), |ty| format!(": {}", type_text(ty)));
                self.children(&format!("let {name}{ty}{}", if *delegated { " by" } else { "" }), value.as_deref());
            }
            ExprKind::FieldInit { name, value, delegated } => self.children(&format!("init {name}{}", if *delegated { " by" } else { "" }), [&**value]),
            ExprKind::Assign { target, value, compound } => self.children(if *compound { "update" } else { "assign" }, [&**target, value]),
            ExprKind::If { cond, then, otherwise } => {
                self.children("if", [&**cond]);
                self.nested("then", |out| out.body(then, false));
                if let Some(otherwise) = otherwise {
                    self.nested("else", |out| out.body(otherwise, false));
                }
            }
            ExprKind::Loop { kind, label, bindings, head, body } => {
                let kind = match kind {
                    LoopKind::While => "while",
                    LoopKind::DoWhile => "do-while",
                    LoopKind::ForEach => "for",
                };
                let names = list(bindings.iter().map(|binding| binding.name.clone()));
                self.children(&format!("{kind}{}{}", label_text(label), prefixed(" ", &names)), head.as_deref());
                self.nested("do", |out| out.body(body, false));
            }
            ExprKind::Match { subject, binding, arms } => {
                let binding = binding.as_ref().map_or(String::new(), |name| format!(" {name} ="));
                self.children(&format!("match{binding}"), subject.as_deref());
                for arm in arms {
                    let title = if arm.falls_through { "arm (falls through)" } else { "arm" };
                    self.nested(title, |out| {
                        arm.patterns.iter().for_each(|pattern| out.pattern(pattern));
                        if let Some(guard) = &arm.guard {
                            out.children("where", [guard]);
                        }
                        out.nested("then", |out| out.body(&arm.body, false));
                    });
                }
            }
            ExprKind::Try { body, catches, finally } => {
                self.nested("try", |out| out.body(body, false));
                for catch in catches {
                    let types = list(catch.types.iter().filter(|ty| !catches_everything(ty)).map(type_text));
                    self.nested(&format!("catch {}", name_or(&types, "*")), |out| out.body(&catch.body, false));
                }
                if let Some(finally) = finally {
                    self.nested("finally", |out| out.body(finally, false));
                }
            }
            ExprKind::Exit { kind, label, value } => {
                let title = match kind {
                    ExitKind::Return => self.return_text(label),
                    ExitKind::Throw => "throw".to_owned(),
                    ExitKind::Break => format!("break{}", label_text(label)),
                    ExitKind::Continue => format!("continue{}", label_text(label)),
                };
                self.children(&title, value.as_deref());
            }
            ExprKind::Call(call) => {
                let title = format!("{} {}", if call.is_new { "new" } else { "call" }, call.name);
                self.nested(&title, |out| {
                    match &call.receiver {
                        Some(Expr { kind: ExprKind::This(None), .. }) | None => {}
                        Some(receiver) => out.children("on", [receiver]),
                    }
                    out.args(&call.args);
                });
            }
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::LocalFunction(id) => {
                let module: &'m Module = self.module;
                self.function(&module.functions[*id as usize]);
            }
            ExprKind::Object { ty, args } => {
                let decl = &self.module.types[*ty as usize];
                let supertypes = list(decl.supertypes.iter().map(type_text));
                let title = format!("object {}", if decl.name.is_empty() { &supertypes } else { &decl.name });
                self.nested(&title, |out| out.args(args));
            }
            ExprKind::Not(inner) => self.children("not", [&**inner]),
            ExprKind::And(left, right) => self.children("and", [&**left, right]),
            ExprKind::Or(left, right) => self.children("or", [&**left, right]),
            ExprKind::Compare { op, left, right } => {
                let op = match op {
                    CompareOp::Equal => "==",
                    CompareOp::NotEqual => "!=",
                    CompareOp::Less => "<",
                    CompareOp::LessOrEqual => "<=",
                    CompareOp::Greater => ">",
                    CompareOp::GreaterOrEqual => ">=",
                };
                self.children(op, [&**left, right]);
            }
            ExprKind::Is { value, ty, .. } => self.children(&format!("is {}", type_text(ty)), [&**value]),
            ExprKind::Case { value, pattern } => self.nested("case", |out| {
                out.expr(value);
                out.pattern(pattern);
            }),
            ExprKind::LetCond { name, value, .. } => self.children(&format!("let? {name}"), [&**value]),
            ExprKind::Coalesce(left, right) => self.children("coalesce", [&**left, right]),
            ExprKind::Available { versions, negated } => {
                let versions = list(versions.iter().map(|(platform, version)| format!("{platform} {version}")));
                self.line(&format!("{} {versions}", if *negated { "unavailable" } else { "available" }));
            }
            ExprKind::Member { receiver, name, .. } => match &receiver.kind {
                ExprKind::This(None) => self.line(&format!("name {name}")),
                ExprKind::Implicit => self.line(&format!(".{name}")),
                _ => self.children(&format!("member {name}"), [&**receiver]),
            },
            ExprKind::Index { receiver, args } => self.nested("index", |out| {
                out.expr(receiver);
                args.iter().for_each(|arg| out.expr(arg));
            }),
            ExprKind::Name(name) => self.line(&format!("name {name}")),
            ExprKind::This(label) => self.line(&format!("this{}", label_text(label))),
            ExprKind::Super => self.line("super"),
            ExprKind::Implicit => self.line("implicit"),
            ExprKind::Literal(literal) => {
                let text = literal_text(literal);
                self.line(&text);
            }
            ExprKind::Collection(items) => self.children("collection", items),
            ExprKind::Cast { value, ty, safe } => self.children(&format!("{} {}", if *safe { "as?" } else { "as" }, type_text(ty)), [&**value]),
            ExprKind::FunctionRef { receiver, name } => self.children(&format!("ref {name}"), receiver.as_deref()),
            ExprKind::ClassRef(ty) => self.line(&format!("class {}", type_text(ty))),
            ExprKind::Unknown(items) => self.children("unknown", items),
        }
    }

    fn pattern(&mut self, pattern: &'m Pattern) {
        match pattern {
            Pattern::Value(value) => self.children("value", [value]),
            Pattern::Case { path, fields } => self.nested("variant", |out| {
                out.expr(path);
                fields.iter().for_each(|field| out.pattern(field));
            }),
            Pattern::Is { ty, .. } => self.line(&format!("is {}", type_text(ty))),
            Pattern::In(value) => self.children("in", [value]),
            Pattern::Not(inner) => self.nested("not", |out| out.pattern(inner)),
            Pattern::Binding(name) => self.line(&format!("binding {name}")),
            Pattern::NotNull(inner) => self.nested("not-null", |out| out.pattern(inner)),
            Pattern::Tuple(parts) => self.nested("tuple", |out| parts.iter().for_each(|part| out.pattern(part))),
            Pattern::Wildcard => self.line("_"),
        }
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

fn prefixed(prefix: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{prefix}{text}") }
}

fn name_or<'s>(name: &'s str, otherwise: &'s str) -> &'s str {
    if name.is_empty() { otherwise } else { name }
}

fn label_text(label: &Option<String>) -> String {
    label.as_ref().map_or(String::new(), |label| format!("@{label}"))
}

fn type_text(ty: &TypeRef) -> String {
    let name = basic_name(&ty.name);
    if ty.args.is_empty() { name.to_owned() } else { format!("{name}<{}>", list(ty.args.iter().map(type_text))) }
}

/// One name for what every language has under another.
fn basic_name(name: &str) -> &str {
    match name {
        "boolean" | "Boolean" | "BOOL" | "bool" => "Bool",
        "int" | "Integer" | "NSInteger" | "long" | "Long" | "i32" | "i64" | "u32" | "usize" => "Int",
        "NSString" => "String",
        "Object" | "NSObject" | "AnyObject" | "id" => "Any",
        _ => name,
    }
}

/// Whether a caught type is the one that languages without catch-all clauses catch everything with.
fn catches_everything(ty: &TypeRef) -> bool {
    matches!(ty.name.as_str(), "Exception" | "Throwable" | "NSException" | "Error")
}

/// Whether a `return` with that label leaves the closure that it stands in.
fn leaves(closure: &Closure, label: &Option<String>) -> bool {
    label.as_ref().map_or(closure.captures_return, |label| closure.labels.contains(label))
}

fn param_text(param: &Param) -> String {
    format!("{}{}", param.name, if param.is_variadic { "..." } else { "" })
}

fn annotation_text(annotation: &Annotation) -> String {
    format!("@{} ", annotation.name)
}

fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Bool(value) => value.to_string(),
        Literal::Null => "null".to_owned(),
        Literal::Int(value) => value.to_string(),
        Literal::Text(text) => format!("{text:?}"),
        Literal::Other => "literal".to_owned(),
    }
}
