use super::*;
use crate::catalogue::{
    Access, AccessClass, DataCategory, Direction, Evidence, Failure, Given, Levels, Member, MemberKind, Place, PlatformType, Service, Symbol, ValueSet,
    ValueSetId, When,
};

fn access(owner: &str, member: &str, evidence: Evidence, when: Vec<When>) -> Access {
    let member = Member { name: Some(member.to_owned()), labels: None, selector: None, is_constructor: false };
    let symbol = Symbol { platform: Platform::Android, owner: Some(owner.to_owned()), members: vec![member], kind: MemberKind::Call, evidence, when };
    Access {
        symbol,
        class: AccessClass::Protected,
        category: DataCategory::Location,
        direction: Direction::Read,
        needs: Vec::new(),
        fails: Failure::Silent,
        fails_levels: Levels::ALL,
        levels: Levels::ALL,
        asked_by: Vec::new(),
        source: None,
        file: String::new(),
        unlisted: None,
    }
}

fn filter(accesses: Vec<Access>) -> Prefilter {
    let mut catalogue = Catalogue::default();
    catalogue.accesses = accesses;
    let resolver = "android.content.ContentResolver";
    let context = PlatformType {
        name: "android.content.Context".into(),
        platform: Platform::Android,
        module: None,
        supertypes: Vec::new(),
        yields: std::iter::once(("contentResolver".to_owned(), resolver.to_owned())).collect(),
        implicit: true,
    };
    catalogue.types.insert(context.name.clone(), context);
    catalogue.services.push(Service {
        constant: "android.content.Context.LOCATION_SERVICE".into(),
        text: "location".into(),
        ty: "android.location.LocationManager".into(),
    });
    catalogue.value_sets.push(ValueSet {
        name: "contacts".into(),
        constants: vec!["android.provider.ContactsContract.Contacts.*".into()],
        texts: vec!["content://com.android.contacts".into()],
    });
    Prefilter::new(&catalogue, |_| 1).expect("a small automaton")
}

fn picks(filter: &Prefilter, text: &str) -> bool {
    filter.picks(Platform::Android, text.as_bytes()) == Some(Pick::Access)
}

#[test]
fn a_member_needs_something_that_gives_its_type() {
    let filter = filter(vec![access("android.location.LocationManager", "getLastKnownLocation", Evidence::Type, Vec::new())]);
    assert!(picks(&filter, "import android.location.LocationManager\n(LocationManager) x; getLastKnownLocation(p)"));
    assert!(picks(&filter, "val m = getSystemService(LOCATION_SERVICE) as Any; m.lastKnownLocation"));
    assert!(picks(&filter, "getSystemService(\"location\").getLastKnownLocation(p)"));
    assert!(!picks(&filter, "getLastKnownLocation(p)"));
    assert!(!picks(&filter, "MyLocationManager.getLastKnownLocation(p)"));
    assert!(filter.picks(Platform::Apple, b"LocationManager.getLastKnownLocation").is_none());
}

#[test]
fn chains_and_arguments_count() {
    let when = vec![When { value: Given::Argument(Place::Position(0)), is: Some(ValueSetId(0)), is_not: None, of_type: None }];
    let by_argument = filter(vec![access("android.content.ContentResolver", "query", Evidence::Argument, when.clone())]);
    assert!(picks(&by_argument, "import android.provider.ContactsContract.Contacts; x.query(Contacts.CONTENT_URI)"));
    assert!(picks(&by_argument, "x.query(Uri.parse(\"content://com.android.contacts/data\"))"));
    assert!(!picks(&by_argument, "x.query(People.CONTENT_URI)"));
    let by_type = filter(vec![access("android.content.ContentResolver", "query", Evidence::Type, when)]);
    assert!(picks(&by_type, "import android.provider.*; context.contentResolver.query(Contacts.CONTENT_URI)"));
    assert!(picks(&by_type, "\"$contentResolver\"; getContentResolver().query(android.provider.ContactsContract.Contacts.CONTENT_URI)"));
    assert!(!picks(&by_type, "import android.provider.*; database.query(Contacts.CONTENT_URI)"));
}

#[test]
fn members_of_an_implicit_receiver_need_no_type() {
    let filter = filter(vec![access("android.content.Context", "registerSensor", Evidence::Type, Vec::new())]);
    assert!(picks(&filter, "registerSensor()"));
}

#[test]
fn names_stand_alone() {
    let filter = filter(vec![access("B", "read", Evidence::Name, Vec::new())]);
    assert!(picks(&filter, "é.read("));
    assert!(picks(&filter, "read"));
    assert!(!picks(&filter, "reader bread read_1"));
}

#[test]
fn a_distinctive_name_needs_its_package() {
    let filter = filter(vec![access("android.location.LocationManager", "removeUpdates", Evidence::Name, Vec::new())]);
    assert!(picks(&filter, "import android.location.LocationListener; manager.removeUpdates(this)"));
    assert!(picks(&filter, "getSystemService(LOCATION_SERVICE).removeUpdates(this)"));
    assert!(!picks(&filter, "manager.removeUpdates(this)"));
}

#[test]
fn what_another_member_is_passed_counts() {
    let value = Given::PassedTo(BTreeMap::from([("setType".to_owned(), 0)]));
    let when = vec![When { value, is: Some(ValueSetId(0)), is_not: None, of_type: None }];
    let filter = filter(vec![access("android.content.Intent", "setAction", Evidence::Argument, when)]);
    assert!(picks(&filter, "import android.provider.ContactsContract.Contacts; x.action = PICK; x.type = Contacts.CONTENT_TYPE"));
    assert!(!picks(&filter, "import android.provider.ContactsContract.Contacts; x.action = PICK; Contacts.CONTENT_TYPE"));
    assert!(!picks(&filter, "x.action = PICK; x.type = type"));
}
