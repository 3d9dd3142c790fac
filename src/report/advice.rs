//! What to write: the check of each permission, spelled in the language of the access.

use super::needs::Stretch;
use crate::catalogue::{Catalogue, PermissionId};
use crate::source::{Language, Platform};

/// A permission of Apple's platforms, and the condition that tells that it was granted: in Swift, in Objective-C.
const APPLE_CONDITIONS: [(&str, &str, &str); 12] = [
    (
        "apple.contacts",
        "CNContactStore.authorizationStatus(for: .contacts) == .authorized",
        "[CNContactStore authorizationStatusForEntityType:CNEntityTypeContacts] == CNAuthorizationStatusAuthorized",
    ),
    (
        "apple.location.when-in-use",
        "manager.authorizationStatus == .authorizedWhenInUse || manager.authorizationStatus == .authorizedAlways",
        "manager.authorizationStatus == kCLAuthorizationStatusAuthorizedWhenInUse || manager.authorizationStatus == kCLAuthorizationStatusAuthorizedAlways",
    ),
    ("apple.location.always", "manager.authorizationStatus == .authorizedAlways", "manager.authorizationStatus == kCLAuthorizationStatusAuthorizedAlways"),
    (
        "apple.camera",
        "AVCaptureDevice.authorizationStatus(for: .video) == .authorized",
        "[AVCaptureDevice authorizationStatusForMediaType:AVMediaTypeVideo] == AVAuthorizationStatusAuthorized",
    ),
    (
        "apple.microphone",
        "AVAudioApplication.shared.recordPermission == .granted",
        "[AVAudioApplication sharedInstance].recordPermission == AVAudioApplicationRecordPermissionGranted",
    ),
    (
        "apple.speech",
        "SFSpeechRecognizer.authorizationStatus() == .authorized",
        "[SFSpeechRecognizer authorizationStatus] == SFSpeechRecognizerAuthorizationStatusAuthorized",
    ),
    (
        "apple.photos.read-write",
        "PHPhotoLibrary.authorizationStatus(for: .readWrite) == .authorized",
        "[PHPhotoLibrary authorizationStatusForAccessLevel:PHAccessLevelReadWrite] == PHAuthorizationStatusAuthorized",
    ),
    (
        "apple.photos.add-only",
        "PHPhotoLibrary.authorizationStatus(for: .addOnly) == .authorized",
        "[PHPhotoLibrary authorizationStatusForAccessLevel:PHAccessLevelAddOnly] == PHAuthorizationStatusAuthorized",
    ),
    (
        "apple.motion",
        "CMMotionActivityManager.authorizationStatus() == .authorized",
        "[CMMotionActivityManager authorizationStatus] == CMAuthorizationStatusAuthorized",
    ),
    (
        "apple.fall-detection",
        "CMFallDetectionManager().authorizationStatus == .authorized",
        "[[CMFallDetectionManager alloc] init].authorizationStatus == CMAuthorizationStatusAuthorized",
    ),
    (
        "apple.tracking",
        "ATTrackingManager.trackingAuthorizationStatus == .authorized",
        "ATTrackingManager.trackingAuthorizationStatus == ATTrackingManagerAuthorizationStatusAuthorized",
    ),
    ("apple.bluetooth", "CBManager.authorization == .allowedAlways", "CBManager.authorization == CBManagerAuthorizationAllowedAlways"),
];

/// Code that leaves unless these were granted, on the versions on which they are asked for. `None` when it is not known how one of them is
/// asked about.
pub(super) fn leave_unless_granted(asked: &[Stretch<PermissionId>], language: Language, catalogue: &Catalogue) -> Option<String> {
    if language.platform() == Platform::Android { on_android(asked, language, catalogue) } else { on_apple(asked.last()?, language, catalogue) }
}

