use super::*;
use crate::ir::{FunctionKind, dump};

/// The dump of a function with these statements, without its head and with one line.
fn lowered(statements: &str) -> String {
    let text = format!("func f() {{\n{statements}\n}}\n");
    let lowered = lower(&text);
    assert_eq!(lowered.gaps, []);
    dump(&lowered.module).lines().skip(1).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn negation_takes_the_whole_operand() {
    assert_eq!(lowered("use(!ok(a))"), "call use not call ok name a");
    assert_eq!(lowered("use(!a.b.c(d).e)"), "call use not member e call c on member b name a name d");
    assert_eq!(lowered("use(!(a == b))"), "call use not == name a name b");
    assert_eq!(lowered("use(!a[0])"), "call use not index name a 0");
}

#[test]
fn comparison_binds_tighter_than_conjunction() {
    assert_eq!(lowered("use(s == .authorized && t)"), "call use and == name s .authorized name t");
    assert_eq!(lowered("use(!a && b || c)"), "call use or and not name a name b name c");
    assert_eq!(lowered("use(a ?? b == c)"), "call use == coalesce name a name b name c");
    assert_eq!(lowered("use(a ? b : c ? d : e)"), "call use if name a then name b else if name c then name d else name e");
    assert_eq!(lowered("use(a as? B ?? c)"), "call use coalesce as? B name a name c");
}

#[test]
fn a_guard_negates_all_of_its_conditions() {
    assert_eq!(lowered("guard let a, a.b, case .c = d else { return }"), "if not and and let? a name a member b name a case name d value .c then return");
}

#[test]
fn a_deferred_block_runs_after_the_rest() {
    assert_eq!(lowered("a()\ndefer { b() }\nc()\ndefer { d() }\ne()"), "call a try call c try call e finally call d finally call b");
}

#[test]
fn an_optional_try_covers_what_follows() {
    assert_eq!(lowered("let x = try? a() ?? b()"), "let x try coalesce call a call b catch * null");
    assert_eq!(lowered("let x = (try? a()) ?? b()"), "let x coalesce try call a catch * null call b");
    assert_eq!(lowered("let x = try! a()"), "let x call a");
}

#[test]
fn branches_of_a_conditional_do_not_follow_each_other() {
    let expected = "if unknown then return else call b call c";
    assert_eq!(lowered("#if A\nreturn\n#else\nb()\n#endif\nc()"), expected);
    let arm = "match name x arm value .a then if unknown then return else call b arm then call c";
    assert_eq!(lowered("switch x {\ncase .a:\n#if A\nreturn\n#else\nb()\n#endif\ndefault: c()\n}"), arm);
    assert_eq!(lowered("let x = a\n#if A\n.b()\n#endif\n.c()"), "let x call c on call b on name a");
}

#[test]
fn functions_are_known_by_their_labels() {
    let lowered = lower("class A { func f(_ a: Int, for b: Int, c: Int = 1) {}; init(x: Int) {} }\nprivate extension A { func g() {} }");
    let selectors: Vec<_> = lowered.module.functions.iter().filter_map(|function| function.selector.as_deref()).collect();
    assert_eq!(selectors, ["f(_:for:c:)", "init(x:)", "g()"]);
    assert_eq!(lowered.module.functions[1].kind, FunctionKind::Constructor);
    assert_eq!(lowered.module.functions[1].name, "A");
    assert_eq!(lowered.module.functions[2].visibility, crate::ir::Visibility::Private);
}

#[test]
fn repairs_keep_every_offset() {
    let text = "func é() {\n    if await x.y { z(\"await é\") }\n    loop : for i in 0... { a(); }\n    #if A\n    é()\n    #endif\n}\n";
    let prepared = String::from_utf8(readable(text)).expect("repairs write only ASCII");
    assert_eq!(prepared.len(), text.len());
    assert_eq!(prepared.lines().count(), text.lines().count());
    let lowered = lower(text);
    assert_eq!(lowered.gaps, []);
    assert!(dump(&lowered.module).contains("\"await é\""), "texts are read from the source");
}

#[test]
fn members_after_a_broken_one_stay_in_their_class() {
    let lowered = lower("class A {\n  func f() { if a { b( } }\n  func g() { c() }\n}\n");
    let owner = lowered.module.functions.iter().find(|function| function.name == "g").map(|function| function.owner);
    assert!(!lowered.gaps.is_empty());
    assert!(owner.is_some(), "{}", dump(&lowered.module));
    assert!(dump(&lowered.module).contains("call c"));
}
