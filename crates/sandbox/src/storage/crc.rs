//! S3's cyclic redundancy checks, one table each: CRC-32, CRC-32C and CRC-64/NVME.

/// Which checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    Crc32,
    Crc32c,
    Crc64Nvme,
}

/// A checksum in progress. All three begin and end inverted, and take the lowest bit first.
#[derive(Debug, Clone)]
pub(crate) struct Crc {
    width: Width,
    state: u64,
}

static CRC32: [u64; 256] = table(0xedb8_8320);
static CRC32C: [u64; 256] = table(0x82f6_3b78);
static CRC64_NVME: [u64; 256] = table(0x9a6c_9329_ac4b_c9b5);

/// The table of a polynomial, written lowest bit first.
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

impl Crc {
    /// The checksum of no bytes.
    pub(crate) fn new(width: Width) -> Self {
        let state = if width == Width::Crc64Nvme { u64::MAX } else { u64::from(u32::MAX) };
        Self { width, state }
    }

    /// Adds bytes.
    pub(crate) fn update(&mut self, data: &[u8]) {
        let table = match self.width {
            Width::Crc32 => &CRC32,
            Width::Crc32c => &CRC32C,
            Width::Crc64Nvme => &CRC64_NVME,
        };
        self.state = data
            .iter()
            .fold(self.state, |crc, byte| table[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8));
    }

    /// The result, big-endian.
    pub(crate) fn end(self) -> Vec<u8> {
        let bytes = (!self.state).to_be_bytes();
        if self.width == Width::Crc64Nvme { bytes.to_vec() } else { bytes[4..].to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the "Catalogue of parametrised CRC algorithms".
    #[test]
    fn the_check_values_come_out() {
        let of = |width| {
            let mut crc = Crc::new(width);
            crc.update(b"1234");
            crc.update(b"56789");
            hex::encode(crc.end())
        };
        assert_eq!(of(Width::Crc32), "cbf43926");
        assert_eq!(of(Width::Crc32c), "e3069283");
        assert_eq!(of(Width::Crc64Nvme), "ae8b14860a799888");
    }
}
