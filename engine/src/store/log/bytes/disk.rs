//! The thin layer over file calls, so that a test can fail any one of them.
//!
//! Every method is one call to the operating system, or close to it, and none of them retries: what
//! an error means is decided by the store, never here.

use std::fmt;
use std::fs::{self, File};
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Advice, FallocateFlags, FlockOperation};

/// What the store needs of a disk. [`RealDisk`] is the operating system's.
pub trait Disk: fmt::Debug + Send + Sync + 'static {
    /// Creates a folder and its parents; one that exists is fine.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Creates a file, or empties it if it exists, for reading and writing.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;
    /// Opens an existing file.
    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>>;
    /// Renames a file inside the store's folder.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file; the folder is not synced yet.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Names of the entries of a folder, in no order.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// Makes the entries of a folder durable.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Takes the exclusive lock on a lock file, or on a folder, without waiting; `None` if somebody
    /// else holds it.
    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>>;
    /// What kind of file system holds a folder.
    fn file_system(&self, path: &Path) -> io::Result<FileSystem>;
    /// Bytes that may still be taken of the file system that holds a folder.
    fn free(&self, path: &Path) -> io::Result<u64>;
}

/// An open file, read and written at offsets by several threads.
pub trait DiskFile: fmt::Debug + Send + Sync + 'static {
    /// Writes some of the bytes at an offset and says how many.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize>;
    /// Reads some bytes from an offset and says how many; 0 at the end of the file.
    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Reserves room on the disk, so that running out of it shows here and not in a sync.
    fn allocate(&self, length: u64) -> io::Result<()>;
    /// Makes the content durable, and of the rest only what is needed to read it back.
    fn sync_data(&self) -> io::Result<()>;
    /// Makes content and attributes durable.
    fn sync_all(&self) -> io::Result<()>;
    /// Length of the file in bytes.
    fn length(&self) -> io::Result<u64>;
    /// Number of the file on its file system: the same under another name, another one for a copy.
    fn number(&self) -> io::Result<u64>;
    /// Drops clean cached pages, so that the next read comes from the disk.
    fn drop_cache(&self) -> io::Result<()>;
}

/// A lock held until it is dropped.
pub trait DiskLock: fmt::Debug + Send + Sync + 'static {
    /// Whether the file or folder of that name is still the one that is locked.
    fn is_held(&self) -> io::Result<bool>;
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The file is only read.
    Read,
    /// The file is read and written.
    Write,
}

/// A file system, as far as the store cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSystem {
    /// Its usual name, or its number in hexadecimal.
    pub name: String,
    /// Whether a log can live on it.
    pub kind: FileSystemKind,
}

/// Whether a log can live on a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSystemKind {
    /// On a disk of this machine.
    Local,
    /// On a disk of this machine, but what is written goes elsewhere than where it was reserved.
    CopyOnWrite,
    /// Of a container: gone with it.
    Layered,
    /// Of a program, behind which anything may lie.
    Program,
    /// In memory: fine for tests, gone with the power.
    Memory,
    /// Through a network or shared between machines: locks and syncs cannot be trusted.
    Network,
}

impl FileSystemKind {
    /// What follows for a log that is kept there, if it is not what one expects of a disk.
    pub const fn follows(self) -> Option<&'static str> {
        match self {
            Self::Local => None,
            Self::CopyOnWrite => Some(
                "copies what it writes: on a full disk it may refuse room that was reserved, and the \
                 server then stops taking bids at once; keep some space free, or the log on ext4 or xfs",
            ),
            Self::Layered => Some(
                "belongs to a container: the log is gone with it; keep it on a volume of its own",
            ),
            Self::Program => Some(
                "is served by a program: whether a synced bid is on a disk, and whether a second server \
                 is kept out, is up to that program; keep the log on a local disk",
            ),
            Self::Memory => Some(
                "is memory: every bid is gone with the power or a restart of the machine; for trials only",
            ),
            Self::Network => Some(
                "is on a network or shared between machines: a second server may write the same log, and \
                 an answered bid may be lost; keep the log on a local disk of this machine",
            ),
        }
    }
}

