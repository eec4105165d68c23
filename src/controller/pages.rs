//! How kinds are listed before they are watched: in pages. What people put on an object, up to 1.5 MiB of annotations among it, is held
//! for one page only, and then it is dropped.

use kube::runtime::watcher;

/// How many objects a page has of a kind that anybody may write.
const PAGE: u32 = 50;

/// How many of a kind that only the operator and the platform team write: nobody makes them large.
const PAGE_OF_OURS: u32 = 500;

/// The watch of a kind whose list is read in pages.
pub fn in_pages() -> watcher::Config {
    watcher::Config::default().page_size(PAGE)
}

/// The same for a kind that only the operator and the platform team write.
pub fn in_large_pages() -> watcher::Config {
    watcher::Config::default().page_size(PAGE_OF_OURS)
}
