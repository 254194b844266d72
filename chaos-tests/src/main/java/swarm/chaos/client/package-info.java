/// A small client of the Docker Engine API on a unix socket: what tests and the playground ask a
/// daemon. It must not know how a daemon works, nor where one runs.
@NullMarked
package swarm.chaos.client;

import org.jspecify.annotations.NullMarked;
