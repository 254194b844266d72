/// Containers' logs: reading the file that conmon writes, with tail, time range and following. It
/// must not know containers' settings or states, only files and whether more may come.
@NullMarked
package swarm.runtime.logs;

import org.jspecify.annotations.NullMarked;
