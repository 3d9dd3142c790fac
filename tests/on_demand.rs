//! Parsing on demand gives the same answers as parsing everything, on projects that are made up: chains of callers and of helpers through as
//! many files, with a check at some link or at none, among files that have nothing to do with it.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use askfirst::catalogue;
use askfirst::discover::Settings;
use askfirst::engine::{self, Options, Progress};

const PROJECTS: u64 = 60;

/// A made-up project: some choices.
struct Choices(u64);

impl Choices {
    /// A number below `limit` (a linear congruential generator: the same for the same project).
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn made_up_projects_are_answered_alike() {
    let mut verdicts = std::collections::BTreeSet::new();
    for number in 0..PROJECTS {
        let folder = tempfile::tempdir().expect("a folder");
        let mut choices = Choices(number);
        if number % 2 == 0 {
            android(folder.path(), &mut choices)
        } else {
            apple(folder.path(), &mut choices)
        }
        let whole = answers(folder.path(), false);
        assert_eq!(answers(folder.path(), true), whole, "project {number}");
        assert!(whole.contains("contacts"), "project {number} has an access");
        verdicts.extend(["Guarded", "Ungated"].into_iter().filter(|verdict| whole.contains(verdict)));
    }
    assert_eq!(verdicts.len(), 2, "some projects ask, and some do not");
}

fn answers(folder: &Path, on_demand: bool) -> String {
    let discover = Settings { paths: vec![folder.to_owned()], jobs: 1, ..Settings::default() };
    let scan = engine::scan(&Options { discover, on_demand, ..Options::default() }, catalogue::embedded(), &Progress::default()).expect("scanned");
    let mut out = String::new();
    for site in &scan.outcome.sites {
        let (path, at) = scan.locate(site.place);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{path}:{} {} {:?}", at.line, site.category, site.verdict);
        for step in &site.trace {
            let (path, at) = scan.locate(step.place);
            let _ = writeln!(out, "  {path}:{} {:?}", at.line, step.what);
        }
    }
    for finding in &scan.outcome.findings {
        let (path, at) = scan.locate(finding.place);
        let _ = writeln!(out, "{path}:{} {}", at.line, finding.rule);
    }
    out
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("written");
}

/// `Link0` reads, `Link1` calls it, and so on; `Asks0` asks the system, `Asks1` asks it, and so on.
fn android(folder: &Path, choices: &mut Choices) {
    let (links, helpers) = (1 + choices.below(4), 1 + choices.below(4));
    let (asking, shape) = (choices.below(links + 2), choices.below(3));
    let imports = "package made.up\n\nimport android.content.ContentResolver\nimport android.content.Context\n";
    let guarded = |link: u64, call: &str| match shape {
        _ if link != asking => call.to_owned(),
        0 => format!("if (Asks{}.ask(context)) {call}", helpers - 1),
        1 => format!("if (!Asks{}.ask(context)) return\n        {call}", helpers - 1),
        _ => format!("Asks{}.whenAllowed(context) {{ {call} }}", helpers - 1),
    };
    for link in 0..links {
        let (call, next) = match link {
            0 => (
                "resolver.query(android.provider.ContactsContract.Contacts.CONTENT_URI, null, null, null, null)".to_owned(),
                "resolver: ContentResolver".to_owned(),
            ),
            _ => (format!("next.go{}()", link - 1), format!("next: Link{}", link - 1)),
        };
        let body = guarded(link, &call);
        write(
            folder,
            &format!("Link{link}.kt"),
            &format!("{imports}\nclass Link{link}(private val {next}, private val context: Context) {{\n    fun go{link}() {{\n        {body}\n    }}\n}}\n"),
        );
    }
    for helper in 0..helpers {
        let ask = match helper {
            0 => "context.checkSelfPermission(android.Manifest.permission.READ_CONTACTS) == android.content.pm.PackageManager.PERMISSION_GRANTED".to_owned(),
            _ => format!("Asks{}.ask(context)", helper - 1),
        };
        write(
            folder,
            &format!("Asks{helper}.kt"),
            &format!(
                "{imports}\nobject Asks{helper} {{\n    fun ask(context: Context): Boolean = {ask}\n\n    fun whenAllowed(context: Context, run: () -> Unit) {{\n        if (ask(context)) run()\n    }}\n}}\n"
            ),
        );
    }
    let call = guarded(links, &format!("link.go{}()", links - 1));
    write(
        folder,
        "Screen.kt",
        &format!(
            "{imports}import android.app.Activity\n\nclass Screen(private val link: Link{}, private val context: Context) : Activity() {{\n    override fun onResume() {{\n        {call}\n    }}\n}}\n",
            links - 1
        ),
    );
    for other in 0..choices.below(4) {
        write(
            folder,
            &format!("Other{other}.kt"),
            &format!(
                "package made.up.other{other}\n\nclass Other{other} {{\n    fun go{other}() = ask(1)\n    fun ask(number: Int): Boolean = number > {other}\n}}\n"
            ),
        );
    }
}

fn apple(folder: &Path, choices: &mut Choices) {
    let (links, helpers) = (1 + choices.below(4), 1 + choices.below(4));
    let (asking, shape) = (choices.below(links + 2), choices.below(3));
    let guarded = |link: u64, call: &str| match shape {
        _ if link != asking => call.to_owned(),
        0 => format!("if Asks{}.ask() {{ {call} }}", helpers - 1),
        1 => format!("guard Asks{}.ask() else {{ return }}\n        {call}", helpers - 1),
        _ => format!("Asks{}.whenAllowed {{ {call} }}", helpers - 1),
    };
    for link in 0..links {
        let (call, next) = match link {
            0 => ("_ = try? store.containers(matching: nil)".to_owned(), "store: CNContactStore".to_owned()),
            _ => (format!("next.go{}()", link - 1), format!("next: Link{}", link - 1)),
        };
        let body = guarded(link, &call);
        let name = next.split(':').next().unwrap_or_default();
        write(
            folder,
            &format!("Link{link}.swift"),
            &format!(
                "import Contacts\n\nfinal class Link{link} {{\n    private let {next}\n    init({next}) {{ self.{name} = {name} }}\n    func go{link}() {{\n        {body}\n    }}\n}}\n"
            ),
        );
    }
    for helper in 0..helpers {
        let ask = match helper {
            0 => "CNContactStore.authorizationStatus(for: .contacts) == .authorized".to_owned(),
            _ => format!("Asks{}.ask()", helper - 1),
        };
        write(
            folder,
            &format!("Asks{helper}.swift"),
            &format!(
                "import Contacts\n\nenum Asks{helper} {{\n    static func ask() -> Bool {{ {ask} }}\n    static func whenAllowed(_ run: () -> Void) {{\n        if ask() {{ run() }}\n    }}\n}}\n"
            ),
        );
    }
    let call = guarded(links, &format!("link.go{}()", links - 1));
    write(
        folder,
        "Screen.swift",
        &format!(
            "import UIKit\n\nfinal class Screen: UIViewController {{\n    private let link: Link{0}\n    init(link: Link{0}) {{ self.link = link }}\n    override func viewDidLoad() {{\n        {call}\n    }}\n}}\n",
            links - 1
        ),
    );
    for other in 0..choices.below(4) {
        write(
            folder,
            &format!("Other{other}.swift"),
            &format!("struct Other{other} {{\n    func go{other}() -> Bool {{ ask(1) }}\n    func ask(_ number: Int) -> Bool {{ number > {other} }}\n}}\n"),
        );
    }
}
