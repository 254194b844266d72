/// Tests of what makes a node a manager.
@NullMarked
package swarm.node.control;

import org.jspecify.annotations.NullMarked;
