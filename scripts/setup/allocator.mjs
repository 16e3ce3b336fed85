/**
 * What the C library's allocator is told, by the environment, before a process with machines starts; the user's own
 * settings win. glibc gives each new thread an arena, up to eight for each processor, and none goes back to the host while a
 * single block in it lives: with a thread for each machine that is started, what is kept grows by the hour. Two arenas
 * hold what sixteen do. A fixed threshold makes large buffers (a snapshot's pages) mappings of their own, which do go back;
 * glibc would raise it with the first one freed. Other systems' allocators do not know these names.
 */
const SETTINGS = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

/** The environment of a program with machines. */
export const withAllocator = (env) => ({ ...SETTINGS, ...env });
