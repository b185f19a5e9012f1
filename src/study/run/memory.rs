//! The highest memory of this process.

/// The most memory that this process had resident, in bytes; 0 where the system does not say.
pub fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    peak_of(&status).unwrap_or(0)
}

/// From the line `VmHWM:     3120 kB` of Linux.
fn peak_of(status: &str) -> Option<u64> {
    let value = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_read_from_the_status() {
        let status = "Name:\tbuttress\nVmPeak:\t  9000 kB\nVmHWM:\t    3120 kB\nVmRSS:\t 3000 kB\n";
        assert_eq!(peak_of(status), Some(3_120 * 1_024));
        assert_eq!(peak_of(""), None);
        assert_eq!(peak_of("VmHWM: many kB"), None);
    }
}
