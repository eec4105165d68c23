//! How kinds are listed before they are watched: in pages. What people put on an object, up to 1.5 MiB of annotations among it, is held
//! for one page only, and then it is dropped.

use kube::runtime::watcher;

/// How many objects a page has.
const PAGE: u32 = 50;

/// The watch of a kind whose list is read in pages.
pub fn in_pages() -> watcher::Config {
    watcher::Config::default().page_size(PAGE)
}
