//! No text crashes or hangs askfirst: fixtures cut anywhere, and nesting of any depth.

mod fixture;

use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};
use askfirst::source::decode;
use askfirst::{catalogue, frontend};
use rayon::prelude::*;

/// How many pseudo-random places each fixture is cut at, besides its lines.
const RANDOM_CUTS: u64 = 40;

#[test]
fn cut_fixtures_are_analysed() {
    let files = fixture::source_files();
    engine::with_deep_stack(|| ()).expect("threads start");
    let pool = rayon::ThreadPoolBuilder::new().stack_size(32 * 1024 * 1024).build().expect("threads start");
    pool.install(|| files.par_iter().for_each(|path| analyse_cut(path)));
}

fn analyse_cut(path: &str) {
    let text = fixture::read(path);
    let line_starts = text.match_indices('\n').map(|(offset, _)| offset + 1);
    let mut state = 0x2545_F491_4F6C_DD1D_u64 ^ text.len() as u64;
    let random = (0..RANDOM_CUTS).map(|_| {
        // A linear congruential generator: the same cuts in each run.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % text.len().max(1)
    });
    let cuts: Vec<usize> = line_starts.chain(random).collect();
    for cut in cuts {
        let Ok(rest) = decode(&text.as_bytes()[..cut]) else { continue };
        let result = std::panic::catch_unwind(|| fixture::analyse(path, &rest, catalogue::embedded()));
        assert!(result.is_ok(), "{path}: cut at byte {cut}");
    }
}

#[test]
fn deep_nesting_ends_as_an_incomplete_file() {
    let tree = tempfile::tempdir().expect("a temporary folder");
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(20_000), close.repeat(20_000));
    let sources = [
        ("a.kt", format!("fun f() {{ val a = {} }}", deep("(", ")"))),
        ("b.kt", format!("fun f() {{ {} }}", deep("run { ", " }"))),
        ("c.java", format!("class C {{ void f() {{ int a = {}; }} }}", deep("(", ")"))),
        ("d.java", format!("class C {{ void f() {{ {} }} }}", deep("if (a) { ", " }"))),
        ("e.swift", format!("func f() {{ let a = {} }}", deep("(", ")"))),
        ("g.swift", format!("func f() {{ {} }}", deep("do { ", " }"))),
        ("h.m", format!("void f(void) {{ int a = {}; }}", deep("(", ")"))),
        ("i.m", format!("void f(void) {{ {} }}", deep("[a b:", "]"))),
        ("j.kt", format!("val a = {}1", "a && ".repeat(20_000))),
        ("k.swift", format!("let a = {}1", "a ? b : ".repeat(20_000))),
        ("l.kt", format!("val a = x{}", ".y()".repeat(20_000))),
        ("m.swift", format!("let a = x{}", ".y()".repeat(20_000))),
        ("n.java", format!("class C {{ int a = {}1; }}", "!".repeat(20_000))),
        ("o.kt", "\"${".repeat(20_000)),
        ("p.swift", "\"\\(".repeat(20_000)),
        ("q.rs", format!("fn f() {{ let a = {}; }}", deep("(", ")"))),
        ("r.rs", format!("fn f() {{ {} }}", deep("if a { ", " }"))),
        ("s.rs", format!("fn f() {{ let a = {}1; }}", "!".repeat(200_000))),
        ("t.rs", format!("fn f() {{ let a = x{}; }}", ".y()".repeat(20_000))),
        ("u.rs", format!("fn f() {{ let a = {}1; }}", "a = ".repeat(200_000))),
        ("v.rs", format!("fn f() {{ let a: {}; }}", deep("V<", ">"))),
        ("w.rs", format!("fn f() {{ {} {{}} }}", "if a {} else ".repeat(100_000))),
        ("x.rs", format!("fn f() {{ m!{{ {} }} }}", deep("(", ")"))),
        ("y.rs", format!("use {};", "a::".repeat(20_000) + "b")),
        ("z.rs", format!("fn f() -> {}u8 {{}}", "fn() -> ".repeat(50_000))),
    ];
    for (name, text) in &sources {
        std::fs::write(tree.path().join(name), text).expect("written");
    }
    let discover = Settings { paths: vec![tree.path().to_owned()], ..Settings::default() };
    let scan = engine::scan(&Options { discover, ..Options::default() }, catalogue::embedded(), &Progress::default()).expect("scanned");
    assert_eq!(scan.stats.files, sources.len() as u64);
    assert!(scan.incomplete.iter().all(|one| !one.reason.contains("internal error")), "{:#?}", scan.incomplete);
}

#[test]
fn any_bytes_are_lowered() {
    let samples =
        ["", "\0", "\u{FEFF}", "\r\r\n", "{{{{", "}}}}", "\"\"\"", "/*", "import", "@", "💥💥(", "class A : ", "#if", "`", "\\", "r#\"", "'", "#!", "b'"];
    let lowered = engine::with_deep_stack(|| {
        for path in ["a.kt", "a.java", "a.swift", "a.m", "a.h", "a.rs"] {
            for sample in samples {
                let language = fixture::language_of(path).expect("a language");
                frontend::lower(&askfirst::source::SourceFile { path: path.into(), language, text: sample.into() });
                fixture::analyse(path, sample, catalogue::embedded());
            }
        }
    });
    assert!(lowered.is_ok());
}
