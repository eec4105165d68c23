//! Publishes Events. kube's recorder remembers each Event for six minutes, to count those that come again, and goes through all of them for
//! each new one. Ten thousand guests who were invited took 35 MiB of memory. So another recorder takes its place after some Events.

use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, Recorder, Reporter};
use parking_lot::Mutex;

/// How many Events one recorder is given: 2 KiB of memory each.
const REMEMBERED: u32 = 256;

/// What publishes Events.
pub struct EventRecorder {
    client: Client,
    controller: &'static str,
    now: Mutex<Remembering>,
}

struct Remembering {
    recorder: Recorder,
    given: u32,
}

impl Remembering {
    fn new(client: &Client, controller: &str) -> Self {
        let reporter = Reporter { controller: controller.into(), instance: None };
        Self { recorder: Recorder::new(client.clone(), reporter), given: 0 }
    }
}

impl EventRecorder {
    /// One that has published nothing yet, and publishes in the name of `controller`.
    pub fn new(client: Client, controller: &'static str) -> Self {
        Self { now: Mutex::new(Remembering::new(&client, controller)), client, controller }
    }

    /// Publishes `event` about the object `about`. One that came a moment ago already is counted and not made anew.
    ///
    /// # Errors
    /// When the API server does not take it.
    pub async fn publish(&self, event: &Event, about: &ObjectReference) -> Result<(), kube::Error> {
        self.recorder().publish(event, about).await
    }

    fn recorder(&self) -> Recorder {
        let mut now = self.now.lock();
        if now.given == REMEMBERED {
            *now = Remembering::new(&self.client, self.controller);
        }
        now.given += 1;
        now.recorder.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hyper::http::{Method, Request, Response};
    use kube::client::Body;
    use kube::runtime::events::EventType;

    use super::*;

    async fn publish(recorder: &EventRecorder, name: &str) {
        let event = Event {
            type_: EventType::Normal,
            reason: "Invited".into(),
            note: None,
            action: "Invite".into(),
            secondary: None,
        };
        let about = ObjectReference { name: Some(name.into()), ..ObjectReference::default() };
        recorder.publish(&event, &about).await.unwrap();
    }

    #[tokio::test]
    async fn an_event_that_comes_again_is_counted_and_not_every_one_is_remembered() {
        let asked: Arc<Mutex<Vec<Method>>> = Arc::default();
        let methods = asked.clone();
        let api_server = tower::service_fn(move |request: Request<Body>| {
            methods.lock().push(request.method().clone());
            let event = r#"{"metadata":{},"eventTime":null}"#;
            std::future::ready(Ok::<_, std::convert::Infallible>(Response::new(Body::from(event.as_bytes().to_vec()))))
        });
        let recorder = EventRecorder::new(Client::new(api_server, "team"), "guestlist");
        publish(&recorder, "ann").await;
        publish(&recorder, "ann").await;
        assert_eq!(*asked.lock(), [Method::POST, Method::PATCH]);
        for other in 2..REMEMBERED {
            publish(&recorder, &other.to_string()).await;
        }
        publish(&recorder, "ann").await;
        let asked = asked.lock();
        assert_eq!((asked.len() as u32, asked.last()), (REMEMBERED + 1, Some(&Method::POST)));
    }
}
