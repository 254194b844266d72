/// The Docker Engine API: its routes. Whether a request can be taken (`check`), what a list shows
/// (`filter`) and how objects look (`view`) have rooms of their own. It must not know how a command
/// is replicated or a container is made, only whom to ask.
@NullMarked
package swarm.node.api;

import org.jspecify.annotations.NullMarked;
