/// Tests of templates.
@NullMarked
package swarm.node.template;

import org.jspecify.annotations.NullMarked;
