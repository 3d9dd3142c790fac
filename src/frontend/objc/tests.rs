use super::*;
use crate::ir::{FunctionKind, Visibility, dump, walk};

/// The dump of a method with these statements, without its head and with one line.
fn lowered(statements: &str) -> String {
    let text = format!("@implementation A\n- (void)f {{\n{statements}\n}}\n@end\n");
    let lowered = lower(&text);
    assert_eq!(lowered.gaps, []);
    dump(&lowered.module).lines().skip(2).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn an_instance_variable_is_its_property() {
    let text = "@implementation A { BOOL _ok; }\n- (void)f { _ok = self.ok && self->_ok; }\n@end\n";
    let lowered = lower(text);
    assert_eq!(lowered.module.types[1].fields[0].name, "ok");
    let mut members = Vec::new();
    let mut pending: Vec<_> = lowered.module.functions[0].body.iter().collect();
    while let Some(expr) = pending.pop() {
        if let ExprKind::Member { receiver, name, .. } = &expr.kind {
            members.push((matches!(receiver.kind, ExprKind::This(None)), name.clone()));
        }
        walk(expr, &mut |child| pending.push(child));
    }
    assert_eq!(members, vec![(true, "ok".to_owned()); 3]);
}

#[test]
fn locals_and_globals_with_an_underscore_are_no_instance_variables() {
    let text = "static int _a;\n@implementation A\n- (void)f:(int)_b { int _c = _a + _b; g(_c, _d); }\n@end\nvoid h(void) { g(_d); }\n";
    let dump = dump(&lower(text).module);
    for name in ["name _a", "name _b", "name _c", "name d", "name _d"] {
        assert!(dump.contains(name), "{name} is missing:\n{dump}");
    }
}

#[test]
fn a_synthesized_variable_is_its_property() {
    let text = "@implementation A\n@synthesize ok = allowed;\n- (void)f { allowed = YES; }\n@end\n";
    assert!(dump(&lower(text).module).contains("name ok"));
}

#[test]
fn accessors_belong_to_their_property() {
    let text = "@interface A ()\n@property BOOL ok;\n@end\n@implementation A\n- (BOOL)ok { return _ok; }\n- (void)setOk:(BOOL)ok {}\n@end\n";
    let module = lower(text).module;
    assert_eq!(module.types.len(), 2);
    assert_eq!((module.types[1].fields[0].getter, module.types[1].fields[0].setter), (Some(0), Some(1)));
}

#[test]
fn declarations_and_definitions_are_one_function() {
    let text =
        "@interface A\n- (id)initWithB:(int)b;\n- (void)f:(int)a with:(int)b;\n@end\n@implementation A\n- (void)f:(int)a with:(int)b {}\n- (void)g {}\n@end\n";
    let module = lower(text).module;
    let functions: Vec<_> = module.functions.iter().map(|f| (f.selector.as_deref().unwrap_or_default(), f.kind, f.visibility, f.body.is_some())).collect();
    let expected = [
        ("initWithB:", FunctionKind::Constructor, Visibility::Public, false),
        ("f:with:", FunctionKind::Method, Visibility::Public, true),
        ("g", FunctionKind::Method, Visibility::Internal, true),
    ];
    assert_eq!(functions, expected);
}

#[test]
fn creating_an_object_is_one_call() {
    assert_eq!(lowered("a = [[B alloc] initWithC:d];"), "assign name a new B name d");
    assert_eq!(lowered("a = [B new]; b = B.new;"), "assign name a new B assign name b new B");
    assert_eq!(lowered("a = [[self alloc] init];"), "assign name a call init on call alloc");
    assert_eq!(lowered("[b c:[D class]];"), "call c on name b class D");
}

#[test]
fn branches_of_a_conditional_do_not_follow_each_other() {
    let arm = "match name x arm value name A then if unknown then return else call b arm then call c";
    assert_eq!(lowered("switch (x) {\ncase A:\n#if A\nreturn;\n#else\nb();\n#endif\nbreak;\ndefault: c();\n}"), arm);
    assert_eq!(lowered("#if A\nreturn;\n#else\nb();\n#endif\nc();"), "if unknown then return else call b call c");
}

#[test]
fn a_jump_leaves_what_stands_before_its_label() {
    assert_eq!(lowered("if (a) goto end;\nb();\nend:\nc();"), "block@end if name a then break@end call b call c");
}

#[test]
fn macros_do_not_hide_what_they_annotate() {
    let text = "NS_ASSUME_NONNULL_BEGIN\n#import \"a.h\"\n\nA_UNAVAILABLE @interface A : B\n- (nullable id)f:(nonnull id)a NS_SWIFT_NAME(g(a:));\n@end\n\
        typedef NS_OPTIONS(NSUInteger, C) { D };\nB_EXPORT int g(void);\n\
        @implementation A\nRCT_EXPORT_METHOD(h:(id)a) { i(@\"\" PRIu64 \"\"); }\n@end\nNS_ASSUME_NONNULL_END\n";
    assert_eq!(readable(text).len(), text.len());
    let lowered = lower(text);
    let names: Vec<_> = lowered.module.functions.iter().map(|function| function.name.as_str()).collect();
    assert_eq!(names, ["f", "h", "g"]);
    assert_eq!(lowered.module.types.iter().map(|ty| ty.name.as_str()).collect::<Vec<_>>(), ["", "A", "C"]);
    assert_eq!(lowered.gaps, []);
    let code = "void f(void) { if (STATUS_UNAVAILABLE == a) return ERROR_UNAVAILABLE; g(IS_AVAILABLE(b)); }\n";
    assert_eq!(readable(code), code.as_bytes(), "constants in code stay");
}
