//! Picks, among the files that were not parsed, those that what is known so far asks for.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap as HashMap;

use crate::analysis::Wants;
use crate::mentions::{Member, Mentions, Name};
use crate::source::Platform;

/// A top-level function that so many files declare is looked for in none of them without further evidence.
const MAX_DECLARING_FILES: usize = 3;

/// A name that so few files mention is followed whatever else they mention.
const MAX_MENTIONING_FILES: u32 = 12;

/// A file as the choice sees it.
pub(super) struct Candidate<'a> {
    pub path: &'a str,
    pub platform: Platform,
    pub mentions: &'a Mentions,
}

/// What is wanted, by names as hashes.
pub(super) struct Choice<'a> {
    users: HashMap<Name, Vec<Name>>,
    top_level_users: HashMap<Name, Vec<&'a str>>,
    relatives: BTreeSet<Name>,
    types: BTreeSet<Name>,
    aliases: BTreeSet<Name>,
    vocabulary: BTreeSet<Name>,
    tellers: HashMap<Name, Vec<Name>>,
    overrides: HashMap<Name, Vec<Name>>,
    /// By unknown name: the files that hold it.
    unknown: HashMap<Name, Vec<usize>>,
    /// By deciding name: the files that hold it.
    deciding: HashMap<Name, Vec<(usize, Vec<Name>)>>,
    /// By file that matters: names around it.
    around: BTreeMap<usize, Around<'a>>,
    /// How many waiting files may declare a name that is unknown somewhere.
    declaring: HashMap<Name, usize>,
}

struct Around<'a> {
    folder: &'a str,
    mentions: Vec<&'a Mentions>,
    types: BTreeSet<Name>,
}

impl<'a> Choice<'a> {
    /// `parsed` are the files of the program that the wants speak of, in its order.
    pub fn new(wants: &Wants, parsed: &[Candidate<'a>], waiting: &[Candidate<'a>]) -> Self {
        let hashed = |names: &BTreeMap<String, BTreeSet<String>>| {
            names.iter().map(|(name, with)| (Name::of(name), with.iter().map(|one| Name::of(one)).collect())).collect()
        };
        let mut unknown: HashMap<Name, Vec<usize>> = HashMap::default();
        for (&file, names) in &wants.unknown {
            names.iter().for_each(|name| unknown.entry(Name::of(name)).or_default().push(file));
        }
        let mut deciding: HashMap<Name, Vec<(usize, Vec<Name>)>> = HashMap::default();
        for (&file, names) in &wants.deciding {
            for (name, words) in names {
                let words = words.iter().map(|word| Name::of(word)).collect();
                deciding.entry(Name::of(name)).or_default().push((file, words));
            }
        }
        let around = wants.around.iter().map(|(&file, (files, types))| {
            let mentions = std::iter::once(&file).chain(files).map(|&number| parsed[number].mentions).collect();
            (file, Around { folder: folder(parsed[file].path), mentions, types: types.iter().map(|name| Name::of(name)).collect() })
        });
        let around = around.collect();
        let mut declaring: HashMap<Name, usize> = HashMap::default();
        let declared = parsed.iter().chain(waiting).flat_map(|candidate| candidate.mentions.members()).map(|member| member.name);
        for name in declared.filter(|name| unknown.contains_key(name) || deciding.contains_key(name)) {
            *declaring.entry(name).or_default() += 1;
        }
        let mut users: HashMap<Name, Vec<Name>> = hashed(&wants.users);
        let mut mentioning: HashMap<Name, u32> = HashMap::default();
        let mentioned = parsed.iter().chain(waiting).flat_map(|candidate| candidate.mentions.mentioned());
        for name in mentioned.filter(|name| users.get(name).is_some_and(|with| !with.is_empty())) {
            *mentioning.entry(*name).or_default() += 1;
        }
        for (name, with) in &mut users {
            if mentioning.get(name).is_some_and(|&count| count <= MAX_MENTIONING_FILES) {
                with.clear();
            }
        }
        Self {
            users,
            top_level_users: wants
                .top_level_users
                .iter()
                .map(|(name, files)| (Name::of(name), files.iter().map(|&file| folder(parsed[file].path)).collect()))
                .collect(),
            relatives: wants.relatives.iter().map(|name| Name::of(name)).collect(),
            types: wants.types.iter().map(|name| Name::of(name)).collect(),
            aliases: wants.aliases.iter().map(|name| Name::of(name)).collect(),
            vocabulary: wants.vocabulary.iter().map(|name| Name::of(name)).collect(),
            tellers: hashed(&wants.tellers),
            overrides: hashed(&wants.overrides),
            unknown,
            deciding,
            around,
            declaring,
        }
    }

