//! How many heaps the allocator keeps.

/// One for each core. glibc would give every thread its own, up to eight a core (mallopt(3), `M_ARENA_MAX`), and what
/// one thread has freed serves no other: at rest a mailbox took 84 KB, and takes 66. To be called before any thread is
/// begun.
pub fn one_a_core() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        // SAFETY: the call sets a number of the allocator's, and no other thread allocates yet. Refused, it changes
        // nothing.
        #[allow(unsafe_code)]
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, i32::try_from(cores).unwrap_or(i32::MAX));
        }
    }
}
