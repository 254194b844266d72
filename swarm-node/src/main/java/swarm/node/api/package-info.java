/// The Docker Engine API: routes, validation, and how the cluster's and the engine's objects look
/// in it. It must not know how a command is replicated or a container is made, only whom to ask.
@NullMarked
package swarm.node.api;

import org.jspecify.annotations.NullMarked;
