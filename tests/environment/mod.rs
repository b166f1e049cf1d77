//! The environment language against its judges: bash for what a file means, bash and docker compose for `.env`.

mod bash;
mod compose;
mod dotenv;
mod generator;
mod language;
mod layers;
mod project;
pub(crate) mod random;
