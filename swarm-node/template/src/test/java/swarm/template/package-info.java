/// Tests of templates.
@NullMarked
package swarm.template;

import org.jspecify.annotations.NullMarked;
