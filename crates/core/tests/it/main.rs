//! What the domain promises, through its public API only.

mod answers;
mod backoff;
mod clock;
mod concurrency;
mod holds;
mod http_date;
mod life;
mod life_table;
mod plan;
mod proof;
mod rate;
mod secrets;
mod sleep;
mod still;
mod vain;
