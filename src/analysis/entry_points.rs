//! Where control comes in from outside: functions that the platform, a library, or code that was not scanned may call.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::walker::unaliased;
use crate::catalogue::{Catalogue, Entry};
use crate::evidence::{Binding, Resolution, Ty, is_platform_name};
use crate::ir::{Annotation, FunctionId, FunctionKind, Program, TypeDecl, TypeId, TypeKind, TypeRef, Visibility};
use crate::source::{Language, Platform};

/// Which functions of a program start with nothing known.
#[derive(Debug)]
pub(crate) struct EntryPoints {
    open: Vec<bool>,
    /// By function: the platform, a library or a container calls it, whoever else does.
    from_outside: Vec<bool>,
    /// By function: it overrides what the platform declares without any demand, so that who calls it reads no annotation of it.
    unheeded: Vec<bool>,
    /// Functions that something in the program calls or refers to.
    called: HashSet<FunctionId>,
    /// Classes that only the program itself can make, whether or not it was seen to.
    own: BTreeSet<TypeId>,
    /// Classes whose every instance is made by code that was scanned, with the types whose constructions count.
    made_here: HashMap<TypeId, Vec<TypeId>>,
}

impl EntryPoints {
    pub(crate) fn new(resolution: &Resolution<'_>, catalogue: &Catalogue) -> Self {
        let mut finder = Finder {
            resolution,
            program: resolution.module,
            catalogue,
            called: called(resolution),
            constructed: resolution.constructs.values().copied().collect(),
            subtypes: subtypes(resolution),
            extended: classes(resolution.module),
            declared: declared(resolution.module),
            handed_in: BTreeSet::new(),
        };
        finder.handed_in = finder.handed_in();
        let made_here = finder.made_here();
        let count = resolution.module.functions.len() as FunctionId;
        let mut open = Vec::with_capacity(count as usize);
        open.extend((0..count).map(|id| finder.is_open(id, &made_here)));
        let from_outside = (0..count).map(|id| finder.is_called_from_outside(id)).collect();
        let unheeded = (0..count).map(|id| finder.is_from_outside(id, 8) && finder.platform_demands_nothing(id)).collect();
        let own = (0..resolution.module.types.len() as TypeId).filter(|&id| !finder.may_be_made_outside(id)).collect();
        let called = finder.called;
        Self { open, from_outside, unheeded, called, own, made_here }
    }

    /// Whether a function is an entry point whoever else calls it.
    pub(crate) fn is_called_from_outside(&self, id: FunctionId) -> bool {
        self.from_outside[id as usize]
    }

    /// Whether a function is called through a declaration of the platform that demands nothing: its own annotations reach no caller there.
    pub(crate) fn is_unheeded(&self, id: FunctionId) -> bool {
        self.unheeded[id as usize]
    }

    /// Whether something in the program calls a function or refers to it.
    pub(crate) fn is_called(&self, id: FunctionId) -> bool {
        self.called.contains(&id)
    }

    /// Whether where instances of a class are made may tell its functions something.
    pub(crate) fn may_be_made_here(&self, class: TypeId) -> bool {
        self.own.contains(&class)
    }

    /// Whether code that was not scanned may call a function.
    pub(crate) fn is_open(&self, id: FunctionId) -> bool {
        self.open[id as usize]
    }

    /// The types whose constructions are all that make an instance of a class; none when others may make one.
    pub(crate) fn makers_of(&self, class: TypeId) -> Option<&[TypeId]> {
        self.made_here.get(&class).map(Vec::as_slice)
    }
}

struct Finder<'a, 'm> {
    resolution: &'a Resolution<'m>,
    program: &'m Program,
    catalogue: &'a Catalogue,
    /// Functions that something in the program calls or refers to.
    called: HashSet<FunctionId>,
    constructed: BTreeSet<TypeId>,
    subtypes: HashMap<TypeId, Vec<TypeId>>,
    /// Classes by name, for their extensions and categories.
    extended: HashMap<&'m str, Vec<TypeId>>,
    /// Names of the types of Apple's languages that this program declares.
    declared: HashSet<&'m str>,
    /// Types of which code that was not scanned passes instances.
    handed_in: BTreeSet<TypeId>,
}

