//! Recognises writes that take effect again, such as those of a call that was repeated.

/// Recognises writes that take effect again: remembers the last quarter of a million of them.
#[derive(Debug, Clone)]
pub(super) struct Effects {
    table: Vec<u64>,
    ring: Vec<u64>,
    next: usize,
}

const EFFECTS: usize = 1 << 18;

impl Effects {
    pub(super) fn new(used: bool) -> Self {
        let n = if used { EFFECTS } else { 0 };
        Self {
            table: vec![0; 2 * n],
            ring: vec![0; n],
            next: 0,
        }
    }

    /// Notes an effect; true if it is remembered already.
    pub(super) fn seen(&mut self, effect: u64) -> bool {
        if self.ring.is_empty() {
            return false;
        }
        let effect = effect.max(1);
        if self.find(effect).is_ok() {
            return true;
        }
        let old = self.ring[self.next];
        if old != 0 {
            self.forget(old);
        }
        self.ring[self.next] = effect;
        self.next = (self.next + 1) % EFFECTS;
        if let Err(free) = self.find(effect) {
            self.table[free] = effect;
        }
        false
    }

    /// Bytes that it takes.
    pub(super) fn bytes(&self) -> u64 {
        (self.table.len() + self.ring.len()) as u64 * 8
    }

    fn home(&self, effect: u64) -> usize {
        effect as usize & (self.table.len() - 1)
    }

    fn find(&self, effect: u64) -> Result<usize, usize> {
        let mut i = self.home(effect);
        loop {
            match self.table[i] {
                0 => return Err(i),
                found if found == effect => return Ok(i),
                _ => i = (i + 1) & (self.table.len() - 1),
            }
        }
    }

    /// Removes by shifting back what follows, so that no mark is left in the table.
    fn forget(&mut self, effect: u64) {
        let Ok(mut hole) = self.find(effect) else {
            return;
        };
        let mask = self.table.len() - 1;
        let mut i = hole;
        loop {
            i = (i + 1) & mask;
            let other = self.table[i];
            if other == 0 {
                break;
            }
            let home = self.home(other);
            if (i.wrapping_sub(home) & mask) >= (i.wrapping_sub(hole) & mask) {
                self.table[hole] = other;
                hole = i;
            }
        }
        self.table[hole] = 0;
    }
}
