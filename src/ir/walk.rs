use super::{Arg, Expr, ExprKind, Pattern};

/// Calls `visit` for every direct child expression of `expr`, in evaluation order. Function bodies behind
/// [`ExprKind::LocalFunction`] and [`ExprKind::Object`] are not children (they are in the module's function list); closure bodies are.
pub fn walk<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Block { body, .. } | ExprKind::Collection(body) | ExprKind::Unknown(body) => body.iter().for_each(visit),
        ExprKind::Let { value, .. } | ExprKind::Exit { value, .. } => value.iter().for_each(|value| visit(value)),
        ExprKind::FieldInit { value, .. } | ExprKind::LetCond { value, .. } | ExprKind::Cast { value, .. } | ExprKind::Is { value, .. } => visit(value),
        ExprKind::Assign { target, value, .. } => {
            visit(value);
            visit(target);
        }
        ExprKind::If { cond, then, otherwise } => {
            visit(cond);
            visit(then);
            otherwise.iter().for_each(|otherwise| visit(otherwise));
        }
        ExprKind::Loop { head, body, .. } => {
            head.iter().for_each(|head| visit(head));
            visit(body);
        }
        ExprKind::Match { subject, arms, .. } => {
            subject.iter().for_each(|subject| visit(subject));
            for arm in arms {
                arm.patterns.iter().for_each(|pattern| walk_pattern(pattern, visit));
                arm.guard.iter().for_each(&mut *visit);
                visit(&arm.body);
            }
        }
        ExprKind::Try { body, catches, finally } => {
            visit(body);
            for catch in catches {
                catch.pattern.iter().for_each(&mut *visit);
                visit(&catch.body);
            }
            finally.iter().for_each(|finally| visit(finally));
        }
        ExprKind::Call(call) => {
            call.receiver.iter().for_each(&mut *visit);
            walk_args(&call.args, visit);
        }
        ExprKind::Closure(closure) => {
            closure.params.iter().filter_map(|param| param.default.as_ref()).for_each(&mut *visit);
            visit(&closure.body);
        }
        ExprKind::Object { args, .. } => walk_args(args, visit),
        ExprKind::Not(inner) => visit(inner),
        ExprKind::And(left, right) | ExprKind::Or(left, right) | ExprKind::Coalesce(left, right) | ExprKind::Compare { left, right, .. } => {
            visit(left);
            visit(right);
        }
        ExprKind::Case { value, pattern } => {
            visit(value);
            walk_pattern(pattern, visit);
        }
        ExprKind::Member { receiver, .. } => visit(receiver),
        ExprKind::Index { receiver, args } => {
            visit(receiver);
            args.iter().for_each(visit);
        }
        ExprKind::FunctionRef { receiver, .. } => receiver.iter().for_each(|receiver| visit(receiver)),
        ExprKind::LocalFunction(_)
        | ExprKind::Available { .. }
        | ExprKind::Name(_)
        | ExprKind::This(_)
        | ExprKind::Super
        | ExprKind::Implicit
        | ExprKind::Literal(_)
        | ExprKind::ClassRef(_) => {}
    }
}

/// Calls `visit` for every expression directly in `pattern`.
pub fn walk_pattern<'e>(pattern: &'e Pattern, visit: &mut dyn FnMut(&'e Expr)) {
    match pattern {
        Pattern::Value(value) | Pattern::In(value) => visit(value),
        Pattern::Case { path, fields } => {
            visit(path);
            fields.iter().for_each(|field| walk_pattern(field, visit));
        }
        Pattern::Not(inner) | Pattern::NotNull(inner) => walk_pattern(inner, visit),
        Pattern::Tuple(parts) => parts.iter().for_each(|part| walk_pattern(part, visit)),
        Pattern::Is { .. } | Pattern::Binding(_) | Pattern::Wildcard => {}
    }
}

fn walk_args<'e>(args: &'e [Arg], visit: &mut dyn FnMut(&'e Expr)) {
    args.iter().for_each(|arg| visit(&arg.value));
}
