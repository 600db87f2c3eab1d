//! Secrets at rest: what the database holds sealed, so that a copy of it alone tells nothing. The key is not in the database: it
//! lies in the data folder, or comes from a setting.
//!
//! XChaCha20-Poly1305: its nonce is long enough to be drawn at random for ever. What a secret is for, whose it is and in which town is
//! bound to it as associated data, so that one can't be put in another's place.

use crate::passwords::bytes;
use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use geodata::town::TownId;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::str::FromStr;

/// The key's file in the data folder.
pub const FILE: &str = "secret.key";
/// Bytes of a key.
const KEY: usize = 32;
/// Bytes of a nonce.
const NONCE: usize = 24;

/// What a sealed thing is, and whose: it opens as nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// What a person's one-time codes are made from.
    Totp {
        /// Whose.
        staff: i32,
    },
    /// A party to a dispute.
    Party {
        /// The dispute.
        incident: i64,
        /// Which of its parties.
        number: i16,
    },
}

impl Purpose {
    fn bound_to(self, town: TownId) -> String {
        match self {
            Self::Totp { staff } => format!("fangge/{}/totp/{staff}", town.0),
            Self::Party { incident, number } => format!("fangge/{}/party/{incident}/{number}", town.0),
        }
    }
}

/// It was sealed with another key or for another purpose, or has been changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed with another key or for another purpose, or changed since")]
pub struct Unreadable;

/// A key as a setting gives it; it never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey([u8; KEY]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

impl FromStr for SecretKey {
    type Err = String;

    /// Base64 of 32 bytes, in either alphabet, padded or not.
    ///
    /// ```
    /// use fangge::secrets::SecretKey;
    /// assert!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".parse::<SecretKey>().is_ok());
    /// assert!("too short".parse::<SecretKey>().unwrap_err().contains("32 bytes"));
    /// ```
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
        let bytes = URL_SAFE_NO_PAD.decode(plain).unwrap_or_default();
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| "a key is 32 bytes in base64, as `head -c 32 /dev/urandom | base64` makes one".to_owned())
    }
}

/// Seals and opens.
pub struct Secrets(XChaCha20Poly1305);

impl Secrets {
    /// With the key of the setting, or else with the data folder's, which is made where there is none.
    ///
    /// # Errors
    /// When the folder's key can't be read or made, is none, or is open to others; each says what to do.
    pub fn load(folder: &Path, setting: Option<&SecretKey>) -> anyhow::Result<Self> {
        match setting {
            Some(key) => Ok(Self::with(key)),
            None => Ok(Self::with(&key_of(folder)?)),
        }
    }

    /// With this key.
    pub fn with(key: &SecretKey) -> Self {
        Self(XChaCha20Poly1305::new((&key.0).into()))
    }

