//! Python's `moto`, which answers as S3 does: one server a test process, on this machine and a port of its own.

use fangge::photos::{Bucket, Place};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// It ends with its standard input, which ends with us, however we end.
const PROGRAM: &str = "
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
";

/// A server that speaks S3.
pub struct Moto {
    /// Where.
    pub address: SocketAddr,
    _process: Child,
}

/// The server of this test process.
pub fn moto() -> &'static Moto {
    static SERVER: OnceLock<Moto> = OnceLock::new();
    SERVER.get_or_init(start)
}

fn start() -> Moto {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")), PathBuf::from);
    let python = target.join("python/bin/python");
    let mut process = Command::new(&python)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}; `tools/setup test` brings it", python.display()));
    let stderr = process.stderr.take().unwrap_or_else(|| panic!("its words are piped"));
    let mut said = String::new();
    let mut lines = BufReader::new(stderr);
    let address = loop {
        let before = said.len();
        let read = lines.read_line(&mut said).unwrap_or_default();
        assert!(read > 0, "moto did not start; `tools/setup test` brings it: {said}");
        if let Some((_, address)) = said[before..].split_once("Running on http://") {
            let end = address.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(address.len());
            break address[..end].parse().unwrap_or_else(|error| panic!("{address:?}: {error}"));
        }
    };
    // Read on, so that it never waits for us to hear what it says.
    std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
    Moto { address, _process: process }
}

impl Moto {
    /// A new bucket, and how to reach it.
    pub fn bucket(&self) -> Place {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("photos-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let answer = self.ask("PUT", &format!("/{name}"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        self.place(&name)
    }

    /// How to reach a bucket of this name.
    pub fn place(&self, name: &str) -> Place {
        Place::Bucket(Bucket {
            name: name.into(),
            prefix: "town/pictures".into(),
            endpoint: Some(format!("http://{}", self.address)),
            region: "us-east-1".into(),
            access_key: "key".into(),
            secret_key: "secret".into(),
            allow_http: true,
        })
    }

    /// The keys in a bucket.
    pub fn keys(&self, place: &Place) -> Vec<String> {
        let Place::Bucket(bucket) = place else { panic!("{place:?} is no bucket") };
        let answer = self.ask("GET", &format!("/{}", bucket.name));
        answer.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next()).map(str::to_owned).collect()
    }

    fn ask(&self, method: &str, path: &str) -> String {
        let talk = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(self.address)?;
            let address = self.address;
            write!(
                stream,
                "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        talk().unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}
