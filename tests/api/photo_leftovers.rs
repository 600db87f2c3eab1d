//! What is left of photos that came to nothing, or were taken away: nothing, in a folder and in a bucket alike.

use crate::photos::{HERE, id, nothing_is_left, photo, raw, rows, send, take_away};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use fangge::photos::{PhotoSettings, Place, Store, leftovers};
use fangge_tests::app::TestApp;
use fangge_tests::moto::moto;
use geodata::town::TownId;

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let whole = photo(80);
    let half = Bytes::copy_from_slice(&whole[..whole.len() / 2]);
    let broken = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the telephone is in a valley");
    let body = Body::from_stream(futures::stream::iter([Ok(half), Err(broken)]));
    let told = raw(&app, "王一", &format!("/api/incidents/{incident}/photos"), body).await;
    assert_eq!((told.status, told.field().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "photo"));
    nothing_is_left(&app).await;
}

#[tokio::test]
async fn a_store_that_fails_half_way_leaves_nothing() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    // The thumbnail can be written; the shelf of the photos can't be made, for something of that name is in the way.
    let shelf = app.folder.0.join("photos/1/photos");
    std::fs::create_dir_all(shelf.parent().unwrap()).unwrap();
    std::fs::write(&shelf, "in the way").unwrap();
    let told = send(&app.as_("王一"), incident, "", photo(80)).await;
    assert_eq!((told.status, told.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert!(!told.header("retry-after").is_empty());
    assert_eq!(app.folder.files(), std::slice::from_ref(&shelf), "the thumbnail is gone again");
    // Whether the other is gone can't be known while something is in the way: it is looked at once more, a day later.
    assert_eq!((rows(&app, "photo").await, rows(&app, "photo_hold").await), (0, 1));
    std::fs::remove_file(&shelf).unwrap();
    app.clock.set("2026-11-24T08:00:00Z");
    leftovers::sweep(&app.state).await.unwrap();
    nothing_is_left(&app).await;
    assert_eq!(send(&app.as_("王一"), incident, "", photo(80)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_database_that_fails_half_way_leaves_nothing() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let sql = "ALTER TABLE photo ADD CONSTRAINT disk_of_the_database CHECK (kind <> 'check')";
    sqlx::query(sql).execute(&app.db.pool).await.unwrap();
    let told = send(&app.as_("王一"), incident, "?kind=check", photo(80)).await;
    assert_eq!((told.status, told.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    nothing_is_left(&app).await;
    // Another photo of that picture is not dragged along.
    let kept = send(&app.as_("王一"), incident, "", photo(80)).await;
    let other = app.report(HERE.0, HERE.1).await;
    let told = send(&app.as_("王一"), other, "?kind=check", photo(80)).await;
    assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(app.get(&format!("/api/photos/{}", id(&kept))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_killed_process_left_is_swept_after_a_day_and_nothing_else() {
    let app = TestApp::square().await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let (town, wang) = (TownId(1), app.as_("王一"));
    let shown = send(&wang, incident, "", photo(80)).await;
    let picture = |width| {
        let bytes = photo(width);
        fangge::photos::make(&bytes, &fangge::photos::look(&bytes).unwrap()).unwrap()
    };
    // Killed between the store and the row: once with a picture of its own, once with one that a photo shows.
    for width in [80, 81] {
        leftovers::hold_for_upload(&app.state, town, &picture(width)).await.unwrap();
        app.state.photos.store.put(town, picture(width)).await.unwrap();
    }
    assert_eq!((app.folder.files().len(), rows(&app, "photo_hold").await), (4, 2));
    app.clock.set("2026-11-24T07:59:59Z");
    leftovers::sweep(&app.state).await.unwrap();
    assert_eq!(app.folder.files().len(), 4, "an upload has a day");
    // One that began meanwhile, with the same picture, goes on.
    let hold = leftovers::hold_for_upload(&app.state, town, &picture(81)).await.unwrap();
    app.clock.set("2026-11-24T08:00:00Z");
    leftovers::sweep(&app.state).await.unwrap();
    assert_eq!((app.folder.files().len(), rows(&app, "photo_hold").await), (4, 1));
    assert!(leftovers::let_go(&app.state, town, &picture(81).sha256, hold).await.unwrap());
    assert_eq!((app.folder.files().len(), rows(&app, "photo_hold").await), (2, 0));
    assert_eq!(app.get(&format!("/api/photos/{}", id(&shown))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_picture_of_a_photo_that_was_taken_away_goes_after_a_month() {
    let app = TestApp::square().await.unwrap();
    let (here, there) = (app.report(HERE.0, HERE.1).await, app.report(HERE.0, HERE.1).await);
    let wang = app.as_("王一");
    let alone = id(&send(&wang, here, "", photo(80)).await);
    let shared = id(&send(&wang, here, "", photo(81)).await);
    let other = id(&send(&wang, there, "", photo(81)).await);
    take_away(&wang, &alone, "误传").await;
    take_away(&wang, &shared, "误传").await;
    app.clock.set("2026-12-23T07:00:00Z");
    leftovers::sweep(&app.state).await.unwrap();
    assert_eq!(app.folder.files().len(), 4);
    app.clock.set("2026-12-23T08:00:00Z");
    leftovers::sweep(&app.state).await.unwrap();
    assert_eq!((app.folder.files().len(), rows(&app, "photo_hold").await), (2, 0));
    assert_eq!(app.get(&format!("/api/photos/{other}")).await.status, StatusCode::OK);
    // The row stays, and the picture may come again.
    assert_eq!(rows(&app, "photo").await, 3);
    assert_ne!(id(&send(&wang, here, "", photo(80)).await), alone);
    assert_eq!(app.folder.files().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_serves_as_well_as_a_folder() {
    let place = moto().bucket();
    let photos = PhotoSettings { store: Store::open(&place).unwrap(), most_bytes: 10 * 1024 * 1024 };
    let app = TestApp::square_with(photos).await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let wang = app.as_("王一");
    let first = id(&send(&wang, incident, "", photo(400)).await);
    assert_eq!(moto().keys(&place).len(), 2);
    let whole = wang.get(&format!("/api/photos/{first}")).await;
    assert!(whole.status == StatusCode::OK && whole.bytes.starts_with(b"\xFF\xD8\xFF"));
    assert_eq!(id(&send(&wang, incident, "", photo(400)).await), first);
    // The database fails after the store took it: nothing stays there either.
    let sql = "ALTER TABLE photo ADD CONSTRAINT disk_of_the_database CHECK (kind <> 'check')";
    sqlx::query(sql).execute(&app.db.pool).await.unwrap();
    let told = send(&wang, incident, "?kind=check", photo(401)).await;
    assert_eq!((told.status, moto().keys(&place).len()), (StatusCode::INTERNAL_SERVER_ERROR, 2));
    take_away(&wang, &first, "误传").await;
    app.clock.set("2026-12-23T08:00:00Z");
    leftovers::sweep(&app.state).await.unwrap();
    assert_eq!(moto().keys(&place), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_away_is_503_and_leaves_nothing_once_it_is_back() {
    // Nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let Place::Bucket(mut bucket) = moto().bucket() else { panic!() };
    bucket.endpoint = Some(format!("http://{free}"));
    let photos = PhotoSettings { store: Store::open(&Place::Bucket(bucket)).unwrap(), most_bytes: 1024 * 1024 };
    let app = TestApp::square_with(photos).await.unwrap();
    let incident = app.report(HERE.0, HERE.1).await;
    let told = send(&app.as_("王一"), incident, "", photo(80)).await;
    assert_eq!((told.status, told.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert_eq!(rows(&app, "photo").await, 0);
    // What may have been written is not forgotten: housekeeping asks the store again.
    assert_eq!(rows(&app, "photo_hold").await, 1);
}