    /// Whether a file is asked for.
    pub fn wants(&self, file: &Candidate<'_>) -> bool {
        let mentions = file.mentions;
        let names_one = |with: &Vec<Name>| with.iter().any(|name| mentions.mentions(*name));
        let uses = |name: &Name| {
            self.users.get(name).is_some_and(|with| with.is_empty() || names_one(with))
                || self.top_level_users.get(name).is_some_and(|folders| folders.iter().any(|folder| sees_folder(file, folder)))
        };
        mentions.mentioned().iter().any(uses)
            || self.relatives.iter().any(|name| mentions.has_head_with(*name))
            || mentions.declares_one_of(&self.types)
            || mentions.aliases().iter().any(|name| self.aliases.contains(name))
            || mentions.members().iter().any(|member| {
                if self.decides(member.name, file) {
                    return true;
                }
                if member.near().iter().any(|name| self.relatives.contains(name)) {
                    return true;
                }
                self.overrides.get(&member.name).is_some_and(names_one) || (self.declares_unknown(member.name, file) && self.may_tell(member, mentions))
            })
    }

    /// Whether a member may tell something: it says a word that does, or calls what does.
    fn may_tell(&self, member: &Member, mentions: &Mentions) -> bool {
        let calls = |name: &Name| self.tellers.get(name).is_some_and(|with| with.iter().any(|one| mentions.mentions(*one)));
        member.tells || member.mentioned().iter().any(|name| self.vocabulary.contains(name) || calls(name))
    }

    fn decides(&self, name: Name, file: &Candidate<'_>) -> bool {
        self.deciding.get(&name).is_some_and(|files| {
            files.iter().any(|(number, words)| {
                let mentions_one = words.is_empty() || words.iter().any(|word| file.mentions.mentions(*word));
                mentions_one && self.is_visible(name, file, &self.around[number])
            })
        })
    }

    fn declares_unknown(&self, name: Name, file: &Candidate<'_>) -> bool {
        self.unknown.get(&name).is_some_and(|files| files.iter().any(|number| self.is_visible(name, file, &self.around[number])))
    }

    /// Whether code in one file may mean what another declares: it mentions its type, stands in the same folder, or names its package; in
    /// Swift and C nothing need be named.
    fn is_visible(&self, name: Name, file: &Candidate<'_>, around: &Around<'_>) -> bool {
        let mentioned = |wanted: Name| around.types.contains(&wanted) || around.mentions.iter().any(|mentions| mentions.mentions(wanted));
        let folder = folder(file.path);
        file.mentions.declared_types().iter().any(|ty| mentioned(*ty))
            || folder == around.folder
            || match file.platform {
                Platform::Android => mentioned(Name::of(folder.rsplit('/').next().unwrap_or(folder))),
                Platform::Apple | Platform::Rust => self.declaring.get(&name).is_some_and(|&count| count <= MAX_DECLARING_FILES),
            }
    }
}

/// Whether a file stands in a folder, or names the package that it is; in Swift and C nothing need be named.
fn sees_folder(file: &Candidate<'_>, wanted: &str) -> bool {
    let package = wanted.rsplit('/').next().unwrap_or(wanted);
    file.platform != Platform::Android || folder(file.path) == wanted || file.mentions.mentions(Name::of(package))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
