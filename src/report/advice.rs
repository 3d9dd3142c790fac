//! What to write: the check of each permission, spelled in the language of the access.

use crate::catalogue::{Catalogue, Permission};
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

/// A statement that leaves unless everything in `needs` (labels of permissions, see [`Site::needs`](crate::verdict::Site::needs))
/// was granted. `None` when it is not known how one of them is asked about.
pub(super) fn leave_unless_granted(needs: &[String], language: Language, catalogue: &Catalogue) -> Option<String> {
    let permissions = needs.iter().map(|need| permission_of(need, language.platform(), catalogue)).collect::<Option<Vec<_>>>()?;
    if permissions.is_empty() {
        return None;
    }
    let conditions = permissions.iter().map(|permission| granted(permission, language)).collect::<Option<Vec<_>>>()?;
    let all = |operator: &str| conditions.join(operator);
    Some(match language {
        Language::Kotlin => format!("if ({}) return", all(" || ")),
        Language::Java => format!("if ({}) return;", all(" || ")),
        Language::Swift if conditions.iter().any(|condition| condition.contains("||")) => {
            let grouped: Vec<String> = conditions.iter().map(|condition| format!("({condition})")).collect();
            format!("guard {} else {{ return }}", if grouped.len() == 1 { conditions[0].clone() } else { grouped.join(" && ") })
        }
        Language::Swift => format!("guard {} else {{ return }}", all(" && ")),
        Language::ObjectiveC => format!("if (!({})) return;", all(" && ")),
    })
}

/// The permission with a label; of alternatives the first.
fn permission_of<'c>(need: &str, platform: Platform, catalogue: &'c Catalogue) -> Option<&'c Permission> {
    let labelled = |label: &str| catalogue.permissions.iter().find(|permission| permission.platform == platform && permission.label == label);
    labelled(need).or_else(|| need.split(" or ").find_map(labelled))
}

/// For Android's languages the condition that it was *not* granted, because that is how an early return asks.
fn granted(permission: &Permission, language: Language) -> Option<String> {
    if language.platform() == Platform::Android {
        let constant = permission.id.strip_prefix("android.permission.");
        let name = constant.map_or_else(|| format!("\"{}\"", permission.id), |name| format!("Manifest.permission.{name}"));
        return Some(format!("ContextCompat.checkSelfPermission(context, {name}) != PackageManager.PERMISSION_GRANTED"));
    }
    let (_, swift, objective_c) = APPLE_CONDITIONS.iter().find(|(id, _, _)| *id == permission.id)?;
    Some((*if language == Language::Swift { swift } else { objective_c }).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{DataCategory, Levels};

    fn catalogue() -> Catalogue {
        let permission = |id: &str, platform, label: &str| Permission {
            id: id.to_owned(),
            platform,
            category: DataCategory::Contacts,
            implies: Vec::new(),
            levels: Levels::ALL,
            usage_keys: Vec::new(),
            label: label.to_owned(),
        };
        let permissions = vec![
            permission("android.permission.READ_CONTACTS", Platform::Android, "read contacts"),
            permission("apple.contacts", Platform::Apple, "contacts"),
            permission("apple.unheard-of", Platform::Apple, "dreams"),
        ];
        let mut catalogue = Catalogue::default();
        catalogue.permissions = permissions;
        catalogue
    }

    #[test]
    fn the_check_is_spelled_in_the_language_of_the_access() {
        let advice = |need: &str, language| leave_unless_granted(&[need.to_owned()], language, &catalogue());
        let kotlin = "if (ContextCompat.checkSelfPermission(context, Manifest.permission.READ_CONTACTS) != PackageManager.PERMISSION_GRANTED) return";
        assert_eq!(advice("read contacts or write contacts", Language::Kotlin).as_deref(), Some(kotlin));
        let swift = "guard CNContactStore.authorizationStatus(for: .contacts) == .authorized else { return }";
        assert_eq!(advice("contacts", Language::Swift).as_deref(), Some(swift));
        assert_eq!(advice("dreams", Language::Swift), None);
        assert_eq!(advice("contacts", Language::Java), None);
    }
}
