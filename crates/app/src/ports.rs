//! Ways out of the platform that more than one slice uses.

use std::sync::Arc;

use identity::{CodeSender, PortError, Ports, Simulator};
use kernel::Timestamp;
use messages::SmsPort;
use webkit::BoxFuture;

use crate::{config::Config, failure::CommandError, outgoing};

/// What identity reaches: short messages always; in a demonstration also simulators of the population base and the
/// business register, whose word is marked as nobody's authority, and codes shown on the page, since no gateway brings
/// them to a phone. None of the three is there in service.
///
/// # Errors
/// When the SMS gateway cannot be used as told.
pub(crate) fn identity(config: &Config, demo: bool) -> Result<Ports, CommandError> {
    let codes: Arc<dyn CodeSender> = Arc::new(Codes(outgoing::sms(config)?));
    let mut ports = Ports { codes: Some(codes), show_messages: demo, ..Ports::default() };
    if demo {
        ports.real_names = Some(Arc::new(Simulator));
        ports.register = Some(Arc::new(Simulator));
    }
    Ok(ports)
}

/// One-time codes go the way of all short messages.
struct Codes(Arc<dyn SmsPort>);

impl CodeSender for Codes {
    fn send<'a>(
        &'a self,
        phone: &'a str,
        text: &'a str,
        reference: &'a str,
        at: Timestamp,
    ) -> BoxFuture<'a, Result<(), PortError>> {
        Box::pin(async move { self.0.send(phone, text, reference, at).await.map_err(|e| PortError(e.to_string())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_service_nothing_is_simulated_and_no_code_is_shown() {
        let config = Config {
            files_at: None,
            data_dir: "data".into(),
            database_url: None,
            connections: 1,
            outgoing: outgoing::Outgoing::default(),
        };
        let ports = identity(&config, false).unwrap();
        assert!(ports.codes.is_some() && ports.real_names.is_none() && ports.register.is_none());
        assert!(!ports.show_messages);
        let ports = identity(&config, true).unwrap();
        assert!(ports.real_names.is_some() && ports.register.is_some() && ports.show_messages);
        let mut open = config;
        open.outgoing.sms = Some("http://sms.example.org".to_owned());
        let refused = identity(&open, false).err().map(|error| error.to_string());
        assert!(refused.is_some_and(|why| why.contains("https only")));
    }
}
