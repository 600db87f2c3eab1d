//! Files on their way in: larger than other bodies and slower, over a telephone on a village road.

use super::errors::{Error, Result};
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{HeaderMap, header};
use futures::StreamExt as _;
use geodata::Invalid;
use std::time::Duration;
use tokio::time::timeout;

/// How long a sender may say nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// How long is listened to a sender whose file is not wanted.
const PATIENCE: Duration = Duration::from_secs(10);

/// Receives a file of at most `most` bytes, whole.
pub async fn receive(headers: &HeaderMap, body: Body, most: usize) -> Result<Bytes> {
    let mut arriving = body.into_data_stream();
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let fits = announced.is_none_or(|length: usize| length <= most);
    let gathered = if fits { gather(&mut arriving, announced.unwrap_or_default(), most).await? } else { None };
    if let Some(file) = gathered {
        return Ok(file.into());
    }
    pour_away(Body::from_stream(arriving), most).await;
    Err(Error::FileTooLarge(most))
}

/// The whole of it; none where it is more than `most` bytes.
async fn gather(arriving: &mut BodyDataStream, announced: usize, most: usize) -> Result<Option<Vec<u8>>> {
    let mut file = Vec::with_capacity(announced);
    loop {
        match timeout(SILENCE, arriving.next()).await {
            Ok(None) => return Ok(Some(file)),
            Ok(Some(Ok(part))) if file.len() + part.len() > most => return Ok(None),
            Ok(Some(Ok(part))) => file.extend_from_slice(&part),
            Ok(Some(Err(_))) | Err(_) => {
                let (zh, en) = ("照片没有完整收到，请重新上传", "the photo did not arrive whole; send it again");
                return Err(Invalid::new("photo", zh, en).into());
            }
        }
    }
}

/// Reads what is still coming and forgets it: a browser that is still sending when the connection closes does not hear the
/// answer. Not for long, and not for more than anyone has reason to send.
pub async fn pour_away(body: Body, most: usize) {
    let mut arriving = body.into_data_stream();
    let mut poured = 0;
    let reading = async {
        while let Some(Ok(part)) = arriving.next().await {
            poured += part.len();
            if poured > 4 * most {
                break;
            }
        }
    };
    // Whether it came to its end is all the same.
    let _ = timeout(PATIENCE, reading).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{Stream, stream};
    use std::io;
    use tokio::time::Instant;

    /// The parts of a body as they come, none of which is torn.
    fn parts(parts: impl Stream<Item = &'static [u8]> + Send + 'static) -> Body {
        Body::from_stream(parts.map(|part| Ok::<_, io::Error>(Bytes::from_static(part))))
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_falls_silent_is_waited_for_half_a_minute() {
        let body = parts(stream::iter([b"abc".as_slice()]).chain(stream::pending()));
        let begun = Instant::now();
        let told = receive(&HeaderMap::new(), body, 10).await;
        assert!(matches!(told, Err(Error::Invalid(invalid)) if invalid.field == "photo"));
        assert_eq!(begun.elapsed().as_secs(), 30);
        // Slow is not silent.
        let slow = stream::unfold(0, |sent| async move {
            tokio::time::sleep(Duration::from_secs(25)).await;
            (sent < 6).then_some((b"x".as_slice(), sent + 1))
        });
        assert_eq!(receive(&HeaderMap::new(), parts(slow), 10).await.ok(), Some(Bytes::from_static(b"xxxxxx")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_large_is_heard_out_for_a_while_and_not_for_ever() {
        let too_large = |told| matches!(told, Err(Error::FileTooLarge(10)));
        let announced = HeaderMap::from_iter([(header::CONTENT_LENGTH, "11".parse().unwrap())]);
        assert!(too_large(receive(&announced, Body::from("12345678901"), 10).await));
        let endless = parts(stream::repeat(b"12345678".as_slice()));
        assert!(too_large(receive(&HeaderMap::new(), endless, 10).await));
        let begun = Instant::now();
        let silent = parts(stream::iter([b"12345678".as_slice(), b"1234"]).chain(stream::pending()));
        assert!(too_large(receive(&HeaderMap::new(), silent, 10).await));
        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}