    /// Seals: nonce, then ciphertext.
    ///
    /// # Errors
    /// Only for what would not fit into memory.
    pub fn seal(&self, town: TownId, purpose: Purpose, plain: &[u8]) -> anyhow::Result<Vec<u8>> {
        let nonce: [u8; NONCE] = bytes();
        let bound_to = purpose.bound_to(town);
        let payload = Payload { msg: plain, aad: bound_to.as_bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_| anyhow::anyhow!("sealing {} bytes", plain.len()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this purpose.
    ///
    /// # Errors
    /// When it does not open.
    pub fn open(&self, town: TownId, purpose: Purpose, sealed: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(Unreadable)?;
        let bound_to = purpose.bound_to(town);
        let payload = Payload { msg: sealed, aad: bound_to.as_bytes() };
        self.0.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| Unreadable)
    }
}

/// Whether the folder has a key yet, without making one.
///
/// # Errors
/// When it has one that can't be used, with what to do.
pub fn look(folder: &Path) -> anyhow::Result<bool> {
    match read(&folder.join(FILE)) {
        Ok(_) => Ok(true),
        Err(error) if is_missing(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The folder's key, made at the first start.
fn key_of(folder: &Path) -> anyhow::Result<SecretKey> {
    let path = folder.join(FILE);
    match read(&path) {
        Err(error) if is_missing(&error) => {
            make(folder, &path).with_context(|| format!("making the key {}", path.display()))?;
            read(&path)
        }
        other => other,
    }
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

fn read(path: &Path) -> anyhow::Result<SecretKey> {
    let shown = path.display();
    let mode = fs::metadata(path).with_context(|| format!("the key {shown}"))?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!("the key {shown} is open to others than its owner (mode {:o}): chmod 600 {shown}", mode & 0o777);
    }
    let text = fs::read_to_string(path).with_context(|| format!("the key {shown}"))?;
    let key = text.parse().map_err(|rule| anyhow::anyhow!("the key {shown} is none: {rule}; take it from a backup"))?;
    Ok(key)
}

/// Writes a new key under another name and links it to its own: there is never half a key, and of two who make one at once both read
/// the first.
fn make(folder: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{FILE}.{}", encoded(&URL_SAFE_NO_PAD, &bytes::<9>())));
    let made = write_draft(&draft).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    // The draft goes, however that ended; where it was never made there is nothing to remove.
    let removed = fs::remove_file(&draft);
    made?;
    removed?;
    // Sealed things will outlive a power cut, and so must the name of their key.
    File::open(folder)?.sync_all()
}

fn write_draft(draft: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    writeln!(file, "{}", encoded(&STANDARD, &bytes::<KEY>()))?;
    file.sync_all()
}

fn encoded(alphabet: &GeneralPurpose, bytes: &[u8]) -> String {
    alphabet.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::sync::Barrier;

    const TOWN: TownId = TownId(610_304_105);
    const TOTP: Purpose = Purpose::Totp { staff: 12 };

    fn secrets() -> Secrets {
        Secrets::with(&SecretKey(bytes()))
    }

    /// A folder of this test's own, gone with it.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new() -> Self {
            let name = format!("fangge-secrets-{}", encoded(&URL_SAFE_NO_PAD, &bytes::<9>()));
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_was_sealed_opens_and_shows_nothing_of_itself() {
        let secrets = secrets();
        let plain = "𠮷田 13900000000".as_bytes();
        let sealed = secrets.seal(TOWN, TOTP, plain).unwrap();
        assert_eq!(secrets.open(TOWN, TOTP, &sealed).unwrap(), plain);
        assert!(!sealed.windows(4).any(|part| plain.windows(4).any(|p| p == part)));
        assert_ne!(secrets.seal(TOWN, TOTP, plain).unwrap(), sealed, "a nonce never comes twice");
        assert_eq!(secrets.open(TOWN, TOTP, &secrets.seal(TOWN, TOTP, b"").unwrap()).unwrap(), b"");
    }

    #[test]
    fn every_changed_bit_and_every_missing_byte_is_noticed() {
        let secrets = secrets();
        let sealed = secrets.seal(TOWN, TOTP, b"secret").unwrap();
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut other = sealed.clone();
                other[at] ^= 1 << bit;
                assert_eq!(secrets.open(TOWN, TOTP, &other), Err(Unreadable), "byte {at}, bit {bit}");
            }
            assert_eq!(secrets.open(TOWN, TOTP, &sealed[..at]), Err(Unreadable), "{at} bytes");
        }
        assert_eq!(secrets.open(TOWN, TOTP, &[&sealed[..], b"x"].concat()), Err(Unreadable));
    }

    #[test]
    fn a_secret_opens_only_as_what_it_is() {
        let secrets = secrets();
        let sealed = secrets.seal(TOWN, TOTP, b"secret").unwrap();
        let elsewhere = [
            (TownId(1), TOTP),
            (TOWN, Purpose::Totp { staff: 13 }),
            (TOWN, Purpose::Party { incident: 12, number: 1 }),
        ];
        for (town, purpose) in elsewhere {
            assert_eq!(secrets.open(town, purpose, &sealed), Err(Unreadable), "{purpose:?}");
        }
        assert_eq!(self::secrets().open(TOWN, TOTP, &sealed), Err(Unreadable), "another key");
        let party = secrets.seal(TOWN, Purpose::Party { incident: 1, number: 12 }, b"x").unwrap();
        assert!(secrets.open(TOWN, Purpose::Party { incident: 11, number: 2 }, &party).is_err());
    }

    #[test]
    fn the_key_is_its_owners_alone_and_lasts() {
        let folder = Folder::new();
        let sealed = Secrets::load(&folder.0, None).unwrap().seal(TOWN, TOTP, b"secret").unwrap();
        let path = folder.0.join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "no draft is left");
        assert_eq!(Secrets::load(&folder.0, None).unwrap().open(TOWN, TOTP, &sealed).unwrap(), b"secret");

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Secrets::load(&folder.0, None).err().unwrap().to_string();
        assert!(refused.contains("mode 640") && refused.contains("chmod 600"), "{refused}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "AAAA\n").unwrap();
        assert!(Secrets::load(&folder.0, None).err().unwrap().to_string().contains("backup"));
        let given = SecretKey(bytes());
        assert!(Secrets::load(&folder.0, Some(&given)).is_ok(), "a key that is given needs no file");
    }

    #[test]
    fn many_who_make_a_key_at_once_have_the_same() {
        let folder = Folder::new();
        let start = Barrier::new(16);
        let keys: BTreeSet<[u8; KEY]> = std::thread::scope(|scope| {
            let load = || {
                start.wait();
                key_of(&folder.0).unwrap().0
            };
            let all: Vec<_> = (0..16).map(|_| scope.spawn(load)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(keys.len(), 1);
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    }

    #[test]
    fn a_key_that_is_set_is_read_in_both_alphabets_and_never_shown() {
        let key = SecretKey([0xfb; KEY]);
        for alphabet in [&STANDARD, &URL_SAFE_NO_PAD] {
            assert_eq!(encoded(alphabet, &key.0).parse(), Ok(key.clone()));
        }
        assert_eq!(format!("{key:?}"), "SecretKey(***)");
        assert!(encoded(&STANDARD, &[1; 31]).parse::<SecretKey>().is_err());
    }
}
