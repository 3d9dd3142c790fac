//! What every frontend promises: no call is lost, and no input crashes it.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use askfirst::frontend::{self, GapKind, Lowered};
use askfirst::ir::{self, Annotation, Expr, ExprKind, Module};
use askfirst::source::{Language, SourceFile, Span, decode};
use tree_sitter::Node;

/// How to find the calls in a syntax tree of a language. One entry makes a language take part.
struct Grammar {
    language: Language,
    grammar: fn() -> tree_sitter::Language,
    /// The span of the called name, when a node is a call.
    called_name: fn(Node<'_>, &str) -> Option<Span>,
    /// Nodes in which calls are not looked for: annotations of statements and types have no place in the IR.
    without_calls: &'static [&'static str],
}

const GRAMMARS: [Grammar; 5] = [
    Grammar { language: Language::Kotlin, grammar: || tree_sitter_kotlin::LANGUAGE.into(), called_name: kotlin_called_name, without_calls: &["annotation"] },
    Grammar {
        language: Language::Java,
        grammar: || tree_sitter_java::LANGUAGE.into(),
        called_name: java_called_name,
        without_calls: &["annotation", "marker_annotation"],
    },
    Grammar { language: Language::Swift, grammar: || tree_sitter_swift::LANGUAGE.into(), called_name: swift_called_name, without_calls: &[] },
    Grammar {
        language: Language::ObjectiveC,
        grammar: || tree_sitter_objc::LANGUAGE.into(),
        called_name: objc_called_name,
        // Macros are replaced before the frontend parses.
        without_calls: &["ERROR", "macro_type_specifier", "preproc_call", "attribute_specifier"],
    },
    // Another parser than the frontend's, which is not made of nodes.
    Grammar {
        language: Language::Rust,
        grammar: || tree_sitter_rust::LANGUAGE.into(),
        called_name: rust_called_name,
        without_calls: &["ERROR", "attribute_item"],
    },
];

