//! The cases, by subject.

mod abort;
mod complete;
mod fields;
mod honesty;
mod list;
mod names;
mod order;
mod refusals;
mod resume;
mod secrets;
mod sizes;

pub use abort::an_aborted_session_is_gone;
pub use complete::{
    a_missing_part_never_makes_a_shorter_file, a_second_complete_is_yes_or_conflict,
    a_session_that_cannot_be_read_is_told,
};
pub use fields::fields_arrive;
pub use honesty::capabilities_are_honest;
pub use list::the_list_tells_what_was_sent;
pub use names::names_in_any_script_arrive;
pub use order::{
    a_part_sent_again_changes_nothing, of_two_bodies_of_a_part_the_last_holds, parts_arrive_in_any_order,
    two_files_at_once_do_not_mix,
};
pub use refusals::{a_wrong_key_is_told_as_such, every_refusal_is_decoded};
pub use resume::{
    a_session_goes_on_in_a_new_process, after_expired_links_a_new_session_works, expired_links_are_renewed,
};
pub use secrets::nothing_shows_a_key_or_a_signed_link;
pub use sizes::{every_size_arrives, what_is_beyond_the_limits_is_refused_before_anything_is_sent};
