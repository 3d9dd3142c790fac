//! The check in Rust: by the crates that wrap Apple's frameworks, by Java's names on Android, by the plugin that is used, or by both systems'
//! own where a crate runs on both.

use super::{PermissionId, Stretch, apple_condition};
use crate::catalogue::Catalogue;

/// Plugins that ask for what they need: the type that is accessed, what gives it, and what of the answer is about the access.
const PLUGINS: [(&str, &str, &str); 2] = [
    ("tauri_plugin_barcode_scanner.BarcodeScanner", "app.barcode_scanner()", "camera"),
    ("tauri_plugin_geolocation.Geolocation", "app.geolocation()", "location"),
];

/// An access in Rust, as far as the check before it depends on it.
pub(in super::super) struct Access<'s> {
    /// Its name in the catalogue.
    pub api: &'s str,
    /// What it needs on Android and on Apple's systems, version by version; empty where it asks for nothing or does not run.
    pub on_android: &'s [Stretch<Vec<PermissionId>>],
    /// See above.
    pub on_apple: &'s [Stretch<Vec<PermissionId>>],
    /// Whether its function has a result, so that what fails can be handed on.
    pub gives_result: bool,
}

/// Code that leaves unless what an access needs was granted; `None` when it is not known how to ask about it.
pub(in super::super) fn leave_unless_granted(access: &Access<'_>, catalogue: &Catalogue) -> Option<String> {
    let owner = access.api.rsplit_once('.').map_or(access.api, |(owner, _)| owner);
    if let Some((_, plugin, answer)) = PLUGINS.iter().find(|(known, _, _)| *known == owner) {
        return Some(by_plugin(plugin, answer, access.gives_result));
    }
    let on_android = access.on_android.last().map(|asked| by_java(&asked.all, access.gives_result, catalogue));
    let on_apple = match access.on_apple.last() {
        Some(asked) => Some(by_framework(&asked.all, access.gives_result, catalogue)?),
        None => None,
    };
    match (on_android, on_apple) {
        // Each system is asked in code of its own.
        (Some(android), Some(apple)) => {
            let indented = |code: &str| code.lines().map(|line| format!("    {line}\n")).collect::<String>();
            Some(format!("#[cfg(target_os = \"android\")]\n{{\n{}}}\n#[cfg(not(target_os = \"android\"))]\n{{\n{}}}", indented(&android), indented(&apple)))
        }
        (android, apple) => android.or(apple),
    }
}

fn leave(gives_result: bool) -> &'static str {
    if gives_result { "return /* what a refusal gives */" } else { "return" }
}

fn by_plugin(plugin: &str, answer: &str, gives_result: bool) -> String {
    let leave = leave(gives_result);
    if gives_result {
        format!("if {plugin}.check_permissions()?.{answer} != PermissionState::Granted {{\n    {leave};\n}}")
    } else {
        format!("if !{plugin}.check_permissions().is_ok_and(|status| status.{answer} == PermissionState::Granted) {{\n    {leave};\n}}")
    }
}

fn by_framework(asked: &[Vec<PermissionId>], gives_result: bool, catalogue: &Catalogue) -> Option<String> {
    let conditions = asked.iter().map(|any| Some(apple_condition(any, catalogue)?.rust)).collect::<Option<Vec<&str>>>()?;
    Some(match conditions.as_slice() {
        [one] => format!("if !{one} {{\n    {};\n}}", leave(gives_result)),
        several => format!("if !({}) {{\n    {};\n}}", several.join(" && "), leave(gives_result)),
    })
}

/// Which of these permissions were granted is asked of the context; the latest versions' are asked for, since no code in Rust is known that
/// tells versions apart.
fn by_java(asked: &[Vec<PermissionId>], gives_result: bool, catalogue: &Catalogue) -> String {
    let leave = leave(gives_result);
    let ids: Vec<PermissionId> = asked.iter().flatten().copied().collect();
    let is_only = ids.len() == 1;
    let text = |id: PermissionId| {
        let short = catalogue.permission(id).id.rsplit('.').next().unwrap_or_default().to_lowercase();
        if is_only { "permission".to_owned() } else { short }
    };
    let mut code = String::new();
    for &id in &ids {
        let (name, id) = (text(id), &catalogue.permission(id).id);
        code += &match gives_result {
            true => format!("let {name} = env.new_string(\"{id}\")?;\n"),
            false => format!("let Ok({name}) = env.new_string(\"{id}\") else {{ {leave} }};\n"),
        };
    }
    let refused = |id: &PermissionId| {
        let call = format!("env.call_method(&context, \"checkSelfPermission\", \"(Ljava/lang/String;)I\", &[(&{}).into()])", text(*id));
        match gives_result {
            true => format!("{call}?.i()? != 0"),
            false => format!("!{call}.is_ok_and(|answer| answer.i().is_ok_and(|answer| answer == 0))"),
        }
    };
    let is_one_of_several = |any: &[PermissionId]| any.len() > 1 && asked.len() > 1;
    let refusals = asked.iter().map(|any| {
        let all = any.iter().map(refused).collect::<Vec<_>>().join("\n    && ");
        if is_one_of_several(any) { format!("({all})") } else { all }
    });
    let refusals = refusals.collect::<Vec<_>>().join("\n    || ");
    let opening = if is_only { " {" } else { "\n{" };
    code + &format!("if {refusals}{opening}\n    {leave};\n}}")
}