#[test]
fn no_call_is_lost() {
    let mut lost = Vec::new();
    for grammar in &GRAMMARS {
        let mut seen = 0;
        // Fixtures of what a grammar misreads hold calls that are none; their `.ir` pins what is right.
        // Nor are the apps and projects for this: the raw tree of some of their operators and headers is a misreading, too. A broken file may end the grammar's scanner.
        let is_misread = |path: &str| {
            path.contains("-misread.") || path.contains("fixtures/apps/") || path.contains("fixtures/projects/") || path.contains("fixtures/broken/")
        };
        for file in fixtures(grammar.language).into_iter().filter(|file| !is_misread(&file.path)) {
            let lowered = frontend::lower(&file);
            // What is refused because the parser would not survive it is not given to the parser here either.
            if lowered.gaps.iter().any(|gap| gap.kind == GapKind::Refused) {
                continue;
            }
            let lowered = lowered_calls(&lowered.module);
            let expected = calls_in_tree(grammar, &file.text);
            seen += expected.len();
            for span in expected.into_iter().filter(|span| !lowered.contains(span)) {
                lost.push(format!("{}: {:?} at byte {}", file.path, &file.text[span.start as usize..span.end as usize], span.start));
            }
        }
        assert!(seen > 0, "no fixture of {} calls anything", grammar.language.name());
    }
    assert!(lost.is_empty(), "{} calls are lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn constructs_lower_as_expected() {
    let mut differences = Vec::new();
    for file in Language::ALL.into_iter().flat_map(fixtures).filter(|file| file.path.contains("/lowering/")) {
        let path = Path::new(&file.path).with_extension("ir");
        let lowered = frontend::lower(&file);
        let gaps: String = lowered.gaps.iter().map(|gap| format!("gap {:?} at byte {}\n", gap.kind, gap.span.start)).collect();
        let actual = ir::dump(&lowered.module) + &gaps;
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &actual).expect("the expectation can be written");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != actual {
            differences.push(format!("{}\n--- expected\n{expected}--- actual\n{actual}", file.path));
        }
    }
    assert!(differences.is_empty(), "{} sources lower differently:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn truncated_sources_do_not_crash() {
    for file in Language::ALL.into_iter().flat_map(fixtures) {
        for (end, _) in file.text.match_indices('\n') {
            let cut = SourceFile { text: file.text[..end].to_owned(), ..file.clone() };
            check_numbers(&frontend::lower(&cut).module);
        }
    }
}

#[test]
fn deeply_nested_templates_are_refused() {
    let nested = format!("val a = {}1{}\n", "\"${".repeat(600), "}\"".repeat(600));
    let lowered = lower(Language::Kotlin, nested);
    assert_eq!(gap_kinds(&lowered), [GapKind::Refused]);
    assert!(lowered.module.functions.is_empty());
}

#[test]
fn many_templates_are_not_refused() {
    let lowered = lower(Language::Kotlin, format!("fun f() {{\n{}}}\n", "    g(\"${h()}\")\n".repeat(600)));
    assert_eq!(gap_kinds(&lowered), []);
    assert_eq!(lowered_calls(&lowered.module).len(), 1200);
}

#[test]
fn nesting_ends_in_a_gap_at_worst() {
    let parentheses = format!("{}a(){}", "(".repeat(100_000), ")".repeat(100_000));
    for (language, text) in in_a_function(&parentheses) {
        let lowered = lower(language, text);
        // The parser of Rust would not survive them: it is given none so deep.
        if language == Language::Rust {
            assert_eq!(gap_kinds(&lowered), [GapKind::TooDeep]);
            continue;
        }
        assert_eq!(gap_kinds(&lowered), [], "parentheses cost no depth in {}", language.name());
        assert_eq!(lowered_calls(&lowered.module).len(), 1);
    }
    let calls = format!("{}1{}", "a(".repeat(10_000), ")".repeat(10_000));
    let nots = format!("{}a()", "!".repeat(10_000));
    let blocks = format!("{}1{}", "if (a()) { ".repeat(5_000), "}".repeat(5_000));
    let classes = format!("{}{}", "class A {\n".repeat(5_000), "}\n".repeat(5_000));
    for nested in [calls, nots, blocks, classes] {
        for (language, text) in in_a_function(&nested) {
            let lowered = lower(language, text);
            assert!(gap_kinds(&lowered).contains(&GapKind::TooDeep), "{} bytes of {}", nested.len(), language.name());
        }
    }
}

#[test]
fn long_chains_are_followed() {
    let calls = format!("a{}", ".b(c())".repeat(20_000));
    let sum = format!("a(){}", " + a()".repeat(20_000));
    let conjunction = format!("a(){}", " && a()".repeat(20_000));
    for (nested, count) in [(calls, 40_000), (sum, 20_001), (conjunction, 20_001)] {
        for (language, text) in in_a_function(&format!("x = {nested}")) {
            let lowered = lower(language, text);
            assert_eq!(lowered_calls(&lowered.module).len(), count, "{} bytes of {}", nested.len(), language.name());
        }
    }
}

#[test]
fn line_breaks_and_alphabets_do_not_matter() {
    let kotlin = "class É {\n    fun grüße() {\n        val 名 = f(\"😀\")\n        // 😀\n        g(名)\n    }\n}\n";
    let java = "class É {\n    void grüße() {\n        var 名 = f(\"😀\");\n        // 😀\n        g(名);\n    }\n}\n";
    let expected = dump_of("x.kt", kotlin);
    assert!(expected.contains("let 名") && expected.contains("name 名"), "{expected}");
    for (name, text) in [("x.kt", kotlin), ("x.java", java)] {
        assert_eq!(dump_of(name, text), expected);
        assert_eq!(dump_of(name, &text.replace('\n', "\r\n")), expected);
        assert_eq!(dump_of(name, &text.replace('\n', "\n\n\n")), expected);
    }
}

#[test]
fn a_class_on_one_line_keeps_its_members() {
    for name in ["x.kt", "x.java"] {
        let (kotlin, java) = ("class A { val a = f(); fun g() { h() } }", "class A { int a = f(); void g() { h(); } }");
        let dump = dump_of(name, if name == "x.kt" { kotlin } else { java });
        for part in ["type A Class", "field a", "init a\n      call f", "fun g()\n    call h"] {
            assert!(dump.contains(part), "{name} lacks {part:?}:\n{dump}");
        }
    }
}

fn kotlin_called_name(node: Node<'_>, text: &str) -> Option<Span> {
    let parts = named_children(node);
    let [mut callee, suffix] = parts[..] else { return None };
    // `!f<A>(x)` is read as a call of `!f`.
    while matches!(callee.kind(), "prefix_expression" | "elvis_expression" | "infix_expression" | "additive_expression") {
        callee = *named_children(callee).last()?;
    }
    if node.kind() != "call_expression" || callee.kind() == "object_literal" {
        return None;
    }
    if node.parent().is_some_and(is_torn_supertype) {
        return None;
    }
    // An argument list on the next line is no argument list.
    let starts_with_parenthesis = text[suffix.byte_range()].starts_with('(');
    if starts_with_parenthesis && text[callee.end_byte()..suffix.start_byte()].contains('\n') {
        return None;
    }
    let member = named_children(callee).last().copied().filter(|last| callee.kind() == "navigation_expression" && last.kind() == "navigation_suffix");
    let name = match member {
        Some(member) if text[member.byte_range()].starts_with("::") => None,
        Some(member) => named_children(member).last().copied().filter(|name| name.kind() == "simple_identifier"),
        None => Some(callee).filter(|name| name.kind() == "simple_identifier"),
    };
    Some(span(name.unwrap_or(suffix)))
}

/// Whether an argument is a supertype of an object expression before it, which is read as a call with the object's body.
fn is_torn_supertype(argument: Node<'_>) -> bool {
    let siblings = argument.parent().filter(|_| argument.kind() == "value_argument").map_or(Vec::new(), named_children);
    let before = siblings.into_iter().take_while(|other| other.id() != argument.id());
    let mut objects = before.filter_map(|other| named_children(other).last().copied()).filter(|value| value.kind() == "object_literal");
    objects.any(|object| named_children(object).iter().all(|part| part.kind() != "class_body"))
}

fn java_called_name(node: Node<'_>, _: &str) -> Option<Span> {
    match node.kind() {
        "method_invocation" => node.child_by_field_name("name").map(span),
        "object_creation_expression" if named_children(node).iter().all(|part| part.kind() != "class_body") => {
            let mut name = node.child_by_field_name("type")?;
            while let (kind @ ("generic_type" | "scoped_type_identifier"), parts) = (name.kind(), named_children(name)) {
                name = *if kind == "generic_type" { parts.first()? } else { parts.last()? };
            }
            Some(span(name))
        }
        _ => None,
    }
}

fn swift_called_name(node: Node<'_>, text: &str) -> Option<Span> {
    let parts = named_children(node);
    let suffix = *parts.last()?;
    if node.kind() == "macro_invocation" {
        return parts.iter().find(|part| part.kind() == "simple_identifier").copied().map(span);
    }
    if !matches!(node.kind(), "call_expression" | "constructor_expression") || text[suffix.byte_range()].starts_with('[') {
        return None;
    }
    let arguments = named_children(suffix).into_iter().flat_map(named_children);
    if arguments.into_iter().any(|argument| argument.child_by_field_name("reference_specifier").is_some()) {
        return None;
    }
    // `!(a)` and `-(a)` are read as calls of the operator, `!f(a)` as a call of `!f`.
    let mut name = node.child(0)?;
    while let "prefix_expression" | "postfix_expression" | "user_type" | "navigation_expression" = name.kind() {
        let inner = named_children(name).into_iter().rfind(|part| part.kind() != "type_arguments" && part.kind() != "bang")?;
        name = if inner.kind() == "navigation_suffix" { *named_children(inner).last()? } else { inner };
    }
    (name.is_named() && name.kind() != "bang" && &text[name.byte_range()] != "defer").then(|| span(name))
}

fn objc_called_name(node: Node<'_>, text: &str) -> Option<Span> {
    let word = |node: Node<'_>| text[node.byte_range()].to_owned();
    match node.kind() {
        "message_expression" => {
            let (receiver, name) = (node.child_by_field_name("receiver")?, node.child_by_field_name("method")?);
            let is_class = receiver.kind() == "identifier" && word(receiver).starts_with(char::is_uppercase);
            match word(name).as_str() {
                "alloc" | "class" if is_class => None,
                "new" if is_class => Some(span(receiver)),
                "new" if receiver.kind() == "generic_specifier" => Some(span(receiver.child(0)?)),
                selector if selector.starts_with("init") && receiver.child_by_field_name("method").is_some_and(|inner| word(inner) == "alloc") => {
                    Some(span(receiver.child_by_field_name("receiver")?))
                }
                _ => Some(span(name)),
            }
        }
        "call_expression" => {
            let function = node.child_by_field_name("function")?;
            Some(span(function.child_by_field_name("field").unwrap_or(function)))
        }
        _ => None,
    }
}

/// What the frontend knows as operators on values that may be absent, shared or locked: they are no calls in the IR.
const RUST_OPERATORS: [&str; 57] = [
    "Err",
    "Ok",
    "Some",
    "and_then",
    "as_bool",
    "as_deref",
    "as_mut",
    "as_ref",
    "as_str",
    "block_on",
    "borrow",
    "borrow_mut",
    "by_ref",
    "catch_unwind",
    "clone",
    "cloned",
    "context",
    "copied",
    "copy",
    "deref",
    "expect",
    "flatten",
    "inspect",
    "inspect_err",
    "into",
    "into_iter",
    "is_err",
    "is_none",
    "is_ok",
    "is_ok_and",
    "is_some",
    "is_some_and",
    "is_true",
    "iter",
    "iter_mut",
    "load",
    "lock",
    "map_err",
    "ok",
    "ok_or",
    "ok_or_else",
    "or",
    "or_else",
    "read",
    "retain",
    "store",
    "then",
    "then_some",
    "to_owned",
    "to_string",
    "to_vec",
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "with_context",
    "write",
];
/// Types that hold what they are made of, and a class by its name.
const RUST_HOLDERS: [&str; 13] =
    ["AnyClass", "Arc", "AtomicBool", "Box", "Cell", "Mutex", "OnceCell", "Rc", "RcBlock", "RefCell", "RwLock", "StackBlock", "String"];

fn rust_called_name(node: Node<'_>, text: &str) -> Option<Span> {
    if node.kind() != "call_expression" || is_left_out(node, text) {
        return None;
    }
    let mut name = node.child_by_field_name("function")?;
    while name.kind() == "generic_function" {
        name = name.child_by_field_name("function")?;
    }
    let path = name.child_by_field_name("path").map_or("", |path| &text[path.byte_range()]);
    let name = name.child_by_field_name("field").or_else(|| name.child_by_field_name("name")).unwrap_or(name);
    let is_operator = RUST_OPERATORS.contains(&&text[name.byte_range()]) || RUST_HOLDERS.contains(&path.rsplit("::").next().unwrap_or_default());
    (!is_operator && name.kind().contains("identifier")).then(|| span(name))
}

/// Whether something stands in code for tests or for other systems than those of phones.
fn is_left_out(node: Node<'_>, text: &str) -> bool {
    std::iter::successors(Some(node), |node| node.parent()).any(|node| {
        let before = std::iter::successors(node.prev_sibling(), |before| before.prev_sibling()).take_while(|before| before.kind() == "attribute_item");
        before.into_iter().any(|attribute| ["#[cfg(test)]", "#[test]", "#[cfg(target_os = \"windows\")]"].contains(&&text[attribute.byte_range()]))
    })
}

fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

fn calls_in_tree(grammar: &Grammar, text: &str) -> Vec<Span> {
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&(grammar.grammar)()).expect("the grammar fits");
    let tree = parser.parse(text, None).expect("fixtures are small");
    let mut calls = Vec::new();
    let mut waiting = vec![tree.root_node()];
    while let Some(node) = waiting.pop() {
        calls.extend((grammar.called_name)(node, text));
        if !grammar.without_calls.contains(&node.kind()) {
            waiting.extend(named_children(node));
        }
    }
    calls
}

