use super::*;
use crate::api::Said;
use geodata::Time;
use geodata::dispute::Disputant;
use geodata::wire::{
    Account, AccountMade, AuditPage, BulkResult, CalendarYear, CategoryHistory, CategoryImport, Findings, HoursInForce,
    IncidentDetail, Me, Nearby, PasswordMade, PlaceInfo, Roster, RosterCopied, SessionRow, StaffRow, TotpEnrolment,
    Unit, Work,
};
use serde::Serialize;
use serde_json::{Value, json};

impl Tree for Value {
    fn member(&self, name: &str) -> Self {
        self.get(name).cloned().unwrap_or(Self::Null)
    }
    fn is_null(&self) -> bool {
        Self::is_null(self)
    }
    fn text(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }
    fn number(&self) -> Option<f64> {
        self.as_f64()
    }
    fn flag(&self) -> Option<bool> {
        self.as_bool()
    }
    fn items(&self) -> Option<Vec<Self>> {
        self.as_array().cloned()
    }
    fn time(&self) -> Option<Time> {
        self.as_str()?.parse().ok()
    }
    fn names(&self) -> Vec<String> {
        self.as_object().map(|o| o.keys().cloned().collect()).unwrap_or_default()
    }
}

/// What serde reads from `json`, serde writes, and we read: one and the same.
fn same<T: Read + Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(json: &Value) {
    let theirs: T = serde_json::from_value(json.clone()).unwrap();
    let written = serde_json::to_value(&theirs).unwrap();
    assert_eq!(T::read(&written).as_ref(), Some(&theirs));
    // Absent and null are the same for what may be absent.
    assert_eq!(T::read(json), Some(theirs));
}

fn name() -> Value {
    json!({"zh": "慕仪村", "en": "Muyi"})
}

fn polygon() -> Value {
    json!({"type": "Polygon", "coordinates": [[[107.4, 34.4], [107.5, 34.4], [107.5, 34.5], [107.4, 34.4]]]})
}

fn incident() -> Value {
    json!({"type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [107.46, 34.41]}, "properties": {
        "number": "20261123-0007", "title": "路灯不亮", "category": "0403", "severity": 2, "state": "in_progress",
        "level": "village", "owner": "grid", "offered": "unit:police", "source": "hotline", "village": "610304105201", "grid": "610304105201004",
        "outside": false, "reported_at": "2026-11-23T06:02:00Z", "due_at": "2026-11-23T09:02:00.125Z",
        "ended_at": null, "seq": 41, "simulated": true}})
}

fn entry() -> Value {
    json!({"seq": 41, "at": "2026-11-23T06:04:00Z", "action": "pass_up", "actor": {"role": "grid_member"},
        "state": "reported", "level": "village", "note": "要吊车", "with": {"to": "staff:12", "minutes": 30, "alarm": "due"}, "simulated": false})
}

fn collection(geometry: &Value, properties: &Value) -> Value {
    json!({"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": "1", "geometry": geometry, "properties": properties}]})
}

#[test]
fn towns() {
    let shape = json!({"type": "MultiPolygon", "coordinates": [polygon()["coordinates"]]});
    let town = json!({"slug": "muyi", "name": name(), "bbox": [107.4, 34.3, 107.6, 34.5], "boundary": shape,
        "time_zone": "Asia/Shanghai", "demonstration": true, "simulated_at": "2026-11-23T06:00:00Z", "seq": 9,
        "now": "2026-11-23T06:05:00Z", "basemap": {"url": "/t/{z}", "subdomains": ["0", "1"], "attribution": "x", "datum": "gcj02", "max_zoom": 18}});
    same::<Town>(&town);
    same::<Vec<Category>>(
        &json!([{"code": "0203", "group": "emergency", "name": name(), "limit_minutes": [60, 120, 240],
            "limits": [[15, 30, 60], [30, 60, 120], [45, 90, 180], [60, 120, 240]], "filing_standard": name(),
            "closing_standard": name(), "working_time": false, "default_unit": "rescue"}]),
    );
}

