/// The `swarm` program: its one `main`. It must not know the inside of any module.
@NullMarked
package swarm.cli;

import org.jspecify.annotations.NullMarked;
