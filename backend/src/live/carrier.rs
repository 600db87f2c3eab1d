//! A reader on a connection of its own, without the HTTP server between: what is to be sent goes out as it was encoded once.

use super::reader::Reader;
use super::tail::Piece;
use bytes::Buf as _;
use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::time::Duration;
use tokio::net::TcpStream;

/// Pieces in one write.
const AT_ONCE: usize = 32;
/// A client that takes nothing for so long is not there any more.
const STALLED: Duration = Duration::from_secs(60);
/// The end of a body in chunks.
const END: &[u8] = b"0\r\n\r\n";

/// Sends everything that a reader has for its client, until either ends.
pub async fn carry(mut reader: Reader, stream: TcpStream) {
    loop {
        let more = tokio::select! {
            biased;
            more = reader.fill() => more,
            () = hung_up(&stream) => return,
        };
        if more.is_none() {
            let mut end = VecDeque::from([Piece::raw(END)]);
            // Nobody is left to tell whether it arrived.
            return send(&stream, &mut end).await.unwrap_or_default();
        }
        if let Err(error) = send(&stream, reader.pending()).await {
            return tracing::trace!(%error, "a reader is gone");
        }
    }
}

/// Writes all of it.
async fn send(stream: &TcpStream, pieces: &mut VecDeque<Piece>) -> io::Result<()> {
    while !pieces.is_empty() {
        match write(stream, pieces) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => advance(pieces, written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Box::pin(tokio::time::timeout(STALLED, stream.writable())).await??;
            }
            Err(error) => return Err(error),
        }
    }
    // What a long absence left here is not kept for the rest of the connection's life.
    if pieces.capacity() > AT_ONCE {
        *pieces = VecDeque::new();
    }
    Ok(())
}

/// Writes as much of it as goes out at once.
fn write(stream: &TcpStream, pieces: &VecDeque<Piece>) -> io::Result<usize> {
    let mut slices = [IoSlice::new(&[]); AT_ONCE];
    let mut count = 0;
    for (slice, piece) in slices.iter_mut().zip(pieces) {
        *slice = IoSlice::new(&piece.chunk);
        count += 1;
    }
    stream.try_write_vectored(&slices[..count])
}

fn advance(pieces: &mut VecDeque<Piece>, mut written: usize) {
    while let Some(piece) = pieces.front_mut() {
        let length = piece.chunk.len();
        if written < length {
            return piece.chunk.advance(written);
        }
        written -= length;
        pieces.pop_front();
    }
}

/// Returns when the client has closed the connection. What it sends meanwhile is not read for its sense: there is nothing left for
/// it to ask.
async fn hung_up(stream: &TcpStream) {
    let mut unread = [0; 64];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut unread) {
            Ok(0) => return,
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_waits_is_small() {
        fn size<A, B, F>(_: impl Fn(A, B) -> F) -> usize {
            size_of::<F>()
        }
        let size = size(carry);
        assert!(size <= 2_048, "{size} bytes: something rare is not boxed");
    }

    #[test]
    fn what_was_written_in_part_goes_on_where_it_stopped() {
        let mut pieces = VecDeque::from([Piece::raw(b"abc"), Piece::raw(b"defg"), Piece::raw(b"h")]);
        advance(&mut pieces, 5);
        assert_eq!(pieces.iter().map(|piece| &piece.chunk[..]).collect::<Vec<_>>(), [&b"fg"[..], b"h"]);
        advance(&mut pieces, 3);
        assert!(pieces.is_empty());
    }
}
