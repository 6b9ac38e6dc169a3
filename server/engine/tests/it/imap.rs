//! Sessions and probes.
