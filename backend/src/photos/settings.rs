//! Settings of the photos: where they are kept, and how large one may be.

use super::store::Store;
use anyhow::{Context as _, bail};
use clap::Args;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where photos are kept, and how large one may be.
#[derive(Debug, Clone)]
pub struct PhotoSettings {
    /// Where they are kept.
    pub store: Store,
    /// The largest file that is taken, bytes.
    pub most_bytes: usize,
}

/// Where photos are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this folder.
    Folder(PathBuf),
    /// In a bucket of any server that speaks S3.
    Bucket(Bucket),
}

/// A bucket, and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What all keys in it begin with; may be empty.
    pub prefix: String,
    /// The server; Amazon's own of the region where none is named.
    pub endpoint: Option<String>,
    /// The region that requests are signed for; most servers but Amazon's take any.
    pub region: String,
    /// Who asks.
    pub access_key: String,
    /// What proves it.
    pub secret_key: String,
    /// Whether the server may be spoken to unencrypted.
    pub allow_http: bool,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.name)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        self.endpoint.as_ref().map_or(Ok(()), |endpoint| write!(f, " at {}", crate::config::masked(endpoint)))
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({self})")
    }
}

/// The settings as they are given.
#[derive(Debug, Clone, Args)]
pub struct PhotoArgs {
    /// Bucket that photos are kept in; a folder of the data folder where none is named
    #[arg(long, env = "FANGGE_PHOTOS_URL", value_name = "s3://BUCKET/PREFIX")]
    pub photos_url: Option<String>,
    /// Largest photo that is taken, as it is sent, MiB
    #[arg(long, env = "FANGGE_PHOTO_MAX_MB", value_name = "MIB", default_value_t = 10,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub photo_max_mb: u16,
    /// Server of the bucket; Amazon's own where none is named
    #[arg(long, env = "FANGGE_S3_ENDPOINT", value_name = "URL")]
    pub s3_endpoint: Option<String>,
    /// Region of the bucket
    #[arg(long, env = "FANGGE_S3_REGION", value_name = "REGION", default_value = "us-east-1")]
    pub s3_region: String,
    /// Key that opens the bucket
    #[arg(long, env = "FANGGE_S3_ACCESS_KEY", value_name = "KEY", hide_env_values = true)]
    pub s3_access_key: Option<String>,
    /// Secret that goes with the key
    #[arg(long, env = "FANGGE_S3_SECRET_KEY", value_name = "SECRET", hide_env_values = true)]
    pub s3_secret_key: Option<String>,
    /// Speak to the server of the bucket unencrypted: for one on this machine, or in a net of one's own
    #[arg(long, env = "FANGGE_S3_ALLOW_HTTP", value_parser = clap::builder::FalseyValueParser::new())]
    pub s3_allow_http: bool,
}

const MIB: usize = 1024 * 1024;

impl PhotoSettings {
    /// In the data folder, ten MiB at most.
    ///
    /// # Errors
    /// When the folder's name can't be one of a store.
    pub fn in_data(data: &Path) -> anyhow::Result<Self> {
        Ok(Self { store: Store::open(&Place::Folder(data.join("photos")))?, most_bytes: 10 * MIB })
    }
}

impl PhotoArgs {
    /// The settings, checked as far as that goes without asking the store.
    ///
    /// # Errors
    /// When a bucket is described but can't be used.
    pub fn settings(&self, data: &Path) -> anyhow::Result<PhotoSettings> {
        let most_bytes = usize::from(self.photo_max_mb) * MIB;
        let Some(url) = given(self.photos_url.as_ref()) else {
            return Ok(PhotoSettings { most_bytes, ..PhotoSettings::in_data(data)? });
        };
        let store = Store::open(&Place::Bucket(self.bucket(url)?))
            .context("FANGGE_PHOTOS_URL, or a setting that goes with it, can't be used")?;
        Ok(PhotoSettings { store, most_bytes })
    }

