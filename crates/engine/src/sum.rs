//! Incremental checksums: any kind that a storage may want with each part.

use md5::{Digest, Md5};
use partway_core::Checksum;
use sha2::Sha256;

/// The checksum of the bytes so far.
#[derive(Debug, Clone)]
pub struct RunningSum(Running);

#[derive(Debug, Clone)]
enum Running {
    Md5(Md5),
    Sha256(Sha256),
    Crc { table: &'static [u64; 256], state: u64, bytes: usize },
}

/// The three CRCs as S3 defines them: initial and final inversion, lowest bit first ("Catalogue of
/// parametrised CRC algorithms").
static CRC32: [u64; 256] = table(0xedb8_8320);
static CRC32C: [u64; 256] = table(0x82f6_3b78);
static CRC64_NVME: [u64; 256] = table(0x9a6c_9329_ac4b_c9b5);

impl RunningSum {
    /// Starts with no bytes.
    #[must_use]
    pub fn new(checksum: Checksum) -> Self {
        let crc = |table, bytes: usize| Running::Crc { table, state: u64::MAX >> (64 - 8 * bytes), bytes };
        Self(match checksum {
            Checksum::Md5 => Running::Md5(Md5::new()),
            Checksum::Sha256 => Running::Sha256(Sha256::new()),
            Checksum::Crc32 => crc(&CRC32, 4),
            Checksum::Crc32c => crc(&CRC32C, 4),
            Checksum::Crc64Nvme => crc(&CRC64_NVME, 8),
        })
    }

    /// The checksum of these bytes.
    #[must_use]
    pub fn of(checksum: Checksum, bytes: &[u8]) -> Vec<u8> {
        let mut sum = Self::new(checksum);
        sum.update(bytes);
        sum.end()
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Running::Md5(md5) => md5.update(bytes),
            Running::Sha256(sha256) => sha256.update(bytes),
            Running::Crc { table, state, .. } => {
                *state = bytes
                    .iter()
                    .fold(*state, |crc, byte| table[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8));
            }
        }
    }

    /// The checksum in big-endian order.
    #[must_use]
    pub fn end(self) -> Vec<u8> {
        match self.0 {
            Running::Md5(md5) => md5.finalize().to_vec(),
            Running::Sha256(sha256) => sha256.finalize().to_vec(),
            Running::Crc { state, bytes, .. } => (!state).to_be_bytes()[8 - bytes..].to_vec(),
        }
    }
}

/// The table of a reflected polynomial (lowest bit first).
const fn table(polynomial: u64) -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u64;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ polynomial } else { crc >> 1 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The catalogue's check values, and MD5 and SHA-256 (RFC 1321, RFC 6234) of the same text.
    #[test]
    fn the_check_values_come_out() {
        for (checksum, value) in [
            (Checksum::Crc32, "cbf43926"),
            (Checksum::Crc32c, "e3069283"),
            (Checksum::Crc64Nvme, "ae8b14860a799888"),
            (Checksum::Md5, "25f9e794323b453885f5181f1b624d0b"),
            (Checksum::Sha256, "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"),
        ] {
            let mut sum = RunningSum::new(checksum);
            sum.update(b"1234");
            sum.update(b"56789");
            assert_eq!(hex::encode(sum.end()), value, "{checksum:?}");
        }
    }
}
