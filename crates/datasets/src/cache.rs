//! The folder in which the files of data sets are kept.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::DatasetError;

/// Where the files of a data set are: a folder, and with the feature `download` a place on the network.
///
/// A data set of the name `NAME` is looked for in the folder `NAME` inside the folder, then in the folder itself. So
/// both Keras's own cache and a folder with nothing but the files will do.
///
/// ```
/// use cornu_datasets::{Cache, fashion_mnist};
///
/// let cache = Cache::new("no such folder");
/// # #[cfg(feature = "download")]
/// # let cache = cache.offline();
/// let error = fashion_mnist::load_from::<f32>(&cache).unwrap_err();
/// assert!(error.to_string().starts_with("expected `train-images-idx3-ubyte.gz` in no such folder"));
/// # Ok::<(), cornu_datasets::DatasetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
    #[cfg(feature = "download")]
    network: Network,
}

/// How files are downloaded.
#[cfg(feature = "download")]
#[derive(Debug, Clone, PartialEq, Eq)]
struct Network {
    url: Option<String>,
    offline: bool,
    progress: bool,
}

/// A file that is published.
pub(crate) struct Remote {
    /// Its name.
    pub(crate) name: &'static str,
    /// The address of its folder.
    pub(crate) url: &'static str,
    /// Its length.
    #[cfg_attr(not(feature = "download"), expect(dead_code, reason = "compared with what is downloaded"))]
    pub(crate) bytes: u64,
    /// Its SHA-256.
    #[cfg_attr(not(feature = "download"), expect(dead_code, reason = "compared with what is downloaded"))]
    pub(crate) sha256: &'static str,
}

impl Cache {
    /// Files in this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            #[cfg(feature = "download")]
            network: Network { url: None, offline: false, progress: true },
        }
    }

    /// Keras's folder: `datasets` in `KERAS_HOME`, or in `.keras` in the home folder.
    ///
    /// # Errors
    /// [`DatasetError::NoHome`] if the environment names neither.
    pub fn keras() -> Result<Self, DatasetError> {
        keras_folder(env::var_os("KERAS_HOME"), env::home_dir()).map(Self::new).ok_or(DatasetError::NoHome)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Downloads from this address in place of the one where the data set is published: a mirror. The name of the
    /// file is added to it. What comes must be the published file all the same.
    #[cfg(feature = "download")]
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.network.url = Some(url.into());
        self
    }

    /// Downloads nothing.
    #[cfg(feature = "download")]
    #[must_use]
    pub fn offline(mut self) -> Self {
        self.network.offline = true;
        self
    }

    /// Whether a download shows its progress (the default). Only a terminal shows it.
    #[cfg(feature = "download")]
    #[must_use]
    pub fn with_progress(mut self, progress: bool) -> Self {
        self.network.progress = progress;
        self
    }

    /// The first of these that there is, in the data set's own folder or in the cache folder.
    pub(crate) fn find(&self, set: &str, names: &[&str]) -> Option<PathBuf> {
        let folders = [self.folder.join(set), self.folder.clone()];
        let paths = folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(name)));
        paths.into_iter().find(|path| path.is_file())
    }

    /// Downloads a file into this folder under the cache folder, or says where it can be had.
    pub(crate) fn fetch(&self, set: &str, remote: &Remote) -> Result<PathBuf, DatasetError> {
        let folder = if set.is_empty() { self.folder.clone() } else { self.folder.join(set) };
        #[cfg(feature = "download")]
        if !self.network.offline {
            let url = self.network.url.as_deref().unwrap_or(remote.url);
            return crate::download::fetch(remote, &address(url, remote.name), &folder, self.network.progress);
        }
        Err(DatasetError::Missing { file: remote.name.to_owned(), folder, url: address(remote.url, remote.name) })
    }
}

fn address(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

fn keras_folder(keras_home: Option<OsString>, home: Option<PathBuf>) -> Option<PathBuf> {
    let given = keras_home.filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let keras = given.or_else(|| Some(home.filter(|home| !home.as_os_str().is_empty())?.join(".keras")))?;
    Some(keras.join("datasets"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_keras() {
        let folder =
            |keras: Option<&str>, home: Option<&str>| keras_folder(keras.map(Into::into), home.map(Into::into));
        assert_eq!(folder(None, Some("home")), Some(["home", ".keras", "datasets"].iter().collect()));
        assert_eq!(folder(Some("k"), Some("home")), Some(["k", "datasets"].iter().collect()));
        assert_eq!(folder(Some(""), Some("home")), folder(None, Some("home")));
        assert_eq!(folder(None, None), None);
        assert_eq!(folder(None, Some("")), None);
    }

    #[test]
    fn an_address_has_one_slash() {
        assert_eq!(address("http://a/b/", "c"), "http://a/b/c");
        assert_eq!(address("http://a/b", "c"), "http://a/b/c");
    }
}
