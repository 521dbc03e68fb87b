//! Files that come with the forms of pages.

use blobs::{BlobError, Blobs, LIMIT_BYTES};
use kernel::{Act, FileId};
use webkit::{Part, Problem};

/// What became of one file of a form.
#[derive(Debug)]
pub enum TakenPart {
    /// No file was chosen.
    Nothing,
    /// It is kept, under this id.
    Stored(FileId),
    /// It is no document that is taken in; what follows in the form is read on.
    Refused {
        /// Its name.
        name: String,
        /// Why.
        error: BlobError,
    },
    /// The sending broke off or is larger than the route takes.
    Broken(Problem),
}

/// Takes one file of a form in as it comes.
pub async fn take_part(blobs: &Blobs, act: &Act, mut part: Part<'_>) -> TakenPart {
    let name = part.file_name().unwrap_or_default().to_owned();
    if name.is_empty() {
        return TakenPart::Nothing;
    }
    let declared = part.content_type().map(str::to_owned);
    let mut upload = match blobs.begin(act, &name, declared.as_deref(), LIMIT_BYTES).await {
        Ok(upload) => upload,
        Err(error) => return TakenPart::Refused { name, error },
    };
    loop {
        match part.chunk().await {
            Ok(Some(piece)) => {
                if let Err(error) = upload.write(piece).await {
                    return TakenPart::Refused { name, error };
                }
            }
            Ok(None) => {
                return match upload.finish().await {
                    Ok(stored) => TakenPart::Stored(stored.id),
                    Err(error) => TakenPart::Refused { name, error },
                };
            }
            Err(problem) => {
                upload.abort().await;
                return TakenPart::Broken(problem);
            }
        }
    }
}
