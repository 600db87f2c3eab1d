//! Photos: what they must be, how they are made harmless, where they are kept.

pub mod leftovers;
mod manners;
mod marks;
mod picture;
mod refusal;
mod settings;
mod sniff;
mod store;
mod workshop;

pub use manners::{MOST, Manners, PERIOD};
pub use marks::MOST_PIXELS;
pub use picture::{LONGEST, Look, MOST_MEMORY, Picture, QUALITY, THUMB, THUMB_QUALITY, look, make};
pub use refusal::Refusal;
pub use settings::{Bucket, PhotoArgs, PhotoSettings, Place};
pub use sniff::{Kind, Stranger, kind};
pub use store::{Size, Store};
pub use workshop::Workshop;

use tokio::sync::Semaphore;

/// Most files that are received at a time, all persons together; others wait their turn. It bounds the memory that they are
/// gathered in, and leaves the rest of the server its breath when a whole village uploads.
const MOST_ARRIVING: usize = 24;

/// What the server keeps photos with.
#[derive(Debug)]
pub struct Photos {
    /// Where they are kept.
    pub store: Store,
    /// Where they are made.
    pub workshop: Workshop,
    /// How often each person sends some.
    pub manners: Manners,
    /// Places for files that are arriving.
    pub arriving: Semaphore,
    /// The largest file that is taken, bytes.
    pub most_bytes: usize,
}

impl From<&PhotoSettings> for Photos {
    fn from(settings: &PhotoSettings) -> Self {
        Self {
            store: settings.store.clone(),
            workshop: Workshop::default(),
            manners: Manners::default(),
            arriving: Semaphore::new(MOST_ARRIVING),
            most_bytes: settings.most_bytes,
        }
    }
}
