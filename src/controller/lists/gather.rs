//! Wake-ups of the lists, gathered: each guest's change wants new counts of its list, and a thousand guests change at once.
//! kube's own debounce begins anew with every trigger, so that a list whose guests change all the time would never be seen.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use futures::Stream;
use futures::stream::unfold;
use kube::runtime::reflector::ObjectRef;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::api::GuestList;
use crate::store::Guarded;

/// How long wake-ups are gathered.
const GATHER: Duration = Duration::from_millis(500);

/// Each list at most once in [`GATHER`], and never later than that.
pub fn gathered(
    receiver: UnboundedReceiver<ObjectRef<Guarded<GuestList>>>,
) -> impl Stream<Item = ObjectRef<Guarded<GuestList>>> + Send + 'static {
    unfold((receiver, VecDeque::new()), |(mut receiver, mut due)| async move {
        if due.is_empty() {
            let mut all = HashSet::from([receiver.recv().await?]);
            tokio::time::sleep(GATHER).await;
            while let Ok(more) = receiver.try_recv() {
                all.insert(more);
            }
            due.extend(all);
        }
        due.pop_front().map(|list| (list, (receiver, due)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::StreamExt;
    use std::time::Instant;
    use tokio::sync::mpsc::unbounded_channel;

    #[tokio::test]
    async fn a_list_that_is_woken_all_the_time_comes_twice_a_second() {
        let (wake, woken) = unbounded_channel();
        let waking = tokio::spawn(async move {
            for _ in 0..150 {
                let _ = wake.send(ObjectRef::new("busy").within("team"));
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let began = Instant::now();
        let seen = gathered(woken).count().await;
        waking.await.unwrap();
        // A busy machine takes longer for it, and then there are more.
        let most = began.elapsed().div_duration_f64(GATHER).ceil();
        assert!(seen >= 2 && seen as f64 <= most, "{seen}, and at most {most} may be");
    }
}
