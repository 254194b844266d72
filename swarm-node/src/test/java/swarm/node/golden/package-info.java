/// Logs that earlier versions wrote, and what they lead to.
@NullMarked
package swarm.node.golden;

import org.jspecify.annotations.NullMarked;
