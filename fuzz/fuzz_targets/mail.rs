#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| guestlist::fuzzing::mail(data));
