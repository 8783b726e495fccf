//! What people and servers get wrong: each ends in a sentence that names file and cause, and all else goes on.

mod local;
mod served;
