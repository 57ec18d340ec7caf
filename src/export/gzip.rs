//! Packing with *gzip*.

use std::io::{BufWriter, IntoInnerError};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Takes what is to be packed.
pub type Packer = BufWriter<GzEncoder<Vec<u8>>>;

/// The encoder clears its own room with each write: small ones would cost more than the packing.
const ROOM: usize = 64 * 1024;

/// What `write` writes, packed. The header has no time and no name, so that equal texts are equal bytes.
pub fn pack(write: impl FnOnce(&mut Packer) -> Result<()>) -> Result<Vec<u8>> {
    let mut packer = BufWriter::with_capacity(ROOM, GzEncoder::new(Vec::new(), Compression::fast()));
    write(&mut packer)?;
    let encoder = packer.into_inner().map_err(IntoInnerError::into_error);
    encoder.and_then(GzEncoder::finish).context("failed to pack with gzip")
}