#[test]
fn what_a_town_is_made_of() {
    let village = json!({"code": "610304105201", "name": name(), "area_m2": 4e6, "grids": 11, "households": 800,
        "residents": 3200, "chief": "李明", "label": [107.45, 34.42]});
    same::<Collection<VillageProperties>>(&collection(&polygon(), &village));
    let grid = json!({"code": "610304105201004", "name": name(), "village": "610304105201", "plan": 1,
        "valid_from": "2024-01-01T00:00:00Z", "land_use": name(), "area_m2": 366_000.5, "households": 77,
        "residents": 320, "label": [107.45, 34.42]});
    same::<Collection<GridProperties>>(&collection(&polygon(), &grid));
    let point = json!({"type": "Point", "coordinates": [107.46, 34.41]});
    let camera = json!({"code": "C-017", "name": name(), "bearing_deg": 181.5, "fov_deg": 62, "range_m": 80,
        "status": "maintenance", "owner": "police", "grid": "610304105201004"});
    same::<Collection<CameraProperties>>(&collection(&point, &camera));
    same::<Collection<BuildingProperties>>(&collection(&point, &json!({"households": 3})));
    let line = json!({"type": "LineString", "coordinates": [[107.4, 34.4], [107.5, 34.4]]});
    let lines = json!({"type": "MultiLineString", "coordinates": [line["coordinates"]]});
    same::<Ground>(&json!({
        "roads": collection(&line, &json!({"class": "township", "name": name()})),
        "water": collection(&lines, &json!({"kind": "gully"})),
        "places": collection(&point, &json!({"kind": "town_hall", "name": name()})),
    }));
}

#[test]
fn incidents() {
    same::<IncidentPage>(&json!({"type": "FeatureCollection", "features": [incident()], "next": "x", "seq": 41}));
    same::<IncidentDetail>(&json!({"incident": incident(), "description": "村口", "log": [entry()],
        "category": {"name": name(), "group": "emergency", "filing_standard": name(), "closing_standard": name(),
            "limit_minutes": [60, 120, 240], "working_time": true},
        "spans": [{"turn": "grid", "owner": "grid", "level": "grid", "from": "2026-11-23T06:02:00Z", "to": null,
            "minutes": 12, "still": false, "over": 0}],
        "clock": {"turn": "village", "level": "village", "since": "2026-11-23T06:02:00Z", "limit": 120, "left": -3,
            "due": null, "provisional": true},
        "offers": [{"action": "refer", "needs": {"note": true, "to": "unit", "until": false, "minutes": false,
            "other": false, "satisfaction": false}}],
        "parties": [{"party": "village", "name": name(), "people": [{"staff": 3, "name": "王", "role": "village_chief"}],
            "on_duty": [{"staff": 4, "name": "李", "role": "grid_member", "shift": "night", "place": "village:610304105201"}]}],
        "extended": false, "review_at": null, "supervised_until": "2026-11-24T06:02:00Z",
        "merged_into": {"id": 3, "number": "20261123-0003", "title": "路灯", "state": "accepted"}, "absorbed": [],
        "photos": [photo()], "opens_parties": true}));
    same::<LiveEvent>(&json!({"event": entry(), "incident": incident()}));
}

#[test]
fn what_is_found() {
    same::<Findings>(&json!({"q": "慕仪", "truncated": true, "within": 20_000, "found": [
        {"kind": "incident", "key": "7", "name": name(), "marks": {"zh": [0, 2], "en": [0, 2]}, "village": "610304105201",
            "grid": "610304105201004", "position": {"lon": 107.46, "lat": 34.41}, "incident": incident()},
        {"kind": "person", "key": "12", "name": name(), "marks": {"zh": [1, 2]},
            "duty": {"role": "village_chief", "place": name(), "note": "带班"}},
        {"kind": "person", "key": "3", "name": name(), "marks": {}, "duty": {"role": "mediator"}},
    ]}));
    same::<Findings>(&json!({"q": "", "truncated": false, "found": []}));
    assert_eq!(Findings::read(&json!({"q": "", "truncated": false, "found": [{"kind": "ghost"}]})), None);
}

#[test]
fn parties() {
    same::<Vec<Disputant>>(&json!([{"name": "𠮷田", "contact": "村东头", "side": "applicant"}, {"name": "王"}]));
}

