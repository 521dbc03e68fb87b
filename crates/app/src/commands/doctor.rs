//! Bringing the database up to date, and checking that everything is there and sound.

use messages::MailTls;

use crate::{
    commands::{complain, say},
    config::Config,
    failure::{Outcome, While},
    listeners,
    platform::{Platform, SCHEMAS},
};

/// Brings the database up to date.
pub(crate) async fn migrate(config: &Config) -> Outcome {
    let (_, report) = Platform::database(config).await?;
    for step in &report.applied {
        say(&format!("applied {step}"));
    }
    say(&format!("{} steps applied, {} were there", report.applied.len(), report.present));
    Ok(0)
}

/// Checks the schema, every statement, the outbox, keys, files, and the ways out.
pub(crate) async fn doctor(config: &Config) -> Outcome {
    let platform = Platform::open(config, false).await?;
    let mut wrong = 0;
    let mut line = |name: &str, found: Result<String, Vec<String>>| match found {
        Ok(text) => say(&format!("ok    {name}: {text}")),
        Err(faults) => {
            wrong += 1;
            for fault in faults {
                complain(&format!("wrong {name}: {fault}"));
            }
        }
    };
    let db = &platform.db;
    line("database", Ok(format!("{:?}, {} slices", db.engine(), SCHEMAS.len())));
    let homes = db::check_homes(db, SCHEMAS).await.doing("the schema could not be read")?;
    line("schema", if homes.is_empty() { Ok("every table keeps to its home key".to_owned()) } else { Err(homes) });
    let refused = db::prepare_all(db, SCHEMAS).await.doing("the statements could not be prepared")?;
    line("statements", if refused.is_empty() { Ok("all prepare".to_owned()) } else { Err(refused) });
    let lag = {
        let mut tx = db.read().await.doing("the database does not answer")?;
        db::outbox::lag(&mut tx, 10).await.doing("the outbox could not be read")?
    };
    line(
        "outbox",
        if lag.stuck == 0 {
            Ok(format!("{} facts waiting", lag.waiting))
        } else {
            Err(vec![format!("{} facts were tried ten times; see the log of `tongban work`", lag.stuck)])
        },
    );
    line("keys", Ok(format!("version {} in use", platform.keys.version())));
    let probe = config.data_dir.join(".probe");
    let writable = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    line("data folder", writable.map(|()| "writable".to_owned()).map_err(|e| vec![e.to_string()]));
    // Ports are set up as `serve` would do it; what cannot be used is told by the error.
    listeners::messages(&platform)?;
    if let Some(gateway) = &config.outgoing.sms {
        say(&format!("ok    sms: over {gateway}"));
    } else {
        let file = config.sms_file();
        complain(&format!(
            "warn  sms: no gateway is named: codes and messages only go into {}; in service, give --sms",
            file.display()
        ));
    }
    match (&config.outgoing.smtp, config.outgoing.smtp_tls) {
        (Some(server), MailTls::None) => complain(&format!("warn  mail: the line to {server} is open; see --smtp-tls")),
        (Some(server), tls) => say(&format!("ok    mail: over {server}, {tls}")),
        (None, _) => say("ok    mail: none is sent; give --smtp to send it"),
    }
    Ok(u8::from(wrong > 0))
}
