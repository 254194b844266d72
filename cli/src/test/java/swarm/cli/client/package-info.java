/// Tests of how the daemon is reached.
@NullMarked
package swarm.cli.client;

import org.jspecify.annotations.NullMarked;