/// The spans of the called names in a module.
fn lowered_calls(module: &Module) -> HashSet<Span> {
    let mut calls = HashSet::new();
    each_expr(module, &mut |expr| {
        if let ExprKind::Call(call) = &expr.kind {
            calls.insert(call.name_span);
        }
    });
    calls
}

/// Visits every expression of a module without recursion.
fn each_expr(module: &Module, visit: &mut dyn FnMut(&Expr)) {
    fn values<'m>(annotations: &'m [Annotation], waiting: &mut Vec<&'m Expr>) {
        waiting.extend(annotations.iter().flat_map(|annotation| &annotation.args).map(|arg| &arg.value));
    }
    let mut waiting = Vec::new();
    for function in &module.functions {
        waiting.extend(&function.body);
        waiting.extend(function.params.iter().filter_map(|param| param.default.as_ref()));
        values(&function.annotations, &mut waiting);
        function.params.iter().for_each(|param| values(&param.annotations, &mut waiting));
    }
    for decl in &module.types {
        values(&decl.annotations, &mut waiting);
        decl.fields.iter().for_each(|field| values(&field.annotations, &mut waiting));
    }
    while let Some(expr) = waiting.pop() {
        visit(expr);
        ir::walk(expr, &mut |child| waiting.push(child));
    }
}

