//! A wire between two programs that can be cut, and that can lose an answer.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Carries bytes between whoever connects to [`Wire::address`] and a server.
pub(crate) struct Wire {
    pub(crate) address: String,
    shared: Arc<Shared>,
}

struct Shared {
    server: String,
    /// Goes up when all connections are to end.
    generation: watch::Sender<u64>,
    whole: AtomicBool,
    losing: Mutex<Option<Losing>>,
}

/// Which answer is lost: the one to `after`, on a connection that has carried `mark` before.
#[derive(Clone)]
struct Losing {
    mark: Vec<u8>,
    after: Vec<u8>,
    then_cut: bool,
}

impl Wire {
    pub(crate) async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            server,
            generation: watch::Sender::new(0),
            whole: AtomicBool::new(true),
            losing: Mutex::default(),
        });
        let carrying = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if carrying.whole.load(Ordering::SeqCst) {
                    tokio::spawn(carry(Arc::clone(&carrying), near));
                }
            }
        });
        Self { address, shared }
    }

    /// Ends every connection and lets no new one through.
    pub(crate) fn cut(&self) {
        self.shared.cut();
    }

    pub(crate) fn mend(&self) {
        self.shared.whole.store(true, Ordering::SeqCst);
    }

    /// Loses the answer to the next `after` on a connection that has carried `mark`, once, and ends that connection;
    /// with `then_cut` every other one too.
    pub(crate) fn lose(&self, mark: &str, after: &str, then_cut: bool) {
        let losing = Losing { mark: mark.as_bytes().to_vec(), after: after.as_bytes().to_vec(), then_cut };
        *self.shared.losing.lock().unwrap() = Some(losing);
    }

    /// Whether an answer was lost since it was asked for.
    pub(crate) fn has_lost(&self) -> bool {
        self.shared.losing.lock().unwrap().is_none()
    }
}

impl Shared {
    fn cut(&self) {
        self.whole.store(false, Ordering::SeqCst);
        self.generation.send_modify(|g| *g += 1);
    }

    /// Whether the answer to what has been carried so far is to be lost.
    fn loses(&self, carried: &[u8]) -> Option<Losing> {
        let mut losing = self.losing.lock().unwrap();
        let wanted = losing.as_ref()?;
        let place = find(carried, &wanted.mark)?;
        find(&carried[place..], &wanted.after)?;
        losing.take()
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|w| w == wanted)
}

async fn carry(shared: Arc<Shared>, mut near: TcpStream) {
    let Ok(mut far) = TcpStream::connect(&shared.server).await else { return };
    let mut ended = shared.generation.subscribe();
    let (mut to_far, mut to_near, mut carried) = (vec![0; 65_536], vec![0; 65_536], Vec::new());
    loop {
        tokio::select! {
            _ = ended.changed() => return,
            read = near.read(&mut to_far) => {
                let Ok(n @ 1..) = read else { return };
                carried.extend_from_slice(&to_far[..n]);
                let losing = shared.loses(&carried);
                if far.write_all(&to_far[..n]).await.is_err() {
                    return;
                }
                if let Some(losing) = losing {
                    // The server has done it once it answers; nobody hears that.
                    let _lost = far.read(&mut to_near).await;
                    if losing.then_cut {
                        shared.cut();
                    }
                    return;
                }
            }
            read = far.read(&mut to_near) => {
                let Ok(n @ 1..) = read else { return };
                if near.write_all(&to_near[..n]).await.is_err() {
                    return;
                }
            }
        }
    }
}
