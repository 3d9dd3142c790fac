//! What to write: the check of each permission, spelled in the language of the access.

pub(super) mod rust;

use super::needs::Stretch;
use crate::catalogue::{Catalogue, PermissionId};
use crate::source::{Language, Platform};

/// A permission of Apple's platforms, and the condition that tells that it was granted. Each accepts all answers that grant it and compiles
/// for the oldest systems: Swift can name the `limited` of contacts only from iOS 18 on.
struct AppleCondition {
    permission: &'static str,
    swift: &'static str,
    objective_c: &'static str,
    rust: &'static str,
}

const APPLE_CONDITIONS: [AppleCondition; 12] = [
    AppleCondition {
        permission: "apple.contacts",
        swift: "![.notDetermined, .restricted, .denied].contains(CNContactStore.authorizationStatus(for: .contacts))",
        objective_c: "[CNContactStore authorizationStatusForEntityType:CNEntityTypeContacts] == CNAuthorizationStatusAuthorized || \
         [CNContactStore authorizationStatusForEntityType:CNEntityTypeContacts] == CNAuthorizationStatusLimited",
        rust: "matches!(\n    unsafe { CNContactStore::authorizationStatusForEntityType(CNEntityType::Contacts) },\n    \
               CNAuthorizationStatus::Authorized | CNAuthorizationStatus::Limited\n)",
    },
    AppleCondition {
        permission: "apple.location.when-in-use",
        swift: "manager.authorizationStatus == .authorizedWhenInUse || manager.authorizationStatus == .authorizedAlways",
        objective_c: "manager.authorizationStatus == kCLAuthorizationStatusAuthorizedWhenInUse || manager.authorizationStatus == kCLAuthorizationStatusAuthorizedAlways",
        rust: "matches!(\n    unsafe { CLLocationManager::new().authorizationStatus() },\n    \
               CLAuthorizationStatus::AuthorizedWhenInUse | CLAuthorizationStatus::AuthorizedAlways\n)",
    },
    AppleCondition {
        permission: "apple.location.always",
        swift: "manager.authorizationStatus == .authorizedAlways",
        objective_c: "manager.authorizationStatus == kCLAuthorizationStatusAuthorizedAlways",
        rust: "matches!(unsafe { CLLocationManager::new().authorizationStatus() }, CLAuthorizationStatus::AuthorizedAlways)",
    },
    AppleCondition {
        permission: "apple.camera",
        swift: "AVCaptureDevice.authorizationStatus(for: .video) == .authorized",
        objective_c: "[AVCaptureDevice authorizationStatusForMediaType:AVMediaTypeVideo] == AVAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { AVCaptureDevice::authorizationStatusForMediaType(AVMediaTypeVideo.unwrap()) }, AVAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.microphone",
        swift: "AVCaptureDevice.authorizationStatus(for: .audio) == .authorized",
        objective_c: "[AVCaptureDevice authorizationStatusForMediaType:AVMediaTypeAudio] == AVAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { AVCaptureDevice::authorizationStatusForMediaType(AVMediaTypeAudio.unwrap()) }, AVAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.speech",
        swift: "SFSpeechRecognizer.authorizationStatus() == .authorized",
        objective_c: "[SFSpeechRecognizer authorizationStatus] == SFSpeechRecognizerAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { SFSpeechRecognizer::authorizationStatus() }, SFSpeechRecognizerAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.photos.read-write",
        swift: "[.authorized, .limited].contains(PHPhotoLibrary.authorizationStatus(for: .readWrite))",
        objective_c: "[PHPhotoLibrary authorizationStatusForAccessLevel:PHAccessLevelReadWrite] == PHAuthorizationStatusAuthorized || \
         [PHPhotoLibrary authorizationStatusForAccessLevel:PHAccessLevelReadWrite] == PHAuthorizationStatusLimited",
        rust: "matches!(\n    unsafe { PHPhotoLibrary::authorizationStatusForAccessLevel(PHAccessLevel::ReadWrite) },\n    \
               PHAuthorizationStatus::Authorized | PHAuthorizationStatus::Limited\n)",
    },
    AppleCondition {
        permission: "apple.photos.add-only",
        swift: "PHPhotoLibrary.authorizationStatus(for: .addOnly) == .authorized",
        objective_c: "[PHPhotoLibrary authorizationStatusForAccessLevel:PHAccessLevelAddOnly] == PHAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { PHPhotoLibrary::authorizationStatusForAccessLevel(PHAccessLevel::AddOnly) }, PHAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.motion",
        swift: "CMMotionActivityManager.authorizationStatus() == .authorized",
        objective_c: "[CMMotionActivityManager authorizationStatus] == CMAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { CMMotionActivityManager::authorizationStatus() }, CMAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.fall-detection",
        swift: "CMFallDetectionManager().authorizationStatus == .authorized",
        objective_c: "[[CMFallDetectionManager alloc] init].authorizationStatus == CMAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { CMFallDetectionManager::new().authorizationStatus() }, CMAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.tracking",
        swift: "ATTrackingManager.trackingAuthorizationStatus == .authorized",
        objective_c: "ATTrackingManager.trackingAuthorizationStatus == ATTrackingManagerAuthorizationStatusAuthorized",
        rust: "matches!(unsafe { ATTrackingManager::trackingAuthorizationStatus() }, ATTrackingManagerAuthorizationStatus::Authorized)",
    },
    AppleCondition {
        permission: "apple.bluetooth",
        swift: "CBManager.authorization == .allowedAlways",
        objective_c: "CBManager.authorization == CBManagerAuthorizationAllowedAlways",
        rust: "matches!(unsafe { CBManager::authorization_class() }, CBManagerAuthorization::AllowedAlways)",
    },
];

