//! Passwords: argon2id, a few at a time, and never on the threads that answer requests.

use argon2::password_hash::rand_core::{OsRng, RngCore as _};
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// OWASP's second choice of equal strength: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Letters and digits that are not taken for each other when copied by hand: 32 of them, five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters of a password that the program makes: 80 bits.
const LETTERS: usize = 16;

/// How long a sign-in waits for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(10);
/// One a core: each takes its core and 19 MiB for some hundredths of a second.
static TURNS: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))));
/// What is checked against where there is no account, so that its absence can't be told by the time it takes.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash(&random()).ok());

/// Too many are signing in at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Crowded;

fn argon2() -> anyhow::Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| anyhow::anyhow!("argon2: {error}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password, as a PHC string. Takes its time: not for a thread that answers requests.
///
/// # Errors
/// Never for the parameters at hand.
pub fn hash(password: &str) -> anyhow::Result<String> {
    let salt = SaltString::generate(&mut OsRng);
    let hashed = argon2()?.hash_password(password.as_bytes(), &salt);
    Ok(hashed.map_err(|error| anyhow::anyhow!("argon2: {error}"))?.to_string())
}

/// Whether a password is the one that was hashed, by the parameters that the hash tells. Takes its time as well.
pub fn verify(password: &str, hashed: &str) -> bool {
    let Ok(hashed) = PasswordHash::new(hashed) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hashed).is_ok()
}

/// Whether a password is that of an account; where there is no account it takes as long to say no.
///
/// # Errors
/// When too many are at it.
pub async fn check(password: String, hashed: Option<String>) -> Result<bool, Crowded> {
    aside(move || {
        let fits = hashed.as_ref().or(NOBODY.as_ref()).is_some_and(|hashed| verify(&password, hashed));
        fits && hashed.is_some()
    })
    .await
}

/// Does something that takes as long as a hash when its turn comes, on a thread aside.
///
/// # Errors
/// When its turn does not come in time.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Crowded> {
    let turn = tokio::time::timeout(PATIENCE, Arc::clone(&TURNS).acquire_owned()).await;
    let turn = turn.map_err(|_| Crowded)?.map_err(|_| Crowded)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(|_| Crowded)
}

/// A password that nobody guesses: four groups of four letters and digits.
///
/// ```
/// let password = fangge::passwords::random();
/// assert_eq!((password.len(), password.split('-').count()), (19, 4));
/// assert_ne!(password, fangge::passwords::random());
/// ```
pub fn random() -> String {
    let mut password = String::new();
    for (place, byte) in bytes::<LETTERS>().into_iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
    }
    password
}

/// Bytes from the system's source of chance.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_with_its_parameters_and_takes_only_its_password() {
        let hashed = hash("大风起兮云飞扬 𠮷").unwrap();
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify("大风起兮云飞扬 𠮷", &hashed) && !verify("大风起兮云飞扬", &hashed));
        assert!(!verify("x", "no hash at all"));
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert_eq!(check("anything".into(), None).await, Ok(false));
    }
}
