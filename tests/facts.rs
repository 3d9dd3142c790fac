//! Facts files of the fixtures: they come back as they were, and nobody's bytes crash what reads them.

mod fixture;

use askfirst::comments::addressed;
use askfirst::facts::{ContentHash, FactsError, FileFacts, Gaps, GivenUp};
use askfirst::frontend::{self, GapKind};
use askfirst::ir::{Arg, Call, Closure, Expr, ExprKind, Program};
use askfirst::source::{LineIndex, SourceFile, Span};
use askfirst::{analysis, catalogue};
use rayon::prelude::*;

/// Bytes of the header: magic, version, length, checksum.
const HEADER_BYTES: usize = 8 + 4 + 8 + 32;

fn facts(path: &str, text: String) -> FileFacts {
    let language = fixture::language_of(path).unwrap_or_else(|| panic!("{path}: not a source file"));
    let file = SourceFile { path: path.to_owned(), language, text };
    let lowered = frontend::lower(&file);
    let start_of = |kind| lowered.gaps.iter().find(|gap| gap.kind == kind).map(|gap| gap.span.start);
    let given_up = start_of(GapKind::TimedOut).map(|_| GivenUp::TimedOut).or(start_of(GapKind::Refused).map(|_| GivenUp::Refused));
    let gaps = Gaps { count: lowered.gaps.len() as u32, bytes: lowered.error_bytes, given_up, too_deep: start_of(GapKind::TooDeep) };
    FileFacts {
        path: file.path.clone(),
        content: ContentHash::of(file.text.as_bytes()),
        module: lowered.module,
        gaps,
        lines: LineIndex::new(&file.text),
        comments: addressed(&file.text, &frontend::comments(&file)),
    }
}

/// On threads with the stack of those that scan.
fn with_deep_stacks(work: impl FnOnce() + Send) {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(32 * 1024 * 1024).build().expect("threads start");
    pool.install(work);
}

#[test]
fn facts_of_all_fixtures_come_back() {
    with_deep_stacks(|| {
        let sizes = fixture::source_files().into_par_iter().map(|path| {
            let text = fixture::read(&path);
            let size = text.len();
            let facts = facts(&path, text.clone());
            let bytes = facts.encode().unwrap_or_else(|error| panic!("{path}: {error}"));
            let decoded = FileFacts::decode(&bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(decoded == facts, "{path}: the facts are not what they were");
            assert_eq!(self::facts(&path, text).encode().as_ref(), Ok(&bytes), "{path}: other bytes for the same file");
            (bytes.len(), size)
        });
        let (encoded, source) = sizes.reduce(|| (0, 0), |one, other| (one.0 + other.0, one.1 + other.1));
        assert!(encoded < source * 3 / 2, "facts are no longer compact: {encoded} bytes for {source} bytes of source");
    });
}

/// What the frontends' depth guard lets through can be written and read on the stack that they have.
#[test]
fn facts_of_deep_sources_come_back() {
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(2_000), close.repeat(2_000));
    let sources = [
        ("a.kt", format!("fun f() {{ {} }}", deep("a.run(b = { ", " })"))),
        ("b.kt", format!("fun f() {{ {} }}", deep("object : A(", ") {}"))),
        ("c.kt", format!("fun f() {{ val a = x{} }}", ".y()".repeat(2_000))),
        ("d.java", format!("class C {{ void f() {{ {} }} }}", deep("a(() -> { ", "; });"))),
        ("e.java", format!("class C {{ {} a; }}", deep("A<", ">"))),
        ("f.swift", format!("func f() {{ {} }}", deep("a(b: { c in ", " })"))),
        ("g.swift", format!("func f() {{ switch a {{ case {}: b() }} }}", deep(".a(", ")"))),
        ("h.m", format!("void f(void) {{ {} }}", deep("[a b:^{ ", "; }];"))),
    ];
    with_deep_stacks(|| {
        for (path, text) in sources {
            let facts = facts(path, text);
            let bytes = facts.encode().unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(FileFacts::decode(&bytes).is_ok_and(|decoded| decoded == facts), "{path}");
        }
    });
}

