//! Carries a plan out, and says how far it came if something stops it.

use mazad_import::Plan;
use mazad_proto::v1::command::Act;

use crate::cli::{command_target::CommandTarget, exit::Failure, output::Output};

/// Does what is planned: the terms, then the lots in the order of the table.
///
/// # Errors
/// Something was refused or failed; the same import again goes on where this one stopped.
pub(crate) async fn carry_out(
    plan: &Plan,
    target: &mut CommandTarget,
    output: Output,
) -> Result<(), Failure> {
    let total = plan.adds().len();
    let bar = output.progress(total as u64, "lots");
    let mut done = 0_usize;
    let carried = target
        .submit(plan.commands(), |command| {
            if let Some(Act::AddLots(add)) = &command.act {
                done = done.saturating_add(add.lots.len());
                bar.set_position(done as u64);
            }
        })
        .await;
    bar.finish_and_clear();
    carried.map_err(|failure| Failure {
        error: failure.error.context(format!(
            "{done} of {total} lots are in, the same import again goes on / \
             أضيف {done} من {total}، وتكرار الاستيراد نفسه يكمل الباقي"
        )),
        ..failure
    })
}

#[cfg(test)]
#[path = "submit_tests.rs"]
mod tests;
