@NullMarked
package swarm.cli.render;

import org.jspecify.annotations.NullMarked;