    fn bucket(&self, url: &str) -> anyhow::Result<Bucket> {
        let Some(path) = url.strip_prefix("s3://") else {
            bail!("FANGGE_PHOTOS_URL must be s3://bucket or s3://bucket/prefix, not {}", crate::config::masked(url));
        };
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        if !(3..=63).contains(&name.len()) || !name.bytes().all(is_name) {
            bail!("FANGGE_PHOTOS_URL must name a bucket of 3 to 63 lower-case letters, digits, hyphens and dots");
        }
        // Without them the library would go and ask Amazon's machines for some.
        let (Some(access_key), Some(secret_key)) =
            (given(self.s3_access_key.as_ref()), given(self.s3_secret_key.as_ref()))
        else {
            bail!("FANGGE_S3_ACCESS_KEY and FANGGE_S3_SECRET_KEY are needed to keep photos in {url}");
        };
        let endpoint = given(self.s3_endpoint.as_ref());
        if endpoint.is_some_and(|endpoint| !endpoint.starts_with("https://") && !endpoint.starts_with("http://")) {
            bail!("FANGGE_S3_ENDPOINT must begin with https://, or with http:// where FANGGE_S3_ALLOW_HTTP is set");
        }
        if endpoint.is_some_and(|endpoint| endpoint.starts_with("http://")) && !self.s3_allow_http {
            bail!("FANGGE_S3_ENDPOINT is http://: photos would travel unencrypted; FANGGE_S3_ALLOW_HTTP=1 allows it");
        }
        Ok(Bucket {
            name: name.to_owned(),
            prefix: prefix.trim_matches('/').to_owned(),
            endpoint: endpoint.map(str::to_owned),
            region: self.s3_region.clone(),
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            allow_http: self.s3_allow_http,
        })
    }
}

/// A setting that is there and not empty.
fn given(setting: Option<&String>) -> Option<&str> {
    setting.map(String::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> PhotoArgs {
        PhotoArgs {
            photos_url: Some("s3://town-photos/muyi/".into()),
            photo_max_mb: 10,
            s3_endpoint: Some("https://minio.example:9000".into()),
            s3_region: "us-east-1".into(),
            s3_access_key: Some("key".into()),
            s3_secret_key: Some("s3cret".into()),
            s3_allow_http: false,
        }
    }

    #[test]
    fn a_bucket_is_told_by_its_address_and_never_tells_its_secret() {
        let settings = arguments().settings(Path::new("./data")).unwrap();
        assert_eq!(settings.store.to_string(), "s3://town-photos/muyi at https://minio.example:9000");
        let bucket = arguments().bucket("s3://town-photos").unwrap();
        assert!(!format!("{settings:?} {bucket:?}").contains("s3cret"));
        let plain = PhotoArgs { photos_url: None, photo_max_mb: 3, ..arguments() };
        let settings = plain.settings(Path::new("/srv/data")).unwrap();
        assert_eq!((settings.store.to_string().as_str(), settings.most_bytes), ("/srv/data/photos", 3 * 1024 * 1024));
    }

    #[test]
    fn what_can_not_be_used_is_refused_before_the_start() {
        let refused = |arguments: PhotoArgs| arguments.settings(Path::new("./data")).unwrap_err().to_string();
        let url = |url: &str| PhotoArgs { photos_url: Some(url.into()), ..arguments() };
        assert!(refused(url("https://bucket.example/x")).contains("s3://"));
        assert!(refused(url("s3://Town Photos")).contains("lower-case"));
        let no_key = PhotoArgs { s3_access_key: None, ..arguments() };
        assert!(refused(no_key).contains("FANGGE_S3_ACCESS_KEY"));
        let http = PhotoArgs { s3_endpoint: Some("http://minio.example".into()), ..arguments() };
        assert!(refused(http.clone()).contains("FANGGE_S3_ALLOW_HTTP"));
        assert!(PhotoArgs { s3_allow_http: true, ..http }.settings(Path::new("./data")).is_ok());
    }
}
