//! What every frontend guarantees of a module, and whoever follows an index of it relies on.

use crate::ir::{self, Annotation, Expr, ExprKind, FILE_SCOPE, Function, FunctionId, Module, Param, TypeDecl, TypeId, TypeKind};

/// Whether all indices lead somewhere. Tables are made as large as there are numbers of expressions; an expression takes several bytes, so
/// that there cannot be more of them than `size`, in bytes, of the encoded module.
pub(super) fn check(module: &Module, size: usize) -> Result<(), &'static str> {
    let checker = Checker { module };
    if module.types.first().is_none_or(|file| file.kind != TypeKind::File || file.owner != FILE_SCOPE) {
        return Err("it has no file scope");
    }
    if module.expr_count as usize > size {
        return Err("it counts more expressions than it has");
    }
    (1..).zip(&module.types[1..]).try_for_each(|(id, ty)| checker.nested_in(id, ty))?;
    module.types.iter().try_for_each(|ty| checker.type_decl(ty))?;
    module.functions.iter().try_for_each(|function| checker.function(function))
}

struct Checker<'m> {
    module: &'m Module,
}

impl<'m> Checker<'m> {
    /// Types stand after those that they are nested in, so that going outwards ends.
    fn nested_in(&self, id: TypeId, ty: &TypeDecl) -> Result<(), &'static str> {
        if ty.owner < id { Ok(()) } else { Err("a type is nested in a later one") }
    }

    fn type_decl(&self, ty: &'m TypeDecl) -> Result<(), &'static str> {
        self.annotations(&ty.annotations)?;
        ty.fields.iter().try_for_each(|field| {
            field.getter.iter().chain(&field.setter).try_for_each(|&accessor| self.function_id(accessor))?;
            self.annotations(&field.annotations)
        })
    }

    fn function(&self, function: &'m Function) -> Result<(), &'static str> {
        self.type_id(function.owner)?;
        self.annotations(&function.annotations)?;
        self.params(&function.params)?;
        function.body.iter().try_for_each(|body| self.tree(body))
    }

    fn params(&self, params: &'m [Param]) -> Result<(), &'static str> {
        params.iter().try_for_each(|param| {
            self.annotations(&param.annotations)?;
            param.default.iter().try_for_each(|default| self.tree(default))
        })
    }

    fn annotations(&self, annotations: &'m [Annotation]) -> Result<(), &'static str> {
        annotations.iter().flat_map(|annotation| &annotation.args).try_for_each(|arg| self.tree(&arg.value))
    }

    fn tree(&self, expr: &'m Expr) -> Result<(), &'static str> {
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            self.expr(expr)?;
            ir::walk(expr, &mut |child| open.push(child));
        }
        Ok(())
    }

    fn expr(&self, expr: &'m Expr) -> Result<(), &'static str> {
        if expr.id >= self.module.expr_count {
            return Err("an expression's number is too large");
        }
        match &expr.kind {
            ExprKind::LocalFunction(id) => self.function_id(*id),
            ExprKind::Object { ty, .. } => self.type_id(*ty),
            // What `walk` does not show of them.
            ExprKind::Loop { bindings, .. } => self.params(bindings),
            ExprKind::Closure(closure) => closure.params.iter().try_for_each(|param| self.annotations(&param.annotations)),
            _ => Ok(()),
        }
    }

    fn type_id(&self, id: TypeId) -> Result<(), &'static str> {
        if (id as usize) < self.module.types.len() { Ok(()) } else { Err("a type is missing") }
    }

    fn function_id(&self, id: FunctionId) -> Result<(), &'static str> {
        if (id as usize) < self.module.functions.len() { Ok(()) } else { Err("a function is missing") }
    }
}
