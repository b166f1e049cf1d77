//! The real engine, the real images: what a newcomer does.

mod demo;
mod http;
mod newcomer;
mod package;
mod ready;
