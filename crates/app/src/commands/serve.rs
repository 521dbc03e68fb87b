//! Serving and working until told to stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::serve::ListenerExt;
use clap::Args;
use tokio::sync::watch;

use crate::{
    commands::say,
    config::{Config, Listen, public_url},
    failure::{CommandError, Outcome, While},
    listeners,
    platform::Platform,
    site,
};

/// Serve pages and interfaces, and work in the background.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) listen: Listen,
    /// Leave the background work to other processes (`tongban work`)
    #[arg(long)]
    pub(crate) without_work: bool,
}

/// Work in the background only.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// Do what is due now, then end
    #[arg(long)]
    pub(crate) once: bool,
    /// Where everybody reaches the site, such as `https://zwfw.example`: written into the codes on documents made here
    #[arg(long, env = "TONGBAN_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub(crate) public_url: Option<String>,
}

/// Figures of requests are summed up so often.
const SUMMED_EACH: Duration = Duration::from_secs(10);

/// How long requests under way may take once the process is told to stop. Service managers wait longer.
const GRACE: Duration = Duration::from_secs(30);

impl Serve {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let platform = Platform::open(config, false).await?;
        serve(&platform, &self.listen, !self.without_work, |address| say(&format!("tongban serves http://{address}")))
            .await
    }
}

impl Work {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let platform = Platform::open(config, false).await?;
        let platform = platform.reached_at(self.public_url.as_deref().unwrap_or_default());
        let jobs = listeners::jobs(&platform)?;
        if self.once {
            let done = jobs.run_once().await.doing("the work that is due could not be done")?;
            say(&format!(
                "{} facts delivered, {} put off, {} scheduled runs, {} of them failed",
                done.delivered,
                done.failed,
                done.scheduled + done.schedule_failed,
                done.schedule_failed
            ));
            return Ok(u8::from(done.schedule_failed > 0));
        }
        jobs.run(Signals::catch()?.told()).await;
        Ok(0)
    }
}

/// Serves until told to stop: then no new request is taken, those under way are finished.
pub(crate) async fn serve(platform: &Platform, listen: &Listen, work: bool, ready: impl FnOnce(SocketAddr)) -> Outcome {
    let listener = tokio::net::TcpListener::bind(listen.listen).await.map_err(|e| {
        CommandError::new(format!("{} cannot be listened on", listen.listen))
            .because(e)
            .advice("choose another address with --listen or TONGBAN_LISTEN")
    })?;
    keep_settings_fresh(platform);
    let address = listener.local_addr().doing("the address cannot be read")?;
    let listen = Listen { listen: address, ..listen.clone() };
    let platform = &platform.reached_at(&listen.public());
    let app = site::site(platform, &listen)?;
    let (stop, stopped) = watch::channel(false);
    let working = if work {
        let jobs = listeners::jobs(platform)?;
        let mut stopped = stopped.clone();
        Some(tokio::spawn(async move {
            jobs.run(async move {
                let _gone = stopped.wait_for(|s| *s).await;
            })
            .await;
        }))
    } else {
        None
    };
    let signals = Signals::catch()?;
    ready(address);
    let stop = Arc::new(stop);
    let told = Arc::clone(&stop);
    let summing = tokio::spawn(sum_up());
    let serving = axum::serve(listener.tap_io(at_once), app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move {
            signals.told().await;
            let _nobody = told.send(true);
        })
        .into_future();
    let mut stopping = stopped;
    let served = tokio::select! {
        served = serving => served,
        () = async {
            let _gone = stopping.wait_for(|s| *s).await;
            tokio::time::sleep(GRACE).await;
        } => {
            tracing::warn!("requests under way for {} s after the stop are broken off", GRACE.as_secs());
            Ok(())
        }
    };
    summing.abort();
    let _nobody = stop.send(true);
    if let Some(working) = working {
        working.await.doing("the background work did not end well")?;
    }
    served.doing("serving ended")?;
    Ok(0)
}

/// Reads every minute what the city has set since: with every process, also those that leave the work to others.
fn keep_settings_fresh(platform: &Platform) {
    let settings = platform.settings.clone();
    tokio::spawn(async move {
        let mut minute = tokio::time::interval(Duration::from_secs(60));
        loop {
            minute.tick().await;
            if let Err(error) = settings.refresh().await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "what the city has set could not be read; what was known stays");
            }
        }
    });
}

/// Keeps the figures of requests small, for ever.
async fn sum_up() {
    loop {
        tokio::time::sleep(SUMMED_EACH).await;
        site::sum_up_figures();
    }
}

/// Answers go out at once, small ones too.
fn at_once(stream: &mut tokio::net::TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
}

/// Serves `app` on a free port of this machine, until the task is aborted.
pub(crate) async fn on_loopback(app: axum::Router) -> Result<(SocketAddr, tokio::task::JoinHandle<()>), CommandError> {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)));
    let listener = listener.await.doing("no port of this machine can be listened on")?;
    let address = listener.local_addr().doing("the address cannot be read")?;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move {
        tokio::select! {
            served = axum::serve(listener.tap_io(at_once), app).into_future() => {
                if let Err(error) = served {
                    tracing::error!(%error, "serving ended");
                }
            }
            () = sum_up() => {}
        }
    });
    Ok((address, serving))
}

/// The signals that tell the process to stop. Caught from when this is made, not only from when it is asked.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn catch() -> Result<Self, CommandError> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let caught = |kind| signal(kind).doing("the signals that end the process cannot be caught");
            Ok(Self { interrupt: caught(SignalKind::interrupt())?, terminate: caught(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Resolves on the interrupt or terminate signal.
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is nothing to hold"))]
    async fn told(mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        {
            let _asked = tokio::signal::ctrl_c().await;
        }
    }
}
