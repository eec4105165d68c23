//! The guests' mailbox and the redemption pages in a real Chromium, by the keyboard alone.
//! tools/setup_tests.py installs the browser.
//! With GUESTLIST_SCREENSHOTS=FOLDER every page is also photographed, wide and narrow, light and dark.

// clippy.toml allows these in tests; the helpers beside the tests are meant too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod alarms;
mod bench;
mod demands;
mod driver;
mod keyboard;
mod leaving;
mod letters;
mod pages;
mod session;
