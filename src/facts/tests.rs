use serde::Deserialize;

use super::decoder::Decoder;
use super::encoder::{self, MAX_NESTING};
use super::file::{unwrap, wrap};
use super::{ContentHash, FactsError, FileFacts, Gaps, GivenUp, VERSION};
use crate::ir::{Arg, Call, Expr, ExprKind, Function, FunctionKind, Literal, Module, Visibility};
use crate::source::{Language, LineIndex, Span};

/// The stack of the threads that lower and analyse.
const STACK_BYTES: usize = 32 * 1024 * 1024;

fn with_deep_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).expect("a thread starts");
    assert!(thread.join().is_ok());
}

fn expr(kind: ExprKind) -> Expr {
    Expr { id: 0, span: Span::default(), kind }
}

fn call(value: Expr) -> Expr {
    let arg = Arg { label: None, trailing: false, spread: false, value };
    let (name, name_span) = ("f".to_owned(), Span::default());
    expr(ExprKind::Call(Box::new(Call { receiver: None, name, selector: None, is_new: false, safe: false, type_args: vec![], args: vec![arg], name_span })))
}

fn nested(levels: u32, wrap: impl Fn(Expr) -> Expr) -> Expr {
    (0..levels).fold(expr(ExprKind::Implicit), |inner, _| wrap(inner))
}

fn facts(body: Expr) -> FileFacts {
    let mut module = Module::new(Language::Swift);
    module.expr_count = 1;
    module.functions.push(Function {
        name: "größer".to_owned(),
        selector: Some("f(_:)".to_owned()),
        kind: FunctionKind::Method,
        owner: 0,
        receiver: None,
        params: vec![],
        returns: None,
        may_give_null: true,
        annotations: vec![],
        throws: vec![],
        visibility: Visibility::Internal,
        is_static: false,
        is_override: false,
        body: Some(body),
        is_expression_body: true,
        name_span: Span::new(900, 905),
        span: Span::new(3, u32::MAX as usize),
    });
    let gaps = Gaps { count: 3, bytes: 2, given_up: Some(GivenUp::Refused), too_deep: Some(u32::MAX) };
    FileFacts { path: "a/b.swift".to_owned(), content: ContentHash::of(b"ab"), module, gaps, lines: LineIndex::new("a\né\n"), comments: Vec::new() }
}

/// Facts that a file claims; with the right checksum, as somebody would write them who means harm.
fn decode_changed(change: impl FnOnce(&mut FileFacts)) -> Result<FileFacts, FactsError> {
    let mut changed = facts(expr(ExprKind::Super));
    change(&mut changed);
    FileFacts::decode(&changed.encode().expect("can be encoded"))
}

fn is_malformed(result: Result<FileFacts, FactsError>) -> bool {
    matches!(result, Err(FactsError::Malformed(_)))
}

#[test]
fn extreme_values_come_back() {
    for number in [0, 1, -1, 63, -64, 64, i64::MAX, i64::MIN] {
        let facts = facts(expr(ExprKind::Literal(Literal::Int(number))));
        assert_eq!(FileFacts::decode(&facts.encode().expect("can be encoded")), Ok(facts));
    }
}

#[test]
fn a_string_is_written_once() {
    let name = "aQuiteLongNameThatIsUsedAgainAndAgain";
    let size = |times: usize| facts(expr(ExprKind::Unknown(vec![expr(ExprKind::Name(name.to_owned())); times]))).encode().expect("can be encoded").len();
    assert!(size(11) - size(1) < 10 * 6);
}

#[test]
fn nesting_is_followed_to_its_limit_and_no_further() {
    with_deep_stack(|| {
        // Facts, module and function lie around the body; a call is an expression, a kind, a call and an argument.
        let deepest = facts(nested((MAX_NESTING - 5) / 4, call));
        let bytes = deepest.encode().expect("can be encoded");
        assert!(FileFacts::decode(&bytes).is_ok_and(|decoded| decoded == deepest));
        assert_eq!(facts(nested(MAX_NESTING / 4, call)).encode(), Err(FactsError::TooDeep));
        assert_eq!(facts(nested(MAX_NESTING / 2, |inner| expr(ExprKind::Not(Box::new(inner))))).encode(), Err(FactsError::TooDeep));
    });
}

/// No encoder writes these.
#[test]
fn deeper_bytes_are_an_error() {
    with_deep_stack(|| {
        let leaf = encoder::encode(&expr(ExprKind::Implicit)).expect("can be encoded");
        let not = encoder::encode(&expr(ExprKind::Not(Box::new(expr(ExprKind::Implicit))))).expect("can be encoded");
        let level = not.strip_suffix(&leaf[..]).expect("ends with what is negated");
        let decode = |levels: u32| Expr::deserialize(&mut Decoder::new(&[level.repeat(levels as usize), leaf.clone()].concat()));
        assert!(decode(MAX_NESTING / 2 - 1).is_ok());
        assert_eq!(decode(MAX_NESTING / 2), Err(FactsError::TooDeep));
        assert_eq!(decode(1_000_000), Err(FactsError::TooDeep));
    });
}

#[test]
fn the_header_says_what_is_wrong() {
    let bytes = facts(expr(ExprKind::Super)).encode().expect("can be encoded");
    let decode = |bytes: &[u8]| FileFacts::decode(bytes).expect_err("is wrong");
    let mut newer = bytes.clone();
    newer[8] += 1;
    let mut damaged = bytes.clone();
    *damaged.last_mut().expect("has bytes") ^= 1;
    assert_eq!(decode(b""), FactsError::Foreign);
    assert_eq!(decode(b"package a\n"), FactsError::Foreign);
    assert_eq!(decode(&newer), FactsError::Version(VERSION + 1));
    assert_eq!(decode(&damaged), FactsError::Checksum);
    let (expected, found) = (bytes.len() as u64, bytes.len() as u64 + 1);
    assert_eq!(decode(&[&bytes[..], b"!"].concat()), FactsError::Length { expected, found });
    assert_eq!(decode(&newer).to_string(), format!("a facts file of version {}, but this askfirst reads version {VERSION}", VERSION + 1));
}

#[test]
fn a_file_that_is_cut_off_is_an_error() {
    let bytes = facts(call(expr(ExprKind::Super))).encode().expect("can be encoded");
    let payload = unwrap(&bytes).expect("the header is right");
    for cut in 0..payload.len() {
        assert!(is_malformed(FileFacts::decode(&wrap(&payload[..cut]))), "cut at byte {cut}");
    }
    assert!(is_malformed(FileFacts::decode(&wrap(&[payload, b"!"].concat()))));
}

#[test]
fn indices_that_lead_nowhere_are_an_error() {
    assert!(decode_changed(|_| ()).is_ok());
    assert!(is_malformed(decode_changed(|facts| facts.module.types.clear())));
    assert!(is_malformed(decode_changed(|facts| facts.module.functions[0].owner = 1)));
    assert!(is_malformed(decode_changed(|facts| facts.module.expr_count = 0)));
    assert!(is_malformed(decode_changed(|facts| facts.module.expr_count = u32::MAX)));
    assert!(is_malformed(decode_changed(|facts| facts.module.functions[0].body = Some(expr(ExprKind::LocalFunction(1))))));
    assert!(is_malformed(decode_changed(|facts| facts.module.functions[0].body = Some(call(expr(ExprKind::Object { ty: 1, args: vec![] }))))));
    let nested_in_itself = |facts: &mut FileFacts| {
        let mut ty = facts.module.types[0].clone();
        ty.owner = 1;
        facts.module.types.push(ty);
    };
    assert!(is_malformed(decode_changed(nested_in_itself)));
}
