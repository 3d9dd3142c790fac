//! `askfirst rules`: the catalogue, searchable.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use super::args::{RulesArgs, RulesFormat};
use super::output::{Terminal, catalogue};
use super::{Exit, Wrong};
use crate::catalogue::{Access, Catalogue, Check, DataCategory, Direction, Evidence, Levels, Member, MemberKind, PermissionId, Subject, Symbol};
use crate::report::words;
use crate::source::{Language, Platform};

#[derive(Serialize)]
struct Listing {
    version: u32,
    accesses: Vec<AccessRow>,
    checks: Vec<CheckRow>,
}

#[derive(Serialize)]
struct AccessRow {
    platform: &'static str,
    category: &'static str,
    class: &'static str,
    direction: &'static str,
    kind: &'static str,
    api: String,
    objective_c: Option<String>,
    evidence: &'static str,
    /// Each must be granted; of each, one of the alternatives.
    needs: Vec<Vec<String>>,
    levels: Option<String>,
    source: Option<String>,
    file: String,
}

#[derive(Serialize)]
struct CheckRow {
    platform: &'static str,
    categories: Vec<&'static str>,
    kind: &'static str,
    api: String,
    objective_c: Option<String>,
    /// It asks the person, rather than reading the answer.
    request: bool,
    /// Permissions that it speaks of; empty when an argument names them.
    permissions: Vec<String>,
    file: String,
}

/// Lists what fits the query.
pub(super) fn run(args: &RulesArgs, terminal: &Terminal) -> Result<Exit, Wrong> {
    let catalogue = catalogue(args.rules.folder.as_deref(), terminal)?;
    if args.names {
        terminal.report(&names(&catalogue, args), None)?;
        return Ok(Exit::Clean);
    }
    let listing = listing(&catalogue, args);
    let text = match args.format {
        RulesFormat::Json => serde_json::to_string_pretty(&listing)? + "\n",
        RulesFormat::Pretty => table(&listing),
    };
    terminal.report(&text, None)?;
    let accesses = words::counted(listing.accesses.len() as u64, "access", "accesses");
    let checks = words::counted(listing.checks.len() as u64, "check", "checks");
    terminal.note(&format!("{accesses}, {checks}\n"));
    Ok(Exit::Clean)
}

fn names(catalogue: &Catalogue, args: &RulesArgs) -> String {
    let platforms = Platform::ALL.into_iter().filter(|platform| args.platform.is_none_or(|wanted| Platform::from(wanted) == *platform));
    let names: BTreeSet<String> = platforms.flat_map(|platform| catalogue.access_names(platform)).collect();
    names.into_iter().map(|name| name + "\n").collect()
}

fn listing(catalogue: &Catalogue, args: &RulesArgs) -> Listing {
    let platform: Option<Platform> = args.platform.map(Platform::from);
    let of_platform = |symbol: &Symbol| platform.is_none_or(|platform| symbol.platform == platform);
    let query = args.query.as_deref().unwrap_or_default().to_lowercase();
    let accesses = catalogue
        .accesses
        .iter()
        .filter(|access| of_platform(&access.symbol) && args.category.is_none_or(|category| access.category == category))
        .flat_map(|access| access.symbol.members.iter().map(|member| access_row(access, member, catalogue)))
        .filter(|row| row.line().to_lowercase().contains(&query) || row.file.contains(&query));
    let checks = catalogue
        .checks
        .iter()
        .filter(|check| of_platform(&check.symbol))
        .flat_map(|check| check.symbol.members.iter().map(|member| check_row(check, member, catalogue)))
        // A check whose subject is an argument can speak of any category.
        .filter(|row| args.category.is_none_or(|category| row.categories.is_empty() || row.categories.contains(&category.name())))
        .filter(|row| row.line().to_lowercase().contains(&query) || row.file.contains(&query));
    let (mut accesses, mut checks): (Vec<_>, Vec<_>) = (accesses.collect(), checks.collect());
    let order = |category: &str| DataCategory::from_name(category);
    accesses.sort_by(|left, right| (order(left.category), left.platform, &left.api).cmp(&(order(right.category), right.platform, &right.api)));
    checks.sort_by(|left, right| (left.platform, &left.api).cmp(&(right.platform, &right.api)));
    Listing { version: 1, accesses, checks }
}