/// The disk of the operating system. What it makes is for its owner alone, whatever the umask: limits
/// and pseudonyms stand in the log in clear.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let mut options = File::options();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Arc<dyn DiskFile>> {
        let file = File::options()
            .read(true)
            .write(access == Access::Write)
            .open(path)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let name =
            |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into());
        fs::read_dir(path)?.map(name).collect()
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        Ok(rustix::fs::fsync(File::open(path)?)?)
    }

    fn lock(&self, path: &Path) -> io::Result<Option<Box<dyn DiskLock>>> {
        let mut options = File::options();
        options.read(true);
        if !path.is_dir() {
            options.write(true).create(true).truncate(false).mode(0o600);
        }
        let file = options.open(path)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Box::new(RealLock {
                file,
                path: path.to_owned(),
            }))),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn file_system(&self, path: &Path) -> io::Result<FileSystem> {
        let magic = rustix::fs::statfs(path)?.f_type;
        let known = FILE_SYSTEMS
            .iter()
            .find(|(number, _, _)| i128::from(*number) == i128::from(magic));
        Ok(match known {
            Some((_, name, kind)) => FileSystem {
                name: (*name).into(),
                kind: *kind,
            },
            None => FileSystem {
                name: format!("{magic:#x}"),
                kind: FileSystemKind::Local,
            },
        })
    }

    fn free(&self, path: &Path) -> io::Result<u64> {
        let found = rustix::fs::statvfs(path)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

/// The numbers that `statfs` gives. What is not listed counts as local.
const FILE_SYSTEMS: [(i64, &str, FileSystemKind); 21] = [
    (0xEF53, "ext4", FileSystemKind::Local),
    (0x5846_5342, "xfs", FileSystemKind::Local),
    (0x9123_683E, "btrfs", FileSystemKind::CopyOnWrite),
    (0x2FC1_2FC1, "zfs", FileSystemKind::CopyOnWrite),
    (0xCA45_1A4E, "bcachefs", FileSystemKind::CopyOnWrite),
    (0x794C_7630, "overlay", FileSystemKind::Layered),
    (0x6573_5546, "fuse", FileSystemKind::Program),
    (0x0102_1994, "tmpfs", FileSystemKind::Memory),
    (0x8584_58F6, "ramfs", FileSystemKind::Memory),
    (0x6969, "nfs", FileSystemKind::Network),
    (0x517B, "smb", FileSystemKind::Network),
    (0xFE53_4D42, "smb2", FileSystemKind::Network),
    (0xFF53_4D42, "cifs", FileSystemKind::Network),
    (0x00C3_6400, "ceph", FileSystemKind::Network),
    (0x5346_414F, "afs", FileSystemKind::Network),
    (0x0102_1997, "9p", FileSystemKind::Network),
    (0x786F_4256, "vboxsf", FileSystemKind::Network),
    (0x7375_7245, "coda", FileSystemKind::Network),
    (0x0BD0_0BD0, "lustre", FileSystemKind::Network),
    (0x7461_636F, "ocfs2", FileSystemKind::Network),
    (0x0116_1970, "gfs2", FileSystemKind::Network),
];

#[derive(Debug)]
struct RealFile(File);

// Syncs go through rustix: the standard library would repeat one that was interrupted, and a
// repeated sync may lie.
impl DiskFile for RealFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        self.0.read_at(bytes, offset)
    }

    fn allocate(&self, length: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&self.0, FallocateFlags::empty(), 0, length) {
            // Some file systems cannot reserve; writing the zeros then finds out.
            Err(rustix::io::Errno::OPNOTSUPP) => Ok(()),
            other => Ok(other?),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(rustix::fs::fdatasync(&self.0)?)
    }

    fn sync_all(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(&self.0)?)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn number(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.ino())
    }

    fn drop_cache(&self) -> io::Result<()> {
        Ok(rustix::fs::fadvise(
            &self.0,
            0,
            None::<NonZeroU64>,
            Advice::DontNeed,
        )?)
    }
}

#[derive(Debug)]
struct RealLock {
    file: File,
    path: PathBuf,
}

impl DiskLock for RealLock {
    fn is_held(&self) -> io::Result<bool> {
        let held = self.file.metadata()?;
        match fs::metadata(&self.path) {
            Ok(named) => Ok((held.dev(), held.ino()) == (named.dev(), named.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Writes everything: goes on after a short write and after an interruption, which are not errors.
///
/// On an error says how many bytes had been taken before it: none means a clean refusal is possible.
pub(crate) fn write_all_at(
    file: &dyn DiskFile,
    bytes: &[u8],
    offset: u64,
) -> Result<(), (usize, io::Error)> {
    let mut done = 0;
    while let Some(rest) = bytes.get(done..).filter(|rest| !rest.is_empty()) {
        match file.write_at(rest, offset + done as u64) {
            Ok(0) => return Err((done, io::ErrorKind::WriteZero.into())),
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((done, error)),
        }
    }
    Ok(())
}

/// Reads exactly as many bytes as the buffer holds.
pub(crate) fn read_exact_at(file: &dyn DiskFile, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + done as u64) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads a whole file, refusing one longer than expected before reading it.
pub(crate) fn read_file(disk: &dyn Disk, path: &Path, length_max: u64) -> io::Result<Vec<u8>> {
    read_whole(disk.open(path, Access::Read)?.as_ref(), length_max)
}

/// The same of a file that is open.
pub(crate) fn read_whole(file: &dyn DiskFile, length_max: u64) -> io::Result<Vec<u8>> {
    let length = file.length()?;
    if length > length_max {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "file is longer than it may be",
        ));
    }
    let length = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut bytes = vec![0; length];
    read_exact_at(file, &mut bytes, 0)?;
    Ok(bytes)
}

/// Whether an error says that the disk, or the share of it that we may use, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// Whether an error says that this process, or the machine, has no file descriptor left.
pub(crate) fn is_out_of_files(error: &io::Error) -> bool {
    let number = rustix::io::Errno::from_io_error(error);
    matches!(
        number,
        Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE)
    )
}
