//! Connections that a stream can take over from the HTTP server.
//!
//! An answer that goes on for hours leaves hyper's buffers and state machine idle beside it, some twenty kilobytes for each of the
//! town's open pages. A stream that knows how to frame its own bytes asks for the connection itself: the server writes the answer's
//! head, hands the connection over in the moment when everything so far has gone out, and forgets it. What a client still had to say
//! on it is not read: such an answer carries `Connection: close`.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected, IntoMakeServiceWithConnectInfo};
use axum::serve::{IncomingStream, Listener};
use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;
use tower::util::MapRequestLayer;

/// A listener whose connections can be taken over.
pub struct Lending(pub TcpListener);

impl Listener for Lending {
    type Io = Lent;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Lent, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // An event is a few hundred bytes, and must not wait for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
        (Lent { stream: Some(stream), line: Line::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A connection as the HTTP server has it, until somebody takes it over.
pub struct Lent {
    stream: Option<TcpStream>,
    line: Line,
}

/// The way to the connection that a request came on.
#[derive(Clone, Default)]
pub struct Line {
    asked: Arc<Mutex<Option<oneshot::Sender<TcpStream>>>>,
}

impl Line {
    /// The body of an answer that `carry` writes on the connection itself, as whatever the answer's head says that it is. Where the
    /// connection breaks before, it never begins.
    pub fn carried_by<F>(self, tracker: TaskTracker, carry: impl FnOnce(TcpStream) -> F + Send + 'static) -> Body
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Body::from_stream(futures::stream::once(async move {
            let (give, given) = oneshot::channel();
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(give);
            tracker.spawn(async move {
                if let Ok(stream) = given.await {
                    carry(stream).await;
                }
            });
            // The server asks here first, and flushes the head then. With the connection it lets go of this as well.
            std::future::pending::<Result<Bytes, Infallible>>().await
        }))
    }
}

impl Lent {
    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl AsyncRead for Lent {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(cx, buf)
    }
}

impl AsyncWrite for Lent {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Comes when the server has written all that it had: the moment to hand over.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.stream()?.poll_flush(cx))?;
        let asked = self.line.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((asked, stream)) = asked.and_then(|asked| Some((asked, self.stream.take()?))) {
            // Who asked and is gone gets nothing; either way the server is done with it.
            drop(asked.send(stream));
            return Poll::Ready(Err(io::Error::other("the connection was taken over")));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stream() {
            Ok(stream) => stream.poll_shutdown(cx),
            Err(_) => Poll::Ready(Ok(())),
        }
    }
}

/// Who connected, and the way to their connection.
#[derive(Clone)]
pub struct Peer {
    address: SocketAddr,
    line: Line,
}

impl Connected<IncomingStream<'_, Lending>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Lending>) -> Self {
        Self { address: *stream.remote_addr(), line: stream.io().line.clone() }
    }
}

/// The server on such connections: each request knows its peer's address (`ConnectInfo<SocketAddr>`) and its [`Line`].
pub fn service(app: Router) -> IntoMakeServiceWithConnectInfo<Router, Peer> {
    let introduced = |mut request: Request| {
        if let Some(ConnectInfo(Peer { address, line })) = request.extensions_mut().remove::<ConnectInfo<Peer>>() {
            request.extensions_mut().insert(ConnectInfo(address));
            request.extensions_mut().insert(line);
        }
        request
    };
    app.layer(MapRequestLayer::new(introduced)).into_make_service_with_connect_info()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use axum::response::IntoResponse as _;
    use axum::routing::get;
    use axum::{Extension, Router};
    use std::sync::Weak;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    async fn until(stream: &mut TcpStream, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let mut some = [0; 4096];
            let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut some)).await.unwrap().unwrap();
            assert!(read > 0, "it ended after {text}");
            text += std::str::from_utf8(&some[..read]).unwrap();
        }
        text
    }

    #[tokio::test]
    async fn the_server_forgets_a_connection_that_was_taken_over() {
        let known = Arc::new(Mutex::new(Weak::new()));
        let tracker = TaskTracker::new();
        let (asked, carriers) = (Arc::clone(&known), tracker.clone());
        let carried = move |Extension(line): Extension<Line>| async move {
            *asked.lock().unwrap() = Arc::downgrade(&line.asked);
            let body = line.carried_by(carriers, |mut stream| async move {
                stream.write_all(b"2\r\nhi\r\n").await.unwrap();
                // Whatever comes ends it.
                stream.read_u8().await.unwrap();
                stream.write_all(b"0\r\n\r\n").await.unwrap();
            });
            ([(header::CONNECTION, "close")], body).into_response()
        };
        let app = Router::new().route("/", get(|| async { "plain" })).route("/stream", get(carried));
        let listener = Lending(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(axum::serve(listener, service(app)).into_future());

        // An ordinary answer first, on the same connection.
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(until(&mut client, "plain").await.starts_with("HTTP/1.1 200"));
        client.write_all(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let answer = until(&mut client, "hi\r\n").await.to_lowercase();
        assert!(
            answer.contains("transfer-encoding: chunked\r\n") && answer.contains("connection: close\r\n"),
            "{answer}"
        );
        assert!(answer.ends_with("\r\n\r\n2\r\nhi\r\n"), "{answer}");
        let forgotten = || known.lock().unwrap().upgrade().is_none();
        for _ in 0..1_000 {
            if forgotten() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(forgotten(), "the server still holds on to it");
        assert_eq!(tracker.len(), 1);

        client.write_all(b"x").await.unwrap();
        let mut rest = String::new();
        client.read_to_string(&mut rest).await.unwrap();
        assert_eq!(rest, "0\r\n\r\n");
        server.abort();
    }

    #[tokio::test]
    async fn what_is_asked_for_on_a_connection_that_breaks_never_begins() {
        let tracker = TaskTracker::new();
        let line = Line::default();
        let body = line.clone().carried_by(tracker.clone(), |_| async { panic!("there is nothing to write on") });
        let lent = Lent { stream: None, line };
        let reading = tokio::spawn(axum::body::to_bytes(body, 10));
        while tracker.is_empty() {
            tokio::task::yield_now().await;
        }
        drop(lent);
        reading.abort();
        tracker.close();
        tokio::time::timeout(Duration::from_secs(10), tracker.wait()).await.unwrap();
    }
}