/// Types of this program that a type names.
fn named_in(ty: &Ty, found: &mut BTreeSet<TypeId>) {
    match ty {
        Ty::App { id, args } => {
            found.insert(*id);
            args.iter().for_each(|arg| named_in(arg, found));
        }
        Ty::Named { args, .. } => args.iter().for_each(|arg| named_in(arg, found)),
        Ty::Class(_) | Ty::Function(_) | Ty::Param { .. } => {}
    }
}

fn called(resolution: &Resolution<'_>) -> HashSet<FunctionId> {
    let mut called: HashSet<FunctionId> = resolution.callees.values().flatten().copied().collect();
    let bound = resolution.bindings.iter().filter_map(|(id, binding)| match binding {
        Binding::Field(field) if !resolution.is_variable(*id) => Some(*field),
        _ => None,
    });
    for field in bound.chain(resolution.accessors.values().copied()).flat_map(|field| resolution.fields_behind(field)) {
        let declared = &resolution.module.types[field.ty as usize].fields[field.index as usize];
        called.extend(declared.getter.into_iter().chain(declared.setter));
    }
    called
}

/// Classes of Apple's languages by name.
fn classes(program: &Program) -> HashMap<&str, Vec<TypeId>> {
    let mut classes: HashMap<&str, Vec<TypeId>> = HashMap::default();
    for (id, decl) in program.types.iter().enumerate() {
        if decl.kind == TypeKind::Class && program.language_of_type(id as TypeId).platform() == Platform::Apple {
            classes.entry(decl.name.as_str()).or_default().push(id as TypeId);
        }
    }
    classes
}

/// Names of types of Apple's languages that are declared, and not only extended.
fn declared(program: &Program) -> HashSet<&str> {
    let is_declared = |(id, decl): &(usize, &TypeDecl)| {
        !matches!(decl.kind, TypeKind::File | TypeKind::Extension) && program.language_of_type(*id as TypeId).platform() != Platform::Android
    };
    program.types.iter().enumerate().filter(is_declared).map(|(_, decl)| decl.name.as_str()).collect()
}

fn subtypes(resolution: &Resolution<'_>) -> HashMap<TypeId, Vec<TypeId>> {
    let mut subtypes: HashMap<TypeId, Vec<TypeId>> = HashMap::default();
    for (&id, supertypes) in &resolution.supertypes {
        supertypes.iter().for_each(|&supertype| subtypes.entry(supertype).or_default().push(id));
    }
    subtypes.values_mut().for_each(|all| all.sort_unstable());
    subtypes
}

impl Finder<'_, '_> {
    fn is_open(&self, id: FunctionId, made_here: &HashMap<TypeId, Vec<TypeId>>) -> bool {
        let function = &self.program.functions[id as usize];
        match function.kind {
            FunctionKind::Local => return false,
            // What an initializer starts with is what is known where instances are made.
            FunctionKind::Initializer => return true,
            _ => {}
        }
        if self.is_called_from_outside(id) {
            return true;
        }
        if function.kind == FunctionKind::Constructor && made_here.contains_key(&function.owner) {
            return false;
        }
        !self.called.contains(&id) && !self.is_hidden(id)
    }

    fn is_called_from_outside(&self, id: FunctionId) -> bool {
        self.is_called_by_annotation(id) || self.is_from_outside(id, 8) || self.is_delegate_method(id) || self.may_fulfil_protocol(id)
    }