/// Facts may be nested deeper than any frontend nests. What can be read can be analysed, too.
#[test]
fn the_deepest_facts_are_analysed() {
    let not = |inner| ExprKind::Not(Box::new(inner));
    let closure = |body| {
        let labels = vec!["run".to_owned()];
        let closure = Closure { params: vec![], implicit_params: true, body, is_expression_body: true, captures_return: false, labels };
        let value = Expr { id: 0, span: Span::default(), kind: ExprKind::Closure(Box::new(closure)) };
        let (name, args) = ("run".to_owned(), vec![Arg { label: None, trailing: true, spread: false, value }]);
        let call = Call { receiver: None, name, selector: None, is_new: false, safe: false, type_args: vec![], args, name_span: Span::default() };
        ExprKind::Call(Box::new(call))
    };
    let block = |inner| ExprKind::Block { label: None, body: vec![inner] };
    let branch = |inner: Expr| ExprKind::If { cond: Box::new(inner), then: Box::new(leaf()), otherwise: Some(Box::new(leaf())) };
    let wraps: [&(dyn Fn(Expr) -> ExprKind + Sync); 4] = [&not, &closure, &block, &branch];
    with_deep_stacks(|| {
        for wrap in wraps {
            let bytes = (1..2_000).rev().find_map(|levels| nested(levels, wrap).encode().ok()).expect("some nesting can be encoded");
            let facts = FileFacts::decode(&bytes).expect("what was written can be read");
            analysis::analyse(&Program::of_one(&facts.path, facts.lines.text_len(), facts.module.clone()), catalogue::embedded());
        }
    });
}

fn leaf() -> Expr {
    Expr { id: 0, span: Span::default(), kind: ExprKind::Name("a".to_owned()) }
}

/// A function whose body is nested.
fn nested(levels: u32, wrap: &dyn Fn(Expr) -> ExprKind) -> FileFacts {
    let mut facts = facts("a.kt", "fun f() { a() }".to_owned());
    let number = |id, kind| Expr { id, span: Span::default(), kind };
    facts.module.functions[0].body = Some((1..=levels).fold(leaf(), |inner, id| number(id, wrap(inner))));
    facts.module.expr_count = levels + 1;
    facts
}

#[test]
fn a_file_that_is_cut_off_is_an_error_that_says_so() {
    let path = "fixtures/lowering/swift-statements.swift";
    let bytes = facts(path, fixture::read(path)).encode().expect("can be encoded");
    for cut in 8..bytes.len() {
        let error = FileFacts::decode(&bytes[..cut]).expect_err("is not whole");
        assert!(matches!(error, FactsError::Length { found, .. } if found == cut as u64), "cut at byte {cut}: {error}");
    }
}

/// Without the right checksum a changed byte is found at once; with it, the file is whatever it says, or an error.
#[test]
fn changed_bytes_never_panic() {
    with_deep_stacks(|| {
        ["kotlin-control.kt", "java-expressions.java", "swift-statements.swift", "objc-expressions.m"].par_iter().for_each(|name| {
            let path = format!("fixtures/lowering/{name}");
            let bytes = facts(&path, fixture::read(&path)).encode().expect("can be encoded");
            let mut random = Random(bytes.len() as u64);
            let mut followed = 0;
            for _ in 0..3_000 {
                let mut changed = bytes.clone();
                let at = random.below(changed.len());
                changed[at] ^= 1 << random.below(8);
                assert!(FileFacts::decode(&changed).is_err(), "{path}: byte {at}");
                let at = HEADER_BYTES + random.below(changed.len() - HEADER_BYTES);
                changed.copy_from_slice(&bytes);
                changed[at] = random.below(256) as u8;
                followed += u32::from(follow_sealed(&path, &mut changed));
            }
            assert!(followed > 300, "{path}: hardly any change was followed: {followed}");
        });
    });
}

/// Reads the facts with the checksum put right, and, if there are any, goes wherever they lead. Says whether there are.
fn follow_sealed(path: &str, bytes: &mut [u8]) -> bool {
    let checksum = *blake3::hash(&bytes[HEADER_BYTES..]).as_bytes();
    bytes[HEADER_BYTES - checksum.len()..HEADER_BYTES].copy_from_slice(&checksum);
    let Ok(facts) = FileFacts::decode(bytes) else { return false };
    let outcome =
        std::panic::catch_unwind(|| analysis::analyse(&Program::of_one(&facts.path, facts.lines.text_len(), facts.module.clone()), catalogue::embedded()));
    let outcome = outcome.unwrap_or_else(|_| panic!("{path}: what was decoded cannot be analysed"));
    for finding in outcome.findings {
        facts.lines.place(finding.place.span.start);
    }
    facts.lines.place(u32::MAX);
    facts.unparsed_percent();
    true
}

/// A linear congruential generator: the same changes in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}
