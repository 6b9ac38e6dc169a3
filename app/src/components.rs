//! Parts of pages. Only the islands among them reach the browser as code.

#[cfg(feature = "ssr")]
pub mod banner;
pub mod browser;
#[cfg(feature = "ssr")]
pub mod button;
#[cfg(feature = "ssr")]
pub mod call;
#[cfg(feature = "ssr")]
pub mod chart;
pub mod composer;
#[cfg(feature = "ssr")]
pub mod field;
#[cfg(feature = "ssr")]
pub mod frame;
pub mod hands;
pub mod icon;
pub mod live;
#[cfg(feature = "ssr")]
pub mod message;
#[cfg(feature = "ssr")]
pub mod notice;
#[cfg(feature = "ssr")]
pub mod probe;
#[cfg(feature = "ssr")]
pub mod remedy;
pub mod state;