#[test]
fn work_and_places() {
    same::<Work>(&json!({"items": [{"incident": incident(), "why": "check", "left": -5,
        "offers": [{"action": "accept", "needs": {"note": false, "to": null, "until": false, "minutes": false,
            "other": false, "satisfaction": false}}]}],
        "answering": [incident()], "truncated": false, "seq": 41, "now": "2026-11-23T06:02:00Z"}));
    same::<PlaceInfo>(&json!({"village": "610304105201", "grid": null, "outside": false, "chain": [],
        "landmark": {"name": name(), "metres": 120.5}}));
    same::<Vec<Nearby>>(&json!([{"incident": incident(), "metres": 40.0, "minutes_before": 30, "same_category": true,
        "likeness": 0.8, "photo": photo()}]));
    same::<Vec<BulkResult>>(&json!([{"id": 7, "status": 409, "incident": incident(), "error":
        {"code": "conflict", "message": "不行", "state": "closed", "possible": ["reopen"], "incident": incident()}}]));
}

#[test]
fn what_lies_around_a_place_and_what_is_known_of_a_camera() {
    use crate::model::Surroundings;
    use geodata::wire::{Around, CameraMarks};
    let known = json!({"staff": 3, "name": "王", "role": "village_chief"});
    let near = json!({"incident": incident(), "metres": 40.5});
    let around: Around = serde_json::from_value(json!({
        "place": {"village": "610304105201", "grid": "610304105201004", "outside": false,
            "chain": [{"party": "village", "name": name(), "people": [known], "on_duty": [{"staff": 4, "name": "李",
                "role": "grid_member", "shift": "night", "place": "village:610304105201"}]}],
            "landmark": {"name": name(), "metres": 120.5}},
        "cameras": [{"code": "C-017", "name": name(), "metres": 46.2, "azimuth_deg": 90.1, "status": "online",
            "turns": false, "obstructed": "杨树"}],
        "open": [near], "ended": [near],
        "responders": [{"staff": 4, "name": "李", "role": "grid_member", "at": "grid:610304105201004",
            "at_name": name(), "metres": 310.0, "by": "straight", "load": 2},
            {"staff": 5, "name": "安", "role": "partner_unit", "at": "unit:police", "by": "straight", "load": 0}]}))
    .unwrap();
    let read = Surroundings::read(&serde_json::to_value(&around).unwrap()).unwrap();
    assert_eq!((read.open, read.ended), (around.open, around.ended));
    assert_eq!((&read.place.village, &read.place.grid), (&around.place.village, &around.place.grid));
    assert_eq!(read.place.landmark, around.place.landmark);
    let level = &read.place.chain[0];
    assert_eq!((level.people[0].name.as_str(), level.on_duty[0].name.as_str()), ("王", "李"));
    assert!(read.cameras[0].obstructed.is_some() && !read.cameras[0].sees());
    let told: Vec<_> = read.responders.iter().map(|near| (near.name.as_str(), near.metres, near.load)).collect();
    assert_eq!(told, [("李", Some(310.0), 2), ("安", None, 0)]);
    same::<CameraMarks>(&json!({"marks": true, "obstructions": [{"id": "o", "from_deg": 350, "to_deg": 10.5,
        "beyond_m": 20, "note": "杨树", "marked_by": "王", "role": "village_chief", "marked_at": "2026-11-23T06:02:00Z"}],
        "check": {"verdict": "turned", "checked_by": "王", "role": "commander", "checked_at": "2026-11-23T06:02:00Z"}}));
    same::<CameraMarks>(&json!({"marks": false, "obstructions": [], "check": null}));
}

fn photo() -> Value {
    json!({"id": "p", "kind": "scene", "width": 1600, "height": 1200, "bytes": 200_000, "added_by": "王",
        "added_at": "2026-11-23T06:02:00Z"})
}

#[test]
fn people() {
    same::<Me>(&json!({"staff": 12, "name": "𠮷田", "role": "grid_member", "village": "610304105201",
        "grids": ["610304105201004"], "town": "muyi", "must_change_password": false, "totp": true, "session": "s"}));
    same::<Vec<SessionRow>>(
        &json!([{"id": "s", "created_at": "2026-11-23T06:02:00Z", "seen_at": "2026-11-23T06:02:00Z",
        "expires_at": "2026-12-23T06:02:00Z", "user_agent": "Firefox", "current": true}]),
    );
    let account = json!({"staff": 12, "name": "李明", "role": "partner_unit", "grids": [], "unit": "police",
        "disabled": false, "totp": false, "must_change_password": true, "last_sign_in": "2026-11-23T06:02:00Z"});
    same::<AccountMade>(&json!({"account": account, "password": "x"}));
    same::<Vec<Account>>(&json!([account]));
    same::<PasswordMade>(&json!({"password": "x"}));
    same::<TotpEnrolment>(&json!({"secret": "JBSW", "uri": "otpauth://x", "qr": "data:image/svg+xml,x"}));
    same::<Vec<Unit>>(&json!([{"code": "police", "name": name()}]));
    same::<Vec<StaffRow>>(&json!([{"staff": 3, "name": "王", "role": "mediator", "grids": []}]));
    same::<AuditPage>(&json!({"entries": [
        {"id": "a", "at": "2026-11-23T06:02:00Z", "staff": 1, "name": "李明", "role": "commander", "address": "127.0.0.1",
         "action": "read_parties", "object": "incident", "key": "20261123-0007", "reason": "调解", "details": {"from": "a", "to": "b"}},
        {"id": "b", "at": "2026-11-23T06:02:00Z", "name": "nobody", "action": "sign_in_failed"}], "next": "n"}));
}