/// Code that leaves unless these were granted, on the versions on which they are asked for; of alternatives one is enough. `None` when it is
/// not known how one of them is asked about. What a function with a result has to return is for people to fill in.
pub(super) fn leave_unless_granted(asked: &[Stretch<Vec<PermissionId>>], language: Language, gives_result: bool, catalogue: &Catalogue) -> Option<String> {
    let leave = if gives_result { "return /* what a refusal gives */" } else { "return" };
    match language.platform() {
        Platform::Android => on_android(asked, language, leave, catalogue),
        Platform::Apple => on_apple(asked.last()?, language, leave, catalogue),
        // It depends on more: see `rust`.
        Platform::Rust => None,
    }
}

fn on_android(asked: &[Stretch<Vec<PermissionId>>], language: Language, leave: &str, catalogue: &Catalogue) -> Option<String> {
    let end = if language == Language::Java { ";" } else { "" };
    let constant = |id: &PermissionId| {
        let id = catalogue.permission(*id).id.as_str();
        id.strip_prefix("android.permission.").map_or_else(|| format!("\"{id}\""), |name| format!("Manifest.permission.{name}"))
    };
    let refused = |permission: &str| format!("ContextCompat.checkSelfPermission(context, {permission}) != PackageManager.PERMISSION_GRANTED");
    // The usual case of a permission that took the place of another.
    if let [older, newer] = asked
        && let ([before], [after], true) = (older.all.as_slice(), newer.all.as_slice(), older.from == 0 && newer.until == u32::MAX)
        && let ([before], [after], true) = (before.as_slice(), after.as_slice(), older.until + 1 == newer.from)
    {
        let (before, after, from) = (constant(before), constant(after), newer.from);
        let choice = match language {
            Language::Java => format!("String permission = Build.VERSION.SDK_INT >= {from} ? {after} : {before};"),
            _ => format!("val permission = if (Build.VERSION.SDK_INT >= {from}) {after} else {before}"),
        };
        return Some(format!("{choice}\nif ({}) {leave}{end}", refused("permission")));
    }
    let statements = asked.iter().map(|stretch| {
        let is_only = stretch.all.len() == 1;
        let refusals = stretch.all.iter().map(|any| {
            let all: Vec<String> = any.iter().map(|id| refused(&constant(id))).collect();
            let all_refused = all.join(" &&\n    ");
            if all.len() > 1 && !is_only { format!("({all_refused})") } else { all_refused }
        });
        let refusals: Vec<String> = refusals.collect();
        let from = (stretch.from > 0).then(|| format!("Build.VERSION.SDK_INT >= {}", stretch.from));
        let until = (stretch.until < u32::MAX).then(|| format!("Build.VERSION.SDK_INT <= {}", stretch.until));
        let versions: Vec<String> = from.into_iter().chain(until).collect();
        let refused = refusals.join(" ||\n    ");
        match versions.as_slice() {
            [] => format!("if ({refused}) {leave}{end}"),
            versions if is_only => format!("if ({} &&\n    {refused}) {leave}{end}", versions.join(" && ")),
            versions => format!("if ({} &&\n    ({refused})) {leave}{end}", versions.join(" && ")),
        }
    });
    let statements: Vec<String> = statements.collect();
    (!statements.is_empty()).then(|| statements.join("\n"))
}

