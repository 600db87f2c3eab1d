//! Where photos are kept: a folder, or a bucket of any server that speaks S3. A photo's name is its content's hash under its town,
//! so that writing it twice is writing it once, and a name never comes to mean another picture.

use super::picture::Picture;
use super::settings::{Bucket, Place};
use geodata::town::TownId;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use std::fmt::{self, Write as _};
use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a bucket's server may take for one answer.
const ANSWER_LIMIT: Duration = Duration::from_secs(20);
/// How long one that is away is asked again.
const RETRY_LIMIT: Duration = Duration::from_secs(20);

/// Which of a photo's two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The photo as it is kept.
    Whole,
    /// The small one.
    Thumb,
}

/// Photos by town and hash.
#[derive(Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// What people call the place.
    place: String,
    /// Where they are files: then they are brought to the disk before anything says that they are there.
    folder: Option<PathBuf>,
}

impl Store {
    /// The store at a place. Nothing is made or asked yet.
    ///
    /// # Errors
    /// When the place can't be.
    pub fn open(place: &Place) -> anyhow::Result<Self> {
        match place {
            Place::Folder(folder) => {
                let folder = std::path::absolute(folder)?;
                let root = Path::from_absolute_path(&folder)?;
                // Folders are made when the first file comes, and go with the last.
                let files = LocalFileSystem::new().with_automatic_cleanup(true);
                let place = folder.display().to_string();
                Ok(Self { objects: Arc::new(PrefixStore::new(files, root)), place, folder: Some(folder) })
            }
            Place::Bucket(bucket) => Ok(Self::over(bucket_store(bucket)?, bucket.to_string())),
        }
    }

    /// Over a store of one's own.
    pub fn over(objects: Arc<dyn ObjectStore>, place: String) -> Self {
        Self { objects, place, folder: None }
    }

    /// Keeps a photo and its thumbnail. Each appears under its name whole or not at all.
    ///
    /// # Errors
    /// When one of them could not be kept; the other may stand.
    pub async fn put(&self, town: TownId, picture: Picture) -> object_store::Result<()> {
        let names = [Size::Thumb, Size::Whole].map(|size| name(town, &picture.sha256, size));
        if let Some(folder) = &self.folder {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(|source| object_store::Error::Generic { store: "folder", source: Box::new(source) })?;
        }
        for (name, bytes) in names.iter().zip([picture.thumb, picture.photo]) {
            self.objects.put(name, bytes.into()).await?;
        }
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        // The database's commit outlives a power cut: what it tells of must as well.
        let synced = tokio::task::spawn_blocking(move || names.iter().try_for_each(|name| sync(&folder, name)));
        synced.await?.map_err(|source| object_store::Error::Generic { store: "folder", source: Box::new(source) })
    }

    /// One of a photo's files.
    ///
    /// # Errors
    /// When there is no such file, or the store is away.
    pub async fn get(&self, town: TownId, sha256: &[u8; 32], size: Size) -> object_store::Result<bytes::Bytes> {
        self.objects.get(&name(town, sha256, size)).await?.bytes().await
    }

    /// Removes a photo's files; what is not there is removed already.
    ///
    /// # Errors
    /// When one of them could not be removed; the other is gone.
    pub async fn remove(&self, town: TownId, sha256: &[u8; 32]) -> object_store::Result<()> {
        let mut removed = Ok(());
        for size in [Size::Whole, Size::Thumb] {
            let name = name(town, sha256, size);
            if let Some(folder) = &self.folder {
                remove_half_written(&folder.join(name.as_ref()));
            }
            match self.objects.delete(&name).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => removed = Err(error),
            }
        }
        removed
    }

    /// Whether the store answers: asks for a file that no photo has.
    ///
    /// # Errors
    /// When it does not answer, or does not let us in.
    pub async fn reach(&self) -> object_store::Result<()> {
        match self.objects.get(&Path::from("fangge-reach")).await {
            // A bucket that is missing, and a file that is, are the same kind of error, told apart by the server's words.
            Err(error @ object_store::Error::NotFound { .. }) if error.to_string().contains("NoSuchBucket") => {
                Err(error)
            }
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.place)
    }
}

/// `12/photos/ab/cdef….jpg`: a town's photos lie together, and no folder holds more than a 256th of them.
fn name(town: TownId, sha256: &[u8; 32], size: Size) -> Path {
    let mut hash = String::with_capacity(64);
    for byte in sha256 {
        // Writing to a string can't fail.
        let _ = write!(hash, "{byte:02x}");
    }
    let shelf = match size {
        Size::Whole => "photos",
        Size::Thumb => "thumbs",
    };
    Path::from(format!("{}/{shelf}/{}/{}.jpg", town.0, &hash[..2], &hash[2..]))
}

/// Removes what a process that was killed was writing: files are written beside their place, under their name with `#` and a
/// number. One that can't be removed is of no harm.
fn remove_half_written(file: &std::path::Path) {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return };
    let half = |path: &std::path::Path| {
        let found = path.file_name().unwrap_or_default().as_encoded_bytes();
        found.strip_prefix(name.as_encoded_bytes()).is_some_and(|rest| rest.starts_with(b"#"))
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| half(&entry.path())) {
        if let Err(error) = std::fs::remove_file(entry.path()) {
            tracing::warn!(%error, path = %entry.path().display(), "removing a half-written photo");
        }
    }
}

/// Brings a file to the disk, and every name on the way to it that may be new: the store's own folder is one of them.
fn sync(folder: &std::path::Path, name: &Path) -> io::Result<()> {
    let file = folder.join(name.as_ref());
    let oldest = folder.parent().unwrap_or(folder);
    for path in file.ancestors().take_while(|path| path.starts_with(oldest)) {
        std::fs::File::open(path)?.sync_all()?;
    }
    Ok(())
}

fn bucket_store(bucket: &Bucket) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&bucket.name)
        .with_region(&bucket.region)
        .with_access_key_id(&bucket.access_key)
        .with_secret_access_key(&bucket.secret_key)
        .with_allow_http(bucket.allow_http)
        .with_client_options(ClientOptions::new().with_timeout(ANSWER_LIMIT).with_allow_http(bucket.allow_http))
        .with_retry(RetryConfig { backoff: BackoffConfig::default(), max_retries: 3, retry_timeout: RETRY_LIMIT });
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    Ok(Arc::new(PrefixStore::new(builder.build()?, bucket.prefix.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_hash_under_its_town() {
        let mut sha256 = [0x11; 32];
        sha256[0] = 0xAB;
        let whole = name(TownId(12), &sha256, Size::Whole);
        assert_eq!(whole.as_ref(), format!("12/photos/ab/{}.jpg", "11".repeat(31)));
        assert_ne!(whole, name(TownId(12), &sha256, Size::Thumb));
        assert_ne!(whole, name(TownId(1), &sha256, Size::Whole));
    }
}
