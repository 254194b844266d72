/// Tests of how objects look.
@NullMarked
package swarm.node.api.view;

import org.jspecify.annotations.NullMarked;
