//! Where photos lie: a folder, and a bucket.

use fangge::photos::{Picture, Place, Size, Store, look, make};
use fangge_tests::folder::Folder;
use fangge_tests::moto::moto;
use fangge_tests::pictures::{jpeg, quarters};
use geodata::town::TownId;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

const TOWN: TownId = TownId(7);

fn picture(width: u32) -> Picture {
    let bytes = jpeg(&quarters(width, 200));
    make(&bytes, &look(&bytes).unwrap()).unwrap()
}

async fn keeps_gives_and_removes(store: &Store) {
    let (one, two) = (picture(300), picture(301));
    store.put(TOWN, one.clone()).await.unwrap();
    store.put(TOWN, two.clone()).await.unwrap();
    store.put(TOWN, one.clone()).await.unwrap();
    assert_eq!(store.get(TOWN, &one.sha256, Size::Whole).await.unwrap(), one.photo);
    assert_eq!(store.get(TOWN, &one.sha256, Size::Thumb).await.unwrap(), one.thumb);
    let elsewhere = store.get(TownId(8), &one.sha256, Size::Whole).await;
    assert!(matches!(elsewhere, Err(object_store::Error::NotFound { .. })), "{elsewhere:?}");
    store.remove(TOWN, &one.sha256).await.unwrap();
    store.remove(TOWN, &one.sha256).await.unwrap();
    assert!(store.get(TOWN, &one.sha256, Size::Thumb).await.is_err());
    assert_eq!(store.get(TOWN, &two.sha256, Size::Whole).await.unwrap(), two.photo);
    store.reach().await.unwrap();
}

#[tokio::test]
async fn a_folder_keeps_what_it_is_given_and_nothing_else() {
    let folder = Folder::new("photos").unwrap();
    let store = Store::open(&Place::Folder(folder.0.join("数据 data/photos"))).unwrap();
    store.reach().await.unwrap();
    assert_eq!(folder.files(), Vec::<PathBuf>::new(), "opening makes nothing");
    keeps_gives_and_removes(&store).await;
    let mode = std::fs::metadata(folder.0.join("数据 data/photos")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else looks in");
    assert_eq!(folder.files().len(), 2, "{:?}", folder.files());
    store.remove(TOWN, &picture(301).sha256).await.unwrap();
    assert_eq!(folder.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn a_file_appears_whole_or_not_at_all_and_what_was_half_written_goes() {
    let folder = Folder::new("photos").unwrap();
    let store = Store::open(&Place::Folder(folder.0.clone())).unwrap();
    let one = picture(300);
    // The thumbnails' shelf can't be made: something of that name is in the way.
    std::fs::create_dir_all(folder.0.join("7")).unwrap();
    std::fs::write(folder.0.join("7/thumbs"), "in the way").unwrap();
    store.put(TOWN, one.clone()).await.unwrap_err();
    assert_eq!(folder.files().len(), 1, "{:?}", folder.files());
    std::fs::remove_file(folder.0.join("7/thumbs")).unwrap();

    store.put(TOWN, one.clone()).await.unwrap();
    let whole = folder.files().into_iter().find(|path| path.starts_with(folder.0.join("7/photos"))).unwrap();
    // As a process leaves it that is killed while it writes the same photo again.
    let half = whole.with_file_name(format!("{}#1", whole.file_name().unwrap().to_str().unwrap()));
    std::fs::write(&half, &one.photo[..100]).unwrap();
    store.put(TOWN, one.clone()).await.unwrap();
    assert_eq!(store.get(TOWN, &one.sha256, Size::Whole).await.unwrap(), one.photo);
    store.remove(TOWN, &one.sha256).await.unwrap();
    assert_eq!(folder.files(), Vec::<PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_keeps_what_it_is_given_under_its_prefix() {
    let place = moto().bucket();
    let store = Store::open(&place).unwrap();
    keeps_gives_and_removes(&store).await;
    let keys = moto().keys(&place);
    assert_eq!(keys.len(), 2, "{keys:?}");
    assert!(
        keys[0].starts_with("town/pictures/7/photos/") && keys[1].starts_with("town/pictures/7/thumbs/"),
        "{keys:?}"
    );
    let missing = Store::open(&moto().place("no-such-bucket")).unwrap();
    missing.reach().await.unwrap_err();
    missing.put(TOWN, picture(300)).await.unwrap_err();
}

/// What the test below runs as a process of its own, whose files may not grow past 4 KiB.
#[tokio::test]
#[ignore = "only under a limit, as the test below runs it"]
async fn on_a_disk_that_takes_no_more() {
    let folder = PathBuf::from(std::env::var_os("FANGGE_TEST_FOLDER").unwrap());
    let store = Store::open(&Place::Folder(folder)).unwrap();
    let one = picture(2_000);
    assert!(one.thumb.len() < 4_096 && one.photo.len() > 4_096, "{} {}", one.thumb.len(), one.photo.len());
    let error = store.put(TOWN, one.clone()).await.unwrap_err();
    assert!(format!("{error:?}").contains("FileTooLarge"), "{error:?}");
    assert!(store.get(TOWN, &one.sha256, Size::Whole).await.is_err());
    store.remove(TOWN, &one.sha256).await.unwrap();
}

#[test]
fn a_full_disk_leaves_no_half_of_a_photo() {
    let folder = Folder::new("photos").unwrap();
    // A write past the limit is cut short and then refused, as on a disk that is full; unlike that it can be had anywhere.
    let test = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "photo_store::on_a_disk_that_takes_no_more", "--ignored", "--nocapture"])
        .env("FANGGE_TEST_FOLDER", &folder.0)
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&test.stdout), String::from_utf8_lossy(&test.stderr));
    assert!(test.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(folder.files(), Vec::<PathBuf>::new());
}
