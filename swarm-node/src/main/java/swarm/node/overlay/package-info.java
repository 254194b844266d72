/// The cluster's networks that containers of this node are on: what managers said of them, what
/// names lead to, and bringing the host to it.
///
/// It must not know tasks, the log, nor HTTP.
@NullMarked
package swarm.node.overlay;

import org.jspecify.annotations.NullMarked;
