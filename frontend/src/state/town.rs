//! The town and its fixed things, fetched once and side by side.

use super::clock::Clock;
use super::health::Health;
use super::remote::{Remote, patiently};
use crate::api::{self, Abort, Failure};
use crate::model::{Buildings, Lang, TownBundle};
use futures::future::try_join_all;
use geodata::town::{CategoryCode, CategoryGroup, GridCode, Slug, VillageCode};
use geodata::wire::{CameraProperties, Category, Feature, GridProperties, VillageProperties};
use leptos::prelude::*;
use std::sync::Arc;

/// The town on the page.
#[derive(Clone, Copy)]
pub struct TownState {
    /// The town, its villages, grids, cameras, ground and categories.
    pub bundle: RwSignal<Remote<TownBundle>>,
    /// Its buildings, which come after the first picture.
    pub buildings: RwSignal<Option<Arc<Buildings>>>,
}

impl TownState {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self { bundle: RwSignal::new(Remote::Loading), buildings: RwSignal::new(None) }
    }

    /// Fetches the town.
    pub fn load(self, slug: Option<Slug>, lang: Lang, health: Health, clock: Clock) {
        self.bundle.set(Remote::Loading);
        leptos::task::spawn_local(async move {
            let answer = match bundle(slug, lang, health).await {
                Ok(bundle) => {
                    clock.set(bundle.town.now);
                    Remote::Ready(Arc::new(bundle))
                }
                Err(failure) => Remote::Failed(failure),
            };
            self.bundle.set(answer);
        });
    }

    /// Fetches the buildings; without them the map still says all but where people live.
    pub fn load_buildings(self, slug: Option<Slug>, lang: Lang, health: Health) {
        leptos::task::spawn_local(async move {
            let path = api::address("/api/buildings", of_town(slug.as_ref()));
            let answer = patiently(path, lang, Abort::new(), health).await;
            if let Ok(buildings) = answer.and_then(|body| api::read(&body)) {
                self.buildings.set(Some(Arc::new(buildings)));
            }
        });
    }

    /// The bundle, where it is here; subscribes.
    pub fn get(self) -> Option<Arc<TownBundle>> {
        self.bundle.with(|b| b.ready().cloned())
    }
}

impl Default for TownState {
    fn default() -> Self {
        Self::new()
    }
}

/// The query pair that names the town.
pub fn of_town(slug: Option<&Slug>) -> impl Iterator<Item = (&'static str, &str)> {
    slug.into_iter().map(|s| ("town", s.as_str()))
}

async fn bundle(slug: Option<Slug>, lang: Lang, health: Health) -> Result<TownBundle, Failure> {
    let abort = Abort::new();
    let parts = ["town", "villages", "grids", "cameras", "ground", "categories", "session"];
    let answers = parts.map(|part| {
        let path = api::address(&["/api/", part].concat(), of_town(slug.as_ref()));
        patiently(path, lang, abort.clone(), health)
    });
    let [town, villages, grids, cameras, ground, categories, visitor] = &try_join_all(answers).await?[..] else {
        return Err(Failure::Garbled);
    };
    Ok(TownBundle {
        town: api::read(town)?,
        villages: api::read(villages)?,
        grids: api::read(grids)?,
        cameras: api::read(cameras)?,
        ground: api::read(ground)?,
        categories: api::read(categories)?,
        visitor: api::read(visitor)?,
    })
}

/// What is looked up in a town again and again.
pub trait Lookup {
    /// A village by its code.
    fn village(&self, code: &VillageCode) -> Option<&VillageProperties>;
    /// A grid by its code.
    fn grid(&self, code: &GridCode) -> Option<&GridProperties>;
    /// A camera by its code, with its place.
    fn camera(&self, code: &str) -> Option<&Feature<CameraProperties>>;
    /// A category by its code.
    fn category(&self, code: &CategoryCode) -> Option<&Category>;
    /// The group that a category falls in.
    fn group(&self, code: &CategoryCode) -> Option<CategoryGroup>;
}

impl Lookup for TownBundle {
    fn village(&self, code: &VillageCode) -> Option<&VillageProperties> {
        self.villages.features.iter().map(|f| &f.properties).find(|v| v.code == *code)
    }

    fn grid(&self, code: &GridCode) -> Option<&GridProperties> {
        self.grids.features.iter().map(|f| &f.properties).find(|g| g.code == *code)
    }

    fn camera(&self, code: &str) -> Option<&Feature<CameraProperties>> {
        self.cameras.features.iter().find(|f| f.properties.code == code)
    }

    fn category(&self, code: &CategoryCode) -> Option<&Category> {
        self.categories.iter().find(|c| c.code == *code)
    }

    fn group(&self, code: &CategoryCode) -> Option<CategoryGroup> {
        self.category(code).map(|c| c.group)
    }
}
