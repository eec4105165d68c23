//! The operator killed with SIGKILL at every write of every story: before it leaves, when its work is done, after its answer.
//! A story is told once in peace, which says which writes it has and how it ends; then once for each place to be killed at,
//! and the operator that is started after it has to bring the story to that same end.

mod picture;
mod run;
mod stories;

use testbed::interposer::Moment;

const MOMENTS: [Moment; 3] = [Moment::Before, Moment::AfterWork, Moment::AfterAnswer];

/// One test for each story, so that a failure names it and that they run side by side.
macro_rules! killed {
    ($($story:ident,)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $story() {
            run::at_every_write(stories::$story()).await;
        }
    )*};
}

killed! {
    an_invitation,
    an_invitation_that_got_lost,
    an_invitation_with_all_that_can_be_declared,
    an_invitation_mailed_by_the_operator,
    an_invitation_without_a_mail,
    a_mail_to_a_guest_who_was_added_without_one,
    a_guest_who_was_there_before,
    a_guest_who_was_deleted,
    a_resend,
    a_reminder,
    a_reset,
    a_reset_that_mails_nobody,
    a_change_of_groups_sponsors_and_profile,
    an_expiry_that_disables,
    an_expiry_that_deletes,
    an_access_that_ends,
    a_deletion,
    a_list,
    a_second_resource_that_takes_over,
    a_guest_who_left_and_is_wanted_again,
    a_return_after_an_expiry,
}
