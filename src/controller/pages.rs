//! How kinds are listed before they are watched. What people put on an object, up to 1.5 MiB of annotations among it, is held for one page only,
//! and then it is dropped.

use kube::runtime::watcher;

/// How many objects a page has of a kind that anybody may write: 12.5 MiB with all the annotations that an object may have (256 KiB).
const PAGE: u32 = 50;

/// How many of a kind that only the operator and the platform team write: nobody makes them large.
const PAGE_OF_OURS: u32 = 500;

/// How kinds are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListStrategy {
    /// In pages, as every API server can.
    Paged,
    /// One object after the other, by a watch that begins with them (WatchList, from Kubernetes 1.34 on without a feature gate).
    Streamed,
}

impl ListStrategy {
    /// The watch of a kind that anybody may write.
    pub fn in_pages(self) -> watcher::Config {
        self.of(PAGE)
    }

    /// The watch of a kind that only the operator and the platform team write.
    pub fn in_large_pages(self) -> watcher::Config {
        self.of(PAGE_OF_OURS)
    }

    fn of(self, page: u32) -> watcher::Config {
        let config = watcher::Config::default();
        match self {
            Self::Paged => config.page_size(page),
            Self::Streamed => config.streaming_lists(),
        }
    }
}
