//! What happens when the storage itself fails or is tampered with.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use blobs::{BlobError, Blobs, LIMIT_BYTES, Store, SweepReport};
use futures_util::{StreamExt as _, stream::BoxStream};
use kernel::{Failure as _, Kind};
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions,
    PutOptions, PutPayload, PutResult, Result, UploadPart, memory::InMemory, path::Path,
};
use testkit::World;

use super::made::{Files, a_pdf, a_png};

#[tokio::test]
async fn tampered_bytes_are_not_handed_out() {
    let files = Files::new().await;
    let stored = files.put("a.pdf", &a_pdf()).await.unwrap();
    let path = files.world.folder().join("files").join(&files.on_disk()[0]);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[20] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let told = files.blobs.open(stored.id).await.unwrap_err();
    assert_eq!((told.kind(), told.code()), (Kind::Internal, "blobs.tampered"));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(files.blobs.open(stored.id).await.unwrap_err().code(), "blobs.tampered");
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_no_row() {
    let world = World::new(&[blobs::SCHEMA]).await;
    let disk = Arc::new(SmallDisk::default());
    let files = Files::over(world, Store::over(Arc::clone(&disk) as Arc<dyn ObjectStore>, 1024));
    let before = files.put("a.pdf", &a_pdf()).await.unwrap();
    for full in [&disk.parts_fail, &disk.moves_fail] {
        full.store(true, Ordering::SeqCst);
        let told = files.put("b.png", &a_png()).await.unwrap_err();
        assert_eq!((told.kind(), told.code()), (Kind::Unavailable, "blobs.full"));
        assert!(told.advice().contains("稍后再试"));
        full.store(false, Ordering::SeqCst);
    }
    let left: Vec<_> = disk.inner.list(None).collect().await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(files.blobs.read(before.id).await.is_ok());
    assert!(files.put("b.png", &a_png()).await.is_ok(), "when there is room again it goes on");
}

#[tokio::test]
async fn without_a_row_the_bytes_go_too() {
    // The tables are missing, so that no row can be written.
    let world = World::new(&[]).await;
    let files = Files::over(world, Store::memory());
    assert!(matches!(files.put("a.pdf", &a_pdf()).await, Err(BlobError::Db(_))));
    let disk = Arc::new(SmallDisk::default());
    let files = Files::over(files.world, Store::over(Arc::clone(&disk) as Arc<dyn ObjectStore>, 1024));
    assert!(files.put("a.pdf", &a_pdf()).await.is_err());
    assert!(files.put("a.pdf", &a_png()).await.is_err());
    assert_eq!(disk.inner.list(None).count().await, 0);
}

#[tokio::test]
async fn remains_of_a_killed_process_are_swept() {
    let files = Files::new().await;
    let root = files.world.folder().join("files");
    let id = kernel::FileId::fresh(files.act.at);
    let kept = files.put("a.pdf", &a_pdf()).await.unwrap().id;
    std::fs::create_dir_all(root.join("incoming")).unwrap();
    std::fs::create_dir_all(root.join("files/2026/03/02")).unwrap();
    // A part that was being written, a file that was being examined, and one that had its place but no row yet.
    for path in [format!("incoming/{id}#1"), format!("incoming/{id}"), format!("files/2026/03/02/{id}")] {
        std::fs::write(root.join(path), b"remains").unwrap();
    }
    // The folder's own times are the machine's, so the world's clock is far ahead of or behind them: bring them together.
    let past = std::time::UNIX_EPOCH + std::time::Duration::from_millis(files.act.at.as_millisecond().unsigned_abs());
    for path in files.on_disk() {
        std::fs::File::options().write(true).open(root.join(path)).unwrap().set_modified(past).unwrap();
    }
    assert_eq!(files.blobs.sweep().await.unwrap(), SweepReport::default(), "they may still be on their way");
    files.world.travel_to("2026-03-04 10:00");
    assert_eq!(files.blobs.sweep().await.unwrap(), SweepReport { orphans: 3, ..SweepReport::default() });
    assert_eq!(files.on_disk(), [format!("files/2026/03/02/{kept}")]);
}

#[tokio::test]
async fn a_removal_that_was_cut_short_is_finished_by_the_next_sweep() {
    let world = World::new(&[blobs::SCHEMA]).await;
    let disk = Arc::new(SmallDisk::default());
    let files = Files::over(world, Store::over(Arc::clone(&disk) as Arc<dyn ObjectStore>, 1024));
    files.put("a.pdf", &a_pdf()).await.unwrap();
    files.world.travel_to("2026-07-01 00:00");
    disk.deletes_fail.store(true, Ordering::SeqCst);
    assert!(files.blobs.sweep().await.is_err());
    assert_eq!(disk.inner.list(None).count().await, 1);
    disk.deletes_fail.store(false, Ordering::SeqCst);
    files.blobs.sweep().await.unwrap();
    assert_eq!(disk.inner.list(None).count().await, 0);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error() {
    let world = World::new(&[]).await;
    let file = world.folder().join("a file");
    std::fs::write(&file, b"x").unwrap();
    assert!(matches!(Store::folder(&file.join("below")), Err(BlobError::Objects(_))));
    let blobs = Blobs::new(world.db.clone(), Store::memory(), world.clock.clone(), world.keys.clone());
    assert!(blobs.begin(&super::made::person(&world), "a.pdf", None, LIMIT_BYTES).await.is_ok());
}

/// Memory that can be told to fail as a full disk does.
#[derive(Debug, Default)]
struct SmallDisk {
    inner: InMemory,
    parts_fail: Arc<AtomicBool>,
    moves_fail: AtomicBool,
    deletes_fail: AtomicBool,
}

impl std::fmt::Display for SmallDisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmallDisk")
    }
}

