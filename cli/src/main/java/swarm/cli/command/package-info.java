/// What each command of `swarm` does: reads its options, calls the API, prints. It must not know
/// how a daemon works.
@NullMarked
package swarm.cli.command;

import org.jspecify.annotations.NullMarked;
