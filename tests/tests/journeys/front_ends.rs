//! Several `partwayctl` on one data folder, and on two: they reach each other, stand in for each other, and end in order.

mod ends;
mod many;
mod together;
