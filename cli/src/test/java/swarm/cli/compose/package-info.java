/// Tests of Compose files and what becomes of them.
@NullMarked
package swarm.cli.compose;

import org.jspecify.annotations.NullMarked;