fn on_android(asked: &[Stretch<PermissionId>], language: Language, catalogue: &Catalogue) -> Option<String> {
    let end = if language == Language::Java { ";" } else { "" };
    let constant = |id: &PermissionId| {
        let id = catalogue.permission(*id).id.as_str();
        id.strip_prefix("android.permission.").map_or_else(|| format!("\"{id}\""), |name| format!("Manifest.permission.{name}"))
    };
    let refused = |permission: &str| format!("ContextCompat.checkSelfPermission(context, {permission}) != PackageManager.PERMISSION_GRANTED");
    // The usual case of a permission that took the place of another.
    if let [older, newer] = asked
        && let ([before], [after], true) = (older.all.as_slice(), newer.all.as_slice(), older.from == 0 && newer.until == u32::MAX)
        && older.until + 1 == newer.from
    {
        let (before, after, from) = (constant(before), constant(after), newer.from);
        let choice = match language {
            Language::Java => format!("String permission = Build.VERSION.SDK_INT >= {from} ? {after} : {before};"),
            _ => format!("val permission = if (Build.VERSION.SDK_INT >= {from}) {after} else {before}"),
        };
        return Some(format!("{choice}\nif ({}) return{end}", refused("permission")));
    }
    let statements = asked.iter().map(|stretch| {
        let refusals: Vec<String> = stretch.all.iter().map(|id| refused(&constant(id))).collect();
        let from = (stretch.from > 0).then(|| format!("Build.VERSION.SDK_INT >= {}", stretch.from));
        let until = (stretch.until < u32::MAX).then(|| format!("Build.VERSION.SDK_INT <= {}", stretch.until));
        let versions: Vec<String> = from.into_iter().chain(until).collect();
        let refused = refusals.join(" ||\n    ");
        match versions.as_slice() {
            [] => format!("if ({refused}) return{end}"),
            versions if refusals.len() == 1 => format!("if ({} &&\n    {refused}) return{end}", versions.join(" && ")),
            versions => format!("if ({} &&\n    ({refused})) return{end}", versions.join(" && ")),
        }
    });
    let statements: Vec<String> = statements.collect();
    (!statements.is_empty()).then(|| statements.join("\n"))
}

fn on_apple(asked: &Stretch<PermissionId>, language: Language, catalogue: &Catalogue) -> Option<String> {
    let condition = |id: &PermissionId| {
        let (_, swift, objective_c) = APPLE_CONDITIONS.iter().find(|(known, _, _)| *known == catalogue.permission(*id).id)?;
        Some(if language == Language::Swift { *swift } else { *objective_c })
    };
    let conditions = asked.all.iter().map(condition).collect::<Option<Vec<&str>>>()?;
    let all = match conditions.as_slice() {
        [one] => (*one).to_owned(),
        several => several.iter().map(|one| if one.contains("||") { format!("({one})") } else { (*one).to_owned() }).collect::<Vec<_>>().join(" && "),
    };
    Some(if language == Language::Swift { format!("guard {all} else {{ return }}") } else { format!("if (!({all})) return;") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::embedded;

    fn stretch(from: u32, until: u32, permissions: &[&str]) -> Stretch<PermissionId> {
        let id = |name: &&str| {
            let position = embedded().permissions.iter().position(|permission| permission.id == *name);
            PermissionId(position.expect("a permission") as u16)
        };
        Stretch { from, until, all: permissions.iter().map(id).collect() }
    }

    fn advice(asked: &[Stretch<PermissionId>], language: Language) -> String {
        leave_unless_granted(asked, language, embedded()).unwrap_or_default()
    }

    #[test]
    fn the_check_is_spelled_in_the_language_of_the_access() {
        let kotlin = "if (ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) != PackageManager.PERMISSION_GRANTED) return";
        let contacts = [stretch(0, u32::MAX, &["android.permission.READ_CONTACTS"])];
        assert_eq!(advice(&contacts, Language::Kotlin), kotlin);
        assert_eq!(advice(&contacts, Language::Java), format!("{kotlin};"));
        let apple = [stretch(0, u32::MAX, &["apple.contacts"])];
        assert_eq!(advice(&apple, Language::Swift), "guard CNContactStore.authorizationStatus(for: .contacts) == .authorized else { return }");
        assert!(advice(&apple, Language::ObjectiveC).starts_with("if (!([CNContactStore authorizationStatusForEntityType:"));
        assert_eq!(advice(&[], Language::Kotlin), "");
    }

    #[test]
    fn versions_that_need_another_permission_choose_it() {
        let asked = [stretch(0, 32, &["android.permission.READ_EXTERNAL_STORAGE"]), stretch(33, u32::MAX, &["android.permission.READ_MEDIA_IMAGES"])];
        let java = "\
String permission = Build.VERSION.SDK_INT >= 33 ? Manifest.permission.READ_MEDIA_IMAGES : Manifest.permission.READ_EXTERNAL_STORAGE;
if (ContextCompat.checkSelfPermission(context, permission) != PackageManager.PERMISSION_GRANTED) return;";
        assert_eq!(advice(&asked, Language::Java), java);
    }

    #[test]
    fn versions_without_a_permission_are_let_through() {
        let asked = [stretch(31, u32::MAX, &["android.permission.BLUETOOTH_SCAN"])];
        let kotlin = "\
if (Build.VERSION.SDK_INT >= 31 &&
    ContextCompat.checkSelfPermission(context, Manifest.permission.BLUETOOTH_SCAN) != PackageManager.PERMISSION_GRANTED) return";
        assert_eq!(advice(&asked, Language::Kotlin), kotlin);
    }
}