fn access_row(access: &Access, member: &Member, catalogue: &Catalogue) -> AccessRow {
    let symbol = &access.symbol;
    AccessRow {
        platform: platform_name(symbol.platform),
        category: access.category.name(),
        class: words::class_name(access.class),
        direction: match access.direction {
            Direction::Read => "read",
            Direction::Write => "write",
            Direction::Subscribe => "subscribe",
        },
        kind: kind_name(symbol.kind),
        api: api(symbol, member, Language::Swift),
        objective_c: objective_c(symbol, member),
        evidence: match symbol.evidence {
            Evidence::Name => "name",
            Evidence::Type => "type",
            Evidence::Argument => "argument",
        },
        needs: access.needs.iter().map(|conjunct| ids(&conjunct.any, catalogue)).collect(),
        levels: levels(access.levels),
        source: access.source.clone(),
        file: access.file.clone(),
    }
}

fn check_row(check: &Check, member: &Member, catalogue: &Catalogue) -> CheckRow {
    let mut permissions: Vec<PermissionId> = match &check.subject {
        Subject::Fixed(permissions) => permissions.clone(),
        Subject::Argument { map, .. } => map.values().copied().collect(),
    };
    permissions.sort();
    permissions.dedup();
    let mut categories: Vec<DataCategory> = permissions.iter().map(|id| catalogue.permission(*id).category).collect();
    categories.sort();
    categories.dedup();
    CheckRow {
        platform: platform_name(check.symbol.platform),
        categories: categories.into_iter().map(DataCategory::name).collect(),
        kind: kind_name(check.symbol.kind),
        api: api(&check.symbol, member, Language::Swift),
        objective_c: objective_c(&check.symbol, member),
        request: check.request,
        permissions: ids(&permissions, catalogue),
        file: check.file.clone(),
    }
}

fn ids(permissions: &[PermissionId], catalogue: &Catalogue) -> Vec<String> {
    permissions.iter().map(|id| catalogue.permission(*id).id.clone()).collect()
}

fn api(symbol: &Symbol, member: &Member, language: Language) -> String {
    let member = member.display(language);
    symbol.owner.as_ref().map_or_else(|| member.clone(), |owner| format!("{owner}.{member}"))
}

/// The Objective-C spelling, where it differs.
fn objective_c(symbol: &Symbol, member: &Member) -> Option<String> {
    let spelled = api(symbol, member, Language::ObjectiveC);
    (symbol.platform == Platform::Apple && spelled != api(symbol, member, Language::Swift)).then_some(spelled)
}

fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "android",
        Platform::Apple => "apple",
        Platform::Rust => "rust",
    }
}

fn kind_name(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::Call => "call",
        MemberKind::Property => "property",
        MemberKind::Assignment => "assignment",
        MemberKind::Constant => "constant",
    }
}

/// `..28`; none for all.
fn levels(levels: Levels) -> Option<String> {
    let bound = |level: u32, open: u32| if level == open { String::new() } else { level.to_string() };
    (levels != Levels::ALL).then(|| format!("{}..{}", bound(levels.min, Levels::ALL.min), bound(levels.max, Levels::ALL.max)))
}

impl AccessRow {
    fn line(&self) -> String {
        let needs: Vec<String> = self.needs.iter().map(|any| any.join(" or ")).collect();
        let needs = if needs.is_empty() { String::new() } else { format!("  needs {}", needs.join(" and ")) };
        let levels = self.levels.as_ref().map_or_else(String::new, |levels| format!("  on {levels}"));
        let spelled = self.objective_c.as_ref().map_or_else(String::new, |spelled| format!("  ({spelled})"));
        format!("{:<15} {:<8} {:<13} {:<9} {}{spelled}{needs}{levels}", self.category, self.platform, self.class, self.direction, self.api)
    }
}

impl CheckRow {
    fn line(&self) -> String {
        let what = if self.request { "request" } else { "check" };
        let asks = if self.permissions.is_empty() { "permissions in its arguments".to_owned() } else { self.permissions.join(", ") };
        let spelled = self.objective_c.as_ref().map_or_else(String::new, |spelled| format!("  ({spelled})"));
        format!("{:<8} {what:<8} {}{spelled}  asks about {asks}", self.platform, self.api)
    }
}

fn table(listing: &Listing) -> String {
    let mut out = String::new();
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{title}\n  {}\n", lines.join("\n  "));
        }
    };
    section("accesses", listing.accesses.iter().map(AccessRow::line).collect());
    section("checks", listing.checks.iter().map(CheckRow::line).collect());
    out
}
