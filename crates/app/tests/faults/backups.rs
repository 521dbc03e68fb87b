//! Backups taken while serving, and what a restore makes of them.

use std::{
    collections::BTreeSet,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    client::Caller,
    killed::Ledger,
    program::{Place, Said},
};

fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Everything in a folder with its content, to see whether something changed it.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.push((path.clone(), Vec::new()));
            found.extend(contents(&path));
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
}

/// Says what went wrong, and what to try.
fn refused(said: &Said, why: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("error: ") && said.err.contains(why), "{why:?} is not said: {}", said.err);
    assert!(said.err.contains("\n  try: ") || said.err.contains("\n  because: "), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_everything_that_was_answered_before_it_began() {
    let place = Place::new().await;
    let serving = place.serve();
    let caller = Caller::new(&serving.url);
    let cast = caller.cast().await;
    let (ledger, enough) = (Arc::new(Ledger::default()), Arc::new(AtomicBool::new(false)));
    let mut clients = Vec::new();
    for client in 0..4 {
        let (ledger, caller, cast, enough) = (Arc::clone(&ledger), caller.clone(), cast.clone(), Arc::clone(&enough));
        clients.push(tokio::spawn(async move {
            ledger.work(&caller, &cast, &format!("kept-{client}"), || enough.load(Ordering::SeqCst)).await;
        }));
    }
    let bytes = demo::walk::sheet("kept in the backup");
    let file = caller.upload(&cast.applicant, &bytes).await.unwrap().json()["id"].as_str().unwrap().to_owned();
    while ledger.told().len() < 12 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let before = ledger.told();
    let backup = place.beside("backup.zip");
    let said = tokio::task::block_in_place(|| place.run(&["backup", arg(&backup)]));
    assert_eq!(said.code, Some(0), "{said:?}");
    enough.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.unwrap();
    }
    serving.stop();
    #[cfg(unix)]
    assert_eq!(mode(&backup), 0o600, "it holds the keys");
    let beside: Vec<_> = contents(backup.parent().unwrap()).into_iter().map(|(path, _)| path).collect();
    assert!(!beside.iter().any(|p| p.file_name().unwrap().to_string_lossy().starts_with('.')), "{beside:?}");

    let restored = Place::new().await;
    let said = restored.run(&["restore", arg(&backup)]);
    assert_eq!(said.code, Some(0), "{said:?}");
    #[cfg(unix)]
    for (path, _) in contents(&restored.data()) {
        assert_eq!(mode(&path) & 0o077, 0, "{} is open to others", path.display());
    }
    restored.is_sound();
    let serving = restored.serve();
    let caller = Caller::new(&serving.url);
    let listed: BTreeSet<String> = caller.numbers(&cast.applicant).await.into_iter().collect();
    assert!(before.is_subset(&listed), "{:?} are missing", before.difference(&listed).collect::<Vec<_>>());
    let got = caller.get(&cast.applicant, &format!("/api/v1/files/{file}")).await;
    assert_eq!((got.status, &got.bytes[..]), (200, &bytes[..]));
    // Signing in, applying and acting go on where they were.
    let again = caller.cast().await;
    let after = Ledger::default();
    after.work(&caller, &again, "after", || !after.told().is_empty()).await;
    after.told().iter().for_each(|number| assert!(!listed.contains(number), "{number} is given twice"));
    serving.stop();
    restored.is_sound();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_backed_up_is_said_and_nothing_is_left() {
    let place = Place::new().await;
    let file = place.beside("backup.zip");
    if place.database.is_none() {
        let nothing = place.run(&["backup", arg(&file)]);
        refused(&nothing, "there is no database at");
        assert!(!place.data().exists(), "looking for a database does not make one");
    } else {
        refused(&place.run_without_tools(&["backup", arg(&file)]), "pg_dump cannot be started");
    }
    assert!(!file.exists());
    assert_eq!(place.run(&["migrate"]).code, Some(0));
    std::fs::write(&file, b"mine").unwrap();
    refused(&place.run(&["backup", arg(&file)]), "is there already");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    refused(&place.run(&["backup", arg(&place.beside("no-folder/backup.zip"))]), "cannot be written");
    let left = contents(file.parent().unwrap());
    assert!(
        left.iter().all(|(path, _)| path.starts_with(place.data()) || *path == file || *path == place.data()),
        "{left:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_restored_leaves_everything_as_it_was() {
    let place = Place::new().await;
    place.serve().stop();
    let backup = place.beside("backup.zip");
    assert_eq!(place.run(&["backup", arg(&backup)]).code, Some(0));

    // Where something is already.
    let before = contents(&place.data());
    refused(&place.run(&["restore", arg(&backup)]), "is there already");
    assert_eq!(contents(&place.data()), before);

    let target = Place::new().await;
    let untouched = |what: &str| assert!(!target.data().exists(), "{what}: {:?}", contents(&target.data()));
    refused_plainly(&target.run(&["restore", arg(&target.beside("nothing.zip"))]), "there is no file");

    // Damaged in every way that happens to files.
    let whole = std::fs::read(&backup).unwrap();
    let damaged = target.beside("damaged.zip");
    let mut flipped = whole.clone();
    flipped[whole.len() / 3] ^= 4;
    for (what, bytes) in [
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("a flipped bit", flipped),
        ("empty", Vec::new()),
        ("another file", b"PK is not all it takes".to_vec()),
    ] {
        std::fs::write(&damaged, bytes).unwrap();
        refused(&target.run(&["restore", arg(&damaged)]), "damaged");
        untouched(what);
    }
    // Made to leave its folder, and without its list.
    for name in ["../escaped", "/tmp/escaped", "files/../../escaped", "keys/a"] {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&damaged).unwrap());
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"x").unwrap();
        zip.finish().unwrap();
        refused(&target.run(&["restore", arg(&damaged)]), "damaged");
        untouched(name);
    }
    assert!(!target.beside("escaped").exists());

    if let Some(database) = &target.database {
        let wrong = Place::embedded();
        refused(&wrong.run(&["restore", arg(&backup)]), "another kind of database");
        assert!(!wrong.data().exists());

        refused(&target.run_without_tools(&["restore", arg(&backup)]), "pg_restore cannot be started");
        untouched("a missing tool");

        database.run("CREATE TABLE somebody_elses (a BIGINT)").await;
        refused(&target.run(&["restore", arg(&backup)]), "the database is not empty: it has the table somebody_elses");
        untouched("a database that is not empty");
        database.run("DROP TABLE somebody_elses").await;
        // A conflict that only the server sees, when some of the dump is in already.
        database.run("CREATE TYPE case_record AS (a BIGINT)").await;
        refused(&target.run(&["restore", arg(&backup)]), "pg_restore failed");
        untouched("a refused dump");
        database.run("DROP TYPE case_record").await;
    } else {
        // A log of writes that would be taken for the restored database's.
        std::fs::create_dir_all(target.data()).unwrap();
        let log = target.data().join("tongban.db-wal");
        std::fs::write(&log, b"old").unwrap();
        refused(&target.run(&["restore", arg(&backup)]), "tongban.db-wal is there already");
        std::fs::remove_file(&log).unwrap();
        let elsewhere = target.beside("not-a-folder");
        std::fs::write(&elsewhere, b"x").unwrap();
        let url = format!("sqlite:{}/tongban.db", elsewhere.display());
        refused(&target.run(&["restore", arg(&backup), "--database-url", &url]), "cannot be put in its place");
        assert_eq!(contents(&target.data()), [], "keys and files, which had their place, were taken back");
    }
    // And then it can be restored all the same.
    let said = target.run(&["restore", arg(&backup)]);
    assert_eq!(said.code, Some(0), "{said:?}");
    target.is_sound();
}

/// Says what went wrong in one line that needs no advice.
fn refused_plainly(said: &Said, why: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(why), "{}", said.err);
}
