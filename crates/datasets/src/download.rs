//! Downloads: a file enters the cache folder whole, and only if it is the one that was published.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use ureq::Agent;

use crate::DatasetError;
use crate::cache::Remote;

/// How long the network may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// How much is read at once, in bytes.
const BLOCK: usize = 1 << 16;

/// Downloads the file into the folder, and says where it is: into a file beside it first, which takes its name once
/// its length and SHA-256 are those that were published and it is on the disk. Nothing else is left behind.
pub(crate) fn fetch(remote: &Remote, url: &str, folder: &Path, progress: bool) -> Result<PathBuf, DatasetError> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| DatasetError::Download {
        file: remote.name.to_owned(),
        folder: folder.to_owned(),
        url: url.to_owned(),
        source,
    };
    let agent: Agent =
        Agent::config_builder().timeout_connect(Some(PATIENCE)).timeout_per_read(Some(PATIENCE)).build().into();
    // The file as it is: a server might pack it once more.
    let response = agent.get(url).header("Accept-Encoding", "identity").call().map_err(|error| failed(error.into()))?;

    let write = |source| DatasetError::Io { action: "write into", path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(write)?;
    let mut file = beside(folder).map_err(write)?;
    let bar = bar(remote, progress);
    let mut body = bar.wrap_read(response.into_body().into_reader().take(remote.bytes + 1));
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut block = vec![0; BLOCK];
    loop {
        let count = body.read(&mut block).map_err(|error| failed(error.into()))?;
        let Some(read @ [_, ..]) = block.get(..count) else { break };
        file.write_all(read).map_err(write)?;
        hash.update(read);
        bytes += count as u64;
    }
    bar.finish_and_clear();

    let received: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if (bytes, received.as_str()) != (remote.bytes, remote.sha256) {
        let more = if bytes > remote.bytes { "more than " } else { "" };
        return Err(DatasetError::Checksum {
            url: url.to_owned(),
            expected: format!("{} bytes with SHA-256 {}", remote.bytes, remote.sha256),
            received: format!("{more}{} bytes with SHA-256 {received}", bytes.min(remote.bytes)),
        });
    }
    file.as_file().sync_all().map_err(write)?;
    let target = folder.join(remote.name);
    file.persist(&target).map_err(|error| write(error.error))?;
    Ok(target)
}

/// A new file that is removed when it is dropped. Whoever may read the folder's other files may read it.
fn beside(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".part");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666)) // less the umask
    };
    builder.tempfile_in(folder)
}

fn bar(remote: &Remote, progress: bool) -> ProgressBar {
    let target = if progress { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(remote.bytes), target).with_message(remote.name);
    match ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::{Shutdown, TcpListener};
    use std::thread::{self, JoinHandle};

    use super::*;

    const FILE: Remote = Remote {
        name: "file.bin",
        url: "http://unused",
        bytes: 3,
        // Of the bytes `abc`: FIPS 180-2, B.1.
        sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    };

    /// A server that gives one answer; its address, and the first line of the request.
    fn server(answer: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file.bin", listener.local_addr().unwrap());
        let request = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
            let first = lines.next().unwrap();
            while !lines.next().unwrap().is_empty() {}
            stream.write_all(answer.as_bytes()).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            first
        });
        (url, request)
    }

    /// What is in the folder.
    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    /// What a download of this answer says, and that it leaves nothing.
    fn message(answer: &'static str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (url, request) = server(answer);
        let error = fetch(&FILE, &url, folder.path(), false).unwrap_err().to_string();
        request.join().unwrap();
        assert!(names(folder.path()).is_empty());
        error.replace(&url, "URL").replace(&folder.path().display().to_string(), "FOLDER")
    }

    #[test]
    fn the_published_file_enters_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a").join("b");
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nabc",
        ] {
            let (url, request) = server(answer);
            let path = fetch(&FILE, &url, &inner, true).unwrap();
            assert_eq!(request.join().unwrap(), "GET /file.bin HTTP/1.1");
            assert_eq!(fs::read(&path).unwrap(), b"abc");
            assert_eq!(names(&inner), ["file.bin"]); // a file that is there is replaced
        }
    }

    #[test]
    fn another_file_does_not() {
        let expected = format!("URL: expected 3 bytes with SHA-256 {}. Received: ", FILE.sha256);
        let other = message("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabd");
        assert!(other.starts_with(&format!("{expected}3 bytes with SHA-256 a52d159f")), "{other}");
        let short = message("HTTP/1.0 200 OK\r\n\r\nab");
        assert!(short.starts_with(&format!("{expected}2 bytes with SHA-256 fb8e20fc")), "{short}");
        let long = message("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde");
        assert!(long.starts_with(&format!("{expected}more than 3 bytes with SHA-256 ")), "{long}");
    }

    #[test]
    fn a_network_that_fails() {
        let expected = "expected `file.bin` in FOLDER, or to download it. Without a network, get it from URL elsewhere \
                        and put it there. Received: ";
        let absent = message("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(absent, format!("{expected}http status: 404"));
        let broken = message("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
        assert!(broken.starts_with(expected), "{broken}");
        assert!(message("no HTTP\r\n\r\n").starts_with(expected));

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/file.bin", listener.local_addr().unwrap());
        drop(listener); // nobody listens
        let folder = tempfile::tempdir().unwrap();
        let refused = fetch(&FILE, &url, folder.path(), false).unwrap_err().to_string();
        assert!(refused.contains(&format!("get it from {url} elsewhere")), "{refused}");
    }

    #[test]
    fn a_folder_that_is_a_file() {
        let file = NamedTempFile::new().unwrap();
        let (url, request) = server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        let error = fetch(&FILE, &url, file.path(), false).unwrap_err().to_string();
        request.join().unwrap();
        assert!(error.starts_with(&format!("expected to write into {}. Received: ", file.path().display())), "{error}");
    }
}
