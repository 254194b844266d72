/// How the engine's and the cluster's objects look in the API. It must not know who asks for them,
/// what is let through, or who keeps them.
@NullMarked
package swarm.node.api.view;

import org.jspecify.annotations.NullMarked;