/// Expression numbers must be unique and below the count, for side tables.
fn check_numbers(module: &Module) {
    let mut seen = vec![false; module.expr_count as usize];
    for function in &module.functions {
        let mut waiting: Vec<&Expr> = function.body.iter().collect();
        while let Some(expr) = waiting.pop() {
            assert!(!std::mem::replace(&mut seen[expr.id as usize], true), "number {} is given twice", expr.id);
            ir::walk(expr, &mut |child| waiting.push(child));
        }
    }
}

fn fixtures(language: Language) -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let paths: Vec<PathBuf> =
        walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(|entry| entry.expect("fixtures can be listed").into_path()).collect();
    let of_language = |path: &PathBuf| path.extension().and_then(|extension| extension.to_str()).and_then(Language::from_extension) == Some(language);
    let read = |path: PathBuf| {
        let text = decode(&fs::read(&path).expect("a fixture can be read")).ok()?;
        Some(SourceFile { path: path.display().to_string().replace('\\', "/"), language, text })
    };
    paths.into_iter().filter(|path| path.is_file() && of_language(path)).filter_map(read).collect()
}

fn file(name: &str, text: &str) -> SourceFile {
    let extension = name.rsplit('.').next().expect("a name has an extension");
    SourceFile { path: name.to_owned(), language: Language::from_extension(extension).expect("the language is known"), text: text.to_owned() }
}

fn dump_of(name: &str, text: &str) -> String {
    ir::dump(&frontend::lower(&file(name, text)).module)
}

/// The same statement in a function of each language.
fn in_a_function(statement: &str) -> [(Language, String); 3] {
    [
        (Language::Kotlin, format!("fun f() {{\n    {statement}\n}}\n")),
        (Language::Java, format!("class A {{ void f() {{\n    {statement};\n}} }}\n")),
        (Language::Rust, format!("fn f() {{\n    {statement};\n}}\n")),
    ]
}

/// Lowers on a thread with the stack that workers have.
fn lower(language: Language, text: String) -> Lowered {
    let file = SourceFile { path: "x".to_owned(), language, text };
    let worker = std::thread::Builder::new().stack_size(16 << 20).spawn(move || frontend::lower(&file));
    worker.expect("a thread can be started").join().expect("lowering does not panic")
}

fn gap_kinds(lowered: &Lowered) -> Vec<GapKind> {
    lowered.gaps.iter().map(|gap| gap.kind).collect()
}