fn on_apple(asked: &Stretch<Vec<PermissionId>>, language: Language, leave: &str, catalogue: &Catalogue) -> Option<String> {
    let condition = |any: &Vec<PermissionId>| {
        let condition = apple_condition(any, catalogue)?;
        Some(if language == Language::Swift { condition.swift } else { condition.objective_c })
    };
    let conditions = asked.all.iter().map(condition).collect::<Option<Vec<&str>>>()?;
    let all = match conditions.as_slice() {
        [one] => (*one).to_owned(),
        several => several.iter().map(|one| if one.contains("||") { format!("({one})") } else { (*one).to_owned() }).collect::<Vec<_>>().join(" && "),
    };
    Some(if language == Language::Swift { format!("guard {all} else {{ {leave} }}") } else { format!("if (!({all})) {leave};") })
}

fn apple_condition(any: &[PermissionId], catalogue: &Catalogue) -> Option<&'static AppleCondition> {
    let id = any.first()?;
    APPLE_CONDITIONS.iter().find(|known| known.permission == catalogue.permission(*id).id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::embedded;

    /// Alternatives are separated by bars.
    pub(super) fn stretch(from: u32, until: u32, permissions: &[&str]) -> Stretch<Vec<PermissionId>> {
        let id = |name: &str| {
            let position = embedded().permissions.iter().position(|permission| permission.id == name);
            PermissionId(position.expect("a permission") as u16)
        };
        Stretch { from, until, all: permissions.iter().map(|any| any.split('|').map(id).collect()).collect() }
    }

    fn advice(asked: &[Stretch<Vec<PermissionId>>], language: Language) -> String {
        leave_unless_granted(asked, language, false, embedded()).unwrap_or_default()
    }

    #[test]
    fn the_check_is_spelled_in_the_language_of_the_access() {
        let kotlin = "if (ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) != PackageManager.PERMISSION_GRANTED) return";
        let contacts = [stretch(0, u32::MAX, &["android.permission.READ_CONTACTS"])];
        assert_eq!(advice(&contacts, Language::Kotlin), kotlin);
        assert_eq!(advice(&contacts, Language::Java), format!("{kotlin};"));
        let apple = [stretch(0, u32::MAX, &["apple.contacts"])];
        assert_eq!(
            advice(&apple, Language::Swift),
            "guard ![.notDetermined, .restricted, .denied].contains(CNContactStore.authorizationStatus(for: .contacts)) else { return }"
        );
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

    #[test]
    fn any_of_several_that_suffice_is_accepted() {
        let location = [stretch(0, u32::MAX, &["android.permission.ACCESS_FINE_LOCATION|android.permission.ACCESS_COARSE_LOCATION"])];
        let kotlin = "\
if (ContextCompat.checkSelfPermission(context, Manifest.permission.ACCESS_FINE_LOCATION) != PackageManager.PERMISSION_GRANTED &&
    ContextCompat.checkSelfPermission(context, Manifest.permission.ACCESS_COARSE_LOCATION) != PackageManager.PERMISSION_GRANTED) return";
        assert_eq!(advice(&location, Language::Kotlin), kotlin);
        let both = [stretch(0, u32::MAX, &["android.permission.CAMERA", "android.permission.ACCESS_FINE_LOCATION|android.permission.ACCESS_COARSE_LOCATION"])];
        assert!(advice(&both, Language::Kotlin).contains("!= PackageManager.PERMISSION_GRANTED ||\n    (ContextCompat"));
        let photos = advice(&[stretch(0, u32::MAX, &["apple.photos.read-write"])], Language::Swift);
        assert_eq!(photos, "guard [.authorized, .limited].contains(PHPhotoLibrary.authorizationStatus(for: .readWrite)) else { return }");
    }

    #[test]
    fn what_a_function_with_a_result_returns_is_left_open() {
        let contacts = [stretch(0, u32::MAX, &["android.permission.READ_CONTACTS"])];
        let java = leave_unless_granted(&contacts, Language::Java, true, embedded()).unwrap_or_default();
        assert!(java.ends_with(") return /* what a refusal gives */;"), "{java}");
        let microphone = [stretch(0, u32::MAX, &["apple.microphone"])];
        let swift = leave_unless_granted(&microphone, Language::Swift, true, embedded()).unwrap_or_default();
        assert_eq!(swift, "guard AVCaptureDevice.authorizationStatus(for: .audio) == .authorized else { return /* what a refusal gives */ }");
    }
}
