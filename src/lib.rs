//! askfirst finds every access to people's data in mobile app code, and proves for each that the app asks first, or names the
//! path on which it doesn't.

pub mod analysis;
pub mod audit;
pub mod baseline;
pub mod catalogue;
pub mod cli;
pub mod comments;
pub mod difference;
pub mod discover;
pub mod document;
pub mod engine;
pub mod evidence;
pub mod facts;
pub mod fingerprint;
pub mod fixes;
pub mod frontend;
pub mod gates;
pub mod git;
pub mod init;
pub mod ir;
pub mod mentions;
pub mod policy;
pub mod prefilter;
pub mod report;
pub mod scan;
pub mod source;
pub mod suppressions;
pub mod verdict;
