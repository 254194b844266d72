/// Tests of what agents are sent.
@NullMarked
package swarm.node.dispatch;

import org.jspecify.annotations.NullMarked;