fn no_space() -> object_store::Error {
    object_store::Error::Generic { store: "SmallDisk", source: Box::new(std::io::Error::from_raw_os_error(28)) }
}

#[derive(Debug)]
struct SmallUpload(Box<dyn MultipartUpload>, Arc<AtomicBool>);

/// What the store's traits ask their asynchronous methods to answer.
type Answer<'t, T> = std::pin::Pin<Box<dyn Future<Output = Result<T>> + Send + 't>>;

impl MultipartUpload for SmallUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        if self.1.load(Ordering::SeqCst) { Box::pin(async { Err(no_space()) }) } else { self.0.put_part(data) }
    }
    fn complete<'a, 't>(&'a mut self) -> Answer<'t, PutResult>
    where
        'a: 't,
    {
        self.0.complete()
    }
    fn abort<'a, 't>(&'a mut self) -> Answer<'t, ()>
    where
        'a: 't,
    {
        self.0.abort()
    }
}

impl ObjectStore for SmallDisk {
    fn put_opts<'a, 'b, 't>(&'a self, at: &'b Path, payload: PutPayload, opts: PutOptions) -> Answer<'t, PutResult>
    where
        'a: 't,
        'b: 't,
    {
        self.inner.put_opts(at, payload, opts)
    }
    fn put_multipart_opts<'a, 'b, 't>(
        &'a self,
        at: &'b Path,
        opts: PutMultipartOptions,
    ) -> Answer<'t, Box<dyn MultipartUpload>>
    where
        'a: 't,
        'b: 't,
    {
        Box::pin(async move {
            let upload = self.inner.put_multipart_opts(at, opts).await?;
            Ok(Box::new(SmallUpload(upload, Arc::clone(&self.parts_fail))) as Box<dyn MultipartUpload>)
        })
    }
    fn get_opts<'a, 'b, 't>(&'a self, at: &'b Path, options: GetOptions) -> Answer<'t, GetResult>
    where
        'a: 't,
        'b: 't,
    {
        self.inner.get_opts(at, options)
    }
    fn delete_stream(&self, places: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        if self.deletes_fail.load(Ordering::SeqCst) {
            return futures_util::stream::once(async { Err(no_space()) }).boxed();
        }
        self.inner.delete_stream(places)
    }
    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }
    fn list_with_delimiter<'a, 'b, 't>(&'a self, prefix: Option<&'b Path>) -> Answer<'t, ListResult>
    where
        'a: 't,
        'b: 't,
    {
        self.inner.list_with_delimiter(prefix)
    }
    fn copy_opts<'a, 'b, 'c, 't>(&'a self, from: &'b Path, to: &'c Path, options: CopyOptions) -> Answer<'t, ()>
    where
        'a: 't,
        'b: 't,
        'c: 't,
    {
        if self.moves_fail.load(Ordering::SeqCst) {
            return Box::pin(async { Err(no_space()) });
        }
        self.inner.copy_opts(from, to, options)
    }
}