    /// Whether a member stands in a Swift extension that says that a type fulfils a protocol of somebody else: no keyword says which members do.
    /// Of a protocol for delegates the names say it.
    fn may_fulfil_protocol(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let is_member = matches!(function.kind, FunctionKind::Method | FunctionKind::Getter | FunctionKind::Setter);
        if !is_member || function.visibility == Visibility::Private || !matches!(self.program.language_of_function(id), Language::Swift | Language::Rust) {
            return false;
        }
        let decl = &self.program.types[function.owner as usize];
        let mut protocols = decl.supertypes.iter().map(TypeRef::simple_name).filter(|name| !self.declared.contains(name));
        decl.kind == TypeKind::Extension && protocols.any(|name| !is_for_delegates(name)) && !self.resolution.overrides.contains_key(&id)
    }

    /// Whether a method is written like those by which Apple's classes tell their delegates something, in a class that is one: it begins with
    /// who tells, `locationManager(_ manager: CLLocationManager, …)`. No keyword says that it fulfils a protocol.
    fn is_delegate_method(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let is_method = function.kind == FunctionKind::Method && !function.is_static && function.visibility != Visibility::Private;
        if !is_method || self.program.language_of_function(id).platform() != Platform::Apple || self.resolution.overrides.contains_key(&id) {
            return false;
        }
        let first = self.resolution.function_params[id as usize].first().map(|&param| &self.resolution.variables[param as usize]);
        let Some(Ty::Named { name: teller, .. }) = first.and_then(|param| param.ty.as_ref()).map(|typed| &typed.ty) else { return false };
        let said = ["Did", "Will", "Should"].iter().filter_map(|word| function.name.find(word)).min();
        let named = function.name[..said.unwrap_or(function.name.len())].to_ascii_lowercase();
        !named.is_empty() && teller.to_ascii_lowercase().contains(&named) && self.is_delegate(function.owner)
    }

    /// Whether a class adopts a protocol for delegates that this program does not declare.
    fn is_delegate(&self, class: TypeId) -> bool {
        let decl = &self.program.types[class as usize];
        let declares = decl.supertypes.iter().any(|supertype| is_for_delegates(supertype.simple_name()));
        let extended = self.extended.get(decl.name.as_str()).into_iter().flatten().filter(|_| decl.kind == TypeKind::Extension);
        let adopts = |id: TypeId| self.resolution.foreign_supertypes.get(&id).into_iter().flatten().any(|name| is_for_delegates(name));
        (declares && decl.kind == TypeKind::Extension) || std::iter::once(class).chain(extended.copied()).any(adopts)
    }

    /// Whether a function overrides, in the end, something that was not scanned.
    fn is_from_outside(&self, id: FunctionId, depth: u32) -> bool {
        let is_declared_so = self.program.functions[id as usize].is_override;
        let overridden = self.overridden(id);
        if overridden.is_empty() {
            return is_declared_so || self.may_override_unsaid(id);
        }
        let says_so = is_declared_so || self.program.language_of_function(id) == Language::Java;
        says_so && (depth == 0 || overridden.iter().any(|&base| self.is_from_outside(base, depth - 1)))
    }

    /// Whether a method may override what was not scanned although nothing says so: Java does not insist on its annotation. A class that puts it
    /// on any of its methods is taken to put it on all, except on what is called like a callback (`onOpened`): for long those of interfaces could
    /// not have it.
    fn may_override_unsaid(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let may = function.kind == FunctionKind::Method && !function.is_static && function.visibility != Visibility::Private && function.body.is_some();
        if !may || self.program.language_of_function(id) != Language::Java || !self.resolution.foreign_supertypes.contains_key(&function.owner) {
            return false;
        }
        let is_named_so = function.name.strip_prefix("on").is_some_and(|rest| rest.starts_with(char::is_uppercase));
        let mut members = self.resolution.members.get(&function.owner).into_iter().flatten();
        is_named_so || !members.any(|&member| self.program.functions[member as usize].is_override)
    }