/// Code that leaves unless a gate of the policy, given as the policy calls it, says yes; `comes_back` when it fails instead of answering.
/// `None` when it is not known how Rust spells it.
pub(in super::super) fn leave_unless_allowed(gate: &str, comes_back: bool, gives_result: bool) -> Option<String> {
    let (called, given) = gate.split_once('(').map_or((gate, None), |(called, given)| (called, Some(given)));
    let called = match called.rsplit_once('.') {
        Some((owner, member)) if owner.rsplit('.').next()?.starts_with(char::is_uppercase) => format!("gate.{member}"),
        Some((module, function)) => format!("{}::{function}", module.replace('.', "::")),
        None => called.to_owned(),
    };
    // A name without its owner is known by nobody, and places of other arguments are for people.
    let is_text = |part: &str| part.starts_with('"');
    let spelled = |part: &str| if is_text(part) { part.to_owned() } else { part.replace('.', "::") };
    let given = match given {
        Some(given) => {
            let parts: Vec<String> = given.strip_suffix(')')?.split(',').map(|part| spelled(part.trim())).collect();
            if parts.iter().any(|part| part.starts_with("::") || part.contains(['_', '*', '$']) && !is_text(part)) {
                return None;
            }
            format!("({})", parts.join(", "))
        }
        None => String::new(),
    };
    Some(match (comes_back, gives_result) {
        (true, true) => format!("{called}{given}?;"),
        (true, false) => format!("if {called}{given}.is_err() {{\n    return;\n}}"),
        (false, _) => format!("if !{called}{given} {{\n    {};\n}}", leave(gives_result)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::stretch;
    use super::*;
    use crate::catalogue::embedded;

    fn code(api: &str, on_android: &[&str], on_apple: &[&str], gives_result: bool) -> String {
        let asked = |permissions: &[&str]| if permissions.is_empty() { Vec::new() } else { vec![stretch(0, u32::MAX, permissions)] };
        let access = Access { api, on_android: &asked(on_android), on_apple: &asked(on_apple), gives_result };
        leave_unless_granted(&access, embedded()).unwrap_or_default()
    }

    #[test]
    fn apples_frameworks_are_asked_by_their_crates() {
        let contacts = "\
if !matches!(
    unsafe { CNContactStore::authorizationStatusForEntityType(CNEntityType::Contacts) },
    CNAuthorizationStatus::Authorized | CNAuthorizationStatus::Limited
) {
    return;
}";
        assert_eq!(code("objc2_contacts.CNContactStore.executeSaveRequest_error", &[], &["apple.contacts"], false), contacts);
        let both = code("objc2_speech.SFSpeechRecognizer.recognitionTaskWithRequest", &[], &["apple.speech", "apple.microphone"], true);
        assert!(both.starts_with("if !(matches!(unsafe { SFSpeechRecognizer::") && both.contains(" && matches!(unsafe {"), "{both}");
        assert_eq!(code("objc2_health_kit.HKHealthStore.executeQuery", &[], &["apple.health.read"], false), "", "what is read is told to nobody");
    }

    #[test]
    fn android_is_asked_by_javas_names() {
        let handed_on = "\
let permission = env.new_string(\"android.permission.READ_CONTACTS\")?;
if env.call_method(&context, \"checkSelfPermission\", \"(Ljava/lang/String;)I\", &[(&permission).into()])?.i()? != 0 {
    return /* what a refusal gives */;
}";
        let contacts = ["android.permission.READ_CONTACTS"];
        assert_eq!(code("jni.JNIEnv.call_method", &contacts, &[], true), handed_on);
        let dropped = code("jni.JNIEnv.call_method", &contacts, &[], false);
        assert!(dropped.starts_with("let Ok(permission) = env.new_string(\"android.permission.READ_CONTACTS\") else { return };\nif !env."), "{dropped}");
        let location = code("jni.JNIEnv.call_method", &["android.permission.ACCESS_FINE_LOCATION|android.permission.ACCESS_COARSE_LOCATION"], &[], true);
        assert!(location.contains("let access_coarse_location = env.new_string(") && location.contains(")?.i()? != 0\n    && env.call_method("), "{location}");
    }

    #[test]
    fn a_crate_for_both_systems_asks_on_each() {
        let microphone = code("cpal.Device.build_input_stream", &["android.permission.RECORD_AUDIO"], &["apple.microphone"], true);
        assert!(microphone.starts_with("#[cfg(target_os = \"android\")]\n{\n    let permission = env"), "{microphone}");
        assert!(microphone.contains("}\n#[cfg(not(target_os = \"android\"))]\n{\n    if !"), "{microphone}");
    }

    #[test]
    fn plugins_ask_for_what_they_need() {
        let both = (&["android.permission.CAMERA"], &["apple.camera"]);
        let scan = |gives_result| code("tauri_plugin_barcode_scanner.BarcodeScanner.scan", both.0, both.1, gives_result);
        assert!(scan(true).starts_with("if app.barcode_scanner().check_permissions()?.camera != PermissionState::Granted {"), "{}", scan(true));
        assert!(scan(false).starts_with("if !app.barcode_scanner().check_permissions().is_ok_and("), "{}", scan(false));
    }

    #[test]
    fn gates_are_spelled_as_in_rust() {
        let code = |gate, comes_back, gives_result| leave_unless_allowed(gate, comes_back, gives_result).unwrap_or_default();
        assert_eq!(code("ConsentGate.ask(Feature.PenPals)", true, true), "gate.ask(Feature::PenPals)?;");
        assert_eq!(code("demand(Feature.PenPals)", true, false), "if demand(Feature::PenPals).is_err() {\n    return;\n}");
        assert_eq!(code("consent.may_use(\"pen.pals\")", false, false), "if !consent::may_use(\"pen.pals\") {\n    return;\n}");
        assert_eq!(code("ConsentGate.allows(.penPals)", false, false), "");
        assert_eq!(code("ConsentGate.allows(_, Feature.PenPals)", false, false), "");
    }
}
