//! A wire between a server and its database that takes note of every statement with its parameters, just as they are sent
//! (PostgreSQL's protocol, version 3).

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgConnectOptions, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixListener, UnixStream};

/// A parameter as it was sent: its type, and its binary form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parameter {
    oid: u32,
    bytes: Option<Vec<u8>>,
}

impl Parameter {
    /// Its value, where it is an `integer`.
    pub fn as_int(&self) -> Option<i32> {
        const INT4: u32 = 23;
        let bytes = self.bytes.as_ref().filter(|_| self.oid == INT4)?;
        Some(i32::from_be_bytes(bytes.as_slice().try_into().ok()?))
    }

    /// An `integer`.
    pub fn int(value: i32) -> Self {
        Self { oid: 23, bytes: Some(value.to_be_bytes().to_vec()) }
    }
}

impl Type<Postgres> for Parameter {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("unknown")
    }
}

impl Encode<'_, Postgres> for Parameter {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let Some(bytes) = &self.bytes else { return Ok(IsNull::Yes) };
        buffer.extend_from_slice(bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.oid)))
    }
}

/// A statement that went over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sent {
    /// What its transaction began with; absent outside of one.
    pub opening: Option<String>,
    /// Its text.
    pub sql: String,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
}

/// The wire; its socket goes with it.
pub struct Wire {
    folder: PathBuf,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Wire {
    /// Lays a wire to the database that these options name.
    ///
    /// # Errors
    /// The system's, where no socket can be made.
    pub fn to(options: &PgConnectOptions) -> anyhow::Result<Self> {
        let folder = crate::db::private_folder("wire")?;
        let listener = UnixListener::bind(folder.join(format!(".s.PGSQL.{}", options.get_port())))?;
        let sent = Arc::new(Mutex::new(Vec::new()));
        let (notes, options) = (Arc::clone(&sent), options.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(join(near, options.clone(), Arc::clone(&notes)));
            }
        });
        Ok(Self { folder, sent })
    }

    /// The folder of its near end's socket.
    pub fn socket(&self) -> &Path {
        &self.folder
    }

    /// What has been sent since the last time, in no particular order between connections.
    pub fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("the wire's folder {} stays: {error}", self.folder.display());
        }
    }
}

async fn join(near: UnixStream, options: PgConnectOptions, notes: Arc<Mutex<Vec<Sent>>>) -> std::io::Result<()> {
    let (near_in, near_out) = near.into_split();
    if let Some(folder) = options.get_socket() {
        let far = UnixStream::connect(folder.join(format!(".s.PGSQL.{}", options.get_port()))).await?;
        let (far_in, far_out) = far.into_split();
        pass(near_in, near_out, far_in, far_out, notes).await
    } else {
        let far = TcpStream::connect((options.get_host(), options.get_port())).await?;
        let (far_in, far_out) = far.into_split();
        pass(near_in, near_out, far_in, far_out, notes).await
    }
}

/// Passes bytes both ways, reading along in one of them.
async fn pass(
    mut near_in: impl tokio::io::AsyncRead + Unpin + Send + 'static,
    mut near_out: impl tokio::io::AsyncWrite + Unpin + Send + 'static,
    mut far_in: impl tokio::io::AsyncRead + Unpin + Send + 'static,
    mut far_out: impl tokio::io::AsyncWrite + Unpin + Send + 'static,
    notes: Arc<Mutex<Vec<Sent>>>,
) -> std::io::Result<()> {
    let back = tokio::spawn(async move { tokio::io::copy(&mut far_in, &mut near_out).await });
    let (mut reader, mut chunk) = (Reader::new(notes), vec![0; 64 * 1024]);
    loop {
        let count = near_in.read(&mut chunk).await?;
        if count == 0 {
            break;
        }
        reader.take(&chunk[..count]);
        far_out.write_all(&chunk[..count]).await?;
    }
    far_out.shutdown().await?;
    back.abort();
    Ok(())
}

/// Reads a frontend's messages.
struct Reader {
    pending: Vec<u8>,
    started: bool,
    prepared: HashMap<Vec<u8>, (String, Vec<u32>)>,
    opening: Option<String>,
    notes: Arc<Mutex<Vec<Sent>>>,
}

impl Reader {
    fn new(notes: Arc<Mutex<Vec<Sent>>>) -> Self {
        Self { pending: Vec::new(), started: false, prepared: HashMap::new(), opening: None, notes }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        // The first message has no letter.
        while let Some(length) = self.whole() {
            let message: Vec<u8> = self.pending.drain(..length).collect();
            if !std::mem::replace(&mut self.started, true) {
                continue;
            }
            let mut fields = Fields(&message[5..]);
            match message[0] {
                b'P' => drop(self.parse(&mut fields)),
                b'B' => drop(self.bind(&mut fields)),
                b'Q' => self.simple(&fields.text()),
                _ => {}
            }
        }
    }

    /// The length of the first pending message, once it is whole.
    fn whole(&self) -> Option<usize> {
        let letter = usize::from(self.started);
        let length = self.pending.get(letter..letter + 4)?;
        let length = letter + usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
        (self.pending.len() >= length).then_some(length)
    }

    fn parse(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let (name, sql) = (fields.bytes(), fields.text());
        let types = (0..fields.short()?).map(|_| fields.word()).collect::<Option<_>>()?;
        self.prepared.insert(name, (sql, types));
        Some(())
    }

    fn bind(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        let (_portal, name) = (fields.bytes(), fields.bytes());
        for _ in 0..fields.short()? {
            fields.short()?;
        }
        let (sql, types) = self.prepared.get(&name)?;
        let mut parameters = Vec::new();
        for at in 0..usize::from(fields.short()?) {
            let length = i32::from_be_bytes(fields.word()?.to_be_bytes());
            let bytes = usize::try_from(length).ok().map(|length| fields.exactly(length));
            parameters.push(Parameter { oid: types.get(at).copied().unwrap_or_default(), bytes });
        }
        let sent = Sent { opening: self.opening.clone(), sql: sql.clone(), parameters };
        // Whoever goes on as somebody else says so in the middle.
        if let Some(opening) = self.opening.as_mut().filter(|_| sql.contains("set_config('fangge.scope'")) {
            *opening = format!("{opening}; {sql}");
        }
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
        Some(())
    }

    fn simple(&mut self, sql: &str) {
        match sql.split([';', ' ']).next().unwrap_or_default() {
            "BEGIN" => self.opening = Some(sql.to_owned()),
            "COMMIT" | "ROLLBACK" => self.opening = None,
            _ => {}
        }
    }
}

/// The fields of a message, one after the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes(&mut self) -> Vec<u8> {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(self.0.len());
        let text = self.0[..end].to_vec();
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        text
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken.to_vec()
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.exactly(2).try_into().ok()?))
    }

    fn word(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.exactly(4).try_into().ok()?))
    }
}