    /// Whether all that a class inherits from outside is the platform's, and nothing of this name there needs a permission. Of a library's
    /// types it is not known what they demand.
    fn platform_demands_nothing(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let Some(foreign) = self.resolution.foreign_supertypes.get(&function.owner) else { return false };
        let platform = self.program.language_of_type(function.owner).platform();
        let demands = self.catalogue.index().find(platform, &function.name).iter().any(|(entry, _)| match entry {
            Entry::Access(number) => {
                let access = &self.catalogue.accesses[*number];
                !access.needs.is_empty() && access.symbol.owner.as_ref().is_some_and(|owner| foreign.contains(owner))
            }
            _ => false,
        });
        !demands && foreign.iter().all(|name| is_platform_name(name))
    }

    /// Functions of this program's supertypes that a function overrides.
    fn overridden(&self, id: FunctionId) -> Vec<FunctionId> {
        self.resolution.overrides.get(&id).cloned().unwrap_or_default()
    }

    /// Only its own file or type may call it.
    fn is_hidden(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let mut hidden = function.visibility == Visibility::Private;
        let mut owner = function.owner;
        while !hidden && !self.program.is_file_scope(owner) {
            let decl = &self.program.types[owner as usize];
            hidden =
                decl.visibility == Visibility::Private && decl.kind != TypeKind::Extension && !function.is_override && function.kind == FunctionKind::Method;
            // A private type that conforms to something may be called through it.
            hidden &= decl.supertypes.is_empty();
            owner = decl.owner;
        }
        hidden && !function.is_override
    }

    fn is_called_by_annotation(&self, id: FunctionId) -> bool {
        let function = &self.program.functions[id as usize];
        let imports = &self.program.files[self.program.file_of_function(id)].imports;
        function.annotations.iter().any(|annotation| {
            let simple = unaliased(imports, simple_name(annotation));
            let refers = REFERABLE_ANNOTATIONS.contains(&simple) && self.called.contains(&id);
            let is_known = PASSIVE_ANNOTATIONS.contains(&simple) || self.catalogue.annotations.keys().any(|known| known.rsplit('.').next() == Some(simple));
            !is_known && !refers
        })
    }

    /// What comes in through parameters of functions that nothing here calls. An override gets what its supertype says.
    fn handed_in(&self) -> BTreeSet<TypeId> {
        let mut found = BTreeSet::new();
        // A call of what a protocol asks for is one of what fulfils it.
        let fulfilled: HashSet<FunctionId> = self.called.iter().flat_map(|&id| self.overridden(id)).collect();
        for (id, function) in self.program.functions.iter().enumerate() {
            let id = id as FunctionId;
            let is_offered = matches!(function.kind, FunctionKind::Method | FunctionKind::Constructor) && !function.is_override && !self.is_hidden(id);
            if !is_offered || self.called.contains(&id) || fulfilled.contains(&id) || self.resolution.overrides.contains_key(&id) {
                continue;
            }
            let params = self.resolution.function_params[id as usize].iter().map(|&param| &self.resolution.variables[param as usize]);
            params.filter_map(|param| param.ty.as_ref()).for_each(|typed| named_in(&typed.ty, &mut found));
        }
        found
    }

    fn made_here(&self) -> HashMap<TypeId, Vec<TypeId>> {
        let types = 0..self.program.types.len() as TypeId;
        let makers = types.filter_map(|id| Some((id, self.makers(id)?)));
        makers.collect()
    }

    /// The class and its subtypes that are constructed, if nothing else can make an instance.
    fn makers(&self, id: TypeId) -> Option<Vec<TypeId>> {
        if self.program.types[id as usize].kind != TypeKind::Class {
            return None;
        }
        let mut all = vec![id];
        let mut next = 0;
        while next < all.len() {
            let more = self.subtypes.get(&all[next]).into_iter().flatten().copied();
            let more: Vec<TypeId> = more.filter(|ty| !all.contains(ty)).collect();
            all.extend(more);
            next += 1;
            if all.len() > 32 {
                return None;
            }
        }
        if all.iter().any(|&ty| self.may_be_made_outside(ty) || self.handed_in.contains(&ty)) {
            return None;
        }
        all.retain(|ty| self.constructed.contains(ty));
        (!all.is_empty()).then_some(all)
    }

