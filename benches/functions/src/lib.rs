//! Nothing: the benchmarks are in main.rs.
