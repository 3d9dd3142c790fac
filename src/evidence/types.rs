use crate::catalogue::Catalogue;
use crate::ir::{Program, TypeId, TypeKind};

/// Parts of a type that is copied into others.
const MAX_SIZE: usize = 64;

/// A type as far as names tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    /// A platform, library or other foreign type by qualified name (Apple: class name).
    Named {
        /// Name.
        name: String,
        /// Arguments.
        args: Vec<Ty>,
    },
    /// A type declared in this program.
    App {
        /// Which.
        id: TypeId,
        /// Arguments.
        args: Vec<Ty>,
    },
    /// A type parameter of a type of this program, while what stands for it is being found out.
    Param {
        /// Whose.
        owner: TypeId,
        /// Which.
        index: u32,
    },
    /// The type itself, as the receiver of static members.
    Class(Box<Ty>),
    /// A function; its result, where known.
    Function(Option<Box<Ty>>),
}

/// A type and how sure it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Typed {
    /// Type.
    pub ty: Ty,
    /// By import and declaration, rather than by indirect evidence.
    pub certain: bool,
}

impl Ty {
    /// A foreign type without arguments.
    pub fn named(name: impl Into<String>) -> Self {
        Self::Named { name: name.into(), args: Vec::new() }
    }

    /// The first type argument.
    pub fn first_arg(&self) -> Option<&Ty> {
        match self {
            Self::Named { args, .. } | Self::App { args, .. } => args.first().filter(|arg| !arg.is_unknown()),
            Self::Class(_) | Self::Function(_) | Self::Param { .. } => None,
        }
    }

    /// The same with something in place of each type parameter; where there is nothing for it, and it is all of the type, it is unknown.
    pub(super) fn with_params(&self, replace: &dyn Fn(TypeId, u32) -> Option<Ty>) -> Option<Ty> {
        let within = |args: &[Ty]| args.iter().map(|arg| arg.with_params(replace).unwrap_or_else(Ty::unknown)).collect();
        match self {
            Self::Param { owner, index } => replace(*owner, *index),
            Self::Named { name, args } => Some(Self::Named { name: name.clone(), args: within(args) }),
            Self::App { id, args } => Some(Self::App { id: *id, args: within(args) }),
            Self::Class(inner) => Some(Self::Class(Box::new(inner.with_params(replace)?))),
            Self::Function(result) => Some(Self::Function(result.as_ref().and_then(|result| result.with_params(replace)).map(Box::new))),
        }
    }

    /// Keeps the place of a type argument of which nothing is known.
    pub(super) fn unknown() -> Self {
        Self::named("?")
    }

    /// Whether it is such a place.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Named { name, .. } if name == "?")
    }

    /// Whether it is of so few parts that copies of it in each other stay within bounds.
    pub(super) fn is_small(&self) -> bool {
        self.size() <= MAX_SIZE
    }

    fn size(&self) -> usize {
        1 + match self {
            Self::Named { args, .. } | Self::App { args, .. } => args.iter().map(Self::size).sum(),
            Self::Class(inner) => inner.size(),
            Self::Function(result) => result.as_ref().map_or(0, |result| result.size()),
            Self::Param { .. } => 0,
        }
    }

    /// Whether a type parameter is in it.
    pub(super) fn has_params(&self) -> bool {
        match self {
            Self::Param { .. } => true,
            Self::Named { args, .. } | Self::App { args, .. } => args.iter().any(Self::has_params),
            Self::Class(inner) => inner.has_params(),
            Self::Function(result) => result.as_ref().is_some_and(|result| result.has_params()),
        }
    }

    /// The instance type behind a static receiver.
    pub fn instance(&self) -> &Ty {
        match self {
            Self::Class(inner) => inner,
            other => other,
        }
    }

    /// Last segment of a foreign type's name.
    pub fn simple_name(&self) -> Option<&str> {
        match self.instance() {
            Self::Named { name, .. } => name.rsplit('.').next(),
            _ => None,
        }
    }
}

impl Typed {
    /// A certain type.
    pub fn certain(ty: Ty) -> Self {
        Self { ty, certain: true }
    }

    /// A likely type.
    pub fn likely(ty: Ty) -> Self {
        Self { ty, certain: false }
    }
}

/// Whether and how a type is a catalogue type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// It is it, or a subtype.
    Yes,
    /// A supertype outside of this program may be it.
    Perhaps,
    /// It is another type.
    No,
}

/// Whether `ty` is `owner` or a subtype, following the catalogue's and the program's supertypes.
pub(super) fn fits(ty: &Ty, owner: &str, program: &Program, catalogue: &Catalogue, supertype_names: &dyn Fn(TypeId) -> Vec<Ty>) -> Fit {
    fits_within(ty, owner, program, catalogue, supertype_names, 8)
}

fn fits_within(ty: &Ty, owner: &str, program: &Program, catalogue: &Catalogue, supertypes: &dyn Fn(TypeId) -> Vec<Ty>, depth: u32) -> Fit {
    match ty.instance() {
        Ty::Named { name, .. } if name == owner => Fit::Yes,
        Ty::Named { name, .. } => match catalogue.types.get(name) {
            Some(known) if known.supertypes.iter().any(|supertype| supertype == owner) => Fit::Yes,
            _ => Fit::No,
        },
        Ty::App { .. } if depth == 0 => Fit::No,
        Ty::App { id, .. } => {
            let decl = &program.types[*id as usize];
            if decl.kind == TypeKind::File {
                return Fit::No;
            }
            let mut best = Fit::No;
            for supertype in supertypes(*id) {
                let known = match &supertype {
                    Ty::Named { name, .. } => catalogue.types.contains_key(name),
                    _ => true,
                };
                match fits_within(&supertype, owner, program, catalogue, supertypes, depth - 1) {
                    Fit::Yes => return Fit::Yes,
                    Fit::Perhaps => best = Fit::Perhaps,
                    Fit::No if !known => best = Fit::Perhaps,
                    Fit::No => {}
                }
            }
            best
        }
        Ty::Class(_) | Ty::Function(_) | Ty::Param { .. } => Fit::No,
    }
}
