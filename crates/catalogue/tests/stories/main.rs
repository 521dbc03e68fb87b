//! Stories of the catalogue, on both databases.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::path::{Path, PathBuf};

use catalogue::{Catalogue, CatalogueError, ImportReport, domain::CatalogueFile, files};
use kernel::Act;
use testkit::World;
use vocab::Vocabulary;

struct Office {
    world: World,
    catalogue: Catalogue,
}

impl Office {
    async fn new() -> Self {
        let world = World::new(&[audit::SCHEMA, catalogue::SCHEMA]).await;
        let catalogue = Catalogue::new(world.db.clone(), world.clock.clone(), Vocabulary::guiyang());
        Self { world, catalogue }
    }

    async fn import(&self, files: &[CatalogueFile]) -> Result<ImportReport, CatalogueError> {
        let args = (self.catalogue.clone(), Act::system(self.world.clock.now()), files.to_vec());
        self.world.db.write(args, |tx, (catalogue, act, files)| Box::pin(catalogue.import(act, tx, files))).await
    }

    async fn version(&self, slug: &str) -> Result<i64, CatalogueError> {
        let mut tx = self.world.db.read().await.unwrap();
        self.catalogue.procedure(&mut tx, slug, None).await.map(|p| p.version)
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

fn city() -> Vec<CatalogueFile> {
    files::Folder::read(&data()).unwrap().files
}

const SLUG: &str = "driving-licence-renewal";

fn change(files: &mut [CatalogueFile], slug: &str, from: &str, to: &str) {
    let file = files.iter_mut().find(|f| f.path.ends_with(&format!("/{slug}.toml"))).unwrap();
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    file.bytes = text.replacen(from, to, 1).into_bytes();
}

#[test]
fn the_published_catalogue_has_no_error() {
    let checked = files::Folder::read(&data()).unwrap().check(&Vocabulary::guiyang());
    let errors: Vec<String> = checked
        .violations
        .iter()
        .filter(|v| v.severity == catalogue::domain::Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!((checked.items.len(), checked.bundles.len()), (125, 17));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_files_again_change_nothing() {
    let office = Office::new().await;
    let first = office.import(&city()).await.unwrap();
    assert_eq!((first.added, first.changed, first.retired, first.bundles), (125, 0, 0, 17));
    let mut tx = office.world.db.read().await.unwrap();
    let revision = office.catalogue.revision(&mut tx).await.unwrap();
    drop(tx);
    let again = office.import(&city()).await.unwrap();
    assert_eq!((again.unchanged, again.changes()), (125, false));
    let mut tx = office.world.db.read().await.unwrap();
    assert_eq!(office.catalogue.revision(&mut tx).await.unwrap(), revision);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_a_new_version_and_the_old_one_stays() {
    let office = Office::new().await;
    let mut files = city();
    office.import(&files).await.unwrap();
    assert_eq!(office.version(SLUG).await.unwrap(), 1);
    change(&mut files, SLUG, "换发新证", "换发新的驾驶证");
    let report = office.import(&files).await.unwrap();
    assert_eq!((report.changed, report.unchanged), (1, 124));
    assert_eq!(office.version(SLUG).await.unwrap(), 2);
    let mut tx = office.world.db.read().await.unwrap();
    let old = office.catalogue.procedure(&mut tx, SLUG, Some(1)).await.unwrap();
    assert!(old.item.summary.contains("换发新证"));
    assert!(matches!(office.catalogue.procedure(&mut tx, SLUG, Some(9)).await, Err(CatalogueError::NotFound(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_error_keeps_everything_out() {
    let office = Office::new().await;
    let mut files = city();
    change(&mut files, SLUG, "promised_days = 1", "promised_days = 9");
    let Err(CatalogueError::Violations(all)) = office.import(&files).await else { panic!("it was imported") };
    let told = all.iter().find(|v| v.file.ends_with("driving-licence-renewal.toml")).unwrap();
    assert!(told.line > 1 && told.key.contains("promised_days"), "{told}");
    let mut tx = office.world.db.read().await.unwrap();
    assert!(office.catalogue.shown(&mut tx).await.unwrap().items.is_empty(), "nothing was imported");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_is_gone_is_retired_and_one_that_is_suspended_takes_no_application() {
    let office = Office::new().await;
    let files = city();
    office.import(&files).await.unwrap();
    let alone: Vec<CatalogueFile> = files
        .iter()
        .filter(|f| f.path.starts_with("catalogue/") && !f.path.ends_with(&format!("/{SLUG}.toml")))
        .cloned()
        .collect();
    let report = office.import(&alone).await.unwrap();
    assert_eq!(report.retired, 1);
    assert!(matches!(office.version(SLUG).await, Err(CatalogueError::NotOffered { .. })));
    office.import(&files).await.unwrap();
    assert_eq!(office.version(SLUG).await.unwrap(), 1, "it is back as it was");

    let args = (office.catalogue.clone(), Act::system(office.world.clock.now()));
    let suspended =
        office.world.db.write(args, |tx, (catalogue, act)| Box::pin(catalogue.suspend(act, tx, SLUG, true))).await;
    suspended.unwrap();
    assert!(
        matches!(office.version(SLUG).await, Err(CatalogueError::NotOffered { state, .. }) if state == "suspended")
    );
    let mut tx = office.world.db.read().await.unwrap();
    assert!(office.catalogue.procedure(&mut tx, SLUG, Some(1)).await.is_ok(), "running cases go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_imported_without_a_change() {
    let office = Office::new().await;
    office.import(&city()).await.unwrap();
    let exported = {
        let mut tx = office.world.db.read().await.unwrap();
        office.catalogue.export(&mut tx).await.unwrap()
    };
    let folder = office.world.folder().join("export");
    files::write(&folder, &exported).unwrap();
    let read_back = files::Folder::read(&folder).unwrap().files;
    let report = office.import(&read_back).await.unwrap();
    assert_eq!((report.unchanged, report.changes()), (125, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_files_are_told_and_never_stop_the_check() {
    let office = Office::new().await;
    let deep = format!("slug = \"deep\"\nx = {}1{}", "[".repeat(5000), "]".repeat(5000));
    let files = [
        ("catalogue/tax/broken.toml", b"slug = \"broken".to_vec()),
        ("catalogue/tax/binary.toml", vec![0xff, 0xfe, 0x00, 0x01]),
        ("catalogue/tax/empty.toml", Vec::new()),
        ("catalogue/tax/deep.toml", deep.into_bytes()),
        ("catalogue/tax/huge.toml", vec![b'#'; 1 << 20]),
        ("bundles/none.toml", b"slug = 7".to_vec()),
    ]
    .map(|(path, bytes)| CatalogueFile { path: path.to_owned(), bytes });
    let Err(CatalogueError::Violations(all)) = office.import(&files).await else { panic!("it was imported") };
    for file in &files {
        assert!(all.iter().any(|v| v.file == file.path && v.line >= 1), "{} is not told of", file.path);
    }
}