    fn may_be_made_outside(&self, id: TypeId) -> bool {
        let decl = &self.program.types[id as usize];
        if !matches!(decl.kind, TypeKind::Class) {
            return true;
        }
        let members = self.resolution.members.get(&id).into_iter().flatten().map(|&member| &self.program.functions[member as usize]);
        let mut members = members.filter(|function| function.kind == FunctionKind::Constructor);
        let injected = |annotations: &[Annotation]| annotations.iter().any(|annotation| MAKING_ANNOTATIONS.contains(&simple_name(annotation)));
        if injected(&decl.annotations) || members.any(|constructor| injected(&constructor.annotations)) {
            return true;
        }
        let is_component = |name: &str| {
            let simple = name.rsplit('.').next().unwrap_or(name);
            match self.program.language_of_type(id).platform() {
                Platform::Android => ANDROID_COMPONENTS.iter().any(|ending| simple.ends_with(ending)),
                Platform::Apple => APPLE_COMPONENTS.contains(&simple),
                Platform::Rust => false,
            }
        };
        self.resolution.foreign_supertypes.get(&id).into_iter().flatten().any(|name| is_component(name))
    }
}

/// Whether a protocol is called like those of Apple's delegates.
fn is_for_delegates(protocol: &str) -> bool {
    ["Delegate", "DataSource"].iter().any(|ending| protocol.ends_with(ending))
}

fn simple_name(annotation: &Annotation) -> &str {
    annotation.name.rsplit('.').next().unwrap_or(&annotation.name)
}

/// Endings of Android's and its libraries' classes that the system makes by their names: components, views in layouts, workers.
const ANDROID_COMPONENTS: [&str; 13] = [
    "Activity",
    "Fragment",
    "Service",
    "Receiver",
    "ContentProvider",
    "FileProvider",
    "Application",
    "Worker",
    "View",
    "Layout",
    "ViewGroup",
    "Preference",
    "Initializer",
];
/// Apple's protocols and classes whose conforming types the system makes.
const APPLE_COMPONENTS: [&str; 9] = [
    "App",
    "UIApplicationDelegate",
    "NSApplicationDelegate",
    "UIWindowSceneDelegate",
    "UISceneDelegate",
    "Widget",
    "WidgetBundle",
    "AppIntent",
    "UNNotificationServiceExtension",
];
/// Annotations by which a container makes instances of a class.
const MAKING_ANNOTATIONS: [&str; 18] = [
    "Inject",
    "AssistedInject",
    "HiltViewModel",
    "AndroidEntryPoint",
    "HiltAndroidApp",
    "HiltWorker",
    "Singleton",
    "Component",
    "Named",
    "Single",
    "Factory",
    "KoinViewModel",
    "ContributesBinding",
    "ContributesMultibinding",
    "ContributesNode",
    "main",
    "UIApplicationMain",
    "Keep",
];

/// Annotations that make a function callable by name; where the program itself does so, those calls are known.
const REFERABLE_ANNOTATIONS: [&str; 2] = ["objc", "JavascriptInterface"];

/// Annotations that say something about a function and have nobody call it.
const PASSIVE_ANNOTATIONS: [&str; 40] = [
    "async_recursion",
    "async_trait",
    "cold",
    "instrument",
    "track_caller",
    "Override",
    "SuppressLint",
    "Suppress",
    "SuppressWarnings",
    "Nullable",
    "NonNull",
    "NotNull",
    "RequiresApi",
    "TargetApi",
    "Throws",
    "JvmStatic",
    "JvmName",
    "JvmOverloads",
    "WorkerThread",
    "MainThread",
    "UiThread",
    "AnyThread",
    "VisibleForTesting",
    "CheckResult",
    "Deprecated",
    "OptIn",
    "MainActor",
    "discardableResult",
    "available",
    "inline",
    "Synchronized",
    "NonNls",
    "Composable",
    "ExperimentalCoroutinesApi",
    "ColorInt",
    "StringRes",
    "DrawableRes",
    "Contract",
    "nonobjc",
    "ReadOnlyComposable",
];