#[test]
fn what_an_administrator_keeps() {
    same::<CalendarYear>(&json!({"year": 2026, "state": "provisional", "holidays": "china", "days": [
        {"date": "2026-01-01", "kind": "holiday", "name": {"zh": "元旦", "en": "New Year's Day"}, "minutes": 0},
        {"date": "2026-01-04", "kind": "make_up", "minutes": 450, "edited": true}]}));
    let week = json!({"workday": ["08:30-12:00", "14:00-24:00"], "saturday": [], "sunday": []});
    same::<Vec<HoursInForce>>(&json!([{"from": "2026-01-01", "hours": {"usual": week}},
        {"from": "2026-02-01", "hours": {"usual": week, "season": {"from": "05-01", "to": "09-30", "week": week}}}]));
    same::<CategoryHistory>(&json!({"next": "n", "versions": [{"code": "lamp", "version": 2, "group": "management",
        "name": name(), "filing_standard": name(), "closing_standard": name(),
        "limits": [[15, 30, 60], [30, 60, 120], [45, 90, 180], [60, 120, 240]], "working_time": true,
        "pauses_referred": true, "pauses_parked": false, "default_unit": "police", "from": "2026-01-01T00:00:00Z"}]}));
    same::<CategoryImport>(&json!({"preview": true, "faults": [{"row": 3, "column": "code", "rule": name()}],
        "rows": [{"row": 2, "code": "lamp", "name": name(), "change": "ends", "fields": ["to"],
            "from": "2026-01-01T00:00:00Z"}]}));
    let days = json!([{"day": "2026-11-23", "duties": [{"staff": 1, "name": "李明", "role": "commander",
        "shift": "18:00-06:00", "place": "grid:610304105201001", "place_name": name(), "note": "带班"}], "edition": "00c0ffee00c0ffee"}]);
    same::<Roster>(&json!({"days": days}));
    same::<RosterCopied>(&json!({"days": days, "left_out": ["王"]}));
}

#[test]
fn figures_and_errors() {
    same::<Totals>(&json!({"villages": 11, "grids": 120, "households": 9259, "residents": 38_000, "cameras": 180,
        "area_m2": 44e6, "incidents": 8000, "open": 39, "open_yesterday": 43, "overdue": 5,
        "longest_overdue_minutes": 540, "today": 12, "daily_mean": 11.3, "accept_minutes": 6.5,
        "by_village": [{"village": "610304105201", "open": 4, "overdue": 1}], "seq": 41}));
    assert!(Said::read(&json!({"code": "invalid", "message": "不行", "field": "bbox"})).is_some());
    assert!(Sign::read(&json!({"seq": 4})).is_some_and(|s| s.seq == 4 && s.now.is_none()));
}

#[test]
fn what_is_not_as_it_should_be_is_not_read() {
    let wrong = |path: &str, value: Value| {
        let mut incident = incident();
        *incident.pointer_mut(path).unwrap() = value;
        IncidentFeature::read(&incident)
    };
    assert!(wrong("/id", json!(7)).is_some());
    assert_eq!(wrong("/id", json!(7.5)), None);
    assert_eq!(wrong("/type", json!("Fixture")), None);
    assert_eq!(wrong("/properties/severity", json!(5)), None);
    assert_eq!(wrong("/properties/state", json!("lost")), None);
    assert_eq!(wrong("/properties/village", json!("12")), None);
    assert_eq!(wrong("/properties/reported_at", json!("yesterday")), None);
    assert_eq!(wrong("/properties/outside", Value::Null), None);
    assert_eq!(wrong("/geometry/coordinates", json!([107.0])), None);
}
