//! The real `partwayctl` as scripts and people use it wrongly: what it says, and with which number it ends.

mod run;
mod usage;
