//! A file in place of an older one, so that one of them is whole at any time.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ModelError;

/// Writes a file under a name of its own beside `path`, waits until the disk has it, and gives it that name.
///
/// After an error the earlier file is as it was, and the new one is gone.
///
/// # Errors
/// [`ModelError::File`].
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), ModelError> {
    // Through a link, as any other writer.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (temporary, mut file) = beside(&target).map_err(ModelError::file("write", path))?;
    let written = write(&mut file).and_then(|()| {
        file.sync_all()?;
        drop(file);
        fs::rename(&temporary, &target)
    });
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        ModelError::file("write", path)(error)
    })?;
    sync_folder(&target);
    Ok(())
}

/// Removes what a process that was killed while it wrote has left beside `path`.
pub(crate) fn sweep(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    let beginning = format!(".{}.", name.to_string_lossy());
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&beginning) && name.ends_with(".tmp") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A new file of a hidden name in the same folder. A name that is taken is another's: of a process on another machine, or of
/// a killed one that had the same number, as the first process of every container has.
fn beside(target: &Path) -> io::Result<(PathBuf, File)> {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    loop {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{}.tmp", std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed)));
        let path = target.with_file_name(name);
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return Ok((path, created?)),
        }
    }
}

/// Waits until the disk has the new name, where the system can say so. The file is in place by now: a folder that cannot be
/// synced is no reason to say that it is not.
fn sync_folder(target: &Path) {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) {
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// The names in a folder, and what is in the file.
    fn state(folder: &Path, path: &Path) -> (Vec<String>, String) {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        (names.collect(), fs::read_to_string(path).unwrap())
    }

    #[test]
    fn a_write_that_fails_leaves_the_earlier_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let error = replace(&path, |file| {
            file.write_all(b"half of the new")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(matches!(error, Err(ModelError::File { kind: io::ErrorKind::StorageFull, .. })), "{error:?}");
        assert_eq!(state(folder.path(), &path), (vec!["file".to_owned()], "old".to_owned()));
        replace(&path, |file| file.write_all(b"new")).unwrap();
        assert_eq!(state(folder.path(), &path), (vec!["file".to_owned()], "new".to_owned()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_leaves_the_earlier_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace(&path, |file| file.write_all(b"old")).unwrap();
        let error = replace(&path, |_| fs::OpenOptions::new().write(true).open("/dev/full")?.write_all(b"new"));
        let message = error.unwrap_err().to_string();
        assert!(message.contains(&path.display().to_string()) && message.contains("No space left"), "{message}");
        assert_eq!(state(folder.path(), &path), (vec!["file".to_owned()], "old".to_owned()));
    }

    #[test]
    fn a_folder_is_not_replaced_and_a_missing_one_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        assert!(replace(&inner, |file| file.write_all(b"new")).is_err());
        assert!(replace(&folder.path().join("none/file"), |file| file.write_all(b"new")).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("file"), folder.path().join("link"));
        replace(&path, |file| file.write_all(b"old")).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        replace(&link, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert!(link.is_symlink());
    }

    #[test]
    fn a_name_that_is_taken_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let taken = |number| folder.path().join(format!(".file.{}-{number}.tmp", std::process::id()));
        // Numbers that this process can still give.
        (0..1000).for_each(|number| fs::write(taken(number), "another's").unwrap());
        let path = folder.path().join("file");
        replace(&path, |file| file.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1001);
    }

    #[test]
    fn what_a_killed_process_left_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".file.1-0.tmp", ".file.2-17.tmp", ".other.1-0.tmp", "file"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        sweep(&folder.path().join("file"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
