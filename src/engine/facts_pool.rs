//! Facts of files that several scans share: two states of a tree have most files in common.

use std::sync::{Arc, Mutex, MutexGuard};

use rustc_hash::FxHashMap as HashMap;

use crate::facts::{ContentHash, FileFacts};
use crate::source::{Language, SourceFile};

/// Facts by what they are the facts of.
type ByContent = HashMap<(ContentHash, Language), Arc<FileFacts>>;

/// Facts of files that were lowered once. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct FactsPool(Arc<Mutex<ByContent>>);

impl FactsPool {
    /// The facts of a file; what `lower` makes of it, if its content was not seen yet.
    pub(super) fn facts_of(&self, file: &SourceFile, lower: impl FnOnce() -> FileFacts) -> FileFacts {
        let key = (ContentHash::of(file.text.as_bytes()), file.language);
        if let Some(known) = self.lock().get(&key).cloned() {
            return FileFacts { path: file.path.clone(), ..(*known).clone() };
        }
        let facts = lower();
        self.lock().insert(key, Arc::new(facts.clone()));
        facts
    }

    fn lock(&self) -> MutexGuard<'_, ByContent> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
